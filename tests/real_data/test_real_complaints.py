"""The real complaints come in whole; what the database counts is what the file says."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from crm_tui.services.imports import ImportReport
from tests.support.import_files import Desk, desk
from tests.support.shared_data import shared_data

__all__ = ["desk"]

pytestmark = [pytest.mark.real_data, pytest.mark.timeout(600)]

ROWS = 9_032


def _from_file() -> list[dict[str, str]]:
    """By a plain reading, none of the program's own."""
    path = shared_data("bank", "complaints.csv.gz")
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _loaded(desk: Desk) -> ImportReport:
    for kind in ("branches", "staff", "customers"):
        desk.run(kind, shared_data("bank", f"{kind}.csv.gz"))
    return desk.run("complaints", shared_data("bank", "complaints.csv.gz"))


def test_counts_are_those_of_the_file(desk: Desk) -> None:
    report = _loaded(desk)
    assert (report.rows, report.added, report.bad_rows) == (ROWS, ROWS, 0)
    assert (report.answered_before, report.no_reason) == (15, 2)
    rows = _from_file()
    stored = desk.rows(
        "SELECT received_at, business, business_text, on_time, is_open, state, answered_before, "
        "disputed, imported FROM complaint"
    )
    assert len(rows) == len(stored) == ROWS
    assert {row[1] for row in stored} == {"other"}

    def same(of_file: Callable[[dict[str, str]], Any], of_store: Callable[[Any], Any]) -> None:
        assert Counter(map(of_file, rows)) == Counter(map(of_store, stored))

    yes = {"Yes": True, "No": False, "": None}
    same(lambda row: row["received_on"][:4], lambda row: _year(row[0]))
    same(lambda row: row["business"], lambda row: row[2])
    same(lambda row: yes[row["on_time"]], lambda row: _bool(row[3]))
    same(lambda row: yes[row["disputed"]], lambda row: _bool(row[7]))
    same(
        lambda row: (row["received_on"][:4], row["business"], yes[row["on_time"]]),
        lambda row: (_year(row[0]), row[2], _bool(row[3])),
    )
    same(
        lambda row: "closed" if row["answered_on"] else "registered",
        lambda row: row[5],
    )
    same(lambda row: "" < row["answered_on"] < row["received_on"], lambda row: bool(row[6]))
    assert sum(bool(row[4]) for row in stored) == 1_250


def _year(at: Any) -> str:
    return str(at)[:4]


def _bool(value: Any) -> bool | None:
    return None if value is None else bool(value)
