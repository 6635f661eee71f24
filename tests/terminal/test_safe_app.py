"""What the safe application does and refuses, without a terminal."""

from __future__ import annotations

from typing import Any

import pytest
from textual import events
from textual.app import ComposeResult
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, Label, Static

from crm_tui.terminal.driver import HardenedDriver
from crm_tui.terminal.idle import IdleWatch, is_activity
from crm_tui.terminal.leaving import fresh_environment
from crm_tui.terminal.output import CleanOutput
from crm_tui.terminal.safe_app import LOCKED, SafeApp
from crm_tui.widgets.password_input import PasswordInput

HOSTILE = "\x1b]52;c;AAAA\x07王\x9b31m\u202e[@click=app.quit]x[/]"


class Small(SafeApp[None]):
    """Two fields and a hostile label."""

    BINDINGS = [("ctrl+y", "fresh_idea")]

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.done: list[str] = []
        self.searched: list[str] = []

    def compose(self) -> ComposeResult:
        yield Static(HOSTILE, markup=False)
        yield Label(Content(HOSTILE))
        yield Input(id="text")
        yield PasswordInput(id="password")

    def action_fresh_idea(self) -> None:
        self.done.append("fresh idea")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.searched.append(event.value)
        self.query_one("#password").focus()

    async def save_and_leave(self, reason: str) -> None:
        self.done.append(reason)


def burst(app: SafeApp[None], *keys: str) -> None:
    """Keys in one packet: nothing runs between them."""
    for key in keys:
        app.post_message(events.Key(key, key if len(key) == 1 else None))


async def settle(pilot: Any) -> None:
    for _ in range(8):
        await pilot.pause()


async def test_filter_and_driver_are_installed() -> None:
    app = Small()
    assert app.driver_class is HardenedDriver
    assert [type(one) for one in app._filters].count(CleanOutput) == 1
    async with app.run_test():
        assert any(isinstance(one, CleanOutput) for one in app.get_line_filters())
        assert app.theme == "ansi-dark"
        assert app.animation_level == "none"


async def test_hostile_text_in_widgets_is_only_text_on_the_screen() -> None:
    app = Small()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        text = "\n".join(strip.text for strip in app.screen._compositor.render_strips())
        assert "]52;c;AAAA王31m[@click=app.quit]x[/]" in text
        assert all(char == "\n" or char.isprintable() for char in text)


async def test_a_driver_or_feature_of_the_environment_is_not_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TEXTUAL", "debug,devtools")
    monkeypatch.setattr("textual.constants.DRIVER", "os:system")
    app = Small()
    assert app.driver_class is HardenedDriver
    assert app.features == frozenset()
    assert app.devtools is None


async def test_an_action_is_refused_until_it_is_listed() -> None:
    app = Small()
    async with app.run_test() as pilot:
        await pilot.press("ctrl+y")
        await settle(pilot)
        assert app.done == []
        app.allow_actions({"fresh_idea"})
        await pilot.press("ctrl+y")
        await settle(pilot)
        assert app.done == ["fresh idea"]


@pytest.mark.parametrize(
    "action",
    [
        "screenshot", "copy_text", "suspend_process", "command_palette", "change_theme",
        "toggle_dark", "simulate_key('ctrl+q')", "quit", "add_class('x','y')", "notify('x')",
        "screen.copy_text", "focused.copy", "push_screen('x')", "bell",
    ],
)  # fmt: skip
async def test_actions_of_the_library_are_refused(action: str) -> None:
    app = Small()
    async with app.run_test() as pilot:
        await pilot.pause()
        assert not await app.run_action(action)
        assert not await app.run_action(action, app.screen)
        assert app.is_running


