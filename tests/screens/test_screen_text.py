"""Screens as text: each line fills the width, a dialog is shown over what lies below."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from textual.screen import ModalScreen
from textual.widgets import Label

from tests.support import screen_text
from tests.support.screen_text import assert_golden, screen_lines, settle, wait_until


class Dialog(ModalScreen[None]):
    """A line over the screen below."""

    def compose(self) -> ComposeResult:
        yield Label("覆盖")


class Sample(App[None]):
    """Wide text that does not fit in an odd width."""

    def compose(self) -> ComposeResult:
        yield Label("x" + "客户" * 30, id="wide")
        yield Label("below")


async def test_a_wide_character_never_hangs_over_the_edge() -> None:
    async with Sample().run_test(size=(20, 4)) as pilot:
        lines = screen_lines(pilot.app)
    assert lines[0].startswith("x客户")
    assert len(lines) == 4


async def test_a_dialog_is_shown_over_the_screen_below() -> None:
    async with Sample().run_test(size=(20, 4)) as pilot:
        await pilot.app.push_screen(Dialog())
        await settle(pilot)
        lines = screen_lines(pilot.app)
    assert lines[0].startswith("覆盖")
    assert lines[1].startswith("below")


async def test_waiting_ends_when_it_is_true_and_tells_the_screen_when_not() -> None:
    async with Sample().run_test(size=(20, 4)) as pilot:
        pilot.app.set_timer(0.05, lambda: pilot.app.query_one("#wide", Label).update("done"))
        await wait_until(pilot, lambda: "done" in screen_lines(pilot.app)[0])
        with pytest.raises(pytest.fail.Exception, match=r"a moon.*\ndone"):
            await wait_until(pilot, lambda: False, what="a moon", patience=0.1)


def test_golden_files_are_compared_and_rewritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screen_text, "GOLDEN", tmp_path)
    monkeypatch.setattr(screen_text, "_update", [True])
    assert_golden("a/b", "客户\n")
    monkeypatch.setattr(screen_text, "_update", [False])
    assert_golden("a/b", "客户\n")
    with pytest.raises(pytest.fail.Exception, match=r"\+投诉"):
        assert_golden("a/b", "投诉\n")
    with pytest.raises(pytest.fail.Exception, match="--update-golden"):
        assert_golden("none", "")
