"""The shared file lock beside a SQLite file: people first, imports between them.

SQLite makes a waiting writer poll, so an import that commits in a tight loop would
starve it. Writers hold the lock shared; an import takes it exclusively for one short
step and lets go, and whoever waits gets in between.
"""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from crm_tui.errors import StoreBusy, StoreUnavailable
from crm_tui.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

POLL_SECONDS = 0.003
# Longer than a poll, so that everybody who waits sees the gate open.
PAUSE_SECONDS = 0.012


class WriteGate:
    """The gate of a SQLite file."""

    def __init__(self, path: Path, timeout: float) -> None:
        self._path = path
        self._timeout = timeout

    @contextmanager
    def shared(self) -> Iterator[None]:
        """Held while a person's write runs. Raises StoreBusy, StoreUnavailable."""
        with self._held(fcntl.LOCK_SH):
            yield

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Held for one step of an import; pauses afterwards so that others get in."""
        with self._held(fcntl.LOCK_EX):
            yield
        time.sleep(PAUSE_SECONDS)

    @contextmanager
    def _held(self, kind: int) -> Iterator[None]:
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError:
            raise StoreUnavailable(
                _("The database does not answer. Nothing was saved; try again.")
            ) from None
        try:
            self._wait(descriptor, kind)
            yield
        finally:
            os.close(descriptor)

    def _wait(self, descriptor: int, kind: int) -> None:
        deadline = time.monotonic() + self._timeout
        while True:
            try:
                fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise StoreBusy(
                        _("The database is busy. Nothing was saved; try again.")
                    ) from None
                time.sleep(POLL_SECONDS)


class OpenGate:
    """PostgreSQL queues its own writers: nothing to hold."""

    @contextmanager
    def shared(self) -> Iterator[None]:
        """Nothing."""
        yield

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Nothing."""
        yield
