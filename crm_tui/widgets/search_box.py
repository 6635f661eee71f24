"""The one search box. The list answers after each key; nothing typed is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from crm_tui.domain.text_rules import fold_keys
from crm_tui.widgets.bindings import CHARACTER_KEYS
from crm_tui.widgets.line_input import LineInput

if TYPE_CHECKING:
    from textual.app import ComposeResult


class SearchBox(LineInput):
    """`/` comes here. Up, down, Enter and Esc belong to the screen: they move the list, open
    the highlighted row, and go back to it."""

    DEFAULT_CSS: ClassVar[str] = """
    SearchBox { width: 1fr; }
    """

    class Sought(Message):
        """What is searched for now, as typed."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def on_line_input_edited(self, message: LineInput.Edited) -> None:
        """The search's own message instead of the line's."""
        message.stop()
        self.post_message(self.Sought(message.text))

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Every character but `/`, which no search needs: it begins the next one."""
        typed = character or CHARACTER_KEYS.get(key, "")
        return super().check_consume_key(key, character) and fold_keys(typed) != "/"

    def clear_search(self) -> bool:
        """Empty the box, as by hand; whether there was anything in it."""
        if not self.value:
            return False
        self.load("")
        self.post_message(self.Sought(""))
        return True


class SearchLine(Horizontal):
    """The search box behind the key that leads to it, the same on every list."""

    DEFAULT_CSS: ClassVar[str] = """
    SearchLine { height: 1; width: 1fr; }
    SearchLine > Static { width: 3; }
    """

    def __init__(self, hint: str) -> None:
        super().__init__()
        self._hint = hint

    def compose(self) -> ComposeResult:
        """The key's mark stays when the hint goes."""
        yield Static(Content(" / "), markup=False)
        yield SearchBox(hint=self._hint)
