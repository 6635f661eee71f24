"""Rules of the work diary (domain.md 8): days, lateness, states, and what a day proposes."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from crm_tui.clock import SHANGHAI
from crm_tui.domain.kinds import DiaryState, Method
from crm_tui.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from enum import Enum

    from crm_tui.domain.diary import DayTouch
    from crm_tui.domain.workdays import Calendar

# What the author may still change.
OPEN: Final = frozenset({DiaryState.DRAFT, DiaryState.RETURNED})
# What the reviewer has been given.
HANDED_IN: Final = frozenset({DiaryState.SUBMITTED, DiaryState.REVIEWED})
# From so many messages of one method on they share a line.
GROUPED_FROM: Final = 3
_WORDS: Final = 48


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


def proposed_content(touches: Sequence[DayTouch], word: Callable[[Enum], str]) -> list[str]:
    """One line for each contact and case of the day; many messages of one kind share one.

    `word` names a method, event or tier in the person's language. A line holds the number of
    its customer, by which `Ctrl+O` finds them.
    """
    grouped = {
        kind
        for kind, count in Counter(one.kind for one in touches).items()
        if kind in (Method.SMS, Method.EMAIL, Method.SOCIAL) and count >= GROUPED_FROM
    }
    lines = [_line(one, word) for one in touches if one.kind not in grouped]
    for kind in sorted(grouped, key=str):
        people = {one.name for one in touches if one.kind == kind}
        lines.append(_("{method} {n} people").format(method=word(kind), n=len(people)))
    return list(dict.fromkeys(lines))


def _line(one: DayTouch, word: Callable[[Enum], str]) -> str:
    words = " ".join(one.text.split())[:_WORDS]
    number = one.complaint_no or one.customer_no
    also = one.customer_no if one.complaint_no else ""
    tier = word(one.tier) if one.tier else ""
    return " ".join(part for part in (word(one.kind), one.name, number, also, tier, words) if part)


def proposed_method(touches: Sequence[DayTouch], word: Callable[[Enum], str]) -> str:
    """How people were reached: each method with its count, the most used first."""
    counts = Counter(one.kind for one in touches if isinstance(one.kind, Method))
    parts = [
        _("{method} {n}x").format(method=word(kind), n=count)
        for kind, count in counts.most_common()
    ]
    return _(", ").join(parts)


def with_new_lines(typed: str, lines: Sequence[str]) -> str:
    """`typed` with those of `lines` that it does not hold yet, at its end.

    A line that was edited is still there as long as it begins alike and names the same number.
    """
    there = typed.splitlines()
    new = [line for line in lines if not any(_same(line, one) for one in there)]
    return "\n".join([*there, *new]) if new else typed


def _same(line: str, other: str) -> bool:
    if line == other:
        return True
    words, others = line.split(), other.split()
    return words[:1] == others[:1] and bool(_numbers(words) & _numbers(others))


def _numbers(words: Sequence[str]) -> set[str]:
    return {word for word in words if word.isascii() and any(char.isdigit() for char in word)}
