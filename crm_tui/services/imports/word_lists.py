"""What a source's words mean in our lists: `--mapping FILE.toml` (decisions.md, Import)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from crm_tui.config import read_toml
from crm_tui.domain.complaint_kinds import Business, Channel, Reason
from crm_tui.domain.text_rules import clean_line
from crm_tui.errors import ConfigError, InvalidInput
from crm_tui.i18n import _

if TYPE_CHECKING:
    from enum import StrEnum
    from pathlib import Path

LISTS: Final[Mapping[str, type[StrEnum]]] = MappingProxyType(
    {"channel": Channel, "business": Business, "reason": Reason}
)
WORD_LIMIT: Final = 200
_SHOWN: Final = 60
WordLists = Mapping[str, Mapping[str, str]]


def read_word_lists(path: Path) -> WordLists:
    """The tables of the file: source's word = our code. Raises ConfigError naming the key."""
    found = {}
    for name, table in read_toml(path).items():
        if name not in LISTS:
            message = _("{source}: {key}: unknown; allowed are {allowed}")
            raise ConfigError(
                message.format(source=path, key=name[:_SHOWN], allowed=", ".join(LISTS))
            )
        if not isinstance(table, Mapping):
            raise _wrong(path, name, _("a table"))
        found[name] = {_word(path, name, word): code for word, code in table.items()}
        allowed = {one.value for one in LISTS[name]}
        for word, code in found[name].items():
            if not isinstance(code, str) or code not in allowed:
                raise _wrong(path, f'{name}."{word[:_SHOWN]}"', ", ".join(LISTS[name]))
    return found


def _word(path: Path, name: str, word: str) -> str:
    """As a cell is read, so that both are found alike."""
    try:
        return clean_line(word, field="", limit=WORD_LIMIT)
    except InvalidInput as error:
        message = _("{source}: {key}: {why}")
        key = f'{name}."{word[:_SHOWN]}"'
        raise ConfigError(message.format(source=path, key=key, why=error.message)) from None


def _wrong(path: Path, key: str, allowed: str) -> ConfigError:
    message = _("{source}: {key}: allowed is {allowed}")
    return ConfigError(message.format(source=path, key=key, allowed=allowed))
