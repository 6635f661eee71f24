"""A choice among any number of options: one line, and the options while it has the keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from crm_tui.i18n import _
from crm_tui.text import cell_width, clip, one_line
from crm_tui.widgets.bindings import is_character, typed, written
from crm_tui.widgets.field_base import FieldDone, FieldEdited, FieldRefused
from crm_tui.widgets.picking import DIGITS, MORE, Picking

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.geometry import Size

LABEL_CELLS = 24
CURSOR = "_"
CLEARS = ("ctrl+u", "ctrl+w")
"""The keys that empty a line, or take its last word, elsewhere."""


def offered(picking: Picking, width: int, used: int = 0) -> Content:
    """`1王强 [2李娜] 3陈静 9其余`: the options of this page, each in one piece, in lines of
    `width` cells; the first has `used` of them already."""
    parts: list[str | tuple[str, str]] = []
    pairs = [(digit, label, value) for digit, value, label in picking.shown()]
    if picking.has_more:
        pairs.append((MORE, _("more"), "\0"))
    gap = "  " if " " in _("{digit} {label}") else " "
    for digit, label, value in pairs:
        shown = clip(one_line(label), LABEL_CELLS, ascii_only=True)
        text = _("{digit} {label}").format(digit=digit, label=shown)
        text = f"[{text}]" if value == picking.chosen else text
        needed = cell_width(text) + (len(gap) if parts else 0)
        if parts and used + needed > width:
            parts.append("\n")
            used, needed = 0, cell_width(text)
        elif parts:
            parts.append(gap)
        used += needed
        parts.append((text, "bold") if value == picking.chosen else text)
    return Content.assemble(*parts)


class PickField(Widget, can_focus=True):
    """A digit picks and moves on, 9 turns the page, letters narrow, Delete clears."""

    DEFAULT_CSS: ClassVar[str] = """
    PickField { height: auto; width: 1fr; }
    """

    class Sought(Message):
        """Something was typed: an owner that finds the options elsewhere may do so."""

        def __init__(self, field: PickField, text: str) -> None:
            super().__init__()
            self.field = field
            self.text = text

        @property
        def control(self) -> PickField:
            """The field it came from."""
            return self.field

    def __init__(
        self,
        options: Sequence[tuple[str, str]] = (),
        *,
        required: bool = False,
        free: bool = False,
        hint: str = "",
    ) -> None:
        super().__init__()
        self.picking = Picking(options, free=free)
        self._required = required
        self._hint = hint

    # --- as every field ---------------------------------------------------------------------

    def field_text(self) -> str:
        """The value picked."""
        return self.picking.chosen

    def search_for(self, text: str) -> None:
        """Show what was typed and nothing was taken from."""
        self.picking.clear()
        self.picking.type(text)
        self.refresh(layout=True)
        if text:
            self.post_message(self.Sought(self, text))

    def settle(self) -> bool:
        """Take what is typed where it is clear; whether nothing is left of it."""
        if self.picking.typed and self.picking.settle():
            self.post_message(FieldEdited(self))
        self.refresh(layout=True)
        return not self.picking.typed

    def load_field(self, text: str) -> None:
        """Show a value; one that is not among the options only where text is free."""
        known = text in dict(self.picking.options)
        self.picking.pick(text if known or self.picking.free else "")
        self.refresh(layout=True)

    def problem(self) -> str:
        """Unclear, or missing."""
        picking = self.picking
        if picking.typed.strip():
            if picking.meant() is not None:
                return ""
            if not picking.matching():
                return _("there is no such choice; Ctrl+U takes it away")
        elif picking.chosen or not self._required:
            return ""
        elif not self.has_focus:
            return _("must not be empty")  # its digits are not shown
        return _("choose one by its digit")

    def note(self) -> str:
        """Nothing beside it."""
        return ""

    # --- look and keys ----------------------------------------------------------------------

    def offer(self, options: Sequence[tuple[str, str]]) -> None:
        """Other options to choose from."""
        self.picking.offer(options)
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as the options take in `width` cells."""
        return self._drawn(width).plain.count("\n") + 1

    def render(self) -> Content:
        """What is picked; while it has the keys also what can be."""
        return self._drawn(self.content_size.width)

    def _drawn(self, width: int) -> Content:
        picking = self.picking
        chosen = one_line(picking.label)
        if not self.has_focus:
            return Content(clip(chosen, max(1, width), ascii_only=True) or "-")
        before = ""
        if picking.typed:
            before = f"{one_line(picking.typed)}{CURSOR} "
        if picking.chosen and picking.chosen not in [one for _d, one, _l in picking.shown()]:
            before += f"[{clip(chosen, LABEL_CELLS, ascii_only=True)}] "
        options = offered(picking, width, cell_width(before))
        if before or options.plain:
            return Content.assemble((before, "bold"), options)
        return Content.styled(self._hint or "-", "dim")

    def on_focus(self) -> None:
        """The options take room."""
        self.refresh(layout=True)

    def on_blur(self) -> None:
        """What is typed is taken where it is clear, else it is told."""
        if not self.settle():
            self.post_message(FieldRefused(self))

    def check_consume_key(self, key: str, character: str | None = None) -> bool:
        """Every character is its own: digits pick, others narrow. Tab too takes what is typed."""
        return is_character(key, character) or (key == "tab" and bool(self.picking.typed))

    def on_key(self, event: events.Key) -> None:
        """Digits pick and move on; characters narrow; Enter takes what is clear."""
        self._press(event)
        self.refresh(layout=True)

    def _press(self, event: events.Key) -> None:
        digit = typed(event)
        if self._by_digit(digit):
            event.stop()
            if self.picking.digit(digit):
                self._changed()
                self.post_message(FieldDone())
        elif event.key in ("delete", "backspace"):
            event.stop()
            self.picking.rub_out()
            self._changed(sought=True)
        elif event.key in CLEARS:
            event.stop()
            self.picking.clear()
            self._changed(sought=True)
        elif event.key in ("enter", "down", "tab"):
            event.stop()
            self.post_message(FieldDone() if self.settle() else FieldRefused(self))
        elif text := written(event):
            event.stop()
            self.picking.type(text)
            self._changed(sought=True)

    def _by_digit(self, character: str) -> bool:
        """Whether a character chooses rather than narrows, or goes on with a text of its own."""
        picking = self.picking
        own_words = picking.free and picking.typed and not picking.matching()
        return bool(character) and character in DIGITS and not own_words

    def on_paste(self, event: events.Paste) -> None:
        """A name, or part of one."""
        event.stop()
        self.picking.type(one_line(event.text))
        self._changed(sought=True)
        self.refresh(layout=True)

    def _changed(self, *, sought: bool = False) -> None:
        self.post_message(FieldEdited(self))
        if sought:
            self.post_message(self.Sought(self, self.picking.typed))
