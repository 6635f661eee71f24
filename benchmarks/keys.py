"""Bytes and milliseconds of `↓` and `PgDn` in a list at 80×24."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from statistics import mean
from typing import Final

from benchmarks.places import roster_sql
from benchmarks.report import ROOT, Goal, Measure
from benchmarks.starting import SMALL_LIMIT
from benchmarks.subjects import Subjects, harlequin_query, shows
from benchmarks.terminal import Answer, Terminal, median, p95

# `↓` and `↑` that scroll in no program: harlequin's table shows seven rows.
STEPS: Final = (*(("down",) * 5), *(("up",) * 5)) * 3
DOWNS: Final = 100
PAGES: Final = 20

# Answers to keys within the screen, to `↓` through the list, and to `PgDn`.
Pressed = tuple[list[Answer], list[Answer], list[Answer]]


def keys(on: Subjects) -> list[Measure]:
    """The same keys in every program, one at a time, each after the last has been answered."""
    number = on.first().customer_no
    found = {"ours": _ours(on, number)}
    if on.peers:
        with on.harlequin() as terminal:
            sql = f"{roster_sql(on.bank)} limit {SMALL_LIMIT}"
            harlequin_query(terminal, sql, number)
            found["harlequin"] = _pressed(terminal)
        with on.visidata() as terminal:
            terminal.until(shows(f"{on.customers} rows"), timeout=300)
            terminal.settle(6, 12)  # its messages go away after some seconds
            found["visidata"] = _pressed(terminal)
        with Terminal(_data_table(on), cwd=ROOT) as terminal:
            terminal.until(shows(number))
            terminal.settle(1)
            found["DataTable"] = _pressed(terminal)
    return [
        _measure("↓ bytes, median", "bytes", found, lambda f: median(_sizes(f[1])), Goal(250)),
        _measure("↓ bytes, mean with scrolling", "bytes", found, lambda f: mean(_sizes(f[1]))),
        _measure("↓ bytes within the screen", "bytes", found, lambda f: median(_sizes(f[0]))),
        _measure("PgDn bytes, median", "bytes", found, lambda f: median(_sizes(f[2])), Goal(3000)),
        _measure(
            "↓ key → last byte, p95", "ms", found, lambda f: p95(_times(f[1])),
            Goal(1, "harlequin"), Goal(16),
        ),
        _measure("↓ key → last byte, median", "ms", found, lambda f: median(_times(f[1]))),
        _measure("PgDn key → last byte, p95", "ms", found, lambda f: p95(_times(f[2]))),
    ]  # fmt: skip


def _ours(on: Subjects, number: str) -> Pressed:
    with on.ours() as terminal:
        terminal.until(shows(number))
        terminal.settle(2)
        return _pressed(terminal)


def _pressed(terminal: Terminal) -> Pressed:
    """Each key after the last was answered; one that changes nothing is not counted."""
    steps = _answers(terminal, STEPS)
    return steps, _answers(terminal, ["down"] * DOWNS), _answers(terminal, ["pagedown"] * PAGES)


def _answers(terminal: Terminal, names: Iterable[str]) -> list[Answer]:
    found = []
    for name in names:
        terminal.press(name)
        found.append(terminal.answer())
    for answer in found:
        terminal.draw(answer)
    return [answer for answer in found if answer.pieces]


def _sizes(answers: list[Answer]) -> list[int]:
    return [answer.size for answer in answers] or [0]


def _times(answers: list[Answer]) -> list[float]:
    """Milliseconds."""
    return [answer.last * 1000 for answer in answers] or [0.0]


def _measure(
    what: str,
    unit: str,
    found: Mapping[str, Pressed],
    value: Callable[[Pressed], float],
    *goals: Goal,
) -> Measure:
    values = {name: float(value(pressed)) for name, pressed in found.items()}
    ours = values.pop("ours")
    return Measure("keys", what, unit, ours, goals, values)


def _data_table(on: Subjects) -> list[str]:
    return [sys.executable, "-m", "benchmarks.data_table", str(on.roster_csv), str(SMALL_LIMIT)]
