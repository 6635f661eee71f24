"""The card: its timeline shows what is new, and when the next contact is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update
from sqlmodel import col

from crm_tui.db import roster
from crm_tui.db.tables import TierHeld
from crm_tui.domain.kinds import Tier
from tests.support.desk import desk, log, populate
from tests.support.people import OPERATOR

if TYPE_CHECKING:
    from tests.support.people import Bank

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def earn(bank: Bank, customer: int) -> None:
    """Gold, with platinum to be granted."""
    with bank.store.write(OPERATOR) as tx:
        mine = col(TierHeld.customer_id) == customer
        tx.session.execute(update(TierHeld).where(mine).values(tier_rank=int(Tier.GOLD)))
        roster.refresh(tx.session, [customer], policy=bank.policy)
        tx.unaudited("a test")


@ON_SQLITE
async def test_a_grant_is_seen_in_the_timeline_wherever_its_cursor_stood(bank: Bank) -> None:
    customer = populate(bank)["张伟明"]
    earn(bank, customer)
    now = bank.clock.at
    for number in range(25):
        bank.clock.at = now.replace(year=2025, day=1 + number)
        log(bank, "lina", customer, f"contact {number}")
    bank.clock.at = now
    async with desk(bank, "zhaomin") as one:
        await one.until("张伟明")
        await one.type("/zwm")
        await one.press("enter")
        await one.until("contact 24")
        for key, row in (("y", "Platinum card granted"), ("u", "Platinum card grant undone")):
            await one.press("end")
            await one.gone("contact 24")
            await one.press(key)
            await one.until("contact 24")
            timeline = one.text.split("timeline", 1)[1]
            assert row in timeline


@ON_SQLITE
async def test_a_next_contact_far_ahead_is_shown_with_its_year(bank: Bank) -> None:
    customer = populate(bank)["张伟明"]
    log(bank, "lina", customer, "soon", next_on="12-28")
    bank.clock.advance(minutes=1)
    log(bank, "lina", customer, "far", next_on="2027-02-14")
    async with desk(bank, "lina") as one:
        await one.until("张伟明")
        await one.press("enter")
        await one.until("soon")
        assert "next 12-28" in one.text
        assert "next 2027" in one.text
