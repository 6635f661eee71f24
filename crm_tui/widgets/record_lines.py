"""How a record table draws itself: only the lines that changed, in few bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, Generic, NamedTuple, TypeVar

from textual.geometry import Region
from textual.scroll_view import ScrollView
from textual.strip import Strip

from crm_tui.i18n import _
from crm_tui.widgets.record_columns import ASCII_GLYPHS, Column, Glyphs, LinePainter
from crm_tui.widgets.record_cursor import RowCursor

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from rich.style import Style
    from textual import events
    from textual.timer import Timer

    from crm_tui.widgets.record_window import PageRequest

R = TypeVar("R")

LOADING_AFTER: Final = 0.2
"""Seconds without an answer until the table says that it is loading."""
SCROLL_BAR_FROM: Final = 100
"""Cells of width from which the scroll bar is shown."""
MOST_STRIPS: Final = 512
"""Drawn lines that are kept."""


class _Line(NamedTuple):
    """What one line of the body shows; equal lines are not drawn again."""

    row: object
    cursor: bool
    marked: bool


class RecordLines(ScrollView, Generic[R], can_focus=True):
    """The drawing half of `RecordTable`."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "record-table--header",
        "record-table--cursor",
        "record-table--cursor-blurred",
        "record-table--message",
        "record-table--error",
    }
    DEFAULT_CSS = """
    RecordLines {
        height: 1fr;
        overflow-x: hidden;
        overflow-y: hidden;
        & > .record-table--header { text-style: bold; }
        & > .record-table--cursor { text-style: reverse; }
        & > .record-table--cursor-blurred { text-style: underline; }
        & > .record-table--message { text-style: none; }
        & > .record-table--error { text-style: bold; color: $error; }
    }
    """

    def __init__(
        self,
        columns: Sequence[Column[R]],
        row_key: Callable[[R], Hashable],
        *,
        empty: str = "",
        ascii_glyphs: bool = False,
        page_size: int = 100,
        window: int = 400,
        id: str | None = None,  # noqa: A002 (Textual's own name)
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._row_key = row_key
        self._painter = LinePainter(columns, ASCII_GLYPHS if ascii_glyphs else Glyphs())
        self._cursor = RowCursor(row_key, self._want, page_size=page_size, limit=window)
        self._marks: set[Hashable] = set()
        self._empty = empty
        self._error = ""
        self._loading = False
        self._loading_timer: Timer | None = None
        self._known = False
        self._drawn: list[_Line] = []
        self._strips: dict[tuple[Hashable, bool, bool], tuple[object, Strip]] = {}
        self._announced: object = self
        self._styles_now: dict[str, Style] = {}
        self._bar_state = (-1, -1)

    # Rendering

    def render_line(self, y: int) -> Strip:
        """The header, a row, or the message of an empty or failed list."""
        # The scroll bar stands in the last cells of `size`.
        width = self.scrollable_content_region.width
        self._painter.resize(width)
        if y == 0:
            return self._header_line()
        lines = self._drawn or self._body()
        if not self._cursor.window.rows:
            # Beside the lines above and below, which leave a blank too.
            text = f" {self._message()}" if y == min(2, self._cursor.lines) else ""
            return self._painter.message(text, self._style(self._message_class()))
        if y > len(lines):
            return Strip.blank(width)
        return self._row_line(lines[y - 1])

    def _header_line(self) -> Strip:
        if self._cursor.window.rows and (self._error or self._loading):
            return self._painter.message(self._message(), self._style(self._message_class()))
        return self._painter.header(self._style("record-table--header"))

    def _row_line(self, line: _Line) -> Strip:
        row: R = line.row  # type: ignore[assignment]
        place = (self._row_key(row), line.cursor, line.marked)
        known = self._strips.get(place)
        if known is not None and known[0] is row:
            return known[1]
        cursor_class = "cursor" if self.has_focus else "cursor-blurred"
        style = self._style(f"record-table--{cursor_class}") if line.cursor else None
        strip = self._painter.row(row, style, line.marked, self.app.console)
        if len(self._strips) > MOST_STRIPS:
            self._strips.clear()
        self._strips[place] = (row, strip)
        return strip

    def _message_class(self) -> str:
        return f"record-table--{'error' if self._error else 'message'}"

    def _message(self) -> str:
        if self._error:
            return self._error
        if self._loading or not self._known:
            return _("loading ...") if self._loading else ""
        return self._empty

    def _style(self, name: str) -> Style:
        if name not in self._styles_now:
            self._styles_now[name] = self.get_component_rich_style(name, partial=True)
        return self._styles_now[name]

    def _body(self) -> list[_Line]:
        rows, at = self._cursor.shown, self._cursor.index - self._cursor.top
        marks, key = self._marks, self._row_key
        return [_Line(row, i == at, key(row) in marks) for i, row in enumerate(rows)]

    def _redraw(self) -> None:
        """Draw the lines that changed, and tell the owner where the cursor is."""
        body, old = self._body(), self._drawn
        self._drawn = body
        for i in range(max(len(body), len(old))):
            new_line = body[i] if i < len(body) else None
            old_line = old[i] if i < len(old) else None
            if new_line != old_line:
                self.refresh(Region(0, i + 1, self.size.width, 1))
        self._sync_bar()
        row = self._cursor.row
        if self._known and row is not self._announced:
            self._announced = row
            self._announce(row)

    def _announce(self, row: R | None) -> None:
        """The cursor has come to `row`."""

    def _redraw_all(self) -> None:
        self._strips.clear()
        self._styles_now.clear()
        self._drawn = self._body()
        self.refresh()

    def _sync_bar(self) -> None:
        """Move the scroll bar when its thumb would be seen to move."""
        total, start = self._cursor.total, self._cursor.window.start
        if not self.show_vertical_scrollbar or total is None or start is None:
            return
        top = start + self._cursor.top
        state = (total, top * self._cursor.lines * 8 // max(1, total))
        if state != self._bar_state:
            self._bar_state = state
            bar = self.vertical_scrollbar
            bar.window_virtual_size, bar.window_size = total, self._cursor.lines
            bar.position = top

    # States

    def _want(self, request: PageRequest[R]) -> None:
        """Rows are wanted: say so on screen when they do not come soon."""
        if self._loading_timer is None:
            self._loading_timer = self.set_timer(LOADING_AFTER, self._say_loading)

    def _say_loading(self) -> None:
        self._loading_timer = None
        if not self._cursor.settled:
            self._loading = True
            self._redraw_state()

    def _redraw_state(self) -> None:
        """Draw the line that says loading, empty or failed."""
        y = 0 if self._cursor.window.rows else min(2, self._cursor.lines)
        self.refresh(Region(0, y, self.size.width, 1))

    def _stop_timer(self) -> None:
        if self._loading_timer is not None:
            self._loading_timer.stop()
            self._loading_timer = None

    # Handlers

    def on_resize(self, event: events.Resize) -> None:
        """Fit columns and lines to the new size."""
        self._cursor.resize(event.size.height - 1)
        wide = self.size.width >= SCROLL_BAR_FROM
        self.styles.overflow_y = "scroll" if wide else "hidden"
        self._bar_state = (-1, -1)
        self._redraw_all()
        self._sync_bar()

    def on_focus(self) -> None:
        """Show that keys come here."""
        self._redraw_cursor()

    def on_blur(self) -> None:
        """Show that keys go elsewhere."""
        self._redraw_cursor()

    def _redraw_cursor(self) -> None:
        self._strips.clear()
        at = self._cursor.index - self._cursor.top
        self.refresh(Region(0, at + 1, self.size.width, 1))

    def notify_style_update(self) -> None:
        """The theme changed."""
        super().notify_style_update()
        if self.is_mounted:
            self._redraw_all()
