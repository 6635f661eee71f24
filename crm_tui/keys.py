"""Keys in force: the table of commands with a person's own keys laid over it, and its lint."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from crm_tui.domain.text_rules import fold_keys, fold_syntax
from crm_tui.errors import ConfigError
from crm_tui.i18n import _
from crm_tui.key_table import COMMANDS, EVERYWHERE, GROUPS, TYPING, Command

# ux.md: on a terminal these are Backspace, Tab and Enter, or stop the process.
FORBIDDEN: Final = frozenset(
    {"ctrl+h", "ctrl+i", "ctrl+j", "ctrl+m", "ctrl+z", "ctrl+\\", "ctrl+[", "ctrl+c"}
)
# ux.md: some terminals or desktops never pass them on.
NEVER_ALONE: Final = frozenset(
    {"ctrl+enter", "shift+enter", "ctrl+space", "ctrl+@", "f1", "f10", "f11"}
)
_ALIASES: Final = {
    "esc": "escape",
    "return": "enter",
    "pgup": "pageup",
    "pgdn": "pagedown",
    "del": "delete",
    " ": "space",
    "ctrl+backslash": "ctrl+\\",
}
_NAMED: Final = (
    "escape|enter|space|tab|up|down|left|right|home|end|pageup|pagedown|insert|delete|backspace"
)
_KEY: Final = re.compile(
    rf"[!-~]|f([1-9]|1[0-2])|({_NAMED})"
    rf"|((ctrl|alt|shift)\+)+([a-z0-9\\\[\]@]|({_NAMED})|f([1-9]|1[0-2]))"
)
_SHOWN: Final = {
    "escape": "Esc",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
}


def normal(key: str) -> str:
    """`Ctrl+S`, `Esc` or a full-width `／` as the table writes them."""
    if len(key) == 1:
        folded = fold_keys(key)
        return _ALIASES.get(folded, folded)
    lower = fold_syntax(key).strip().lower()
    return _ALIASES.get(lower, lower)


def shown(key: str, *, plain: bool = False) -> str:
    """`key` as footer and help show it; `plain` writes the arrows in ASCII."""
    if key == "space":
        return _("Space")
    if plain and key in ("up", "down", "left", "right"):
        return key.capitalize()
    if len(key) == 1:
        return key
    return "+".join(_SHOWN.get(part, part.capitalize()) for part in key.split("+"))


def is_bare(key: str) -> bool:
    """Whether `key` is a character that a text field would take."""
    return len(key) == 1 or key == "space"


class Keymap:
    """The commands with the keys in force."""

    def __init__(self, commands: Iterable[Command] = COMMANDS) -> None:
        self.commands = tuple(commands)
        self._by_id = {command.id: command for command in self.commands}

    @classmethod
    def build(cls, own: Mapping[str, Sequence[str]], source: str = "") -> Keymap:
        """The table with `own` keys (command id → keys). Raises ConfigError with every fault."""
        known = {command.id for command in COMMANDS}
        faults = [_("there is no command {id}").format(id=one) for one in own if one not in known]
        keymap = cls(_remapped(command, own) for command in COMMANDS)
        faults += keymap.lint()
        if faults:
            message = _("{file}: keys: {faults}")
            raise ConfigError(
                message.format(file=source or _("settings"), faults="; ".join(faults))
            )
        return keymap

    def get(self, command_id: str) -> Command:
        """The command `command_id`; KeyError when there is none."""
        return self._by_id[command_id]

    def at(self, where: str) -> tuple[Command, ...]:
        """The commands that act at `where`, in the table's order."""
        return tuple(command for command in self.commands if where in command.where)

    def footer(self, where: str) -> tuple[Command, ...]:
        """The commands of the footer at `where`, the most important first."""
        chosen = [command for command in self.at(where) if command.order]
        return tuple(sorted(chosen, key=lambda command: command.order))

    def palette(self, where: str) -> tuple[Command, ...]:
        """What `Ctrl+P` offers at `where`: this screen's own actions first, then the general."""
        chosen = [command for command in self.at(where) if command.palette]
        return tuple(sorted(chosen, key=lambda command: command.group in ("areas", "session")))

    def targets(self) -> tuple[Command, ...]:
        """The areas that the go-to overlay offers."""
        return tuple(command for command in self.commands if command.go)

    def key_at(self, command: Command, where: str) -> str:
        """The key to show for `command` at `where`: one that can be typed there."""
        keys = command.all_keys
        if where in TYPING:
            return next((key for key in keys if not is_bare(key)), keys[0])
        return keys[0]

    def lint(self) -> list[str]:
        """What is wrong with the table, in words; empty when all is well."""
        faults = [fault for command in self.commands for fault in _command_faults(command)]
        for where in sorted(EVERYWHERE):
            faults += self._clashes(where)
        return faults + self._letters_apart() + self._go_clashes()

    def _clashes(self, where: str) -> list[str]:
        owner: dict[str, str] = {}
        faults = []
        for command in self.at(where):
            for key in command.all_keys:
                other = owner.setdefault(key, command.id)
                if other != command.id:
                    faults.append(
                        _("{key} is both {one} and {other} in {where}").format(
                            key=key, one=other, other=command.id, where=where
                        )
                    )
        return faults

    def _letters_apart(self) -> list[str]:
        """decisions.md, Keys: a letter means one thing everywhere."""
        owner: dict[str, str] = {}
        faults = []
        for command in self.commands:
            for key in filter(str.isalpha, filter(is_bare, command.all_keys)):
                other = owner.setdefault(key, command.id) if len(key) == 1 else command.id
                if other != command.id and self._apart(other, command.id):
                    faults.append(
                        _("{key} means {one} in one place and {other} in another").format(
                            key=key, one=other, other=command.id
                        )
                    )
        return faults

    def _apart(self, one: str, other: str) -> bool:
        """Whether two commands never meet and do not mean the same; where they meet, `_clashes`
        has said so."""
        first, second = self._by_id[one], self._by_id[other]
        alike = first.verb and first.verb == second.verb
        return not alike and not first.where & second.where

    def _go_clashes(self) -> list[str]:
        letters = [command.go for command in self.targets()]
        twice = sorted({letter for letter in letters if letters.count(letter) > 1})
        return [_("go-to letter {key} is taken twice").format(key=letter) for letter in twice]


