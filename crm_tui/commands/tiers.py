"""`crm-tui tiers recompute`: a month's average daily assets and what follows from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crm_tui.commands.arguments import day
from crm_tui.i18n import N_, _

if TYPE_CHECKING:
    import argparse

    from crm_tui.commands.context import Context
    from crm_tui.services.recompute import RecomputeReport

TIER_NAMES = {
    "black_gold": N_("black-gold"),
    "platinum": N_("platinum"),
    "gold": N_("gold"),
    "silver": N_("silver"),
}


def add_parser(subparsers: Any) -> None:
    """Declare the command."""
    parser = subparsers.add_parser("tiers", help=_("recompute the customers' tiers"))
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    recompute = actions.add_parser("recompute", help=_("for the last closed month, or another"))
    recompute.add_argument(
        "--as-of", type=day, metavar="DATE", help=_("a day of the month (YYYY-MM-DD)")
    )
    recompute.add_argument(
        "--provisional", action="store_true", help=_("show any month, store nothing")
    )
    recompute.add_argument("--json", action="store_true", help=_("the result as JSON"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, context: Context) -> int:
    """Recompute, and print how many qualify for each tier."""
    from crm_tui.services.recompute import recompute

    line = _Line(context)
    try:
        with context.open_store() as store:
            report = recompute(
                store,
                context.actor,
                args.as_of,
                policy=context.policy,
                provisional=args.provisional,
                progress=line.show,
            )
    finally:
        line.clear()
    if args.json:
        context.say_json(as_json(report))
    else:
        for text in as_lines(report):
            context.say(text)
    return 0


def as_json(report: RecomputeReport) -> dict[str, Any]:
    """What a script reads."""
    return {
        "period": report.window.code,
        "provisional": report.provisional,
        "graded": report.graded,
        "qualifying": {tier.code: count for tier, count in report.counts.items()},
        "granted_initially": report.initial,
        "started": report.started,
        "promoted_to_gold": report.promoted,
        "seconds": round(report.seconds, 3),
    }


def as_lines(report: RecomputeReport) -> list[str]:
    """What the operator reads: the qualifying tiers from the top down, then what was done."""
    lines = [
        _("{month}: {n} customers graded in {seconds} s").format(
            month=report.window.code, n=f"{report.graded:,}", seconds=f"{report.seconds:.1f}"
        )
    ]
    lines += [
        f"  {_(TIER_NAMES[tier.code])}  {report.counts[tier]:,}"
        for tier in sorted(report.counts, reverse=True)
    ]
    if report.provisional:
        lines.append(_("Provisional: nothing was stored."))
    elif report.initial:
        lines.append(
            _("First recompute: {n} customers hold what they qualify for.").format(
                n=f"{report.initial:,}"
            )
        )
    else:
        lines.append(
            _("{started} newcomers start at silver, {promoted} rise to gold.").format(
                started=f"{report.started:,}", promoted=f"{report.promoted:,}"
            )
        )
    return lines


class _Line:
    """The phase, rewritten in one line of a terminal; nothing elsewhere."""

    def __init__(self, context: Context) -> None:
        self._stream = context.stderr
        self._shown = context.stderr.isatty()

    def show(self, phase: str, done: float) -> None:
        if self._shown:
            self._stream.write(f"\r\x1b[K{done:4.0%} {phase}")
            self._stream.flush()

    def clear(self) -> None:
        if self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
