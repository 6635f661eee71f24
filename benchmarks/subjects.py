"""Ours and the peers, opened on the same customers and brought to the same point."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import places
from benchmarks.report import ROOT
from benchmarks.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.peers import Peers
    from benchmarks.places import Bank
    from crm_tui.domain.roster import RosterRow

# The lines of the roster's list at 80×24.
LIST_TOP, LIST_BOTTOM = 5, 19


@dataclass(slots=True)
class Subjects:
    """What every area measures; peers may be absent."""

    customers: int
    say: Callable[[str], None]
    peers: Peers | None
    _known: dict[str, object] = field(default_factory=dict)

    @property
    def bank(self) -> Bank:
        """The SQLite bank."""
        return places.sqlite_bank(self.customers, self.say)

    @property
    def roster_csv(self) -> Path:
        """Its roster as a file."""
        return places.roster_csv(self.bank)

    def first(self) -> RosterRow:
        """The first row that head office sees."""
        return first_row(self.bank)

    @contextmanager
    def ours(self, bank: Bank | None = None, *, user: str = places.USER) -> Iterator[Terminal]:
        """Our program as it starts, at the roster."""
        home = places.cache_directory() / "home"
        home.mkdir(exist_ok=True)
        env = {"HOME": str(home), "LANG": "C.UTF-8"}
        with Terminal((bank or self.bank).command(user), env, cwd=ROOT) as terminal:
            yield terminal

    @contextmanager
    def floor(self) -> Iterator[Terminal]:
        """The libraries alone, on the interpreter and packages of our program."""
        command = [sys.executable, "-m", "benchmarks.floor"]
        with Terminal(command, {"LANG": "C.UTF-8"}, cwd=ROOT) as terminal:
            yield terminal

    @contextmanager
    def harlequin(self) -> Iterator[Terminal]:
        """Harlequin on the same SQLite file, as it starts."""
        assert self.peers is not None
        command = self.peers.harlequin(self.bank.file)
        with Terminal(command, self.peers.environment, cwd=self.peers.home) as terminal:
            yield terminal

    @contextmanager
    def visidata(self) -> Iterator[Terminal]:
        """VisiData on the roster as CSV, as it starts."""
        assert self.peers is not None
        command = self.peers.visidata(self.roster_csv)
        with Terminal(command, self.peers.environment, cwd=self.peers.home) as terminal:
            yield terminal


def first_row(bank: Bank) -> RosterRow:
    """The first row that head office sees in a bank."""
    from crm_tui.clock import shifted
    from crm_tui.domain.roster import Move, RosterCriteria, View
    from crm_tui.office import open_door

    office = open_door(bank.settings(), shifted(places.NOW)).enter_demo(places.USER)
    try:
        page = office.roster.page(RosterCriteria(view=View.BRANCH), Move.FIRST, None, 1)
        office.leave("sign_out")
    finally:
        office.close()
    return page.rows[0]


def shows(text: str) -> Callable[[list[str]], bool]:
    """Whether `text` is on the screen."""
    return lambda lines: any(text in line for line in lines)


def harlequin_query(terminal: Terminal, sql: str, wanted: str) -> None:
    """Send a query and go to its rows."""
    terminal.until(shows("Query Results"))
    terminal.settle(1)
    terminal.press(text=sql)
    terminal.settle(0.5)
    terminal.press("ctrl+j")
    terminal.until(shows(wanted), timeout=300)
    terminal.settle(1)
