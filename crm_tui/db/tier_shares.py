"""Opening a recompute: one at a time, on PostgreSQL in two shares of the customers at once.

PostgreSQL gives a connection one processor for what is written: two connections, each with half
of the customers, use two. SQLite has one writer, and one share with everybody in it.
"""

from __future__ import annotations

import fcntl
import os
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final, TypeVar

from sqlalchemy import func, select
from sqlmodel import col

from crm_tui.db.failures import translate
from crm_tui.db.store import open_engine
from crm_tui.db.tables import Customer
from crm_tui.db.tier_work import Share, Work
from crm_tui.errors import StoreBusy, StoreUnavailable
from crm_tui.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future

    from sqlalchemy import Connection

    from crm_tui.db.store import Store

T = TypeVar("T")

_ADVISORY_KEY: Final = 7_211_993
_STOP_AGAIN: Final = 0.2
# A small cache makes SQLite sort in parts that fit a processor's own, and with a second thread:
# an index, which is built while everybody's writes wait, takes half as long as with 64 MB.
# Nor may a commit that everybody waits for copy the log into the file: see `checkpoint`.
_SQLITE_PRAGMAS: Final = (
    "main.cache_size=-8192", "temp.cache_size=-8192", "threads=2", "wal_autocheckpoint=0",
)  # fmt: skip
_POSTGRES_SETTINGS: Final = (
    "statement_timeout=0", "lock_timeout=0", "work_mem='128MB'", "maintenance_work_mem='256MB'",
    "jit=off",
)  # fmt: skip


class Shares:
    """An open recompute: `first` is the share whose connection keeps others out."""

    def __init__(self, works: list[Work]) -> None:
        self.first = works[0]
        self.others = works[1:]

    @property
    def is_sqlite(self) -> bool:
        """Whether there is one share."""
        return self.first.is_sqlite

    def at_once(self, act: Callable[[Work], T]) -> list[T]:
        """What `act` gives for each share, all of them under way together.

        When one fails, or the person stops it, the others end too before it is raised.
        """
        if not self.others:
            return [act(self.first)]
        with ThreadPoolExecutor(len(self.others)) as pool:
            under_way = [pool.submit(act, work) for work in self.others]
            try:
                return [act(self.first), *(one.result() for one in under_way)]
            except BaseException:
                self._stop(under_way)
                raise

    def _stop(self, under_way: list[Future[T]]) -> None:
        left = set(under_way)
        while left:
            # Again and again: what was about to begin when it was cancelled has begun since.
            for work in self.others:
                work.stop()
            left = wait(left, timeout=_STOP_AGAIN).not_done


@contextmanager
def opened(store: Store) -> Iterator[Shares]:
    """Begin a recompute. Raises StoreBusy when another one is under way."""
    engine = open_engine(store.url, pool_size=1, busy_timeout=30)
    try:
        with _alone_by_file(store), translate(), ExitStack() as connections:
            first = connections.enter_context(engine.connect())
            if store.is_sqlite:
                works = [Work(store, first, Share())]
                works[0].prepare(_SQLITE_PRAGMAS, "PRAGMA")
            else:
                connections.enter_context(_alone_by_lock(first))
                second = connections.enter_context(engine.connect())
                works = [
                    Work(store, connection, share)
                    for connection, share in zip((first, second), _halves(first), strict=True)
                ]
                for work in works:
                    work.prepare(_POSTGRES_SETTINGS, "SET SESSION")
            yield Shares(works)
    finally:
        # Its temporary tables go with the connections.
        engine.dispose()


def _halves(connection: Connection) -> tuple[Share, Share]:
    half = select(func.count() // 2).select_from(Customer).scalar_subquery()
    middle = select(col(Customer.id)).order_by(col(Customer.id)).offset(half).limit(1)
    after = connection.execute(middle).scalar() or 0
    connection.commit()
    return Share(upto=after), Share(after=after)


def copy(source: Work, target: Work, query: str, table: str) -> None:
    """Send what `query` finds in one share's session into a temporary table of another's."""
    drivers: list[Any] = [one.connection.connection.driver_connection for one in (source, target)]
    with (
        source.computing(),
        target.computing(),
        drivers[0].cursor() as reading,
        drivers[1].cursor() as writing,
        reading.copy(f"COPY ({query}) TO STDOUT (FORMAT BINARY)") as rows,
        writing.copy(f"COPY {table} FROM STDIN (FORMAT BINARY)") as into,
    ):
        for block in rows:
            into.write(block)


def _busy() -> StoreBusy:
    return StoreBusy(_("Tiers are being recomputed already; wait until that is done."))


@contextmanager
def _alone_by_lock(connection: Connection) -> Iterator[None]:
    taken = connection.execute(select(func.pg_try_advisory_lock(_ADVISORY_KEY))).scalar_one()
    connection.commit()
    if not taken:
        raise _busy()
    try:
        yield
    finally:
        # The server would let go of it by itself a moment after the connection is closed.
        with suppress(Exception):
            connection.rollback()
            connection.execute(select(func.pg_advisory_unlock(_ADVISORY_KEY)))
            connection.commit()


@contextmanager
def _alone_by_file(store: Store) -> Iterator[None]:
    if store.path is None:
        yield
        return
    try:
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
        descriptor = os.open(f"{store.path}.tiers", flags, 0o600)
    except OSError:
        raise StoreUnavailable(
            _("The database does not answer. Nothing was saved; try again.")
        ) from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise _busy() from None
    try:
        yield
    finally:
        os.close(descriptor)
