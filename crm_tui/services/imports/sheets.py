"""XLSX and XLS by calamine, guarded against files that unpack to more than they look."""

from __future__ import annotations

import hashlib
import re
import zipfile
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from crm_tui.errors import ImportRejected
from crm_tui.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from crm_tui.services.imports.files import Line

_BLOCK: Final = 1 << 18
_LARGEST_UNPACKED: Final = 2 << 30
_LARGEST_XLS: Final = 256 << 20
_LARGEST_STRINGS: Final = 512 << 20
# The reader lays out the whole rectangle between the first and the last cell.
_MOST_CELLS: Final = 32_000_000
_CELL: Final = re.compile(rb'<(?:\w+:)?c\s[^>]*?\br="([A-Z]{1,4})([0-9]{1,8})"')
_ROW: Final = re.compile(rb'<(?:\w+:)?row\s[^>]*?\br="([0-9]{1,8})"')
_ERROR: Final = re.compile(rb'<(?:\w+:)?c\s[^>]*?\bt="e"[^>]*>')
_MOST_ERRORS: Final = 1_000_000
_FIRST_SHEET: Final = re.compile(rb'<(?:\w+:)?sheet\s[^>]*?\b\w+:id="([^"]+)"')
# Above it a spreadsheet's number has lost digits.
_EXACT: Final = 2**53


class SheetFile:
    """The first sheet of a workbook; row numbers are the sheet's own."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read = 0
        self._rows = 1
        self._errors: set[tuple[int, int]] = set()
        self.sha256 = self._guarded_hash()

    def rows(self) -> Iterator[Line]:
        """Header and rows, empty ones left out. Raises ImportRejected."""
        from crm_tui.services.imports.files import Line

        sheet = self._sheet()
        self._rows = max(1, sheet.total_height)
        # The reader gives out the empty rows above, and not the empty columns before.
        blank_left = sheet.start[1] if sheet.start else 0
        bad: dict[int, list[int]] = {}
        for row, column in self._errors:
            bad.setdefault(row, []).append(column - 1 - blank_left)
        for number, cells in enumerate(sheet.iter_rows(), 1):
            self._read = number
            texts = [cell_text(cell) for cell in cells]
            errors = bad.get(number, ())
            if any(texts) or errors:
                yield Line(number, texts, errors=frozenset(errors))

    def fraction(self) -> float:
        """How much of the sheet `rows` has read, 0 to 1."""
        return min(1.0, self._read / self._rows)

    def _sheet(self) -> Any:
        from python_calamine import CalamineError, CalamineWorkbook

        try:
            workbook = CalamineWorkbook.from_path(str(self._path))
            return workbook.get_sheet_by_index(0)
        except (CalamineError, OSError, ValueError, IndexError):
            raise ImportRejected(
                _("{file}: not a readable workbook").format(file=self._path)
            ) from None

    def _guarded_hash(self) -> str:
        hashed = hashlib.sha256()
        with self._path.open("rb") as file:
            start = file.read(8)
            file.seek(0)
            while block := file.read(_BLOCK):
                hashed.update(block)
            size = file.tell()
        if start.startswith(b"PK"):
            self._guard_zip()
        elif size > _LARGEST_XLS:
            raise self._too_large()
        return hashed.hexdigest()

    def _guard_zip(self) -> None:
        try:
            with zipfile.ZipFile(self._path) as archive:
                parts, first = archive.infolist(), _first_sheet(archive)
                if sum(part.file_size for part in parts) > _LARGEST_UNPACKED:
                    raise self._too_large()
                for part in parts:
                    if part.filename.endswith("sharedStrings.xml"):
                        self._guard_size(archive, part, _LARGEST_STRINGS)
                    if "worksheets/" in part.filename and part.filename.endswith(".xml"):
                        self._guard_sheet(archive, part, first=part.filename == first)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError):
            raise ImportRejected(
                _("{file}: not a readable workbook").format(file=self._path)
            ) from None

    def _guard_size(self, archive: zipfile.ZipFile, part: zipfile.ZipInfo, limit: int) -> None:
        if part.file_size > limit:
            raise self._too_large()
        with archive.open(part) as file:
            while file.read(_BLOCK):
                pass

    def _guard_sheet(self, archive: zipfile.ZipFile, part: zipfile.ZipInfo, *, first: bool) -> None:
        """Look for the furthest cell before the reader makes room for it, and for #N/A and the
        like, which the reader gives out as empty."""
        furthest_row = furthest_column = 0
        rest = b""
        with archive.open(part) as file:
            while block := file.read(_BLOCK):
                text = rest + block
                for column, row in _CELL.findall(text):
                    furthest_row = max(furthest_row, int(row))
                    furthest_column = max(furthest_column, _column_number(column))
                for row in _ROW.findall(text):
                    furthest_row = max(furthest_row, int(row))
                if first and b't="e"' in text:
                    self._errors.update(_error_places(text))
                    if len(self._errors) > _MOST_ERRORS:
                        raise self._too_large()
                rest = text[-200:]
        if furthest_row * furthest_column > _MOST_CELLS:
            raise self._too_large()

    def _too_large(self) -> ImportRejected:
        return ImportRejected(
            _("{file}: too large for a workbook; save it as CSV").format(file=self._path)
        )


def _first_sheet(archive: zipfile.ZipFile) -> str:
    """The name of the part that holds the sheet which is read; empty when it cannot be found."""
    names = set(archive.namelist())
    book, links = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
    if not {book, links} <= names:
        return ""
    sheet = _FIRST_SHEET.search(archive.read(book))
    if sheet is None:
        return ""
    for link in re.findall(rb"<(?:\w+:)?Relationship\s[^>]*>", archive.read(links)):
        target = re.search(rb'\bTarget="([^"]+)"', link)
        if target and b'Id="' + sheet[1] + b'"' in link:
            path = target[1].decode("utf-8", "replace")
            return path.lstrip("/") if path.startswith("/") else f"xl/{path}"
    return ""


def _error_places(text: bytes) -> Iterator[tuple[int, int]]:
    """Row and column of the cells of `text` that hold an error value."""
    for tag in _ERROR.findall(text):
        if place := _CELL.match(tag):
            yield int(place[2]), _column_number(place[1])


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def cell_text(cell: object) -> str:
    """A cell as a CSV would hold it: dates in ISO form, whole numbers without a point.

    A number too large to be exact becomes text that no column accepts.
    """
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        if not cell.is_integer():
            return repr(cell)
        return str(int(cell)) if abs(cell) < _EXACT else f"{cell:.0e}"
    if isinstance(cell, datetime):
        whole_day = cell.time() == time(0)
        return cell.date().isoformat() if whole_day else cell.isoformat(timespec="seconds")
    if isinstance(cell, date | time | int):
        return cell.isoformat() if isinstance(cell, date | time) else str(cell)
    if isinstance(cell, timedelta):
        return str(cell)
    return ""
