"""Every key of a search, from the key to its rows on the screen."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING, Final

from benchmarks.report import Goal, Measure
from benchmarks.subjects import LIST_BOTTOM, LIST_TOP, Subjects, shows
from benchmarks.terminal import Terminal, median, p95

if TYPE_CHECKING:
    from benchmarks.places import Bank

NAMES: Final = 4
# A letter alone finds up to a tenth of everybody: the widest answers there are.
LETTERS: Final = ("z", "l", "w", "o", "王", "欧")
# Seconds between the keys of somebody who types fast.
TYPED: Final = 0.1


def search(on: Subjects, banks: dict[str, Callable[[], Bank]]) -> list[Measure]:
    """On each database: keys one by one, then whole searches as they are typed."""
    texts = [*LETTERS, *_names(on)]
    found = []
    for database, bank in banks.items():
        on.say(f"  {database}")
        with on.ours(bank()) as terminal:
            terminal.until(shows(on.first().customer_no))
            terminal.settle(3)
            single, every = _single_keys(terminal, texts)
            typed = _typed(terminal, [text for text in texts if len(text) > 1])
        detail = {"searches": len(texts), "keys": len(every)}
        what = f"each key of a search → rows, p95, {database}"
        letter = f"one letter over all branches → rows, worst, {database}"
        burst = f"search typed at 10 keys/s, last key → rows, p95, {database}"
        found += [
            Measure("search", what, "ms", p95(every), (Goal(60),), {}, detail),
            Measure("search", f"the same, median, {database}", "ms", median(every)),
            Measure("search", letter, "ms", max(single), (Goal(60),)),
            Measure("search", burst, "ms", p95(typed)),
        ]
    return found


def _names(on: Subjects) -> list[str]:
    """Searches as people type them: pinyin, initials, Han, numbers of customers who exist."""
    dice = random.Random(7)
    with closing(sqlite3.connect(on.bank.file)) as connection:
        (last,) = connection.execute("SELECT max(id) FROM customer").fetchone()
        query = (
            "SELECT name, customer_no, doc FROM customer "
            "JOIN customer_search ON id = customer_id WHERE id = ?"
        )
        ids = [dice.randint(1, last) for _n in range(NAMES)]
        rows = [connection.execute(query, (one,)).fetchone() for one in ids]
    texts = []
    for name, number, doc in rows:
        plain = [t for t in doc.split() if t.isascii() and t.isalpha()]
        full = max(plain, key=len, default="zhang")
        initials = min((t for t in plain if len(t) > 1), key=len, default="zw")
        texts += [full[:7], initials, name[:3], number[-5:]]
    return list(dict.fromkeys(texts))


def _single_keys(terminal: Terminal, texts: list[str]) -> tuple[list[float], list[float]]:
    """Milliseconds of the first keys of LETTERS, and of every key that changed the rows."""
    single, every = [], []
    for text in texts:
        terminal.press("/")
        terminal.settle(0.2, 5)
        for place, letter in enumerate(text):
            terminal.press(text=letter)
            seconds = terminal.rows_shown(terminal.answer(0.35), LIST_TOP, LIST_BOTTOM)
            if seconds is not None:
                every.append(seconds * 1000)
                if place == 0:
                    single.append(seconds * 1000)
        _clear(terminal)
    return single, every


def _typed(terminal: Terminal, texts: list[str]) -> list[float]:
    """Milliseconds from the last key of a search that is typed without a pause."""
    found = []
    for text in texts:
        terminal.press("/")
        terminal.settle(0.2, 5)
        for letter in text[:-1]:
            terminal.press(text=letter)
            terminal.draw(terminal.answer(TYPED, TYPED))
        terminal.press(text=text[-1])
        seconds = terminal.rows_shown(terminal.answer(0.35), LIST_TOP, LIST_BOTTOM)
        if seconds is not None:
            found.append(seconds * 1000)
        _clear(terminal)
    return found


def _clear(terminal: Terminal) -> None:
    """Out of the search, the whole list again."""
    for _time in range(2):
        terminal.press("escape")
        terminal.settle(0.4, 5)
