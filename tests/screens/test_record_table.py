"""The record table over a million rows, driven by keys."""

from __future__ import annotations

from typing import Any

import pytest
from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.geometry import Region

from crm_tui.terminal.output import CleanOutput
from crm_tui.widgets.record_cursor import FIRST_ROWS
from crm_tui.widgets.record_table import Column, PageRequest, RecordTable, Want
from tests.support.fake_rows import FakeRow, FakeSource, columns

MILLION = 1_000_000
EVERYTHING = -1


class Bench(App[None]):
    """A table and its owner. `hold` keeps the answers back until `release`."""

    ENABLE_COMMAND_PALETTE = False
    BINDINGS = [
        Binding("down", "table('cursor_down')"),
        Binding("up", "table('cursor_up')"),
        Binding("pagedown", "table('page_down')"),
        Binding("pageup", "table('page_up')"),
        Binding("home", "table('home')"),
        Binding("end", "table('end')"),
        Binding("enter", "table('open')"),
        Binding("space", "table('mark')"),
        Binding("asterisk", "table('mark_all_shown')"),
    ]

    def __init__(self, source: FakeSource, cols: list[Column[FakeRow]] | None = None) -> None:
        super().__init__()
        self._filters.append(CleanOutput())
        self.source = source
        self.table: RecordTable[FakeRow] = RecordTable(
            cols or columns(), lambda row: row.number, empty="No customers. Press n."
        )
        self.hold = False
        self.held: list[PageRequest[FakeRow]] = []
        self.asked: list[Want] = []
        self.opened: list[int] = []
        self.highlighted: list[int | None] = []
        self.marks: list[frozenset[Any]] = []

    def compose(self) -> ComposeResult:
        yield self.table

    def on_mount(self) -> None:
        self.table.reset()
        self.table.focus()

    def action_table(self, name: str) -> None:
        getattr(self.table, f"action_{name}")()

    def on_record_table_wanted(self, event: RecordTable.Wanted) -> None:
        self.asked.append(event.request.want)
        if self.hold:
            self.held.append(event.request)
        else:
            self.table.put_page(self.source.page(event.request))

    def on_record_table_opened(self, event: RecordTable.Opened) -> None:
        self.opened.append(event.row.number)

    def on_record_table_highlighted(self, event: RecordTable.Highlighted) -> None:
        self.highlighted.append(event.row.number if event.row else None)

    def on_record_table_marks_changed(self, event: RecordTable.MarksChanged) -> None:
        self.marks.append(event.keys)

    def release(self) -> None:
        self.hold = False
        for request in self.held:
            self.table.put_page(self.source.page(request))
        self.held.clear()

    @property
    def lines(self) -> list[str]:
        return [self.table.render_line(y).text for y in range(self.table.size.height)]

    @property
    def number(self) -> int:
        assert self.table.row is not None
        return self.table.row.number


def cursor_line(app: Bench) -> str:
    (line,) = [line for line in app.lines if line.startswith("▸")]
    return line


async def test_a_million_rows_show_their_first_page() -> None:
    app = Bench(FakeSource(MILLION))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert app.lines[0].startswith("  等级")
        assert "C0000000" in app.lines[1]
        assert app.lines[1].startswith("▸ 黑金")
        assert "C0000022" in app.lines[23]
        assert app.highlighted == [0]
        # What was asked for before the height was known, and one page behind it.
        assert len(app.table._cursor.window) <= FIRST_ROWS + 100


async def test_moving_to_any_end_and_back_keeps_a_bounded_window() -> None:
    app = Bench(FakeSource(MILLION))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("end")
        assert app.number == MILLION - 1
        await pilot.press(*["pageup"] * 25)
        assert app.number == MILLION - 1 - 25 * 23
        assert len(app.table._cursor.window) <= 500
        await pilot.press(*["pagedown"] * 25)
        assert app.number == MILLION - 1
        await pilot.press("home")
        assert app.number == 0
        await pilot.press(*["down"] * 30)
        assert app.number == 30
        await pilot.press(*["pagedown"] * 25)
        assert app.number == 30 + 25 * 23
        assert len(app.table._cursor.window) <= 500
        await pilot.press(*["up"] * 10, *["pageup"] * 30)
        assert app.number == 0


