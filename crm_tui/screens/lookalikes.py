"""Who may be registered already: open one of them, or register all the same."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from crm_tui.domain.customers import Alike
from crm_tui.i18n import N_, _
from crm_tui.text import clip, one_line
from crm_tui.widgets.bindings import typed
from crm_tui.widgets.commanding import CommandDialog
from crm_tui.widgets.footer import KeyFooter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.app import ComposeResult

    from crm_tui.domain.customers import Lookalike
    from crm_tui.widgets.context import Context

REASONS: Final = {
    Alike.ID_NO: N_("same ID number"),
    Alike.MOBILE: N_("same name and phone"),
    Alike.PHONE: N_("same phone, other name"),
    Alike.BIRTH: N_("same name and birth date"),
}
REGISTER: Final = 0
MOST: Final = 9
LINE_WIDTH: Final = 72


class LookalikeDialog(CommandDialog[int]):
    """Dismisses with the customer to open, 0 to register all the same, None to go on typing."""

    WHERE = "choice"
    CSS_PATH = Path(__file__).with_name("base.tcss")

    def __init__(self, context: Context, found: Sequence[Lookalike], elsewhere: str = "") -> None:
        """`elsewhere` says that a customer beyond reach has the same number, and what to do."""
        super().__init__(context)
        self._found = tuple(found)[:MOST]
        self._elsewhere = elsewhere
        # With nobody to open, Enter would register the same person once more: `0` does.
        self._at = 0 if found else -1

    def compose(self) -> ComposeResult:
        """One line for each, and one for registering."""
        title = _("Perhaps registered already. Enter opens, 0 registers a new one, Esc goes back.")
        with Vertical(id="frame"):
            if self._elsewhere:
                yield Static(Content(self._elsewhere), markup=False)
            if self._found:
                yield Static(Content(title), markup=False)
            yield Static(Content(""), id="lines", markup=False)
            yield KeyFooter(self.context, self.WHERE, self.reason_against)

    def on_mount(self) -> None:
        """The likeliest is highlighted."""
        self._draw()

    def on_resize(self) -> None:
        """Lines are cut to the width."""
        self._draw()

    def _draw(self) -> None:
        mark = ">" if self.context.plain else "▸"
        texts = [f"{number} {_line(one)}" for number, one in enumerate(self._found, 1)]
        none = _("none of them: register as new") if self._found else _("register all the same")
        texts.append(f"{REGISTER} {none}")
        width = min(LINE_WIDTH, max(1, self.app.size.width - 4))
        lines = [
            clip(f"{mark if place == self._at else ' '} {text}", width,
                 ascii_only=self.context.plain)
            for place, text in enumerate(texts)
        ]  # fmt: skip
        self.query_one("#lines", Static).update(Content("\n".join(lines)))

    def do_up(self) -> None:
        """The line above."""
        self._at = max(0, self._at - 1)
        self._draw()
        self.refresh_keys()

    def do_down(self) -> None:
        """The line below."""
        self._at = min(len(self._found), self._at + 1)
        self._draw()
        self.refresh_keys()

    def do_confirm(self) -> None:
        """Take the highlighted line."""
        if self._at < len(self._found):
            self.dismiss(self._found[self._at].customer_id)
        else:
            self.dismiss(REGISTER)

    def why_not(self, command_id: str) -> str | None:
        """There is nothing to discard here, and perhaps nothing to confirm."""
        if command_id == "confirm" and self._at < 0:
            return _("0 registers all the same, Esc goes back")
        return _("press a digit, Enter or Esc") if command_id == "discard" else None

    def on_key(self, event: events.Key) -> None:
        """The digit of a line takes it, full-width too."""
        digit = typed(event)
        if digit.isascii() and digit.isdigit() and int(digit) <= len(self._found):
            event.stop()
            self._at = (int(digit) or len(self._found) + 1) - 1
            self.do_confirm()


def _line(one: Lookalike) -> str:
    parts = (one.customer_no, one.name, one.mobile_mask or "-", one.manager_name or "-")
    shown = "  ".join(map(one_line, parts))
    return f"{shown}  ({_(REASONS[one.reason])})"
