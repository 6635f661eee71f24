"""A database that goes away while somebody types, and comes back: told, retried, nothing lost."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event, func, select

from crm_tui.db.crypto import KeyRing
from crm_tui.db.store import Store
from crm_tui.db.tables import Complaint, Contact, Draft
from tests.support.complaints import register, triage
from tests.support.desk import desk, populate
from tests.support.people import Bank, found_bank
from tests.support.postgres import connect
from tests.support.screen_text import wait_until
from tests.support.stores import SetClock, make_template

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.support.desk import Desk
    from tests.support.postgres import PostgresServer

NOTE = "half a note"
REFUSING = "CREATE TRIGGER refusing BEFORE INSERT ON contact BEGIN SELECT RAISE(ABORT, 'x'); END"


def contacts(bank: Bank) -> list[str]:
    with bank.store.read() as session:
        return list(session.execute(select(Contact.content)).scalars())


def drafts(bank: Bank) -> int:
    with bank.store.read() as session:
        return session.execute(select(func.count()).select_from(Draft)).scalar_one()


@pytest.fixture
def server(own_pg_server: Callable[[], PostgresServer]) -> PostgresServer:
    started = own_pg_server()
    with connect(started.admin_url) as admin:
        admin.execute("CREATE DATABASE bank OWNER crm_tui")
    make_template(started.url("bank"))
    return started


@pytest.fixture
def on_postgres(server: PostgresServer) -> Iterator[Bank]:
    bank = found_bank(Store(server.url("bank"), KeyRing.generate(), clock=SetClock()))
    populate(bank)
    yield bank
    bank.store.close()


@pytest.fixture
def on_sqlite(tmp_path: Path, sqlite_template: Path) -> Iterator[Bank]:
    place = tmp_path / "bank"
    place.mkdir()
    shutil.copyfile(sqlite_template, place / "crm.db")
    store = Store(f"sqlite:///{place / 'crm.db'}", KeyRing.generate(), clock=SetClock(),
                  busy_timeout=1)  # fmt: skip
    bank = found_bank(store)
    populate(bank)
    yield bank
    store.close()


async def shown(one: Desk, text: str) -> None:
    """Wait for a text while workers come and go."""
    await wait_until(one.pilot, lambda: text in one.text, what=text)


async def save_after_return(one: Desk, bank: Bank, times: int = 1) -> None:
    """The note is still there; saved once."""
    assert NOTE in one.text
    # A draft that is on its way may end first.
    await one.press("ctrl+s")
    await one.until("Contact saved")
    assert contacts(bank) == [NOTE] * times
    assert drafts(bank) == 0


async def away(one: Desk, why: str) -> None:
    """Type the second half, and try to save, while the database cannot be written.

    Drafts are tried again and again meanwhile, so that the program is never idle.
    """
    await one.pilot.press("space", "a", "space", *"note")
    await shown(one, "NOT SAVED")
    await one.pilot.press("ctrl+s")
    await shown(one, why)
    assert NOTE in one.text
    assert "NOT SAVED" in one.text


@pytest.mark.postgres
async def test_a_server_that_stops_and_starts(server: PostgresServer, on_postgres: Bank) -> None:
    async with desk(on_postgres, "lina") as one:
        for crash in (False, True):
            await begun(one)
            server.stop(crash=crash)
            await away(one, "The database does not answer")
            server.start()
            await save_after_return(one, on_postgres, 1 + crash)

            server.stop(crash=crash)
            await one.press("r")
            await one.until("r tries again")
            server.start()
            await one.press("r")
            await one.gone("tries again")
            await one.until("张伟明")
            on_postgres.clock.advance(minutes=1)


async def begun(one: Desk) -> None:
    await one.until("张伟明")
    await one.press("v", "3")
    await one.type("half")
    await one.until("draft saved")


async def test_another_writer_holds_the_file(on_sqlite: Bank) -> None:
    async with desk(on_sqlite, "lina") as one:
        await begun(one)
        with closing(sqlite3.connect(str(on_sqlite.store.path))) as other:
            other.execute("BEGIN IMMEDIATE")
            await away(one, "The database is busy")
            other.rollback()
        await save_after_return(one, on_sqlite)


async def test_a_step_of_a_case_while_another_writer_holds_the_file(on_sqlite: Bank) -> None:
    case = register(on_sqlite)
    triage(on_sqlite, case)
    async with desk(on_sqlite, "wangqiang") as one:
        await one.until("欧阳志远")
        await one.press("f5", "z")
        await one.until("> decide")
        await one.type("half")
        await one.until("draft saved")
        with closing(sqlite3.connect(str(on_sqlite.store.path))) as other:
            other.execute("BEGIN IMMEDIATE")
            await one.pilot.press("space", "a", "space", *"note", "tab", "2")
            await shown(one, "NOT SAVED")
            await one.pilot.press("ctrl+s")
            await shown(one, "The database is busy")
            assert NOTE in one.text
            other.rollback()
        await one.press("ctrl+s")
        await one.until("Saved.")
        assert drafts(on_sqlite) == 0
    with on_sqlite.store.read() as session:
        assert session.execute(select(Complaint.decision)).scalars().all() == [NOTE]


async def test_triage_while_another_writer_holds_the_file(on_sqlite: Bank) -> None:
    register(on_sqlite)
    async with desk(on_sqlite, "zhaomin") as one:
        await one.until("[2all]")
        await one.press("f5", "t")
        await one.until("no like case")
        with closing(sqlite3.connect(str(on_sqlite.store.path))) as other:
            other.execute("BEGIN IMMEDIATE")
            await one.press("1", "1", "2", "enter")
            await shown(one, "The database is busy")
            other.rollback()
        await one.press("enter")
        await one.gone("Urgency")
    with on_sqlite.store.read() as session:
        assert session.execute(select(Complaint.state)).scalars().all() == ["triaged"]


async def test_a_file_that_may_not_be_written(on_sqlite: Bank) -> None:
    """As when the file system has become read-only under the program."""

    def read_only(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA query_only = 1").close()

    engine = on_sqlite.store.engine
    async with desk(on_sqlite, "lina") as one:
        await begun(one)
        engine.dispose()
        event.listen(engine, "connect", read_only)
        await away(one, "The database cannot be written")
        event.remove(engine, "connect", read_only)
        engine.dispose()
        await save_after_return(one, on_sqlite)


async def test_why_a_save_failed_stays_when_the_draft_is_stored(on_sqlite: Bank) -> None:
    with on_sqlite.store.engine.connect() as connection:
        connection.exec_driver_sql(REFUSING)
        connection.commit()
    async with desk(on_sqlite, "lina") as one:
        await begun(one)
        await one.type(" a note")
        await one.press("ctrl+s")
        await one.until("tell support incident")
        await one.type("!")
        await one.until("draft saved")
        await one.until("note!")
        assert "tell support incident" in one.text


async def test_the_directory_goes_and_comes_back(on_sqlite: Bank) -> None:
    assert on_sqlite.store.path is not None
    place = on_sqlite.store.path.parent
    async with desk(on_sqlite, "lina") as one:
        await begun(one)
        hidden = place.rename(place.with_name("hidden"))
        on_sqlite.store.engine.dispose()
        await away(one, "The database does not answer")
        hidden.rename(place)
        await save_after_return(one, on_sqlite)
