"""The windows over which balances are averaged (domain.md 3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """Natural days from `start` to `end`, both counted."""

    start: date
    end: date

    @property
    def days(self) -> int:
        """How many days the window has; the divisor of every average."""
        return (self.end - self.start).days + 1

    @property
    def code(self) -> str:
        """`1994-02`."""
        return f"{self.start:%Y-%m}"

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end


def month_of(day: date) -> Window:
    """The calendar month that holds `day`."""
    start = day.replace(day=1)
    following = (start + timedelta(days=31)).replace(day=1)
    return Window(start, following - timedelta(days=1))


def last_closed_month(today: date) -> Window:
    """The newest month whose last day is before `today`."""
    return month_of(today.replace(day=1) - timedelta(days=1))


def is_closed(window: Window, today: date) -> bool:
    """Whether the window's last day is over; an open one needs `--provisional`."""
    return window.end < today
