"""The application sends only the cells that change (see frame)."""

# Textual is pinned exactly: its private names are overridden here on purpose.

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from textual._compositor import CompositorUpdate
from textual.app import App

from crm_tui.terminal.frame import Frame

if TYPE_CHECKING:
    from rich.console import RenderableType
    from textual.screen import Screen

Result = TypeVar("Result")


class FrameApp(App[Result], Generic[Result]):
    """An `App` on a line that is slow."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._frame_shown = Frame()

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
