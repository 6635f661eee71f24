"""Recomputed tiers against the pure rules, on both databases."""

from __future__ import annotations

import json
import random
import threading
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col

from crm_tui.db import audit, facts, roster, rules, schema, tier_apply, tier_sums
from crm_tui.db.roster_source import TABLES, RowSource, current
from crm_tui.db.store import Store
from crm_tui.db.tables import (
    Account,
    Audit,
    Customer,
    HouseholdMember,
    RosterTouched,
    TierHeld,
    assessment,
    balance,
)
from crm_tui.db.tier_shares import Shares
from crm_tui.domain.kinds import Tier
from crm_tui.domain.periods import month_of
from crm_tui.domain.policy import Policy
from crm_tui.domain.tier_settings import parse_rule_file
from crm_tui.domain.tiers import RuleSet, weighted_sum
from crm_tui.errors import StoreBusy, StoreUnavailable, UsageError
from crm_tui.services.tiers import RecomputeReport, recompute
from tests.support.bank import OPERATOR, Bank
from tests.support.shared_data import shared_vectors
from tests.support.stores import SetClock

POLICY = Policy()
FEBRUARY = date(2026, 2, 1)
LAST = date(2026, 2, 28)
JANUARY = date(2026, 1, 31)


@pytest.fixture
def bank(store: Store) -> Bank:
    return Bank(store).open()


def run(store: Store, as_of: date | None = FEBRUARY, **more: Any) -> RecomputeReport:
    return recompute(store, OPERATOR, as_of, policy=POLICY, **more)


def held(store: Store, customer_id: int) -> list[tuple[Tier, date, date | None, str]]:
    query = select(
        col(TierHeld.tier_rank), col(TierHeld.from_on), col(TierHeld.until_on), col(TierHeld.reason)
    ).where(col(TierHeld.customer_id) == customer_id)
    with store.read() as session:
        rows = session.execute(query.order_by(col(TierHeld.id))).all()
    return [(Tier(row[0]), row[1], row[2], row[3]) for row in rows]


def graded(store: Store, customer_id: int, period: date = FEBRUARY) -> Any:
    with store.read() as session:
        return session.execute(
            select(assessment).where(
                assessment.c.customer_id == customer_id, assessment.c.period == period
            )
        ).one_or_none()


def audited(store: Store, action: str) -> list[dict[str, Any]]:
    with store.read() as session:
        assert audit.verify(session).bad_seq is None
        query = select(col(Audit.fields)).where(col(Audit.action) == action)
        return [json.loads(one) for one in session.execute(query).scalars()]


def use_rules(store: Store, effective: date = date(2020, 1, 1), **tier_rules: Any) -> RuleSet:
    tiers = [
        {"code": "silver"},
        {"code": "gold", "individual": 100000, "household": 80000},
        {"code": "platinum", "individual": 300000, "household": 250000},
        {"code": "black_gold", "individual": 1000000, "household": 800000},
    ]
    made = parse_rule_file({"tiers": tiers, "tier_rules": tier_rules}, source="test")
    with store.write(OPERATOR) as tx:
        rules.add_rules(tx.session, made, effective, at=tx.now)
        tx.audit("test.rules")
    return made


def oracle(store: Store, rule_set: RuleSet, day: date) -> dict[int, tuple[int, Tier]]:
    """Own sum and qualifying tier of everybody graded, one customer after the other."""
    window = month_of(day)
    with store.read() as session:
        customers = session.execute(select(Customer)).scalars().all()
        accounts = session.execute(select(Account)).scalars().all()
        entries = session.execute(
            select(balance).order_by(balance.c.account_id, balance.c.day, balance.c.revision)
        ).all()
        memberships = session.execute(select(HouseholdMember)).scalars().all()
    sums = dict.fromkeys((one.id for one in customers), 0)
    for account in accounts:
        own = [(row.day, row.amount) for row in entries if row.account_id == account.id]
        sums[account.customer_id] += weighted_sum(own, window, rule_set.weight(account.category))
    people = {one.id for one in customers if one.kind == "individual"}
    families: dict[int, list[int]] = {}
    for one in memberships:
        began = one.from_on is None or one.from_on <= window.end
        lasts = one.until_on is None or one.until_on > window.end
        if began and lasts and one.customer_id in people:
            families.setdefault(one.household_id, []).append(one.customer_id)
    family_of = {member: family for family in families.values() for member in family}
    return {
        one.id: (
            sums[one.id],
            rule_set.qualify(
                sums[one.id], [sums[m] for m in family_of.get(one.id, [])], window.days
            ),
        )
        for one in customers
        if one.id in people and one.state == "active"
        and one.opened_on is not None and one.opened_on <= window.end
    }  # fmt: skip


