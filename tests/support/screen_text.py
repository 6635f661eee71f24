"""A running app's screen as plain text, and golden files of such texts."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from rich.cells import cell_len
from textual.app import App
from textual.pilot import Pilot

GOLDEN = Path(__file__).resolve().parent.parent / "golden"
UPDATE_OPTION = "--update-golden"
_update = [False]


def set_update(update: bool) -> None:
    """Write golden files instead of comparing, for this run."""
    _update[0] = update


def screen_lines(app: App[Any]) -> list[str]:
    """The lines on the screen; each fills the width exactly, wide characters counted as two."""
    width, height = app.size
    lines = [strip.text for strip in app.screen._compositor.render_strips()]
    assert len(lines) == height, f"{len(lines)} lines on a screen of {height}"
    for number, line in enumerate(lines, 1):
        assert cell_len(line) == width, f"line {number} is {cell_len(line)} cells wide: {line!r}"
    return lines


def screen_text(app: App[Any]) -> str:
    """The screen as one text without trailing blanks; empty before its first layout."""
    if not app.screen._compositor.render_strips():
        return ""
    return "\n".join(line.rstrip() for line in screen_lines(app)) + "\n"


def assert_golden(name: str, text: str) -> None:
    """Compare `text` with `tests/golden/NAME.txt`; `--update-golden` rewrites the file."""
    path = GOLDEN / f"{name}.txt"
    if _update[0]:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return
    if not path.exists():
        pytest.fail(f"tests/golden/{name}.txt is not there; make it with {UPDATE_OPTION}")
    expected = path.read_text(encoding="utf-8")
    if text != expected:
        shown = difflib.unified_diff(
            expected.splitlines(), text.splitlines(), f"golden/{name}.txt", "screen", lineterm=""
        )
        pytest.fail("\n".join(shown), pytrace=False)


async def wait_until(
    pilot: Pilot[Any], true: Callable[[], object], *, what: str = "", patience: float = 60
) -> None:
    """Let the app work until `true()`; each round waits for it to be idle, at least 10 ms."""
    latest = monotonic() + patience
    while monotonic() < latest:
        await pilot.pause()
        if true():
            return
        await pilot.pause(0.01)
    pytest.fail(f"never came true: {what or true}\n{screen_text(pilot.app)}")


async def settle(pilot: Pilot[Any]) -> None:
    """Wait for every worker, and for what their answers changed."""
    await pilot.pause()
    while any(not worker.is_finished for worker in pilot.app.workers):
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
    await pilot.pause()
