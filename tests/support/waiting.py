"""Two writers at once: the second one waits for what the first one has locked."""

from __future__ import annotations

import time
from threading import Thread
from typing import TYPE_CHECKING, Final

from sqlalchemy import text

from crm_tui.errors import CrmError

if TYPE_CHECKING:
    from collections.abc import Callable

    from crm_tui.db.store import Store

_PATIENCE: Final = 20.0
_WAITING: Final = text(
    "SELECT count(*) FROM pg_stat_activity "
    "WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


class SecondWriter:
    """`start` it within the transaction of the first, `end` it after that."""

    def __init__(self, store: Store, work: Callable[[], object]) -> None:
        self._store, self._work = store, work
        self._raised: CrmError | None = None
        self._thread = Thread(target=self._run)

    def start(self) -> None:
        """Go on once it waits for a lock, or is done without.

        Of SQLite nobody need ask: its gate lets no second writer in.
        """
        self._thread.start()
        latest = time.monotonic() + _PATIENCE
        while not self._store.is_sqlite and self._thread.is_alive() and not self._waits():
            assert time.monotonic() < latest, "the second writer neither waits nor ends"

    def end(self) -> CrmError | None:
        """What it raised."""
        self._thread.join()
        return self._raised

    def _run(self) -> None:
        try:
            self._work()
        except CrmError as error:
            self._raised = error

    def _waits(self) -> bool:
        with self._store.read() as session:
            return bool(session.execute(_WAITING).scalar_one())
