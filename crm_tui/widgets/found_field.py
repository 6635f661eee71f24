"""A choice among what a search elsewhere finds, such as a customer; digits are searched for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.message import Message

from crm_tui.i18n import _
from crm_tui.text import clip, one_line
from crm_tui.widgets.pick_field import CURSOR, PickField

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events

MOST_FOUND = 5


class FoundField(PickField):
    """Left and right choose among what was found, Enter takes it; the owner searches."""

    class Taken(Message):
        """One of those found was taken: the owner knows where to go on."""

        def __init__(self, field: FoundField) -> None:
            super().__init__()
            self.field = field

    class Waits(Message):
        """Enter was pressed while the answer is on its way: keys should wait for it."""

    class Wanted(Message):
        """Enter was pressed where the search has found nobody."""

        def __init__(self, field: FoundField, text: str) -> None:
            super().__init__()
            self.field = field
            self.text = text

    def __init__(self, *, hint: str = "") -> None:
        super().__init__(hint=hint)
        self._at = 0
        self._answered = ""
        self._waits = False

    def found(self, text: str, options: Sequence[tuple[str, str]]) -> None:
        """What the search for `text` has found; an Enter that waited for it takes the first."""
        if text != self.picking.typed:
            return
        self._answered, self._at = text, 0
        self.offer(options)
        if self._waits:
            self._enter()

    def _drawn(self, width: int) -> Content:
        """What is picked; while searching, what was found, a line each."""
        picking = self.picking
        if not picking.typed:
            shown = clip(one_line(picking.label), width, ascii_only=True)
            return Content(shown) if shown else Content.styled(self._hint, "dim")
        lines: list[str | tuple[str, str]] = [f"{one_line(picking.typed)}{CURSOR}"]
        for place, (_value, label) in enumerate(self._found):
            mark, style = (">", "bold") if place == self._at else (" ", "")
            lines += [
                "\n",
                (clip(f"{mark} {one_line(label)}", width, ascii_only=True), style),
            ]
        if not self._found and self._answered == picking.typed:
            lines += ["\n", _("nobody found")]
        return Content.assemble(*lines)

    def problem(self) -> str:
        """A search that nothing was taken from."""
        return _("take one with Enter, or delete the search") if self.picking.typed else ""

    def settle(self) -> bool:
        """Take the only one that was found."""
        if len(self._found) == 1:
            self.picking.pick(self._found[0][0])
            self._changed()
        self.refresh(layout=True)
        return not self.picking.typed

    def _press(self, event: events.Key) -> None:
        """Enter takes the highlighted one; left and right move."""
        self._waits = False
        if self.picking.typed and event.key in ("enter", "down", "tab"):
            event.stop()
            self._enter()
        elif self._found and event.key in ("left", "right"):
            event.stop()
            self._at = (self._at + (1 if event.key == "right" else -1)) % len(self._found)
        else:
            super()._press(event)

    @property
    def _found(self) -> tuple[tuple[str, str], ...]:
        """What can be taken; what an earlier search found cannot."""
        fresh = self.picking.typed and self._answered == self.picking.typed
        return self.picking.options[:MOST_FOUND] if fresh else ()

    def _enter(self) -> None:
        self._waits = self._answered != self.picking.typed
        if self._waits:
            self.post_message(self.Waits())
        elif self._found:
            self.picking.pick(self._found[self._at][0])
            self._changed()
            self.post_message(self.Taken(self))
            self.refresh(layout=True)
        else:
            self.post_message(self.Wanted(self, self.picking.typed))

    def _by_digit(self, character: str) -> bool:
        """Numbers are searched for."""
        return False
