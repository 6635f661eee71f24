"""The base of record screens: reads, writes, errors, undo, search and back, dialogs."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from textual.app import App
from textual.geometry import Size
from textual.pilot import Pilot
from textual.screen import Screen

from crm_tui.errors import Refused, StoreUnavailable
from crm_tui.screens.base import RecordScreen
from crm_tui.screens.dialogs import Clash, ClashView, ConfirmDialog, ConflictDialog
from crm_tui.widgets.context import Context
from crm_tui.widgets.header import HeaderLine
from crm_tui.widgets.record_table import RecordTable
from crm_tui.widgets.search_box import SearchBox
from tests.support.fake_rows import columns
from tests.support.screen_text import screen_lines, settle, wait_until

NOW = datetime(2026, 11, 23, 1, 15, 2, tzinfo=UTC)


class Roster(RecordScreen[None]):
    WHERE = "customers"

    def __init__(self, given: Context) -> None:
        super().__init__(given, "Customers F3")
        self.seen: list[object] = []
        self.reloads = 0

    def compose_body(self) -> Any:
        yield SearchBox()
        yield RecordTable(columns(), lambda row: row.number, empty="Nothing.")

    def on_mount(self) -> None:
        self.query_one(RecordTable).focus()

    def reload(self) -> None:
        self.reloads += 1

    def on_search_box_sought(self, message: SearchBox.Sought) -> None:
        self.seen.append(message.text)


class Desk(App[None], inherit_bindings=False):
    def __init__(self) -> None:
        super().__init__()
        self.incidents: list[BaseException] = []
        self.answers: list[object] = []

        def incident(error: BaseException) -> str:
            self.incidents.append(error)
            return "ABCD1234"

        self.given = Context(
            clock=lambda: NOW, permissions=frozenset({"see_customers"}), incident=incident
        )
        self.roster = Roster(self.given)

    def on_mount(self) -> None:
        self.push_screen(self.roster)


async def told(pilot: Pilot[Any], app: Desk, text: str) -> None:
    await wait_until(pilot, lambda: text in "\n".join(screen_lines(app)), what=text)


async def test_the_answer_of_a_later_read_wins_whatever_arrives_first() -> None:
    app = Desk()
    async with app.run_test(size=(80, 24)) as pilot:
        first = threading.Event()
        roster = app.roster

        def slow() -> str:
            first.wait(10)
            return "old"

        roster.run_read("list", slow, roster.seen.append)
        roster.run_read("list", lambda: "new", roster.seen.append)
        await wait_until(pilot, lambda: roster.seen)
        first.set()
        await settle(pilot)
        assert roster.seen == ["new"]


async def test_a_screen_is_laid_out_once_for_each_size(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = []
    lay_out = Screen._refresh_layout

    def watched(screen: Screen[Any], size: Size | None = None, scroll: bool = False) -> None:
        if isinstance(screen, Roster) and size is not None:
            sizes.append(tuple(size))
        lay_out(screen, size, scroll)

    monkeypatch.setattr(Screen, "_refresh_layout", watched)
    app = Desk()
    async with app.run_test(size=(80, 24)) as pilot:
        await told(pilot, app, "Customers F3")
        await settle(pilot)
        assert sizes == [(80, 24)]
        await pilot.resize_terminal(60, 20)
        await settle(pilot)
        assert sizes == [(80, 24), (60, 20)]
        assert "Esc back" in screen_lines(app)[-1]


async def test_reads_of_other_groups_do_not_disturb_each_other() -> None:
    app = Desk()
    async with app.run_test(size=(80, 24)) as pilot:
        app.roster.run_read("strip", lambda: "strip", app.roster.seen.append)
        app.roster.run_read("list", lambda: "list", app.roster.seen.append)
        await wait_until(pilot, lambda: len(app.roster.seen) == 2)
        assert set(app.roster.seen) == {"strip", "list"}


async def test_a_long_read_says_so_and_stops_saying_so() -> None:
    app = Desk()
    async with app.run_test(size=(80, 24)) as pilot:
        hold = threading.Event()
        app.roster.run_read("list", lambda: hold.wait(10), app.roster.seen.append)
        await told(pilot, app, "loading ...")
        hold.set()
        await wait_until(pilot, lambda: app.roster.status.message == "")


async def test_a_database_that_is_away_is_told_and_reload_asks_again() -> None:
    app = Desk()
    async with app.run_test(size=(80, 24)) as pilot:
        answers: list[Exception] = [StoreUnavailable("The database is away.")]

        def read() -> str:
            if answers:
                raise answers.pop()
            return "rows"

        app.roster.run_read("list", read, app.roster.seen.append)
        await told(pilot, app, "!! The database is away. r tries again")
        await pilot.press("r")
        await wait_until(pilot, lambda: app.roster.seen)
        assert app.roster.seen == ["rows"]
        # More may have failed with it.
        assert app.roster.reloads == 1
        await pilot.press("r")
        assert app.roster.reloads == 2


async def test_an_unexpected_error_shows_its_number_and_no_data() -> None:
    app = Desk()
    async with app.run_test(size=(80, 24)) as pilot:

        def read() -> str:
            raise KeyError("张伟明")

        app.roster.run_read("list", read, app.roster.seen.append)
        await told(pilot, app, "ABCD1234")
        assert "张伟明" not in "\n".join(screen_lines(app))
        assert isinstance(app.incidents[0], KeyError)


async def test_a_worker_that_dies_by_itself_is_never_silent() -> None:
    app = Desk()
    async with app.run_test(size=(80, 24)) as pilot:

        async def broken() -> None:
            raise ValueError

        app.roster.run_worker(broken(), exit_on_error=False)
        await told(pilot, app, "ABCD1234")


async def test_writes_run_to_their_end_side_by_side() -> None:
    app = Desk()
    async with app.run_test(size=(80, 24)) as pilot:
        hold = threading.Event()
        roster = app.roster

        def write() -> str:
            hold.wait(10)
            return "first"

        roster.run_write(write, roster.seen.append)
        roster.run_write(lambda: "second", roster.seen.append)
        await wait_until(pilot, lambda: roster.seen == ["second"])
        hold.set()
        await wait_until(pilot, lambda: roster.seen == ["second", "first"])


async def test_a_refused_write_is_told() -> None:
    app = Desk()
    async with app.run_test(size=(80, 24)) as pilot:

        def write() -> None:
            raise Refused("Not found.")

        app.roster.run_write(write)
        await told(pilot, app, "!! Not found.")


async def test_undo_acts_once_and_only_while_it_is_offered() -> None:
    app = Desk()
    async with app.run_test(size=(80, 24)) as pilot:
        roster = app.roster
        await pilot.press("u")
        await told(pilot, app, "nothing to undo")
        roster.offer_undo("Draft discarded.", lambda: roster.seen.append("undone"), seconds=None)
        await told(pilot, app, "Draft discarded.  u undoes it")
        await pilot.press("u", "u")
        assert roster.seen == ["undone"]
        roster.offer_undo("Draft discarded.", lambda: roster.seen.append("late"), seconds=0.01)
        await wait_until(pilot, lambda: roster.why_not("undo"))
        await told(pilot, app, "Draft discarded.")
        assert "u undoes it" not in "\n".join(screen_lines(app))
        await pilot.press("u")
        assert roster.seen == ["undone"]


async def test_the_line_names_the_undo_no_longer_than_it_acts() -> None:
    app = Desk()
    async with app.run_test(size=(80, 24)) as pilot:
        roster = app.roster
        roster.offer_undo("Draft discarded.", lambda: None)
        await pilot.press("u")
        await wait_until(pilot, lambda: roster.why_not("undo"))
        assert roster.status.message == ""
        roster.offer_undo("Draft discarded.", lambda: None, seconds=0.01)
        await wait_until(pilot, lambda: roster.why_not("undo"))
        assert roster.status.message == "Draft discarded."
        roster.offer_undo("Contact saved.", lambda: None, seconds=None)
        roster.forget_undo()
        assert roster.status.message == "Contact saved."
        roster.say("something newer")
        roster.forget_undo()
        assert roster.status.message == "something newer"


async def test_escape_leaves_the_search_to_the_same_row_then_ends_it() -> None:
    app = Desk()
    async with app.run_test(size=(80, 24)) as pilot:
        table = app.roster.query_one(RecordTable)
        await pilot.press("/", "z", "w")
        assert app.roster.seen == ["z", "zw"]
        await pilot.press("escape")
        assert app.focused is table
        assert app.roster.query_one(SearchBox).value == "zw"
        await pilot.press("escape")
        assert app.roster.seen == ["z", "zw", ""]
        assert app.roster.query_one(SearchBox).value == ""


@pytest.mark.parametrize("key", ["down", "j"])
async def test_the_arrows_move_the_list_while_searching_and_letters_do_not(key: str) -> None:
    app = Desk()
    async with app.run_test(size=(80, 24)) as pilot:
        moved: list[str] = []
        table = app.roster.query_one(RecordTable)
        table.action_cursor_down = lambda: moved.append("down")  # type: ignore[method-assign]
        table.action_open = lambda: moved.append("open")  # type: ignore[method-assign]
        await pilot.press("/", key, "enter")
        assert moved == (["down", "open"] if key == "down" else ["open"])


async def test_the_header_says_the_place_in_the_list() -> None:
    app = Desk()
    async with app.run_test(size=(80, 24)) as pilot:
        app.roster.show_title("Customers F3 › [/]张伟明", (7, 1032))
        await pilot.pause()
        assert "[/]张伟明" in screen_lines(app)[0]
        assert "[ 7/1,032 ]" in screen_lines(app)[0]
        assert app.roster.query_one(HeaderLine).middle


@pytest.mark.parametrize(("key", "answer"), [("enter", True), ("escape", None)])
async def test_confirming_needs_enter(key: str, answer: bool | None) -> None:
    app = Desk()
    async with app.run_test(size=(80, 24)) as pilot:
        dialog = ConfirmDialog(app.given, "Really [/]?", "It cannot be undone.")
        app.push_screen(dialog, app.answers.append)
        await told(pilot, app, "Really [/]?")
        await pilot.press("ctrl+s")
        assert app.answers == []
        await pilot.press(key)
        await pilot.pause()
        assert app.answers == [answer]


async def test_a_conflict_of_two_fields_is_answered_by_digits() -> None:
    app = Desk()
    async with app.run_test(size=(80, 24)) as pilot:
        clashes = [
            Clash("name", "Name", "[/]mine", "theirs", ""),
            Clash("note", "Note", "m" * 2000, "t", "o"),
        ]
        app.push_screen(ConflictDialog(app.given, clashes), app.answers.append)
        await told(pilot, app, "[/]mine")
        assert "(empty)" in "\n".join(screen_lines(app))
        assert [view.picked for view in app.screen.query(ClashView)] == [0, 0]
        await pilot.press("２", "3", "enter")
        await pilot.pause()
        assert app.answers == [{"name": 1, "note": 2}]
