"""Working days, natural days and due dates (domain.md 1 and 2; Civil Code 201–203).

The start day is excluded. A year without a published arrangement counts Monday to Friday, and
whatever rests on it says so: `estimated`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType
from typing import Self

from crm_tui.domain.kinds import DayKind

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Due:
    """A date and whether it rests on a year without a published arrangement."""

    on: date
    estimated: bool


@dataclass(frozen=True, slots=True)
class Calendar:
    """The published days off and make-up working days; every other day goes by its weekday."""

    kinds: Mapping[date, DayKind] = field(repr=False)
    years: frozenset[int]
    _extra: tuple[date, ...] = field(repr=False)
    _missing: tuple[date, ...] = field(repr=False)

    @classmethod
    def of(cls, kinds: Mapping[date, DayKind | str], years: Iterable[int] | None = None) -> Self:
        """A calendar of the given days.

        `years` are those with a published arrangement: by default each year with a day off,
        since a notice for a year may name make-up days of the December before.
        """
        days = {day: DayKind(kind) for day, kind in kinds.items()}
        if years is None:
            years = {day.year for day, kind in days.items() if kind is DayKind.OFF}
        return cls(
            kinds=MappingProxyType(days),
            years=frozenset(years),
            _extra=tuple(sorted(d for d, k in days.items() if k == DayKind.WORK and _weekend(d))),
            _missing=tuple(
                sorted(d for d, k in days.items() if k == DayKind.OFF and not _weekend(d))
            ),
        )

    def estimated(self, day: date) -> bool:
        """Whether the day's year has no published arrangement."""
        return day.year not in self.years

    def is_working(self, day: date) -> bool:
        """Whether people work on that day; make-up weekends count."""
        kind = self.kinds.get(day)
        return kind is DayKind.WORK if kind else not _weekend(day)

    def natural(self, start: date, days: int) -> Due:
        """`start` + `days`; needs no arrangement."""
        return Due(start + days * _DAY, estimated=False)

    def roll(self, day: date) -> Due:
        """The first working day on or after `day`."""
        last = day
        while not self.is_working(last):
            last += _DAY
        return Due(last, self._rests(day, last))

    def working(self, start: date, days: int) -> Due:
        """The `days`-th working day strictly after `start`; `start` itself for 0."""
        if days < 0:
            raise ValueError(days)
        last = start
        while days:
            last += _DAY
            days -= self.is_working(last)
        return Due(last, last > start and self._rests(start + _DAY, last))

    def working_between(self, after: date, upto: date) -> int:
        """Working days after `after` up to and with `upto`; negative when `upto` is earlier."""
        if upto < after:
            return -self.working_between(upto, after)
        extra = _count(self._extra, after, upto)
        missing = _count(self._missing, after, upto)
        return _weekdays_before(upto + _DAY) - _weekdays_before(after + _DAY) + extra - missing

    def _rests(self, first: date, last: date) -> bool:
        return any(year not in self.years for year in range(first.year, last.year + 1))


def _weekend(day: date) -> bool:
    return day.weekday() >= 5


def _weekdays_before(day: date) -> int:
    """Mondays to Fridays from 0001-01-01, a Monday, up to the day before."""
    weeks, rest = divmod(day.toordinal() - 1, 7)
    return weeks * 5 + min(rest, 5)


def _count(days: tuple[date, ...], after: date, upto: date) -> int:
    """How many of the ascending days lie in (after, upto]."""
    return bisect_left(days, upto + _DAY) - bisect_left(days, after + _DAY)
