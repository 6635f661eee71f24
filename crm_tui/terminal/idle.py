"""When a session counts as idle (safety.md 11)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from textual import events

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.message import Message

CHECK_EVERY: Final = 5.0
"""Seconds between looks at the clock, at most."""


def is_activity(event: Message) -> bool:
    """Keys, clicks, scrolls and pastes are activity; moves of the mouse are not."""
    if isinstance(event, events.MouseMove | events.Enter | events.Leave):
        return False
    return isinstance(event, events.InputEvent | events.Paste)


class IdleWatch:
    """Counts the seconds since the last activity on a clock that nobody can set."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self._clock = clock
        self._last = clock()

    @property
    def check_every(self) -> float:
        """Seconds between two looks."""
        return min(CHECK_EVERY, self.seconds / 4)

    def touch(self) -> None:
        """The person did something."""
        self._last = self._clock()

    def is_over(self) -> bool:
        """Whether the session has been idle for too long."""
        return self._clock() - self._last >= self.seconds
