"""A file of tier rules or of complaint regimes, in force from a date on."""

from __future__ import annotations

import hashlib
import os
import socket
from functools import partial
from typing import TYPE_CHECKING, Final

from crm_tui.config import read_toml
from crm_tui.db import audit, batches
from crm_tui.db.complaint_rules import add_complaint_rules
from crm_tui.db.rules import add_rules
from crm_tui.domain.audit import Entry
from crm_tui.domain.complaint_settings import parse_complaint_rules
from crm_tui.domain.tier_settings import parse_rule_file
from crm_tui.errors import ImportRejected, InvalidInput
from crm_tui.services.imports.report import ImportKind

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path

    from crm_tui.db.bulk import BulkStore
    from crm_tui.domain.audit import Actor
    from crm_tui.services.imports.report import ImportReport


KINDS: Final = (ImportKind.TIERS, ImportKind.REGIMES)


def import_rules(
    bulk: BulkStore,
    path: Path,
    effective: date,
    actor: Actor,
    report: ImportReport,
    *,
    dry_run: bool,
) -> None:
    """Store the rule set. Raises ConfigError for a wrong file, ImportRejected, StoreError."""
    data = read_toml(path)
    add: Callable[..., bool]
    if report.kind is ImportKind.TIERS:
        add = partial(add_rules, rules=parse_rule_file(data, source=str(path)))
    else:
        add = partial(add_complaint_rules, rules=parse_complaint_rules(data, source=str(path)))
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
            added = add(session, effective_on=effective, at=now, batch_id=batch_id)
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
