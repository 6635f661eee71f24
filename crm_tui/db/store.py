"""The database: one engine, transactions that write their own audit, and clear errors."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlmodel import Session

from crm_tui.clock import Clock, utc_now
from crm_tui.db import audit
from crm_tui.db.failures import translate
from crm_tui.db.same_file import stay_with
from crm_tui.db.tables.base import know_postgresql
from crm_tui.db.write_gate import OpenGate, WriteGate
from crm_tui.domain.audit import Actor, Entry
from crm_tui.domain.kinds import Outcome
from crm_tui.errors import ConfigError, OutcomeUnknown, Refused
from crm_tui.i18n import _
from crm_tui.reading import current

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator

    from sqlalchemy.engine import URL
    from sqlalchemy.pool import ConnectionPoolEntry

    from crm_tui.db.crypto import KeyRing

T = TypeVar("T")

STATEMENT_TIMEOUT_MS = 15_000
LOCK_TIMEOUT_MS = 3_000
CANCEL_SECONDS = 5.0
"""How long a server may take to hear that nobody waits for its answer any more."""


class Transaction:
    """A write in progress: its session, and the audit rows that commit with it."""

    def __init__(self, session: Session, actor: Actor, clock: Clock) -> None:
        self.session = session
        self.actor = actor
        self.now = clock()
        self.entries: list[Entry] = []
        self.kept: list[Entry] = []
        self.unaudited_because = ""

    def audit(
        self, action: str, object_kind: str = "", object_id: object = "", **more: Any
    ) -> None:
        """Say what this transaction does; `more` are the other fields of `Entry`."""
        self.entries.append(Entry(action, object_kind, str(object_id), **more))

    def audit_anyway(
        self, action: str, object_kind: str = "", object_id: object = "", **more: Any
    ) -> None:
        """As `audit`, also when this transaction fails: the failure tells what was found."""
        self.audit(action, object_kind, object_id, **more)
        self.kept.append(self.entries[-1])

    def unaudited(self, because: str) -> None:
        """Let this transaction commit without an audit row, for a stated reason."""
        self.unaudited_because = because


class Store:
    """One database and its keys. Thread-safe; sessions and transactions are not shared."""

    def __init__(
        self,
        url: str,
        keys: KeyRing,
        *,
        clock: Clock = utc_now,
        pool_size: int = 2,
        busy_timeout: int = 10,
    ) -> None:
        self.url = parse_url(url)
        self.keys = keys
        self.clock = clock
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.path = Path(self.url.database or "") if self.is_sqlite else None
        self.engine = open_engine(self.url, pool_size=pool_size, busy_timeout=busy_timeout)
        self.gate: WriteGate | OpenGate = (
            WriteGate(Path(f"{self.path}.lock"), busy_timeout) if self.path else OpenGate()
        )

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that only reads. Raises StoreError.

        SQLite shows one snapshot throughout, PostgreSQL one per statement (READ COMMITTED).

        Within a `Reading` it can be broken off, which raises StoreError too, or Abandoned.
        """
        reading = current()
        with translate(), Session(self.engine) as session:
            if reading is None:
                yield session
                return
            with reading.stoppable(self._stopper(session)):
                yield session

    @contextmanager
    def write(self, actor: Actor) -> Iterator[Transaction]:
        """One transaction with its audit rows; anything raised inside rolls it back.

        Raises StoreError; RuntimeError when nothing was audited and no reason was given.
        """
        with (
            self.gate.shared(),
            translate(),
            Session(self.engine, expire_on_commit=False) as session,
        ):
            if self.is_sqlite:
                session.connection(execution_options={"begin_immediate": True})
            transaction = Transaction(session, actor, self.clock)
            yield transaction
            session.flush()
            if transaction.entries:
                audit.append(
                    session, self.keys, transaction.actor, transaction.now, transaction.entries
                )
            elif not transaction.unaudited_because:
                raise RuntimeError("a write that says nothing to the audit")
            self._commit(session)

    def refuse(
        self,
        actor: Actor,
        action: str,
        object_kind: str = "",
        object_id: object = "",
        branch_id: int | None = None,
        reason: str = "",
    ) -> Refused:
        """Audit a refusal in a transaction of its own, and give the exception to raise."""
        with self.write(actor) as transaction:
            transaction.audit(
                action,
                object_kind,
                object_id,
                branch_id=branch_id,
                outcome=Outcome.REFUSED,
                fields={"reason": reason} if reason else {},
            )
        return Refused(_("Not found, or not yours to see."))

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()

    def _stopper(self, session: Session) -> Callable[[], object]:
        """What breaks off the statement that the session's connection is at."""
        driver: Any = session.connection().connection.driver_connection
        if self.is_sqlite:
            stop: Callable[[], object] = driver.interrupt
            return stop
        return partial(driver.cancel_safe, timeout=CANCEL_SECONDS)

    @staticmethod
    def _commit(session: Session) -> None:
        try:
            session.commit()
        except DBAPIError as error:
            if error.connection_invalidated:
                raise OutcomeUnknown(
                    _(
                        "The line to the database broke while saving; save again, "
                        "nothing is stored twice."
                    )
                ) from None
            raise


def parse_url(url: str) -> URL:
    """The database URL, for SQLite or psycopg 3. Raises ConfigError without echoing it."""
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
    except (ArgumentError, ValueError):
        raise ConfigError(_("[database] url: not a database URL")) from None
    if backend == "sqlite":
        if not parsed.database or parsed.database == ":memory:":
            raise ConfigError(_("[database] url: a SQLite database needs a file"))
        return parsed.set(drivername="sqlite+pysqlite")
    if backend == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    raise ConfigError(_("[database] url: sqlite:///… and postgresql://… are allowed"))


def open_engine(url: URL, *, pool_size: int = 2, busy_timeout: int = 10) -> Engine:
    """An engine with the pragmas and time limits of design.md. Raises ConfigError."""
    try:
        if url.get_backend_name() == "sqlite":
            return _sqlite_engine(url, pool_size, busy_timeout)
        return _postgres_engine(url, pool_size)
    except (ModuleNotFoundError, NoSuchModuleError):
        raise ConfigError(_("PostgreSQL needs the driver: install crm-tui[postgres]")) from None


def _sqlite_engine(url: URL, pool_size: int, busy_timeout: int) -> Engine:
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_size=pool_size + 2,
        connect_args={"timeout": busy_timeout, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: sqlite3.Connection, _record: ConnectionPoolEntry) -> None:
        # The driver's own BEGIN comes too late for IMMEDIATE, so it is switched off.
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={busy_timeout * 1000}",
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        immediate = connection.get_execution_options().get("begin_immediate")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    stay_with(engine, Path(url.database or ""))
    return engine


def _postgres_engine(url: URL, pool_size: int) -> Engine:
    know_postgresql()
    # Compiling a plan takes longer than any query of a screen may.
    options = (
        f"-c statement_timeout={STATEMENT_TIMEOUT_MS} -c lock_timeout={LOCK_TIMEOUT_MS} -c jit=off"
    )
    return create_engine(
        url,
        hide_parameters=True,
        pool_size=pool_size,
        max_overflow=2,
        pool_pre_ping=True,
        pool_timeout=5,
        connect_args={"options": options, "connect_timeout": 5, "application_name": "crm-tui"},
    )
