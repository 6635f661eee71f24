"""What every screen is handed: keys in force, the clock, the look, and who is signed in."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crm_tui.clock import utc_now
from crm_tui.keys import Keymap

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from crm_tui.key_table import Command


def _number(_error: BaseException) -> str:
    """An incident number for when nothing keeps a log."""
    return secrets.token_hex(4)


@dataclass(frozen=True, slots=True)
class Context:
    """`role` and `branch` are texts to show; `permissions` are names of domain.staff.

    `incident` records an unexpected error and gives the number that the person is told.
    """

    keymap: Keymap = field(default_factory=Keymap)
    clock: Callable[[], datetime] = utc_now
    plain: bool = False
    permissions: frozenset[str] = frozenset()
    person: str = field(default="", repr=False)
    role: str = ""
    branch: str = ""
    incident: Callable[[BaseException], str] = _number

    def may(self, command: Command) -> bool:
        """Whether this person's role has `command`; the service checks it again."""
        return not command.needs or bool(set(command.needs.split("|")) & self.permissions)
