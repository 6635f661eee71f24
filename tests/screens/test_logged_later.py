"""A contact logged after it was made: typed last in the form, marked in the list, kept as typed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crm_tui.clock import business_date
from crm_tui.domain.contacts import ContactCriteria, ContactRow
from crm_tui.domain.drafts import DraftKey
from crm_tui.domain.roster import Move
from tests.support.desk import Desk, desk, populate
from tests.support.people import Bank

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
TO_WHEN = ["tab"] * 7
"""From the note over the next contact, the needs and the result."""


def latest(bank: Bank, customer: int) -> ContactRow:
    """The customer's newest contact."""
    page = bank.office("lina").contacts.page(
        ContactCriteria(customer_id=customer), Move.FIRST, None, 10
    )
    return page.rows[0]


async def in_when(one: Desk, text: str) -> None:
    """The form of a new contact of the first customer, `text` typed as the time."""
    await one.until("张伟明")
    await one.press("v", "3")
    await one.type("hello")
    await one.press(*TO_WHEN)
    await one.type(text)


async def test_a_visit_of_yesterday_is_logged_for_yesterday(bank: Bank) -> None:
    customer = populate(bank)["张伟明"]
    async with desk(bank, "lina") as one:
        await in_when(one, "-1 15:30")
        await one.until("-> 03-01 Sun 15:30")
        await one.press("ctrl+s")
        await one.until("Contact saved")
        await one.press("f4")
        await one.until("later")
        await one.until("logged on Mon 03-02")
        await one.press("ctrl+d")
        await one.until("Contact taken back.")
    row = latest(bank, customer)
    assert business_date(row.started_at) == business_date(bank.clock()) - timedelta(days=1)


@ON_SQLITE
async def test_a_time_ahead_is_told_beside_it(bank: Bank) -> None:
    populate(bank)
    async with desk(bank, "lina") as one:
        await in_when(one, "23:59")
        await one.press("ctrl+s")
        await one.until("That time lies ahead.")


@ON_SQLITE
async def test_a_draft_means_the_same_day_tomorrow(bank: Bank) -> None:
    customer = populate(bank)["张伟明"]
    async with desk(bank, "lina") as one:
        await in_when(one, "-1")
        await one.press("escape")
        await one.until("F3")
    draft = bank.office("lina").drafts.load(DraftKey("contact", str(customer)))
    assert draft is not None
    assert draft.values["begun"] == "2026-03-01 17:00"


@ON_SQLITE
async def test_its_day_is_not_changed_afterwards(bank: Bank) -> None:
    populate(bank)
    async with desk(bank, "lina") as one:
        await in_when(one, "-1")
        await one.press("ctrl+s")
        await one.until("Contact saved")
        await one.press("f4")
        await one.until("later")
        await one.press("e")
        await one.until("Edit the contact of Sun 03-01")
        assert "When" not in one.text
