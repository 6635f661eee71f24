"""`crm-tui keys`: the key reference, from the one table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crm_tui.i18n import _

if TYPE_CHECKING:
    import argparse

    from crm_tui.commands.context import Context


def add_parser(subparsers: Any) -> None:
    """Declare the command."""
    parser = subparsers.add_parser("keys", help=_("print every key and its command"))
    parser.set_defaults(run=run)


def run(_args: argparse.Namespace, context: Context) -> int:
    """Print the reference with the keys in force."""
    from crm_tui.keys import Keymap, reference

    keymap = Keymap.build(context.settings.config.keys, context.settings.source)
    context.say(reference(keymap, plain=context.settings.config.ui.plain))
    return 0
