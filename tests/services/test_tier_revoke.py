"""A grant is undone by who made it, on its day, while nothing has followed; both steps stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert, select, update
from sqlmodel import col

from crm_tui.db.tables import Audit, TierHeld
from crm_tui.domain.customers import UNDONE
from crm_tui.domain.kinds import Tier
from crm_tui.domain.roster import Move
from crm_tui.errors import InvalidInput, Refused
from tests.support.customers import register
from tests.support.desk import populate
from tests.support.people import OPERATOR

if TYPE_CHECKING:
    from tests.support.people import Bank
    from tests.support.stores import SetClock


@pytest.fixture
def earned(bank: Bank) -> int:
    """A customer who holds gold and has earned platinum."""
    customer = populate(bank)["张伟明"]
    with bank.store.write(OPERATOR) as tx:
        tx.session.execute(
            update(TierHeld)
            .where(col(TierHeld.customer_id) == customer)
            .values(tier_rank=int(Tier.GOLD))
        )
        tx.unaudited("a test")
    bank.office("zhaomin").tiers.grant(customer, Tier.PLATINUM)
    return customer


def held(bank: Bank, customer: int) -> list[tuple[Tier, str, bool]]:
    """Every step with its reason, and whether it is over."""
    query = (
        select(TierHeld.tier_rank, TierHeld.reason, TierHeld.until_on)
        .where(col(TierHeld.customer_id) == customer)
        .order_by(col(TierHeld.id))
    )
    with bank.store.read() as session:
        return [(Tier(rank), reason, end is not None) for rank, reason, end in
                session.execute(query)]  # fmt: skip


def last_audit(bank: Bank) -> tuple[str, str, str]:
    query = select(Audit.action, Audit.outcome, Audit.fields).order_by(Audit.seq.desc()).limit(1)
    with bank.store.read() as session:
        return tuple(session.execute(query).one())


def test_a_grant_is_undone_and_both_steps_stay(bank: Bank, earned: int) -> None:
    office = bank.office("zhaomin")
    assert office.tiers.revoke(earned, Tier.PLATINUM) is Tier.GOLD
    assert held(bank, earned) == [
        (Tier.GOLD, "initial", True), (Tier.PLATINUM, "granted", True),
        (Tier.GOLD, "granted", False),
    ]  # fmt: skip
    action, outcome, fields = last_audit(bank)
    assert (action, outcome) == ("tier.revoke", "done")
    assert "platinum" in fields
    card = office.customers.card(earned)
    assert (card.tier, card.qualifying) == (Tier.GOLD, Tier.PLATINUM)
    assert [(step.tier, step.undone) for step in card.tiers] == [
        (Tier.GOLD, Tier.PLATINUM), (Tier.PLATINUM, None), (Tier.GOLD, None)
    ]  # fmt: skip
    rows = office.customers.timeline(earned, Move.FIRST, None, 9).rows
    assert [(row.label, row.text) for row in rows] == [
        ("platinum", UNDONE), ("platinum", "granted"), ("gold", "initial")
    ]  # fmt: skip
    assert office.tiers.grant(earned, Tier.PLATINUM) is Tier.PLATINUM
    assert not office.customers.card(earned).tiers[0].undone


def test_an_undone_grant_is_not_undone_again(bank: Bank, earned: int) -> None:
    tiers = bank.office("zhaomin").tiers
    tiers.revoke(earned, Tier.PLATINUM)
    before = held(bank, earned)
    for tier in (Tier.PLATINUM, Tier.GOLD):
        with pytest.raises(InvalidInput):
            tiers.revoke(earned, tier)
    assert held(bank, earned) == before


def test_only_the_tier_that_was_granted(bank: Bank, earned: int) -> None:
    with pytest.raises(InvalidInput):
        bank.office("zhaomin").tiers.revoke(earned, Tier.GOLD)
    assert held(bank, earned)[-1] == (Tier.PLATINUM, "granted", False)


def test_what_was_not_granted_is_not_undone(bank: Bank) -> None:
    ids = populate(bank)
    newcomer = register(bank, state="prospect")
    for customer in (ids["张伟明"], newcomer):
        with pytest.raises(InvalidInput):
            bank.office("zhaomin").tiers.revoke(customer, Tier.PLATINUM)


def test_on_its_day_only(bank: Bank, earned: int, clock: SetClock) -> None:
    clock.advance(days=1)
    with pytest.raises(InvalidInput):
        bank.office("zhaomin").tiers.revoke(earned, Tier.PLATINUM)
    assert held(bank, earned)[-1] == (Tier.PLATINUM, "granted", False)


def test_only_by_who_granted_it(bank: Bank, earned: int) -> None:
    with pytest.raises(InvalidInput):
        bank.office("hq").tiers.revoke(earned, Tier.PLATINUM)
    assert held(bank, earned)[-1] == (Tier.PLATINUM, "granted", False)


@pytest.mark.parametrize("username", ["zhoutao", "lina", "chenjing", "admin", "auditor"])
def test_out_of_reach_and_without_permission_it_is_refused(
    bank: Bank, earned: int, username: str
) -> None:
    before = held(bank, earned)
    for customer in (earned, 10**6):
        with pytest.raises(Refused):
            bank.office(username).tiers.revoke(customer, Tier.PLATINUM)
        assert last_audit(bank)[:2] == ("tier.revoke", "refused")
    assert held(bank, earned) == before


def test_who_held_nothing_holds_nothing_again(bank: Bank) -> None:
    populate(bank)
    customer = register(bank, state="prospect")
    person = bank.person("zhaomin")
    with bank.store.write(OPERATOR) as tx:
        granted = insert(TierHeld).values(
            customer_id=customer, tier_rank=2, from_on=tx.now.date(), reason="granted",
            staff_id=person.staff_id, created_at=tx.now,
        )  # fmt: skip
        tx.session.execute(granted)
        tx.unaudited("a test")
    assert bank.office("zhaomin").tiers.revoke(customer, Tier.GOLD) is Tier.NONE
    assert held(bank, customer) == [(Tier.GOLD, "granted", True)]


def test_what_ended_long_before_is_not_held_again(bank: Bank, earned: int) -> None:
    granted = col(TierHeld.reason) == "granted"
    with bank.store.write(OPERATOR) as tx:
        mine = col(TierHeld.customer_id) == earned
        ended = update(TierHeld).where(mine, ~granted).values(until_on=col(TierHeld.from_on))
        tx.session.execute(ended)
        tx.unaudited("a test")
    assert bank.office("zhaomin").tiers.revoke(earned, Tier.PLATINUM) is Tier.NONE
    assert [over for _tier, _reason, over in held(bank, earned)] == [True, True]
