"""`crm-tui check`: configuration, keys, database and terminal, each with what to do."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from crm_tui.errors import CrmError
from crm_tui.i18n import _

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from crm_tui.commands.context import Context


def add_parser(subparsers: Any) -> None:
    """Declare the command."""
    parser = subparsers.add_parser("check", help=_("check configuration, database and terminal"))
    parser.set_defaults(run=run)


def run(_args: argparse.Namespace, context: Context) -> int:
    """Check everything, and say all that is wrong, not only the first."""
    checks: tuple[tuple[str, Callable[[Context], str]], ...] = (
        (_("Configuration"), _configuration),
        (_("Keys"), _keys),
        (_("Database"), _database),
        (_("Terminal"), _terminal),
    )
    failed = 0
    for name, check in checks:
        try:
            context.say(f"{name}: {check(context)}")
        except CrmError as error:
            failed = 1
            context.say(f"{name}: ! {error.message}")
    return failed


def _configuration(context: Context) -> str:
    return context.settings.source


def _keys(context: Context) -> str:
    from crm_tui.keys import Keymap

    Keymap.build(context.settings.config.keys, context.settings.source)
    return _("no clashes")


def _database(context: Context) -> str:
    with context.open_store() as store:
        return _("answers: {kind}").format(kind=store.url.get_backend_name())


def _terminal(context: Context) -> str:
    term = os.environ.get("TERM", "")
    if not context.stdout.isatty():
        return _("not a terminal")
    size = os.get_terminal_size(context.stdout.fileno())
    shown = f"{term} {size.columns}×{size.lines}"
    if size.columns < 80 or size.lines < 24:
        return _("{shown}: smaller than 80×24, some columns are left out").format(shown=shown)
    return shown
