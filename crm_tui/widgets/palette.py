"""`Ctrl+P`: this screen's actions by number, all of them by name in either language."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from crm_tui.domain.text_rules import fold_syntax
from crm_tui.i18n import _
from crm_tui.keys import label, matches, shown
from crm_tui.text import clip
from crm_tui.widgets.line_input import LineInput
from crm_tui.widgets.overlay import Overlay

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual import events
    from textual.app import ComposeResult

    from crm_tui.key_table import Command
    from crm_tui.widgets.context import Context

_ROWS = 16
# Between the frames.
_INSIDE = 58


_GENERAL = ("areas", "session")


def numbered(commands: Sequence[Command], text: str) -> list[tuple[str, Command]]:
    """The commands that `text` finds: digits find by number, anything else by name.

    Only this screen's own actions, which come first, have numbers; the general ones have their
    F and Ctrl keys, and would make every number below three wait for a second digit.
    """
    wanted = fold_syntax(text).strip()
    pairs = [
        ("" if one.group in _GENERAL else str(number), one)
        for number, one in enumerate(commands, 1)
    ]
    if wanted.isascii() and wanted.isdigit():
        return [(number, one) for number, one in pairs if number.startswith(wanted)]
    return [(number, one) for number, one in pairs if matches(one, wanted)]


class Palette(Overlay[str]):
    """Dismisses with a command id. A number that can mean one command only runs it at once."""

    DEFAULT_CSS: ClassVar[str] = """
    Palette { align: center top; }
    Palette > Vertical {
        width: 60; max-width: 100%; height: auto; border: ascii $foreground; background: $surface;
    }
    Palette Static { width: 1fr; height: auto; }
    """

    def __init__(self, context: Context, where: str, why_not: Callable[[str], str | None]) -> None:
        super().__init__(context)
        self._where = where
        self._why_not = why_not
        self._commands = [one for one in context.keymap.palette(where) if context.may(one)]
        self._found = numbered(self._commands, "")
        self._at = 0

    def compose(self) -> ComposeResult:
        """A search line above the list."""
        with Vertical():
            yield LineInput(hint=_("number, or name in Chinese, pinyin or English"))
            yield Static(markup=False)

    def on_mount(self) -> None:
        """The whole list at first."""
        self.query_one(LineInput).focus()
        self._show()

    def on_line_input_edited(self, message: LineInput.Edited) -> None:
        """Narrow the list; a number that is complete runs its command."""
        message.stop()
        text = fold_syntax(message.text).strip()
        self._found = numbered(self._commands, text)
        self._at = 0
        if text.isascii() and text.isdigit() and len(self._found) == 1:
            self._choose()
        else:
            self._show()

    def on_key(self, event: events.Key) -> None:
        """Up and down move, Enter runs what is highlighted."""
        steps = {"up": -1, "down": 1, "pageup": -_ROWS, "pagedown": _ROWS}
        if event.key in steps:
            event.stop()
            self._at = max(0, min(len(self._found) - 1, self._at + steps[event.key]))
            self._show()
        elif event.key == "enter":
            event.stop()
            self._choose()

    def _choose(self) -> None:
        if self._found:
            self.dismiss(self._found[self._at][1].id)

    def _show(self) -> None:
        first = max(0, self._at - _ROWS + 1)
        window = self._found[first : first + _ROWS]
        lines = [self._line(number, one, first + row == self._at) for row, (number, one) in
                 enumerate(window)]  # fmt: skip
        text = Content("\n").join(lines) if lines else Content(_("nothing by that name"))
        self.query_one(Static).update(text)

    def _line(self, number: str, command: Command, here: bool) -> Content:
        reason = self._why_not(command.id)
        key = shown(self.context.keymap.key_at(command, self._where), plain=self.context.plain)
        mark = ">" if here else " "
        text = f"{mark}{number:>2}  {label(command)}  {key}"
        if reason is not None:
            whole = clip(f"{text}  ({reason})", _INSIDE, ascii_only=self.context.plain)
            return Content.styled(whole, "dim")
        return Content.styled(text, "reverse" if here else "")
