"""Customers from a file end to end, what it weighs, and how long others wait meanwhile."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from benchmarks import children, places
from benchmarks.places import Bank
from benchmarks.report import ROOT, Goal, Measure
from benchmarks.servers import Postgres
from benchmarks.subjects import Subjects
from tests.support.pty_session import plain_environment

# The bank that a file comes into.
THERE: Final = 2_000
# Numbers of the file's customers, far above those of any bank.
FIRST: Final = 5_000_001
SEED: Final = 4711
GOALS: Final = {"SQLite": 5_000, "PostgreSQL": 3_000}
# A smaller file beside the whole one, to show that memory does not grow.
SMALLER: Final = 4


@dataclass(frozen=True, slots=True)
class Imported:
    """One import by the command."""

    rows_per_second: float
    peak_mb: float
    cpu_seconds: float
    waits: dict[str, float]


def imports(on: Subjects, postgres: Postgres, rows: int, no_postgres: bool) -> list[Measure]:
    """Each database, an import alone and a smaller one with somebody at work."""
    whole, part = _file(rows), _file(rows // SMALLER)
    copies: dict[str, Callable[[], AbstractContextManager[Bank]]] = {
        "SQLite": lambda: places.copied(places.sqlite_bank(THERE, on.say))
    }
    if not no_postgres:
        copies["PostgreSQL"] = lambda: postgres.copied(postgres.bank(THERE))
    found: list[Measure] = []
    for database, copied in copies.items():
        on.say(f"  {database}")
        peers = {}
        with copied() as bank:
            alone = _import(bank, whole)
            if database == "SQLite":
                peers["bare insert"] = _bare_insert(bank.file)
        with copied() as bank:
            watched = _import(bank, part, watched=True)
        goal = (Goal(GOALS[database], at_least=True),)
        detail = {"rows": rows, "into a bank of": THERE, "cpu_seconds": alone.cpu_seconds}
        what = f"import of {rows:,} customers, {database}"
        peak = f"peak memory of that import, {database}"
        beside = {f"of {rows // SMALLER:,} rows": watched.peak_mb}
        wait = f"worst wait of a writer meanwhile, {database}"
        found += [
            Measure("import", what, "rows/s", alone.rows_per_second, goal, peers, detail),
            Measure("import", peak, "MB", alone.peak_mb, (Goal(1.15, next(iter(beside))),), beside),
            Measure("import", wait, "s", watched.waits["worst"], (Goal(1.0),), {}, watched.waits),
        ]
    return found


def _file(rows: int) -> Path:
    """Customers in the import format, made once."""
    from crm_tui.demo import files, people

    path = places.cache_directory() / f"customers-{rows}-{places.generator()}.csv"
    if not path.exists():
        part = path.with_suffix(".part")
        numbers = range(FIRST, FIRST + rows)
        files.customers(part, (people.customer(SEED, n, date(2026, 11, 23)) for n in numbers))
        part.rename(path)
    return path


def _import(bank: Bank, file: Path, *, watched: bool = False) -> Imported:
    with tempfile.TemporaryDirectory(prefix="crm-tui-bench-") as directory:
        settings = Path(directory) / "config.toml"
        settings.write_text(f'[security]\nkey_file = "{bank.key_file}"\n')
        settings.chmod(0o600)
        writer = _writer(bank) if watched else None
        command = [*places.PROGRAM, "--config", str(settings), "import", "customers", str(file),
                   "--json"]  # fmt: skip
        ended = children.run(command, plain_environment({"CRM_TUI_DATABASE_URL": bank.url}))
        waits = _stop(writer) if writer else {}
    report = json.loads(ended.said.splitlines()[-1])
    speed = report["rows"] / report["seconds"]
    return Imported(speed, ended.peak_mb, ended.cpu_seconds, waits)


def _writer(bank: Bank) -> subprocess.Popen[str]:
    """Somebody who logs contacts; it has begun when this returns."""
    child = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.writer", str(bank.directory), bank.url],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip
    assert child.stdout is not None
    child.stdout.readline()
    return child


def _stop(writer: subprocess.Popen[str]) -> dict[str, float]:
    said, _err = writer.communicate("stop\n", timeout=60)
    if writer.returncode:
        raise RuntimeError("somebody at work could not save; what they were told stands above")
    waits: dict[str, float] = json.loads(said)
    return waits


def _bare_insert(source: Path) -> float:
    """Rows a second of finished rows into a file with six indexes and FTS5, nothing checked."""
    with closing(sqlite3.connect(source)) as connection:
        rows = connection.execute(
            "SELECT c.id, c.customer_no, c.kind, c.name, c.name_key, c.id_no_enc, c.id_no_mask, "
            "c.id_no_hash, c.id_no_tail, c.mobile_enc, c.mobile_mask, c.mobile_hash, "
            "c.mobile_tail, c.branch_id, c.manager_id, c.opened_on, s.doc "
            "FROM customer AS c JOIN customer_search AS s ON s.customer_id = c.id"
        ).fetchall()
    with (
        tempfile.TemporaryDirectory(dir=source.parent) as directory,
        closing(sqlite3.connect(Path(directory) / "bare.db", isolation_level=None)) as bare,
    ):
        began = time.perf_counter()
        _insert(bare, rows)
        return len(rows) / (time.perf_counter() - began)


def _insert(bare: sqlite3.Connection, rows: list[Any]) -> None:
    names = (
        "customer_no", "kind", "name", "name_key", "id_no_enc", "id_no_mask", "id_no_hash",
        "id_no_tail", "mobile_enc", "mobile_mask", "mobile_hash", "mobile_tail", "branch_id",
        "manager_id", "opened_on",
    )  # fmt: skip
    bare.execute("PRAGMA journal_mode=WAL")
    bare.execute("PRAGMA synchronous=FULL")
    bare.execute(f"CREATE TABLE customer (id INTEGER PRIMARY KEY, {', '.join(names)}, doc)")
    for columns in (
        "customer_no", "name_key, id", "mobile_hash", "mobile_tail", "id_no_hash",
        "branch_id, manager_id, id",
    ):  # fmt: skip
        bare.execute(f"CREATE INDEX ix_{columns.split(',')[0]} ON customer ({columns})")
    bare.execute(
        "CREATE VIRTUAL TABLE text USING fts5 (doc, content='customer', content_rowid='id', "
        "tokenize='ascii', detail=none, columnsize=0, prefix='1 2 3')"
    )
    bare.execute("BEGIN IMMEDIATE")
    marks = ", ".join("?" * (len(names) + 2))
    bare.executemany(f"INSERT INTO customer VALUES ({marks})", rows)
    bare.executemany(
        "INSERT INTO text (rowid, doc) VALUES (?, ?)", ((row[0], row[-1]) for row in rows)
    )
    bare.execute("COMMIT")