async def test_enter_typed_before_the_search_answers_opens_the_found_row() -> None:
    app = Bench(FakeSource(MILLION))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("down")
        app.hold = True
        app.table.reset()
        await pilot.press("down", "down", "enter")
        assert app.opened == []
        assert not app.table.settled
        app.source = FakeSource(MILLION, gone={0, 1, 2, 3})
        app.release()
        await pilot.pause()
        assert app.opened == [6]
        assert app.table.settled


async def test_a_stale_answer_is_dropped() -> None:
    app = Bench(FakeSource(MILLION))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        app.hold = True
        app.table.jump_to(500_000)
        app.table.jump_to(700_000)
        await pilot.pause()
        app.table.put_page(app.source.page(app.held[0]))
        await pilot.pause()
        assert app.number == 0
        app.table.put_page(app.source.page(app.held[-1]))
        await pilot.pause()
        assert app.number == 700_000


async def test_page_down_waits_for_a_slow_page_and_does_not_stop_short() -> None:
    app = Bench(FakeSource(1000))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        app.hold = True
        await pilot.press(*["pagedown"] * 6)
        assert app.number < 6 * 23
        app.release()
        await pilot.pause()
        await pilot.pause()
        assert app.number == 6 * 23


async def test_reload_keeps_the_cursor_on_its_row_and_screen_line() -> None:
    app = Bench(FakeSource(MILLION))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        app.table.jump_to(400_000)
        await pilot.pause()
        await pilot.press("up", "up")
        before = app.lines
        app.source.gone = set(range(100))
        app.table.reload()
        await pilot.pause()
        assert app.number == 399_998
        assert app.lines == before
        app.source.gone.add(399_998)
        app.table.reload()
        await pilot.pause()
        assert app.number == 399_999
        app.table.reload(keep_key=12_345)
        await pilot.pause()
        assert app.number == 12_345


async def test_reload_of_unchanged_rows_draws_nothing() -> None:
    app = Bench(FakeSource(50))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        drawn = watch_refresh(app)
        app.table.reload()
        await pilot.pause()
        assert drawn == []


async def test_the_words_of_an_empty_list_are_drawn_over_when_a_row_comes() -> None:
    app = Bench(FakeSource(0))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert app.lines[2].strip() == "No customers. Press n."
        drawn = watch_refresh(app)
        app.source = FakeSource(1)
        app.table.action_reload()
        await pilot.pause()
        assert EVERYTHING in drawn


def watch_refresh(app: Bench) -> list[int]:
    """Screen lines of the table that are drawn from now on, or `EVERYTHING`."""
    drawn: list[int] = []
    plain = app.table.refresh

    def refresh(*regions: Region, **kwargs: Any) -> Any:
        drawn.extend(y for region in regions for y in region.line_range)
        if not regions:
            drawn.append(EVERYTHING)
        return plain(*regions, **kwargs)

    app.table.refresh = refresh  # type: ignore[method-assign]
    return drawn


async def test_down_draws_the_old_and_the_new_line_only() -> None:
    app = Bench(FakeSource(MILLION))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        drawn = watch_refresh(app)
        await pilot.press("down")
        assert sorted(drawn) == [1, 2]


async def test_marks() -> None:
    app = Bench(FakeSource(MILLION))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("space", "space")
        assert app.table.marked == {0, 1}
        assert app.number == 2
        assert app.lines[1].startswith(" *黑金")
        await pilot.press("asterisk")
        assert app.table.marked == set(range(23))
        await pilot.press("asterisk")
        assert app.table.marked == set()
        assert app.marks[-1] == frozenset()


