"""Accounts, balances, transactions, visits, calendar and tier rules."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from crm_tui.commands import imports as command
from crm_tui.errors import ConfigError, ImportRejected
from crm_tui.services.imports import ImportKind
from tests.support.import_files import Desk, customer, desk

__all__ = ["desk"]


@pytest.fixture
def bank(desk: Desk) -> Desk:
    """Two customers with an account each."""
    desk.open_bank().load("customers", customer(1), customer(2, opened_on=""))
    desk.load("accounts", "A1,C0000001,deposit,CNY,1995-03-24", "A2,C0000002,loan,CNY,")
    return desk


def _reasons(bank: Desk, kind: str, *lines: str) -> list[tuple[int, str]]:
    report = bank.load(kind, *lines)
    assert not report.loaded
    return [(issue.line, issue.column) for issue in report.first_issues]


def test_accounts_need_a_customer_and_chinese_money(bank: Desk) -> None:
    assert _reasons(
        bank, "accounts", "A3,C9,deposit,CNY,", "A4,C0000001,deposit,USD,", "A5,C0000001,,CNY,x"
    ) == [(3, "currency"), (4, "category"), (4, "opened_on"), (2, "customer_no")]


def test_an_account_follows_its_file(bank: Desk) -> None:
    report = bank.load("accounts", "A1,C0000002,fund,CNY,1995-03-24")
    assert report.changed == 1
    assert bank.rows(
        "SELECT c.customer_no, a.category FROM account a JOIN customer c ON c.id = a.customer_id "
        "WHERE account_no = 'A1'"
    ) == [("C0000002", "fund")]


def test_a_corrected_balance_is_a_new_revision(bank: Desk) -> None:
    bank.load("balances", "A1,2026-01-31,100.00", "A1,2026-02-01,-5")
    report = bank.load("balances", "A1,2026-01-31,100.00", "A1,2026-02-01,-6.5", "A2,2026-02-01,1")
    assert (report.added, report.changed, report.unchanged) == (1, 1, 1)
    rows = bank.rows(
        "SELECT a.account_no, b.day, b.revision, b.amount FROM balance b "
        "JOIN account a ON a.id = b.account_id ORDER BY 1, 2, 3"
    )
    assert [(no, str(day), revision, fen) for no, day, revision, fen in rows] == [
        ("A1", "2026-01-31", 0, 10000),
        ("A1", "2026-02-01", 0, -500),
        ("A1", "2026-02-01", 1, -650),
        ("A2", "2026-02-01", 0, 100),
    ]
    again = bank.load("balances", "A1,2026-02-01,-6.50")
    assert (again.added, again.changed, again.unchanged) == (0, 0, 1)


@pytest.mark.parametrize(
    "line",
    ["A9,2026-01-01,1", "A1,2026-01-01,1.005", "A1,2026-01-01,1e3", "A1,2026-01-01,NaN",
     "A1,2026-01-01,", "A1,2026-03-03,1", "A1,2026-01-01,99999999999999999",
     "A1,20260101,1", "A1,2026-01-01,１.00x"],
)  # fmt: skip
def test_a_bad_balance_is_refused(bank: Desk, line: str) -> None:
    assert len(_reasons(bank, "balances", line)) == 1


def test_the_same_day_twice_in_a_file_is_a_bad_row(bank: Desk) -> None:
    assert _reasons(bank, "balances", "A1,2026-01-01,1", "A1,2026-01-01,1") == [(3, "account_no")]


def test_transactions_come_in_and_follow_their_file(bank: Desk) -> None:
    bank.load("transactions", "T1,A1,2026-01-05,-12.34,customer", "T2,A2,2026-01-05,1,institution")
    report = bank.load("transactions", "T1,A1,2026-01-06,-12.34,customer")
    assert report.changed == 1
    assert [(str(day), fen) for day, fen in bank.rows(
        "SELECT booked_on, amount FROM transactions ORDER BY transaction_no"
    )] == [("2026-01-06", -1234), ("2026-01-05", 100)]  # fmt: skip
    assert _reasons(bank, "transactions", "T3,A1,2026-01-05,1,robot") == [(2, "initiator")]


def test_visits_are_shanghai_time_and_early_ones_marked(bank: Desk) -> None:
    report = bank.load(
        "visits",
        "C0000001,m001a,phone,1995-03-23T23:30:00,79,回访,内容,declined",
        "C0000001,m001a,home_visit,2026-03-01 10:00:00+00:00,,,,",
        "C0000002,m001a,sms,1990-01-01 00:00:00,,,,agreed",
    )
    assert (report.added, report.before_opening) == (3, 1)
    rows = bank.rows(
        "SELECT k.kind, k.before_opening, b.code, k.duration_seconds, k.result FROM contact k "
        "JOIN branch b ON b.id = k.branch_id ORDER BY k.started_at DESC"
    )
    assert rows[0] == ("visit", False, "B001", None, "")
    assert rows[1] == ("visit", True, "B001", 79, "declined")
    assert (
        str(
            bank.one(
                "SELECT last_contact_on FROM roster_a r JOIN customer c ON c.id = r.customer_id "
                "WHERE c.customer_no = 'C0000001'"
            )
        )
        == "2026-03-01"
    )


def test_a_visit_is_found_again_by_customer_person_and_time(bank: Desk) -> None:
    bank.load("visits", "C0000001,m001a,phone,2026-01-05T10:00:00,79,回访,内容,declined")
    report = bank.load("visits", "C0000001,m001a,phone,2026-01-05 02:00:00Z,80,回访,内容,declined")
    assert (report.added, report.changed) == (0, 1)
    assert bank.rows("SELECT duration_seconds, version FROM contact") == [(80, 2)]


def test_wrong_visits_are_named(bank: Desk) -> None:
    assert _reasons(
        bank,
        "visits",
        "C9,m001a,phone,2026-01-05T10:00:00,,,,",
        "C0000001,nobody,phone,2026-01-05T10:00:00,,,,",
        "C0000001,m001a,pigeon,2026-01-05T10:00:00,,,,",
        "C0000001,m001a,phone,2026-W01-1,,,,",
        "C0000001,m001a,phone,2026-01-05T25:00:00,,,,",
        "C0000001,m001a,phone,2026-01-05T10:00:00,-1,,,",
        f"C0000001,m001a,phone,2026-01-05T10:00:00,,,{'长' * 10_001},",
    ) == [
        (3, "staff"), (4, "method"), (5, "started_at"), (6, "started_at"),
        (7, "duration_seconds"), (8, "content"), (2, "customer_no"),
    ]  # fmt: skip


def test_a_contact_on_a_day_to_come_is_a_bad_row(bank: Desk) -> None:
    """Today's last minute in Shanghai is good, the next one is not, whatever the zone says."""
    row = "C0000001,m001a,phone,{},79,,,"
    ahead = ("2027-01-19T09:43:00", "2026-03-03T00:00:00", "2026-03-02T16:00:00Z")
    assert _reasons(bank, "visits", *map(row.format, ahead)) == [
        (2, "started_at"), (3, "started_at"), (4, "started_at"),
    ]  # fmt: skip
    assert bank.load("visits", row.format("2026-03-02T23:59:00")).added == 1