def _remapped(command: Command, own: Mapping[str, Sequence[str]]) -> Command:
    if command.id not in own:
        return command
    keys = tuple(dict.fromkeys(normal(key) for key in own[command.id]))
    return replace(command, keys=keys, twin="")


def _command_faults(command: Command) -> list[str]:
    """Faults of one command's own keys."""
    keys = command.all_keys
    if not keys:
        return [_("{id} has no key").format(id=command.id)]
    faults = []
    for key in keys:
        if not _KEY.fullmatch(key):
            faults.append(_("{id}: {key} is no key").format(id=command.id, key=ascii(key)))
        elif key in FORBIDDEN:
            faults.append(_("{id}: {key} cannot be used").format(id=command.id, key=key))
    # An absent palette entry leaves the command without a way where the key does not arrive.
    if all(key in NEVER_ALONE or key.startswith("alt+") for key in keys):
        faults.append(
            _("{id}: {key} may not be its only key").format(id=command.id, key=" ".join(keys))
        )
    if all(map(is_bare, keys)) and not command.palette:
        faults.append(
            _("{id}: {key} needs a second key (F or Ctrl)").format(
                id=command.id, key=" ".join(keys)
            )
        )
    if command.where & TYPING and all(map(is_bare, keys)):
        faults.append(
            _("{id}: {key} would be text in a form").format(id=command.id, key=" ".join(keys))
        )
    return faults


def label(command: Command) -> str:
    """The command's name in the language in use."""
    return _(command.label)


def matches(command: Command, wanted: str) -> bool:
    """Whether `wanted` (Chinese, English, pinyin, initials or a key) finds `command`."""
    text = fold_syntax(wanted).strip().casefold()
    syllables = command.pinyin.split()
    places = (
        command.label.casefold(),
        label(command).casefold(),
        command.zh,
        "".join(syllables),
        command.pinyin,
        "".join(syllable[0] for syllable in syllables),
    )
    return any(text in place for place in places) or text in command.all_keys


def reference(keymap: Keymap, *, plain: bool = False) -> str:
    """The text of `crm-tui keys`: every command by group, its keys, label and id."""
    lines: list[str] = []
    for group, title in GROUPS.items():
        members = [command for command in keymap.commands if command.group == group]
        lines += ["", _(title)] if lines else [_(title)]
        for command in members:
            keys = "  ".join(shown(key, plain=plain) for key in command.all_keys)
            ways = f"{keys}  g {command.go}" if command.go else keys
            lines.append(f"  {ways:<20}{command.id:<18}{label(command)}")
    return "\n".join(lines) + "\n"
