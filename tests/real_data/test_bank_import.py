"""The real bank comes in from its files, whole, and a second time without a change."""

from __future__ import annotations

from datetime import date

import pytest

from crm_tui.db import audit
from tests.support.import_files import Desk, desk
from tests.support.shared_data import shared_data

__all__ = ["desk"]

pytestmark = [pytest.mark.real_data, pytest.mark.timeout(600)]

# Kind, rows of the file as its README counts them, what the database then holds.
FILES = (
    ("branches", 77, "SELECT count(*) - 1 FROM branch"),
    ("staff", 385, "SELECT count(*) FROM staff WHERE password_hash IS NULL"),
    ("customers", 5_369, "SELECT count(*) FROM roster_a"),
    ("accounts", 4_500, "SELECT count(*) FROM account"),
    ("balances", 38_821, "SELECT count(*) FROM balance"),
    ("transactions", 46_997, "SELECT count(*) FROM transactions"),
    ("visits", 4_521, "SELECT count(*) FROM contact"),
)


def test_the_real_bank_comes_in_whole_and_twice_alike(desk: Desk) -> None:
    for kind, rows, stored in FILES:
        path = shared_data("bank", f"{kind}.csv.gz")
        first = desk.run(kind, path)
        assert (first.rows, first.added, first.bad_rows) == (rows, rows, 0), kind
        assert desk.one(stored) == rows, kind
        again = desk.run(kind, path)
        assert (again.added, again.changed, again.unchanged) == (0, 0, rows), kind
        if kind == "visits":
            assert first.before_opening == 3_116
    tiers = shared_data("bank", "tiers.toml")
    assert desk.run("tiers", tiers, effective=date(1993, 1, 1)).added == 1
    assert desk.one("SELECT count(*) FROM contact WHERE before_opening") == 3_116
    assert desk.one("SELECT count(*) FROM household_member") == 1_738
    with desk.store.read() as session:
        assert audit.verify(session).bad_seq is None


def test_balances_are_the_sum_of_the_file_in_fen(desk: Desk) -> None:
    import csv
    import gzip
    from decimal import Decimal

    for kind in ("branches", "staff", "customers", "accounts", "balances"):
        desk.run(kind, shared_data("bank", f"{kind}.csv.gz"))
    path = shared_data("bank", "balances.csv.gz")
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        total = sum(Decimal(row["balance"]) for row in csv.DictReader(file))
    assert desk.one("SELECT sum(amount) FROM balance") == int(total * 100)
