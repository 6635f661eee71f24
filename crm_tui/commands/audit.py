"""`crm-tui audit verify|anchor`: walk the chain; print its end to be kept elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from crm_tui.errors import UsageError
from crm_tui.i18n import N_, _

if TYPE_CHECKING:
    import argparse

    from crm_tui.commands.context import Context

PROBLEMS = {
    "gap": N_("a row is missing before it"),
    "link": N_("it does not follow from the row before"),
    "hash": N_("it was changed"),
    "image": N_("its image was changed or taken away"),
    "tail": N_("rows are missing at the end"),
    "anchor": N_("the chain is not the one that the anchor was taken from"),
}


def add_parser(subparsers: Any) -> None:
    """Declare the commands."""
    parser = subparsers.add_parser("audit", help=_("verify the audit chain"))
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    verify = actions.add_parser("verify", help=_("name the first bad row, if there is one"))
    verify.add_argument("--anchor", type=Path, metavar="FILE", help=_("a line that anchor printed"))
    verify.add_argument("--json", action="store_true", help=_("for a script"))
    actions.add_parser("anchor", help=_("print the end of the chain, to be kept elsewhere"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, context: Context) -> int:
    """Do one of the actions."""
    from crm_tui.db import audit

    with context.open_store() as store, store.read() as session:
        if args.action == "anchor":
            seq, head = audit.head(session)
            context.say(f"{seq} {head}")
            return 0
        anchor = _read_anchor(args.anchor) if args.anchor else None
        verdict = audit.verify(session, anchor)
    if args.json:
        context.say_json(
            {"rows": verdict.rows, "bad_row": verdict.bad_seq, "problem": verdict.problem}
        )
    elif verdict.bad_seq is None:
        context.say(_("The chain is whole: {n} rows.").format(n=verdict.rows))
    else:
        context.say(
            _("The chain is broken at row {seq}: {problem}.").format(
                seq=verdict.bad_seq, problem=_(PROBLEMS[verdict.problem])
            )
        )
    return 0 if verdict.bad_seq is None else 1


def _read_anchor(path: Path) -> tuple[int, str]:
    try:
        seq, head = path.read_text("ascii").split()
        return int(seq), head
    except (OSError, ValueError):
        raise UsageError(
            _("{file}: not a line of `crm-tui audit anchor`").format(file=path)
        ) from None
