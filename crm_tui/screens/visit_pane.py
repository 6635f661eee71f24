"""The highlighted contact beside or below the list."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual.content import Content
from textual.widget import Widget

from crm_tui.screens import visit_lines

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from crm_tui.domain.contacts import ContactDetail, ContactRow

FEW_LINES: Final = 3


class ContactPane(Widget):
    """The highlighted contact: a few lines below the list, or a pane beside it."""

    DEFAULT_CSS: ClassVar[str] = """
    ContactPane { height: 3; width: 1fr; padding: 0 1; }
    """

    def __init__(self, today: Callable[[], date], *, plain: bool = False) -> None:
        super().__init__()
        self._today = today
        self._plain = plain
        self.row: ContactRow | None = None
        self.detail: ContactDetail | None = None

    def show(self, row: ContactRow | None, detail: ContactDetail | None = None) -> None:
        """Show `row`, and the needs of `detail` when they are read."""
        self.row, self.detail = row, detail
        self.refresh()

    def render(self) -> Content:
        """As much as fits."""
        if self.row is None:
            return Content("")
        room = visit_lines.Room(self.content_size.width, self.content_size.height, self._plain)
        lines = visit_lines.full if room.height > FEW_LINES else visit_lines.brief
        return Content("\n".join(lines(self.row, self.detail, self._today(), room)))
