"""Where a person is in a long list: cursor, view, and the pages still on their way. No UI here.

Keys pressed before the rows they mean have arrived are kept and played when they are there: a
quick `Enter` after a search opens the found row, never the one that stood there before.
"""

from __future__ import annotations

from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from crm_tui.widgets.record_window import Page, PageRequest, RowWindow, Want

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

R = TypeVar("R")

MOST_DEFERRED: Final = 64
"""Keys kept while the rows they are meant for are on their way."""
FIRST_ROWS: Final = 32
"""Rows of a list's first answer, two screens of 80×24 and so many that nothing more is asked for
at once: the fewer are looked for, the sooner they are there. What follows comes in pages."""
_JUMPS: Final = frozenset({Want.FIRST, Want.LAST, Want.NEAR, Want.AROUND})


def _nothing() -> None:
    """Nothing is to be done."""


class RowCursor(Generic[R]):
    """A cursor over a window of rows that slides along the list."""

    def __init__(
        self,
        row_key: Callable[[R], Hashable],
        ask: Callable[[PageRequest[R]], None],
        *,
        page_size: int,
        limit: int,
    ) -> None:
        self.window: RowWindow[R] = RowWindow(row_key, limit)
        self.index = 0
        """The cursor's row in the window."""
        self.top = 0
        """The first row on screen, in the window."""
        self.lines = 1
        """Rows that the screen shows."""
        self.total: int | None = None
        self._ask_owner = ask
        self._page_size = page_size
        self._generation = 0
        self._pending: dict[int, PageRequest[R]] = {}
        self._waiting: int | None = None
        self._deferred: deque[tuple[Callable[[], None], Callable[[], object]]] = deque()

    @property
    def row(self) -> R | None:
        """The row under the cursor."""
        return self.window.rows[self.index] if self.window.rows else None

    @property
    def position(self) -> int | None:
        """The cursor's place in the list, 0 for the first row, when it is known."""
        if self.window.start is None or not self.window.rows:
            return None
        return self.window.start + self.index

    @property
    def shown(self) -> list[R]:
        """The rows on screen."""
        return self.window.rows[self.top : self.top + self.lines]

    @property
    def settled(self) -> bool:
        """Whether the cursor stands where the keys so far mean."""
        return self._waiting is None

    def resize(self, lines: int) -> None:
        """The screen shows `lines` rows now."""
        self.lines = max(1, lines)
        self.top = self._bounded(self.top)

    def act(self, action: Callable[[], None], dropped: Callable[[], object] = _nothing) -> None:
        """Do `action` now, or when the rows that earlier keys mean are there; or `dropped`, when
        they cannot be fetched."""
        if self._waiting is None:
            action()
        elif len(self._deferred) < MOST_DEFERRED:
            self._deferred.append((action, dropped))
        else:
            dropped()

    # Moves

    def move(self, delta: int) -> None:
        """The cursor by `delta` rows."""
        target = self.index + delta
        last = len(self.window) - 1
        if target > last and self.window.has_after:
            self._wait_for(Want.AFTER, partial(self.move, delta))
        elif target < 0 and self.window.has_before:
            self._wait_for(Want.BEFORE, partial(self.move, delta))
        else:
            self.go(max(0, min(target, last)))

    def turn(self, direction: int) -> None:
        """A page on (1) or back (-1): view and cursor move by the lines shown."""
        step = self.lines * direction
        last = len(self.window) - 1
        if direction > 0 and self.window.has_after and self.top + 2 * self.lines > last + 1:
            self._wait_for(Want.AFTER, partial(self.turn, direction))
        elif direction < 0 and self.window.has_before and self.top + step < 0:
            self._wait_for(Want.BEFORE, partial(self.turn, direction))
        else:
            self.go(max(0, min(self.index + step, last)), self.top + step)

    def first(self) -> None:
        """To the first row of the list."""
        if self.window.has_before:
            self.jump(Want.FIRST)
        else:
            self.go(0)

    def last(self) -> None:
        """To the last row of the list."""
        if self.window.has_after:
            self.jump(Want.LAST)
        else:
            self.go(len(self.window) - 1)

    def go_near(self, position: int) -> None:
        """To the row at `position` of the list, as near as the owner finds it."""
        start = self.window.start
        if start is not None and start <= position < start + len(self.window):
            self.go(position - start)
        else:
            self.jump(Want.NEAR, position=max(0, position))

    def jump_first(self) -> None:
        """Ask for the first rows of the list, which may be another one now."""
        self.jump(Want.FIRST)

    def begin_at(self, row: R) -> None:
        """Ask for the rows around `row`; until they are there it stands alone."""
        self.window.replace(Page((row,), None, has_before=True, has_after=True, generation=0))
        self.index = self.top = 0
        self.reload(None)

    def reload(self, keep_key: Hashable | None) -> None:
        """Ask for the same rows again; the cursor stays on `keep_key` or on its row."""
        row, key = self.row, keep_key
        if key is None and row is not None:
            key = self.window.key_of(row)
        if key is None:
            self.jump_first()
            return
        found = self.window.find(key)
        self.jump(Want.AROUND, row=None if found is None else self.window.rows[found], key=key)

    def go(self, index: int, top: int | None = None) -> None:
        """The cursor to a loaded row."""
        if not self.window.rows:
            return
        self.index = index
        self.top = self._bounded(self._top_for(index) if top is None else top)
        self._prefetch()

    def _top_for(self, index: int) -> int:
        """The top that shows `index`. A cursor that leaves the view by a line turns half a page:
        a line at a time would send the whole screen for every key."""
        half = max(1, self.lines // 2)
        above, below = self.top - index, index - self.top - self.lines
        if above > 0:
            return index - (half if above < half else 0)
        if below >= 0:
            return index - self.lines + 1 + (half if below < half else 0)
        return self.top

    def _bounded(self, top: int) -> int:
        lowest = self.index - self.lines + 1
        return max(0, lowest, min(top, len(self.window) - self.lines, self.index))

    # Asking

    def jump(
        self,
        want: Want,
        *,
        row: R | None = None,
        key: Hashable | None = None,
        position: int | None = None,
    ) -> None:
        """Ask for rows that replace those in the window; later keys wait for them."""
        self._pending.clear()
        self._waiting = self._ask(want, row=row, key=key, position=position)

    def _wait_for(self, want: Want, again: Callable[[], None]) -> None:
        self._deferred.appendleft((again, _nothing))
        self._waiting = self._ask_once(want)

    def _prefetch(self) -> None:
        if any(request.want in _JUMPS for request in self._pending.values()):
            return
        if self.window.has_after and self.top + 2 * self.lines >= len(self.window):
            self._ask_once(Want.AFTER)
        if self.window.has_before and self.top < self.lines:
            self._ask_once(Want.BEFORE)

    def _ask_once(self, want: Want) -> int:
        for generation, request in self._pending.items():
            if request.want is want:
                return generation
        edge = self.window.rows[-1 if want is Want.AFTER else 0]
        return self._ask(want, row=edge, key=self.window.key_of(edge))

    def _ask(
        self,
        want: Want,
        *,
        row: R | None = None,
        key: Hashable | None = None,
        position: int | None = None,
    ) -> int:
        self._generation += 1
        few = max(FIRST_ROWS, 2 * self.lines + 2) if want is Want.FIRST else self._page_size
        size = max(min(few, self._page_size), 2 * self.lines)
        request = PageRequest(want, size, self._generation, row, key, position, self.total)
        self._pending[self._generation] = request
        self._ask_owner(request)
        return self._generation

    # Answers

    def take_page(self, page: Page[R]) -> bool:
        """Take an answer; False when nobody waits for it any more."""
        request = self._pending.pop(page.generation, None)
        if request is None:
            return False
        if request.want in _JUMPS:
            self._land(request, page)
        elif request.want is Want.AFTER:
            self._shift(-self.window.append(page, max(0, self.top - self.lines)))
        else:
            self._shift(self.window.prepend(page, self.top + 2 * self.lines))
        self.total = self.window.learn_total(self.total)
        self._go_on(page.generation)
        return True

    def take_failure(self, generation: int) -> bool:
        """A request failed: the cursor stays, keys that waited for its rows are dropped."""
        if self._pending.pop(generation, None) is None:
            return False
        if self._waiting == generation:
            self._waiting = None
            while self._deferred:
                self._deferred.popleft()[1]()
        return True

    def take_total(self, total: int) -> None:
        """How many rows the list has."""
        self.total = self.window.learn_total(total)

    def _shift(self, by: int) -> None:
        self.index += by
        self.top += by

    def _land(self, request: PageRequest[R], page: Page[R]) -> None:
        line, before, old_index = self.index - self.top, self.position, self.index
        self.window.replace(page)
        last = max(0, len(self.window) - 1)
        if request.want is Want.FIRST:
            self.index, self.top = 0, 0
            return
        if request.want is Want.LAST:
            self.index, self.top = last, max(0, len(self.window) - self.lines)
            return
        if request.want is Want.AROUND:
            found = None if request.key is None else self.window.find(request.key)
            if found is None:
                start = self.window.start
                found = old_index if before is None or start is None else before - start
            self.index = max(0, min(found, last))
        else:
            wanted = (request.position or 0) - (page.start or 0)
            self.index = max(0, min(wanted if page.start is not None else last // 2, last))
            line = self.lines // 2
        self.top = self._bounded(self.index - line)

    def _go_on(self, generation: int) -> None:
        if self._waiting == generation:
            self._waiting = None
            while self._deferred and self._waiting is None:
                self._deferred.popleft()[0]()
        if self._waiting is None and self.window.rows:
            self._prefetch()
