"""Rows of the roster follow from the truth, on both databases alike."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert, select, update
from sqlmodel import col

from crm_tui.db import roster
from crm_tui.db.roster_source import RowSource, write_rows
from crm_tui.db.store import Store
from crm_tui.db.tables import (
    NEVER_DUE,
    NOT_GRADED,
    Customer,
    RosterCurrent,
    RosterTouched,
    assessment,
    roster_a,
    roster_b,
)
from crm_tui.db.tier_work import Share
from crm_tui.domain.kinds import Tier
from crm_tui.domain.policy import Policy
from tests.support.bank import OPENED, OPERATOR, Bank

POLICY = Policy()


@pytest.fixture
def bank(store: Store) -> Bank:
    return Bank(store).open()


def _row(store: Store, customer_id: int):
    with store.read() as session:
        return session.execute(select(roster_a).where(roster_a.c.customer_id == customer_id)).one()


def test_a_customer_without_anything_is_listed(store: Store, bank: Bank) -> None:
    with store.write(OPERATOR) as tx:
        made = bank.customer(tx.session, 1, opened_on=None)
        roster.refresh(tx.session, [made], policy=POLICY)
        tx.audit("test")
    row = _row(store, made)
    assert (row.tier_rank, row.qualifying_rank, row.assets) == (0, 0, NOT_GRADED)
    assert (row.last_contact_on, row.contact_due_on) == (None, NEVER_DUE)
    assert row.doc.startswith(" c0000001 ")
    assert not row.near


@pytest.mark.parametrize(
    ("tier", "days"),
    [(Tier.SILVER, 365), (Tier.GOLD, 180), (Tier.PLATINUM, 90), (Tier.BLACK_GOLD, 30)],
)
def test_the_interval_of_the_tier_runs_from_the_last_contact(
    store: Store, bank: Bank, tier: Tier, days: int
) -> None:
    called = date(2026, 2, 27)
    with store.write(OPERATOR) as tx:
        never = bank.customer(tx.session, 1, tier=tier)
        once = bank.customer(tx.session, 2, tier=tier)
        bank.contact(tx.session, once, called - timedelta(days=9), next_on=date(2030, 1, 1))
        bank.contact(tx.session, once, called)
        withdrawn = bank.contact(tx.session, once, called + timedelta(days=1), withdrawn_at=tx.now)
        assert withdrawn
        roster.refresh(tx.session, [never, once], policy=POLICY)
        tx.audit("test")
    assert _row(store, never).contact_due_on == OPENED + timedelta(days=days)
    row = _row(store, once)
    assert row.last_contact_on == called
    assert row.contact_due_on == called + timedelta(days=days)


def test_the_next_contact_agreed_last_wins(store: Store, bank: Bank) -> None:
    with store.write(OPERATOR) as tx:
        made = bank.customer(tx.session, 1, tier=Tier.BLACK_GOLD)
        bank.contact(tx.session, made, date(2026, 1, 5), next_on=date(2026, 1, 9))
        bank.contact(tx.session, made, date(2026, 1, 6), next_on=date(2026, 6, 1))
        roster.refresh(tx.session, [made], policy=POLICY)
        tx.audit("test")
    assert _row(store, made).contact_due_on == date(2026, 6, 1)


@pytest.mark.parametrize(
    ("state", "by_interval"),
    [
        ("active", True),
        ("prospect", True),
        ("target", True),
        ("lost", False),
        ("non_customer", False),
    ],
)
def test_only_who_is_or_may_become_a_customer_is_due_by_interval(
    store: Store, bank: Bank, state: str, by_interval: bool
) -> None:
    agreed = date(2026, 6, 1)
    with store.write(OPERATOR) as tx:
        made = bank.customer(tx.session, 1, state=state)
        bank.contact(tx.session, made, date(2026, 1, 5))
        asked = bank.customer(tx.session, 2, state=state)
        bank.contact(tx.session, asked, date(2026, 1, 5), next_on=agreed)
        roster.refresh(tx.session, [made, asked], policy=POLICY)
        tx.audit("test")
    assert (_row(store, made).contact_due_on < NEVER_DUE) is by_interval
    assert _row(store, asked).contact_due_on == agreed


def test_nobody_waits_for_a_customer_lost_for_good(store: Store, bank: Bank) -> None:
    with store.write(OPERATOR) as tx:
        made = bank.customer(tx.session, 1, state="permanently_lost")
        roster.refresh(tx.session, [made], policy=POLICY)
        tx.audit("test")
    assert _row(store, made).contact_due_on == NEVER_DUE


def test_the_day_of_a_contact_is_the_day_in_shanghai(store: Store, bank: Bank) -> None:
    with store.write(OPERATOR) as tx:
        made = bank.customer(tx.session, 1)
        late = datetime(2026, 2, 28, 16, 0, 0, 5, tzinfo=UTC)
        bank.contact(tx.session, made, late.date(), started_at=late)
        roster.refresh(tx.session, [made], policy=POLICY)
        tx.audit("test")
    assert _row(store, made).last_contact_on == date(2026, 3, 1)


@pytest.mark.parametrize(
    ("own", "household", "members", "average", "shared", "near"),
    [
        (28 * 100_000_00, None, None, 100_000_00, None, False),
        (28 * 255_000_00, None, None, 255_000_00, None, True),
        (28 * 255_000_00 - 1, None, None, 255_000_00, None, False),
        (0, 3 * 28 * 212_500_00, 3, 0, 212_500_00, True),
        (0, 3 * 28 * 212_500_00 - 1, 3, 0, 212_500_00, False),
        (-15, -43, 2, -1, -1, False),
        (-13, None, None, 0, None, False),
    ],
)
def test_averages_round_half_away_and_near_is_exact(
    store: Store, bank: Bank, own, household, members, average, shared, near
) -> None:
    with store.write(OPERATOR) as tx:
        made = bank.customer(tx.session, 1, tier=Tier.GOLD)
        period = date(2026, 2, 1)
        tx.session.execute(update(RosterCurrent).values(period=period))
        tx.session.execute(
            insert(assessment).values(
                customer_id=made, period=period, own_sum=own, household_sum=household,
                members=members, days=28, qualifying_rank=2, rule_set_id=1,
            )
        )  # fmt: skip
        roster.refresh(tx.session, [made], policy=POLICY)
        tx.audit("test")
    row = _row(store, made)
    assert (row.assets, row.household_assets, row.near) == (average, shared, near)


def test_while_the_other_table_is_built_the_touched_are_noted_once(
    store: Store, bank: Bank
) -> None:
    with store.write(OPERATOR) as tx:
        made = [bank.customer(tx.session, n) for n in range(1, 4)]
        roster.refresh(tx.session, made, policy=POLICY)
        tx.session.execute(update(RosterCurrent).values(building=True))
        roster.refresh(tx.session, made[:2], policy=POLICY)
        roster.refresh(tx.session, made[1:2], policy=POLICY)
        tx.audit("test")
    with store.read() as session:
        noted = session.execute(select(col(RosterTouched.customer_id))).scalars().all()
    assert sorted(noted) == made[:2]


def test_more_customers_than_one_statement_takes(store: Store, bank: Bank) -> None:
    with store.write(OPERATOR) as tx:
        made = [bank.customer(tx.session, n) for n in range(1, 20)]
        roster.refresh(tx.session, [*made, *range(1_000_000, 1_040_000)], policy=POLICY)
        tx.audit("test")
    with store.read() as session:
        assert len(session.execute(select(roster_a.c.customer_id)).all()) == len(made)


def test_all_rows_read_at_once_are_those_looked_up(store: Store, bank: Bank) -> None:
    with store.write(OPERATOR) as tx:
        bank.customer(tx.session, 1, tier=Tier.GOLD)
        called = bank.customer(tx.session, 2, tier=Tier.SILVER)
        bank.contact(tx.session, called, date(2026, 1, 5), next_on=date(2026, 1, 9))
        bank.contact(tx.session, called, date(2026, 2, 6))
        taken_back = bank.customer(tx.session, 3)
        bank.contact(tx.session, taken_back, date(2026, 1, 7), withdrawn_at=tx.now)
        source = RowSource.of(tx.session, None, POLICY)
        everybody = col(Customer.id) > 0
        write_rows(tx.session, roster_a, source.rows().where(everybody))
        write_rows(tx.session, roster_b, source.rows(of_share=Share()).where(everybody))
        tx.audit("test")
    with store.read() as session:
        looked_up, at_once = (
            session.execute(select(table).order_by(table.c.tie)).all()
            for table in (roster_a, roster_b)
        )
    assert at_once == looked_up
    assert [row.last_contact_on for row in at_once] == [None, date(2026, 2, 6), None]
