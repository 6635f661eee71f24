"""Reading the arguments: one line for a wrong one, in the language in use."""

from __future__ import annotations

import argparse
import gettext
from datetime import date
from typing import NoReturn

from crm_tui import i18n
from crm_tui.i18n import N_, _

USAGE = 2

# argparse looks its own words up in the process's text domain; here they are marked for it.
_WORDS = (
    N_("usage: "),
    N_("positional arguments"),
    N_("options"),
    N_("show this help message and exit"),
    N_("show program's version number and exit"),
    N_("the following arguments are required: %s"),
    N_("unrecognized arguments: %s"),
    N_("argument %(argument_name)s: %(message)s"),
    N_("invalid choice: %(value)r (choose from %(choices)s)"),
    N_("ambiguous option: %(option)s could match %(matches)s"),
    N_("ignored explicit argument %r"),
    N_("expected one argument"),
    N_("invalid %(type)s value: %(value)r"),
)


class Parser(argparse.ArgumentParser):
    """An ArgumentParser whose errors are one line that says where the help is."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong on stderr; exit 2."""
        from crm_tui.text import safe

        what = safe(message).rstrip(".")
        help_at = _("see `{command} --help`").format(command=self.prog)
        self.exit(USAGE, f"crm-tui: {what}; {help_at}\n")


def speak() -> None:
    """Let argparse find its words among ours."""
    gettext.bindtextdomain(i18n.DOMAIN, str(i18n.LOCALE_DIR))
    gettext.textdomain(i18n.DOMAIN)


def day(text: str) -> date:
    """A date of an option, for `type=`."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(_("not a date: YYYY-MM-DD")) from None
