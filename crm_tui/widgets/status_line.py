"""The line that talks: messages on the left, whether the work is stored on the right."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from rich.cells import cell_len, set_cell_size
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from crm_tui.clock import SHANGHAI
from crm_tui.i18n import _

if TYPE_CHECKING:
    from datetime import datetime

# A sign in front, so that the kind does not hang on colour.
_SIGNS: Final = {"info": "", "warning": "! ", "error": "!! "}


def cut(text: str, width: int) -> str:
    """`text` on one line in at most `width` cells; a cut shows as `~`."""
    line = " ".join(text.split("\n"))
    if cell_len(line) <= width:
        return line
    return set_cell_size(line, max(0, width - 1)).rstrip() + "~" if width > 0 else ""


def signed(text: str, kind: str) -> str:
    """`text` with the sign of its kind."""
    return f"{_SIGNS.get(kind, '')}{text}"


class StatusLine(Widget):
    """One line: message, and the state of what is being typed."""

    DEFAULT_CSS: ClassVar[str] = """
    StatusLine { height: 1; width: 1fr; }
    StatusLine.-warning { text-style: bold; color: $warning; }
    StatusLine.-error { text-style: bold reverse; color: $error; }
    """

    message: reactive[str] = reactive("")
    """What is said, without its sign."""
    kind: reactive[str] = reactive("info")
    """info, warning or error."""
    stored: reactive[str] = reactive("")
    """The right-hand part: draft saved, or not saved."""

    def say(self, text: str, kind: str = "info") -> None:
        """Show `text` until the next message."""
        self.message, self.kind = text, kind

    def clear(self) -> None:
        """Take the message away."""
        self.say("")

    def draft_saved(self, at: datetime) -> None:
        """The draft was stored at `at` (UTC)."""
        local = at.astimezone(SHANGHAI)
        self.stored = _("draft saved {time}").format(time=f"{local:%H:%M:%S}")

    def unsaved(self) -> None:
        """What is on the screen is not stored anywhere yet."""
        self.stored = _("NOT SAVED")

    def settled(self) -> None:
        """Nothing is waiting to be stored."""
        self.stored = ""

    def watch_kind(self) -> None:
        """Colour follows the kind."""
        for kind in _SIGNS:
            self.set_class(self.kind == kind, f"-{kind}")

    def render(self) -> Content:
        """Message left, state right; the state is never cut."""
        width = self.size.width
        state = f" {self.stored} " if self.stored else ""
        room = max(0, width - cell_len(state))
        text = cut(f" {signed(self.message, self.kind)}" if self.message else "", room)
        gap = " " * max(0, room - cell_len(text))
        return Content(f"{text}{gap}{state}")
