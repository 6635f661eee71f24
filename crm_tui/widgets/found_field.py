"""A choice among what a search elsewhere finds, such as a customer; digits are searched for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.message import Message

from crm_tui.i18n import _
from crm_tui.text import clip, one_line
from crm_tui.widgets.pick_field import CURSOR, PickField

if TYPE_CHECKING:
    from textual import events

MOST_FOUND = 5


class FoundField(PickField):
    """Left and right choose among what was found, Enter takes it; the owner searches."""

    class Wanted(Message):
        """Enter was pressed where the search has found nobody."""

        def __init__(self, field: FoundField, text: str) -> None:
            super().__init__()
            self.field = field
            self.text = text

    def __init__(self, *, hint: str = "") -> None:
        super().__init__(hint=hint)
        self._at = 0

    def _drawn(self, width: int) -> Content:
        """What is picked; while searching, what was found, a line each."""
        picking = self.picking
        if not picking.typed:
            shown = clip(one_line(picking.label), width, ascii_only=True)
            return Content(shown) if shown else Content.styled(self._hint, "dim")
        lines: list[str | tuple[str, str]] = [f"{one_line(picking.typed)}{CURSOR}"]
        for place, (_value, label) in enumerate(picking.options[:MOST_FOUND]):
            mark, style = (">", "bold") if place == self._at else (" ", "")
            lines += [
                "\n",
                (clip(f"{mark} {one_line(label)}", width, ascii_only=True), style),
            ]
        if not picking.options:
            lines += ["\n", _("nobody found")]
        return Content.assemble(*lines)

    def problem(self) -> str:
        """A search that nothing was taken from."""
        return _("take one with Enter, or delete the search") if self.picking.typed else ""

    def _left(self) -> None:
        """A search that is left stays, and says so on saving."""

    def _press(self, event: events.Key) -> None:
        """Enter takes the highlighted one; left and right move."""
        found = self.picking.options[:MOST_FOUND] if self.picking.typed else ()
        if event.key in ("left", "right") and found:
            event.stop()
            self._at = (self._at + (1 if event.key == "right" else -1)) % len(found)
            return
        if event.key in ("enter", "down") and found:
            self.picking.pick(found[self._at][0])
        elif event.key == "enter" and self.picking.typed:
            event.stop()
            self.post_message(self.Wanted(self, self.picking.typed))
            return
        if event.key not in ("left", "right"):
            self._at = 0
        super()._press(event)

    def _by_digit(self, character: str) -> bool:
        """Numbers are searched for."""
        return False
