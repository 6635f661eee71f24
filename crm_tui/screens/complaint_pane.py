"""The highlighted case of the queue, and the place of a case in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from textual.content import Content
from textual.widget import Widget

from crm_tui.screens import complaint_lines
from crm_tui.screens.visit_lines import Room
from crm_tui.text import safe

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from crm_tui.domain.complaints import ComplaintCriteria, ComplaintDetail, ComplaintRow

FEW_LINES: Final = 7
"""Up to so many lines the pane stands below the list, of which triage covers the lower ones."""


@dataclass(frozen=True, slots=True)
class CaseWalk:
    """The list that a case was opened from, and where in it: `[` and `]` walk it."""

    criteria: ComplaintCriteria
    row: ComplaintRow
    position: int | None
    total: int | None


class CasePane(Widget):
    """The highlighted case: three lines below the list, or a pane beside it."""

    DEFAULT_CSS: ClassVar[str] = """
    CasePane { height: 3; width: 1fr; padding: 0 1; }
    """

    def __init__(self, today: Callable[[], date], *, plain: bool = False) -> None:
        super().__init__()
        self._today = today
        self._plain = plain
        self.row: ComplaintRow | None = None
        self.detail: ComplaintDetail | None = None

    def show(self, row: ComplaintRow | None, detail: ComplaintDetail | None = None) -> None:
        """Show `row`, and its content when it is read."""
        self.row, self.detail = row, detail
        self.refresh()

    def render(self) -> Content:
        """As much as fits."""
        if self.row is None:
            return Content("")
        room = Room(self.content_size.width, self.content_size.height, self._plain)
        lines = complaint_lines.full if room.height > FEW_LINES else complaint_lines.brief
        if lines is complaint_lines.brief:
            room = room._replace(height=min(room.height, 3))
        shown = lines(self.row, self.detail, self._today(), room)
        return Content("\n".join(safe(line) for line in shown))
