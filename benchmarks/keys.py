"""Bytes and milliseconds of `↓` and `PgDn` in a list at 80×24."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Final

from benchmarks.places import roster_sql
from benchmarks.report import ROOT, Goal, Measure
from benchmarks.starting import SMALL_LIMIT
from benchmarks.subjects import Subjects, harlequin_query, shows
from benchmarks.terminal import Answer, Terminal, median, p95

DOWNS: Final = 100
PAGES: Final = 20

# Answers to `↓`, and to `PgDn`.
Pressed = tuple[list[Answer], list[Answer]]


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
        _measure("↓ bytes, median", "bytes", found, lambda f: median(_sizes(f[0])), Goal(250)),
        _measure("PgDn bytes, median", "bytes", found, lambda f: median(_sizes(f[1])), Goal(3000)),
        _measure(
            "↓ key → last byte, p95", "ms", found, lambda f: p95(_times(f[0])),
            Goal(1, "harlequin"), Goal(16),
        ),
        _measure("↓ key → last byte, median", "ms", found, lambda f: median(_times(f[0]))),
        _measure("PgDn key → last byte, p95", "ms", found, lambda f: p95(_times(f[1]))),
    ]  # fmt: skip


def _ours(on: Subjects, number: str) -> Pressed:
    with on.ours() as terminal:
        terminal.until(shows(number))
        terminal.settle(2)
        return _pressed(terminal)


def _pressed(terminal: Terminal) -> Pressed:
    """Answers to `↓` and to `PgDn`; keys that change nothing show that a list has ended."""
    answers = []
    for name, count in (("down", DOWNS), ("pagedown", PAGES)):
        some = []
        for _time in range(count):
            terminal.press(name)
            some.append(terminal.answer())
        for answer in some:
            terminal.draw(answer)
        answers.append([answer for answer in some if answer.pieces])
    return answers[0], answers[1]


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
