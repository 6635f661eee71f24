"""Long text."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual.content import Content
from textual.widgets import TextArea

from crm_tui.domain.text_rules import NOTE_LIMIT, clean_text
from crm_tui.widgets.bindings import WIDE_SPACE, is_character, written
from crm_tui.widgets.field_base import FieldEdited, told
from crm_tui.widgets.line_input import drop_bindings

if TYPE_CHECKING:
    from textual import events
    from textual.binding import BindingType

# From here on the note says how much of its limit is used.
_NEARLY_FULL: Final = 0.8


class NoteField(TextArea):
    """Long text in a frame. Never cut: past its limit it says so and the form does not save."""

    BINDINGS: ClassVar[list[BindingType]] = []
    DEFAULT_CSS: ClassVar[str] = """
    NoteField, NoteField:focus {
        height: 7; width: 1fr; padding: 0; border: ascii $foreground;
        background: transparent; scrollbar-size-vertical: 1;
    }
    NoteField:focus { border: ascii $accent; }
    """

    def __init__(
        self, *, limit: int = NOTE_LIMIT, required: bool = False, lines: int = 5, hint: str = ""
    ) -> None:
        super().__init__(
            language=None, soft_wrap=True, tab_behavior="focus", show_line_numbers=False,
            highlight_cursor_line=False, placeholder=Content(hint),
        )  # fmt: skip
        self.limit = limit
        self.cursor_blink = False
        self.styles.height = lines + 2
        self._required = required
        self._known = ""
        drop_bindings(self)

    def field_text(self) -> str:
        """As typed."""
        return self.text

    def load_field(self, text: str) -> None:
        """Show `text`, the cursor at its end."""
        self._known = text
        self.load_text(text)
        self.move_cursor(self.document.end)

    def problem(self) -> str:
        """Too long, forbidden characters, or missing."""
        return told(lambda: clean_text(
            self.text, field="", limit=self.limit, required=self._required
        ))  # fmt: skip

    def note(self) -> str:
        """How full it is, once that matters."""
        used = len(self.text)
        return f"{used:,}/{self.limit:,}" if used > self.limit * _NEARLY_FULL else ""

    def check_consume_key(self, key: str, character: str | None = None) -> bool:
        """Every character and Enter are text here."""
        return key == "enter" or is_character(key, character)

    def write(self, text: str) -> None:
        """Type `text` at the cursor."""
        self.insert(text)

    def on_key(self, event: events.Key) -> None:
        """The one character that Textual's own text area takes for a control."""
        if written(event) == WIDE_SPACE:
            event.stop()
            self.write(WIDE_SPACE)

    def on_text_area_changed(self, message: TextArea.Changed) -> None:
        """The field's own message, for what the person typed."""
        message.stop()
        if self.text != self._known:
            self._known = self.text
            self.post_message(FieldEdited(self))

    def action_copy(self) -> None:
        """No clipboard."""

    def action_cut(self) -> None:
        """No clipboard."""

    def action_paste(self) -> None:
        """No clipboard of the program's own; the terminal's paste arrives as typing."""
