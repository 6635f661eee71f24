"""One file from end to end, and the batches that a killed import has left."""

from __future__ import annotations

import os
import socket
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from crm_tui.clock import business_date
from crm_tui.db import audit, batches, take_back
from crm_tui.db.bulk import BulkStore
from crm_tui.db.targets import Batch
from crm_tui.domain.audit import Entry
from crm_tui.domain.policy import Policy
from crm_tui.errors import ImportRejected, StoreBusy, StoreError
from crm_tui.i18n import _
from crm_tui.services.imports import rule_files
from crm_tui.services.imports.apply import Applying
from crm_tui.services.imports.base import Context
from crm_tui.services.imports.check import check_file
from crm_tui.services.imports.files import open_rows
from crm_tui.services.imports.nouns import IMPORTERS
from crm_tui.services.imports.report import (
    ImportKind,
    ImportReport,
    Issues,
    Phase,
    Progress,
    Watch,
)
from crm_tui.services.imports.word_lists import read_word_lists

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from crm_tui.db.staging import Staging
    from crm_tui.db.store import Store
    from crm_tui.domain.audit import Actor
    from crm_tui.services.imports.base import Importer


def import_file(
    store: Store,
    kind: ImportKind,
    path: Path,
    *,
    actor: Actor,
    policy: Policy | None = None,
    dry_run: bool = False,
    skip_bad: bool = False,
    errors_path: Path | None = None,
    effective: date | None = None,
    mapping: Path | None = None,
    progress: Watch | None = None,
) -> ImportReport:
    """Bring a file in, or say what is wrong with it; `effective` is for rules only, `mapping`
    (what a source's words mean) for complaints.

    Raises ImportRejected when the file as a whole is not fit, StoreBusy while another import
    runs, ConfigError for wrong rules or mapping, StoreError.
    """
    report = ImportReport(kind)
    watch = progress or _nobody_watches
    words = read_word_lists(mapping) if mapping else {}
    chosen = policy or Policy()
    with _bulk(store) as bulk, batches.only_importer(bulk):
        _recover(bulk, actor, chosen)
        if kind in rule_files.KINDS:
            day = effective or business_date(store.clock())
            rule_files.import_rules(bulk, path, day, actor, report, dry_run=dry_run)
            return report
        rows = open_rows(path, lambda part: watch(Progress(Phase.READING, 0, part)))
        report.sha256 = rows.sha256
        issues = Issues(report, errors_path)
        try:
            context = Context(store.keys, business_date(store.clock()), issues, chosen)
            context.actor, context.words = actor.name, words
            importer = IMPORTERS[kind](context)
            staging = check_file(rows, importer, bulk, report, watch)
            try:
                if not dry_run and (skip_bad or not report.bad_rows):
                    _apply(bulk, importer, staging, actor, report, watch)
            finally:
                staging.close()
        finally:
            issues.close()
    return report


def recover(store: Store, actor: Actor, policy: Policy | None = None) -> int:
    """Take back what killed imports have left; how many. An import that runs is left alone.

    Raises StoreError.
    """
    with store.read() as session:
        if not batches.unfinished(session):
            return 0
    try:
        with _bulk(store) as bulk, batches.only_importer(bulk):
            return _recover(bulk, actor, policy or Policy())
    except StoreBusy:
        return 0


def _nobody_watches(progress: Progress) -> None:
    """Nobody watches."""


@contextmanager
def _bulk(store: Store) -> Iterator[BulkStore]:
    bulk = BulkStore(store)
    try:
        bulk.prepare(by_key=True)
        yield bulk
    finally:
        bulk.close()


def _apply(
    bulk: BulkStore,
    importer: Importer,
    staging: Staging,
    actor: Actor,
    report: ImportReport,
    watch: Watch,
) -> None:
    now = bulk.store.clock()
    with bulk.step() as session:
        batch_id = batches.begin(
            session.session,
            kind=report.kind.value,
            owner=f"{actor.name} {socket.gethostname()}:{os.getpid()}",
            file_hash=report.sha256,
            now=now,
        )
    report.batch_id = batch_id
    batch = Batch(batch_id, importer.context.today, now, bulk.store.keys)
    try:
        Applying(bulk, importer, batch, actor, report, watch).run(staging)
    except batches.BatchGone:
        raise ImportRejected(
            _("The line to the database was lost for so long that the import was taken back.")
        ) from None
    except BaseException:
        # Ctrl+C too. When the database is away, the next start takes the batch back.
        with suppress(StoreError):
            _take_back(bulk, actor, importer.context.policy, batch_id, report.kind.value)
        raise
    report.loaded = True


def _recover(bulk: BulkStore, actor: Actor, policy: Policy) -> int:
    with bulk.read() as session:
        left = batches.unfinished(session.session)
    for batch_id, kind in left:
        _take_back(bulk, actor, policy, batch_id, kind)
    return len(left)


def _take_back(bulk: BulkStore, actor: Actor, policy: Policy, batch_id: int, kind: str) -> None:
    undone = take_back.take_back(bulk, bulk.store.keys, policy, batch_id, kind)
    now = bulk.store.clock()
    fields = {
        "kind": kind,
        "removed": undone.removed,
        "restored": undone.restored,
        "kept": undone.kept,
    }
    entry = Entry("import.take_back", "import_batch", str(batch_id), fields=fields)
    with bulk.step() as session:
        take_back.finish(session, batch_id, now)
        audit.append(session.session, bulk.store.keys, actor, now, [entry])
