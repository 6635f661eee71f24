"""Rules of the work diary (domain.md 8): days, lateness, states, and what a day proposes."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True)
class Proposal:
    """A line for the content. It is there already when a line begins with `begins` and names
    `number`, however it was edited; a line for many people names none."""

    text: str = field(repr=False)
    begins: str
    number: str


def proposed_content(touches: Sequence[DayTouch], word: Callable[[Enum], str]) -> list[Proposal]:
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
        text = _("{method} {n} people").format(method=word(kind), n=len(people))
        lines.append(Proposal(text, word(kind), ""))
    return lines


def _line(one: DayTouch, word: Callable[[Enum], str]) -> Proposal:
    words = " ".join(one.text.split())[:_WORDS]
    number = one.complaint_no or one.customer_no
    also = one.customer_no if one.complaint_no else ""
    tier = word(one.tier) if one.tier else ""
    parts = (word(one.kind), one.name, number, also, tier, words)
    return Proposal(" ".join(part for part in parts if part), word(one.kind), number)


def proposed_method(touches: Sequence[DayTouch], word: Callable[[Enum], str]) -> str:
    """How people were reached: each method with its count, the most used first."""
    counts = Counter(one.kind for one in touches if isinstance(one.kind, Method))
    parts = [
        _("{method} {n}x").format(method=word(kind), n=count)
        for kind, count in counts.most_common()
    ]
    return _(", ").join(parts)


def with_new_lines(typed: str, proposals: Sequence[Proposal]) -> str:
    """`typed` with those of `proposals` that it does not hold yet, at its end.

    Of several contacts with one customer by one method as many lines have to be there. A line
    for many people takes the place of an older one that nobody has edited.
    """
    there = typed.splitlines()
    for begins, number in dict.fromkeys((one.begins, one.number) for one in proposals):
        lines = [one.text for one in proposals if (one.begins, one.number) == (begins, number)]
        if number:
            held = sum(_names(line, begins, number) for line in there)
            there += lines[held:]
        else:
            there = _grouped(there, lines[0])
    return "\n".join(there) if there != typed.splitlines() else typed


def _names(line: str, begins: str, number: str) -> bool:
    return line.startswith(begins) and number in line.split()


def _grouped(there: list[str], line: str) -> list[str]:
    """`line` instead of the same with another number of people; else at the end."""
    shape = re.sub(r"[0-9]+", "[0-9]+", re.escape(line))
    places = [place for place, one in enumerate(there) if re.fullmatch(shape, one)]
    if not places:
        return [*there, line]
    return [*there[: places[0]], line, *there[places[0] + 1 :]]
