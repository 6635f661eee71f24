"""Complaints from files: words, clocks, corrections, and what the program knows better."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from crm_tui.db import audit, complaint_events, complaint_pages
from crm_tui.db.complaint_pages import Asked
from crm_tui.db.store import Store
from crm_tui.db.tables import Complaint
from crm_tui.domain.complaint_events import Payload, Said, Triage
from crm_tui.domain.complaint_fold import Event, after, fold
from crm_tui.domain.complaint_kinds import ComplaintClass, EventKind
from crm_tui.domain.complaints import ComplaintCriteria, QueueView
from crm_tui.domain.roster import Move
from crm_tui.domain.staff import Scope
from crm_tui.errors import ConfigError
from tests.support.complaints import FORM
from tests.support.import_files import HEADERS, OPERATOR, Desk, complaint, customer, desk
from tests.support.people import found_bank

__all__ = ["desk"]

EVERYWHERE = Scope(branch_ids=None, staff_id=0)
TODAY = date(2026, 3, 2)


@pytest.fixture
def bank(desk: Desk) -> Desk:
    """A customer in each of two branches."""
    desk.open_bank().load("customers", customer(1), customer(2, branch="B002"))
    return desk


def _case(bank: Desk, number: int = 1) -> dict[str, Any]:
    table = Complaint.__table__  # type: ignore[attr-defined]
    query = select(table).where(table.c.complaint_no == f"CP{number:06d}")
    with bank.store.read() as session:
        return dict(session.execute(query).mappings().one())


def _trail(bank: Desk, number: int = 1) -> list[Event]:
    with bank.store.read() as session:
        return complaint_events.trail(session, _case(bank, number)["id"])


def _take(bank: Desk, number: int, kind: EventKind, payload: Payload) -> None:
    """A step of somebody, stored as the service stores it."""
    row = _case(bank, number)
    with bank.store.write(OPERATOR) as tx:
        case = fold(complaint_events.trail(tx.session, row["id"]))
        event = Event(case.last_seq + 1, tx.now, kind, payload, None, "x")
        complaint_events.add(tx.session, row["id"], event)
        complaint_events.write(tx.session, row["id"], row["version"] + 1, after(case, event))
        tx.audit("test.step")


def _all_rows_follow_from_their_trails(bank: Desk) -> bool:
    with bank.store.write(OPERATOR) as tx:
        ids = list(tx.session.execute(select(col(Complaint.id))).scalars())
        tx.audit("test.rebuild")
        return complaint_events.rebuild(tx.session, ids) == []


def test_an_answered_case_comes_in_closed_with_the_words_of_its_source(bank: Desk) -> None:
    line = complaint(1, channel="referral", business="Mortgage", reason="Billing statement")
    report = bank.load("complaints", line)
    assert (report.added, report.bad_rows) == (1, 0)
    row = _case(bank)
    assert (row["state"], row["is_open"], row["imported"]) == ("closed", False, True)
    assert (row["channel"], row["channel_text"]) == ("other", "referral")
    assert (row["business"], row["business_text"]) == ("other", "Mortgage")
    assert (row["reason"], row["reason_text"]) == ("other", "Billing statement")
    assert (row["result"], row["on_time"], row["disputed"]) == ("已退费", True, False)
    assert (row["cause"], row["satisfaction"], row["notified_at"]) == (None, None, None)
    [event] = _trail(bank)
    assert (event.kind, event.actor) == (EventKind.IMPORTED, "operator:test")
    assert len([note for note in report.notes if "--mapping" in note]) == 3
    assert _all_rows_follow_from_their_trails(bank)


def test_one_never_answered_waits_untriaged_and_long_overdue(bank: Desk) -> None:
    bank.load("complaints", complaint(1, answered_on="", received_on="2012-05-10"), complaint(2))
    row = _case(bank)
    assert (row["state"], row["is_open"], row["handler_id"]) == ("registered", True, None)
    asked = Asked(EVERYWHERE, bank.store.keys, TODAY)
    with bank.store.read() as session:
        for view in (QueueView.OPEN, QueueView.UNTRIAGED, QueueView.OVERDUE):
            page = complaint_pages.page(
                session, asked, ComplaintCriteria(view), Move.FIRST, None, 20
            )
            [shown] = page.rows
            assert shown.complaint_no == "CP000001"
            assert shown.clocks is not None
            assert shown.clocks.days_left < -3_000
        assert complaint_pages.strip(session, EVERYWHERE, TODAY).overdue == 1


def test_the_regime_is_that_of_the_receipt_and_stays(bank: Desk) -> None:
    bank.load(
        "complaints", complaint(1, received_on="2012-05-10"), complaint(2, received_on="2026-01-05")
    )
    old, new = _case(bank, 1), _case(bank, 2)
    assert (old["regime"], old["due_on"], old["due_estimated"]) == (
        "bank_2012", date(2012, 5, 31), True,
    )  # fmt: skip
    assert (new["regime"], new["due_on"]) == ("nfra_2020", date(2026, 1, 20))
    rules = (
        '{"complaint_regimes":[{"code":"short","complex":9,"count":"natural","simple":3}],'
        '"complaint_rules":{"amber":3,"lines":{},"normal":10,"red":1,"regime":"short","urgent":3}}'
    )
    bank.change(
        "INSERT INTO complaint_rule_set (effective_on, rules, created_at) "
        "VALUES ('2026-01-10', :rules, '2026-01-01 00:00:00')",
        rules=rules,
    )
    bank.load("complaints", complaint(3, received_on="2026-01-12"), complaint(4))
    assert (_case(bank, 3)["regime"], _case(bank, 3)["due_on"]) == ("short", date(2026, 1, 15))
    assert _case(bank, 4)["regime"] == "nfra_2020"
    assert bank.load("complaints", complaint(4, content="改正")).changed == 1
    assert _case(bank, 4)["regime"] == "nfra_2020"
    assert bank.load("complaints", complaint(4, received_on="2026-01-12")).changed == 1
    assert (_case(bank, 4)["regime"], _case(bank, 4)["due_on"]) == ("short", date(2026, 1, 15))


def test_real_defects_are_loaded_counted_and_marked(bank: Desk) -> None:
    report = bank.load(
        "complaints", complaint(1, answered_on="2026-01-04"), complaint(2, reason=""), complaint(3)
    )
    assert (report.answered_before, report.no_reason, report.bad_rows) == (1, 1, 0)
    assert [_case(bank, n)["answered_before"] for n in (1, 2, 3)] == [True, False, False]
    assert (_case(bank, 2)["reason"], _case(bank, 2)["reason_text"]) == ("other", "")
    assert [_trail(bank, n)[0].payload.original for n in (2, 3)] == [{"reason": ""}, {}]  # type: ignore[union-attr]


def test_a_case_belongs_to_the_first_responders_branch(bank: Desk) -> None:
    bank.load("staff", "m009a,孙莉,account_manager,B001")
    bank.change(
        "UPDATE staff_role SET from_on = '2020-01-01', until_on = '2026-01-01' "
        "WHERE staff_id = (SELECT id FROM staff WHERE username = 'm009a')"
    )
    report = bank.load(
        "complaints",
        complaint(1, customer_no="C0000002"),
        complaint(2, customer_no="C0000002", first_responder="m009a"),
        complaint(3, customer_no="", first_responder="m009a"),
        complaint(4, customer_no=""),
        skip_bad=True,
    )
    assert [(one.line, one.column) for one in report.first_issues] == [(4, "first_responder")]
    codes = bank.rows(
        "SELECT c.complaint_no, b.code, o.code FROM complaint c JOIN branch b ON b.id = c.branch_id"
        " LEFT JOIN branch o ON o.id = c.customer_branch_id ORDER BY 1"
    )
    assert codes == [
        ("CP000001", "B001", "B002"), ("CP000002", "B002", "B002"), ("CP000004", "B001", None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("complaint_no", ""), ("complaint_no", "CP 1"), ("complaint_no", "C" * 33),
        ("customer_no", "C9999999"), ("received_on", ""), ("received_on", "05/01/2026"),
        ("received_on", "2026-03-03"), ("received_on", "2026-02-30"), ("channel", ""),
        ("channel", "x" * 201), ("business", ""), ("business", "a\x07b"), ("reason", "x" * 201),
        ("content", "投" * 20_001), ("content", "a\x1b[31mb"), ("content", "a\u202eb"),
        ("first_responder", ""), ("first_responder", "nobody"), ("answered_on", "2026-03-03"),
        ("answered_on", "soon"), ("result", "a\x00b"), ("on_time", "maybe"), ("disputed", "2"),
    ],
)  # fmt: skip
def test_a_wrong_cell_is_a_bad_row(bank: Desk, column: str, value: str) -> None:
    errors = bank.directory / "errors.csv"
    lines = [complaint(1), complaint(2, **{column: value})]
    report = bank.load("complaints", *lines, errors_path=errors)
    assert not report.loaded
    assert [(one.line, one.column) for one in report.first_issues] == [(3, column)]
    assert bank.one("SELECT count(*) FROM complaint_event") == 0
    with errors.open(encoding="utf-8-sig", newline="") as file:
        [row] = csv.DictReader(file)
    if column in ("content", "result"):
        assert row["value"] == f"({len(value)} characters)"


def test_long_texts_of_several_lines_stay_whole(bank: Desk) -> None:
    content = "第一行\n\n" + "投" * 19_995
    assert bank.load("complaints", complaint(1, content=f'"{content}"')).added == 1
    assert _case(bank)["content"] == content


def test_a_file_in_gb18030_is_read_as_it_is(bank: Desk) -> None:
    path = bank.directory / "gb.csv"
    lines = [HEADERS["complaints"], complaint(1, channel="总行转来", content="㐂扣费")]
    path.write_bytes("\r\n".join(lines).encode("gb18030"))
    assert bank.run("complaints", path).added == 1
    assert (_case(bank)["channel_text"], _case(bank)["content"]) == ("总行转来", "㐂扣费")


def test_a_dry_run_and_a_bad_row_write_nothing_and_the_good_ones_may(bank: Desk) -> None:
    lines = [complaint(1), complaint(2, first_responder="nobody")]
    assert not bank.load("complaints", complaint(1), dry_run=True).loaded
    assert not bank.load("complaints", *lines).loaded
    assert bank.one("SELECT count(*) FROM complaint") == 0
    report = bank.load("complaints", *lines, skip_bad=True)
    assert (report.added, report.bad_rows) == (1, 1)


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
    row = _case(bank)
    assert (row["state"], row["disputed"], row["on_time"]) == ("closed", True, True)
    assert (row["version"], row["last_seq"]) == (2, 2)
    assert [event.kind for event in _trail(bank)] == [EventKind.IMPORTED] * 2
    assert bank.load("complaints", complaint(1, answered_on="", result="")).changed == 1
    assert (_case(bank)["state"], _case(bank)["ended_at"]) == ("registered", None)
    assert _all_rows_follow_from_their_trails(bank)


def test_a_case_that_somebody_works_on_keeps_its_course(bank: Desk) -> None:
    """The source answers it, while somebody here handles it already."""
    bank.load("complaints", complaint(1, answered_on="", result="", on_time=""))
    handler = bank.one("SELECT id FROM staff WHERE username = 'm002a'")
    triage = Triage(complaint_class=ComplaintClass.GENERAL, handler_id=handler)
    _take(bank, 1, EventKind.TRIAGE, triage)
    answered = complaint(1, first_responder="m002a", business="loan", disputed="yes")
    report = bank.load("complaints", answered)
    assert (report.changed, report.conflicts) == (1, 4)
    assert {one.column for one in report.first_issues} == {
        "first_responder", "answered_on", "result", "on_time",
    }  # fmt: skip
    row = _case(bank)
    assert (row["state"], row["handler_id"], row["result"]) == ("triaged", handler, "")
    assert (row["business"], row["disputed"]) == ("loan", True)
    assert bank.one("SELECT username FROM staff WHERE id = :id", id=row["first_responder_id"]) == (
        "m001a"
    )
    again = bank.load("complaints", answered)
    assert (again.changed, again.unchanged, again.conflicts) == (0, 1, 0)
    assert bank.load("complaints", complaint(1, business="loan", result="", disputed="yes")) \
        .conflicts == 0  # fmt: skip
    assert _all_rows_follow_from_their_trails(bank)


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


def test_words_are_translated_by_a_mapping_at_once_or_later(bank: Desk, tmp_path: Path) -> None:
    mapping = tmp_path / "words.toml"
    mapping.write_text(
        '[channel]\nreferral = "third_party"\n[business]\n"Mortgage" = "loan"\n'
        '[reason]\n"Billing, statement" = "pricing"\n',
        "utf-8",
    )
    words = {"channel": "referral", "business": "Mortgage", "reason": '"Billing, statement"'}
    report = bank.load("complaints", complaint(1, **words), mapping=mapping)
    assert not report.notes
    row = _case(bank)
    assert (row["channel"], row["business"], row["reason"]) == ("third_party", "loan", "pricing")
    assert (row["channel_text"], row["business_text"], row["reason_text"]) == ("", "", "")
    assert _trail(bank)[0].payload.original == {  # type: ignore[union-attr]
        "channel": "referral", "business": "Mortgage", "reason": "Billing, statement",
    }  # fmt: skip
    assert bank.load("complaints", complaint(1, **words), mapping=mapping).unchanged == 1
    bank.load("complaints", complaint(2, **words))
    assert bank.load("complaints", complaint(2, **words), mapping=mapping).changed == 1
    assert (_case(bank, 2)["business"], _case(bank, 2)["business_text"]) == ("loan", "")
    assert _all_rows_follow_from_their_trails(bank)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ('[business]\n"Mortgage" = "house"', 'business."Mortgage"'),
        ("[business]\nMortgage = 3", 'business."Mortgage"'),
        ('[result]\nClosed = "done"', "result"),
        ('business = "loan"', "business"),
        ('[reason]\n"a\\u202eb" = "other"', 'reason."'),
        ("[business", "not valid TOML"),
    ],
)
def test_a_wrong_mapping_names_file_and_key(
    bank: Desk, tmp_path: Path, written: str, told: str
) -> None:
    mapping = tmp_path / "words.toml"
    mapping.write_text(written, "utf-8")
    with pytest.raises(ConfigError) as caught:
        bank.load("complaints", complaint(1), mapping=mapping)
    assert str(mapping) in caught.value.message
    assert told in caught.value.message
    assert bank.one("SELECT count(*) FROM complaint") == 0


def test_a_note_alone_makes_the_case_the_programs(bank: Desk) -> None:
    bank.load("complaints", complaint(1, answered_on="", result="In progress"))
    _take(bank, 1, EventKind.NOTE, Said(text="客户来电"))
    report = bank.load("complaints", complaint(1, answered_on="2026-01-09", result="In progress"))
    assert (report.conflicts, report.changed, _case(bank)["state"]) == (1, 0, "registered")