def fill_at_random(store: Store, bank: Bank, seed: int, count: int = 60) -> list[int]:
    rng = random.Random(seed)
    days = [date(2025, 12, 20) + timedelta(days=n) for n in range(80)]
    amounts = [0, -500_00, 1, 99_999_99, 100_000_00, 333_333_33, 1_000_000_00, 3_000_000_00]
    with store.write(OPERATOR) as tx:
        made = []
        for n in range(1, count + 1):
            one = bank.customer(
                tx.session, n, kind=rng.choice(["individual"] * 5 + ["corporate"]),
                state=rng.choice(["active"] * 5 + ["lost"]),
                opened_on=rng.choice([None, date(2020, 1, 1), date(2026, 2, 28), date(2026, 3, 1)]),
            )  # fmt: skip
            made.append(one)
            for category in rng.sample(["deposit", "fund", "loan"], rng.randint(0, 3)):
                chosen = sorted(rng.sample(days, rng.randint(0, 6)))
                account = bank.account(
                    tx.session, one, {day: rng.choice(amounts) for day in chosen}, category
                )
                for day in chosen[:1]:
                    tx.session.execute(
                        insert(balance).values(
                            account_id=account, day=day, revision=1, amount=rng.choice(amounts)
                        )
                    )
        for n in range(0, count - 3, 4):
            dates = rng.choice(
                [{}, {"from_on": LAST}, {"from_on": date(2026, 3, 1)}, {"until_on": LAST},
                 {"until_on": date(2026, 3, 1)}]
            )  # fmt: skip
            bank.household(tx.session, f"H{n}", *made[n : n + rng.randint(1, 4)], **dates)
        tx.audit("test")
    return made


@pytest.mark.parametrize(
    ("seed", "tier_rules"),
    [
        (1, {}),
        (2, {"coefficients": {"fund": 0.35, "loan": 0}}),
        (3, {"household_mode": "sum"}),
        (4, {"household_mode": "sum", "min_members": 3, "coefficients": {"deposit": 0.01}}),
        (5, {"min_members": 3}),
    ],
)
def test_the_sums_and_tiers_are_those_of_the_plain_rules(
    store: Store, bank: Bank, seed: int, tier_rules: dict[str, Any]
) -> None:
    rule_set = use_rules(store, **tier_rules)
    made = fill_at_random(store, bank, seed)
    wanted = oracle(store, rule_set, LAST)
    assert len({tier for _own, tier in wanted.values()}) > 1
    report = run(store)
    found = {one: graded(store, one) for one in made}
    assert {
        one: (row.own_sum, Tier(row.qualifying_rank)) for one, row in found.items() if row
    } == wanted
    assert report.graded == len(wanted)
    for tier, count in report.counts.items():
        assert count == sum(one is tier for _own, one in wanted.values())


@pytest.mark.parametrize("seed", [1, 6])
def test_the_new_roster_is_what_refreshing_everybody_would_give(
    store: Store, bank: Bank, seed: int
) -> None:
    made = fill_at_random(store, bank, seed)
    before = _now(store)
    run(store)
    now = _now(store)
    assert (now.letter, now.building, now.period) == ("b", False, FEBRUARY)
    assert before.letter == "a"
    with store.read() as session:
        table = TABLES["b"]
        stored = session.execute(select(table).order_by(table.c.customer_id)).all()
        source = RowSource.of(session, FEBRUARY, POLICY)
        rows = source.rows().subquery()
        wanted = session.execute(select(rows).order_by(rows.c[0])).all()
    assert [tuple(row) for row in stored] == [tuple(row) for row in wanted]
    assert len(stored) == len(made)


def _now(store: Store) -> Any:
    with store.read() as session:
        return current(session)


