"""Only the cells that change are sent: what the terminal shows is remembered cell by cell.

Textual sends a widget's whole line when anything on it changes, and a new screen twice. What was
forgotten is sent again, which mends a screen that something else has written on.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from rich.cells import get_character_cell_size
from rich.color import ColorSystem
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.strip import Strip

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import Console
    from rich.style import Style

# Characters as wide on every terminal as they are counted, or used by the program itself, which
# has an ASCII set for other terminals. A text with others is sent whole, to its line's end.
_SURE: Final = re.compile(
    "[ -~\u00b7\u2010-\u2026\u2190-\u2193\u2500-\u259f\u25b8"
    "\u3000-\u3029\u3030-\u303e\u4e00-\u9fff\uff01-\uff60\U00020000-\U0003ffff]*"
)
# Equal cells between two changes that are cheaper to send again than to jump over.
_GAP: Final = 4
# Blanks at the end of a line from which on one erasing command is shorter.
_ERASED: Final = 4
_ERASE: Final = "\x1b[K"
_NEXT_LINE: Final = "\r\n"

Cell = tuple[str, "Style | None"]
"""A character and its style. The second half of a wide character is the empty text."""


class Frame:
    """What the terminal shows, as far as it is known."""

    def __init__(self) -> None:
        self._lines: list[list[Cell | None]] = []
        self._width = 0

    def size(self, width: int, height: int) -> None:
        """Of the terminal; another size than before forgets everything."""
        if (width, height) != (self._width, len(self._lines)):
            self._width = width
            self._lines = [[None] * width for _line in range(height)]

    def forget(self) -> None:
        """Whatever comes next is sent, shown or not."""
        self._lines = [[None] * self._width for _line in self._lines]

    def draw(self, update: CompositorUpdate, console: Console) -> str:
        """What is to be sent for an update; from now on it counts as shown."""
        if isinstance(update, LayoutUpdate):
            return self.whole(update, console)
        if isinstance(update, ChopsUpdate):
            return self.changes(update, console)
        self._lines = []
        return update.render_segments(console)

    def whole(self, update: LayoutUpdate, console: Console) -> str:
        """What a full update changes."""
        pen = self._pen(console)
        for y, line in enumerate(update.strips, update.region.y):
            # One that is not sure leaves the places of all that follow it to the terminal.
            self._piece(pen, y, update.region.x, Strip.join(list(line)), console)
        return "".join(pen.sent)

    def changes(self, update: ChopsUpdate, console: Console) -> str:
        """What a part update changes."""
        pen = self._pen(console)
        for y, x, strip in _pieces(update):
            self._piece(pen, y, x, strip, console)
        return "".join(pen.sent)

    def _pen(self, console: Console) -> Pen:
        return Pen(console._color_system or ColorSystem.TRUECOLOR)  # noqa: SLF001

    def _piece(self, pen: Pen, y: int, x: int, strip: Strip, console: Console) -> None:
        cells = cells_of(strip)
        if cells is None or not 0 <= y < len(self._lines):
            pen.strip(x, y, strip, console)
        else:
            self._difference(pen, y, x, cells)
        self._put(y, x, cells)

    def _put(self, y: int, x: int, cells: list[Cell] | None) -> None:
        """Remember a piece of a line; of one that is not sure, that it is not known."""
        if not 0 <= y < len(self._lines):
            return
        line = self._lines[y]
        if cells is None:
            # How far it reaches is the terminal's own matter.
            line[x:] = [None] * (len(line) - x)
            return
        line[x : x + len(cells)] = cells
        del line[self._width :]

    def _difference(self, pen: Pen, y: int, x: int, cells: list[Cell]) -> None:
        shown = self._lines[y][x : x + len(cells)]
        # From here to the end of the line all is blank.
        tail = _blank_from(cells) if x + len(cells) == self._width else len(cells)
        for first, end in _runs(shown, cells):
            # A line's second cell is named at more length than its first is sent.
            start = 0 if x == 0 and first == 1 else first
            blank = max(start, tail)
            pen.move(x + start, y)
            if end - blank >= _ERASED:
                pen.cells(cells[start:blank])
                pen.sent.append(_ERASE)
            else:
                pen.cells(cells[start:end])


class Pen:
    """Text on its way to the terminal, and the line that the terminal's cursor is in."""

    def __init__(self, colours: ColorSystem) -> None:
        self.sent: list[str] = []
        self._colours = colours
        self._line = -1

    def move(self, x: int, y: int) -> None:
        """To a cell, by the shortest command that leans on no character's width."""
        if y == self._line:
            self.sent.append(f"\x1b[{x + 1}G")
        elif y == self._line + 1 and y > 0:
            # There is a line below: nothing scrolls.
            self.sent.append(_NEXT_LINE + (f"\x1b[{x}C" if x else ""))
        elif x == 0:
            self.sent.append(f"\x1b[{y + 1}H")
        else:
            self.sent.append(f"\x1b[{y + 1};{x + 1}H")
        self._line = y

    def strip(self, x: int, y: int, strip: Strip, console: Console) -> None:
        """A strip as it is, which may end anywhere."""
        self.move(x, y)
        self.sent.append(strip.render(console))
        self._line = -1

    def cells(self, cells: Iterable[Cell]) -> None:
        """Cells with their styles, neighbours of one style together."""
        text, last = "", None
        for character, style in cells:
            if text and style != last:
                self._text(text, last)
                text = ""
            text, last = text + character, style
        if text:
            self._text(text, last)

    def _text(self, text: str, style: Style | None) -> None:
        if style is not None:
            text = Strip.render_style(style, text, color_system=self._colours)
            text = text.replace("\x1b[0m", "\x1b[m")
        self.sent.append(text)


def cells_of(strip: Strip) -> list[Cell] | None:
    """The cells of a strip; None when a terminal may draw it wider or narrower than counted."""
    cells: list[Cell] = []
    for text, style, _control in strip:
        if not _SURE.fullmatch(text):
            return None
        if text.isascii():
            cells += [(character, style) for character in text]
            continue
        for character in text:
            cells.append((character, style))
            if get_character_cell_size(character) == 2:
                cells.append(("", style))
    return cells


def _pieces(update: ChopsUpdate) -> Iterator[tuple[int, int, Strip]]:
    """What a part update draws: line, column, strip; as `ChopsUpdate.render_segments` has it."""
    for y, x1, x2 in update.spans:
        for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if strip is None or x > x2 or end <= x1:
                continue
            inside = x2 > x >= x1 and end <= x2
            yield y, x, strip if inside else strip.crop(0, min(end, x2) - x)


def _runs(shown: list[Cell | None], cells: list[Cell]) -> Iterator[tuple[int, int]]:
    """Where the two differ; runs that lie near each other are one."""
    start = end = -1
    for place, (old, new) in enumerate(zip(shown, cells, strict=False)):
        if old == new:
            continue
        if start < 0:
            start = place
        elif place - end > _GAP:
            yield start, end
            start = place
        end = place + 1
    if start >= 0:
        yield start, end


def _blank_from(cells: list[Cell]) -> int:
    """From where on all that follows is plain blank."""
    place = len(cells)
    while place and cells[place - 1] == (" ", None):
        place -= 1
    return place
