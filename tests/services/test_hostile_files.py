"""Hostile texts of complaints through a file and back: the same afterwards, or refused by row."""

from __future__ import annotations

import shutil
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
import xlsxwriter
from sqlalchemy import select, update
from sqlmodel import col

from crm_tui.db.crypto import KeyRing
from crm_tui.db.store import Store
from crm_tui.db.tables import Complaint, ComplaintEvent
from crm_tui.domain.complaint_kinds import Step
from crm_tui.errors import ImportRejected
from crm_tui.services.exports import ExportKind, export_file
from crm_tui.services.files_out import safe_cell
from crm_tui.services.imports.report import Severity
from tests.support.complaints import CLOSED, DECIDED, TOLD, register, take, triage
from tests.support.hostile_texts import REFUSED, TAKEN, everything
from tests.support.import_files import COMPLAINT, HEADERS, OPERATOR, Desk
from tests.support.people import Bank, found_bank
from tests.support.stores import SetClock

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

ENDINGS = pytest.mark.parametrize("ending", ["csv", "xlsx"])
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
CASES = [*TAKEN, "\n".join(TAKEN), "=1" + "很长" * 9_999, "'=' \n" + "'" * 19_000]

# A file in UTF-8 holds no lone surrogates.
IN_FILES = [text for text, _said in REFUSED if not any("\ud800" <= one <= "\udfff" for one in text)]


def registered(bank: Bank) -> None:
    """A case of each text, each second one closed with it."""
    for place, text in enumerate(CASES):
        case = register(bank, content=text)
        if place % 2:
            triage(bank, case)
            steps = (
                (Step.DECIDE, DECIDED),
                (Step.NOTIFY, TOLD),
                (Step.CLOSE, CLOSED.__class__(text, cause="pricing", satisfaction="5")),
            )
            for step, form in steps:
                take(bank, case, "wangqiang", step, form)


def _rows(store: Store, *columns: Any) -> list[tuple[Any, ...]]:
    with store.read() as session:
        return [tuple(row) for row in session.execute(select(*columns).order_by(*columns[:2]))]


def said(store: Store) -> list[tuple[Any, ...]]:
    """What a file says of each case in words."""
    return _rows(store, Complaint.complaint_no, Complaint.content, Complaint.result)


def trails(store: Store) -> list[tuple[Any, ...]]:
    """Every event, so that nothing was corrected and corrected back."""
    return _rows(store, ComplaintEvent.complaint_id, ComplaintEvent.seq, ComplaintEvent.payload)


@pytest.fixture
def elsewhere(tmp_path: Path, sqlite_template: Path) -> Iterator[Bank]:
    """Another bank of the same people."""
    path = tmp_path / "elsewhere.db"
    shutil.copyfile(sqlite_template, path)
    with closing(Store(f"sqlite:///{path}", KeyRing.generate(), clock=SetClock())) as store:
        yield found_bank(store)


@ON_SQLITE
@ENDINGS
def test_what_was_registered_comes_back_as_it_was_here_and_elsewhere(
    bank: Bank, elsewhere: Bank, tmp_path: Path, ending: str
) -> None:
    registered(bank)
    before = said(bank.store), trails(bank.store)
    path = tmp_path / f"complaints.{ending}"
    assert export_file(bank.store, ExportKind.COMPLAINTS, path, actor=OPERATOR).rows == len(CASES)

    again = Desk(bank.store, tmp_path).run("complaints", path)
    assert (again.unchanged, again.changed, again.conflicts) == (len(CASES), 0, 0)
    assert (again.added, again.bad_rows) == (0, 0)
    assert (said(bank.store), trails(bank.store)) == before
    assert [content for _number, content, _result in before[0]] == CASES

    there = Desk(elsewhere.store, tmp_path).run("complaints", path)
    assert (there.added, there.bad_rows) == (len(CASES), 0)
    assert said(elsewhere.store) == said(bank.store)


