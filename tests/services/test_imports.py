"""Imports end to end: what is loaded, what a second file changes, what is refused."""

from __future__ import annotations

import csv
import stat

import pytest

from crm_tui.db import audit
from crm_tui.errors import ImportRejected
from crm_tui.services.imports import roster_after
from crm_tui.services.imports.report import Severity
from tests.support.import_files import Desk, customer, desk, packed

__all__ = ["desk"]


def test_a_new_bank_comes_in_with_its_tree_staff_and_customers(desk: Desk) -> None:
    branches = desk.load("branches", "B001,东城支行,B002", "B002,西城支行,HQ")
    staff = desk.load("staff", "m001a,李娜,account_manager,B001")
    customers = desk.load("customers", customer(1), customer(2, household_no="H1", name="欧阳修"))

    assert (branches.added, staff.added, customers.added) == (2, 1, 2)
    assert (
        desk.one(
            "SELECT p.code FROM branch b JOIN branch p ON p.id = b.parent_id WHERE b.code = 'B001'"
        )
        == "B002"
    )
    assert desk.rows("SELECT password_hash, disabled FROM staff") == [(None, False)]
    assert desk.one("SELECT count(*) FROM customer_search") == 2
    assert desk.one("SELECT count(*) FROM roster_a") == 2
    assert str(desk.one("SELECT from_on FROM household_member")) == "1995-03-24"


def test_phone_and_id_are_stored_masked_encrypted_and_findable(desk: Desk) -> None:
    desk.open_bank().load("customers", customer(1))
    keys = desk.store.keys
    [(enc, mask, digest, tail, id_mask)] = desk.rows(
        "SELECT mobile_enc, mobile_mask, mobile_hash, mobile_tail, id_no_mask FROM customer"
    )
    assert keys.decrypt(bytes(enc), "customer.mobile") == "15400000001"
    assert (mask, tail) == ("154****0001", "0001")
    assert bytes(digest) == keys.blind("15400000001", "customer.mobile")
    assert id_mask == "C***********1"


def test_the_same_file_twice_changes_nothing(desk: Desk) -> None:
    desk.open_bank()
    lines = [customer(1, household_no="H1"), customer(2)]
    desk.load("customers", *lines)
    before = desk.rows("SELECT * FROM customer ORDER BY id")
    again = desk.load("customers", *lines)
    assert (again.added, again.changed, again.unchanged) == (0, 0, 2)
    assert desk.rows("SELECT * FROM customer ORDER BY id") == before
    assert desk.one("SELECT count(*) FROM household_member") == 1


def test_each_batch_has_one_audit_row_with_hash_and_counts(desk: Desk) -> None:
    report = desk.open_bank().load("customers", customer(1))
    rows = desk.rows("SELECT fields FROM audit WHERE action = 'import' ORDER BY seq")
    assert len(rows) == 3
    assert report.sha256 in rows[-1][0]
    assert '"added":1' in rows[-1][0]
    with desk.store.read() as session:
        assert audit.verify(session).bad_seq is None


def test_only_what_differs_from_the_last_import_changes(desk: Desk) -> None:
    desk.open_bank().load("customers", customer(1))
    desk.change("UPDATE customer SET name = '张卫民', version = version + 1")
    report = desk.load("customers", customer(1, gender="M"))
    assert (report.changed, report.conflicts) == (1, 0)
    assert desk.rows("SELECT name, gender FROM customer") == [("张卫民", "M")]


def test_a_field_edited_on_both_sides_keeps_the_programs_value_and_is_listed(desk: Desk) -> None:
    desk.open_bank().load("customers", customer(1))
    desk.change("UPDATE customer SET name = '张卫民', version = version + 1")
    report = desk.load("customers", customer(1, name="张为民", gender="M"))
    assert (report.changed, report.conflicts) == (1, 1)
    assert [(i.line, i.column, i.severity) for i in report.first_issues] == [
        (2, "name", "conflict")
    ]
    assert desk.rows("SELECT name, gender FROM customer") == [("张卫民", "M")]
    again = desk.load("customers", customer(1, name="张为民", gender="M"))
    assert (again.changed, again.conflicts) == (0, 0)


def test_a_new_phone_replaces_all_four_columns(desk: Desk) -> None:
    desk.open_bank().load("customers", customer(1))
    desk.load("customers", customer(1, mobile="13800138000"))
    [(enc, tail, version)] = desk.rows("SELECT mobile_enc, mobile_tail, version FROM customer")
    assert desk.store.keys.decrypt(bytes(enc), "customer.mobile") == "13800138000"
    assert (tail, version) == ("8000", 2)


def test_renaming_and_moving_is_found_in_search_and_roster(desk: Desk) -> None:
    desk.open_bank().load("customers", customer(1))
    desk.load("customers", customer(1, name="王芳", branch="B002", account_manager="m002a"))
    doc = desk.one("SELECT doc FROM customer_search")
    assert " wangfang " in doc
    assert desk.rows(
        "SELECT r.doc, b.code, s.username FROM roster_a r JOIN branch b ON b.id = r.branch_id "
        "JOIN staff s ON s.id = r.manager_id"
    ) == [(doc, "B002", "m002a")]


