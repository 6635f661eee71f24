"""A tier is granted with one key on the card, and undone with another."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update
from sqlmodel import col

from crm_tui.db import roster
from crm_tui.db.tables import TierHeld
from crm_tui.domain.kinds import Tier
from crm_tui.services.tiers import TiersService
from tests.support.desk import desk, populate
from tests.support.people import OPERATOR
from tests.support.screen_text import wait_until

if TYPE_CHECKING:
    from tests.support.people import Bank


@pytest.fixture
def earned(bank: Bank) -> Bank:
    """张伟明 holds gold and has earned platinum."""
    customer = populate(bank)["张伟明"]
    with bank.store.write(OPERATOR) as tx:
        mine = col(TierHeld.customer_id) == customer
        tx.session.execute(update(TierHeld).where(mine).values(tier_rank=int(Tier.GOLD)))
        roster.refresh(tx.session, [customer], policy=bank.policy)
        tx.unaudited("a test")
    return bank


async def test_one_key_grants_and_another_undoes_it(earned: Bank) -> None:
    async with desk(earned, "zhaomin") as one:
        await one.until("张伟明")
        await one.type("/zwm")
        await one.press("enter")
        await one.until("qualifies for Platinum card (y grants it)")
        await one.press("y")
        await one.until("Platinum card granted.  u undoes it")
        await one.gone("(y grants it)")
        await one.press("u")
        await one.until("The grant of the Platinum card is undone: Gold card again.")
        await one.until("qualifies for Platinum card (y grants it)")
        await one.until("Platinum card grant undone")
        await one.until("2026-03-02 Gold card again")
        await one.press("u")
        await one.until("there is nothing to undo")


async def test_what_is_undone_is_of_the_customer_who_is_shown(earned: Bank) -> None:
    async with desk(earned, "zhaomin") as one:
        await one.until("张伟明")
        await one.press("down", "enter")
        await one.until("(y grants it)")
        await one.press("y")
        await one.until("Platinum card granted.  u undoes it")
        await one.press("]")
        await one.gone("> 张伟明")
        await one.press("u")
        await one.until("there is nothing to undo")


async def test_a_grant_that_answers_late_offers_no_undo_over_the_next_customer(
    earned: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers, grant = Event(), TiersService.grant

    def slow(self: TiersService, customer_id: int, expected: Tier) -> Tier:
        granted = grant(self, customer_id, expected)
        assert answers.wait(30)
        return granted

    monkeypatch.setattr(TiersService, "grant", slow)
    async with desk(earned, "zhaomin") as one:
        await one.until("张伟明")
        await one.press("down", "enter")
        await one.until("(y grants it)")
        await one.pilot.press("y", "]")
        await wait_until(one.pilot, lambda: "> 张伟明" not in one.text)
        answers.set()
        await one.until("张伟明: Platinum card granted.")
        await one.press("u")
        await one.until("there is nothing to undo")