async def test_empty_loading_and_error_states(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crm_tui.widgets.record_lines.LOADING_AFTER", 0.001)
    app = Bench(FakeSource(0))
    app.hold = True
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause(0.05)
        assert app.lines[2].strip() == "loading ..."
        app.release()
        await pilot.pause()
        assert app.lines[2].strip() == "No customers. Press n."
        app.hold = True
        app.table.reset()
        await pilot.press("enter")
        app.table.put_error(app.held[0].generation, "The database is away. r tries again.")
        await pilot.pause()
        assert app.lines[2].strip() == "The database is away. r tries again."
        app.hold, app.source = False, FakeSource(3)
        app.table.action_reload()
        await pilot.pause()
        assert app.number == 0
        assert app.opened == []
        app.hold = True
        app.held.clear()
        app.table.action_reload()
        await pilot.pause()
        app.table.put_error(app.held[0].generation, "Away.")
        await pilot.pause()
        assert app.lines[0].strip() == "Away."
        assert app.number == 0


@pytest.mark.parametrize("width", [30, 59, 60, 80, 120, 200])
@pytest.mark.parametrize("hostile", ["", "[/]\x1b[31m\n王[@click=app.quit]x[/]", "é́́"])
async def test_every_line_is_as_wide_as_the_table(width: int, hostile: str) -> None:
    app = Bench(FakeSource(500, hostile=hostile))
    async with app.run_test(size=(width, 24)) as pilot:
        await pilot.pause()
        await pilot.press("space")
        beside_the_bar = app.table.scrollable_content_region.width
        assert app.table.show_vertical_scrollbar == (beside_the_bar < width)
        for y in range(24):
            strip = app.table.render_line(y)
            assert strip.cell_length == beside_the_bar
            assert sum(segment.cell_length for segment in strip) == beside_the_bar
            assert "\x1b" not in strip.text
        assert app.lines[2].startswith("▸")


async def test_narrow_terminals_lose_the_least_important_columns() -> None:
    app = Bench(FakeSource(500))
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.pause()
        assert app.table._painter.shown == ("tier", "name", "assets", "note")
        await pilot.resize_terminal(140, 30)
        await pilot.pause()
        assert len(app.table._painter.shown) == 7
        assert app.table.show_vertical_scrollbar


async def test_styled_cells_and_numbers_that_do_not_fit() -> None:
    cols: list[Column[FakeRow]] = [
        Column("a", "A", 6, lambda row: Text(f"[b]{row.number}[/]")),
        Column("b", "B", 6, lambda row: Content.from_markup("[red]$n[/]", n="[/]x")),
        Column("c", "C", 4, lambda row: "123456", align="right"),
        Column("d", "D", 4, lambda row: "abcdef"),
    ]
    app = Bench(FakeSource(5), cols)
    async with app.run_test(size=(30, 8)) as pilot:
        await pilot.pause()
        assert app.lines[2] == "  [b]1[… [/]x   #### abc…       "[:30]
        styles = [segment.style for segment in app.table.render_line(2) if segment.style]
        assert any(style.color and style.color.name == "#ff0000" for style in styles)


async def test_a_cut_in_the_middle_of_a_wide_character_leaves_no_gap_before_the_mark() -> None:
    cols: list[Column[FakeRow]] = [
        Column("a", "A", 8, lambda row: "阿依古丽江"),
        Column("b", "B", 7, lambda row: Text("阿依古丽")),
        Column("c", "C", 2, lambda row: "x"),
    ]
    app = Bench(FakeSource(5), cols)
    async with app.run_test(size=(30, 8)) as pilot:
        await pilot.pause()
        assert app.lines[2].rstrip() == "  阿依古…  阿依古… x"


async def test_position_from_the_end_is_known_once_the_total_is() -> None:
    app = Bench(FakeSource(MILLION, know_start=False))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert app.table.position == 0
        await pilot.press("end")
        assert app.table.position is None
        app.table.set_total(MILLION)
        await pilot.pause()
        assert app.table.position == MILLION - 1


async def test_a_resize_keeps_the_cursor_in_view() -> None:
    app = Bench(FakeSource(MILLION))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press(*["down"] * 20)
        for size in ((80, 6), (80, 2), (20, 1), (80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert app.number == 20
            if size[1] > 1:
                assert cursor_line(app)
