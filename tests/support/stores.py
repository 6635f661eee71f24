"""Databases with the product's tables, for the tests of `db` and `services`.

A test that takes `store` runs on SQLite and on PostgreSQL. What many tests begin with is made once
per worker and database; each test gets a copy.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from crm_tui.db import schema
from crm_tui.db.crypto import KeyRing
from crm_tui.db.store import Store, open_engine, parse_url
from tests.support.postgres import NewDatabase, PostgresServer

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


@dataclass(frozen=True, slots=True)
class Filling:
    """What a template holds: what `fill` writes into a copy of the template `before`."""

    name: str
    fill: Callable[[Store], Any]
    before: Filling | None = None


TABLES: Final = Filling("tables", lambda store: schema.upgrade(store.engine))


class Templates:
    """Databases that are made once per worker, when first asked for, and copied for each test.

    All stores of a worker have the same keys, so that a copy can be read.
    """

    def __init__(self, directory: Path, worker: str, server: Callable[[], PostgresServer]) -> None:
        self._directory, self._worker, self._server = directory, worker, server
        self._given: dict[tuple[str, bool], Any] = {}
        self._keys = KeyRing.generate()

    def keys(self) -> KeyRing:
        """The keys of one store, which may turn them."""
        return replace(self._keys, keys=dict(self._keys.keys))

    def sqlite(self, filling: Filling) -> Path:
        """A file without a write-ahead log."""
        path = self._directory / f"{filling.name}.db"
        if (filling.name, True) not in self._given:
            if filling.before:
                shutil.copyfile(self.sqlite(filling.before), path)
            self._given[filling.name, True] = self._fill(filling, f"sqlite:///{path}")
            with closing(sqlite3.connect(path)) as connection:
                connection.execute("PRAGMA journal_mode=DELETE")
        return path

    def postgres(self, filling: Filling) -> str:
        """A database that nobody is connected to."""
        database = f"template_{self._worker}_{filling.name}"
        if (filling.name, False) not in self._given:
            server = self._server()
            server.create(database, self.postgres(filling.before) if filling.before else None)
            self._given[filling.name, False] = self._fill(filling, server.url(database))
        return database

    def put(self, filling: Filling, store: Store) -> Any:
        """Let a store that nobody works with go on with a copy; what `fill` gave."""
        store.close()
        if store.path is None:
            self._server().create(str(store.url.database), self.postgres(filling))
        else:
            shutil.copyfile(self.sqlite(filling), store.path)
        return deepcopy(self._given[filling.name, store.is_sqlite])

    def _fill(self, filling: Filling, url: str) -> Any:
        with closing(Store(url, self.keys(), clock=SetClock())) as store:
            return filling.fill(store)


@pytest.fixture(scope="session")
def templates(
    tmp_path_factory: pytest.TempPathFactory, worker_id: str, request: pytest.FixtureRequest
) -> Templates:
    """The templates of this worker."""
    return Templates(
        tmp_path_factory.mktemp("templates"),
        worker_id,
        lambda: request.getfixturevalue("pg_server"),
    )


@pytest.fixture(scope="session")
def sqlite_template(templates: Templates) -> Path:
    """A migrated SQLite file, to be copied."""
    return templates.sqlite(TABLES)


@pytest.fixture
def clock() -> SetClock:
    """The clock of `store`."""
    return SetClock()


@pytest.fixture(
    params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)],
)
def database_url(request: pytest.FixtureRequest, tmp_path: Path, templates: Templates) -> str:
    """The URL of a migrated database of this test's own, on each of the two."""
    from tests.support.people import FOUNDED

    filling = FOUNDED if "founded" in request.fixturenames else TABLES
    if request.param == "sqlite":
        copy = tmp_path / "crm.db"
        shutil.copyfile(templates.sqlite(filling), copy)
        return f"sqlite:///{copy}"
    new_database: NewDatabase = request.getfixturevalue("new_pg_database")
    return new_database(filling=filling)


@pytest.fixture
def store(database_url: str, clock: SetClock, templates: Templates) -> Iterator[Store]:
    """An open store on `database_url`, with a clock that stands still."""
    opened = Store(database_url, templates.keys(), clock=clock)
    yield opened
    opened.close()
