"""The real complaints come in whole; what the database counts is what the file says."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from crm_tui.clock import business_date
from crm_tui.db import audit, complaint_pages
from crm_tui.db.complaint_pages import Asked
from crm_tui.db.tables import Complaint
from crm_tui.domain.complaints import ComplaintCriteria, QueueView
from crm_tui.domain.staff import Scope
from crm_tui.services.exports import ExportKind, export_file
from crm_tui.services.imports import ImportReport
from tests.support.complaint_files import rows_follow_from_trails
from tests.support.import_files import OPERATOR, Desk, desk
from tests.support.shared_data import shared_data

__all__ = ["desk"]

pytestmark = [pytest.mark.real_data, pytest.mark.timeout(600)]

ROWS, WAITING = 9_032, 1_250


def _from_file() -> list[dict[str, str]]:
    """By a plain reading, none of the program's own."""
    path = shared_data("bank", "complaints.csv.gz")
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _loaded(desk: Desk) -> ImportReport:
    for kind in ("branches", "staff", "customers"):
        desk.run(kind, shared_data("bank", f"{kind}.csv.gz"))
    return desk.run("complaints", shared_data("bank", "complaints.csv.gz"))


def test_counts_are_those_of_the_file_and_a_second_time_nothing_changes(desk: Desk) -> None:
    report = _loaded(desk)
    assert (report.rows, report.added, report.bad_rows) == (ROWS, ROWS, 0)
    assert (report.answered_before, report.no_reason) == (15, 2)
    _compare(_from_file(), _stored(desk))
    again = desk.run("complaints", shared_data("bank", "complaints.csv.gz"))
    assert (again.added, again.changed, again.unchanged, again.conflicts) == (0, 0, ROWS, 0)
    assert desk.one("SELECT count(*) FROM complaint_event") == ROWS
    with desk.store.read() as session:
        assert audit.verify(session).bad_seq is None


def _stored(desk: Desk) -> list[Any]:
    with desk.store.read() as session:
        return list(session.execute(select(Complaint.__table__)).mappings())  # type: ignore[attr-defined]


def _compare(rows: list[dict[str, str]], stored: list[Any]) -> None:
    """Counts of the file against counts of the database, one axis after the other and crossed."""

    def same(of_file: Callable[[dict[str, str]], Any], of_store: Callable[[Any], Any]) -> None:
        counted = Counter(map(of_file, rows))
        assert counted == Counter(map(of_store, stored))
        assert counted.total() == ROWS

    yes = {"Yes": True, "No": False, "": None}

    def year(row: Any) -> str:
        return str(business_date(row["received_at"]).year)

    same(lambda row: row["received_on"][:4], year)
    same(lambda row: row["business"], lambda row: row["business_text"])
    same(lambda row: yes[row["on_time"]], lambda row: row["on_time"])
    same(lambda row: yes[row["disputed"]], lambda row: row["disputed"])
    same(lambda row: row["channel"], _channel)
    same(lambda row: row["content"].strip(), lambda row: row["content"])
    same(
        lambda row: (row["received_on"][:4], row["business"], yes[row["on_time"]]),
        lambda row: (year(row), row["business_text"], row["on_time"]),
    )
    same(lambda row: "closed" if row["answered_on"] else "registered", lambda row: row["state"])
    same(
        lambda row: "" < row["answered_on"] < row["received_on"], lambda row: row["answered_before"]
    )
    assert sum(row["is_open"] for row in stored) == WAITING
    assert {row["business"] for row in stored} == {"other"}


def _channel(row: Any) -> str:
    text: str = row["channel_text"] or row["channel"]
    return text


def test_those_never_answered_are_overdue_and_an_export_comes_in_again(
    desk: Desk, tmp_path: Path
) -> None:
    _loaded(desk)
    asked = Asked(Scope(branch_ids=None, staff_id=0), desk.store.keys, date(2026, 3, 2))
    with desk.store.read() as session:
        for view in (QueueView.UNTRIAGED, QueueView.OVERDUE):
            assert complaint_pages.count(session, asked, ComplaintCriteria(view)) == WAITING
    path = tmp_path / "complaints.csv"
    assert export_file(desk.store, ExportKind.COMPLAINTS, path, actor=OPERATOR).rows == ROWS
    again = desk.run("complaints", path)
    assert (again.added, again.changed, again.unchanged, again.conflicts) == (0, 0, ROWS, 0)
    assert rows_follow_from_trails(desk)
