"""`?`: every key of this screen, by group, with the reason where one cannot act now."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from rich.cells import cell_len
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from crm_tui.i18n import _
from crm_tui.key_table import FORMS, GROUPS, TRIAGE
from crm_tui.keys import is_bare, label, shown
from crm_tui.widgets.bindings import typed
from crm_tui.widgets.overlay import Overlay

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from textual import events
    from textual.app import ComposeResult

    from crm_tui.key_table import Command
    from crm_tui.widgets.context import Context

_WRITING: Final = FORMS | {TRIAGE}
_WIDTH: Final = 70
# Between the frames, their padding, and a scroll bar.
_INSIDE: Final = _WIDTH - 6
_KEYS_WIDTH: Final = 18


def help_lines(
    context: Context,
    where: str,
    why_not: Callable[[str], str | None],
    legend: Mapping[str, str],
) -> Iterator[tuple[str, str]]:
    """Lines as (text, style): group titles, then key, label and why it cannot act; then what the
    marks of the screen mean."""
    commands = [one for one in context.keymap.at(where) if context.may(one)]
    for group, title in GROUPS.items():
        members = [one for one in commands if one.group == group]
        if members:
            yield _(title), "bold"
        for command in members:
            reason = why_not(command.id)
            line = f"  {_keys(context, where, command)}{label(command)}"
            if reason is None:
                yield line, ""
            elif cell_len(f"{line}  ({reason})") <= _INSIDE:
                yield f"{line}  ({reason})", "dim"
            else:
                yield line, "dim"
                yield f"  {' ' * _KEYS_WIDTH}({reason})", "dim"
    if legend:
        yield _("What the marks mean"), "bold"
    for mark, meaning in legend.items():
        yield f"  {mark}{' ' * max(1, _KEYS_WIDTH - cell_len(mark))}{meaning}", ""


def _keys(context: Context, where: str, command: Command) -> str:
    """Its keys; where people write, a letter or a `?` is text and no key."""
    usable = [key for key in command.all_keys if where not in _WRITING or not is_bare(key)]
    keys = " ".join(shown(key, plain=context.plain) for key in usable or command.all_keys)
    text = f"{keys}  g {command.go}" if command.go else keys
    return text + " " * max(1, _KEYS_WIDTH - cell_len(text))


class HelpScreen(Overlay[None]):
    """Scrolls by arrows and pages; `?`, Enter and Esc close it."""

    DEFAULT_CSS: ClassVar[str] = """
    HelpScreen { align: center middle; }
    HelpScreen > VerticalScroll {
        width: 70; max-width: 100%; height: auto; max-height: 100%;
        border: ascii $foreground; padding: 0 1; background: $surface;
    }
    HelpScreen Static { width: 1fr; height: auto; }
    """

    def __init__(
        self,
        context: Context,
        where: str,
        why_not: Callable[[str], str | None],
        legend: Mapping[str, str],
    ) -> None:
        """`legend` is what each mark of the screen below means."""
        super().__init__(context)
        self._legend = legend
        self._where = where
        self._why_not = why_not

    def compose(self) -> ComposeResult:
        """One text in a scrolling frame."""
        lines = list(help_lines(self.context, self._where, self._why_not, self._legend))
        styled = [Content.styled(text, style) for text, style in lines]
        with VerticalScroll():
            yield Static(Content("\n").join(styled), markup=False)

    def on_key(self, event: events.Key) -> None:
        """The key that opened it closes it."""
        if typed(event) == "?" or event.key in ("f1", "enter"):
            event.stop()
            self.dismiss(None)
