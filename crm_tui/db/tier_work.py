"""Where a recompute works: a connection of its own, one recompute at a time, short steps.

What it computes stands in temporary tables that nobody else sees. On SQLite each step holds the
write gate for a fraction of a second; on PostgreSQL it is a small transaction.
"""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Column, MetaData, Table, func, select
from sqlalchemy.types import BigInteger, Integer, SmallInteger
from sqlmodel import Session

from crm_tui.db import audit
from crm_tui.db.bulk import checkpoint
from crm_tui.db.failures import translate
from crm_tui.db.store import open_engine
from crm_tui.db.tables import roster_a
from crm_tui.errors import StoreBusy, StoreUnavailable
from crm_tui.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy import Connection

    from crm_tui.db.store import Store
    from crm_tui.domain.audit import Actor, Entry

# How long a step should take: on SQLite everybody's writes wait for it (design.md, Bulk), on
# PostgreSQL only those of the same rows.
_SQLITE_STEP_SECONDS: Final = 0.15
_POSTGRES_STEP_SECONDS: Final = 0.3
_FIRST_STEP: Final = 4_000
_ADVISORY_KEY: Final = 7_211_993
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

_temporary = MetaData()


def _temp(name: str, *columns: Column[Any], ordered: bool = False) -> Table:
    """A temporary table; `ordered` when it is filled and read in the order of its key.

    PostgreSQL joins the others by hashing, and a key filled at random would hold it up.
    """
    table = Table(name, _temporary, *columns, prefixes=["TEMPORARY"])
    if not ordered:
        table.primary_key.ddl_if(dialect="sqlite")
    return table


def _key(name: str) -> Column[Any]:
    return Column(name, Integer().with_variant(BigInteger, "postgresql"), primary_key=True)


# Σ fen × weight over the window's days, of every customer with an account.
own_sums = _temp("work_own_sums", _key("customer_id"), Column("own_sum", BigInteger))
# Individuals in a household on the window's last day.
members = _temp("work_members", _key("customer_id"), Column("household_id", BigInteger))
households = _temp(
    "work_households",
    _key("household_id"),
    Column("total", BigInteger),
    Column("members", Integer),
)
# Everybody who is graded, as the assessment will have it.
grades = _temp(
    "work_grades",
    _key("customer_id"),
    Column("own_sum", BigInteger),
    Column("household_sum", BigInteger),
    Column("members", Integer),
    Column("qualifying_rank", SmallInteger),
    ordered=True,
)

# The next roster, on SQLite: as it is read, then in the order of the tiers.
unsorted_roster = _temp("work_rows", *(Column(c.name, c.type) for c in roster_a.columns))
next_roster = _temp(
    "work_roster",
    _key("place"),
    *(Column(column.name, column.type) for column in roster_a.columns),
)


class Work:
    """An open recompute."""

    def __init__(self, store: Store, connection: Connection) -> None:
        self.store = store
        self.connection = connection
        self.is_sqlite = store.is_sqlite

    @contextmanager
    def computing(self) -> Iterator[Session]:
        """A transaction that reads the truth and writes temporary tables only."""
        with self._transaction(immediate=False) as session:
            yield session

    @contextmanager
    def step(self) -> Iterator[Session]:
        """A short transaction that writes what everybody sees."""
        with self.store.gate.exclusive(), self._transaction(immediate=True) as session:
            yield session
        if self.is_sqlite:
            checkpoint(self.connection)

    def audited(self, session: Session, actor: Actor, entries: list[Entry]) -> None:
        """Chain audit rows in a step; call it last."""
        if entries:
            audit.append(session, self.store.keys, actor, self.store.clock(), entries)

    def each_range(self, column: Any, apply: Callable[[Session, int, int], None]) -> None:
        """Call `apply(session, after, upto)` in steps over all values of a temporary key.

        The ranges have no holes and reach beyond both ends. A step takes about as long as
        people may wait: their number of rows follows the clock.
        """
        after, size = -1, _FIRST_STEP
        while True:
            with self.computing() as session:
                upto = session.execute(
                    select(column).where(column > after).order_by(column).offset(size - 1).limit(1)
                ).scalar()
            last = 2**62 if upto is None else int(upto)
            started = time.monotonic()
            with self.step() as session:
                apply(session, after, last)
            if upto is None:
                return
            after, size = last, self._next_size(size, time.monotonic() - started)

    @contextmanager
    def beside(self) -> Iterator[Work]:
        """The grades once more on a second connection, to write from them meanwhile.

        For PostgreSQL: another processor of the server does it. SQLite has one writer.
        """
        with translate(), self.connection.engine.connect() as second:
            _prepare(second, _POSTGRES_SETTINGS, "SET SESSION", [grades])
            with self.connection.begin(), second.begin():
                _copy(self.connection, second, grades.name)
            with second.begin():
                second.exec_driver_sql(f"ANALYZE {grades.name}")
            yield Work(self.store, second)

    def _next_size(self, size: int, seconds: float) -> int:
        wanted = _SQLITE_STEP_SECONDS if self.is_sqlite else _POSTGRES_STEP_SECONDS
        fitting = size * wanted / max(seconds, 0.001)
        return int(min(max(fitting, size / 2, 200), size * 2, 100_000))

    @contextmanager
    def _transaction(self, *, immediate: bool) -> Iterator[Session]:
        self.connection.execution_options(begin_immediate=immediate and self.is_sqlite)
        with translate(), self.connection.begin(), Session(self.connection) as session:
            yield session
            session.flush()


@contextmanager
def opened(store: Store) -> Iterator[Work]:
    """Begin a recompute. Raises StoreBusy when another one is under way."""
    engine = open_engine(store.url, pool_size=1, busy_timeout=30)
    try:
        with _alone_by_file(store), translate(), engine.connect() as connection:
            if store.is_sqlite:
                _prepare(connection, _SQLITE_PRAGMAS, "PRAGMA")
            else:
                _alone_by_lock(connection)
                _prepare(connection, _POSTGRES_SETTINGS, "SET SESSION")
            yield Work(store, connection)
    finally:
        # Its temporary tables and its lock go with the connection.
        engine.dispose()


def _prepare(
    connection: Connection, settings: Sequence[str], word: str, tables: list[Table] | None = None
) -> None:
    for setting in settings:
        connection.exec_driver_sql(f"{word} {setting}")
    connection.commit()
    _temporary.create_all(connection, tables, checkfirst=False)
    connection.commit()


def _copy(source: Connection, target: Connection, table: str) -> None:
    drivers: list[Any] = [one.connection.driver_connection for one in (source, target)]
    with (
        drivers[0].cursor() as reading,
        drivers[1].cursor() as writing,
        reading.copy(f"COPY {table} TO STDOUT (FORMAT BINARY)") as rows,
        writing.copy(f"COPY {table} FROM STDIN (FORMAT BINARY)") as into,
    ):
        for block in rows:
            into.write(block)


def _busy() -> StoreBusy:
    return StoreBusy(_("Tiers are being recomputed already; wait until that is done."))


def _alone_by_lock(connection: Connection) -> None:
    query = select(func.pg_try_advisory_lock(_ADVISORY_KEY))
    if not connection.execute(query).scalar_one():
        raise _busy()


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
