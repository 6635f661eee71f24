"""The application gives each key its turn (see key_order)."""

# Textual is pinned exactly: its private names are overridden here on purpose.

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar

from textual import events
from textual.app import ScreenStackError

from crm_tui.terminal.closed_app import ClosedApp
from crm_tui.terminal.key_order import MOST_HOLD, MOST_WAIT, KeyDone, KeyOrder

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

Result = TypeVar("Result")


class KeysInTurnApp(ClosedApp[Result], Generic[Result]):
    """An `App` in which a key acts when the one before it has acted."""

    def __init__(self) -> None:
        super().__init__()
        self._keys = KeyOrder()
        self._draw_key: Callable[[], None] = lambda: None

    async def on_event(self, event: events.Event) -> None:
        """Keys and pastes act one after the other."""
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            await self._take_in_turn(event)
        else:
            await super().on_event(event)

    async def _take_in_turn(self, event: events.Event) -> None:
        if not self.screen_stack:
            return  # closed while the key was waiting
        if self._keys.must_wait(event):
            self.set_timer(MOST_WAIT, self._let_overdue_key_go)
            return
        following: events.Event | None = event
        while following is not None:
            done = self._keys.begin()
            self._draw_key()
            self._draw_key = self.hold_frames()
            await super().on_event(following)
            following = None if self._follow(done) else self._next_key(done)

    def _follow(self, done: KeyDone) -> bool:
        """Send `done` the way that the key went."""
        try:
            return (self.focused or self.screen).post_message(done)
        except ScreenStackError:
            return False

    def _next_key(self, done: KeyDone) -> events.Event | None:
        """The key after `done`, when no further round is due."""
        following: KeyDone | events.Event | None = done
        while isinstance(following, KeyDone):
            following = self._keys.next_after(following)
            if isinstance(following, KeyDone) and self._follow(following):
                return None
        if not self._keys.at_work:
            self._draw_key()
        return following

    async def on_key_done(self, message: KeyDone) -> None:
        """A key has acted: the next one's turn."""
        following = self._next_key(message)
        if following is not None:
            await self._take_in_turn(following)

    async def _let_overdue_key_go(self) -> None:
        following = self._keys.next_overdue()
        if following is not None:
            await self._take_in_turn(following)

    def hold_keys(self) -> Callable[[], object]:
        """Let keys wait for a screen that is on its way, until the answer is called."""
        let_go = partial(self.call_later, self._let_go, self._keys.hold())
        self.set_timer(MOST_HOLD, let_go)
        return let_go

    async def _let_go(self, hold: int) -> None:
        done = self._keys.let_go(hold)
        if done is None:
            return
        self.set_timer(MOST_WAIT, self._let_overdue_key_go)
        following = None if self._follow(done) else self._next_key(done)
        if following is not None:
            await self._take_in_turn(following)

    def drop_keys(self, again: Collection[str] | None = None) -> None:
        """Forget the keys that wait: what they were meant for does not come, or was done by the
        same key of `again`."""
        self._keys.forget(again)