@ON_SQLITE
@ENDINGS
def test_words_of_a_source_come_back_as_they_were(
    bank: Bank, elsewhere: Bank, tmp_path: Path, ending: str
) -> None:
    texts = [text for text in TAKEN if len(text) < 200]
    words = ("channel", "business", "reason")
    lines = [
        _line(place, **dict.fromkeys(words, safe_cell(text))) for place, text in enumerate(texts)
    ]
    source = _file(tmp_path / f"source.{ending}", lines)
    desk = Desk(bank.store, tmp_path)
    assert desk.run("complaints", source).added == len(texts)
    assert own_words(bank.store) == [(place, *(text,) * 3) for place, text in enumerate(texts, 1)]

    path = tmp_path / f"complaints.{ending}"
    export_file(bank.store, ExportKind.COMPLAINTS, path, actor=OPERATOR)
    again = desk.run("complaints", path)
    assert (again.unchanged, again.changed, again.conflicts) == (len(texts), 0, 0)
    there = Desk(elsewhere.store, tmp_path).run("complaints", path)
    assert there.added == len(texts)
    assert own_words(elsewhere.store) == own_words(bank.store)


def own_words(store: Store) -> list[tuple[Any, ...]]:
    """The words of a source that are none of our codes."""
    return _rows(
        store, Complaint.id, Complaint.channel_text, Complaint.business_text, Complaint.reason_text
    )


def _line(number: int, **values: str) -> list[str]:
    given = COMPLAINT | {"customer_no": "", "first_responder": "lina"}
    given |= {"complaint_no": f"CP{number:06d}"} | values
    return [given[name] for name in HEADERS["complaints"].split(",")]


def _file(path: Path, lines: Sequence[Sequence[str]]) -> Path:
    """A file of somebody else, who cleans nothing."""
    rows = [HEADERS["complaints"].split(","), *lines]
    if path.suffix == ".xlsx":
        with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False}) as book:
            sheet = book.add_worksheet()
            for at, row in enumerate(rows):
                for place, cell in enumerate(row):
                    sheet.write_string(at, place, cell)
        return path
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    path.write_bytes("\r\n".join([*quoted, ""]).encode("utf-8"))
    return path


@ON_SQLITE
@ENDINGS
@pytest.mark.parametrize("column", ["channel", "business", "reason", "content", "result"])
def test_what_may_not_be_stored_is_refused_by_row_and_column(
    bank: Bank, tmp_path: Path, ending: str, column: str
) -> None:
    before = everything(bank)
    lines = [_line(place, **{column: text}) for place, text in enumerate(IN_FILES)]
    path = _file(tmp_path / f"bad.{ending}", lines)
    errors = tmp_path / "errors.csv"
    report = Desk(bank.store, tmp_path).run("complaints", path, errors_path=errors)
    assert not report.loaded
    assert report.bad_rows == len(IN_FILES)
    for place, issue in enumerate(report.first_issues):
        assert (issue.line, issue.column) == (place + 2, column)
        assert issue.severity is Severity.ERROR
        assert issue.reason.isprintable()
    assert everything(bank) == before


@ON_SQLITE
@ENDINGS
def test_what_came_past_the_rules_goes_out_and_is_refused_on_its_way_back(
    bank: Bank, tmp_path: Path, ending: str
) -> None:
    cases = [register(bank) for _text in IN_FILES]
    with bank.store.write(OPERATOR) as tx:
        for case, text in zip(cases, IN_FILES, strict=True):
            poisoned = update(Complaint).where(col(Complaint.id) == case)
            tx.session.execute(poisoned.values(content=text, result=text))
        tx.audit("test.poison")
    before = everything(bank)
    path = tmp_path / f"complaints.{ending}"
    export_file(bank.store, ExportKind.COMPLAINTS, path, actor=OPERATOR)
    report = Desk(bank.store, tmp_path).run("complaints", path)
    assert (report.loaded, report.bad_rows) == (False, len(IN_FILES))
    assert {issue.column for issue in report.first_issues} <= {"content", "result"}
    assert everything(bank) == before


@ON_SQLITE
def test_bytes_that_are_no_text_are_refused_in_words(bank: Bank, tmp_path: Path) -> None:
    path = _file(tmp_path / "bytes.csv", [_line(1, content="HERE")])
    for bad in (b"\xed\xa0\x80", b"\xff\xfe", b"\x9b31m", b"\xf8\x88\x80\x80\x80", b"\xc0\x80"):
        copy = tmp_path / f"{bad.hex()}.csv"
        copy.write_bytes(path.read_bytes().replace(b"HERE", bad))
        with pytest.raises(ImportRejected) as rejected:
            Desk(bank.store, tmp_path).run("complaints", copy)
        assert rejected.value.message.isprintable()
    assert said(bank.store) == []
