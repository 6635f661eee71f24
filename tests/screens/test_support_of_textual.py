"""What the tests take over from Textual: who is asked whether it rests, sheets parsed once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.css.stylesheet import Stylesheet
from textual.message import Message
from textual.widgets import Label

from tests.support import quiet_pumps


class Work(Message):
    """Something that takes a while."""


class Worker(Label):
    """Works a while on each message, and counts who asked it whether it rests."""

    done = 0
    asked = 0

    def on_mount(self) -> None:
        self.began = asyncio.Event()

    async def on_work(self) -> None:
        self.began.set()
        for _ in range(20):
            await asyncio.sleep(0)
        self.done += 1

    def call_later(self, callback: Callable[..., Any], *args: Any, **kwargs: Any) -> bool:
        self.asked += 1
        return super().call_later(callback, *args, **kwargs)


class Sample(App[None]):
    """One widget that works."""

    CSS = "Worker { color: $primary; }"

    def compose(self) -> ComposeResult:
        yield Worker("x")


async def test_what_was_sent_has_been_handled_when_the_wait_ends() -> None:
    async with Sample().run_test(size=(20, 4)) as pilot:
        worker = pilot.app.query_one(Worker)
        for sent in (1, 4):
            for _ in range(sent):
                worker.post_message(Work())
            before = worker.done
            assert await pilot._wait_for_screen()
            assert worker.done == before + sent


async def test_a_widget_in_the_middle_of_its_work_is_waited_for() -> None:
    async with Sample().run_test(size=(20, 4)) as pilot:
        worker = pilot.app.query_one(Worker)
        worker.post_message(Work())
        await worker.began.wait()
        assert not worker.done
        assert not quiet_pumps.rests(worker)
        await pilot._wait_for_screen()
        assert worker.done == 1


async def test_a_widget_that_rests_is_not_asked() -> None:
    async with Sample().run_test(size=(20, 4)) as pilot:
        worker = pilot.app.query_one(Worker)
        await pilot.pause()
        worker.asked = 0
        await pilot._wait_for_screen()
        assert quiet_pumps.rests(worker)
        assert not worker.asked


async def test_the_wait_ends_where_the_application_does() -> None:
    with pytest.raises(ZeroDivisionError):
        async with Sample().run_test(size=(20, 4)) as pilot:
            pilot.app.query_one(Worker).call_later(lambda: 1 / 0)
            assert not await pilot._wait_for_screen()


def test_sheets_are_parsed_once_for_the_same_variables_and_anew_for_others() -> None:
    red, too, blue = (
        Stylesheet(variables={"primary": colour}) for colour in ("#ff0000", "#ff0000", "#0000ff")
    )
    for sheet in (red, too, blue):
        sheet.add_source(Sample.CSS, read_from=("here", "Sample.CSS"))
    assert red.rules[0] is too.rules[0]
    colours = [sheet.rules[0].styles.color.hex for sheet in (red, blue)]
    assert colours == ["#FF0000", "#0000FF"]
    blue.set_variables({"primary": "#00ff00"})
    blue.reparse()
    assert blue.rules[0].styles.color.hex == "#00FF00"