def test_a_household_changes_from_the_business_date(desk: Desk) -> None:
    desk.open_bank().load("customers", customer(1, household_no="H1"))
    desk.load("customers", customer(1, household_no="H2"))
    rows = desk.rows(
        "SELECT h.household_no, m.from_on, m.until_on FROM household_member m "
        "JOIN household h ON h.id = m.household_id ORDER BY m.id"
    )
    assert [tuple(map(str, row)) for row in rows] == [
        ("H1", "1995-03-24", "2026-03-02"),
        ("H2", "2026-03-02", "None"),
    ]
    desk.load("customers", customer(1))
    assert desk.one("SELECT count(*) FROM household_member WHERE until_on IS NULL") == 0


def test_who_comes_after_the_first_grading_starts_at_silver(desk: Desk) -> None:
    desk.open_bank().load("customers", customer(1))
    assert desk.one("SELECT count(*) FROM tier_held") == 0
    desk.change(
        "INSERT INTO tier_held (customer_id, tier_rank, from_on, reason, created_at) "
        "SELECT id, 2, '2026-01-31', 'initial', '2026-02-01 00:00:00' FROM customer"
    )
    desk.load("customers", customer(1), customer(2), customer(3, state="prospect"))
    rows = desk.rows(
        "SELECT c.customer_no, h.tier_rank, h.reason FROM tier_held h "
        "JOIN customer c ON c.id = h.customer_id ORDER BY 1"
    )
    assert rows == [("C0000001", 2, "initial"), ("C0000002", 1, "registered")]
    desk.load("customers", customer(3))
    assert desk.one("SELECT count(*) FROM tier_held") == 3


def test_a_changed_role_ends_the_old_one_and_leaves_other_roles(desk: Desk) -> None:
    desk.open_bank()
    desk.change(
        "INSERT INTO staff_role (staff_id, branch_id, role, from_on) SELECT s.id, b.id, 'clerk', "
        "'2026-01-01' FROM staff s, branch b WHERE s.username = 'm001a' AND b.code = 'B001'"
    )
    report = desk.load("staff", "m001a,李娜,supervisor,B002")
    assert report.changed == 1
    rows = desk.rows(
        "SELECT r.role, b.code, r.until_on FROM staff_role r JOIN branch b ON b.id = r.branch_id "
        "JOIN staff s ON s.id = r.staff_id WHERE s.username = 'm001a' ORDER BY r.id"
    )
    assert [(role, code, until is None) for role, code, until in rows] == [
        ("account_manager", "B001", False),
        ("clerk", "B001", True),
        ("supervisor", "B002", True),
    ]


def test_the_administrators_exclude_each_other(desk: Desk) -> None:
    desk.open_bank().load("staff", "admin,管理员,system_admin,HQ")
    report = desk.load("staff", "admin,管理员,auditor,HQ")
    assert (report.bad_rows, report.loaded) == (1, False)


def test_a_circle_of_parents_and_a_lost_one_are_bad_rows(desk: Desk) -> None:
    report = desk.load(
        "branches", "A,甲,B", "B,乙,A", "C,丙,NOWHERE", "D,丁,C", "E,戊,HQ", skip_bad=True
    )
    assert (report.bad_rows, report.added) == (4, 1)
    assert desk.rows("SELECT code FROM branch ORDER BY code") == [("E",), ("HQ",)]


@pytest.mark.parametrize(
    ("values", "column"),
    [
        ({"mobile": "12345"}, "mobile"),
        ({"mobile": "１５４０００００００１x"}, "mobile"),
        ({"id_type": "resident_id", "id_no": "110101199003074459"}, "id_no"),
        ({"id_type": "uscc", "id_no": "91350100M000100Y42"}, "id_no"),
        ({"id_type": "", "id_no": "123"}, "id_no"),
        ({"birth_date": "2027-01-01"}, "birth_date"),
        ({"birth_date": "1990-02-30"}, "birth_date"),
        ({"branch": "B999"}, "branch"),
        ({"account_manager": "nobody"}, "account_manager"),
        ({"name": ""}, "name"),
        ({"name": "张\u202e伟"}, "name"),
        ({"name": "张\x1b[31m"}, "name"),
        ({"name": "长" * 201}, "name"),
        ({"name": "12345"}, "name"),
        ({"kind": "company"}, "kind"),
        ({"kind": "corporate", "household_no": "H1"}, "household_no"),
        ({"state": ""}, "state"),
        ({"gender": "女"}, "gender"),
        ({"customer_no": "C 1"}, "customer_no"),
    ],
)
def test_a_bad_cell_is_named_and_nothing_is_loaded(
    desk: Desk, values: dict[str, str], column: str
) -> None:
    desk.open_bank()
    report = desk.load("customers", customer(1), customer(2, **values))
    assert [(issue.line, issue.column) for issue in report.first_issues] == [(3, column)]
    assert not report.loaded
    assert desk.one("SELECT count(*) FROM customer") == 0


