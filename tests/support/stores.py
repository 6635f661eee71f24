"""Databases with the product's tables, for the tests of `db` and `services`.

A test that takes `store` runs on SQLite and on PostgreSQL. The schema is migrated once per worker
and database; each test gets a copy.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crm_tui.db import schema
from crm_tui.db.crypto import KeyRing
from crm_tui.db.store import Store, open_engine, parse_url
from tests.support.postgres import NewDatabase

# A working Monday, ten in the morning in Shanghai.
START = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


@dataclass(slots=True)
class SetClock:
    """A clock that stands still until it is told to move."""

    at: datetime = START

    def __call__(self) -> datetime:
        """The instant it shows."""
        return self.at

    def advance(self, **amount: float) -> None:
        """Move it on, by the arguments of `timedelta`."""
        self.at += timedelta(**amount)


def make_template(url: str) -> None:
    """Bring the empty database at `url` to the newest schema; once per worker and database."""
    engine = open_engine(parse_url(url))
    try:
        schema.upgrade(engine)
    finally:
        engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file without a write-ahead log, to be copied."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    make_template(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    return path


@pytest.fixture
def clock() -> SetClock:
    """The clock of `store`."""
    return SetClock()


@pytest.fixture(
    params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)],
)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a migrated database of this test's own, on each of the two."""
    if request.param == "sqlite":
        copy = tmp_path / "crm.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), copy)
        return f"sqlite:///{copy}"
    new_database: NewDatabase = request.getfixturevalue("new_pg_database")
    return new_database()


@pytest.fixture
def store(database_url: str, clock: SetClock) -> Iterator[Store]:
    """An open store on `database_url` with keys of its own and a clock that stands still."""
    opened = Store(database_url, KeyRing.generate(), clock=clock)
    yield opened
    opened.close()
