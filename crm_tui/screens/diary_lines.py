"""The lines of the diary: the strip of the month, the day, the parts."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from crm_tui import labels
from crm_tui.clock import SHANGHAI
from crm_tui.domain.complaint_kinds import EventKind
from crm_tui.domain.kinds import DiaryState
from crm_tui.i18n import N_, _
from crm_tui.text import cell_width, one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crm_tui.domain.diary import DayTouch, DiaryDay, DiaryEntry

_PARTS: Final = {
    "content": N_("Content"),
    "method": N_("Method"),
    "insight": N_("Insight"),
    "reflection": N_("Reflect"),
}
_MARKS: Final = {
    DiaryState.SUBMITTED: ("●", "+"),
    DiaryState.REVIEWED: ("●", "+"),
    DiaryState.RETURNED: ("◐", "<"),
    DiaryState.DRAFT: ("◌", "."),
    None: ("◌", "."),
}
# What names a customer whom nobody worked with that day, if anything does: letters, then digits.
_NUMBER: Final = re.compile(r"(?<![A-Za-z0-9-])[A-Z]{1,3}[0-9]{4,}(?![A-Za-z0-9-])")
_MISSING: Final = ("○", "o")


def part_label(part: str) -> str:
    """The heading of one of the four parts."""
    return _(_PARTS[part])


def mark(state: DiaryState | None, *, plain: bool) -> str:
    """The sign of a state."""
    return _MARKS[state][plain]


def legend(*, plain: bool) -> dict[str, str]:
    """What the signs of days mean, in the words of the language in force."""
    return {
        mark(DiaryState.SUBMITTED, plain=plain): _("handed in"),
        mark(DiaryState.RETURNED, plain=plain): _("returned, to be completed"),
        _MISSING[plain]: _("missing"),
        mark(None, plain=plain): _("nothing handed in, and nothing missed"),
    }


def strip(month: Sequence[DiaryDay], day: date, today: date, width: int, plain: bool) -> str:
    """`11月  2● 3● … [23◌]  ○missing ◐returned`: the working days so far, around `day`."""
    shown = [one for one in month if one.day <= today and (one.working or one.state)]
    words = [(one.day == day, _day_mark(one, plain)) for one in shown]
    head = _("{month}: ").format(month=f"{day:%Y-%m}")
    key = _("{missing}missing {returned}returned").format(
        missing=_MISSING[plain], returned=mark(DiaryState.RETURNED, plain=plain)
    )
    texts = [f"[{text}]" if chosen else text for chosen, text in words]
    at = next((place for place, (chosen, _text) in enumerate(words) if chosen), len(words) - 1)
    room = width - cell_width(head) - cell_width(key) - 2
    while texts and cell_width(" ".join(texts)) > room:
        if at > len(texts) // 2:
            texts.pop(0)
            at -= 1
        else:
            texts.pop()
    return f"{head}{' '.join(texts)}  {key}"


def _day_mark(one: DiaryDay, plain: bool) -> str:
    sign = _MISSING[plain] if one.missing else mark(one.state, plain=plain)
    return f"{one.day.day}{sign}"


def day_line(entry: DiaryEntry) -> str:
    """What the day counted, what the reviewer said, or how the entry stands."""
    contacts = [one for one in entry.touches if not isinstance(one.kind, EventKind)]
    cases = len(entry.touches) - len(contacts)
    minutes = sum(one.minutes for one in contacts)
    figures = _("contacts {n}  minutes {minutes}  cases {cases}").format(
        n=len(contacts), minutes=minutes, cases=cases
    )
    if entry.state is DiaryState.RETURNED:
        said = one_line(entry.comment)
        return _("returned by {name}: {text}").format(name=entry.reviewer, text=said)
    if not entry.working and entry.diary_id is None:
        return _("no working day: nothing has to be written") + f"  {figures}"
    if entry.state is DiaryState.DRAFT:
        return _("saved, not handed in") + f"  {figures}"
    return figures


def state_line(entry: DiaryEntry) -> str:
    """How a handed-in entry stands: when, late or not, and what became of it."""
    parts = [entry.author, labels.label(entry.state) if entry.state else ""]
    if entry.submitted_at is not None:
        local = entry.submitted_at.astimezone(SHANGHAI)
        parts.append(_("handed in {time}").format(time=f"{local:%m-%d %H:%M}"))
    if entry.late:
        parts.append(_("late"))
    if entry.exemplary:
        parts.append(_("exemplary"))
    if entry.reviewed_at is not None:
        local = entry.reviewed_at.astimezone(SHANGHAI)
        parts.append(f"{entry.reviewer} {local:%m-%d %H:%M}")
    return "  ".join(part for part in parts if part)


def neighbour(month: Sequence[DiaryDay], day: date, by: int) -> date:
    """The next day in that direction that was worked or written; beyond the month, the next."""
    days = {one.day: one for one in month}
    one = day + timedelta(days=by)
    while one in days and not (days[one].working or days[one].state):
        one += timedelta(days=by)
    return one


def customer_in(line: str, touches: Sequence[DayTouch]) -> str:
    """The number of the customer whom `line` is about, or empty.

    Numbers have the shape that the bank gave them, and accounts and cases have numbers too: those
    of the day's customers come first.
    """
    customers = {one.customer_no for one in touches if one.customer_no}
    found = [(at, number) for number in customers if (at := _at(line, number)) >= 0]
    if found:
        return min(found)[1]
    cases = {one.complaint_no for one in touches}
    others = [number for number in _NUMBER.findall(line) if number not in cases]
    return others[0] if others else ""


def _at(line: str, number: str) -> int:
    """Where `number` stands by itself in `line`; -1 when it does not."""
    alone = rf"(?<![A-Za-z0-9-]){re.escape(number)}(?![A-Za-z0-9-])"
    found = re.search(alone, line, re.IGNORECASE)
    return found.start() if found else -1