async def test_nothing_leaves_by_clipboard_browser_or_file(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    app = Small()
    async with app.run_test() as pilot:
        await pilot.press("a", "b")
        app.copy_to_clipboard("secret")
        app.open_url("http://evil/")
        assert app.clipboard == ""
        assert app.deliver_screenshot() is None
        assert app.save_screenshot() == ""
        assert app.deliver_text("x") is None
        await pilot.press("ctrl+shift+a", "ctrl+c", "ctrl+x")
        assert app.clipboard == ""
        assert app.query_one("#text", Input).value == "ab"
        assert opened == []


async def test_a_password_is_not_copied_cut_or_told() -> None:
    app = Small()
    async with app.run_test() as pilot:
        field = app.query_one(PasswordInput)
        field.focus()
        await pilot.press(*"geheim")
        field.select_all()
        field.action_copy()
        field.action_cut()
        assert app.clipboard == ""
        assert field.selected_text == ""
        assert "geheim" not in repr(field)
        assert field.take() == "geheim"
        assert field.value == ""


async def test_no_cursor_blinks() -> None:
    app = Small()
    async with app.run_test():
        assert not any(field.cursor_blink for field in app.query(Input))


async def test_keys_in_one_packet_act_in_their_order() -> None:
    app = Small()
    async with app.run_test() as pilot:
        await pilot.pause()
        burst(app, "x", "ctrl+u", "a", "b", "left", "c")
        await settle(pilot)
        assert app.query_one("#text", Input).value == "acb"


async def test_a_key_after_enter_goes_where_enter_led() -> None:
    app = Small()
    async with app.run_test() as pilot:
        await pilot.pause()
        burst(app, "z", "w", "enter", "q", "7")
        await settle(pilot)
        assert app.searched == ["zw"]
        assert app.query_one("#text", Input).value == "zw"
        assert app.query_one(PasswordInput).value == "q7"


class Next(Screen[None]):
    """A screen that a key opens."""

    def compose(self) -> ComposeResult:
        yield Input(id="inner")


class Opening(SafeApp[None]):
    """`o` opens a screen."""

    BINDINGS = [("o", "command")]

    def action_command(self) -> None:
        self.push_screen(Next())


async def test_a_key_after_one_that_opens_a_screen_goes_to_that_screen() -> None:
    app = Opening()
    async with app.run_test() as pilot:
        await pilot.pause()
        burst(app, "o", "a", "b")
        await settle(pilot)
        assert app.screen.query_one("#inner", Input).value == "ab"


async def test_keys_do_not_wait_for_ever_behind_a_slow_handler(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = Small()
    async with app.run_test() as pilot:
        await pilot.pause()
        monkeypatch.setattr(app, "_follow", lambda done: True)
        monkeypatch.setattr("crm_tui.terminal.keys_in_turn.MOST_WAIT", 0.01)
        monkeypatch.setattr("crm_tui.terminal.key_order.MOST_WAIT", 0.01)
        burst(app, "a", "b")
        await pilot.pause(0.1)
        assert app.query_one("#text", Input).value == "ab"


async def test_an_idle_session_locks_before_a_late_key_acts() -> None:
    now = [0.0]
    app = Small(idle_seconds=60)
    app._idle = IdleWatch(60, lambda: now[0])
    async with app.run_test() as pilot:
        await pilot.press("a")
        now[0] = 59
        await pilot.press("b")
        now[0] = 118
        app.post_message(events.MouseMove(None, 1, 1, 0, 0, 0, False, False, False))
        await pilot.pause()
        assert not app.leaving
        now[0] = 119
        burst(app, "c")
        await settle(pilot)
        assert app.leaving
        assert app.done == ["idle"]
    assert app.return_code == LOCKED


async def test_leaving_saves_once_and_survives_a_failure_to_save() -> None:
    class Failing(Small):
        async def save_and_leave(self, reason: str) -> None:
            await super().save_and_leave(reason)
            raise OSError

    app = Failing()
    async with app.run_test() as pilot:
        await pilot.pause()
        app.leave("sigterm", 143)
        app.leave("sighup", 129)
        await settle(pilot)
    assert app.done == ["sigterm"]
    assert app.return_code == 143


def test_what_counts_as_activity() -> None:
    mouse = (None, 1, 1, 0, 0, 0, False, False, False)
    assert is_activity(events.Key("a", "a"))
    assert is_activity(events.Paste("x"))
    assert is_activity(events.MouseDown(*mouse))
    assert is_activity(events.MouseScrollDown(*mouse))
    assert not is_activity(events.MouseMove(*mouse))
    assert not is_activity(events.Resize.from_dimensions((80, 24), None))


def test_a_fresh_process_inherits_nothing_of_the_session() -> None:
    told = {"PATH": "/bin", "LC_ALL": "C", "TEXTUAL": "debug", "PYTHONPATH": "/x", "SECRET": "s"}
    assert fresh_environment(told) == {"PATH": "/bin", "LC_ALL": "C"}


async def test_the_monochrome_theme_sends_no_colour() -> None:
    app = Small(theme="mono")
    async with app.run_test() as pilot:
        await pilot.pause()
        strips = app.screen._compositor.render_strips()
        styles = [segment.style for strip in strips for segment in strip if segment.style]
        assert not any(style.color or style.bgcolor for style in styles)
