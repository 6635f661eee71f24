"""A contact of today is taken back from the list and from the card, and brought back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from crm_tui.domain.contacts import ContactCriteria
from crm_tui.domain.roster import Move
from tests.support.desk import desk, log, populate

if TYPE_CHECKING:
    from tests.support.people import Bank


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
        await one.until("a contact can be taken back on its day only")
        await one.press("down", "ctrl+d")
        await one.until("no contact is highlighted")
    assert withdrawn(bank) == [False, False]
