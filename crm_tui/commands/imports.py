"""`crm-tui import KIND FILE`: files of the core bank, by the operator of the host."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TextIO

from crm_tui.commands.arguments import day
from crm_tui.errors import ImportRejected, UsageError
from crm_tui.i18n import _

if TYPE_CHECKING:
    import argparse

    from crm_tui.commands.context import Context
    from crm_tui.services.imports import ImportReport, Progress

# Cells of a wrong value that a line on the terminal shows; the file has all of it.
_VALUE: Final = 60
# Codes of services.imports.ImportKind, repeated because that module is heavy; a test compares.
KINDS: Final = (
    "branches", "staff", "customers", "accounts", "balances", "transactions", "visits",
    "complaints", "tiers", "regimes", "calendar",
)  # fmt: skip
DONE, NOTHING_LOADED, SOME_SKIPPED = 0, 1, 3


def add_parser(subparsers: Any) -> None:
    """Declare the command."""
    parser = subparsers.add_parser("import", help=_("bring in a file of the core bank"))
    parser.add_argument("kind", choices=KINDS, metavar="KIND", help=", ".join(KINDS))
    parser.add_argument(
        "file",
        type=Path,
        metavar="FILE",
        help=_("CSV (also .gz), XLSX or XLS; TOML for tiers and regimes"),
    )
    parser.add_argument("--dry-run", action="store_true", help=_("check only"))
    parser.add_argument("--skip-bad", action="store_true", help=_("load the good rows (exit 3)"))
    parser.add_argument(
        "--errors", type=Path, metavar="FILE", help=_("a new file for every bad row")
    )
    parser.add_argument(
        "--effective", type=day, metavar="DATE", help=_("tiers, regimes: in force from this date")
    )
    parser.add_argument(
        "--mapping", type=Path, metavar="FILE", help=_("complaints: our codes for a source's words")
    )
    parser.add_argument("--json", action="store_true", help=_("the result as JSON"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, context: Context) -> int:
    """Import, and say what became of it. Exit 0, 1 nothing loaded, 3 some rows skipped."""
    from crm_tui.services.imports import ImportKind, import_file

    if args.effective and args.kind not in (ImportKind.TIERS, ImportKind.REGIMES):
        raise UsageError(_("--effective is for tiers and regimes only"))
    if args.mapping and args.kind != ImportKind.COMPLAINTS:
        raise UsageError(_("--mapping is for complaints only"))
    line = ProgressLine(context.stderr)
    started = time.monotonic()
    with context.open_store() as store:
        try:
            report = import_file(
                store,
                ImportKind(args.kind),
                args.file,
                actor=context.actor,
                policy=context.policy,
                dry_run=args.dry_run,
                skip_bad=args.skip_bad,
                errors_path=args.errors,
                effective=args.effective,
                mapping=args.mapping,
                progress=line.show,
            )
        except ImportRejected as error:
            raise _in_file(args.file, error) from None
        finally:
            line.end()
    seconds = time.monotonic() - started
    if args.json:
        context.say_json(_as_json(report, seconds))
    else:
        _say(report, args, context, seconds)
    if not report.bad_rows:
        return DONE
    return SOME_SKIPPED if report.loaded else NOTHING_LOADED


def _in_file(file: Path, error: ImportRejected) -> ImportRejected:
    """The error with the file that it is about."""
    if str(file) in error.message:
        return error
    return ImportRejected(_("{file}: {why}").format(file=file, why=error.message))


def _as_json(report: ImportReport, seconds: float) -> dict[str, Any]:
    return {
        "kind": report.kind.value,
        "sha256": report.sha256,
        "loaded": report.loaded,
        **report.counts(),
        "before_opening": report.before_opening,
        "answered_before": report.answered_before,
        "no_reason": report.no_reason,
        "notes": report.notes,
        "seconds": round(seconds, 2),
    }


def _say(report: ImportReport, args: argparse.Namespace, context: Context, seconds: float) -> None:
    from crm_tui.text import clip, safe

    for note in report.notes:
        print(f"crm-tui: {safe(note)}", file=context.stderr)
    for issue in report.first_issues:
        where = _("line {line}").format(line=issue.line)
        parts = [where, issue.column, clip(issue.value, _VALUE), issue.reason]
        print("  " + safe(" · ".join(part for part in parts if part)), file=context.stderr)
    hidden = report.issues - len(report.first_issues)
    if hidden > 0:
        more = _("and {n} more; --errors FILE lists them all")
        listed = _("and {n} more in {file}")
        text = listed.format(n=hidden, file=args.errors) if args.errors else more.format(n=hidden)
        print("  " + safe(text), file=context.stderr)
    context.say(safe(_summary(report, args.file, seconds, dry_run=args.dry_run)))


def _summary(report: ImportReport, file: Path, seconds: float, *, dry_run: bool) -> str:
    values = {
        "file": file.name,
        "rows": f"{report.rows:,}",
        "bad": f"{report.bad_rows:,}",
        "seconds": f"{seconds:.1f}",
    }
    if report.bad_rows and not report.loaded:
        return _("{file}: nothing was loaded; {bad} of {rows} rows are bad.").format(**values)
    if dry_run:
        return _("{file}: {rows} rows checked, all good; nothing was written.").format(**values)
    parts = [_("{file}: {rows} rows in {seconds} s").format(**values)]
    if report.added or report.changed:
        parts += [
            _("{n} added").format(n=f"{report.added:,}"),
            _("{n} changed").format(n=f"{report.changed:,}"),
            _("{n} as before").format(n=f"{report.unchanged:,}"),
        ]
    else:
        parts.append(_("nothing changed"))
    for count, text in (
        (report.bad_rows, _("{n} bad rows left out")),
        (report.conflicts, _("{n} conflicts: the program's value stays")),
        (report.before_opening, _("{n} before the account was opened, marked")),
        (report.answered_before, _("{n} answered before they were received, marked")),
        (report.no_reason, _("{n} without a reason: other, marked")),
    ):
        if count:
            parts.append(text.format(n=f"{count:,}"))
    return " · ".join(parts)


class ProgressLine:
    """One line redrawn on a terminal; a plain line every few seconds elsewhere."""

    _TERMINAL_SECONDS = 0.2
    _PLAIN_SECONDS = 5.0

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._terminal = stream.isatty()
        self._every = self._TERMINAL_SECONDS if self._terminal else self._PLAIN_SECONDS
        self._last = time.monotonic()
        self._phase = ""
        self._phase_start = self._last
        self._drawn = False

    def show(self, progress: Progress) -> None:
        """Draw when it is time to."""
        now = time.monotonic()
        if progress.phase != self._phase:
            self._phase, self._phase_start = progress.phase, now
        if now - self._last < self._every:
            return
        self._last = now
        text = progress_text(progress, now - self._phase_start)
        if self._terminal:
            print(f"\r{text}\x1b[K", end="", file=self._stream, flush=True)
            self._drawn = True
        else:
            print(text, file=self._stream, flush=True)

    def end(self) -> None:
        """Leave a clean line."""
        if self._drawn:
            print("\r\x1b[K", end="", file=self._stream, flush=True)


def progress_text(progress: Progress, seconds: float) -> str:
    """`checking 40 % · 12,000 rows · 9,800/s · 00:12 left`, for a phase that ran so long."""
    phases = {
        "reading": _("reading"),
        "checking": _("checking"),
        "applying": _("writing"),
    }
    parts = [f"{phases[progress.phase.value]} {progress.fraction:.0%}"]
    if progress.rows:
        parts.append(_("{n} rows").format(n=f"{progress.rows:,}"))
        if seconds > 0:
            parts.append(f"{progress.rows / seconds:,.0f}/s")
    if 0 < progress.fraction < 1 and seconds > 1:
        left = int(seconds / progress.fraction - seconds)
        parts.append(_("{time} left").format(time=f"{left // 60:02d}:{left % 60:02d}"))
    return " · ".join(parts)
