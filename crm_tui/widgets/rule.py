"""A line across the screen."""

from __future__ import annotations

from typing import ClassVar

from textual.content import Content
from textual.widget import Widget

from crm_tui.text import cell_width


class Rule(Widget):
    """One line of `─`, or of `-` on terminals without it; a caption stands in it."""

    DEFAULT_CSS: ClassVar[str] = """
    Rule { height: 1; width: 1fr; color: $foreground; }
    """

    def __init__(self, *, plain: bool = False, caption: str = "") -> None:
        super().__init__()
        self._glyph = "-" if plain else "─"
        self._caption = caption

    def caption(self, text: str) -> None:
        """Write `text` into the line."""
        if text != self._caption:
            self._caption = text
            self.refresh()

    def render(self) -> Content:
        """The line."""
        lead = f"{self._glyph * 2} {self._caption} " if self._caption else ""
        return Content(lead + self._glyph * max(0, self.size.width - cell_width(lead)))
