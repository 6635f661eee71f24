"""The command line. Heavy imports wait until the arguments are parsed."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from crm_tui import __version__, config, i18n, quick
from crm_tui.commands.arguments import Parser, speak
from crm_tui.errors import ConfigError, CrmError, StoreBusy, UsageError
from crm_tui.i18n import _
from crm_tui.terminal.mode import given_back_on_failure

if TYPE_CHECKING:
    from collections.abc import Sequence

DONE, FAILED, USAGE, ROWS_REJECTED, LOCKED = 0, 1, 2, 3, 75

# Each module has add_parser(subparsers) and run(args, context) -> exit code.
COMMANDS = (
    "init", "staff", "database", "imports", "exports", "tiers", "audit", "check", "keys", "demo",
)  # fmt: skip


def main(argv: Sequence[str] | None = None) -> int:
    """Run `crm-tui`; the exit code."""
    quick.begin()
    try:
        return _main(argv)
    finally:
        quick.end()


def _main(argv: Sequence[str] | None) -> int:
    i18n.use("auto")
    speak()
    args = parser().parse_args(argv)
    try:
        with given_back_on_failure(args.locked):
            return _run(args)
    except (ConfigError, UsageError) as error:
        return _fail(error, USAGE)
    except StoreBusy as error:
        return _fail(error, LOCKED)
    except CrmError as error:
        return _fail(error, FAILED)
    except BrokenPipeError:
        sys.stderr.close()
        return FAILED
    except KeyboardInterrupt:
        print(_("Stopped."), file=sys.stderr)
        return 130
    except Exception as error:  # noqa: BLE001 (values of rows stand in what an exception says)
        from crm_tui.terminal import incident

        incident.print_words(error)
        return FAILED


def parser() -> argparse.ArgumentParser:
    """Every command and option."""
    top = Parser(
        prog="crm-tui",
        description=_("A keyboard-driven CRM for the back office of bank and securities branches."),
    )
    top.add_argument("--config", type=Path, metavar="FILE", help=_("settings to use"))
    top.add_argument(
        "--version", action="version", version=f"crm-tui {__version__}",
        # Some versions of argparse do not translate their own words for it.
        help=_("show program's version number and exit"),
    )  # fmt: skip
    # How a locked session says to the sign-in that takes its place why it stands there, and whose
    # it was. Neither lets anybody in.
    top.add_argument("--locked", choices=("lock", "idle"), default="", help=argparse.SUPPRESS)
    top.add_argument("--who", default="", help=argparse.SUPPRESS)
    subparsers = top.add_subparsers(dest="command", metavar="COMMAND")
    for name in COMMANDS:
        import_module(f"crm_tui.commands.{name}").add_parser(subparsers)
    return top


def _run(args: argparse.Namespace) -> int:
    settings = config.load(args.config)
    i18n.use(settings.config.ui.language)
    if args.command is None:
        from crm_tui.screens.sign_in import Locked
        from crm_tui.start import run

        return run(settings, locked=Locked(args.locked, args.who))
    from crm_tui.commands.context import Context

    if args.command != "demo":
        quick.end()
    code: int = args.run(args, Context(settings))
    return code


def _fail(error: CrmError, code: int) -> int:
    from crm_tui.text import safe

    print(f"crm-tui: {safe(error.message)}", file=sys.stderr)
    return code
