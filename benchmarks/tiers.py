"""Every tier of the bank recomputed for the next month, beside DuckDB's time for the sums alone."""

from __future__ import annotations

import csv
import json
import sqlite3
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import Any

from benchmarks import children, places
from benchmarks.places import Bank
from benchmarks.report import Goal, Measure
from benchmarks.servers import Postgres
from benchmarks.subjects import Subjects

# A month that the bank has not been graded for; it is over by the clock of `recompute`.
MONTH = ("2026-11-01", "2026-11-30")


def tiers(on: Subjects, postgres: Postgres, no_postgres: bool) -> list[Measure]:
    """Each database on a copy; DuckDB from its own tables of the same rows."""
    peers, sums = {}, None
    if on.peers:
        sums = on.peers.script("duck.py", str(_exported(on.bank)), *MONTH)
        peers["DuckDB, sums only"] = float(sums["query_seconds"])
    copies: dict[str, Callable[[], AbstractContextManager[Bank]]] = {
        "SQLite": lambda: places.copied(on.bank)
    }
    if not no_postgres:
        copies["PostgreSQL"] = lambda: postgres.copied(postgres.bank(on.customers))
    found = []
    for database, copied in copies.items():
        on.say(f"  {database}")
        with copied() as bank:
            report, ended = recompute(bank)
        if sums and database == "SQLite" and report["qualifying"] != sums["qualifying"]:
            raise AssertionError(f"DuckDB counts {sums['qualifying']}, we {report['qualifying']}")
        what = f"tiers from {report['balances']:,} balance changes, {database}"
        took = {"peak_mb": round(ended.peak_mb, 1), "cpu_seconds": round(ended.cpu_seconds, 1)}
        detail = report | took | {"duckdb": sums}
        found.append(Measure("tiers", what, "s", report["seconds"], (Goal(30),), peers, detail))
    return found


def recompute(bank: Bank) -> tuple[dict[str, Any], children.Ended]:
    """The report of a recompute in a process of its own, and what that process took."""
    program = [sys.executable, "-m", "benchmarks.recompute", str(bank.directory), bank.url]
    ended = children.run(program)
    report: dict[str, Any] = json.loads(ended.said.splitlines()[-1])
    return report, ended


def _exported(bank: Bank) -> Path:
    """What the sums need as CSV, made once."""
    directory = bank.directory / "sums"
    if directory.exists():
        return directory
    part = bank.directory / "sums.part"
    part.mkdir(exist_ok=True)
    tables = {
        "balance": "SELECT account_id, day, amount, revision FROM balance",
        "account": "SELECT id, customer_id, CASE category WHEN 'loan' THEN 0 ELSE 1 END AS weight "
        "FROM account",
        "member": "SELECT customer_id, household_id, from_on, until_on FROM household_member",
        "customer": "SELECT id, kind, state, opened_on FROM customer",
    }
    with closing(sqlite3.connect(bank.file)) as connection:
        for name, query in tables.items():
            rows = connection.execute(query)
            with (part / f"{name}.csv").open("w", newline="") as file:
                writer = csv.writer(file)
                writer.writerow([column[0] for column in rows.description])
                writer.writerows(rows)
    part.rename(directory)
    return directory
