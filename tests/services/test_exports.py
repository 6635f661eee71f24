"""Exports: the columns, masks, formulas, the new private file, the audit row before it."""

from __future__ import annotations

import csv
import stat
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from crm_tui.commands import exports as command
from crm_tui.db.store import Store
from crm_tui.errors import CrmError, UsageError
from crm_tui.services.exports import ExportKind, ExportView, export_file
from crm_tui.services.files_out import plain_cell, safe_cell
from tests.support.complaints import closed, triage
from tests.support.import_files import HEADERS, OPERATOR, Desk, complaint, customer, desk
from tests.support.people import found_bank

__all__ = ["desk"]


def _csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _bank(desk: Desk) -> Desk:
    desk.open_bank().load("customers", customer(1), customer(2, branch="B002", state="prospect"))
    desk.change(
        "UPDATE roster_a SET tier_rank = 2, qualifying_rank = 3, assets = -41200651, "
        "household_assets = 100 WHERE customer_id = (SELECT min(id) FROM customer)"
    )
    return desk


def test_customers_have_their_columns_with_names_masked(desk: Desk) -> None:
    path = desk.directory / "out.csv"
    report = export_file(_bank(desk).store, ExportKind.CUSTOMERS, path, actor=OPERATOR)
    assert report.rows == 2
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert _csv(path) == [
        {
            "customer_no": "C0000001", "name": "张**", "tier": "gold",
            "qualifying_tier": "platinum", "average_daily_assets": "-412006.51",
            "household_average": "1.00", "branch": "B001", "account_manager": "m001a",
            "state": "active",
        },
        {
            "customer_no": "C0000002", "name": "张**", "tier": "", "qualifying_tier": "",
            "average_daily_assets": "", "household_average": "", "branch": "B002",
            "account_manager": "m001a", "state": "prospect",
        },
    ]  # fmt: skip


