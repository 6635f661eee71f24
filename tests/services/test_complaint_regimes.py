"""A file of complaint rules: in force for what is received from a date on."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select
from sqlmodel import col

from crm_tui.db import audit
from crm_tui.db.tables import Complaint, ComplaintRuleSet
from crm_tui.errors import ConfigError, ImportRejected
from crm_tui.services.imports import ImportKind, import_file
from tests.support.complaints import register, triage
from tests.support.people import OPERATOR

if TYPE_CHECKING:
    from pathlib import Path

    from crm_tui.services.imports.report import ImportReport
    from tests.support.people import Bank

SHORTER = """
[complaint_rules]
normal = 4

[[complaint_regimes]]
code = "nfra_2020"
simple = 7
complex = 20
"""


def bring(bank: Bank, path: Path, text: str, *, dry_run: bool = False) -> ImportReport:
    path.write_text(text, "utf-8")
    return import_file(
        bank.store, ImportKind.REGIMES, path, actor=OPERATOR, effective=date(2026, 3, 3),
        dry_run=dry_run,
    )  # fmt: skip


def due(bank: Bank, complaint: int) -> tuple[date, date | None]:
    with bank.store.read() as session:
        query = select(col(Complaint.due_on), col(Complaint.internal_on))
        row = session.execute(query.where(col(Complaint.id) == complaint)).one()
        return row[0], row[1]


def versions(bank: Bank) -> int:
    with bank.store.read() as session:
        return len(session.execute(select(col(ComplaintRuleSet.id))).all())


def test_new_rules_hold_for_what_is_received_from_their_day_on(bank: Bank, tmp_path: Path) -> None:
    path = tmp_path / "regimes.toml"
    before = register(bank)
    assert bring(bank, path, SHORTER, dry_run=True).added == 0
    assert versions(bank) == 1
    assert bring(bank, path, SHORTER).added == 1
    assert bring(bank, path, SHORTER).unchanged == 1
    assert versions(bank) == 2
    bank.clock.advance(days=1)
    since = register(bank)
    assert due(bank, since) == (date(2026, 3, 10), date(2026, 3, 9))
    triage(bank, before)
    assert due(bank, before) == (date(2026, 3, 17), date(2026, 3, 16))
    with bank.store.read() as session:
        assert audit.verify(session).bad_seq is None


def test_other_rules_for_the_same_day_and_wrong_ones_are_refused(
    bank: Bank, tmp_path: Path
) -> None:
    path = tmp_path / "regimes.toml"
    bring(bank, path, SHORTER)
    with pytest.raises(ImportRejected, match="start on that date"):
        bring(bank, path, SHORTER.replace("normal = 4", "normal = 5"))
    with pytest.raises(ConfigError, match=r"complaint_rules\.normal"):
        bring(bank, path, "[complaint_rules]\nnormal = 0\n")
    assert versions(bank) == 2
