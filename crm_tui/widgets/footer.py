"""The footer: what can be done here, from the key table, never cutting a command in half."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual.content import Content
from textual.widget import Widget

from crm_tui.i18n import _
from crm_tui.keys import label, shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from crm_tui.key_table import Command
    from crm_tui.widgets.context import Context


@dataclass(frozen=True, slots=True)
class Item:
    """One command in the footer; a disabled one stands in brackets as well as dim."""

    text: str
    enabled: bool


def item_text(context: Context, command: Command, where: str, *, enabled: bool = True) -> str:
    """`v联系` in Chinese, `v log contact` in English."""
    key = shown(context.keymap.key_at(command, where), plain=context.plain)
    text = _("{key} {label}").format(key=key, label=label(command))
    return text if enabled else f"({text})"


def footer_items(
    context: Context, where: str, width: int, why_not: Callable[[str], str | None]
) -> list[Item]:
    """The items that fit in `width` cells: the least important are dropped, help stays."""
    commands = [one for one in context.keymap.footer(where) if context.may(one)]
    items = []
    for command in commands:
        enabled = why_not(command.id) is None
        items.append(Item(item_text(context, command, where, enabled=enabled), enabled))
    if not items:
        return []
    *others, last = items
    room = width - 1 - cell_len(last.text)
    gap = len(_separator())
    kept = []
    for item in others:
        room -= cell_len(item.text) + gap
        if room < 0:
            break
        kept.append(item)
    return [*kept, last]


def _separator() -> str:
    """Between items: two blanks where labels hold blanks themselves, one in Chinese."""
    return "  " if " " in _("{key} {label}") else " "


class KeyFooter(Widget):
    """The last line of every screen."""

    DEFAULT_CSS: ClassVar[str] = """
    KeyFooter { height: 1; width: 1fr; }
    """

    def __init__(self, context: Context, where: str, why_not: Callable[[str], str | None]) -> None:
        super().__init__()
        self._kit = context
        self._where = where
        self._why_not = why_not

    def render(self) -> Content:
        """The items, disabled ones dim and in brackets."""
        items = footer_items(self._kit, self._where, self.size.width, self._why_not)
        parts: list[str | Content | tuple[str, str]] = [" "]
        for index, item in enumerate(items):
            if index:
                parts.append(_separator())
            parts.append(item.text if item.enabled else (item.text, "dim"))
        return Content.assemble(*parts)
