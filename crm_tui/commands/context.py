"""What every command is given: settings, the database, the operator, the streams."""

from __future__ import annotations

import getpass
import json
import os
import pwd
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TextIO

from crm_tui.domain.audit import Actor
from crm_tui.errors import UsageError
from crm_tui.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crm_tui.config import Settings
    from crm_tui.db.store import Store
    from crm_tui.domain.policy import Policy


def operator() -> Actor:
    """Who runs the command: the OS account, never a variable that the user can set."""
    uid = os.getuid()
    try:
        name = pwd.getpwuid(uid).pw_name
    except KeyError:
        name = str(uid)
    return Actor(f"operator:{name}")


@dataclass(frozen=True, slots=True)
class Context:
    """Handed to each command's `run`."""

    settings: Settings
    actor: Actor = field(default_factory=operator)
    stdin: TextIO = field(default_factory=lambda: sys.stdin)
    stdout: TextIO = field(default_factory=lambda: sys.stdout)
    stderr: TextIO = field(default_factory=lambda: sys.stderr)

    @contextmanager
    def open_store(self) -> Iterator[Store]:
        """The database at this program's schema; closed afterwards. Raises CrmError."""
        from crm_tui.office import open_store

        store = open_store(self.settings)
        try:
            yield store
        finally:
            store.close()

    @property
    def policy(self) -> Policy:
        """What the services need of the settings."""
        from crm_tui.config import policy

        return policy(self.settings.config)

    def say(self, text: str) -> None:
        """A line for the operator."""
        print(text, file=self.stdout, flush=True)

    def say_json(self, value: dict[str, Any]) -> None:
        """A line for a script."""
        print(json.dumps(value, ensure_ascii=False, default=str), file=self.stdout, flush=True)

    def password(self, *, from_stdin: bool) -> str:
        """A password from the first line of stdin, or asked for twice. Raises UsageError."""
        if from_stdin:
            return self.stdin.readline().rstrip("\r\n")
        if not self.stdin.isatty():
            raise UsageError(_("No terminal to ask on: use --password-stdin."))
        first = getpass.getpass(_("Password: "))
        if first != getpass.getpass(_("Once more: ")):
            raise UsageError(_("The two passwords differ; nothing was changed."))
        return first
