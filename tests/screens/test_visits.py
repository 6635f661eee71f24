"""The list of contacts (F4): views, search, filter, marks, and going on from a contact."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App
from textual.pilot import Pilot

from crm_tui import text as words
from crm_tui.domain.contacts import ContactRow
from crm_tui.domain.kinds import Method
from crm_tui.domain.staff import Role
from crm_tui.screens import visit_lines
from crm_tui.screens.visit_filter import VisitFilter
from crm_tui.screens.visit_lines import Room, brief, full, marks, overdue_days
from crm_tui.screens.visits import ContactPane, VisitsScreen
from crm_tui.widgets.context import Context
from crm_tui.widgets.search_box import SearchBox
from crm_tui.widgets.wishes import Go, Open
from tests.support.fake_office import (
    HOSTILE,
    WIDE,
    FakeContacts,
    FakeOffice,
    contact,
    context,
    detailed,
    person,
)
from tests.support.screen_text import assert_golden, screen_lines, screen_text, settle, wait_until
from tests.support.spoken import spoken

TODAY = date(2026, 11, 23)
NEEDS = {
    "direction": "固定收益 一年期", "expected_return": "3% 左右",
    "risk_control": "不接受净值大幅波动", "risk_appetite": "C3 稳健",
}  # fmt: skip


class Desk(App[None], inherit_bindings=False):
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, office: FakeOffice, given: Context | None = None) -> None:
        super().__init__()
        self.office = office
        self.given = given or context(office.person)
        self.wishes: list[tuple[str, int]] = []
        self.went: list[str] = []

    def on_mount(self) -> None:
        self.visits = VisitsScreen(self.given, self.office)  # type: ignore[arg-type]
        self.push_screen(self.visits)

    def on_open(self, message: Open) -> None:
        self.wishes.append((message.target, message.record_id))

    def on_go(self, message: Go) -> None:
        self.went.append(message.area)


def book(count: int = 40, **first: Any) -> FakeOffice:
    rows = [contact(number) for number in range(count)]
    if first:
        rows[0] = replace(rows[0], **first)
    return FakeOffice(FakeContacts(rows, NEEDS))


def special() -> FakeOffice:
    """Every mark, another year, no answer without a word."""
    rows = [
        contact(1, next_on=date(2026, 12, 7)),
        contact(40, next_on=date(2026, 11, 20)),
        contact(41, next_on=date(2026, 11, 20), followed=True),
        contact(43, withdrawn=True, next_on=date(2026, 11, 21)),
        contact(46, before_opening=True),
        contact(46, logged_at=datetime(2026, 11, 23, 1, 5, tzinfo=UTC), content="出差时谈的"),
        contact(47, content="", result="no_answer", next_on=date(2029, 1, 5)),
        contact(2000, content="去年谈过开户。\n第二行", before_opening=True,
                next_on=date(2026, 1, 5)),
    ]  # fmt: skip
    return FakeOffice(FakeContacts(rows, NEEDS))


async def at_rest(pilot: Pilot[None]) -> None:
    """The list has come, and the needs of the highlighted contact."""
    await settle(pilot)
    app: Any = pilot.app
    pane = app.visits.query_one(ContactPane)
    if pane.row is not None:
        await wait_until(pilot, lambda: pane.detail is not None, what="the needs are read")
    await settle(pilot)


@pytest.mark.parametrize("tongue", ["en", "zh_CN"])
async def test_the_list_as_it_looks(tongue: str) -> None:
    with spoken(tongue):
        app = Desk(special())
        async with app.run_test(size=(80, 24)) as pilot:
            await at_rest(pilot)
            await pilot.press("down")
            await at_rest(pilot)
            assert_golden(f"visits_80x24_{tongue}", screen_text(app))


@pytest.mark.parametrize("tongue", ["en", "zh_CN"])
async def test_from_120_cells_a_pane_stands_beside_the_list(tongue: str) -> None:
    with spoken(tongue):
        app = Desk(special())
        async with app.run_test(size=(140, 40)) as pilot:
            await at_rest(pilot)
            assert_golden(f"visits_140x40_{tongue}", screen_text(app))


@pytest.mark.parametrize("tongue", ["en", "zh_CN"])
async def test_the_filter_as_it_looks(tongue: str) -> None:
    with spoken(tongue):
        app = Desk(book())
        async with app.run_test(size=(80, 24)) as pilot:
            await at_rest(pilot)
            await pilot.press("f", "3", *"wangqiang", "tab", *"-1")
            await settle(pilot)
            assert_golden(f"visits_filter_{tongue}", screen_text(app))


@pytest.mark.parametrize("tongue", ["en", "zh_CN"])
@pytest.mark.parametrize("width", [40, 59, 60, 80, 120])
async def test_every_width_keeps_whole_commands_and_views(width: int, tongue: str) -> None:
    with spoken(tongue):
        app = Desk(special())
        async with app.run_test(size=(width, 24)) as pilot:
            await at_rest(pilot)
            lines = screen_lines(app)
            assert "1" in lines[1]
            assert "2" in lines[1]
            assert any("单雪" in line for line in lines)
            assert "?" in lines[-1]


async def test_an_account_manager_begins_with_their_own_a_supervisor_with_all() -> None:
    app = Desk(book())
    async with app.run_test(size=(80, 24)) as pilot:
        await at_rest(pilot)
        assert app.office.contacts.asked[-1].mine
    office = book()
    office.person = person(Role.SUPERVISOR)
    app = Desk(office)
    async with app.run_test(size=(80, 24)) as pilot:
        await at_rest(pilot)
        assert not app.office.contacts.asked[-1].mine


@pytest.mark.parametrize(("one", "two"), [("1", "2"), ("１", "２")])
async def test_digits_change_the_view_full_width_too(one: str, two: str) -> None:
    app = Desk(book())
    async with app.run_test(size=(80, 24)) as pilot:
        await at_rest(pilot)
        await pilot.press(two)
        await settle(pilot)
        assert "[2all]" in screen_lines(app)[1]
        assert any("王强" in line for line in screen_lines(app)[3:])
        await pilot.press(one)
        await settle(pilot)
        assert "[1mine]" in screen_lines(app)[1]
        assert not any("王强" in line for line in screen_lines(app)[3:])


async def test_search_lists_the_contacts_of_a_customer_and_escape_goes_back() -> None:
    app = Desk(book())
    async with app.run_test(size=(80, 24)) as pilot:
        await at_rest(pilot)
        await pilot.press("、", *"单雪")
        await settle(pilot)
        assert app.office.contacts.asked[-1].search == "单雪"
        assert not any("张伟明" in line for line in screen_lines(app))
        await pilot.press("enter")
        await settle(pilot)
        assert app.wishes == [("card", 1)]
        await pilot.press("escape")
        assert app.focused is app.visits.query_one("RecordTable")
        await pilot.press("escape")
        await settle(pilot)
        assert app.office.contacts.asked[-1].search == ""
        assert app.visits.query_one(SearchBox).value == ""


async def test_keys_that_outrun_the_search_act_on_what_was_found() -> None:
    app = Desk(book())
    async with app.run_test(size=(80, 24)) as pilot:
        await at_rest(pilot)
        await pilot.press("/", *"欧阳", "escape", "v")
        await settle(pilot)
        await pilot.press("/", "escape", "v")
        await settle(pilot)
        assert app.wishes == [("contact_form", 2), ("contact_form", 1)]


async def test_enter_opens_the_card_v_logs_e_edits_ones_own() -> None:
    app = Desk(book())
    async with app.run_test(size=(80, 24)) as pilot:
        await at_rest(pilot)
        await pilot.press("enter", "v", "e", "ｖ", "f4", "f3")
        await settle(pilot)
        assert app.wishes == [
            ("card", 1), ("contact_form", 1), ("edit_contact", 999), ("contact_form", 1),
        ]  # fmt: skip
        assert app.went == ["area_visits", "area_customers"]


async def test_others_contacts_and_withdrawn_ones_say_why_they_cannot_be_edited() -> None:
    app = Desk(book(3, withdrawn=True, staff_id=7, staff_name="李娜"))
    async with app.run_test(size=(80, 24)) as pilot:
        await at_rest(pilot)
        await pilot.press("e")
        assert app.visits.status.message == "this contact was taken back"
        assert "e edit" not in screen_lines(app)[-1]
    app = Desk(book(3))
    async with app.run_test(size=(80, 24)) as pilot:
        await at_rest(pilot)
        await pilot.press("2")
        await settle(pilot)
        await pilot.press("home", "e")
        await settle(pilot)
        assert app.visits.status.message == "only 王强 may edit this contact"
        await pilot.press("s")
        assert app.visits.status.message == "contacts are always listed newest first"
        await pilot.press("u")
        assert app.visits.status.message == "there is nothing to undo"
        assert app.wishes == []


async def test_help_explains_the_marks() -> None:
    app = Desk(book(3))
    async with app.run_test(size=(80, 24)) as pilot:
        await at_rest(pilot)
        await pilot.press("question_mark", "end")
        await settle(pilot)
        assert "before the account was opened" in screen_text(app)


async def test_the_filter_is_three_keys_and_says_what_it_keeps() -> None:
    app = Desk(book())
    async with app.run_test(size=(80, 24)) as pilot:
        await at_rest(pilot)
        await pilot.press("f", "3", "enter")
        await settle(pilot)
        assert app.office.contacts.asked[-1].method is Method.PHONE
        assert "only Phone" in screen_lines(app)[1]
        await pilot.press("f", "tab", *"@wangqiang", "tab", *"11-22", "enter")
        await settle(pilot)
        asked = app.office.contacts.asked[-1]
        assert (asked.staff_id, asked.on, asked.mine) == (8, date(2026, 11, 22), False)
        assert "only Sun 11-22, Phone, by 王强" in screen_lines(app)[1]
        await pilot.press("escape")
        await settle(pilot)
        asked = app.office.contacts.asked[-1]
        assert (asked.staff_id, asked.on, asked.method) == (None, None, None)
        assert "only" not in screen_lines(app)[1]


async def test_a_filter_in_force_can_be_changed_one_choice_at_a_time() -> None:
    app = Desk(book())
    async with app.run_test(size=(80, 24)) as pilot:
        await at_rest(pilot)
        await pilot.press("f", "tab", *"王强", "enter")
        await settle(pilot)
        await pilot.press("f", "5", "enter")
        await settle(pilot)
        asked = app.office.contacts.asked[-1]
        assert (asked.staff_id, asked.method) == (8, Method.SMS)
        await pilot.press("f", "delete", "enter")
        await settle(pilot)
        asked = app.office.contacts.asked[-1]
        assert (asked.staff_id, asked.method) == (8, None)
        await pilot.press("f", "escape")
        await settle(pilot)
        assert app.office.contacts.asked[-1] == asked
        assert app.screen is app.visits


async def test_what_is_wrong_in_the_filter_is_said_at_its_field() -> None:
    app = Desk(book())
    async with app.run_test(size=(80, 24)) as pilot:
        await at_rest(pilot)
        await pilot.press("f", "tab", *"nobody", "tab", *"13-01", "enter")
        await settle(pilot)
        assert "! There is no month 13." in screen_text(app)
        await pilot.press(*["backspace"] * 5, "enter")
        await settle(pilot)
        assert "! There is nobody of that name here." in screen_text(app)
        assert isinstance(app.screen, VisitFilter)


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ((), "You have logged no contact yet: F3, choose a customer, v. 2 shows all."),
        (("2",), "No contacts yet: F3, choose a customer, v."),
        (("/", "x"), "No contacts with such a customer. Esc ends the search."),
        (("f", "1", "enter"), "No such contacts. f changes the filter, Esc ends it."),
    ],
)
@pytest.mark.parametrize("tongue", ["en", "zh_CN"])
async def test_an_empty_list_says_which_key_to_press(
    keys: tuple[str, ...], words: str, tongue: str
) -> None:
    with spoken(tongue):
        app = Desk(FakeOffice(FakeContacts([])))
        async with app.run_test(size=(80, 24)) as pilot:
            await settle(pilot)
            await pilot.press(*keys)
            await settle(pilot)
            from crm_tui.i18n import _

            assert _(words) in screen_text(app)
            await pilot.press("escape", "enter", "v", "e")
            await settle(pilot)
            assert app.wishes == []


async def test_a_long_list_is_walked_both_ways_and_to_its_ends() -> None:
    app = Desk(book(900))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("2")
        await settle(pilot)
        await pilot.press("end")
        await settle(pilot)
        assert any("C0000899" in line for line in screen_lines(app))
        for _ in range(20):
            await pilot.press("pageup")
        await settle(pilot)
        await pilot.press("home")
        await settle(pilot)
        assert any("C0000000" in line for line in screen_lines(app))
        for _ in range(20):
            await pilot.press("pagedown")
        await settle(pilot)
        assert app.visits._row is not None
        assert app.visits._row.customer_id == 20 * 14


async def test_after_a_form_the_same_row_is_read_anew() -> None:
    app = Desk(book(200))
    async with app.run_test(size=(80, 24)) as pilot:
        await at_rest(pilot)
        await pilot.press(*["down"] * 5)
        await settle(pilot)
        before = app.visits._row
        assert before is not None
        app.office.contacts.rows.insert(0, contact(-1, content="新的一条"))
        app.visits.came_back()
        await settle(pilot)
        assert app.visits._row is not None
        assert app.visits._row.contact_id == before.contact_id
        await pilot.press("home")
        await settle(pilot)
        assert "新的一条" in screen_text(app)


async def test_a_database_that_goes_away_is_told_and_tried_again() -> None:
    office = book()
    office.contacts.away = True
    app = Desk(office)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "The database is away. r tries again" in screen_text(app)
        office.contacts.away = False
        await pilot.press("r")
        await at_rest(pilot)
        assert "张伟明" in screen_text(app)
        assert "away" not in screen_text(app)


async def test_needs_are_read_only_where_the_cursor_rests() -> None:
    app = Desk(book(60))
    async with app.run_test(size=(80, 24)) as pilot:
        await at_rest(pilot)
        app.office.contacts.read.clear()
        await pilot.press(*["down"] * 12)
        await at_rest(pilot)
        assert len(app.office.contacts.read) < 12
        assert "固定收益" in screen_text(app)


@pytest.mark.parametrize("text", [HOSTILE, WIDE, "[" * 200, "é" * 3 + "\u0301" * 3])
@pytest.mark.parametrize("size", [(80, 24), (140, 40)])
async def test_hostile_text_in_every_field_is_text(text: str, size: tuple[int, int]) -> None:
    hostile = {"customer_name": text, "customer_no": text, "staff_name": text, "result": text}
    office = book(4, content=text * 60 + "\n" + text, staff_id=8, **hostile)
    office.contacts.needs = dict.fromkeys(NEEDS, text)
    app = Desk(office)
    async with app.run_test(size=size) as pilot:
        await pilot.press("2")
        await at_rest(pilot)
        await pilot.press("home", "e", "question_mark", "escape", "f", "escape")
        await at_rest(pilot)
        app.visits._staff_name = text
        app.visits._narrow(staff_id=8)
        await at_rest(pilot)
        shown = "\n".join(screen_lines(app))
        assert "\x1b" not in shown
        assert "\u202e" not in shown
        assert app.is_running


def test_a_long_note_is_cut_to_its_pane_quickly() -> None:
    row = contact(1, content="很长" * 5000, next_on=date(2026, 11, 1))
    lines = brief(row, detailed(row, **NEEDS), TODAY, Room(78, 3))
    assert len(lines) == 3
    assert lines[1].endswith("…")
    assert "overdue by 22 days" in lines[2]
    assert len(full(row, None, TODAY, Room(40, 30))) == 30


def test_each_line_of_a_long_note_looks_at_little_more_than_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Measured to its end for every line, a long note held up each `↓` for a twentieth second."""
    measured = []

    def measure(text: str) -> int:
        measured.append(len(text))
        return cell_len(text)

    monkeypatch.setattr(visit_lines, "cell_width", measure)
    monkeypatch.setattr(words, "cell_width", measure)
    assert len(Room(40, 20).wrap("很长，" * 3000)) == 21
    assert max(measured) < 200
    # Marks that take no room do not end a line too soon.
    assert Room(4, 2).wrap("e" + "\u0301" * 50 + "bcd") == ["e" + "\u0301" * 50 + "bcd"]


@given(st.text(max_size=400), st.integers(2, 100), st.integers(1, 30), st.booleans(), st.booleans())
def test_a_pane_is_never_overrun(
    text: str, width: int, height: int, plain: bool, long: bool
) -> None:
    row = contact(1, content=text * (20 if long else 1), result=text[:200], customer_name=text)
    room = Room(width, height, plain)
    for make in (brief, full):
        lines = make(row, detailed(row, direction=text[:200]), TODAY, room)
        assert len(lines) <= height
        assert all(cell_len(line) <= width for line in lines)


@given(st.integers(-40, 40), st.booleans(), st.booleans())
def test_overdue_is_a_passed_date_that_nobody_has_met(
    days: int, followed: bool, withdrawn: bool
) -> None:
    row: ContactRow = contact(
        400, next_on=TODAY + timedelta(days=days), followed=followed, withdrawn=withdrawn
    )
    late = days < 0 and not followed and not withdrawn
    assert (overdue_days(row, TODAY) > 0) is late
    assert ("overdue" in marks(row, TODAY)) is late
    assert ("withdrawn" in marks(row, TODAY)) is withdrawn