def test_a_negative_duration_is_not_said_to_be_no_whole_number(bank: Desk) -> None:
    report = bank.load("visits", "C0000001,m001a,phone,2026-01-05T10:00:00,-5,,,")
    assert [issue.reason for issue in report.first_issues] == ["not a whole number from 0 on"]


def test_a_calendar_adds_and_corrects_days(desk: Desk) -> None:
    desk.load("calendar", "2027-01-01,off,元旦", "2027-01-03,work,")
    path = desk.file("calendar", ["2027-01-01,work"], header="date,kind")
    assert desk.run("calendar", path).changed == 1
    rows = desk.rows("SELECT day, kind FROM calendar_day WHERE day >= '2027-01-01' ORDER BY day")
    assert [(str(day), kind) for day, kind in rows] == [
        ("2027-01-01", "work"), ("2027-01-03", "work"),
    ]  # fmt: skip


def _tiers(desk: Desk, gold: int) -> Path:
    path = desk.directory / f"tiers-{gold}.toml"
    path.write_text(
        '[[tiers]]\ncode = "silver"\n[[tiers]]\ncode = "gold"\n'
        f"individual = {gold}\nhousehold = 1000\n"
    )
    return path


def test_tier_rules_are_in_force_from_their_date(desk: Desk) -> None:
    start = date(2026, 1, 1)
    report = desk.run("tiers", _tiers(desk, 40_000), effective=start)
    assert (report.added, report.loaded) == (1, True)
    again = desk.run("tiers", _tiers(desk, 40_000), effective=start)
    assert (again.added, again.unchanged) == (0, 1)
    with pytest.raises(ImportRejected):
        desk.run("tiers", _tiers(desk, 50_000), effective=start)
    desk.run("tiers", _tiers(desk, 50_000))
    days = [str(row[0]) for row in desk.rows("SELECT effective_on FROM rule_set ORDER BY 1")]
    assert days == ["1900-01-01", "2026-01-01", "2026-03-02"]
    assert desk.one("SELECT count(*) FROM audit WHERE action = 'import'") == 3


def test_a_wrong_tiers_file_names_the_key(desk: Desk) -> None:
    path = desk.directory / "tiers.toml"
    path.write_text('[[tiers]]\ncode = "silver"\ncolour = "grey"\n')
    with pytest.raises(ConfigError, match="colour"):
        desk.run("tiers", path)


def test_a_dry_run_of_tiers_writes_nothing(desk: Desk) -> None:
    desk.run("tiers", _tiers(desk, 40_000), dry_run=True)
    assert desk.one("SELECT count(*) FROM rule_set") == 1


def test_the_command_knows_every_kind() -> None:
    assert set(command.KINDS) == set(ImportKind)
