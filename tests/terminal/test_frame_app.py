"""One key is one frame: nothing is drawn between a key and what it sets off."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from crm_tui.terminal import frame_app
from crm_tui.terminal.frame_app import FrameApp


class Seen(FrameApp[None]):
    """Draws as on a terminal, into a list."""

    drawing = False

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[str] = []

    @property
    def is_headless(self) -> bool:
        return not self.drawing

    def compose(self) -> ComposeResult:
        yield Static(Content("begin"), id="one", markup=False)
        yield Static(Content("begin"), id="two", markup=False)

    def begin(self) -> None:
        driver: Any = self._driver
        driver.write = self.sent.append
        self.drawing = True

    def change(self, name: str, text: str) -> None:
        self.query_one(f"#{name}", Static).update(Content(text), layout=False)

    async def until_sent(self, text: str) -> None:
        async with asyncio.timeout(20):
            while text not in "".join(self.sent):  # noqa: ASYNC110
                await asyncio.sleep(0)


async def test_what_changes_meanwhile_is_drawn_in_one_frame(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(frame_app, "MOST_HELD", 1_000.0)
    app = Seen()
    async with app.run_test() as pilot:
        app.begin()
        app.refresh()
        await app.until_sent("begin")
        app.sent.clear()
        let_go = app.hold_frames()
        app.change("one", "CURSOR")
        await pilot.pause()
        app.change("two", "DETAIL")
        await pilot.pause()
        assert "".join(app.sent) == ""
        let_go()
        await app.until_sent("DETAIL")
        assert sum("CURSOR" in sent for sent in app.sent) == 1
        assert [sent for sent in app.sent if "CURSOR" in sent and "DETAIL" in sent]
        let_go()  # a second time changes nothing
        assert app._batch_count == 0


async def test_a_key_that_takes_long_shows_what_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame_app, "MOST_HELD", 0.001)
    app = Seen()
    async with app.run_test():
        app.begin()
        app.hold_frames()
        app.change("one", "LOADING")
        await app.until_sent("LOADING")
        assert app._batch_count == 0
