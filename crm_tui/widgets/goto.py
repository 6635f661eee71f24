"""`g`: one line with a letter for each area; the next key goes there."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.widgets import Static

from crm_tui.i18n import _
from crm_tui.keys import label, shown
from crm_tui.widgets.bindings import typed
from crm_tui.widgets.overlay import Overlay

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual import events

    from crm_tui.key_table import Command
    from crm_tui.widgets.context import Context


class GoTo(Overlay[str]):
    """Dismisses with the id of an area's command, or None for any other key."""

    DEFAULT_CSS: ClassVar[str] = """
    GoTo > Static { height: auto; width: 1fr; text-style: reverse; padding: 0 1; }
    """

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._targets = [one for one in context.keymap.targets() if context.may(one)]

    def compose(self) -> Iterator[Static]:
        """Letters, areas, and their own keys."""
        plain = self.context.plain
        parts = [f"{one.go} {label(one)} {self._key(one, plain)}" for one in self._targets]
        line = "   ".join([_("go to") + ":", *parts, f"{shown('escape')} {_('back')}"])
        yield Static(Content(line), markup=False)

    @staticmethod
    def _key(command: Command, plain: bool) -> str:
        return shown(command.keys[0], plain=plain)

    def on_key(self, event: events.Key) -> None:
        """The letter decides; full-width letters too."""
        event.stop()
        letter = typed(event).lower()
        chosen = [one.id for one in self._targets if one.go == letter]
        self.dismiss(chosen[0] if chosen else None)
