"""`crm-tui export customers|visits|complaints FILE`: by the operator of the host, audited."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from crm_tui.i18n import _

if TYPE_CHECKING:
    import argparse

    from crm_tui.commands.context import Context

# Codes of services.exports, repeated because that module is heavy; a test compares.
KINDS: Final = ("customers", "visits", "complaints")
VIEWS: Final = ("all", "near", "overdue", "open", "untriaged", "ended")


def add_parser(subparsers: Any) -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "export", help=_("write customers, visits or complaints to a new file")
    )
    parser.add_argument("kind", choices=KINDS, metavar="KIND", help=", ".join(KINDS))
    parser.add_argument("file", type=Path, metavar="FILE", help=_("a new .csv or .xlsx"))
    parser.add_argument(
        "--columns", default="", metavar="A,B", help=_("which columns, in this order")
    )
    parser.add_argument(
        "--view", choices=VIEWS, default="all", metavar="NAME", help=", ".join(VIEWS)
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, context: Context) -> int:
    """Export, and say how many rows were written."""
    from crm_tui.services.exports import ExportKind, ExportView, export_file
    from crm_tui.text import safe

    names = [name.strip() for name in args.columns.split(",") if name.strip()]
    with context.open_store() as store:
        report = export_file(
            store,
            ExportKind(args.kind),
            args.file,
            actor=context.actor,
            columns=names,
            view=ExportView(args.view),
        )
    text = _("{file}: {n} rows written").format(file=report.path.name, n=f"{report.rows:,}")
    context.say(safe(text))
    return 0
