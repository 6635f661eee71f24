"""A second file of complaints: what it corrects, and what the program knows better."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_tui.db import audit
from crm_tui.db.store import Store
from crm_tui.domain.complaint_events import Said, Triage
from crm_tui.domain.complaint_kinds import ComplaintClass, EventKind
from tests.support.complaint_files import case_row, rows_follow_from_trails, step, trail
from tests.support.complaints import FORM
from tests.support.import_files import Desk, complaint, customer, desk
from tests.support.people import found_bank

__all__ = ["desk"]


@pytest.fixture
def bank(desk: Desk) -> Desk:
    """A customer in each of two branches."""
    desk.open_bank().load("customers", customer(1), customer(2, branch="B002"))
    return desk


def test_the_same_file_twice_changes_nothing(bank: Desk) -> None:
    lines = [complaint(1), complaint(2, answered_on="", result="In progress", disputed="")]
    bank.load("complaints", *lines)
    before = [bank.rows(f"SELECT * FROM {one}") for one in ("complaint", "complaint_event")]
    again = bank.load("complaints", *lines)
    assert (again.added, again.changed, again.unchanged) == (0, 0, 2)
    after_it = [bank.rows(f"SELECT * FROM {one}") for one in ("complaint", "complaint_event")]
    assert after_it == before
    assert bank.one("SELECT count(*) FROM audit WHERE action = 'import'") == 5
    with bank.store.read() as session:
        assert audit.verify(session).bad_seq is None


def test_what_a_later_file_says_otherwise_is_a_further_event(bank: Desk) -> None:
    bank.load("complaints", complaint(1, answered_on="", result="", on_time=""))
    report = bank.load("complaints", complaint(1, disputed="Yes", first_responder="m002a"))
    assert (report.added, report.changed, report.conflicts) == (0, 1, 0)
    row = case_row(bank)
    assert (row["state"], row["disputed"], row["on_time"]) == ("closed", True, True)
    assert (row["version"], row["last_seq"]) == (2, 2)
    assert [event.kind for event in trail(bank)] == [EventKind.IMPORTED] * 2
    assert bank.load("complaints", complaint(1, answered_on="", result="")).changed == 1
    assert (case_row(bank)["state"], case_row(bank)["ended_at"]) == ("registered", None)
    assert rows_follow_from_trails(bank)


def test_a_case_that_somebody_works_on_keeps_its_course(bank: Desk) -> None:
    """The source answers it, while somebody here handles it already."""
    bank.load("complaints", complaint(1, answered_on="", result="", on_time=""))
    handler = bank.one("SELECT id FROM staff WHERE username = 'm002a'")
    triage = Triage(complaint_class=ComplaintClass.GENERAL, handler_id=handler)
    step(bank, 1, EventKind.TRIAGE, triage)
    answered = complaint(1, first_responder="m002a", business="loan", disputed="yes")
    report = bank.load("complaints", answered)
    assert (report.changed, report.conflicts) == (1, 4)
    assert {one.column for one in report.first_issues} == {
        "first_responder", "answered_on", "result", "on_time",
    }  # fmt: skip
    row = case_row(bank)
    assert (row["state"], row["handler_id"], row["result"]) == ("triaged", handler, "")
    assert (row["business"], row["disputed"]) == ("loan", True)
    assert bank.one("SELECT username FROM staff WHERE id = :id", id=row["first_responder_id"]) == (
        "m001a"
    )
    again = bank.load("complaints", answered)
    assert (again.changed, again.unchanged, again.conflicts) == (0, 1, 0)
    assert bank.load("complaints", complaint(1, business="loan", result="", disputed="yes")) \
        .conflicts == 0  # fmt: skip
    assert rows_follow_from_trails(bank)


def test_a_case_of_the_program_is_never_changed_by_a_file(store: Store, tmp_path: Path) -> None:
    desk = Desk(store, tmp_path)
    service = found_bank(store).office("chenjing").complaints
    complaint_id = service.register(None, FORM, "key")
    detail = service.get(complaint_id)
    before = desk.rows("SELECT * FROM complaint_event")
    line = complaint(
        1, complaint_no=detail.row.complaint_no, customer_no="", received_on="2026-03-02",
        channel=detail.channel.value, business=detail.row.business.value,
        reason=detail.row.reason.value, content=f'"{detail.content}"', first_responder="chenjing",
        answered_on="2026-03-02", result="", on_time="", disputed="",
    )  # fmt: skip
    report = desk.load("complaints", line)
    assert (report.changed, report.unchanged, report.conflicts) == (0, 1, 1)
    assert report.first_issues[0].column == "answered_on"
    assert service.get(complaint_id).row == detail.row
    assert desk.rows("SELECT * FROM complaint_event") == before


def test_a_note_alone_makes_the_case_the_programs(bank: Desk) -> None:
    bank.load("complaints", complaint(1, answered_on="", result="In progress"))
    step(bank, 1, EventKind.NOTE, Said(text="客户来电"))
    report = bank.load("complaints", complaint(1, answered_on="2026-01-09", result="In progress"))
    assert (report.conflicts, report.changed, case_row(bank)["state"]) == (1, 0, "registered")
