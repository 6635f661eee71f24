"""A demo bank on its way: the store with the clock that moves through its history."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from crm_tui.clock import SHANGHAI
from crm_tui.demo import people, touches, work
from crm_tui.services import sign_in

if TYPE_CHECKING:
    from pathlib import Path

    from crm_tui.db.store import Store
    from crm_tui.demo import Watch
    from crm_tui.domain.audit import Actor
    from crm_tui.domain.periods import Window
    from crm_tui.domain.policy import Policy
    from crm_tui.domain.staff import Person


@dataclass(slots=True)
class MovingClock:
    """The store's clock while its history is being made."""

    at: datetime

    def __call__(self) -> datetime:
        """The instant it shows."""
        return self.at

    def set(self, day: date, at: time) -> None:
        """Move it to a time in Shanghai; it never goes back."""
        self.at = max(self.at, datetime.combine(day, at, SHANGHAI).astimezone(self.at.tzinfo))


@dataclass(slots=True)
class Making:
    """A bank on its way: the store with its moving clock, and what is there already."""

    store: Store
    clock: MovingClock
    actor: Actor
    policy: Policy
    watch: Watch
    seed: int
    now: datetime
    customers: list[people.Customer] = field(repr=False)
    months: list[Window]
    directory: Path
    seen: date = date.min
    visits: list[touches.Touch] = field(default_factory=list, repr=False)
    personal: list[touches.Touch] = field(default_factory=list, repr=False)
    tasks: list[work.Task] = field(default_factory=list, repr=False)
    people: dict[str, Person] = field(default_factory=dict)

    def set_clock(self, at: datetime) -> None:
        """Move it on to an instant; it never goes back."""
        self.clock.at = max(self.clock.at, at.astimezone(self.now.tzinfo))

    def person(self, username: str) -> Person:
        """Somebody signed in once for all that they do."""
        if username not in self.people:
            self.people[username] = sign_in.open_session(self.store, username, how="demo")
        return self.people[username]

    @property
    def bench(self) -> work.Bench:
        """Where tasks are done."""
        return work.Bench(self.store, self.policy, self.person, self.seed)
