"""Picking one of many by keys: what is typed is taken, told or kept, never dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.app import App
from textual.binding import Binding

from crm_tui.screens.triage_line import TriageLine
from crm_tui.widgets.fields import LineField
from crm_tui.widgets.form import FieldRow, FormView
from crm_tui.widgets.found_field import FoundField
from crm_tui.widgets.pick_field import PickField
from tests.support.screen_text import screen_text

if TYPE_CHECKING:
    from textual.app import ComposeResult

PEOPLE = [("lina", "李娜"), ("wangqiang", "王强"), ("wangfang", "王芳"), ("chenjing", "陈静")]


# As the screens bind it: before the field sees it.
TAB = Binding("tab", "on", priority=True)


class Desk(App[None], inherit_bindings=False):
    BINDINGS = [TAB]

    def __init__(self, *, free: bool = False) -> None:
        super().__init__()
        self.pick = PickField(PEOPLE, free=free)
        self.form = FormView(
            [FieldRow("who", "首问", self.pick), FieldRow("x", "备注", LineField())]
        )

    def compose(self) -> ComposeResult:
        yield self.form

    def on_mount(self) -> None:
        self.form.load({"who": "lina"})
        self.form.focus_first()

    def action_on(self) -> None:
        self.screen.focus_next()

    @property
    def who(self) -> str:
        return self.form.values()["who"]

    @property
    def on_the_pick(self) -> bool:
        return self.focused is self.pick


@pytest.mark.parametrize("key", ["enter", "tab", "down"])
async def test_a_single_match_is_taken_and_the_keys_go_on(key: str) -> None:
    app = Desk()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"王强", key)
        assert app.who == "wangqiang"
        assert app.focused is app.form.rows[1].control


@pytest.mark.parametrize("key", ["enter", "tab"])
@pytest.mark.parametrize(
    ("text", "why"), [("王", "! choose one by its digit"), ("赵", "! there is no such choice")]
)
async def test_what_is_not_clear_is_refused_at_the_field(key: str, text: str, why: str) -> None:
    app = Desk()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(text, key)
        assert app.on_the_pick
        assert why in screen_text(app)
        assert app.who == "lina"


async def test_a_refused_text_may_be_typed_on_and_is_taken_only_when_it_is_left() -> None:
    app = Desk()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("王", "enter", "强")
        assert (app.who, app.pick.picking.typed) == ("lina", "王强")
        assert not app.form.rows[0].wrong
        await pilot.press("tab")
        assert app.who == "wangqiang"


async def test_saving_takes_a_single_match_and_refuses_the_rest() -> None:
    app = Desk()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("王")
        assert not app.form.check()
        await pilot.press("芳")
        assert app.form.check()
        assert app.who == "wangfang"


@pytest.mark.parametrize("key", ["ctrl+u", "ctrl+w"])
async def test_a_key_takes_the_text_away_and_leaves_the_choice(key: str) -> None:
    app = Desk()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"xyz")
        assert "[李娜]" in screen_text(app).replace("\xa0", " ")
        await pilot.press(key)
        assert (app.pick.picking.typed, app.who) == ("", "lina")


async def test_digits_choose_again_after_letters_that_nothing_contains() -> None:
    app = Desk()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"xyz", "4")
        assert (app.who, app.pick.picking.typed) == ("chenjing", "")


async def test_a_text_of_ones_own_keeps_its_digits() -> None:
    app = Desk(free=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"柜台3号", "tab")
        assert app.who == "柜台3号"


class Finding(App[None], inherit_bindings=False):
    BINDINGS = [TAB]

    def __init__(self) -> None:
        super().__init__()
        self.field = FoundField()
        self.form = FormView([FieldRow("who", "客户", self.field), FieldRow("x", "", LineField())])

    def compose(self) -> ComposeResult:
        yield self.form

    def on_mount(self) -> None:
        self.form.focus_first()

    def action_on(self) -> None:
        self.screen.focus_next()


@pytest.mark.parametrize("key", ["enter", "tab"])
async def test_what_a_search_suggests_is_taken(key: str) -> None:
    app = Finding()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"zwm")
        app.field.found("zwm", [("1", "张伟明"), ("2", "张文敏")])
        await pilot.press(key)
        assert app.form.values()["who"] == "1"


async def test_saving_takes_the_only_one_found_and_refuses_one_of_several() -> None:
    app = Finding()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"zw")
        app.field.found("zw", [("1", "张伟明"), ("2", "张文敏")])
        assert not app.form.check()
        await pilot.press("m")
        app.field.found("zwm", [("1", "张伟明")])
        assert app.form.check()
        assert app.form.values()["who"] == "1"


async def test_the_line_of_a_triage_lets_its_letters_be_taken_away() -> None:
    class Line(App[None], inherit_bindings=False):
        def compose(self) -> ComposeResult:
            yield TriageLine()

    app = Line()
    async with app.run_test(size=(80, 24)) as pilot:
        app.query_one(TriageLine).focus()
        await pilot.press(*"xyz")
        assert "xyz_" in screen_text(app)
        await pilot.press("ctrl+u")
        assert "xyz" not in screen_text(app)
