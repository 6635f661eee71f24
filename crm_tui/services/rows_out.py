"""Files of rows on their way out: CSV and XLSX, with texts that stay texts."""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, Protocol

from crm_tui.domain.money import format_plain
from crm_tui.errors import CrmError, UsageError
from crm_tui.i18n import _
from crm_tui.services.files_out import check_length, safe_cell

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_MOST_SHEET_ROWS: Final = 1_048_575


@dataclass(frozen=True, slots=True)
class Fen:
    """An amount: a number in a spreadsheet, not a text."""

    fen: int


Cell = str | Fen


class Writer(Protocol):
    """Takes the rows of a file."""

    def write(self, cells: Sequence[Cell]) -> None:
        """One row. Raises CellTooLong."""

    def close(self) -> None:
        """After the last row."""


def writer_of(path: Path) -> Callable[[IO[str]], Writer]:
    """The writer that the ending of a file's name asks for. Raises UsageError."""
    name = path.name.lower()
    if name.endswith(".csv"):
        return CsvWriter
    if name.endswith(".xlsx"):
        return SheetWriter
    raise UsageError(_("{file}: the ending says the kind; .csv or .xlsx").format(file=path))


class CsvWriter:
    """Every field in quotes; UTF-8 with the mark by which spreadsheets know it."""

    def __init__(self, file: IO[str]) -> None:
        self._writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        self._row = 0

    def write(self, cells: Sequence[Cell]) -> None:
        """One row. Raises CellTooLong."""
        self._row += 1
        self._writer.writerow([_csv_cell(cell, self._row) for cell in cells])

    def close(self) -> None:
        """Nothing is left to write."""


def _csv_cell(cell: Cell, row: int) -> str:
    if isinstance(cell, Fen):
        return format_plain(cell.fen)
    return check_length(safe_cell(cell), row)


class SheetWriter:
    """One sheet, row by row in constant memory; texts are texts, never formulas or links."""

    def __init__(self, file: IO[str]) -> None:
        import xlsxwriter

        self._target = os.fdopen(os.dup(file.fileno()), "wb")
        self._target.truncate(0)
        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self._book = xlsxwriter.Workbook(self._target, options)
        self._sheet = self._book.add_worksheet()
        self._money = self._book.add_format({"num_format": "#,##0.00"})
        self._row = 0

    def write(self, cells: Sequence[Cell]) -> None:
        """One row. Raises CellTooLong, CrmError beyond the last row that a sheet has."""
        if self._row > _MOST_SHEET_ROWS:
            raise CrmError(_("A sheet ends at {n} rows; export as CSV.").format(n=_MOST_SHEET_ROWS))
        for place, cell in enumerate(cells):
            if isinstance(cell, Fen):
                self._sheet.write_number(self._row, place, cell.fen / 100, self._money)
            elif cell:
                text = check_length(safe_cell(cell), self._row + 1)
                self._sheet.write_string(self._row, place, text)
        self._row += 1

    def close(self) -> None:
        """Pack the workbook. Raises OSError on a full disk."""
        from xlsxwriter.exceptions import FileCreateError

        try:
            self._book.close()
        except FileCreateError as error:
            # The archive tries its end once more as it goes, and would complain on the terminal.
            with Path(os.devnull).open("wb") as nowhere:
                os.dup2(nowhere.fileno(), self._target.fileno())
            raise error.args[0] from None
        self._target.close()
