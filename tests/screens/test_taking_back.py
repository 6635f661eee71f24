"""A contact of today is taken back from the list and from the card, and brought back."""

from __future__ import annotations

from datetime import timedelta
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest

from crm_tui.domain.contacts import ContactCriteria
from crm_tui.domain.roster import Move
from crm_tui.screens import card_walk
from crm_tui.services.contacts import Contacts
from tests.support.desk import desk, log, populate
from tests.support.screen_text import wait_until

if TYPE_CHECKING:
    from tests.support.people import Bank

WAIT = 30


def withdrawn(bank: Bank) -> list[bool]:
    """Of all contacts, the newest first."""
    page = bank.office("hq").contacts.page(ContactCriteria(), Move.FIRST, None, 10)
    return [row.withdrawn for row in page.rows]


async def test_from_the_card_and_back_again(bank: Bank) -> None:
    ids = populate(bank)
    log(bank, "lina", ids["张伟明"], "logged for the wrong person", next_on="+14")
    async with desk(bank, "lina") as one:
        await one.until("张伟明")
        await one.press("enter")
        await one.until("logged for the wrong")
        await one.press("ctrl+d")
        await one.until("Contact taken back.  u undoes it")
        await one.until("[taken back] logged")
        await one.gone("next 03-16")
        assert withdrawn(bank) == [True]
        await one.press("ctrl+d")
        await one.until("this contact was taken back")
        await one.press("u")
        await one.until("The contact stands again.")
        await one.until("next 03-16")
    assert withdrawn(bank) == [False]


async def test_the_key_that_undoes_nothing_names_the_one_that_takes_back(bank: Bank) -> None:
    ids = populate(bank)
    log(bank, "lina", ids["张伟明"], "just now")
    async with desk(bank, "lina") as one:
        await one.until("张伟明")
        await one.press("enter")
        await one.until("just now")
        await one.press("u")
        await one.until("there is nothing to undo; Ctrl+D takes back this contact")
        await one.press("down", "u")
        await one.gone("takes back this contact")
        assert "there is nothing to undo" in one.text


async def test_from_the_list_of_contacts_and_back_again(bank: Bank) -> None:
    ids = populate(bank)
    for number, name in enumerate(("张伟明", "仇英")):
        bank.clock.advance(minutes=number)
        log(bank, "lina", ids[name], f"with {name}")
    async with desk(bank, "lina", area="visits") as one:
        await one.until("with 张伟明")
        await one.press("down", "ctrl+d")
        await one.until("Contact taken back.  u undoes it")
        assert withdrawn(bank) == [False, True]
        await one.press("u")
        await one.until("The contact stands again.")
    assert withdrawn(bank) == [False, False]


async def test_why_a_contact_stays_is_said(bank: Bank) -> None:
    ids = populate(bank)
    now = bank.clock.at
    bank.clock.at = now - timedelta(days=1)
    log(bank, "lina", ids["张伟明"], "of yesterday")
    bank.clock.at = now
    log(bank, "zhaomin", ids["张伟明"], "of another")
    async with desk(bank, "lina") as one:
        await one.until("张伟明")
        await one.press("enter")
        await one.until("of yesterday")
        await one.press("ctrl+d")
        await one.until("only 赵敏 may take back this contact")
        await one.press("down", "ctrl+d")
        await one.until("A contact can be taken back only on the day it is logged.")
        await one.press("down", "ctrl+d")
        await one.until("no contact is highlighted")
    assert withdrawn(bank) == [False, False]


async def test_the_last_contact_is_found_behind_however_many_that_were_taken_back(
    bank: Bank,
) -> None:
    ids = populate(bank)
    log(bank, "lina", ids["张伟明"], "the one that stands")
    for number in range(7):
        bank.clock.advance(minutes=1)
        taken_back = log(bank, "lina", ids["张伟明"], f"wrong {number}")
        bank.office("lina").contacts.withdraw(taken_back)
    async with desk(bank, "lina") as one:
        await one.until("张伟明")
        await one.press("enter")
        await one.until("[taken back] wrong")
        await one.press("v")
        await one.until("last: Mon 03-02 Phone the one that stands")


async def test_a_key_right_after_the_next_customers_is_meant_for_that_one(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = populate(bank)
    log(bank, "lina", ids["张伟明"], "of the first one")
    answers, step = Event(), card_walk.step

    def slow(*args: Any) -> Any:
        assert answers.wait(WAIT)
        return step(*args)

    monkeypatch.setattr(card_walk, "step", slow)
    async with desk(bank, "lina") as one:
        await one.until("张伟明")
        await one.press("enter")
        await one.until("of the first one")
        await one.pilot.press("]", "ctrl+d")
        answers.set()
        await one.until("> 单雪梅")
        await one.until("no contact is highlighted")
    assert withdrawn(bank) == [False]


async def test_a_row_that_is_highlighted_by_the_key_before_is_the_one_taken_back(
    bank: Bank,
) -> None:
    ids = populate(bank)
    for number, text in enumerate(("the older", "the newer")):
        bank.clock.advance(minutes=number)
        log(bank, "lina", ids["张伟明"], text)
    async with desk(bank, "lina") as one:
        await one.until("张伟明")
        await one.press("enter")
        await one.until("the newer")
        card: Any = one.app.screen
        card.table.action_cursor_down()
        await card.run_command("take_back")  # before the table has said where it is
        await one.until("[taken back] the older")
    assert withdrawn(bank) == [False, True]


async def test_no_undo_is_offered_over_the_next_customer(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = populate(bank)
    log(bank, "lina", ids["张伟明"], "of the first one")
    answers, withdraw = Event(), Contacts.withdraw

    def slow(self: Contacts, contact_id: int) -> None:
        withdraw(self, contact_id)
        assert answers.wait(WAIT)

    monkeypatch.setattr(Contacts, "withdraw", slow)
    async with desk(bank, "lina") as one:
        await one.until("张伟明")
        await one.press("enter")
        await one.until("of the first one")
        await one.pilot.press("ctrl+d", "]")
        await wait_until(one.pilot, lambda: "> 单雪梅" in one.text)
        answers.set()
        await one.until("张伟明: Contact taken back.")
        await one.press("u")
        await one.until("there is nothing to undo")
    assert withdrawn(bank) == [True]


@pytest.mark.parametrize("area", ["customers", "visits"])
async def test_the_key_that_discards_pressed_twice_loses_no_text(bank: Bank, area: str) -> None:
    ids = populate(bank)
    log(bank, "lina", ids["张伟明"], "logged before")
    async with desk(bank, "lina", area=area) as one:
        await one.until("张伟明")
        if area == "customers":
            await one.press("enter")
        await one.until("logged before")
        await one.press("v", "3")
        await one.type("typed with care")
        await one.press("ctrl+d", "ctrl+d")
        await one.until("u still brings back what was discarded")
        await one.press("u")
        await one.until("typed with care")
    assert withdrawn(bank) == [False]
