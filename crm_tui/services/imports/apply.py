"""The second half of an import: short steps under one batch, completed or taken back."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy.exc import IntegrityError

from crm_tui.db import audit, batches
from crm_tui.db.take_back import purge_images
from crm_tui.domain.audit import Entry
from crm_tui.errors import ImportRejected, StoreBusy
from crm_tui.i18n import _
from crm_tui.services.imports.report import Issue, Phase, Progress, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crm_tui.db.bulk import Bulk, BulkStore
    from crm_tui.db.staging import Staging
    from crm_tui.db.targets import Batch, Result
    from crm_tui.domain.audit import Actor
    from crm_tui.services.imports.base import Importer, Staged
    from crm_tui.services.imports.report import ImportReport, Watch

# Seconds of a step: people at a screen wait for one of them at the most.
_AIM: Final = 0.22
_FIRST_STEP: Final = 200
_SMALLEST_STEP: Final = 20
_TRIES: Final = 6


@dataclass(slots=True)
class Pace:
    """How many rows the next step may have, from how long the last one took."""

    widest: int
    rows: int = _FIRST_STEP

    def took(self, rows: int, seconds: float) -> None:
        """Grow at most twofold, shrink at once."""
        if rows == 0 or seconds <= 0:
            return
        wanted = int(rows * _AIM / seconds)
        self.rows = max(_SMALLEST_STEP, min(wanted, rows * 2, self.widest))


@dataclass(slots=True)
class Applying:
    """One batch on its way in."""

    bulk: BulkStore
    importer: Importer
    batch: Batch
    actor: Actor
    report: ImportReport
    watch: Watch

    def run(self, staging: Staging) -> None:
        """Write every staged row, then say in the audit that all of them are there.

        Raises StoreError, BatchGone, ImportRejected; the caller takes the batch back.
        """
        reader = staging.in_order()
        pace = Pace(self.importer.widest_step)
        done = 0
        with self.bulk.read() as session:
            self.importer.starts(session, staging.count)
        while rows := reader.take(pace.rows):
            started = time.monotonic()
            result = self._step(rows)
            pace.took(len(rows), time.monotonic() - started)
            self._count(result)
            done += len(rows)
            self.watch(Progress(Phase.APPLYING, done, done / staging.count))
        self.importer.ends(self.bulk)
        self._finish()

    def _step(self, rows: Sequence[Staged]) -> Result:
        """One transaction; tried again when somebody else was in the way."""
        for attempt in range(_TRIES):
            try:
                with self.bulk.step() as session:
                    batches.progress(session.session, self.batch.id, len(rows))
                    return self.importer.apply(session, self.batch, rows)
            except StoreBusy:
                if attempt == _TRIES - 1:
                    raise
            except IntegrityError:
                if attempt == _TRIES - 1:
                    raise ImportRejected(
                        _("Rows of the file clash with what was entered meanwhile; try again.")
                    ) from None
        raise AssertionError

    def _count(self, result: Result) -> None:
        report = self.report
        report.added += result.added
        report.changed += result.changed
        report.unchanged += result.unchanged
        for line, column in result.conflicts:
            reason = _("edited in the program since the last import; its value stays")
            self.importer.context.issues.add(Issue(line, column, "", reason, Severity.CONFLICT))

    def _finish(self) -> None:
        with self.bulk.step() as session:
            batches.finish(session.session, self.batch.id, self.batch.now)
            append_audit(session, self, self.report)
        purge_images(self.bulk, self.batch.id)


def append_audit(session: Bulk, applying: Applying, report: ImportReport) -> None:
    """One row for the whole file."""
    fields = {"kind": report.kind.value, "sha256": report.sha256, **report.counts()}
    entry = Entry("import", "import_batch", str(applying.batch.id), fields=fields)
    batch = applying.batch
    audit.append(session.session, batch.keys, applying.actor, batch.now, [entry])
