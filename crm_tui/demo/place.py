"""Where a demo bank lies, and making it so that a half-made one is never opened."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Final

from crm_tui.clock import SHANGHAI
from crm_tui.errors import ConfigError, UsageError
from crm_tui.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from typing import Any

    from crm_tui.db.store import Store
    from crm_tui.demo import Watch
    from crm_tui.domain.audit import Actor
    from crm_tui.domain.policy import Policy

# The fact of a bank that is there as a whole.
READY: Final = "demo_ready"
_MAKING: Final = "making"
_BESIDE: Final = ("", "-wal", "-shm", ".lock", ".import", ".tiers")


@dataclass(frozen=True, slots=True)
class Place:
    """A directory of its own; with `url` the rows lie in PostgreSQL and only the key is here."""

    directory: Path
    url: str = ""

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.directory / "demo.db"

    @property
    def key_file(self) -> Path:
        """The key that phones and IDs are encrypted with."""
        return self.directory / "demo.key"

    @property
    def database_url(self) -> str:
        """What to open."""
        return self.url or f"sqlite:///{self.database}"

    def clear(self) -> None:
        """Remove a SQLite demo bank. Raises UsageError for PostgreSQL."""
        if self.url:
            raise UsageError(_("--fresh: empty the PostgreSQL database yourself, then start again"))
        if self.database.exists() and not _is_demo(self):
            raise UsageError(
                _("{file}: not a demo bank; nothing was removed").format(file=self.database)
            )
        _remove(self.directory, "demo")


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be made, and by whom."""

    customers: int
    now: datetime
    rules: Mapping[str, Any]
    policy: Policy
    actor: Actor
    complaints: Mapping[str, Any] = field(default_factory=dict)


def make(place: Place, order: Order, watch: Watch) -> None:
    """Make the bank. Raises UsageError when it is being made already, CrmError."""
    place.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone(place.directory):
        if place.url:
            _make_at(place.url, place.key_file, order, watch)
            return
        _remove(place.directory, _MAKING)
        database = place.directory / f"{_MAKING}.db"
        key_file = place.directory / f"{_MAKING}.key"
        try:
            _make_at(f"sqlite:///{database}", key_file, order, watch)
            key_file.rename(place.key_file)
            # Last: whoever finds the database finds all of it.
            database.rename(place.database)
        finally:
            _remove(place.directory, _MAKING)


def is_there(place: Place) -> bool:
    """Whether there is a whole bank to open. Raises ConfigError for a half-made one."""
    if not place.url:
        return place.database.exists()
    from crm_tui.db import facts, schema
    from crm_tui.db.crypto import load_key_file
    from crm_tui.db.store import Store, open_engine, parse_url

    engine = open_engine(parse_url(place.url))
    try:
        if schema.revision(engine) is None:
            return False
    finally:
        engine.dispose()
    store = Store(place.url, load_key_file(place.key_file))
    try:
        with store.read() as session:
            if facts.get(session, READY) is None:
                raise ConfigError(
                    _("The database holds no whole demo bank; empty it, or name another with --url")
                )
    finally:
        store.close()
    return True


def _is_demo(place: Place) -> bool:
    from crm_tui.db import facts
    from crm_tui.db.crypto import load_key_file
    from crm_tui.db.store import Store

    store = Store(place.database_url, load_key_file(place.key_file))
    try:
        return facts.is_demo(store)
    finally:
        store.close()


def _make_at(url: str, key_file: Path, order: Order, watch: Watch) -> None:
    from crm_tui.db import facts
    from crm_tui.db.write_gate import OpenGate
    from crm_tui.demo import bank, big
    from crm_tui.demo.making import MovingClock
    from crm_tui.services.setup import Founding, found

    founded = datetime.combine(bank.first_day(order.now), time(8, 0), SHANGHAI).astimezone(UTC)
    clock = MovingClock(founded)
    founding = Founding(order.rules, order.complaints, kind=facts.DEMO)
    store = found(url, key_file, order.actor, founding, clock=clock)
    # Nobody else works in a half-made bank: no pauses to let others in.
    store.gate = OpenGate()
    try:
        if order.customers < big.SMALLEST:
            bank.make(
                store, clock, customers=order.customers, now=order.now, actor=order.actor,
                policy=order.policy, watch=watch,
            )  # fmt: skip
        else:
            clock.at = order.now
            big.build(store, order.customers, actor=order.actor, policy=order.policy, watch=watch)
        _declare(store, order)
    finally:
        store.close()


def _declare(store: Store, order: Order) -> None:
    """From now on it may be opened."""
    from crm_tui.db import facts

    with store.write(order.actor) as tx:
        facts.put(tx.session, READY, order.now.isoformat())
        tx.audit("demo.ready", fields={"customers": order.customers})


def _remove(directory: Path, name: str) -> None:
    """The files that a SQLite demo bank consists of, and no others."""
    for ending in _BESIDE:
        (directory / f"{name}.db{ending}").unlink(missing_ok=True)
    (directory / f"{name}.key").unlink(missing_ok=True)


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """Nobody else makes a bank in this directory meanwhile."""
    descriptor = os.open(directory / ".making", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(
                _("{directory}: another process is making this demo bank").format(
                    directory=directory
                )
            ) from None
        yield
    finally:
        os.close(descriptor)