def test_the_worked_examples(store: Store, bank: Bank) -> None:
    """`average_daily_assets` and the thresholds of vectors.json."""
    vectors = json.loads(shared_vectors().read_text("utf-8"))
    use_rules(store)
    made = []
    with store.write(OPERATOR) as tx:
        for n, case in enumerate(vectors["average_daily_assets"], 1):
            one = bank.customer(tx.session, n)
            days = {date.fromisoformat(day): yuan * 100 for day, yuan in case["eod_balances"]}
            bank.account(tx.session, one, days)
            made.append((one, case))
        for n, case in enumerate(vectors["tier"], 100):
            alone, member, other = (bank.customer(tx.session, n * 10 + k) for k in range(3))
            for one in (alone, member, other):
                bank.account(tx.session, one, {JANUARY: int(case["adb"]) * 100})
            bank.household(tx.session, f"H{n}", member, other)
            made.append((alone, {"tier_personal": case["personal"]}))
            made.append((member, {"family": case["family_member_mean"]}))
        tx.audit("test")
    run(store)
    for one, case in made:
        row = graded(store, one)
        tier = Tier(row.qualifying_rank)
        if "sum" in case:
            assert row.own_sum == int(case["sum"]) * 100
            assert row.days == case["days"]
        if "family" in case:
            assert tier is max(Tier[case["family"].upper()], Tier.SILVER)
        else:
            assert tier is Tier[case["tier_personal"].upper()]


def test_the_first_recompute_grants_what_it_finds(store: Store, bank: Bank) -> None:
    with store.write(OPERATOR) as tx:
        rich = bank.customer(tx.session, 1)
        bank.account(tx.session, rich, {JANUARY: 400_000_00})
        poor = bank.customer(tx.session, 2)
        firm = bank.customer(tx.session, 3, kind="corporate")
        tx.audit("test")
    report = run(store)
    assert held(store, rich) == [(Tier.PLATINUM, LAST, None, "initial")]
    assert held(store, poor) == [(Tier.SILVER, LAST, None, "initial")]
    assert held(store, firm) == []
    assert (report.initial, report.started, report.promoted) == (2, 0, 0)
    assert audited(store, "tiers.initial") == [{"granted": 2, "period": "2026-02"}]
    assert audited(store, "tier.change") == []


def test_later_gold_is_applied_and_more_must_be_granted(
    store: Store, bank: Bank, clock: SetClock
) -> None:
    with store.write(OPERATOR) as tx:
        rising = bank.customer(tx.session, 1)
        account = bank.account(tx.session, rising, {JANUARY: 10_000_00})
        falling = bank.customer(tx.session, 2)
        bank.account(tx.session, falling, {JANUARY: 400_000_00, date(2026, 3, 1): 0})
        tx.audit("test")
    run(store)
    clock.advance(days=40)
    with store.write(OPERATOR) as tx:
        tx.session.execute(
            insert(balance).values(
                account_id=account, day=date(2026, 3, 1), revision=0, amount=500_000_00
            )
        )
        late = bank.customer(tx.session, 3, opened_on=date(2026, 3, 5))
        bank.account(tx.session, late, {date(2026, 3, 5): 900_000_00})
        plain = bank.customer(tx.session, 4, opened_on=date(2026, 3, 6))
        tx.audit("test")
    report = run(store, None)
    march = date(2026, 3, 31)
    assert report.window.code == "2026-03"
    assert held(store, rising)[1:] == [(Tier.GOLD, march, None, "recompute")]
    assert held(store, rising)[0][2] == march
    assert held(store, falling) == [(Tier.PLATINUM, LAST, None, "initial")]
    assert held(store, late) == [
        (Tier.SILVER, date(2026, 3, 5), march, "registered"),
        (Tier.GOLD, march, None, "recompute"),
    ]
    assert held(store, plain) == [(Tier.SILVER, date(2026, 3, 6), None, "registered")]
    assert Tier(graded(store, rising, date(2026, 3, 1)).qualifying_rank) is Tier.PLATINUM
    assert (report.initial, report.started, report.promoted) == (0, 2, 2)
    assert [one["from"] for one in audited(store, "tier.change")] == ["silver", "silver"]
    assert len(audited(store, "tiers.recompute")) == 2
    with store.read() as session:
        row = roster.row_of(session, rising, today=march)
    assert row is not None
    assert (row.tier, row.qualifying, row.gap.tier, row.gap.own) == (
        Tier.GOLD, Tier.PLATINUM, Tier.PLATINUM, 0,
    )  # fmt: skip