def test_a_workbook_holds_texts_and_numbers_never_formulas(desk: Desk) -> None:
    path = desk.directory / "out.xlsx"
    columns = ["customer_no", "average_daily_assets", "mobile", "opened_on"]
    export_file(_bank(desk).store, ExportKind.CUSTOMERS, path, actor=OPERATOR, columns=columns)
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    assert rows[0] == columns
    assert rows[1] == ["C0000001", -412006.51, "154****0001", "1995-03-24"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_visits_come_out_as_they_can_come_in_again(desk: Desk) -> None:
    _bank(desk)
    line = 'C0000001,m001a,phone,2026-03-01T09:43:00,79,回访,"第一行\n=1+1",agreed'
    desk.load("visits", line)
    path = desk.directory / "visits.csv"
    export_file(desk.store, ExportKind.VISITS, path, actor=OPERATOR)
    [row] = _csv(path)
    assert row["started_at"] == "2026-03-01T09:43:00+08:00"
    assert row["content"] == "第一行\n=1+1"
    again = desk.run("visits", path)
    assert (again.unchanged, again.changed, again.bad_rows) == (1, 0, 0)


def test_views_narrow_the_list(desk: Desk) -> None:
    _bank(desk)
    desk.change("UPDATE roster_a SET near = (tier_rank = 2)")
    path = desk.directory / "near.csv"
    report = export_file(
        desk.store, ExportKind.CUSTOMERS, path, actor=OPERATOR, view=ExportView.NEAR
    )
    assert report.rows == 1
    overdue = desk.directory / "overdue.csv"
    report = export_file(
        desk.store, ExportKind.CUSTOMERS, overdue, actor=OPERATOR, view=ExportView.OVERDUE
    )
    assert report.rows == 2


def test_an_export_is_audited_and_never_overwrites(desk: Desk, tmp_path: Path) -> None:
    _bank(desk)
    path = desk.directory / "out.csv"
    export_file(desk.store, ExportKind.CUSTOMERS, path, actor=OPERATOR)
    [(actor, fields)] = desk.rows("SELECT actor, fields FROM audit WHERE action = 'export'")
    assert actor == "operator:test"
    assert '"rows":2' in fields
    before = path.read_bytes()
    link = tmp_path / "link.csv"
    link.symlink_to(tmp_path / "elsewhere.csv")
    for taken in (path, link):
        with pytest.raises(CrmError):
            export_file(desk.store, ExportKind.CUSTOMERS, taken, actor=OPERATOR)
    assert path.read_bytes() == before
    assert not (tmp_path / "elsewhere.csv").exists()


def test_wrong_columns_views_and_endings_are_named(desk: Desk) -> None:
    path = desk.directory / "out.csv"
    for kind, target, options in (
        (ExportKind.CUSTOMERS, path, {"columns": ["id_no_enc"]}),
        (ExportKind.VISITS, path, {"view": ExportView.NEAR}),
        (ExportKind.COMPLAINTS, path, {"view": ExportView.NEAR}),
        (ExportKind.CUSTOMERS, path, {"view": ExportView.OPEN}),
        (ExportKind.CUSTOMERS, desk.directory / "out.txt", {}),
    ):
        with pytest.raises(UsageError):
            export_file(desk.store, kind, target, actor=OPERATOR, **options)
    assert not path.exists()


@pytest.mark.parametrize(
    "text", ["=1", "+1", "-1", "@x", "|x", "%x", "\t=1", "\r=1", "＝1", "＠x", " =1", "\u3000=1"]
)
def test_an_active_first_sign_gets_an_apostrophe(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a=1", "张=", "1", " 1", "'", "''a", "it's"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert safe_cell(text) == text


def test_the_command_knows_every_kind_and_view() -> None:
    assert set(command.KINDS) == set(ExportKind)
    assert set(command.VIEWS) == set(ExportView)


def _three_cases(store: Store, directory: Path) -> Desk:
    """One of a file, one of a file that is worked on here, one registered here and closed."""
    bank = found_bank(store)
    desk = Desk(store, directory)
    desk.load("customers", customer(1, account_manager="lina"))
    given = {"first_responder": "lina", "content": '"=1+1\n第二行"', "reason": "", "disputed": ""}
    desk.load(
        "complaints",
        complaint(1, **given | {"channel": "referral", "business": "-Mortgage"}),
        complaint(2, **given | {"answered_on": "", "result": "In progress", "on_time": ""}),
    )
    [(worked,)] = desk.rows("SELECT id FROM complaint WHERE complaint_no = 'CP000002'")
    triage(bank, worked, handler="wangqiang")
    closed(bank)
    return desk


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_complaints_come_out_as_they_can_come_in_again(
    store: Store, tmp_path: Path, ending: str
) -> None:
    desk = _three_cases(store, tmp_path)
    path = tmp_path / f"complaints.{ending}"
    assert export_file(store, ExportKind.COMPLAINTS, path, actor=OPERATOR).rows == 3
    rows = "SELECT * FROM complaint_event ORDER BY complaint_id, seq"
    before = desk.rows(rows)
    for _again in range(2):
        report = desk.run("complaints", path)
        assert (report.changed, report.unchanged, report.conflicts) == (0, 3, 0)
        assert (report.added, report.bad_rows) == (0, 0)
        assert not [note for note in report.notes if "not known" in note]
    assert desk.rows(rows) == before


def test_complaints_have_the_columns_of_the_import_then_how_they_stand(
    store: Store, tmp_path: Path
) -> None:
    _three_cases(store, tmp_path)
    path = tmp_path / "complaints.csv"
    export_file(store, ExportKind.COMPLAINTS, path, actor=OPERATOR)
    first, second, third = _csv(path)
    assert first == {
        "complaint_no": "CP000001", "customer_no": "C0000001", "received_on": "2026-01-05",
        "channel": "referral", "business": "'-Mortgage", "reason": "other",
        "content": "'=1+1\n第二行", "first_responder": "lina", "answered_on": "2026-01-09",
        "result": "已退费", "on_time": "yes", "disputed": "", "state": "closed",
        "due_on": "2026-01-20", "handler": "",
    }  # fmt: skip
    assert list(first)[:12] == HEADERS["complaints"].split(",")
    assert (second["state"], second["answered_on"], second["handler"]) == (
        "triaged", "", "wangqiang",
    )  # fmt: skip
    assert (third["received_on"], third["answered_on"]) == ("2026-03-02", "2026-03-02")
    assert (third["customer_no"], third["first_responder"]) == ("", "chenjing")


@pytest.mark.parametrize(
    ("view", "numbers"),
    [
        (ExportView.OPEN, ["CP000002"]), (ExportView.OVERDUE, ["CP000002"]),
        (ExportView.UNTRIAGED, []), (ExportView.ENDED, ["CP000001", "CP-2026-000003"]),
    ],
)  # fmt: skip
def test_views_of_complaints_are_those_of_the_queue(
    store: Store, tmp_path: Path, view: ExportView, numbers: list[str]
) -> None:
    _three_cases(store, tmp_path)
    path = tmp_path / "complaints.csv"
    columns = ["complaint_no", "name"]
    export_file(store, ExportKind.COMPLAINTS, path, actor=OPERATOR, columns=columns, view=view)
    assert [row["complaint_no"] for row in _csv(path)] == numbers
    assert {row["name"] for row in _csv(path)} <= {"张**", ""}


@pytest.mark.parametrize("text", [
    "=1", "@x", " =1", "＝1", "plain", "", "it's", "'quoted'", "'=1", "''=1", "' =1", "'", "''",
    "'" * 20_000 + "=",
])  # fmt: skip
def test_what_an_export_wrote_reads_back_as_it_was(text: str) -> None:
    assert plain_cell(safe_cell(text)) == text
