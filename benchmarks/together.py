"""Ten people at once on one SQLite file, each in a process of their own, for two minutes."""

from __future__ import annotations

import itertools
import random
import sqlite3
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from benchmarks import places
from benchmarks.report import Goal, Measure
from benchmarks.subjects import Subjects, shows
from benchmarks.terminal import Stuck, Terminal, median, p95

if TYPE_CHECKING:
    from benchmarks.places import Bank

CUSTOMERS: Final = 2_000
SECONDS: Final = 120
PEOPLE: Final = ("lina", "wangqiang", "chenjing", "hemin", "zhoutao", "sunlei", "zhaomin",
                 "liuyang", "linxia", "lina")  # fmt: skip
# How long somebody looks at a screen before the next key.
THINK: Final = 0.5
ERRORS: Final = ("incident", "tries again", "did not work", "NOT SAVED")


@dataclass(slots=True)
class Worker:
    """One person: what was saved, how long each save took, what went wrong."""

    user: str
    number: int
    saved: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def work(self, on: Subjects, bank: Bank, customers: list[str], until: float) -> None:
        """Log contacts and register complaints in turn."""
        dice = random.Random(self.number)
        try:
            with on.ours(bank, user=self.user) as terminal:
                terminal.until(shows("Customers F3"), timeout=120)
                terminal.settle(1, 30)
                for turn in itertools.count():
                    if time.monotonic() > until:
                        return
                    self._one(terminal, dice.choice(customers), turn)
        except Stuck as stuck:
            self.errors.append(f"{self.user}: {stuck}")

    def _one(self, terminal: Terminal, customer: str, turn: int) -> None:
        mark = f"note {self.number} {turn} of {self.user}"
        terminal.press("f3")
        terminal.settle(THINK, 5)
        terminal.press("2")
        terminal.settle(THINK, 5)
        terminal.press("/", text=customer)
        terminal.until(shows("1/1"))
        terminal.press("enter")
        terminal.until(shows("timeline"))
        terminal.settle(THINK, 5)
        if turn % 3 == 2:
            terminal.press("ctrl+k")
            terminal.until(shows("Came by"))
            terminal.press(text=f"{mark}\t2471")
            said = "registered"
        else:
            terminal.press(text=f"v3{mark}")
            said = "Contact saved"
        terminal.until(shows(mark))
        terminal.settle(THINK, 5)
        terminal.press("ctrl+s")
        self.seconds.append(terminal.until(shows(said)))
        self.saved.append(mark)
        self.errors += [f"{self.user}: {line}" for line in terminal.lines()
                        if any(word in line for word in ERRORS)]  # fmt: skip


def together(on: Subjects) -> list[Measure]:
    """What ten people see of each other: errors, losses, and the time of a save."""
    with places.copied(places.sqlite_bank(CUSTOMERS, on.say)) as bank:
        people = [Worker(user, number) for number, user in enumerate(PEOPLE)]
        reach = _customers(bank)
        until = time.monotonic() + SECONDS
        threads = [
            threading.Thread(target=one.work, args=(on, bank, reach[one.user], until))
            for one in people
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        wrong = _lost_or_doubled(bank, people)
    saves = [seconds * 1000 for one in people for seconds in one.seconds]
    errors = [text for one in people for text in one.errors]
    detail = {"people": len(people), "seconds": SECONDS, "errors": errors[:5]}
    return [
        Measure("together", "ten people, two minutes: saves", "saves", len(saves), (), {}, detail),
        Measure("together", "errors shown", "errors", len(errors), (Goal(0),)),
        Measure("together", "saves lost or doubled", "saves", wrong, (Goal(0),)),
        Measure("together", "save, p95", "ms", p95(saves), (Goal(500),)),
        Measure("together", "save, median", "ms", median(saves)),
    ]  # fmt: skip


def _customers(bank: Bank) -> dict[str, list[str]]:
    """Numbers of active customers in reach of each person."""
    query = (
        "SELECT c.customer_no FROM customer AS c WHERE c.state = 'active' AND "
        "(c.branch_id IN (SELECT branch_id FROM staff_role AS r JOIN staff AS s "
        "ON s.id = r.staff_id WHERE s.username = ?) OR ? = 'linxia')"
    )
    with closing(sqlite3.connect(bank.file)) as connection:
        return {
            user: [row[0] for row in connection.execute(query, (user, user))]
            for user in set(PEOPLE)
        }


def _lost_or_doubled(bank: Bank, people: list[Worker]) -> int:
    """Saves that stand in the database not at all, or more than once; a broken audit is all."""
    from crm_tui.db import audit
    from crm_tui.office import open_store

    wrong = 0
    with closing(sqlite3.connect(bank.file)) as connection:
        for mark in (mark for one in people for mark in one.saved):
            (found,) = connection.execute(
                "SELECT (SELECT count(*) FROM contact WHERE content = ?) + "
                "(SELECT count(*) FROM complaint WHERE content = ?)",
                (mark, mark),
            ).fetchone()
            wrong += found != 1
    store = open_store(bank.settings())
    try:
        with store.read() as session:
            whole = audit.verify(session).bad_seq is None
    finally:
        store.close()
    return wrong if whole else sum(len(one.saved) for one in people)
