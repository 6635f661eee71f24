"""The key table as Textual bindings, with the full-width twins that a Chinese IME sends."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING, Final

from textual.binding import Binding
from textual.keys import _character_to_key as key_name

from crm_tui.domain.text_rules import fold_keys

if TYPE_CHECKING:
    from textual import events

    from crm_tui.keys import Keymap

_TYPED: Final = string.ascii_letters + string.digits + string.punctuation + " "
_WIDE: Final = (*tuple(map(chr, (*range(65281, 65375), 12288))), "、", "【", "】")
_TWINS: Final[dict[str, tuple[str, ...]]] = {
    char: tuple(wide for wide in _WIDE if fold_keys(wide) == char) for char in _TYPED
}
# Python calls it unprintable, yet an input method types it like any letter.
WIDE_SPACE: Final = "\u3000"
# Textual itself does not know that `slash`, `plus` and others are characters.
CHARACTER_KEYS: Final = {key_name(char): char for char in (*_TYPED, *_WIDE)}


def textual_key(key: str) -> str:
    """The table's `key` as Textual names it: `/` → `slash`."""
    *modifiers, last = key.split("+") if len(key) > 1 else [key]
    return "+".join([*modifiers, key_name(last) if len(last) == 1 else last])


def bindings_for(keymap: Keymap, where: str, only: frozenset[str] | None = None) -> list[Binding]:
    """Bindings of a screen. Priority, so that fast typing meets them in order; a field that
    takes a key for itself says so by `check_consume_key`."""
    bindings = []
    for command in keymap.at(where):
        if only is not None and command.id not in only:
            continue
        for key in command.all_keys:
            char = " " if key == "space" else key
            names = [textual_key(key), *map(key_name, _TWINS.get(char, ()))]
            bindings += [
                Binding(name, f"command('{command.id}')", show=False, priority=True)
                for name in dict.fromkeys(names)
            ]
    return bindings


def is_character(key: str, character: str | None) -> bool:
    """Whether a text field takes the key."""
    return key in CHARACTER_KEYS or (character is not None and character.isprintable())


def written(event: events.Key) -> str:
    """What a key writes into a text, `` when it writes nothing."""
    char = event.character or CHARACTER_KEYS.get(event.key, "")
    return char if char.isprintable() or char == WIDE_SPACE else ""


def typed(event: events.Key) -> str:
    """The ASCII character of a key outside text fields, `` when it is none."""
    char = event.character or CHARACTER_KEYS.get(event.key, "")
    return fold_keys(char) if len(char) == 1 and char.isprintable() else ""


def is_han(event: events.Key) -> bool:
    """Whether an IME in its Chinese state sent the key."""
    char = event.character or ""
    return len(char) == 1 and (
        "\u3400" <= char <= "\u9fff" or "\uf900" <= char <= "\ufaff" or char >= "\U00020000"
    )
