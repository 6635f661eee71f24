"""Keys through screens of hostile text, each screen judged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual import events

from crm_tui.widgets.wishes import Open
from tests.support.hostile import judge
from tests.support.screen_text import wait_until

if TYPE_CHECKING:
    from tests.support.desk import Desk

OVERLAYS: Final = ("question_mark", "escape", "ctrl+p", "escape", "g", "escape")


async def each(one: Desk, *keys: str) -> str:
    """Press one key after the other and judge the screen after each."""
    shown = ""
    for key in keys:
        await one.press(key)
        shown = judge(one.app)
    return shown


async def open_target(one: Desk, target: str, record: int) -> None:
    """Open a target as a screen would that asks for it."""
    screen = one.app.screen
    screen.post_message(Open(target, record))
    await wait_until(one.pilot, lambda: one.app.screen is not screen, what=target)
    await one.press("f12")
    judge(one.app)


async def leave_form(one: Desk) -> None:
    """Esc, which stores a draft before it leaves."""
    form = one.app.screen
    await one.press("escape")
    await wait_until(one.pilot, lambda: one.app.screen is not form, what="the form left")
    judge(one.app)


async def paste(one: Desk, text: str) -> None:
    """A paste as a terminal that cleans nothing would send it."""
    one.app.post_message(events.Paste(text))
    await one.press("f12")
    judge(one.app)
