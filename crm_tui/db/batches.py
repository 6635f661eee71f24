"""Import batches: who is importing, how far it is, and whether its owner still lives."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final, cast

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from crm_tui.db.failures import translate
from crm_tui.db.tables import ImportBatch
from crm_tui.errors import StoreBusy, StoreUnavailable
from crm_tui.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import CursorResult
    from sqlmodel import Session

    from crm_tui.db.bulk import BulkStore

# Our name among the advisory locks of a PostgreSQL database.
_ADVISORY: Final = 0x63726D_696D70
UNFINISHED: Final = ("applying", "taking_back")


class BatchGone(Exception):
    """The batch is no longer ours to apply."""


@contextmanager
def only_importer(bulk: BulkStore) -> Iterator[None]:
    """Hold the database's one import lock; the system lets it go when the process dies.

    Raises StoreBusy when another import runs.
    """
    holding = _file_lock(bulk) if bulk.is_sqlite else _advisory_lock(bulk)
    with holding:
        yield


@contextmanager
def _file_lock(bulk: BulkStore) -> Iterator[None]:
    try:
        descriptor = os.open(
            f"{bulk.store.path}.import", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
        )
    except OSError:
        raise StoreUnavailable(
            _("The database does not answer. Nothing was saved; try again.")
        ) from None
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _busy() from None
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _advisory_lock(bulk: BulkStore) -> Iterator[None]:
    with translate(), bulk.engine.connect() as opened:
        connection = opened.execution_options(isolation_level="AUTOCOMMIT")
        if not connection.execute(select(func.pg_try_advisory_lock(_ADVISORY))).scalar():
            raise _busy()
        try:
            yield
        finally:
            # Let go first: the server notices only later that a connection is gone, and whoever
            # begins at once would be told that another import runs.
            with suppress(DBAPIError):
                connection.execute(select(func.pg_advisory_unlock(_ADVISORY)))
            # The connection goes back to a pool: the lock would live on in it.
            connection.invalidate()


def _busy() -> StoreBusy:
    return StoreBusy(_("Another import is running. Wait for its end and try again."))


def begin(session: Session, *, kind: str, owner: str, file_hash: str, now: datetime) -> int:
    """A new batch in state applying; its id."""
    made = session.execute(
        insert(ImportBatch).values(
            kind=kind, state="applying", owner=owner[:100], file_hash=file_hash, started_at=now
        )
    )
    key = cast("CursorResult[Any]", made).inserted_primary_key
    assert key is not None
    return int(key[0])


def progress(session: Session, batch_id: int, rows: int) -> None:
    """Count applied rows. Raises BatchGone when the batch is not being applied any more."""
    _move(session, batch_id, "applying", rows=ImportBatch.rows + rows)


def finish(session: Session, batch_id: int, now: datetime) -> None:
    """The batch is complete. Raises BatchGone."""
    _move(session, batch_id, "applying", state="done", ended_at=now)


def start_taking_back(session: Session, batch_id: int) -> None:
    """From now on no step of the batch can be applied."""
    session.execute(
        update(ImportBatch)
        .where(col(ImportBatch.id) == batch_id, col(ImportBatch.state).in_(UNFINISHED))
        .values(state="taking_back")
    )


def end_taking_back(session: Session, batch_id: int, now: datetime) -> None:
    """Nothing of the batch is left."""
    _move(session, batch_id, "taking_back", state="taken_back", ended_at=now)


def unfinished(session: Session) -> list[tuple[int, str]]:
    """Id and kind of batches that are neither done nor taken back."""
    query = select(col(ImportBatch.id), col(ImportBatch.kind)).where(
        col(ImportBatch.state).in_(UNFINISHED)
    )
    return [(row[0], row[1]) for row in session.execute(query.order_by(col(ImportBatch.id)))]


def _move(session: Session, batch_id: int, from_state: str, **values: object) -> None:
    moved = session.execute(
        update(ImportBatch)
        .where(col(ImportBatch.id) == batch_id, col(ImportBatch.state) == from_state)
        .values(**values)
    )
    if cast("CursorResult[Any]", moved).rowcount != 1:
        raise BatchGone
