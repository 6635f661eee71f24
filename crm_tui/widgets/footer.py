"""The footer: what can be done here, from the key table, never cutting a command in half."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual.content import Content
from textual.widget import Widget

from crm_tui.i18n import _
from crm_tui.keys import is_bare, label, shown
from crm_tui.widgets.search_box import SearchBox

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crm_tui.key_table import Command
    from crm_tui.widgets.context import Context


@dataclass(frozen=True, slots=True)
class Item:
    """One command in the footer; a disabled one stands in brackets as well as dim."""

    text: str
    enabled: bool


def footer_items(
    context: Context,
    where: str,
    width: int,
    why_not: Callable[[str], str | None],
    *,
    typing: bool = False,
) -> list[Item]:
    """The items that fit in `width` cells: those that cannot act are dropped first, then the least
    important; help stays.

    `typing` in a search box, a letter is text and no command's key.
    """
    items, rare = [], False
    for command in context.keymap.footer(where):
        key = _key(context, command, where, typing=typing)
        enabled = bool(key) and context.may(command) and why_not(command.id) is None
        rare = rare or (enabled and command.rare)
        if key and context.may(command) and (enabled or not command.rare):
            items.append(_item(context, command, key, enabled=enabled))
    items = [item for item in items if item.enabled or not rare]
    if not items:
        return []
    *others, last = items
    room = width - 1 - cell_len(last.text)
    kept = _fitting(sorted(others, key=lambda item: not item.enabled), room)
    return [*(item for item in others if item in kept), last]


def _key(context: Context, command: Command, where: str, *, typing: bool) -> str:
    """The key to show; none when all of them would be text. `/` begins the next search."""
    if not typing:
        return context.keymap.key_at(command, where)
    keys = command.all_keys
    return next((key for key in keys if key == "/" or not is_bare(key)), "")


def _item(context: Context, command: Command, key: str, *, enabled: bool) -> Item:
    """`v联系` in Chinese, `v contact` in English."""
    name = _(command.brief) if command.brief else label(command)
    text = _("{key} {label}").format(key=shown(key, plain=context.plain), label=name)
    return Item(text if enabled else f"({text})", enabled)


def _fitting(items: Sequence[Item], room: int) -> list[Item]:
    """As many as there is room for, each with the gap behind it."""
    gap = len(_separator())
    kept = []
    for item in items:
        size = cell_len(item.text) + gap
        if size <= room:
            room -= size
            kept.append(item)
    return kept


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
        self._shown: list[Item] = []

    def on_mount(self) -> None:
        """In a search box other keys act than on the list."""
        self.watch(self.screen, "focused", self.look_again, init=False)

    def look_again(self) -> None:
        """Draw it anew when other commands can act than are shown; after most keys none do."""
        if self._items() != self._shown:
            self.refresh()

    def _items(self) -> list[Item]:
        typing = isinstance(self.screen.focused, SearchBox)
        return footer_items(self._kit, self._where, self.size.width, self._why_not, typing=typing)

    def render(self) -> Content:
        """The items, disabled ones dim and in brackets."""
        self._shown = self._items()
        parts: list[str | Content | tuple[str, str]] = [" "]
        for index, item in enumerate(self._shown):
            if index:
                parts.append(_separator())
            parts.append(item.text if item.enabled else (item.text, "dim"))
        return Content.assemble(*parts)
