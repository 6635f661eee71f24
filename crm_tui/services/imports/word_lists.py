"""What a source's words mean in our lists: `--mapping FILE.toml` (decisions.md, Import)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from crm_tui.config import read_toml
from crm_tui.domain.complaint_kinds import Business, Channel, Reason
from crm_tui.errors import ConfigError
from crm_tui.i18n import _

if TYPE_CHECKING:
    from enum import StrEnum
    from pathlib import Path

LISTS: Final[Mapping[str, type[StrEnum]]] = MappingProxyType(
    {"channel": Channel, "business": Business, "reason": Reason}
)
WordLists = Mapping[str, Mapping[str, str]]


def read_word_lists(path: Path) -> WordLists:
    """The tables of the file: source's word = our code. Raises ConfigError naming the key."""
    found: dict[str, Mapping[str, str]] = {}
    for name, table in read_toml(path).items():
        if name not in LISTS:
            raise _wrong(path, name, LISTS)
        if not isinstance(table, Mapping):
            message = _("{source}: {key}: allowed is {allowed}")
            raise ConfigError(message.format(source=path, key=name, allowed=_("a table")))
        allowed = {one.value: one for one in LISTS[name]}
        for word, code in table.items():
            if not isinstance(code, str) or code not in allowed:
                message = _("{source}: {key}: allowed is {allowed}")
                key = f'{name}."{word[:60]}"'
                raise ConfigError(message.format(source=path, key=key, allowed=", ".join(allowed)))
        found[name] = {word.strip(): str(code) for word, code in table.items()}
    return found


def _wrong(path: Path, key: str, allowed: Mapping[str, object]) -> ConfigError:
    message = _("{source}: {key}: unknown; allowed are {allowed}")
    return ConfigError(message.format(source=path, key=key[:60], allowed=", ".join(allowed)))
