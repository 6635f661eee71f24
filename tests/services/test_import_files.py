"""Files as they should not be: nothing of them is loaded and nothing breaks."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.db.crypto import create_key_file
from crm_tui.errors import ConfigError, ImportRejected
from crm_tui.services.imports.fields import shown
from crm_tui.services.imports.files import CsvFile, check_regular, open_rows
from crm_tui.services.imports.sheets import cell_text
from tests.support.import_files import Desk, customer, desk
from tests.support.spoken import spoken

__all__ = ["desk"]


def _ignore(part: float) -> None:
    pass


def _write(name: str, content: bytes) -> Callable[[Path], Path]:
    def write(directory: Path) -> Path:
        path = directory / name
        path.write_bytes(content)
        return path

    return write


_HEAD = b"code,name,parent\n"
_PACKED = gzip.compress(_HEAD + b"B1,x,HQ\n" * 1000)


@pytest.mark.parametrize(
    "write",
    [
        _write("empty.csv", b""),
        _write("blank.csv", b"\n\n\n"),
        _write("utf16.csv", "code,name,parent\n".encode("utf-16")),
        _write("latin.csv", _HEAD + b"B1,\xff\xfe\xfd,HQ\n"),
        _write("late.csv", _HEAD + b"B1,x,HQ\n" * 100_000 + b"B2,\x80\xff,HQ\n"),
        _write("cut.csv.gz", _PACKED[: len(_PACKED) // 2]),
        _write("notgz.csv.gz", _HEAD),
        _write("crc.csv.gz", _PACKED[:-8] + b"\0" * 8),
        _write("quote.csv", _HEAD + b'B1,"x,HQ\nB2,y,HQ\n'),
        _write("longquote.csv", _HEAD + b'B1,"x,HQ\n' + b"B2,y,HQ\n" * 50_000),
        _write("longline.csv", _HEAD + b"B1," + b"x" * 2_000_000 + b",HQ\n"),
        _write("old-mac.csv", _HEAD.replace(b"\n", b"\r") + b"B1,x,HQ\r"),
        _write("binary.csv", bytes(range(256)) * 10),
        _write("wide.csv", b"," * 5_000 + b"\n"),
        _write("nul.csv", b"\0" * 1000),
        _write("not.xlsx", b"not a workbook"),
        _write("not.xls", b"not a workbook"),
        _write("cut.xlsx", b"PK\x03\x04" + b"\0" * 100),
        _write("ending.txt", _HEAD),
    ],
    ids=lambda write: "",
)
def test_a_file_that_is_none_is_refused_whole(desk: Desk, write: Callable[[Path], Path]) -> None:
    path = write(desk.directory)
    with pytest.raises(ImportRejected) as caught:
        desk.run("branches", path)
    assert len(caught.value.message) < 400
    assert desk.one("SELECT count(*) FROM branch") == 1
    assert desk.one("SELECT count(*) FROM import_batch") == 0


@pytest.mark.parametrize("quoted", [False, True])
@pytest.mark.parametrize(
    ("sign", "english", "chinese"),
    [
        (";", "by ';'; separate", "用的是';',"),
        ("\t", "by tabs;", "用的是制表符,"),
        ("|", "by '|';", "'|'"),
    ],
)
def test_another_separator_is_named(
    desk: Desk, sign: str, english: str, chinese: str, quoted: bool
) -> None:
    rows = (("code", "name", "parent"), ("B1", "x", "HQ"))
    lines = [sign.join(f'"{cell}"' if quoted else cell for cell in row) for row in rows]
    path = _write("other.csv", "\n".join(lines).encode("utf-8-sig"))(desk.directory)
    for language, told in (("en", english), ("zh_CN", chinese)):
        with spoken(language), pytest.raises(ImportRejected) as caught:
            desk.run("branches", path)
        assert caught.value.message.startswith(f"{path}: ")
        assert told in caught.value.message
    assert desk.one("SELECT count(*) FROM branch") == 1
    assert desk.one("SELECT count(*) FROM import_batch") == 0


def test_such_a_sign_may_stand_in_a_cell(desk: Desk) -> None:
    path = _write("signs.csv", b"code,name,parent,a;b\tc|d\nB1,x;y|z,HQ,\n")(desk.directory)
    assert desk.run("branches", path).bad_rows == 0
    assert desk.one("SELECT name FROM branch WHERE code = 'B1'") == "x;y|z"


def test_directories_fifos_and_absent_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "dir.csv").mkdir()
    import os

    os.mkfifo(tmp_path / "pipe.csv")
    for name in ("dir.csv", "pipe.csv", "absent.csv"):
        with pytest.raises(ImportRejected):
            open_rows(tmp_path / name, _ignore)


def test_a_broken_row_is_a_bad_row_with_its_line(desk: Desk) -> None:
    path = desk.directory / "b.csv"
    path.write_bytes(_HEAD + b'B1,"x"y,HQ\nB2,y\nB3,"line\nend",HQ\nB4,z,HQ,\nB5,ok,HQ\n')
    report = desk.run("branches", path, skip_bad=True)
    assert [issue.line for issue in report.first_issues] == [2, 3, 4, 6]
    assert desk.rows("SELECT code FROM branch ORDER BY code") == [("B5",), ("HQ",)]


def test_line_numbers_are_physical(desk: Desk) -> None:
    desk.open_bank().load("customers", customer(1))
    lines = ['C0000001,m001a,phone,2026-01-05T10:00:00,,,"a\nb\nc",', "C9,m001a,phone,x,,,,"]
    report = desk.load("visits", *lines)
    assert [issue.line for issue in report.first_issues] == [5]


def _workbook(path: Path, rows: list[list[object]]) -> Path:
    book = xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        for place, cell in enumerate(row):
            sheet.write(number, place, cell)
    book.close()
    return path


def test_a_workbook_is_read_with_its_dates_and_numbers(desk: Desk) -> None:
    from datetime import date

    desk.open_bank()
    header = customer(1).replace("C0000001", "x")
    columns = "customer_no,kind,name,id_type,id_no,gender,birth_date,mobile,branch,account_manager,"
    columns += "opened_on,state,household_no,card_type"
    assert header
    row: list[object] = [
        10001, "individual", "张伟", "other", "E123", "F", date(1970, 12, 13), 15400000001, "B001",
        "m001a", date(1995, 3, 24), "active", "", "",
    ]  # fmt: skip
    path = _workbook(desk.directory / "c.xlsx", [list(columns.split(",")), [], row])
    report = desk.run("customers", path)
    assert report.loaded, report.first_issues
    [(number, tail, born)] = desk.rows("SELECT customer_no, mobile_tail, birth_date FROM customer")
    assert (number, tail, str(born)) == ("10001", "0001", "1970-12-13")
    row[4] = 110101199003074460
    bad = desk.run("customers", _workbook(desk.directory / "d.xlsx", [columns.split(","), row]))
    assert bad.loaded or bad.first_issues[0].line == 2


def test_an_error_value_of_a_workbook_makes_a_bad_row(desk: Desk) -> None:
    desk.open_bank()
    path = desk.directory / "e.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("z")
    other = book.add_worksheet("a")
    other.write_formula(3, 2, "=1/0", None, "#DIV/0!")
    columns = [
        "customer_no",
        "kind",
        "name",
        "id_type",
        "id_no",
        "gender",
        "birth_date",
        "mobile",
        "branch",
        "account_manager",
        "opened_on",
        "state",
        "household_no",
        "card_type",
    ]
    for place, name in enumerate(columns):
        sheet.write(2, 1 + place, name)
    for row in (3, 4, 5):
        for name, cell in (
            ("customer_no", f"C{row}"),
            ("kind", "individual"),
            ("name", "张伟"),
            ("branch", "B001"),
            ("state", "active"),
        ):
            sheet.write(row, 1 + columns.index(name), cell)
    manager, household = 1 + columns.index("account_manager"), 1 + columns.index("household_no")
    sheet.write_formula(4, manager, "=VLOOKUP(1,A1:A2,1)", None, "#N/A")
    sheet.write_formula(5, household, "=1/0", None, "#DIV/0!")
    book.close()
    report = desk.run("customers", path, skip_bad=True)
    assert [(one.line, one.column) for one in report.first_issues] == [
        (5, "account_manager"), (6, "household_no"),
    ]  # fmt: skip
    assert {one.reason for one in report.first_issues} == {"error value in the cell"}
    assert desk.rows("SELECT customer_no FROM customer") == [("C3",)]


def test_a_workbook_that_would_unpack_to_a_mountain_is_refused(tmp_path: Path) -> None:
    path = _workbook(tmp_path / "small.xlsx", [["code", "name", "parent"], ["B1", "x", "HQ"]])
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(bomb, "w") as target:
        for part in source.infolist():
            data = source.read(part)
            if part.filename.endswith("sheet1.xml"):
                data = data.replace(b'r="C2"', b'r="XFD1048576"')
            target.writestr(part, data)
    with pytest.raises(ImportRejected, match="CSV"):
        open_rows(bomb, _ignore)


@pytest.mark.parametrize(
    ("cell", "text"),
    [(1.0, "1"), (0.1, "0.1"), (True, "true"), (None, ""), ("x", "x"), (1.1e17, "1e+17")],
)
def test_cells_become_the_text_that_a_csv_would_hold(cell: object, text: str) -> None:
    assert cell_text(cell) == text


@given(st.text(max_size=300))
def test_what_is_shown_of_a_value_is_short_and_holds_no_long_number(text: str) -> None:
    import re

    seen = shown(text)
    assert len(seen) <= 40
    if text.isascii():
        assert not re.search(r"[0-9]{5}", seen)


@given(st.lists(st.text(st.characters(codec="gb18030", exclude_characters="\r\n\0")), max_size=20))
def test_the_encoding_is_decided_over_the_whole_file(
    tmp_path_factory: pytest.TempPathFactory, cells: list[str]
) -> None:
    import csv
    import io

    table = io.StringIO()
    csv.writer(table, quoting=csv.QUOTE_ALL).writerows(
        [["a", "b"], *([cell, "甲"] for cell in cells)]
    )
    expected = [[cell, "甲"] for cell in cells]
    path = tmp_path_factory.mktemp("encoding") / "f.csv"
    for encoding in ("utf-8", "utf-8-sig"):
        path.write_bytes(table.getvalue().encode(encoding))
        found = [line.cells for line in CsvFile(path, _ignore).rows()]
        assert found[1:] == expected


@pytest.mark.parametrize(
    ("name", "why"), [("none.csv", "没有这个文件或目录"), ("none/x.csv", "没有这个文件或目录")]
)
def test_why_a_file_is_not_read_is_said_in_chinese(tmp_path: Path, name: str, why: str) -> None:
    """What the system says of it is English, whatever the language."""
    with spoken("zh_CN"), pytest.raises(ImportRejected) as refused:
        check_regular(tmp_path / name)
    assert refused.value.message == f"{tmp_path / name}: 无法读取: {why}"


def test_why_a_key_file_is_not_made_is_said_in_chinese(tmp_path: Path) -> None:
    (tmp_path / "key").touch()
    with spoken("zh_CN"), pytest.raises(ConfigError, match="文件已存在"):
        create_key_file(tmp_path / "key")
