"""`python -m benchmarks [AREA …]`: measure, print one table, write it as JSON."""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from benchmarks import keys, places, searching, starting
from benchmarks.peers import Peers
from benchmarks.report import ROOT, Measure, Run
from benchmarks.servers import Postgres
from benchmarks.subjects import Subjects

LATEST = ROOT / "benchmarks" / "latest.json"


def main(argv: list[str] | None = None) -> int:
    """0 when everything could be measured, whether the goals are met or not; else 1."""
    parser = _parser()
    args = parser.parse_args(argv)
    unknown = set(args.areas) - set(AREAS)
    if unknown:
        parser.error(f"no such area: {', '.join(sorted(unknown))}; there are {', '.join(AREAS)}")
    args.areas = args.areas or list(AREAS)
    with Postgres(say) as postgres:
        subjects = Subjects(args.customers, say, None if args.no_peers else Peers(say))
        run = Run(args.customers, subjects.peers.versions() if subjects.peers else {})
        areas = _areas(subjects, postgres, args)
        _prepare(subjects, postgres, args)
        for name in args.areas:
            say(f"{name} …")
            began = time.monotonic()
            try:
                run.measures += areas[name]()
            except Exception as error:  # noqa: BLE001 (the other areas go on)
                run.failures[name] = f"{type(error).__name__}: {error}".partition("\n")[0]
                traceback.print_exc()
            run.seconds[name] = round(time.monotonic() - began, 1)
    print(run.text())
    written = places.cache_directory() / "latest.json"
    written.write_text(run.as_json(), "utf-8")
    if args.save:
        written = args.save
        written.write_text(run.as_json(), "utf-8")
    print(f"as JSON: {written}")
    return 1 if run.failures else 0


AREAS = ("start", "memory", "keys", "search", "day", "together", "import", "tiers")


def _prepare(on: Subjects, postgres: Postgres, args: argparse.Namespace) -> None:
    """Make what is missing before anything is measured."""
    wanted = set(args.areas)
    if wanted - {"import", "together"}:
        _bank, _file = on.bank, on.roster_csv
    if wanted & {"search", "day", "tiers"} and not args.no_postgres:
        postgres.bank(args.customers)


def _areas(
    on: Subjects, postgres: Postgres, args: argparse.Namespace
) -> dict[str, Callable[[], list[Measure]]]:
    from benchmarks import day, importing, tiers, together

    banks = {"SQLite": lambda: on.bank}
    if not args.no_postgres:
        banks["PostgreSQL"] = lambda: postgres.bank(args.customers)
    return {
        "start": lambda: starting.start(on),
        "memory": lambda: starting.memory(on),
        "keys": lambda: keys.keys(on),
        "search": lambda: searching.search(on, banks),
        "day": lambda: day.day(on, postgres, args.no_postgres),
        "together": lambda: together.together(on),
        "import": lambda: importing.imports(on, postgres, args.rows, args.no_postgres),
        "tiers": lambda: tiers.tiers(on, postgres, args.no_postgres),
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("areas", nargs="*", metavar="AREA", help=", ".join(AREAS))
    parser.add_argument("--customers", type=int, default=1_000_000, help="size of the bank")
    parser.add_argument("--rows", type=int, default=200_000, help="rows of a file to import")
    parser.add_argument("--no-peers", action="store_true", help="measure ours alone")
    parser.add_argument("--no-postgres", action="store_true", help="SQLite alone")
    parser.add_argument(
        "--save", nargs="?", type=Path, const=LATEST, metavar="FILE",
        help="write the result into the tree too (benchmarks/latest.json)",
    )  # fmt: skip
    return parser


def say(text: str) -> None:
    """What is being done, apart from the result."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
