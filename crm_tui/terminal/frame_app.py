"""The application sends only the cells that change (see frame)."""

# Textual is pinned exactly: its private names are overridden here on purpose.

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from textual._compositor import CompositorUpdate
from textual.app import App

from crm_tui.terminal.frame import Frame

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import RenderableType
    from textual.screen import Screen

Result = TypeVar("Result")

MOST_HELD: Final = 0.03
"""Seconds after which a key whose handler is still at work shows what there is."""


class FrameApp(App[Result], Generic[Result]):
    """An `App` on a line that is slow."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._frame_shown = Frame()
        self._frame_of: Screen[Any] | None = None
        self._frames_held = 0
        self._frame_holds: set[int] = set()

    # One frame for all that a key sets off

    def hold_frames(self) -> Callable[[], None]:
        """Draw nothing until the answer is called, or for `MOST_HELD` seconds."""
        if self.is_headless:
            return _nothing
        self._begin_batch()
        self._frames_held += 1
        hold = self._frames_held
        self._frame_holds.add(hold)
        let_go = partial(self._let_frames_go, hold)
        self.set_timer(MOST_HELD, let_go)
        return let_go

    def _let_frames_go(self, hold: int) -> None:
        if hold not in self._frame_holds:
            return
        self._frame_holds.discard(hold)
        self._end_batch()
        if not self._batch_count and self._screen_stack:
            # At once: the screen's own timer would wait for its next tick.
            self.screen.call_next(self.screen._on_timer_update)  # noqa: SLF001

    # Only the cells that change

    def redraw(self) -> None:
        """Send everything again: the terminal may show something else."""
        self._frame_shown.forget()
        self.refresh()

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        """Send only the cells that change."""
        update: Any = renderable
        driver = self._driver
        if driver is None or self.is_headless or not isinstance(update, CompositorUpdate):
            super()._display(screen, renderable)
            return
        try:
            if self._running and not self._closed and not self._batch_count:
                self._frame_shown.size(*self.size)
                if screen is not self._frame_of:
                    self._frame_of = screen
                    self._frame_shown.forget()
                driver.write(self._frame_shown.draw(update, self.console) + self._cursor())
        except Exception as error:  # noqa: BLE001 (as Textual does)
            self._handle_exception(error)
        finally:
            self.post_display_hook()

    def _cursor(self) -> str:
        """To where text is typed: an input method shows there what it composes."""
        if not hasattr(self.focused, "cursor_screen_offset"):
            return ""
        x, y = self.screen.outer_size.clamp_offset(self.cursor_position)
        return f"\x1b[{y + 1};{x + 1}H"


def _nothing() -> None:
    """No frame is held."""
