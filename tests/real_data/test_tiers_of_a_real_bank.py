"""The tiers of ../shared/data/bank for February 1994, against its files read plainly."""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import col

from crm_tui.config import Config
from crm_tui.db import audit, rules, strip
from crm_tui.db.store import Store
from crm_tui.db.tables import Account, Branch, Customer, TierHeld, assessment, balance
from crm_tui.domain.audit import Actor
from crm_tui.domain.kinds import Tier
from crm_tui.domain.periods import month_of
from crm_tui.domain.policy import Policy
from crm_tui.domain.staff import Scope
from crm_tui.domain.tiers import weighted_sum
from crm_tui.services.imports import ImportKind, import_file
from crm_tui.services.tiers import RecomputeReport, recompute
from tests.support.shared_data import shared_data

pytestmark = pytest.mark.real_data

OPERATOR = Actor("operator:test")
FEBRUARY = month_of(date(1994, 2, 1))
FILES = ("branches", "staff", "customers", "accounts", "balances")


def _import(store: Store, kind: str, path: Path, **more: object) -> None:
    report = import_file(store, ImportKind(kind), path, actor=OPERATOR, **more)
    assert report.loaded or kind == "tiers"


@pytest.fixture
def real(store: Store) -> Store:
    with store.write(OPERATOR) as tx:
        rules.seed_rules(tx.session, Config().tier_mapping(), at=tx.now)
        tx.session.add(Branch(code="HQ", name="总部"))
        tx.audit("test")
    for kind in FILES:
        _import(store, kind, shared_data("bank", f"{kind}.csv.gz"))
    _import(store, "tiers", shared_data("bank", "tiers.toml"), effective=date(1993, 1, 1))
    return store


def _rows(name: str, encoding: str = "utf-8") -> Iterator[dict[str, str]]:
    with gzip.open(shared_data("bank", f"{name}.csv.gz"), "rt", encoding=encoding) as file:
        yield from csv.DictReader(file)


def _fen(yuan: str) -> int:
    return int(Decimal(yuan) * 100)


def _plain() -> dict[str, tuple[int, Tier]]:
    """Sum and tier of everybody graded, from the files alone: thresholds as tiers.toml has them."""
    entries: dict[str, list[tuple[date, int]]] = defaultdict(list)
    for row in _rows("balances"):
        entries[row["account_no"]].append((date.fromisoformat(row["date"]), _fen(row["balance"])))
    sums: dict[str, int] = defaultdict(int)
    for row in _rows("accounts"):
        known = sorted(entries[row["account_no"]])
        sums[row["customer_no"]] += weighted_sum(known, FEBRUARY)
    people = [
        row for row in _rows("customers", "gb18030")
        if row["state"] == "active" and date.fromisoformat(row["opened_on"]) <= FEBRUARY.end
    ]  # fmt: skip
    families: dict[str, list[str]] = defaultdict(list)
    for row in people:
        if row["household_no"]:
            families[row["household_no"]].append(row["customer_no"])

    def tier(row: dict[str, str]) -> Tier:
        own = Decimal(sums[row["customer_no"]]) / 28 / 100
        family = families[row["household_no"]] if row["household_no"] else []
        shared = Decimal(sum(sums[one] for one in family)) / 28 / 100 / max(len(family), 1)
        if own >= 70000 or (len(family) > 1 and shared >= 58000):
            return Tier.PLATINUM
        if own >= 40000 or (len(family) > 1 and shared >= 32000):
            return Tier.GOLD
        return Tier.SILVER

    return {row["customer_no"]: (sums[row["customer_no"]], tier(row)) for row in people}


def _recomputed(store: Store) -> RecomputeReport:
    return recompute(store, OPERATOR, FEBRUARY.start, policy=Policy())


def test_every_customer_has_the_tier_that_the_files_say(real: Store) -> None:
    report = _recomputed(real)
    wanted = _plain()
    assert report.graded == len(wanted) == 1451
    query = select(
        col(Customer.customer_no), assessment.c.own_sum, assessment.c.qualifying_rank
    ).join(Customer, col(Customer.id) == assessment.c.customer_id)
    with real.read() as session:
        found = {no: (own, Tier(rank)) for no, own, rank in session.execute(query)}
        held = session.execute(
            select(col(Customer.customer_no), col(TierHeld.tier_rank)).join(
                TierHeld, col(TierHeld.customer_id) == col(Customer.id)
            )
        ).all()
        shown = strip.strip(session, Scope(None, 0))
        assert audit.verify(session).bad_seq is None
    assert found == wanted
    assert {no: Tier(rank) for no, rank in held} == {no: tier for no, (_, tier) in wanted.items()}
    for tier, count in report.counts.items():
        assert count == sum(one is tier for _own, one in wanted.values())
    assert {one.tier: one.customers for one in shown.tiers} == {
        Tier.NONE: 5369 - 1451, **report.counts
    }  # fmt: skip
    assert shown.total == 5369


def test_the_booked_balance_is_the_imported_one_carried_forward(real: Store) -> None:
    """On each day with a booking, the bank's own balance of its last row stands at the end."""
    path = shared_data("berka", "trans_1993-01-01_1994-03-31.asc.gz")
    booked: dict[tuple[str, date], int] = {}
    with gzip.open(path, "rt", encoding="ascii") as file:
        for row in csv.DictReader(file, delimiter=";"):
            text = row["date"]
            day = date(1900 + int(text[:2]), int(text[2:4]), int(text[4:]))
            booked[f"A{int(row['account_id']):06d}", day] = _fen(row["balance"])
    query = select(col(Account.account_no), balance.c.day, balance.c.amount).join(
        Account, col(Account.id) == balance.c.account_id
    )
    with real.read() as session:
        stored = {(no, day): amount for no, day, amount in session.execute(query)}
    assert stored == {key: fen for key, fen in booked.items() if key[1] <= date(1994, 3, 30)}
    assert len(stored) == 38821
