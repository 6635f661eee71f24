"""Customers and contacts as CSV or XLSX, by the host's operator, names masked, audited."""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, Protocol

from crm_tui.clock import SHANGHAI, business_date
from crm_tui.db import exports as queries
from crm_tui.db.tables import NEVER_DUE, NOT_GRADED
from crm_tui.domain.kinds import Tier
from crm_tui.domain.masking import mask_name
from crm_tui.domain.money import format_plain
from crm_tui.errors import CrmError, UsageError
from crm_tui.i18n import _
from crm_tui.services.files_out import check_length, new_private_file, safe_cell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from sqlmodel import Session

    from crm_tui.db.store import Store
    from crm_tui.domain.audit import Actor

_MOST_SHEET_ROWS: Final = 1_048_575


class ExportKind(StrEnum):
    """What a file can hold."""

    CUSTOMERS = "customers"
    VISITS = "visits"


class ExportView(StrEnum):
    """Which customers: everybody, near the next tier, overdue for contact."""

    ALL = "all"
    NEAR = "near"
    OVERDUE = "overdue"


CUSTOMER_DEFAULT: Final = (
    "customer_no", "name", "tier", "qualifying_tier", "average_daily_assets",
    "household_average", "branch", "account_manager", "state",
)  # fmt: skip
CUSTOMER_COLUMNS: Final = (
    *CUSTOMER_DEFAULT, "kind", "mobile", "opened_on", "household_no", "card_type",
    "last_contact_on", "contact_due_on",
)  # fmt: skip
VISIT_COLUMNS: Final = tuple(queries.CONTACT_COLUMNS)


@dataclass(frozen=True, slots=True)
class Fen:
    """An amount: a number in a spreadsheet, not a text."""

    fen: int


Cell = str | Fen


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What was written."""

    kind: ExportKind
    path: Path
    rows: int


def export_file(
    store: Store,
    kind: ExportKind,
    path: Path,
    *,
    actor: Actor,
    columns: Sequence[str] = (),
    view: ExportView = ExportView.ALL,
) -> ExportReport:
    """Write a new file (0600). The audit row is there before the first line is.

    Raises UsageError for a wrong column, view or ending, CrmError when the file cannot be made
    or a cell is too long, StoreError.
    """
    names = _chosen(kind, columns, view)
    writer_of = _writer_of(path)
    with store.read() as session:
        count, rows = _query(session, kind, names, view, business_date(store.clock()))
        file = _new_file(path)
        try:
            with file:
                _audit(store, actor, kind, names, view, count, path)
                writer = writer_of(file)
                writer.write([str(name) for name in names])
                written = _write_all(writer, names, rows)
                writer.close()
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    return ExportReport(kind, path, written)


def _chosen(kind: ExportKind, columns: Sequence[str], view: ExportView) -> tuple[str, ...]:
    known = CUSTOMER_COLUMNS if kind is ExportKind.CUSTOMERS else VISIT_COLUMNS
    default = CUSTOMER_DEFAULT if kind is ExportKind.CUSTOMERS else VISIT_COLUMNS
    if kind is not ExportKind.CUSTOMERS and view is not ExportView.ALL:
        raise UsageError(_("--view is for customers only"))
    unknown = [name for name in columns if name not in known]
    if unknown:
        raise UsageError(
            _("--columns: {column} is not known; allowed are {columns}").format(
                column=unknown[0][:40], columns=", ".join(known)
            )
        )
    return tuple(dict.fromkeys(columns)) or default


def _query(
    session: Session, kind: ExportKind, names: Sequence[str], view: ExportView, today: date
) -> tuple[int, Iterator[Sequence[Any]]]:
    if kind is ExportKind.VISITS:
        return queries.contacts(session, names)
    return queries.customers(
        session,
        names,
        near=view is ExportView.NEAR,
        overdue_on=today if view is ExportView.OVERDUE else None,
    )


def _audit(
    store: Store,
    actor: Actor,
    kind: ExportKind,
    names: Sequence[str],
    view: ExportView,
    count: int,
    path: Path,
) -> None:
    with store.write(actor) as tx:
        tx.audit(
            "export",
            "file",
            fields={
                "kind": kind.value,
                "columns": list(names),
                "view": view.value,
                "rows": count,
                "file": path.name,
            },
        )


def _new_file(path: Path) -> IO[str]:
    try:
        return new_private_file(path)
    except OSError as error:
        raise CrmError(
            _("{file}: cannot be made: {why}; an export writes a new file only").format(
                file=path, why=error.strerror
            )
        ) from None


def _write_all(writer: _Writer, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    renderers = [RENDERERS.get(name, _plain) for name in names]
    written = 0
    for row in rows:
        written += 1
        writer.write([render(value) for render, value in zip(renderers, row, strict=True)])
    return written


class _Writer(Protocol):
    def write(self, cells: Sequence[Cell]) -> None: ...

    def close(self) -> None: ...


def _writer_of(path: Path) -> Callable[[IO[str]], _Writer]:
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
        """Pack the workbook."""
        self._book.close()
        self._target.close()


def _plain(value: object) -> Cell:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).isoformat(timespec="seconds")
    if isinstance(value, date):
        return "" if value == NEVER_DUE else value.isoformat()
    return str(value)


def _tier(rank: int | None) -> Cell:
    return Tier(rank or 0).code


def _fen(amount: int | None) -> Cell:
    return "" if amount is None or amount == NOT_GRADED else Fen(amount)


RENDERERS: Final[Mapping[str, Callable[[Any], Cell]]] = {
    "name": mask_name,
    "tier": _tier,
    "qualifying_tier": _tier,
    "average_daily_assets": _fen,
    "household_average": _fen,
    "withdrawn": lambda at: "yes" if at else "no",
}
