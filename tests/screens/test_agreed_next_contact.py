"""A day that was agreed with a customer stays when another contact is logged before it."""

from __future__ import annotations

from typing import Any

import pytest

from crm_tui.domain.contacts import ContactCriteria
from crm_tui.domain.drafts import DraftKey
from crm_tui.domain.roster import Move
from crm_tui.services.drafts import Drafts
from tests.support.desk import Desk, desk, log, populate
from tests.support.people import Bank

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
AGREED = "2026-03-06"
"""Four days after the bank's own today."""


def agreed(bank: Bank, next_on: str = "+4") -> int:
    """A customer with whom something was agreed by a colleague, at the head of the roster."""
    customer = populate(bank)["张伟明"]
    log(bank, "wangqiang", customer, "Friday at ten", next_on=next_on)
    bank.clock.advance(minutes=5)
    return customer


def latest(bank: Bank, customer: int) -> tuple[str, str]:
    """What was said last, and the next date it names."""
    page = bank.office("lina").contacts.page(
        ContactCriteria(customer_id=customer), Move.FIRST, None, 10
    )
    return page.rows[0].content, str(page.rows[0].next_on or "")


async def in_form(one: Desk, *keys: str) -> None:
    """The form of a new contact of the first customer, with a method and a note."""
    await one.until("张伟明")
    await one.press("v", "3")
    await one.type("hello")
    await one.press("tab", *keys)


def kept(bank: Bank, customer: int) -> Any:
    return bank.office("lina").drafts.load(DraftKey("contact", str(customer)))


async def test_an_agreed_day_stays_where_nothing_else_is_typed(bank: Bank) -> None:
    customer = agreed(bank)
    async with desk(bank, "lina") as one:
        await in_form(one)
        assert AGREED in one.text
        assert "-> 03-06 Fri" in one.text
        await one.press("ctrl+s")
        await one.until("Contact saved")
    assert latest(bank, customer) == ("hello", AGREED)
    due = bank.office("lina").customers.card(customer).contact_due_on
    assert str(due) == AGREED


@ON_SQLITE
@pytest.mark.parametrize(
    ("keys", "stored"),
    [
        (("plus", "1", "4"), "2026-03-16"),
        (("0", "3", "1", "0"), "2026-03-10"),
        (("backspace",), ""),
        (("delete",), ""),
        (("\u3000", "plus", "1"), "2026-03-03"),
        (("backspace", "shift+tab", "tab", "plus", "1"), "2026-03-03"),
        (("left", "end", "backspace", "5"), "2026-03-05"),
        (("end", "backspace", "9"), "2026-03-09"),
        (("tab", "shift+tab", "plus", "1"), "2026-03-03"),
    ],
)
async def test_the_first_key_replaces_or_clears_it(
    bank: Bank, keys: tuple[str, ...], stored: str
) -> None:
    customer = agreed(bank)
    async with desk(bank, "lina") as one:
        await in_form(one, *keys, "ctrl+s")
        await one.until("Contact saved")
    assert latest(bank, customer) == ("hello", stored)


@ON_SQLITE
@pytest.mark.parametrize("next_on", ["", "0"])
async def test_a_day_that_has_come_is_no_more_agreed(bank: Bank, next_on: str) -> None:
    customer = agreed(bank, next_on)
    async with desk(bank, "lina") as one:
        await in_form(one, "ctrl+s")
        await one.until("Contact saved")
    assert latest(bank, customer) == ("hello", "")


@ON_SQLITE
async def test_only_what_stands_and_is_the_latest_was_agreed(bank: Bank) -> None:
    customer = agreed(bank)
    taken_back = log(bank, "lina", customer, "by mistake", next_on="+9")
    bank.office("lina").contacts.withdraw(taken_back)
    async with desk(bank, "lina") as one:
        await in_form(one)
        assert AGREED in one.text
    bank.clock.advance(minutes=5)
    log(bank, "lina", customer, "he comes no more")
    Drafts(bank.store, bank.person("lina")).discard(DraftKey("contact", str(customer)))
    async with desk(bank, "lina") as one:
        await in_form(one)
        assert AGREED not in one.text


@ON_SQLITE
async def test_left_as_it_was_the_form_makes_no_draft(bank: Bank) -> None:
    customer = agreed(bank)
    async with desk(bank, "lina") as one:
        await one.until("张伟明")
        await one.press("v", "tab", "tab", "escape")
        assert kept(bank, customer) is None


@ON_SQLITE
@pytest.mark.parametrize("said", ["", "2026-03-20"])
async def test_a_draft_keeps_what_it_says(bank: Bank, said: str) -> None:
    customer = agreed(bank)
    values = {"method": "phone", "content": "half a word", "next_on": said}
    drafts = Drafts(bank.store, bank.dead_session("lina"))
    drafts.save(DraftKey("contact", str(customer)), values)
    async with desk(bank, "lina") as one:
        await one.until("Enter")
        await one.press("enter")
        await one.until("half a word")
        await one.press("ctrl+s")
        await one.until("Contact saved")
    assert latest(bank, customer) == ("half a word", said)


@ON_SQLITE
async def test_a_contact_that_is_edited_is_offered_no_day(bank: Bank) -> None:
    customer = agreed(bank)
    log(bank, "lina", customer, "he called", next_on="+9")
    bank.clock.advance(minutes=5)
    log(bank, "wangqiang", customer, "and again", next_on="+20")
    async with desk(bank, "lina", area="visits") as one:
        await one.until("he called")
        await one.press("e")
        await one.until("Edit the contact")
        assert "2026-03-11" in one.text
        assert "2026-03-22" not in one.text
