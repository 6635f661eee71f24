"""An act of one key and its undo, on a screen that may be about somebody else once it is done."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from crm_tui.i18n import _
from crm_tui.text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from crm_tui.screens.base import RecordScreen

R = TypeVar("R")


def act(
    screen: RecordScreen[Any],
    write: Callable[[], R],
    said: Callable[[R], str],
    undo: Callable[[R], object] | None = None,
    *,
    adds: bool = False,
) -> None:
    """Do `write` at once and say what it did; `undo` is offered only while the screen is about
    whom it was about, since `u` means what is seen. What `adds` a line leads to it."""
    about = screen.subject

    def done(result: R) -> None:
        if adds:
            screen.came_back(saved=True)
        else:
            screen.reload()
        text = said(result)
        if about is not None and screen.subject != about:
            screen.say(_("{name}: {done}").format(name=one_line(about[1]), done=text))
        elif undo is not None:
            screen.offer_undo(text, partial(undo, result), seconds=None)
        else:
            screen.say(text)

    screen.forget_undo()
    screen.run_write(write, done)
