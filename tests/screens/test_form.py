"""Fields and forms, by keys."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual.app import App

from crm_tui.domain.dates import MOST_COUNTED, parse_past
from crm_tui.widgets.fields import AmountField, CodeField, DateField, LineField
from crm_tui.widgets.form import FieldRow, FormView
from crm_tui.widgets.note_field import NoteField
from crm_tui.widgets.option_field import OptionField
from tests.support.screen_text import screen_lines
from tests.support.spoken import spoken

if TYPE_CHECKING:
    from textual.app import ComposeResult

TODAY = date(2026, 11, 23)
METHODS = [
    ("visit", "上门"), ("tour", "巡访"), ("phone", "电话"), ("email", "邮件"), ("text", "短信"),
    ("branch", "到店"), ("chat", "微信"), ("online", "在线"),
]  # fmt: skip


def typed_into(field: LineField, text: str) -> LineField:
    """`field` with `text` in it, outside an app."""
    field.set_reactive(LineField.value, text)
    return field


def today() -> date:
    return TODAY


class Desk(App[None], inherit_bindings=False):
    def __init__(self) -> None:
        super().__init__()
        self.edits: list[dict[str, str]] = []
        self.form = FormView(
            [
                FieldRow("method", "方式", OptionField(METHODS, required=True)),
                FieldRow("note", "内容", NoteField(limit=40)),
                FieldRow("next_on", "下次联系", DateField(today)),
                FieldRow("amount", "金额", AmountField()),
                FieldRow("name", "姓名", LineField(limit=5, required=True)),
            ]
        )

    def compose(self) -> ComposeResult:
        yield self.form

    def on_mount(self) -> None:
        self.form.focus_first()

    def on_form_view_edited(self, message: FormView.Edited) -> None:
        self.edits.append(message.values)


async def test_the_common_path_is_one_digit_note_and_days() -> None:
    app = Desk()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("3", *"问到期", "enter", "x", "tab", *"+14")
        await pilot.pause()
        values = app.form.values()
        assert values["method"] == "phone"
        assert values["note"] == "问到期\nx"
        assert values["next_on"] == "2026-12-07"
        assert app.form.dirty
        assert app.edits[-1] == values


async def test_options_and_dates_as_in_the_mockup() -> None:
    with spoken("zh_CN"):
        app = Desk()
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("３", "tab", *"＋１４")
            await pilot.pause()
            text = [line.replace("\xa0", " ").rstrip() for line in screen_lines(app)]
            assert text[0] == (" 方式     1上门 2巡访 [3电话] 4邮件 5短信 6到店 7微信 8在线")
            assert any(line.endswith("-> 12-07 周一") for line in text)


@pytest.mark.parametrize(
    "text", ["no answer, tried twice 2", "号码空号2次", "9 to 5", "０.5万", "/v"]
)
async def test_what_is_no_option_begins_the_next_text(text: str) -> None:
    app = Desk()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("3", "shift+tab", *text)
        assert app.form.values()["method"] == "phone"
        assert app.form.values()["note"] == text
        assert app.focused is app.form.rows[1].control
        assert app.edits[-1]["note"] == text


async def test_a_paste_on_a_choice_goes_where_letters_go() -> None:
    app = Desk()
    async with app.run_test(size=(80, 24)) as pilot:
        app.post_message(events.Paste("客户说\n再议"))
        await pilot.pause()
        assert app.form.values()["note"] == "客户说\n再议"


class Known(App[None], inherit_bindings=False):
    """A record that is there: a choice before a name."""

    def __init__(self) -> None:
        super().__init__()
        rows = {"kind": OptionField(METHODS), "name": LineField()}
        self.form = FormView([FieldRow(key, key, control) for key, control in rows.items()])

    def compose(self) -> ComposeResult:
        yield self.form

    def on_mount(self) -> None:
        self.form.load({"kind": "phone", "name": "张伟明"})
        self.form.focus_first()


async def test_what_is_no_option_is_not_added_to_a_line_that_says_something() -> None:
    app = Known()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"张伟民")
        app.post_message(events.Paste("张伟民"))
        await pilot.pause()
        assert app.form.values() == {"kind": "phone", "name": "张伟明"}
        assert app.focused is app.form.rows[0].control
        assert "choose one by its digit" in "\n".join(screen_lines(app))
        await pilot.press("tab", *"甲")
        assert app.form.values()["name"] == "张伟明甲"
        assert "choose one" not in "\n".join(screen_lines(app))


class Bare(App[None], inherit_bindings=False):
    """A choice, a day, a number, and in words only what stands before them."""

    def __init__(self) -> None:
        super().__init__()
        rows = {
            "name": LineField(), "method": OptionField(METHODS), "next_on": DateField(today),
            "amount": AmountField(), "code": CodeField(),
        }  # fmt: skip
        self.form = FormView([FieldRow(key, key, control) for key, control in rows.items()])

    def compose(self) -> ComposeResult:
        yield self.form

    def on_mount(self) -> None:
        self.form.rows[1].control.focus()


async def test_no_day_number_or_code_takes_the_text_of_a_choice() -> None:
    app = Bare()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"vx", "space", "张")
        assert not any(app.form.values().values())
        assert app.focused is app.form.rows[1].control


async def test_a_full_width_space_is_typed_like_any_letter() -> None:
    app = Desk()
    async with app.run_test(size=(80, 24)) as pilot:
        for key in ("note", "name"):
            app.form.row(key).control.focus()  # type: ignore[union-attr]
            await pilot.press("甲", "\u3000", "乙")
            assert app.form.values()[key] == "甲\u3000乙"


async def test_arrows_choose_and_delete_clears() -> None:
    app = Desk()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("right", "right", "left", "left")
        assert app.form.values()["method"] == "online"
        await pilot.press("delete")
        assert app.form.values()["method"] == ""


async def test_loading_is_no_edit() -> None:
    app = Desk()
    async with app.run_test(size=(80, 24)) as pilot:
        app.form.load({"method": "phone", "note": "甲\n乙", "name": "张", "gone": "x"})
        await pilot.pause()
        assert app.edits == []
        assert not app.form.dirty
        app.form.load({"note": "丙"}, clean=False)
        await pilot.pause()
        assert app.edits == []
        assert app.form.dirty


async def test_problems_stand_at_their_field_and_go_when_mended() -> None:
    app = Desk()
    async with app.run_test(size=(80, 24)) as pilot:
        app.form.load({"next_on": "never", "amount": "1.234", "name": "一二三四五六"})
        assert not app.form.check()
        await pilot.pause()
        assert app.focused is app.form.rows[0].control
        assert [bool(row.wrong) for row in app.form.rows] == [True, False, True, True, True]
        await pilot.press("1")
        assert app.form.rows[0].wrong == ""
        text = "\n".join(screen_lines(app))
        assert text.count("! ") == 3


async def test_a_note_past_its_limit_is_kept_and_told() -> None:
    app = Desk()
    async with app.run_test(size=(80, 24)) as pilot:
        app.form.load({"method": "phone", "name": "张"})
        app.form.rows[1].control.focus()
        await pilot.press(*("x" * 41))
        await pilot.pause()
        assert app.form.values()["note"] == "x" * 41
        assert "41/40" in "\n".join(screen_lines(app))
        assert not app.form.check()


async def test_text_fields_have_no_clipboard_and_no_suspend() -> None:
    app = Desk()
    async with app.run_test(size=(80, 24)) as pilot:
        copied: list[str] = []
        app.copy_to_clipboard = copied.append  # type: ignore[method-assign]
        for row in app.form.rows[1:]:
            row.control.focus()
            await pilot.press("a", "b", "ctrl+a", "ctrl+c", "ctrl+x", "ctrl+z", "ctrl+v")
            row.control.action_copy()
            row.control.action_cut()
        await pilot.pause()
        assert copied == []
        assert app.form.values()["note"] == "ab"


async def test_a_stored_date_that_has_passed_does_not_block_another_edit() -> None:
    app = Desk()
    async with app.run_test(size=(80, 24)) as pilot:
        app.form.load({"method": "phone", "name": "张", "next_on": "2026-11-01"})
        assert app.form.check()
        assert app.form.values()["next_on"] == "2026-11-01"
        control = app.form.rows[2].control
        control.focus()
        await pilot.press("end", "backspace", "2")
        assert control.problem() != ""


async def test_hostile_text_is_shown_as_text() -> None:
    app = Desk()
    async with app.run_test(size=(80, 24)) as pilot:
        app.form.load({"name": "[/]", "note": "[@click=app.quit]x[/]"})
        app.form.show_error("name", "[/] is [b]wrong")
        await pilot.pause()
        text = "\n".join(screen_lines(app))
        assert "[@click=app.quit]x[/]" in text
        assert "! [/] is [b]wrong" in text


@pytest.mark.parametrize("width", [40, 60, 80, 140])
async def test_every_width_shows_every_field(width: int) -> None:
    app = Desk()
    async with app.run_test(size=(width, 24)):
        text = "\n".join(screen_lines(app))
        for row in app.form.rows:
            assert row.label in text


@given(st.text(max_size=40) | st.dates().map(str) | st.integers(0, 10**9).map(str))
def test_what_a_field_stores_it_stores_again(text: str) -> None:
    for make in (lambda: DateField(today), lambda: DateField(today, parse=parse_past), AmountField):
        stored = typed_into(make(), text).field_text()
        assert typed_into(make(), stored).field_text() == stored


@given(st.integers(min_value=0, max_value=MOST_COUNTED))
def test_days_ahead_are_stored_as_the_day_they_mean(days: int) -> None:
    stored = typed_into(DateField(today), f"+{days}").field_text()
    assert (date.fromisoformat(stored) - TODAY).days == days
