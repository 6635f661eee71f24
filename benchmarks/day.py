"""The day's work at full size: Today, the queue, triage, the diary, a busy customer's card."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Final

from benchmarks import places
from benchmarks.report import Goal, Measure
from benchmarks.subjects import Subjects, shows
from benchmarks.terminal import Terminal, median

if TYPE_CHECKING:
    from benchmarks.places import Bank
    from benchmarks.servers import Postgres

ROUNDS: Final = 3
TRIAGES: Final = 12
BUSY: Final = "C0000001"
# The lines of the queue at 80×24 that change from case to case.
_TOP, _BOTTOM = 5, 22
Copied = Callable[[], AbstractContextManager["Bank"]]


def day(on: Subjects, postgres: Postgres, no_postgres: bool) -> list[Measure]:
    """On each database, as head office sees it: everything is in reach."""
    found = _measured(on, on.bank, "SQLite", lambda: places.copied(on.bank))
    if not no_postgres:
        bank = postgres.bank(on.customers)
        found += _measured(on, bank, "PostgreSQL", lambda: postgres.copied(bank))
    return found


def _measured(on: Subjects, bank: Bank, database: str, copied: Copied) -> list[Measure]:
    on.say(f"  {database}")
    today = [_opened(on, bank, "f2", "Complaints to triage") for _n in range(ROUNDS)]
    queue = [_opened(on, bank, "f5", "CP-") for _n in range(ROUNDS)]
    diary = [_opened(on, bank, "f6", "Insight", user="lina") for _n in range(ROUNDS)]
    with copied() as copy:
        triage = _triage(on, copy)
    return [
        _measure("Today, head office", database, median(today), 300),
        _measure("complaint queue, head office", database, median(queue), 300),
        _measure("triage → next case, median", database, median(triage), 150),
        _measure("diary with its prefill", database, median(diary), 150),
        _measure("card of 2,000 touches → first page", database, _busy(on, bank), 150),
    ]


def _measure(what: str, database: str, milliseconds: float, goal: float) -> Measure:
    return Measure("day", f"{what}, {database}", "ms", milliseconds, (Goal(goal),))


@contextmanager
def _session(on: Subjects, bank: Bank, user: str) -> Iterator[Terminal]:
    with on.ours(bank, user=user) as terminal:
        terminal.until(shows("Customers F3"))
        terminal.settle(1.5, 30)
        yield terminal


def _opened(
    on: Subjects, bank: Bank, key: str, wanted: str, *, user: str = places.USER
) -> float:  # fmt: skip
    """Milliseconds from a key to what it opens, for the first time in a session."""
    with _session(on, bank, user) as terminal:
        terminal.press(key)
        return terminal.until(shows(wanted)) * 1000


def _busy(on: Subjects, bank: Bank) -> float:
    """Milliseconds from Enter on the busiest customer to the first page of touches, median."""
    seconds = []
    with _session(on, bank, places.USER) as terminal:
        for _n in range(ROUNDS):
            terminal.press("/", text=BUSY)
            terminal.settle(0.6, 10)
            terminal.press("enter")
            terminal.until(shows("timeline"))
            seconds.append(terminal.until(lambda lines: len(lines[-6].strip()) > 10))
            terminal.settle(0.4, 10)
            terminal.press("escape")
            terminal.settle(0.4, 10)
    return median(seconds) * 1000


def _triage(on: Subjects, bank: Bank) -> list[float]:
    """Milliseconds from Enter, which takes the proposal, to the next case."""
    found = []
    with _session(on, bank, "zhaomin") as terminal:
        terminal.press("f5")
        terminal.until(shows("CP-"))
        terminal.press("3")
        terminal.settle(0.8, 20)
        terminal.press("t")
        terminal.settle(0.8, 20)
        for _n in range(TRIAGES):
            terminal.press("enter")
            seconds = terminal.rows_shown(terminal.answer(0.4, 20), _TOP, _BOTTOM)
            if seconds is not None:
                found.append(seconds * 1000)
    if len(found) < TRIAGES // 2:
        raise RuntimeError("triage did not go on from case to case")
    return found