def test_gold_may_wait_for_an_acceptance(store: Store, bank: Bank, clock: SetClock) -> None:
    use_rules(store, gold="accept")
    with store.write(OPERATOR) as tx:
        one = bank.customer(tx.session, 1, tier=Tier.SILVER)
        bank.account(tx.session, one, {JANUARY: 150_000_00})
        tx.audit("test")
    run(store)
    assert [step[0] for step in held(store, one)] == [Tier.SILVER]


def test_the_same_month_again_changes_nothing(store: Store, bank: Bank) -> None:
    fill_at_random(store, bank, 8)
    first = run(store)
    with store.read() as session:
        before = session.execute(select(TierHeld.__table__)).all()
        assessed = session.execute(select(assessment)).all()
    again = run(store)
    assert again.counts == first.counts
    assert (again.initial, again.started, again.promoted) == (0, 0, 0)
    with store.read() as session:
        assert session.execute(select(TierHeld.__table__)).all() == before
        assert session.execute(select(assessment)).all() == assessed
    assert _now(store).letter == "a"


def test_who_is_graded_no_longer_loses_the_assessment(store: Store, bank: Bank) -> None:
    made = fill_at_random(store, bank, 8)
    run(store)
    with store.write(OPERATOR) as tx:
        tx.session.execute(update(Customer).values(state="lost"))
        tx.audit("test")
    report = run(store)
    assert report.graded == 0
    assert not any(graded(store, one) for one in made)
    with store.read() as session:
        row = roster.row_of(session, made[0], today=LAST)
    assert row is not None
    assert row.assets is None


def test_an_older_month_corrects_assessments_only(
    store: Store, bank: Bank, clock: SetClock
) -> None:
    with store.write(OPERATOR) as tx:
        one = bank.customer(tx.session, 1)
        bank.account(tx.session, one, {date(2025, 12, 31): 500_000_00, date(2026, 2, 1): 0})
        tx.audit("test")
    run(store)
    report = run(store, date(2026, 1, 15))
    assert report.counts[Tier.PLATINUM] == 1
    assert graded(store, one, date(2026, 1, 1)).qualifying_rank == Tier.PLATINUM
    assert [step[0] for step in held(store, one)] == [Tier.SILVER]
    assert _now(store).period == FEBRUARY


def test_an_unfinished_month_is_shown_provisionally(store: Store, bank: Bank) -> None:
    with store.write(OPERATOR) as tx:
        one = bank.customer(tx.session, 1)
        bank.account(tx.session, one, {JANUARY: 100_000_00})
        tx.audit("test")
    with pytest.raises(UsageError, match="--provisional"):
        run(store, date(2026, 3, 2))
    report = run(store, date(2026, 3, 2), provisional=True)
    assert report.provisional
    assert report.counts[Tier.GOLD] == 1
    assert held(store, one) == []
    assert graded(store, one, date(2026, 3, 1)) is None
    assert audited(store, "tiers.recompute") == []
    assert _now(store).period is None


def test_killed_amid_the_first_grants_the_next_run_completes_them(store: Store, bank: Bank) -> None:
    with store.write(OPERATOR) as tx:
        first = bank.customer(tx.session, 1, tier=Tier.SILVER)
        second = bank.customer(tx.session, 2)
        bank.account(tx.session, second, {JANUARY: 400_000_00})
        facts.put(tx.session, "tiers_initial", "2026-02")
        tx.audit("test")
    report = run(store)
    assert report.initial == 1
    assert held(store, second) == [(Tier.PLATINUM, LAST, None, "initial")]
    assert [step[0] for step in held(store, first)] == [Tier.SILVER]
    with store.read() as session:
        assert facts.get(session, "tiers_initial") is None


def test_one_recompute_at_a_time(store: Store, bank: Bank) -> None:
    def again(_phase: str, done: float) -> None:
        if done == 0.0:
            with pytest.raises(StoreBusy, match="already"):
                run(store)

    run(store, progress=again)


