"""`crm-tui demo`: an invented bank to try everything on, made on first use."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TextIO

from crm_tui import labels, quick
from crm_tui.clock import SHANGHAI, shifted, utc_now
from crm_tui.demo.staffing import DEFAULT_USER, PASSWORD, STAFF
from crm_tui.i18n import _

if TYPE_CHECKING:
    from crm_tui.commands.context import Context
    from crm_tui.demo.place import Place

FEWEST, MOST, CUSTOMARY = 20, 5_000_000, 2_000
BAR: Final = 24


def add_parser(subparsers: Any) -> None:
    """Declare the command."""
    parser = subparsers.add_parser("demo", help=_("try it on an invented bank"))
    parser.add_argument(
        "--customers", type=_count, default=CUSTOMARY, metavar="N",
        help=_("how many customers it has ({n} without this)").format(n=CUSTOMARY),
    )  # fmt: skip
    parser.add_argument(
        "--as", dest="user", default=DEFAULT_USER, metavar="USER",
        help=_("whom to sign in as: {names}").format(names=", ".join(u.username for u in STAFF)),
    )  # fmt: skip
    parser.add_argument(
        "--now", type=_instant, metavar="TIME", help=_("what time it is there: 2026-11-23T09:14")
    )
    parser.add_argument("--directory", type=Path, metavar="DIR", help=_("where it lies"))
    parser.add_argument("--url", metavar="URL", help=_("an empty PostgreSQL database for it"))
    parser.add_argument("--fresh", action="store_true", help=_("make it anew"))
    parser.add_argument("--make-only", action="store_true", help=_("make it, do not open it"))
    parser.add_argument("--sign-in", action="store_true", help=_("ask for name and password"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, context: Context) -> int:
    """Make the bank unless it is there, and open it."""
    place = _place(args, context)
    # A SQLite bank that is there is opened without loading anything of the database.
    from crm_tui.demo.place import is_there

    if args.fresh:
        place.clear()
    if not is_there(place):
        quick.end()
        _make(place, args, context)
    elif args.make_only:
        context.say(_("The demo bank is there: {directory}").format(directory=place.directory))
    if args.make_only:
        return 0
    from crm_tui.fresh import again
    from crm_tui.screens.sign_in import Locked
    from crm_tui.start import run as open_app

    settings = replace(context.settings, database_url=place.database_url, key_file=place.key_file)
    clock = shifted(args.now) if args.now else utc_now
    # A lock asks for the password, even here.
    words = [word for word in sys.argv[1:] if word != "--fresh"]
    fresh = again([*words, *([] if args.sign_in else ["--sign-in"])])
    user = None if args.sign_in else args.user
    locked = Locked(args.locked, args.who)
    return open_app(settings, demo_user=user, clock=clock, fresh_argv=fresh, locked=locked)


def _place(args: argparse.Namespace, context: Context) -> Place:
    from crm_tui.config import data_directory
    from crm_tui.demo.place import Place

    directory = args.directory or data_directory() / f"demo-{args.customers}"
    configured = context.settings.database_url
    url = args.url or (configured if configured.startswith("postgresql") else "")
    return Place(Path(directory).absolute(), url)


def _make(place: Place, args: argparse.Namespace, context: Context) -> None:
    from crm_tui.demo.place import Order, make

    context.say(
        _("Making a demo bank of {n} customers in {directory}").format(
            n=f"{args.customers:,}", directory=place.directory
        )
    )
    config = context.settings.config
    order = Order(
        args.customers, args.now or utc_now(), config.tier_mapping(), context.policy,
        context.actor, config.complaint_mapping(),
    )  # fmt: skip
    meter = Meter(context.stderr)
    try:
        make(place, order, meter.show)
    finally:
        meter.end()
    context.say(_("Everybody's password is {password}:").format(password=PASSWORD))
    for one in STAFF:
        context.say(f"  {one.username:<10} {one.name}  {labels.label(one.role)}")


def _count(text: str) -> int:
    try:
        number = int(text.replace(",", "").replace("_", ""))
    except ValueError:
        number = 0
    if not FEWEST <= number <= MOST:
        raise argparse.ArgumentTypeError(
            _("a whole number from {low} to {high}").format(low=FEWEST, high=MOST)
        )
    return number


def _instant(text: str) -> datetime:
    """A time in Shanghai unless it has a zone; a date alone is nine in the morning."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(_("not a time: 2026-11-23T09:14")) from None
    if len(text) <= 10:
        found = datetime.combine(found, time(9, 0))
    if found.tzinfo is None:
        found = found.replace(tzinfo=SHANGHAI)
    return found.astimezone(UTC)


class Meter:
    """A bar redrawn on a terminal; a plain line for each new thing elsewhere."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._terminal = stream.isatty()
        self._said = ""

    def show(self, what: str, part: float) -> None:
        """What is being done, and how much of all is over (0 to 1)."""
        if self._terminal:
            full = round(BAR * part)
            bar = "#" * full + "." * (BAR - full)
            print(f"\r[{bar}] {part:4.0%} {what}\x1b[K", end="", file=self._stream, flush=True)
        elif what != self._said:
            print(f"{part:4.0%} {what}", file=self._stream, flush=True)
        self._said = what

    def end(self) -> None:
        """Leave a clean line."""
        if self._terminal and self._said:
            print("\r\x1b[K", end="", file=self._stream, flush=True)
