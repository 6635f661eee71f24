"""Where a recompute works: on connections of its own, in short steps.

What it computes stands in temporary tables that nobody else sees. On SQLite each step holds the
write gate for a fraction of a second; on PostgreSQL it is a small transaction.
"""

from __future__ import annotations

import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Column, MetaData, Table, select
from sqlalchemy.types import BigInteger, Integer, SmallInteger
from sqlmodel import Session

from crm_tui.db import audit
from crm_tui.db.bulk import checkpoint
from crm_tui.db.failures import translate
from crm_tui.db.tables import roster_a

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy import ColumnElement, Connection

    from crm_tui.db.store import Store
    from crm_tui.domain.audit import Actor, Entry

# How long a step should take: on SQLite everybody's writes wait for it (design.md, Bulk), on
# PostgreSQL only those of the same rows.
_SQLITE_STEP_SECONDS: Final = 0.25
_POSTGRES_STEP_SECONDS: Final = 0.3
_FIRST_STEP: Final = 4_000
# Steps whose pages SQLite copies from its log into the file together, as in an import.
_STEPS_LOGGED: Final = 2

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


@dataclass(frozen=True, slots=True)
class Share:
    """The customers with ids after `after` up to `upto`; without either, all of them."""

    after: int = -1
    upto: int = 2**62

    def within(self, column: Any) -> Sequence[ColumnElement[bool]]:
        """That a customer is of the share: nothing for all, which would mislead a planner."""
        return () if self == Share() else (column > self.after, column <= self.upto)


class StoppedError(Exception):
    """Another share has failed."""


class Work:
    """One connection of a recompute, and the share of the customers that is its."""

    def __init__(self, store: Store, connection: Connection, share: Share) -> None:
        self.store = store
        self.connection = connection
        self.share = share
        self.is_sqlite = store.is_sqlite
        self._stopped = False
        self._logged = 0

    def prepare(self, settings: Sequence[str], word: str) -> None:
        """Set up the connection: its settings, each after `word`, and the temporary tables."""
        for setting in settings:
            self.connection.exec_driver_sql(f"{word} {setting}")
        self.connection.commit()
        _temporary.create_all(self.connection, checkfirst=False)
        self.connection.commit()

    def stop(self) -> None:
        """From another thread: end what the connection does, and let it begin nothing more."""
        self._stopped = True
        with suppress(Exception):  # its connection is gone already
            driver: Any = self.connection.connection.driver_connection
            driver.cancel()

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
        self._logged += 1
        if self.is_sqlite and self._logged % _STEPS_LOGGED == 0:
            checkpoint(self.connection)

    def audited(self, session: Session, actor: Actor, entries: list[Entry]) -> None:
        """Chain audit rows in a step; call it last."""
        if entries:
            audit.append(session, self.store.keys, actor, self.store.clock(), entries)

    def each_range(self, column: Any, apply: Callable[[Session, int, int], None]) -> None:
        """Call `apply(session, after, upto)` in steps over the values of a temporary key.

        The ranges have no holes and reach from end to end of the share. A step takes about as
        long as people may wait: their number of rows follows the clock.
        """
        after, size = self.share.after, _FIRST_STEP
        while True:
            with self.computing() as session:
                upto = session.execute(
                    select(column).where(column > after).order_by(column).offset(size - 1).limit(1)
                ).scalar()
            last = self.share.upto if upto is None else int(upto)
            started = time.monotonic()
            with self.step() as session:
                apply(session, after, last)
            if upto is None:
                return
            after, size = last, self._next_size(size, time.monotonic() - started)

    def _next_size(self, size: int, seconds: float) -> int:
        wanted = _SQLITE_STEP_SECONDS if self.is_sqlite else _POSTGRES_STEP_SECONDS
        fitting = size * wanted / max(seconds, 0.001)
        return int(min(max(fitting, size / 2, 200), size * 2, 100_000))

    @contextmanager
    def _transaction(self, *, immediate: bool) -> Iterator[Session]:
        if self._stopped:
            raise StoppedError
        self.connection.execution_options(begin_immediate=immediate and self.is_sqlite)
        with translate(), self.connection.begin(), Session(self.connection) as session:
            yield session
            session.flush()
