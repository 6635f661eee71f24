"""The first half of an import: read and check the whole file; nothing is written yet."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Final

from crm_tui.db.staging import Staging
from crm_tui.errors import ImportRejected
from crm_tui.i18n import _
from crm_tui.services.imports.report import Issue, Phase, Progress
from crm_tui.services.imports.shaping import Shaping, shaped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crm_tui.db.bulk import BulkStore
    from crm_tui.services.imports.base import Importer
    from crm_tui.services.imports.fields import Column
    from crm_tui.services.imports.files import RowFile
    from crm_tui.services.imports.report import ImportReport, Watch

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
        shaping = Shaping(importer, places, len(header.cells))
        with closing(shaped(shaping, lines, helped=importer.helped)) as parts:
            for part in parts:
                report.rows += part.lines
                _tell(importer, part.issues)
                if part.rows:
                    with bulk.read() as session:
                        staging.add(importer.resolve(session, part.rows))
                    _tell(importer, importer.take_noted())
                watch(Progress(Phase.CHECKING, report.rows, rows.fraction()))
        for line, first in staging.drop_duplicates():
            importer.context.issues.add(
                Issue(line, importer.key_name, "", _("the same as line {line}").format(line=first))
            )
        importer.review(staging)
        _tell(importer, importer.take_noted())
    except BaseException:
        staging.close()
        raise
    return staging


def _tell(importer: Importer, issues: Sequence[Issue]) -> None:
    for issue in issues:
        importer.context.issues.add(issue)


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
