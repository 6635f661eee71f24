"""Footer, header, help, palette, go-to, status line and command screens, by keys."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len
from textual.app import App
from textual.widgets import Static

from crm_tui.key_table import EVERYWHERE
from crm_tui.keys import Keymap, label
from crm_tui.widgets.commanding import Commanding
from crm_tui.widgets.context import Context
from crm_tui.widgets.footer import KeyFooter, footer_items
from crm_tui.widgets.header import HeaderLine, header_line
from crm_tui.widgets.help import help_lines
from crm_tui.widgets.search_box import SearchBox
from crm_tui.widgets.status_line import StatusLine, cut
from tests.support.screen_text import screen_lines
from tests.support.spoken import spoken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.app import ComposeResult
    from textual.pilot import Pilot

from crm_tui.widgets.wishes import Go, Session

NOW = datetime(2026, 11, 23, 1, 14, tzinfo=UTC)
ALL = frozenset(
    {
        "see_customers", "edit_customer", "log_contact", "reveal", "grant_tier",
        "see_complaints", "register_complaint", "triage_complaint", "review_diary",
    }
)  # fmt: skip
HOSTILE = "投诉[/]\x1b[31m[b]x[@click=app.quit]y[/]"


def context(**changes: object) -> Context:
    values: dict[str, object] = {
        "clock": lambda: NOW, "permissions": ALL, "person": "李娜", "role": "客户经理",
        "branch": "成都营业部",
    }  # fmt: skip
    return Context(**(values | changes))  # type: ignore[arg-type]


@pytest.fixture
def chinese() -> Iterator[None]:
    with spoken("zh_CN"):
        yield


class Roster(Commanding[None]):
    WHERE = "customers"

    DEFAULT_CSS = "Roster > Static { height: 1fr; }"

    def __init__(self, given: Context) -> None:
        super().__init__(given)
        self.done: list[str] = []
        self.reason: str | None = None

    def compose(self) -> ComposeResult:
        yield HeaderLine(self.context, "客户 F3")
        yield SearchBox()
        row = Static("row", markup=False)
        row.can_focus = True
        yield row
        yield StatusLine()
        yield KeyFooter(self.context, self.WHERE, self.reason_against)

    def on_mount(self) -> None:
        self.query_one(Static).focus()

    def why_not(self, command_id: str) -> str | None:
        return self.reason if command_id == "log_contact" else None

    def do_search(self) -> None:
        self.query_one(SearchBox).focus()

    def do_back(self) -> None:
        self.query_one(Static).focus()

    def do_log_contact(self) -> None:
        self.done.append("log_contact")

    async def do_open(self) -> None:
        self.done.append("open")

    def do_view_5(self) -> None:
        self.done.append("view_5")

    def do_edit(self) -> None:
        self.done.append("edit")

    def on_search_box_sought(self, message: SearchBox.Sought) -> None:
        self.done.append(f"seek {message.text}")


class Desk(App[None], inherit_bindings=False):
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, given: Context) -> None:
        super().__init__()
        self.roster = Roster(given)
        self.wishes: list[str] = []

    def on_mount(self) -> None:
        self.push_screen(self.roster)

    def on_go(self, message: Go) -> None:
        self.wishes.append(message.area)

    def on_session(self, message: Session) -> None:
        self.wishes.append(message.wish)


async def pressed(pilot: Pilot[None], *keys: str) -> None:
    await pilot.press(*keys)
    await pilot.pause()


async def test_letters_act_on_the_list_and_are_text_in_the_search_box() -> None:
    app = Desk(context())
    async with app.run_test(size=(80, 24)) as pilot:
        await pressed(pilot, "v", "/", "v", "slash", "5", "escape", "5")
        assert app.roster.done == ["log_contact", "seek v", "seek v5", "view_5"]
        assert app.roster.query_one(SearchBox).value == "v5"


@pytest.mark.parametrize(
    ("key", "done"), [("ｖ", "log_contact"), ("fullwidth_digit_five", ""), ("５", "view_5")]
)
async def test_full_width_keys_act_as_their_ascii_twins(key: str, done: str) -> None:
    app = Desk(context())
    async with app.run_test(size=(80, 24)) as pilot:
        await pressed(pilot, key)
        assert app.roster.done == ([done] if done else [])


@pytest.mark.parametrize("key", ["ideographic_comma", "fullwidth_solidus"])
async def test_ime_punctuation_opens_the_search(key: str) -> None:
    app = Desk(context())
    async with app.run_test(size=(80, 24)) as pilot:
        await pressed(pilot, key)
        assert app.focused is app.roster.query_one(SearchBox)


async def test_a_han_character_outside_a_field_is_told_once() -> None:
    app = Desk(context())
    async with app.run_test(size=(80, 24)) as pilot:
        status = app.roster.query_one(StatusLine)
        await pressed(pilot, "张")
        assert "input method" in status.message
        status.clear()
        await pressed(pilot, "伟")
        assert status.message == ""


async def test_a_command_that_cannot_act_says_why_and_stays_visible_where_there_is_room() -> None:
    app = Desk(context())
    async with app.run_test(size=(80, 24)) as pilot:
        app.roster.reason = "choose a customer first"
        app.roster.refresh_keys()
        await pressed(pilot, "v")
        assert app.roster.done == []
        assert app.roster.query_one(StatusLine).message == "choose a customer first"
    wide = Desk(context())
    async with wide.run_test(size=(140, 24)) as pilot:
        wide.roster.reason = "choose a customer first"
        wide.roster.refresh_keys()
        await pilot.pause()
        assert "(v contact)" in screen_lines(wide)[-1]


async def test_a_key_of_other_screens_is_told_and_the_warning_ends_with_the_next_key() -> None:
    app = Desk(context())
    async with app.run_test(size=(80, 24)) as pilot:
        status = app.roster.query_one(StatusLine)
        await pressed(pilot, "ｐ")
        assert status.message == "not available here: show number"
        assert status.kind == "warning"
        await pressed(pilot, "v")
        assert status.message == ""
        status.say("The database is away.", "error")
        await pressed(pilot, "v")
        assert status.message == "The database is away."


@pytest.mark.parametrize("key", ["4", "４"])
async def test_a_digit_without_a_view_is_not_named_after_the_view_of_another_list(key: str) -> None:
    """4 lists the overdue complaints; the overdue customers stand under 5."""
    app = Desk(context())
    async with app.run_test(size=(80, 24)) as pilot:
        await pressed(pilot, key)
        assert app.roster.query_one(StatusLine).message == "4 does nothing here"


async def test_a_command_the_role_lacks_is_not_shown_and_says_so() -> None:
    app = Desk(context(permissions=frozenset({"see_customers"})))
    async with app.run_test(size=(80, 24)) as pilot:
        await pressed(pilot, "e")
        assert app.roster.done == []
        assert "role" in app.roster.query_one(StatusLine).message
        assert "edit" not in screen_lines(app)[-1]


async def test_go_overlay_takes_one_letter() -> None:
    app = Desk(context())
    async with app.run_test(size=(80, 24)) as pilot:
        await pressed(pilot, "g")
        assert any("F4" in line for line in screen_lines(app))
        await pressed(pilot, "v")
        await pressed(pilot, "g", "ｃ")
        await pressed(pilot, "g", "z")
        await pressed(pilot, "f4")
        assert app.wishes == ["area_visits", "area_customers", "area_visits"]
        assert app.screen is app.roster


async def test_palette_runs_by_number_name_and_pinyin() -> None:
    app = Desk(context())
    async with app.run_test(size=(80, 24)) as pilot:
        number = [one.id for one in Keymap().palette("customers")].index("log_contact") + 1
        await pressed(pilot, "ctrl+p", str(number))
        assert app.roster.done == ["log_contact"]
        await pressed(pilot, "ctrl+p", *"bianji", "enter")
        assert app.roster.done == ["log_contact", "edit"]
        await pressed(pilot, "ctrl+p", "down", "up", "enter")
        assert app.roster.done == ["log_contact", "edit", "open"]
        await pressed(pilot, "ctrl+p", "1", "5", "x", "escape")
        assert app.screen is app.roster


async def test_a_reason_in_the_palette_is_cut_at_its_frame(chinese: None) -> None:
    app = Desk(context())
    app.roster.reason = "这项操作要等到负责这件投诉的人把它交给你之后才能办理, 请先联系他"
    async with app.run_test(size=(80, 24)) as pilot:
        await pressed(pilot, "ctrl+p")
        [line] = [line for line in screen_lines(app) if "负责这件投诉" in line]
        assert line.rstrip().endswith("…|")


async def test_every_letter_has_a_number_in_the_palette() -> None:
    app = Desk(context())
    async with app.run_test(size=(80, 40)) as pilot:
        await pressed(pilot, "ctrl+p")
        shown = "\n".join(screen_lines(app))
        for command in Keymap().palette("customers")[:15]:
            assert label(command) in shown


async def test_help_lists_this_screen_and_closes_by_its_own_key() -> None:
    app = Desk(context())
    async with app.run_test(size=(80, 24)) as pilot:
        await pressed(pilot, "question_mark")
        assert any("log contact" in line for line in screen_lines(app))
        assert not any("grant tier" in line for line in screen_lines(app))
        await pressed(pilot, "fullwidth_question_mark")
        assert app.screen is app.roster


@pytest.mark.parametrize("where", ["contact_form", "case_form", "triage"])
def test_where_people_write_help_names_no_letter_as_a_key(where: str) -> None:
    lines = [line for line, _style in help_lines(context(), where, lambda _id: None, {})]
    assert any(line.split()[:2] == ["F1", "keys"] for line in lines)
    assert not any(line.startswith("  ?") for line in lines)


async def test_lock_and_sign_out_reach_the_app_from_an_overlay_too() -> None:
    app = Desk(context())
    async with app.run_test(size=(80, 24)) as pilot:
        await pressed(pilot, "ctrl+l", "question_mark", "ctrl+l", "ctrl+q")
        assert app.wishes == ["lock", "lock", "sign_out"]


async def test_nothing_but_commands_may_run_as_an_action() -> None:
    app = Desk(context())
    async with app.run_test(size=(80, 24)):
        for action in ("screen.copy_text", "screen.maximize", "screen.dismiss"):
            assert await app.run_action(action) is False


@pytest.mark.parametrize("width", [20, 40, 59, 60, 80, 120])
@pytest.mark.parametrize("where", sorted(EVERYWHERE))
@pytest.mark.parametrize("tongue", ["en", "zh_CN"])
def test_footer_fits_and_cuts_no_command(width: int, where: str, tongue: str) -> None:
    with spoken(tongue):
        given = context()
        every = {item.text for item in footer_items(given, where, 1000, lambda _: None)}
        items = footer_items(given, where, width, lambda _: None)
        assert {item.text for item in items} <= every
        gap = 2 if tongue == "en" else 1
        used = sum(cell_len(item.text) + gap for item in items) - gap + 1
        assert used <= width or len(items) == 1
        assert label(Keymap().get("help")) in items[-1].text


def test_footer_of_the_roster_in_chinese(chinese: None) -> None:
    items = footer_items(context(), "customers", 80, lambda _: None)
    texts = [item.text for item in items]
    assert texts[:6] == ["Enter打开", "v联系", "n新建", "e编辑", "/搜索", "g去"]
    assert texts[-1] == "?按键"


def test_footer_of_the_roster_in_english_shows_what_can_act() -> None:
    def at_the_bottom(command_id: str) -> str | None:
        return "nothing" if command_id in ("back", "undo") else None

    texts = [item.text for item in footer_items(context(), "customers", 80, at_the_bottom)]
    assert texts == ["Enter open", "v contact", "n add", "e edit", "/ search", "g go", "f filter",
                     "s sort", "? keys"]  # fmt: skip
    narrowed = [item.text for item in footer_items(context(), "customers", 80, lambda _: None)]
    assert {"Esc back", "s sort", "g go"} <= set(narrowed)


def test_what_cannot_act_leaves_the_footer_before_what_can() -> None:
    def first_cannot(command_id: str) -> str | None:
        return "nothing" if command_id in ("open", "edit") else None

    wide = [item.text for item in footer_items(context(), "customers", 1000, first_cannot)]
    assert wide[:4] == ["(Enter open)", "v contact", "n add", "(e edit)"]
    narrow = [item.text for item in footer_items(context(), "customers", 40, first_cannot)]
    assert narrow == ["v contact", "n add", "/ search", "? keys"]


def test_footer_offers_no_letter_while_a_search_is_typed() -> None:
    items = footer_items(context(), "customers", 200, lambda _: None, typing=True)
    assert [item.text for item in items] == [
        "Enter open", "Ctrl+N add", "/ search", "Esc back", "Ctrl+R reload", "Ctrl+P commands",
        "F1 keys",
    ]  # fmt: skip


async def test_the_footer_follows_the_keys_into_the_search_box_and_back() -> None:
    app = Desk(context())
    async with app.run_test(size=(80, 24)) as pilot:
        await pressed(pilot, "/")
        assert "v contact" not in screen_lines(app)[-1]
        await pressed(pilot, "escape")
        assert "v contact" in screen_lines(app)[-1]


@pytest.mark.parametrize("width", [10, 20, 39, 40, 60, 80, 120])
def test_header_is_exactly_one_line(chinese: None, width: int) -> None:
    line = header_line(context(), width, NOW, "客户 F3")
    assert cell_len(line) == width or width < 20
    assert cell_len(line) <= width


def test_header_like_the_mockup(chinese: None) -> None:
    line = header_line(context(), 80, NOW, "客户 F3")
    assert line.startswith(" 客户 F3  成都营业部 ")
    assert line.endswith(" 李娜 客户经理  2026-11-23 周一 09:14 ")
    card = header_line(context(), 80, NOW, "客户 F3 › 张伟明", "[ 1/2,000 ]")
    assert card.endswith("[ 1/2,000 ]  2026-11-23 周一 09:14 ")


async def test_status_line_says_kind_in_signs_and_keeps_the_state(chinese: None) -> None:
    app = Desk(context())
    async with app.run_test(size=(80, 24)) as pilot:
        status = app.roster.query_one(StatusLine)
        status.say("很长" * 60, "error")
        status.draft_saved(datetime(2026, 11, 23, 1, 15, 2, tzinfo=UTC))
        await pilot.pause()
        line = screen_lines(app)[-2]
        assert line.startswith(" !! 很长")
        assert line.endswith(("~ 草稿 已存 09:15:02 ", " 草稿 已存 09:15:02 "))
        assert cell_len(line) == 80
        status.unsaved()
        await pilot.pause()
        assert "未保存" in screen_lines(app)[-2]


async def test_markup_in_data_is_text_everywhere() -> None:
    app = Desk(context(person=HOSTILE, branch=HOSTILE, role=HOSTILE))
    async with app.run_test(size=(200, 24)) as pilot:
        app.roster.say(HOSTILE, "warning")
        app.roster.query_one(HeaderLine).title = HOSTILE
        await pilot.pause()
        assert "[b]x" in screen_lines(app)[0]
        assert "[@click=app.quit]" in screen_lines(app)[-2]


def test_cut_keeps_to_cells() -> None:
    assert cut("张伟明", 6) == "张伟明"
    assert cell_len(cut("张伟明张", 6)) <= 6
    assert cut("a\nb", 10) == "a b"
