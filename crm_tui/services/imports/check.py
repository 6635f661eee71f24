"""The first half of an import: read and check the whole file; nothing is written yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from crm_tui.db.staging import Staging
from crm_tui.errors import ImportRejected
from crm_tui.i18n import _
from crm_tui.services.imports.fields import parse_row
from crm_tui.services.imports.report import Issue, Phase, Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from crm_tui.db.bulk import BulkStore
    from crm_tui.services.imports.base import Importer, Staged
    from crm_tui.services.imports.fields import Column
    from crm_tui.services.imports.files import Line, RowFile
    from crm_tui.services.imports.report import ImportReport, Watch

_CHUNK: Final = 2_000
_MOST_COLUMNS: Final = 500


def check_file(
    rows: RowFile, importer: Importer, bulk: BulkStore, report: ImportReport, watch: Watch
) -> Staging:
    """Every good row of the file, staged; the bad ones are noted.

    Raises ImportRejected when the file cannot be read or its header is wrong, StoreError.
    """
    with bulk.read() as session:
        importer.prepare(session)
    staging = Staging(*importer.staged_width)
    try:
        lines = rows.rows()
        header = next(lines, None)
        if header is None or header.problem:
            raise ImportRejected(_("The file is empty: it needs a header and rows."))
        places = match_header(header.cells, importer.columns, report, importer.passed_over)
        parse = _RowParser(importer, places, len(header.cells))
        for chunk in _chunks(lines, parse, report):
            if chunk:
                with bulk.read() as session:
                    staging.add(importer.resolve(session, chunk))
            watch(Progress(Phase.CHECKING, report.rows, rows.fraction()))
        for line, first in staging.drop_duplicates():
            importer.context.issues.add(
                Issue(line, importer.key_name, "", _("the same as line {line}").format(line=first))
            )
        importer.review(staging)
    except BaseException:
        staging.close()
        raise
    return staging


def match_header(
    cells: Sequence[str], columns: Sequence[Column], report: ImportReport,
    passed_over: frozenset[str] = frozenset(),
) -> list[int | None]:  # fmt: skip
    """Where each column stands in the file; unknown ones are noted and kept out, those to be
    `passed_over` are kept out.

    Raises ImportRejected for a missing or doubled column.
    """
    if len(cells) > _MOST_COLUMNS:
        raise ImportRejected(_("The header has {n} columns; is it this file?").format(n=len(cells)))
    names = [cell.strip().lower() for cell in cells]
    known = {column.name for column in columns}
    doubled = sorted({name for name in names if name in known and names.count(name) > 1})
    if doubled:
        raise ImportRejected(
            _("Columns stand there twice: {columns}").format(columns=", ".join(doubled))
        )
    missing = [
        column.name for column in columns if not column.optional and column.name not in names
    ]
    if missing:
        raise ImportRejected(_("Columns are missing: {columns}").format(columns=", ".join(missing)))
    unknown = [name[:40] for name in names if name and name not in known | passed_over]
    if unknown:
        report.notes.append(
            _("Columns not known and left out: {columns}").format(columns=", ".join(unknown))
        )
    return [names.index(column.name) if column.name in names else None for column in columns]


class _RowParser:
    """From a line of the file to a shaped row."""

    def __init__(self, importer: Importer, places: list[int | None], width: int) -> None:
        self._importer = importer
        self._places = places
        self._width = width
        self._line = 0

    def __call__(self, line: Line) -> Staged | None:
        importer = self._importer
        if line.problem or len(line.cells) != self._width:
            reason = line.problem or _("{n} cells where the header has {width}").format(
                n=len(line.cells), width=self._width
            )
            importer.context.issues.add(Issue(line.number, "", "", reason))
            return None
        self._line = line.number
        wrong = [
            column.name
            for column, place in zip(importer.columns, self._places, strict=True)
            if place in line.errors
        ]
        for name in wrong:
            importer.context.issues.add(Issue(line.number, name, "", _("error value in the cell")))
        if wrong:
            return None
        cells = ["" if place is None else line.cells[place] for place in self._places]
        values = parse_row(importer.columns, cells, self._bad)
        return None if values is None else importer.shape(line.number, values)

    def _bad(self, column: Column, text: str, reason: str) -> None:
        self._importer.context.issues.add(Issue(self._line, column.name, column.mask(text), reason))


def _chunks(
    lines: Iterator[Line], parse: Callable[[Line], Staged | None], report: ImportReport
) -> Iterator[list[Staged]]:
    chunk: list[Staged] = []
    count = 0
    for line in lines:
        report.rows += 1
        count += 1
        row = parse(line)
        if row is not None:
            chunk.append(row)
        if count == _CHUNK:
            yield chunk
            chunk, count = [], 0
    yield chunk
