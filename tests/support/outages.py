"""Banks that can go away while somebody works, and what a test sees of them meanwhile."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlmodel import col

from crm_tui.db.crypto import KeyRing
from crm_tui.db.store import Store
from crm_tui.db.tables import Audit, Draft
from tests.support.people import found_bank
from tests.support.postgres import connect
from tests.support.screen_text import wait_until
from tests.support.stores import SetClock, make_template

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.desk import Desk
    from tests.support.people import Bank
    from tests.support.postgres import PostgresServer


@contextmanager
def bank_on_sqlite(directory: Path, template: Path) -> Iterator[Bank]:
    """The small bank in a directory of its own, so that this can be taken away; it waits a
    second at most for another writer."""
    directory.mkdir()
    path = directory / "crm.db"
    shutil.copyfile(template, path)
    store = Store(f"sqlite:///{path}", KeyRing.generate(), clock=SetClock(), busy_timeout=1)
    yield found_bank(store)
    store.close()


@contextmanager
def bank_on_postgres(server: PostgresServer) -> Iterator[Bank]:
    """The small bank on a server that the test can stop."""
    with connect(server.admin_url) as admin:
        admin.execute("CREATE DATABASE bank OWNER crm_tui")
    url = server.url("bank")
    make_template(url)
    store = Store(url, KeyRing.generate(), clock=SetClock())
    yield found_bank(store)
    store.close()


@contextmanager
def directory_away(bank: Bank) -> Iterator[None]:
    """The directory of the file is not there meanwhile, as of a disk that is unplugged."""
    assert bank.store.path is not None
    place = bank.store.path.parent
    hidden = place.rename(place.with_name("hidden"))
    bank.store.engine.dispose()
    yield
    hidden.rename(place)


@contextmanager
def held(bank: Bank) -> Iterator[None]:
    """Another program writes the file meanwhile."""
    with closing(sqlite3.connect(str(bank.store.path))) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.rollback()


async def shown(one: Desk, text: str) -> None:
    """Wait for a text while workers come and go: drafts are tried again and again."""
    await wait_until(one.pilot, lambda: text in one.text, what=text)


def rows(bank: Bank, *columns: Any) -> list[tuple[Any, ...]]:
    """These columns of every row."""
    with bank.store.read() as session:
        return [tuple(row) for row in session.execute(select(*columns))]


def drafts(bank: Bank) -> int:
    """How many drafts are kept."""
    return int(rows(bank, func.count(col(Draft.form)))[0][0])


def done(bank: Bank, action: str) -> int:
    """How often the audit has that an action was done."""
    with bank.store.read() as session:
        of_it = (col(Audit.action) == action, col(Audit.outcome) == "done")
        return int(session.execute(select(func.count()).where(*of_it)).scalar_one())
