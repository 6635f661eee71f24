"""A file of tier rules, in force from a date on."""

from __future__ import annotations

import hashlib
import os
import socket
from typing import TYPE_CHECKING

from crm_tui.config import read_toml
from crm_tui.db import audit, batches
from crm_tui.db.rules import add_rules
from crm_tui.domain.audit import Entry
from crm_tui.domain.tier_settings import parse_rule_file
from crm_tui.errors import ImportRejected, InvalidInput

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from crm_tui.db.bulk import BulkStore
    from crm_tui.domain.audit import Actor
    from crm_tui.services.imports.report import ImportReport


def import_tiers(
    bulk: BulkStore,
    path: Path,
    effective: date,
    actor: Actor,
    report: ImportReport,
    *,
    dry_run: bool,
) -> None:
    """Store the rule set. Raises ConfigError for a wrong file, ImportRejected, StoreError."""
    rules = parse_rule_file(read_toml(path), source=str(path))
    report.sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    report.rows = 1
    if dry_run:
        return
    now = bulk.store.clock()
    try:
        with bulk.step() as step:
            session = step.session
            batch_id = batches.begin(
                session,
                kind=report.kind.value,
                owner=f"{actor.name} {socket.gethostname()}:{os.getpid()}",
                file_hash=report.sha256,
                now=now,
            )
            added = add_rules(session, rules, effective, at=now, batch_id=batch_id)
            report.added, report.unchanged = int(added), int(not added)
            batches.finish(session, batch_id, now)
            fields = {
                "kind": report.kind.value,
                "sha256": report.sha256,
                "effective": effective.isoformat(),
                **report.counts(),
            }
            entry = Entry("import", "import_batch", str(batch_id), fields=fields)
            audit.append(session, bulk.store.keys, actor, now, [entry])
    except InvalidInput as error:
        raise ImportRejected(error.message) from None
    report.batch_id, report.loaded = batch_id, True
