"""Rules of the work diary (domain.md 8): days, lateness, states."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from crm_tui.clock import SHANGHAI
from crm_tui.domain.kinds import DiaryState
from crm_tui.domain.text_rules import NOTE_LIMIT, without_forbidden

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from crm_tui.domain.workdays import Calendar

# What the author may still change.
OPEN: Final = frozenset({DiaryState.DRAFT, DiaryState.RETURNED})
# What the reviewer has been given.
HANDED_IN: Final = frozenset({DiaryState.SUBMITTED, DiaryState.REVIEWED})


def is_late(day: date, submitted_at: datetime, late_after: time) -> bool:
    """Whether the entry of `day` came after `late_after` of the next day, in Shanghai."""
    limit = datetime.combine(day + timedelta(days=1), late_after, SHANGHAI)
    return submitted_at > limit


def wanted_days(begin: date, upto: date, calendar: Calendar) -> list[date]:
    """The working days from `begin` to `upto`, make-up weekends included."""
    days = (begin + timedelta(days=n) for n in range((upto - begin).days + 1))
    return [day for day in days if calendar.is_working(day)]


def missing_days(
    begin: date, upto: date, calendar: Calendar, written: Iterable[date]
) -> tuple[date, ...]:
    """Working days without an entry that was handed in or came back."""
    there = frozenset(written)
    return tuple(day for day in wanted_days(begin, upto, calendar) if day not in there)


def _as_saved(line: str) -> str:
    """A line as an entry can hold it: without what is invisible and refused on saving."""
    kept = without_forbidden(line.replace("\t", " ")).strip()
    # Normalising takes quadratic time on a long run of marks, which no entry holds.
    return unicodedata.normalize("NFC", kept) if len(kept) <= NOTE_LIMIT else kept


def left_over(typed: Mapping[str, str], entry: Mapping[str, str]) -> dict[str, str]:
    """Of what was typed the lines, by part, that the entry does not have; blank ones are none."""
    found = {}
    for part, text in typed.items():
        there = {_as_saved(line) for line in entry.get(part, "").split("\n")}
        lines = [line for line in text.split("\n") if _as_saved(line) not in {"", *there}]
        if lines:
            found[part] = "\n".join(lines)
    return found