def test_the_roster_stays_when_the_assessments_fail(
    store: Store, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = fill_at_random(store, bank, 3)

    def fail(*_given: Any, **_more: Any) -> None:
        raise StoreUnavailable("gone")

    with monkeypatch.context() as patched:
        patched.setattr(tier_apply, "write_assessments", fail)
        with pytest.raises(StoreUnavailable):
            run(store)
    assert _now(store).period is None
    run(store)
    assert _now(store).period == FEBRUARY
    assert graded(store, made[0]) is not None


def test_people_work_on_while_the_roster_is_filled(store: Store, bank: Bank) -> None:
    rule_set = use_rules(store)
    fill_at_random(store, bank, 3)
    # One who is graded of each share.
    known = sorted(oracle(store, rule_set, LAST))
    changed = [known[0], known[-1]]
    tried = []

    def meanwhile(phase: str, done: float) -> None:
        if done == 0.95:
            with store.write(OPERATOR) as tx:
                tx.session.execute(
                    update(Customer).where(col(Customer.id).in_(changed)).values(name_key="zz")
                )
                new = bank.customer(tx.session, 999)
                roster.refresh(tx.session, [*changed, new], policy=POLICY)
                tx.audit("test")
            tried.append(new)

    run(store, progress=meanwhile)
    with store.read() as session:
        table = current(session).table
        found = {row.customer_id: row for row in session.execute(select(table))}
        rows = RowSource.of(session, FEBRUARY, POLICY).rows().subquery()
        wanted = {row[0]: tuple(row) for row in session.execute(select(rows))}
        left = session.execute(select(func.count()).select_from(RosterTouched)).scalar_one()
    assert [found[one].name_key for one in changed] == ["zz", "zz"]
    assert tried[0] in found
    assert {one: tuple(row) for one, row in found.items()} == wanted
    assert left == 0


def test_a_household_counts_whole_wherever_its_members_stand(store: Store, bank: Bank) -> None:
    """On PostgreSQL the first and the last customer are of two shares."""
    use_rules(store, household_mode="sum")
    with store.write(OPERATOR) as tx:
        made = [bank.customer(tx.session, n) for n in range(1, 9)]
        bank.household(tx.session, "H1", made[0], made[-1])
        for n, one in enumerate((made[0], made[-1]), start=1):
            bank.account(tx.session, one, {JANUARY: n * 1_000_00}, f"deposit{n}")
        tx.audit("test")
    run(store)
    found = [graded(store, one) for one in (made[0], made[-1])]
    whole = 3 * 1_000_00 * found[0].days
    assert [(row.household_sum, row.members) for row in found] == [(whole, 2), (whole, 2)]


def test_whoever_stops_it_waits_for_no_share(
    store: Store, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    if store.is_sqlite:
        pytest.skip("SQLite has one share")
    fill_at_random(store, bank, 3)
    asleep, ended = threading.Event(), []

    def write(session: Session, _period: Any, after: int, _upto: int) -> None:
        if after == -1:
            assert asleep.wait(30)
            raise KeyboardInterrupt
        asleep.set()
        try:
            session.execute(text("SELECT pg_sleep(600)"))
        except DBAPIError as error:
            ended.append(getattr(error.orig, "sqlstate", ""))
            raise

    with monkeypatch.context() as patched:
        patched.setattr(tier_apply, "write_assessments", write)
        with pytest.raises(KeyboardInterrupt):
            run(store)
    assert ended == ["57014"]  # cancelled
    run(store)
    assert _now(store).period == FEBRUARY


def test_a_sum_beyond_64_bits_is_refused(store: Store, bank: Bank) -> None:
    from crm_tui.errors import StoreError

    use_rules(store, coefficients={"fund": 0.5})
    with store.write(OPERATOR) as tx:
        one = bank.customer(tx.session, 1)
        for n in range(4):
            bank.account(tx.session, one, {JANUARY: 10**15}, f"deposit{n}")
        tx.audit("test")
    with pytest.raises(StoreError, match="add up"):
        run(store)
    assert held(store, one) == []


def test_who_is_no_customer_any_more_is_not_assessed(
    store: Store, bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An import was taken back after its customers had been graded."""
    with store.write(OPERATOR) as tx:
        stays, goes = (bank.customer(tx.session, number) for number in (1, 2))
        tx.audit("test")
    counted = tier_sums.counts

    def taken_back(shares: Shares) -> Counter[int]:
        with store.write(OPERATOR) as tx:
            for table, key in (("customer_search", "customer_id"), ("customer", "id")):
                tx.session.execute(text(f"DELETE FROM {table} WHERE {key} = :id"), {"id": goes})
            tx.audit("test")
        return counted(shares)

    monkeypatch.setattr(tier_sums, "counts", taken_back)
    run(store)
    assert graded(store, stays) is not None
    assert graded(store, goes) is None
    assert schema.integrity_problem(store.engine) is None
