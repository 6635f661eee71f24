"""Columns of a record table: which fit, how wide, and one line of cells cut to the cell."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Generic, Literal, TypeAlias, TypeVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.content import Content
from textual.strip import Strip

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.console import Console

R = TypeVar("R")
Cell: TypeAlias = str | Text | Content
Piece: TypeAlias = "tuple[str, Style | None]"

GUTTER: Final = 2
"""Cells left of the first column: the cursor's mark and the row's mark."""
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f]+")


@dataclass(frozen=True, slots=True)
class Column(Generic[R]):
    """One column. `width` is in cells, its least width when `flex` > 0; spare cells go to the
    flex columns by their share. When the terminal is narrow the highest `priority` goes first."""

    id: str
    title: str
    width: int
    render: Callable[[R], Cell]
    flex: int = 0
    align: Literal["left", "right"] = "left"
    priority: int = 0


@dataclass(frozen=True, slots=True)
class Glyphs:
    """Marks of a table; characters of ambiguous width have ASCII twins."""

    cursor: str = "▸"
    marked: str = "*"
    cut: str = "…"


ASCII_GLYPHS: Final = Glyphs(cursor=">", marked="*", cut="~")


def lay_out(columns: Sequence[Column[R]], width: int) -> list[tuple[Column[R], int]]:
    """The columns that fit in `width` cells, one space between them, with their widths."""
    shown = list(columns)
    while len(shown) > 1 and _least(shown) > width:
        worst = max(column.priority for column in shown)
        last = max(i for i, column in enumerate(shown) if column.priority == worst)
        del shown[last]
    spare = max(0, width - _least(shown))
    shares = sum(column.flex for column in shown)
    result: list[tuple[Column[R], int]] = []
    for column in shown:
        extra = spare * column.flex // shares if shares else 0
        spare -= extra
        shares -= column.flex
        result.append((column, max(1, min(column.width + extra, width))))
    return result


def _least(columns: Sequence[Column[R]]) -> int:
    return sum(column.width for column in columns) + len(columns) - 1


def pieces(cell: Cell, console: Console) -> list[Piece]:
    """A cell as runs of text with their styles. Markup in data stays text."""
    if isinstance(cell, str):
        return [(cell if cell.isprintable() else _CONTROL.sub(" ", cell), None)]
    if isinstance(cell, Text):
        runs = [(segment.text, segment.style) for segment in cell.render(console)]
    else:
        runs = [(text, style.rich_style) for text, style in cell.render(end="")]
    return [(_CONTROL.sub(" ", text), style) for text, style in runs if text]


def fit(runs: list[Piece], width: int, align: str, glyphs: Glyphs) -> list[Piece]:
    """`runs` in exactly `width` cells. A cut text ends in a mark; a number that does not fit is
    shown as `#` rather than as a wrong number."""
    total = sum(cell_len(text) for text, _ in runs)
    if total == width:
        return runs
    if total < width:
        pad: Piece = (" " * (width - total), None)
        return [pad, *runs] if align == "right" else [*runs, pad]
    if align == "right":
        return [("#" * width, None)]
    return _cut(runs, width, glyphs)


def _cut(runs: list[Piece], width: int, glyphs: Glyphs) -> list[Piece]:
    result: list[Piece] = []
    room = width - cell_len(glyphs.cut)
    half = False
    for text, style in runs:
        size = cell_len(text)
        if size <= room:
            result.append((text, style))
            room -= size
            continue
        kept = set_cell_size(text, max(0, room))
        # A blank stands for half of a wide character: it belongs behind the mark.
        half = not text.startswith(kept)
        result.append((kept[:-1] if half else kept, style))
        break
    result.append((glyphs.cut if width >= cell_len(glyphs.cut) else " " * width, None))
    return [*result, (" ", None)] if half else result


class LinePainter(Generic[R]):
    """Makes the lines of a table: header, rows, messages, each exactly as wide as the table."""

    def __init__(self, columns: Sequence[Column[R]], glyphs: Glyphs) -> None:
        self._columns = tuple(columns)
        self._glyphs = glyphs
        self._width = 0
        self._shown: list[tuple[Column[R], int]] = []

    def resize(self, width: int) -> None:
        """Choose the columns for a table of `width` cells."""
        if width != self._width:
            self._width = width
            self._shown = lay_out(self._columns, max(1, width - GUTTER))

    def rename(self, column_id: str, title: str) -> None:
        """Head a column by another title."""
        self._columns = tuple(
            replace(column, title=title) if column.id == column_id else column
            for column in self._columns
        )
        self._shown = lay_out(self._columns, max(1, self._width - GUTTER))

    @property
    def shown(self) -> tuple[str, ...]:
        """Ids of the columns that fit."""
        return tuple(column.id for column, _ in self._shown)

    def header(self, style: Style) -> Strip:
        """The titles."""
        cells = [
            fit([(column.title, None)], width, column.align, self._glyphs)
            for column, width in self._shown
        ]
        titles = " ".join("".join(text for text, _ in cell) for cell in cells)
        return self.message(" " * GUTTER + titles, style)

    def message(self, text: str, style: Style) -> Strip:
        """One line of text."""
        line = set_cell_size(_CONTROL.sub(" ", text), self._width)
        return Strip([Segment(line, style if text else None)], self._width)

    def row(self, row: R, cursor: Style | None, marked: bool, console: Console) -> Strip:
        """A row; under the cursor in one style, so that few bytes tell it."""
        mark = self._glyphs.marked if marked else " "
        runs: list[Piece] = [((" " if cursor is None else self._glyphs.cursor) + mark, None)]
        for i, (column, width) in enumerate(self._shown):
            if i:
                runs.append((" ", None))
            runs.extend(fit(pieces(column.render(row), console), width, column.align, self._glyphs))
        text = "".join(run for run, _ in runs)
        spare = self._width - cell_len(text)
        if spare:
            runs.append((" " * spare, None))
        if cursor is not None:
            return self.message("".join(run for run, _ in runs), cursor)
        if spare < 0:
            return self.message(text, Style.null())
        return Strip(Segment.simplify(Segment(run, style) for run, style in runs), self._width)
