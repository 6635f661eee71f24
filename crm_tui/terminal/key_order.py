"""Keys act one after the other, however fast they come.

In stock Textual a printable key acts in the focused field at once, while a bound key acts only
after it has climbed from there to the application: of `Ctrl+U` `a` in one packet, as a slow line
delivers them, the `a` is typed first and then deleted. Here the next key waits until a message
sent after the last one has climbed the same way, a few times over, so that what a key sets off
(a submitted search, a new screen) has happened too. A list or screen that is read from the
database first holds the keys until it is there: they are meant for it, and elsewhere letters are
commands, or text.
"""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING, Final

from textual.message import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from textual import events

ROUNDS: Final = 3
MOST_WAIT: Final = 0.5
"""Seconds after which the next key is let go when a handler takes that long."""
MOST_HOLD: Final = 3.0
"""Seconds for which a screen on its way holds the keys at most."""


class KeyDone(Message):
    """Climbs after a key; at the application the key has acted."""

    def __init__(self, turn: int, rounds: int) -> None:
        super().__init__()
        self.turn = turn
        self.rounds = rounds


class KeyOrder:
    """Keys and pastes that wait for the one before them."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._waiting: deque[events.Event] = deque()
        self._turn = 0
        self._since: float | None = None
        self._hold = 0
        self._held = False

    @property
    def waiting(self) -> bool:
        """Whether keys wait."""
        return bool(self._waiting)

    @property
    def at_work(self) -> bool:
        """Whether the last key has not acted yet."""
        return self._since is not None

    def must_wait(self, event: events.Event) -> bool:
        """Take `event` in when an earlier one is at work."""
        if self._since is None and not self._held:
            return False
        self._waiting.append(event)
        return True

    def begin(self) -> KeyDone:
        """A key goes out; the message to send after it."""
        self._turn += 1
        self._since = self._clock()
        return KeyDone(self._turn, ROUNDS)

    def next_after(self, done: KeyDone) -> KeyDone | events.Event | None:
        """What follows: a further round, the next key, or nothing."""
        if done.turn != self._turn:
            return None
        if done.rounds > 1:
            return KeyDone(done.turn, done.rounds - 1)
        return self._release()

    def next_overdue(self) -> events.Event | None:
        """The next key when the one at work has taken too long."""
        if self._since is None or self._clock() - self._since < MOST_WAIT:
            return None
        return self._release()

    def hold(self) -> int:
        """From now on keys wait for `let_go` with the number that this returns."""
        self._hold, self._held = self._hold + 1, True
        return self._hold

    def let_go(self, hold: int) -> KeyDone | None:
        """End the hold, unless a later one is in force. What was waited for acts like a key: the
        message to send after it."""
        if hold != self._hold or not self._held:
            return None
        self._held = False
        return self.begin()

    def forget(self, again: Collection[str] | None = None) -> None:
        """Drop the keys that wait; of `again` those alone that come before any other."""
        while self._waiting and (again is None or getattr(self._waiting[0], "key", "") in again):
            self._waiting.popleft()

    def _release(self) -> events.Event | None:
        self._since = None
        return self._waiting.popleft() if self._waiting and not self._held else None
