"""A connection to a SQLite file that was deleted or replaced writes into nothing, without an
error: what it stores is gone with it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError

from crm_tui.db.failures import away

if TYPE_CHECKING:
    import sqlite3

    from sqlalchemy import Engine
    from sqlalchemy.pool import ConnectionPoolEntry

_FILE: Final = "crm_file"


def stay_with(engine: Engine, path: Path) -> None:
    """Use no connection of `engine` once another file is at `path`, or none. What is there
    instead is opened anew; where there was a database, no empty one is made."""
    begun = False

    @event.listens_for(engine, "do_connect")
    def make_nothing(*_given: Any) -> None:
        if begun and _identity(path) is None:
            raise away()

    @event.listens_for(engine, "connect")
    def remember(_connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
        nonlocal begun
        record.info[_FILE] = found = _identity(path)
        begun = begun or found is not None

    @event.listens_for(engine, "checkout")
    def compare(
        _connection: sqlite3.Connection, record: ConnectionPoolEntry, _proxy: object
    ) -> None:
        if record.info[_FILE] != _identity(path):
            raise DisconnectionError


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file it is; None when there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