@pytest.mark.parametrize(
    ("values", "columns"),
    [
        ({"birth_date": "1901-01-01"}, ["birth_date"]),
        ({"id_type": "resident_id", "id_no": "11010519000101001X", "birth_date": ""}, ["id_no"]),
        ({"id_type": "resident_id", "id_no": "11010519491231002X"}, ["id_no"]),
        (
            {"id_type": "resident_id", "id_no": "11010519000101001X", "birth_date": "1900-01-01"},
            ["birth_date"],
        ),
    ],
)
def test_dates_that_cannot_be_true_are_loaded_and_marked(
    desk: Desk, values: dict[str, str], columns: list[str]
) -> None:
    desk.open_bank()
    report = desk.load("customers", customer(1), customer(2, **values))
    assert [(one.line, one.column) for one in report.first_issues] == [(3, one) for one in columns]
    assert {one.severity for one in report.first_issues} == {Severity.WARNING}
    assert (report.bad_rows, report.loaded, report.added) == (0, True, 2)
    if born := values.get("birth_date"):
        query = "SELECT birth_date FROM customer WHERE customer_no = 'C0000002'"
        assert str(desk.one(query)) == born


def test_the_list_of_bad_rows_is_private_masked_and_harmless(desk: Desk) -> None:
    desk.open_bank()
    path = desk.directory / "bad.csv"
    report = desk.load(
        "customers",
        customer(1, mobile="19912345678999", name="=张伟"),
        customer(2, id_type="resident_id", id_no="110101199003074459"),
        customer(3, gender="=HYPERLINK(1)"),
        customer(4),
        customer(4),
        errors_path=path,
    )
    assert report.bad_rows == 4
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["line"], row["column"]) for row in rows] == [
        ("2", "mobile"), ("3", "id_no"), ("4", "gender"), ("6", "customer_no"),
    ]  # fmt: skip
    text = path.read_text("utf-8")
    assert "19912345678999" not in text
    assert "19900307" not in text
    assert rows[2]["value"].startswith("'=")
    assert "5" in rows[3]["reason"]
    with pytest.raises(ImportRejected):
        desk.load("customers", customer(1), errors_path=path)


def test_skip_bad_loads_the_rest(desk: Desk) -> None:
    report = desk.open_bank().load(
        "customers", customer(1), customer(2, mobile="1"), customer(1), skip_bad=True
    )
    assert (report.added, report.bad_rows, report.loaded) == (1, 2, True)


def test_a_dry_run_writes_nothing(desk: Desk) -> None:
    desk.open_bank()
    audited = desk.one("SELECT count(*) FROM audit")
    report = desk.load("customers", customer(1), dry_run=True)
    assert (report.rows, report.bad_rows, report.loaded) == (1, 0, False)
    assert desk.one("SELECT count(*) FROM customer") == 0
    assert desk.one("SELECT count(*) FROM audit") == audited


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_encodings_are_told_apart(desk: Desk, encoding: str) -> None:
    desk.open_bank()
    path = desk.file("customers", [customer(1, name="\U00020bb7田"), customer(2, name="㐂㼆")])
    path.write_bytes(path.read_text("utf-8").encode(encoding))
    for file in (path, packed(path)):
        desk.run("customers", file)
    names = [row[0] for row in desk.rows("SELECT name FROM customer ORDER BY customer_no")]
    assert names == ["\U00020bb7田", "㐂㼆"]


def test_missing_columns_are_named_unknown_ones_noted_and_order_is_free(desk: Desk) -> None:
    with pytest.raises(ImportRejected, match="name, parent"):
        desk.run("branches", desk.file("branches", ["B1"], header="code"))
    with pytest.raises(ImportRejected, match="code"):
        desk.run("branches", desk.file("branches", ["1,2,3,4"], header="code,code,name,parent"))
    header = "parent,phone,kind,name,code"
    report = desk.run(
        "branches", desk.file("branches", ["HQ,1,department,研究部,D01"], header=header)
    )
    assert "phone" in report.notes[0]
    assert desk.rows("SELECT name, kind FROM branch WHERE code = 'D01'") == [
        ("研究部", "department")
    ]


@pytest.mark.parametrize("most_ids", [0, 1_000])
def test_a_large_file_brings_the_roster_in_step_at_its_end(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, most_ids: int
) -> None:
    monkeypatch.setattr(roster_after, "LARGE_FILE", 1)
    monkeypatch.setattr(roster_after, "MOST_IDS", most_ids)
    desk.open_bank().load("customers", customer(1), customer(2))
    desk.load("customers", customer(1, name="王芳"), customer(2), customer(3))
    letter = desk.one("SELECT letter FROM roster_current WHERE NOT building")
    rows = desk.rows(
        f"SELECT c.customer_no, r.doc = s.doc FROM roster_{letter} r "
        "JOIN customer c ON c.id = r.customer_id "
        "JOIN customer_search s ON s.customer_id = c.id ORDER BY 1"
    )
    assert [(number, bool(same)) for number, same in rows] == [
        ("C0000001", True), ("C0000002", True), ("C0000003", True),
    ]  # fmt: skip
