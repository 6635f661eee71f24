"""A read that nobody waits for any more is broken off, so that it takes no time from the next."""

from __future__ import annotations

import threading
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Abandoned(Exception):
    """Raised in a read that was given up before it began."""


class Reading:
    """One read, from the screen that waits for it to the connection that does it."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._stop: Callable[[], object] | None = None
        self._abandoned = False

    @contextmanager
    def begun(self) -> Iterator[None]:
        """In the thread that reads: what is read inside belongs to this reading."""
        token = _current.set(self)
        try:
            yield
        finally:
            _current.reset(token)

    @contextmanager
    def stoppable(self, stop: Callable[[], object]) -> Iterator[None]:
        """While inside, `abandon` calls `stop`, from another thread. Raises Abandoned."""
        with self._turn:
            if self._abandoned:
                raise Abandoned
            self._stop = stop
        try:
            yield
        finally:
            # Not while it is being stopped: the next read on this connection would be hit.
            with self._turn:
                self._stop = None

    def abandon(self) -> None:
        """Nobody waits for it any more. Returns at once: a server may take a while to hear it."""
        self._abandoned = True
        if self._stop is not None:
            threading.Thread(target=self._break_off, daemon=True, name="crm-tui-stop").start()

    def _break_off(self) -> None:
        # A server that is away cannot be told; the read ends with the line then.
        with self._turn, suppress(Exception):
            if self._stop is not None:
                self._stop()


_current: ContextVar[Reading | None] = ContextVar("reading", default=None)


def current() -> Reading | None:
    """The reading that this thread works for, if any."""
    return _current.get()
