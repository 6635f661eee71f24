"""The command of the sign-in that takes the place of a locked session."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crm_tui.screens.sign_in import Locked

# What a lock puts before the other words.
_OF_LOCK: Final = ("--locked=", "--who=")


def again(words: Sequence[str]) -> tuple[str, ...]:
    """The command that starts this program anew; `-P` looks for nothing where it was started."""
    kept = [word for word in words if not word.startswith(_OF_LOCK)]
    return (sys.executable, "-P", "-m", "crm_tui", *kept)


def after_lock(command: Sequence[str], locked: Locked | None) -> Sequence[str]:
    """`command` with the words by which the next sign-in says why it is there and whose session
    it was; without them when nobody was signed in."""
    if locked is None or not locked.who:
        return command
    at = command.index("crm_tui") + 1
    why, who = _OF_LOCK
    return (*command[:at], f"{why}{locked.why}", f"{who}{locked.who}", *command[at:])
