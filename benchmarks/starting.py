"""From the start of the process to rows on the screen, and what a session then weighs."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final

from benchmarks import floor
from benchmarks.places import roster_sql
from benchmarks.report import Goal, Measure
from benchmarks.subjects import Subjects, harlequin_query, shows
from benchmarks.terminal import Terminal, median, resident_mb

ROUNDS: Final = 5
# A query of as many rows as a screen of a list; harlequin would fetch all it is asked for.
SMALL_LIMIT: Final = 500


def start(on: Subjects) -> list[Measure]:
    """Median of several starts, each program in turn, so that all have the machine alike."""
    number = on.first().customer_no
    starts: dict[str, tuple[Callable[[], AbstractContextManager[Terminal]], str]] = {
        "ours": (on.ours, number)
    }
    if on.peers:
        starts["harlequin"] = (on.harlequin, "Query Results")
        starts["visidata"] = (on.visidata, number)
    starts["Textual and SQLModel alone"] = (on.floor, floor.SAID)
    seconds: dict[str, list[float]] = {name: [] for name in starts}
    for _round in range(ROUNDS + 1):
        for name, (opened, wanted) in starts.items():
            with opened() as terminal:
                seconds[name].append(terminal.until(shows(wanted)))
                terminal.settle(0.2, 2)
    # The first round fills the caches of the system.
    found = {name: median(values[1:]) for name, values in seconds.items()}
    ours = found.pop("ours")
    goal = (Goal(0.6, "harlequin"),)
    return [
        Measure(
            "start", "process start → first rows on the screen", "s", ours, goal, found,
            {name: [round(value, 3) for value in values] for name, values in seconds.items()},
        )
    ]  # fmt: skip


def memory(on: Subjects) -> list[Measure]:
    """Resident memory with the list open and counted, and after walking through it."""
    number = on.first().customer_no
    with on.ours() as terminal:
        terminal.until(shows(number))
        terminal.settle(2)
        opened = resident_mb(terminal.pid)
        for name in ["pagedown"] * 60 + ["end", "home"]:
            terminal.press(name)
            terminal.draw(terminal.answer())
        walked = resident_mb(terminal.pid)
    peers = {}
    if on.peers:
        with on.harlequin() as terminal:
            sql = f"{roster_sql(on.bank)} limit {SMALL_LIMIT}"
            harlequin_query(terminal, sql, number)
            peers["harlequin"] = resident_mb(terminal.pid)
        with on.visidata() as terminal:
            terminal.until(shows(f"{on.customers} rows"), timeout=300)
            terminal.settle(2)
            peers["visidata"] = resident_mb(terminal.pid)
    goal = (Goal(90),)
    what = "resident memory, roster open"
    after = "resident memory after 60 pages, End, Home"
    detail = {"harlequin": f"{SMALL_LIMIT} rows of the roster in its result table"}
    return [
        Measure("memory", what, "MB", opened, goal, peers, detail),
        Measure("memory", after, "MB", walked),
    ]
