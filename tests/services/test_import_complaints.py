"""Complaints from files: words, clocks, branches, defects, wrong cells."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from crm_tui.db import complaint_pages
from crm_tui.db.complaint_pages import Asked
from crm_tui.domain.complaint_kinds import EventKind
from crm_tui.domain.complaints import ComplaintCriteria, QueueView
from crm_tui.domain.roster import Move
from crm_tui.domain.staff import Scope
from crm_tui.errors import ConfigError
from tests.support.complaint_files import case_row, rows_follow_from_trails, trail
from tests.support.import_files import HEADERS, Desk, complaint, customer, desk

__all__ = ["desk"]

EVERYWHERE = Scope(branch_ids=None, staff_id=0)
TODAY = date(2026, 3, 2)


@pytest.fixture
def bank(desk: Desk) -> Desk:
    """A customer in each of two branches."""
    desk.open_bank().load("customers", customer(1), customer(2, branch="B002"))
    return desk


def test_an_answered_case_comes_in_closed_with_the_words_of_its_source(bank: Desk) -> None:
    line = complaint(1, channel="referral", business="Mortgage", reason="Billing statement")
    report = bank.load("complaints", line)
    assert (report.added, report.bad_rows) == (1, 0)
    row = case_row(bank)
    assert (row["state"], row["is_open"], row["imported"]) == ("closed", False, True)
    assert (row["channel"], row["channel_text"]) == ("other", "referral")
    assert (row["business"], row["business_text"]) == ("other", "Mortgage")
    assert (row["reason"], row["reason_text"]) == ("other", "Billing statement")
    assert (row["result"], row["on_time"], row["disputed"]) == ("已退费", True, False)
    assert (row["cause"], row["satisfaction"], row["notified_at"]) == (None, None, None)
    [event] = trail(bank)
    assert (event.kind, event.actor) == (EventKind.IMPORTED, "operator:test")
    assert len([note for note in report.notes if "--mapping" in note]) == 3
    assert rows_follow_from_trails(bank)


def test_one_never_answered_waits_untriaged_and_long_overdue(bank: Desk) -> None:
    bank.load("complaints", complaint(1, answered_on="", received_on="2012-05-10"), complaint(2))
    row = case_row(bank)
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
    old, new = case_row(bank, 1), case_row(bank, 2)
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
    assert (case_row(bank, 3)["regime"], case_row(bank, 3)["due_on"]) == (
        "short",
        date(2026, 1, 15),
    )
    assert case_row(bank, 4)["regime"] == "nfra_2020"
    assert bank.load("complaints", complaint(4, content="改正")).changed == 1
    assert case_row(bank, 4)["regime"] == "nfra_2020"
    assert bank.load("complaints", complaint(4, received_on="2026-01-12")).changed == 1
    assert (case_row(bank, 4)["regime"], case_row(bank, 4)["due_on"]) == (
        "short",
        date(2026, 1, 15),
    )


def test_real_defects_are_loaded_counted_and_marked(bank: Desk) -> None:
    report = bank.load(
        "complaints", complaint(1, answered_on="2026-01-04"), complaint(2, reason=""), complaint(3)
    )
    assert (report.answered_before, report.no_reason, report.bad_rows) == (1, 1, 0)
    assert [case_row(bank, n)["answered_before"] for n in (1, 2, 3)] == [True, False, False]
    assert (case_row(bank, 2)["reason"], case_row(bank, 2)["reason_text"]) == ("other", "")
    assert [trail(bank, n)[0].payload.original for n in (2, 3)] == [{"reason": ""}, {}]  # type: ignore[union-attr]


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
    assert case_row(bank)["content"] == content


def test_a_file_in_gb18030_is_read_as_it_is(bank: Desk) -> None:
    path = bank.directory / "gb.csv"
    lines = [HEADERS["complaints"], complaint(1, channel="总行转来", content="㐂扣费")]
    path.write_bytes("\r\n".join(lines).encode("gb18030"))
    assert bank.run("complaints", path).added == 1
    assert (case_row(bank)["channel_text"], case_row(bank)["content"]) == ("总行转来", "㐂扣费")


def test_a_dry_run_and_a_bad_row_write_nothing_and_the_good_ones_may(bank: Desk) -> None:
    lines = [complaint(1), complaint(2, first_responder="nobody")]
    assert not bank.load("complaints", complaint(1), dry_run=True).loaded
    assert not bank.load("complaints", *lines).loaded
    assert bank.one("SELECT count(*) FROM complaint") == 0
    report = bank.load("complaints", *lines, skip_bad=True)
    assert (report.added, report.bad_rows) == (1, 1)


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
    row = case_row(bank)
    assert (row["channel"], row["business"], row["reason"]) == ("third_party", "loan", "pricing")
    assert (row["channel_text"], row["business_text"], row["reason_text"]) == ("", "", "")
    assert trail(bank)[0].payload.original == {  # type: ignore[union-attr]
        "channel": "referral", "business": "Mortgage", "reason": "Billing, statement",
    }  # fmt: skip
    assert bank.load("complaints", complaint(1, **words), mapping=mapping).unchanged == 1
    bank.load("complaints", complaint(2, **words))
    assert bank.load("complaints", complaint(2, **words), mapping=mapping).changed == 1
    assert (case_row(bank, 2)["business"], case_row(bank, 2)["business_text"]) == ("loan", "")
    assert rows_follow_from_trails(bank)


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
