"""A one-line text input without clipboard, blinking or markup: the base of fields and search."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual.message import Message
from textual.widgets import Input

from crm_tui.widgets.bindings import WIDE_SPACE, is_character, written

if TYPE_CHECKING:
    from textual import events
    from textual.binding import BindingType
    from textual.widget import Widget

# Keys of Textual's own text widgets that must not act: clipboard, suspend, other keys' codes.
_DROPPED: Final = frozenset({"ctrl+c", "ctrl+x", "ctrl+v", "ctrl+z", "ctrl+y", "ctrl+h"})


def drop_bindings(widget: Widget) -> None:
    """Take clipboard and suspend keys away from a text widget."""
    keys = widget._bindings.key_to_bindings  # noqa: SLF001 (Textual has no public way)
    for key in [
        key for key in keys if key in _DROPPED or key.startswith(("super+", "ctrl+shift+"))
    ]:
        del keys[key]


class LineInput(Input):
    """Posts `Edited` after each change made by the person. A password never leaves it."""

    BINDINGS: ClassVar[list[BindingType]] = []
    DEFAULT_CSS: ClassVar[str] = """
    LineInput, LineInput:focus { border: none; height: 1; padding: 0; background: transparent; }
    LineInput:focus { text-style: underline; }
    """

    class Edited(Message):
        """The text changed."""

        def __init__(self, line: LineInput, text: str) -> None:
            super().__init__()
            self.line = line
            self.text = text

        @property
        def control(self) -> LineInput:
            """The input it came from."""
            return self.line

    def __init__(self, value: str = "", *, hint: str = "", password: bool = False) -> None:
        super().__init__(value, placeholder=hint, password=password, compact=True,
                         select_on_focus=False)  # fmt: skip
        self.cursor_blink = False
        self._known = value
        drop_bindings(self)

    def load(self, text: str) -> None:
        """Show `text` without telling anyone."""
        self._known = text
        self.value = text
        self.cursor_position = len(text)

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Every character is text here, `/` and `+` too."""
        return is_character(key, character)

    def on_key(self, event: events.Key) -> None:
        """The one character that Textual's own input takes for a control."""
        if written(event) == WIDE_SPACE:
            event.stop()
            self.replace(WIDE_SPACE, *self.selection)

    def on_input_changed(self, message: Input.Changed) -> None:
        """Pass on what the person typed, once."""
        message.stop()
        if message.value != self._known:
            self._known = message.value
            self.post_message(self.Edited(self, message.value))

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Enter is read by the field or screen around it."""
        message.stop()

    def action_copy(self) -> None:
        """No clipboard."""

    def action_cut(self) -> None:
        """No clipboard."""

    def action_paste(self) -> None:
        """No clipboard of the program's own; the terminal's paste arrives as typing."""
