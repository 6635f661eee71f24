"""The record table: a million rows open like a hundred.

It draws lines, holds a window of rows, and asks for more by `Wanted`; its owner fetches them in
a worker and answers with `put_page`. Everything that answers may be called from any thread.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from textual.geometry import Region

from crm_tui.widgets.record_columns import Cell, Column
from crm_tui.widgets.record_lines import RecordLines
from crm_tui.widgets.record_messages import Answer, Highlighted, MarksChanged, Opened, Wanted
from crm_tui.widgets.record_window import Page, PageRequest, PageSource, Want

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from textual import events
    from textual.scrollbar import ScrollDown, ScrollTo, ScrollUp

__all__ = ["Cell", "Column", "Page", "PageRequest", "PageSource", "RecordTable", "Want"]

R = TypeVar("R")

WHEEL_LINES: Final = 3


class RecordTable(RecordLines[R]):
    """Rows of a list too long to load, with a cursor and marks."""

    Wanted = Wanted
    Highlighted = Highlighted
    Opened = Opened
    MarksChanged = MarksChanged

    # What the owner reads

    @property
    def row(self) -> R | None:
        """The row under the cursor."""
        return self._cursor.row

    @property
    def position(self) -> int | None:
        """The cursor's place in the list, 0 for the first row, when it is known."""
        return self._cursor.position

    @property
    def total(self) -> int | None:
        """How many rows the list has, when it is known."""
        return self._cursor.total

    @property
    def marked(self) -> frozenset[Hashable]:
        """Keys of the marked rows."""
        return frozenset(self._marks)

    @property
    def settled(self) -> bool:
        """Whether the cursor stands on the row that the keys pressed so far mean."""
        return self._cursor.settled

    # What the owner tells

    def reset(self, *, empty: str | None = None, keep_marks: bool = False) -> None:
        """The list is another one (new search, filter or order): ask for its first rows.

        Rows and keys stay until they are there: no flicker, no key lost.
        """
        if empty is not None:
            self._empty = empty
        self._cursor.total = None
        if self._marks and not keep_marks:
            self.clear_marks()
        self._cursor.jump_first()

    def rename(self, column_id: str, title: str) -> None:
        """Head a column by what it shows in this list."""
        self._painter.rename(column_id, title)
        self.refresh()

    def set_empty(self, text: str) -> None:
        """What an empty list says from now on."""
        self._empty = text
        self._redraw_state()

    def reload(self, keep_key: Hashable | None = None) -> None:
        """Ask for the same rows again; the cursor stays on `keep_key` or on its row."""
        self._cursor.reload(keep_key)

    def begin_at(self, row: R) -> None:
        """Ask for the rows around `row`, of a list like this one; until they are there it alone
        is shown."""
        self._cursor.begin_at(row)

    def jump_to(self, position: int) -> None:
        """Go to the row at `position` of the list, as near as the owner finds it; the last
        such wish counts."""
        self._cursor.go_near(position)
        self._redraw()

    def when_settled(self, action: Callable[[], None], dropped: Callable[[], object]) -> None:
        """Run `action` once the cursor stands on the row that the keys so far mean; `dropped`
        when that row cannot be fetched."""
        self._cursor.act(action, dropped)
        self._redraw()

    def put_page(self, page: Page[R]) -> None:
        """Answer a request, from any thread; an answer no longer wanted is dropped."""
        self.post_message(Answer(partial(self._take_page, page)))

    def put_error(self, generation: int, message: str) -> None:
        """The request failed; `message` is translated and names the key that tries again."""
        self.post_message(Answer(partial(self._take_error, generation, message)))

    def set_total(self, total: int) -> None:
        """How many rows the list has, from any thread."""
        self.post_message(Answer(partial(self._take_total, total)))

    def clear_marks(self) -> None:
        """Unmark all rows."""
        self._marks.clear()
        self._marks_changed()

    # What arrives

    def _want(self, request: PageRequest[R]) -> None:
        super()._want(request)
        self.post_message(Wanted(self, request))

    def _announce(self, row: R | None) -> None:
        self.post_message(Highlighted(self, row))

    def on_record_table_answer(self, message: Answer) -> None:
        """Take an answer in the table's own turn."""
        message.stop()
        message.take()

    def _take_page(self, page: Page[R]) -> None:
        was_empty = not self._cursor.window.rows
        if not self._cursor.take_page(page):
            return
        was_known, self._known = self._known, True
        had_state, self._error = bool(self._error), ""
        if self._cursor.settled:
            had_state, self._loading = had_state or self._loading, False
            self._stop_timer()
        if self._cursor.window.rows and was_known and not was_empty:
            if had_state:
                self.refresh(Region(0, 0, self.size.width, 1))
            self._redraw()
        else:
            self._redraw_all()
            self._redraw()

    def _take_error(self, generation: int, message: str) -> None:
        if self._cursor.take_failure(generation):
            self._error, self._loading = message, False
            self._stop_timer()
            self._redraw_state()

    def _take_total(self, total: int) -> None:
        self._cursor.take_total(total)
        self._sync_bar()

    # Handlers

    def on_click(self, event: events.Click) -> None:
        """The cursor to the row; a double click opens it."""
        index = self._cursor.top + event.y - 1
        if event.y >= 1 and index < len(self._cursor.window):
            self._do(partial(self._cursor.go, index, self._cursor.top))
            if event.chain == 2:
                self.action_open()

    def _on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self._do(partial(self._cursor.move, WHEEL_LINES))

    def _on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self._do(partial(self._cursor.move, -WHEEL_LINES))

    def _on_scroll_to(self, message: ScrollTo) -> None:
        message.stop()
        if message.y is not None:
            self.jump_to(round(message.y))

    def _on_scroll_up(self, event: ScrollUp) -> None:
        event.stop()
        self.action_page_up()

    def _on_scroll_down(self, event: ScrollDown) -> None:
        event.stop()
        self.action_page_down()

    # Actions

    def _do(self, action: Callable[[], None]) -> None:
        """Do `action` when the rows that earlier keys mean are there, and draw."""
        self._cursor.act(action)
        self._redraw()

    def action_cursor_down(self) -> None:
        """To the next row."""
        self._do(partial(self._cursor.move, 1))

    def action_cursor_up(self) -> None:
        """To the row before."""
        self._do(partial(self._cursor.move, -1))

    def action_page_down(self) -> None:
        """A screen of rows on."""
        self._do(partial(self._cursor.turn, 1))

    def action_page_up(self) -> None:
        """A screen of rows back."""
        self._do(partial(self._cursor.turn, -1))

    def action_home(self) -> None:
        """To the first row of the list."""
        self._do(self._cursor.first)

    def action_end(self) -> None:
        """To the last row of the list."""
        self._do(self._cursor.last)

    def action_open(self) -> None:
        """Open the row under the cursor, once it is the one that earlier keys mean."""
        self._do(self._open)

    def action_mark(self) -> None:
        """Mark or unmark the row and go on to the next."""
        self._do(self._mark)

    def action_mark_all_shown(self) -> None:
        """Mark the rows on screen, or unmark them when all are marked."""
        self._do(self._mark_shown)

    def action_reload(self) -> None:
        """Fetch the rows again; also the way on after an error."""
        self.reload()

    def _open(self) -> None:
        row = self._cursor.row
        if row is not None:
            self.post_message(Opened(self, row))

    def _mark(self) -> None:
        row = self._cursor.row
        if row is not None:
            self._marks ^= {self._row_key(row)}
            self._marks_changed()
            self._cursor.move(1)

    def _mark_shown(self) -> None:
        keys = {self._row_key(row) for row in self._cursor.shown}
        self._marks = self._marks - keys if keys <= self._marks else self._marks | keys
        self._marks_changed()

    def _marks_changed(self) -> None:
        self._redraw()
        self.post_message(MarksChanged(self, frozenset(self._marks)))
