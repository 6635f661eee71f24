"""Granting what is earned, the tiers of one customer, and the roster of one person."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert, select, update
from sqlmodel import col

from crm_tui.commands import tiers as command
from crm_tui.db import roster, rules, strip, tiers, today
from crm_tui.db.roster_source import current
from crm_tui.db.store import Store
from crm_tui.db.tables import Audit, Customer, RosterCurrent, StaffRole, TierHeld, assessment
from crm_tui.domain.kinds import Tier
from crm_tui.domain.policy import Policy
from crm_tui.domain.roster import Move, RosterCriteria
from crm_tui.domain.staff import Permission, Role, Scope
from crm_tui.domain.tier_settings import parse_rule_file
from crm_tui.errors import Conflict, InvalidInput, Refused
from crm_tui.services.recompute import recompute
from crm_tui.services.roster import RosterService
from crm_tui.services.tiers import TiersService, periods_below
from tests.support.bank import OPERATOR, Bank

POLICY = Policy()
JANUARY = date(2026, 1, 31)
FEBRUARY = date(2026, 2, 1)


@dataclass(slots=True)
class Branchful:
    """A bank with a customer who has earned platinum and holds silver."""

    bank: Bank
    customer: int

    def service(self, role: Role, branch: str = "B001") -> TiersService:
        person = self.bank.person(role, branch)
        return TiersService(self.bank.store, person, POLICY)


@pytest.fixture
def earned(store: Store) -> Branchful:
    bank = Bank(store).open()
    with store.write(OPERATOR) as tx:
        one = bank.customer(tx.session, 1, tier=Tier.SILVER)
        bank.account(tx.session, one, {JANUARY: 400_000_00})
        rules_with_black_gold(tx)
        tx.session.execute(update(TierHeld).values(reason="granted"))
        tx.audit("test")
    recompute(store, OPERATOR, FEBRUARY, policy=POLICY)
    return Branchful(bank, one)


def test_who_was_given_up_for_good_gets_no_tier(earned: Branchful) -> None:
    store = earned.bank.store
    with store.write(OPERATOR) as tx:
        tx.session.execute(update(Customer).values(state="permanently_lost"))
        roster.refresh(tx.session, [earned.customer], policy=POLICY)
        tx.audit("test")
    with pytest.raises(InvalidInput, match="given up for good"):
        earned.service(Role.SUPERVISOR).grant(earned.customer, Tier.PLATINUM)
    with store.read() as session:
        table = current(session).table
        scope = earned.bank.person(Role.SUPERVISOR).scope(Permission.GRANT_TIER)
        assert scope is not None
        assert session.execute(today.qualifying(table, scope)).all() == []


def rules_with_black_gold(tx: Any) -> None:
    tiers_of = [
        {"code": "silver"},
        {"code": "gold", "individual": 100000},
        {"code": "platinum", "individual": 300000},
        {"code": "black_gold", "individual": 1000000},
    ]
    made = parse_rule_file({"tiers": tiers_of, "tier_rules": {}}, source="test")
    rules.add_rules(tx.session, made, date(2020, 1, 1), at=tx.now)


def steps(store: Store, customer_id: int) -> list[tuple[Tier, str]]:
    with store.read() as session:
        rows = session.execute(
            select(col(TierHeld.tier_rank), col(TierHeld.reason))
            .where(col(TierHeld.customer_id) == customer_id)
            .order_by(col(TierHeld.id))
        )
        return [(Tier(rank), reason) for rank, reason in rows]


def last_audit(store: Store) -> tuple[str, str, dict[str, Any]]:
    with store.read() as session:
        row = session.execute(
            select(col(Audit.action), col(Audit.outcome), col(Audit.fields))
            .order_by(col(Audit.seq).desc())
            .limit(1)
        ).one()
    return row[0], row[1], json.loads(row[2] or "{}")


def test_a_supervisor_grants_what_is_earned_in_one_step(store: Store, earned: Branchful) -> None:
    assert earned.service(Role.SUPERVISOR).grant(earned.customer, Tier.PLATINUM) is Tier.PLATINUM
    assert steps(store, earned.customer)[-1] == (Tier.PLATINUM, "granted")
    assert last_audit(store) == ("tier.grant", "done", {"from": "gold", "to": "platinum"})
    with store.read() as session:
        row = roster.row_of(session, earned.customer, today=date(2026, 3, 2))
    assert row is not None
    assert row.tier is Tier.PLATINUM
    with pytest.raises(InvalidInput, match="no higher tier"):
        earned.service(Role.SUPERVISOR).grant(earned.customer, Tier.PLATINUM)


def test_what_was_seen_must_still_be_earned(store: Store, earned: Branchful) -> None:
    before = steps(store, earned.customer)
    with pytest.raises(Conflict):
        earned.service(Role.SUPERVISOR).grant(earned.customer, Tier.BLACK_GOLD)
    assert steps(store, earned.customer) == before


@pytest.mark.parametrize(
    ("role", "branch"),
    [
        (Role.CLERK, "B001"),
        (Role.ACCOUNT_MANAGER, "B001"),
        (Role.SUPERVISOR, "B002"),
        (Role.AUDITOR, "HQ"),
        (Role.SYSTEM_ADMIN, "HQ"),
    ],
)
def test_nobody_else_may_grant_and_the_refusal_is_audited(
    store: Store, earned: Branchful, role: Role, branch: str
) -> None:
    before = steps(store, earned.customer)
    with pytest.raises(Refused):
        earned.service(role, branch).grant(earned.customer, Tier.PLATINUM)
    assert steps(store, earned.customer) == before
    assert last_audit(store)[:2] == ("tier.grant", "refused")


def test_black_gold_is_for_head_office(store: Store, earned: Branchful) -> None:
    with store.write(OPERATOR) as tx:
        tx.session.execute(update(assessment).values(qualifying_rank=4))
        tx.audit("test")
    with pytest.raises(Refused, match="head office"):
        earned.service(Role.SUPERVISOR).grant(earned.customer, Tier.BLACK_GOLD)
    assert last_audit(store) == ("tier.grant", "refused", {"reason": "head office"})
    granted = earned.service(Role.HQ_SERVICE, "HQ").grant(earned.customer, Tier.BLACK_GOLD)
    assert granted is Tier.BLACK_GOLD


def test_the_history_shows_each_step_to_those_in_scope(store: Store, earned: Branchful) -> None:
    earned.service(Role.SUPERVISOR).grant(earned.customer, Tier.PLATINUM)
    shown = earned.service(Role.CLERK).history(earned.customer)
    assert [step.tier for step in shown] == [Tier.PLATINUM, Tier.GOLD, Tier.SILVER]
    assert (shown[0].by, shown[0].until_on) == ("李娜", None)
    with pytest.raises(Refused):
        earned.service(Role.CLERK, "B002").history(earned.customer)


def test_periods_below_count_months_without_a_gap(store: Store, earned: Branchful) -> None:
    def months(*found: tuple[str, Tier]) -> list[tiers.Assessed]:
        return [tiers.Assessed(date.fromisoformat(f"{m}-01"), 0, None, t) for m, t in found]

    silver, gold = Tier.SILVER, Tier.GOLD
    assert (
        periods_below(months(("2026-02", silver), ("2026-01", silver), ("2025-12", gold)), gold)
        == 2
    )
    assert periods_below(months(("2026-02", silver), ("2025-12", silver)), gold) == 1
    assert periods_below(months(("2026-02", gold), ("2026-01", silver)), gold) == 0
    assert earned.service(Role.CLERK).periods_below(earned.customer) == 0


def test_averages_count_as_their_rule_set_says(store: Store, earned: Branchful) -> None:
    with store.read() as session:
        assert [one.own for one in tiers.assessed(session, earned.customer)] == [400_000_00]


def test_who_comes_later_starts_at_silver_but_not_before_the_first_recompute(
    store: Store,
) -> None:
    bank = Bank(store).open()
    with store.write(OPERATOR) as tx:
        early = bank.customer(tx.session, 1)
        tiers.start_at_lowest(tx.session, [early], tx.now)
        tx.audit("test")
    assert steps(store, early) == []
    recompute(store, OPERATOR, FEBRUARY, policy=POLICY)
    with store.write(OPERATOR) as tx:
        late = bank.customer(tx.session, 2)
        firm = bank.customer(tx.session, 3, kind="corporate")
        prospect = bank.customer(tx.session, 4, state="prospect")
        tiers.start_at_lowest(tx.session, [early, late, firm, prospect], tx.now)
        tx.audit("test")
    assert steps(store, late) == [(Tier.SILVER, "registered")]
    assert steps(store, early) == [(Tier.SILVER, "initial")]
    assert steps(store, firm) == steps(store, prospect) == []


def test_the_roster_of_a_person_is_their_scope(store: Store, earned: Branchful) -> None:
    def of(role: Role, branch: str) -> RosterService:
        return RosterService(store, earned.bank.person(role, branch), POLICY)

    assert of(Role.CLERK, "B001").count(RosterCriteria()) == 1
    assert of(Role.CLERK, "B002").count(RosterCriteria()) == 0
    assert of(Role.HQ_SERVICE, "HQ").strip().total == 1
    page = of(Role.CLERK, "B001").page(RosterCriteria(), Move.FIRST, None, 10)
    assert [row.customer_id for row in page.rows] == [earned.customer]
    assert of(Role.CLERK, "B001").position(RosterCriteria(), page.rows[0].key) == 1


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN])
def test_administrators_see_no_roster(store: Store, earned: Branchful, role: Role) -> None:
    service = RosterService(store, earned.bank.person(role, "HQ"), POLICY)
    for ask in (
        lambda: service.page(RosterCriteria(), Move.FIRST, None, 10),
        lambda: service.count(RosterCriteria()),
        lambda: service.position(RosterCriteria(), (1, 1, 1)),
        service.strip,
        service.managers,
    ):
        with pytest.raises(Refused):
            ask()
        assert last_audit(store)[:2] == ("roster.list", "refused")


def test_managers_of_the_branches_in_scope(store: Store, earned: Branchful) -> None:
    with store.write(OPERATOR) as tx:
        for username, branch in (("m001", "B001"), ("m002", "B002")):
            role = StaffRole(
                staff_id=earned.bank.staff[username], branch_id=earned.bank.branches[branch],
                role="account_manager", from_on=date(2020, 1, 1),
            )  # fmt: skip
            tx.session.add(role)
        tx.audit("test")
    clerk = RosterService(store, earned.bank.person(Role.CLERK, "B001"), POLICY)
    assert clerk.managers() == ((earned.bank.staff["m001"], "李娜"),)
    office = RosterService(store, earned.bank.person(Role.HQ_SERVICE, "HQ"), POLICY)
    assert len(office.managers()) == 2


def _assess(session: Any, customer_id: int, fen: int) -> None:
    session.execute(
        insert(assessment).values(
            customer_id=customer_id, period=FEBRUARY, own_sum=fen * 28, days=28,
            qualifying_rank=1, rule_set_id=1,
        )
    )  # fmt: skip


def test_the_strip_counts_and_shares(store: Store) -> None:
    bank = Bank(store).open()
    averages = [(Tier.GOLD, 600_00), (Tier.GOLD, 200_00), (Tier.SILVER, 100_00),
                (Tier.SILVER, 100_00), (Tier.SILVER, 0)]  # fmt: skip
    with store.write(OPERATOR) as tx:
        tx.session.execute(update(RosterCurrent).values(period=FEBRUARY))
        made = []
        for n, (tier, fen) in enumerate(averages):
            made.append(bank.customer(tx.session, n + 1, tier=tier, branch=f"B00{1 + n % 2}"))
            _assess(tx.session, made[-1], fen)
        made.append(bank.customer(tx.session, 99))
        roster.refresh(tx.session, made, policy=POLICY)
        tx.audit("test")
    every = frozenset(bank.branches.values())
    with store.read() as session:
        for scope in (Scope(None, 1), Scope(every, 1), Scope(every | set(range(500, 600)), 1)):
            found = strip.strip(session, scope)
            assert [(one.tier, one.customers, one.share) for one in found.tiers] == [
                (Tier.BLACK_GOLD, 0, 0.0), (Tier.PLATINUM, 0, 0.0), (Tier.GOLD, 2, 0.8),
                (Tier.SILVER, 3, 0.2), (Tier.NONE, 1, None),
            ]  # fmt: skip
            assert (found.total, found.top_fifth, found.importing) == (6, 0.6, False)
        one_branch = strip.strip(session, Scope(frozenset({bank.branches["B002"]}), 1))
        assert (one_branch.total, one_branch.top_fifth) == (2, None)
        mine = Scope(every, bank.staff["m002"], own_only=True)
        assert strip.strip(session, mine).total == 2
        nothing = strip.strip(session, Scope(frozenset(), 1))
        assert (nothing.total, nothing.top_fifth, nothing.tiers[0].share) == (0, None, None)


def test_the_command_prints_the_counts(store: Store, earned: Branchful) -> None:
    report = recompute(store, OPERATOR, FEBRUARY, policy=POLICY)
    lines = command.as_lines(report)
    assert lines[0].startswith("2026-02: 1 customers graded in ")
    assert "  platinum  1" in lines
    assert lines[-1] == "0 newcomers start at silver, 0 rise to gold."
    shown = json.loads(json.dumps(command.as_json(report)))
    assert shown["qualifying"] == {"silver": 0, "gold": 0, "platinum": 1, "black_gold": 0}
