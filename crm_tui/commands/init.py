"""`crm-tui init`: a new database, its key file and the first system administrator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crm_tui.errors import UsageError
from crm_tui.i18n import _

if TYPE_CHECKING:
    import argparse

    from crm_tui.commands.context import Context


def add_parser(subparsers: Any) -> None:
    """Declare the command."""
    parser = subparsers.add_parser("init", help=_("make a new database and its key file"))
    parser.add_argument("--admin", metavar="NAME", help=_("user name of the system administrator"))
    parser.add_argument("--password-stdin", action="store_true", help=_("read it from stdin"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, context: Context) -> int:
    """Make the database; asks for what was not given."""
    from crm_tui.office import key_file_of
    from crm_tui.services.setup import Founding, found

    settings = context.settings
    key_file = key_file_of(settings)
    admin = args.admin or _ask_name(context)
    password = context.password(from_stdin=args.password_stdin)
    config = settings.config
    founding = Founding(
        config.tier_mapping(), config.complaint_mapping(), admin=admin, password=password
    )
    found(settings.database_url, key_file, context.actor, founding).close()
    context.say(_("The database is ready. Keep a copy of the key file in a safe place:"))
    context.say(f"  {key_file}")
    context.say(_("Next: crm-tui import branches FILE, crm-tui staff add …"))
    return 0


def _ask_name(context: Context) -> str:
    if not context.stdin.isatty():
        raise UsageError(_("No terminal to ask on: use --admin NAME --password-stdin."))
    return input(_("User name of the system administrator: ")).strip()
