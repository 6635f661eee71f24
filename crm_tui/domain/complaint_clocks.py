"""The clocks of a case (domain.md 1), worked out from its events, its rules and the calendar.

The regulatory clock never pauses. The internal one stands still while the customer is awaited:
the working days waited are added to it. The promise is a date of its own, met when the
customer is told: until then a promise that was broken counts, not the one made after it.
"""

from __future__ import annotations

from base64 import b64decode
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

from crm_tui.clock import business_date
from crm_tui.domain.complaint_events import Imported
from crm_tui.domain.complaint_kinds import Band, ComplaintState
from crm_tui.domain.complaint_settings import DayCount
from crm_tui.domain.complaints import Clocks

if TYPE_CHECKING:
    from datetime import date, datetime

    from crm_tui.domain.complaint_fold import Case
    from crm_tui.domain.complaint_settings import ComplaintRules, Regime
    from crm_tui.domain.workdays import Calendar


class Limits(NamedTuple):
    """The regulatory limit as counted and as rolled to a working day."""

    warn_on: date
    due_on: date
    estimated: bool


def regulatory(calendar: Calendar, regime: Regime, start: date, days: int) -> Limits:
    """`days` from `start`, which is excluded; what ends on a rest day ends on the next working
    one."""
    if regime.count is DayCount.WORKING:
        due = calendar.working(start, days)
        return Limits(due.on, due.on, due.estimated)
    counted = calendar.natural(start, days).on
    rolled = calendar.roll(counted)
    return Limits(counted, rolled.on, rolled.estimated)


def columns(case: Case, rules: ComplaintRules, calendar: Calendar) -> dict[str, Any]:
    """The columns of the stored row that follow from events, rules and calendar.

    `rules` are those of the case's own rule set. Numbers, keys, versions and where the customer
    is now are the row's own.
    """
    begun = case.begun
    regime = rules.regimes[begun.regime]
    limits = regulatory(calendar, regime, case.start_on, regime.limit(case.complexity))
    # A clock that was put back between the two must not shorten the limit.
    waited = sum(max(0, calendar.working_between(start, end)) for start, end in case.pauses)
    internal = calendar.working(case.start_on, rules.target(case.urgency) + waited)
    dates = [limits.due_on]
    if case.paused_since is None:
        dates.append(internal.on)
    if case.promise_at is not None and not case.reached:
        dates.append(case.promise_broken_on or business_date(case.promise_at))
    source = begun if isinstance(begun, Imported) else None
    return {
        **{name: _plain(getattr(begun, name)) for name in _BEGUN},
        **{name: _plain(getattr(case, name)) for name in _CASE},
        "phone_enc": b64decode(begun.phone) if begun.phone else None,
        "is_open": case.state.is_open,
        "warn_on": limits.warn_on,
        "due_on": limits.due_on,
        "due_estimated": limits.estimated or internal.estimated,
        "internal_on": internal.on,
        "sort_on": min(dates),
        "imported": source is not None,
        "on_time": _on_time(case, limits.due_on),
        "disputed": source.disputed if source else None,
        "answered_before": source.answered_before if source else False,
    }


_BEGUN = (
    "customer_id", "name", "phone_mask", "branch_id", "received_at", "registrar_id",
    "first_responder_id", "accused_id", "channel", "channel_text", "business",
    "business_text", "reason", "reason_text", "jrt0169_code", "demand", "content", "people",
    "regime", "rule_set_id",
)  # fmt: skip
_CASE = (
    "state", "handler_id", "department_id", "complaint_class", "complexity", "urgency",
    "promise_at", "promise_broken_on", "paused_since", "decision", "measure", "decided_at",
    "notified_at", "result", "cause", "satisfaction", "responsible_id", "ended_at",
    "merged_into_id", "last_seq",
)  # fmt: skip


def _plain(value: Any) -> Any:
    """A code as the text that is stored."""
    return value.value if isinstance(value, Enum) else value


def _on_time(case: Case, due_on: date) -> bool | None:
    """What a source said stays until a reopening; else whether the customer was told, or tried,
    by the due date.

    What was withdrawn is neither on time nor late; what goes on in another case is counted there.
    """
    begun = case.begun
    if case.state in (ComplaintState.WITHDRAWN, ComplaintState.MERGED):
        return None
    if isinstance(begun, Imported) and begun.on_time is not None and not case.reopened:
        return begun.on_time
    if case.ended_at is None:
        return None
    return (case.tried_on or business_date(case.ended_at)) <= due_on


class Dates(NamedTuple):
    """The stored dates of an open case; `told` when the promise no longer waits."""

    warn_on: date
    due_on: date
    estimated: bool
    internal_on: date | None
    paused: bool
    promise_at: datetime | None
    told: bool
    promise_broken_on: date | None = None


def clocks(dates: Dates, rules: ComplaintRules, calendar: Calendar, today: date) -> Clocks:
    """How an open case stands today."""
    # Each date in force as (counted, breached after); they differ for the regulatory one alone.
    running = [(dates.warn_on, dates.due_on)]
    if dates.internal_on is not None and not dates.paused:
        running.append((dates.internal_on, dates.internal_on))
    if dates.promise_at is not None and not dates.told:
        promised = dates.promise_broken_on or business_date(dates.promise_at)
        running.append((promised, promised))
    first_on = min(last for _counted, last in running)
    left = calendar.working_between(today, first_on)
    # Between rest days no working day passes, and yet it is over, or not today.
    if first_on != today:
        left = max(left, 1) if first_on > today else min(left, -1)
    counted = min(calendar.working_between(today, max(day, today)) for day, _last in running)
    return Clocks(
        warn_on=dates.warn_on,
        due_on=dates.due_on,
        estimated=dates.estimated,
        internal_on=dates.internal_on,
        paused=dates.paused,
        promise_at=dates.promise_at,
        promise_broken_on=dates.promise_broken_on,
        first_on=first_on,
        days_left=left,
        band=Band.OVERDUE if left < 0 else _band(counted, rules),
    )


def _band(left: int, rules: ComplaintRules) -> Band:
    if left <= rules.red:
        return Band.RED
    return Band.AMBER if left <= rules.amber else Band.GREEN


def in_words(clock: Clocks) -> tuple[str, int]:
    """What to say: `("overdue", 2)`, `("today", 0)`, `("paused", 0)` or `("left", 3)`, in working
    days. The regulatory clock runs on in a pause, so its end is said before the pause."""
    if clock.days_left < 0:
        return "overdue", -clock.days_left
    if clock.days_left == 0:
        return "today", 0
    if clock.paused:
        return "paused", 0
    return "left", clock.days_left
