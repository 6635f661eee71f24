"""Who may be registered already: open one of them, or register all the same."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

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

REASONS: Final = {"id_no": N_("same ID number"), "mobile": N_("same name and phone")}
REGISTER: Final = 0
MOST: Final = 9
LINE_WIDTH: Final = 72


class LookalikeDialog(CommandDialog[int]):
    """Dismisses with the customer to open, 0 to register all the same, None to go on typing."""

    WHERE = "choice"
    CSS_PATH = Path(__file__).with_name("base.tcss")

    def __init__(self, context: Context, found: Sequence[Lookalike]) -> None:
        super().__init__(context)
        self._found = tuple(found)[:MOST]
        self._at = 0

    def compose(self) -> ComposeResult:
        """One line for each, and one for registering."""
        title = _("Perhaps registered already. Enter opens, 0 registers a new one, Esc goes back.")
        with Vertical(id="frame"):
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
        texts.append(f"{REGISTER} " + _("none of them: register as new"))
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

    def do_down(self) -> None:
        """The line below."""
        self._at = min(len(self._found), self._at + 1)
        self._draw()

    def do_confirm(self) -> None:
        """Take the highlighted line."""
        if self._at < len(self._found):
            self.dismiss(self._found[self._at].customer_id)
        else:
            self.dismiss(REGISTER)

    def why_not(self, command_id: str) -> str | None:
        """There is nothing to discard here."""
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
    return f"{shown}  ({_(REASONS.get(one.reason, REASONS['mobile']))})"
