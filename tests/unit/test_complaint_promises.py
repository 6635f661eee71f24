"""A broken promise: another one after it takes nothing out of what is overdue."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.clock import SHANGHAI
from crm_tui.domain.complaint_clocks import columns
from crm_tui.domain.complaint_events import Promise, Reopen
from crm_tui.domain.complaint_fold import Case, Event, after, begin
from crm_tui.domain.complaint_kinds import ComplaintClass, ComplaintState, EventKind
from crm_tui.domain.complaint_settings import ComplaintRules
from crm_tui.domain.workdays import Calendar
from crm_tui.services.setup import published_days
from tests.support.complaints import HANDLER, registered

CALENDAR = Calendar.of({row["day"]: row["kind"] for row in published_days()})
RECEIVED = date(2026, 11, 2)
DUE = date(2026, 11, 17)
"""The regulatory date; the internal one is 11-16."""


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=SHANGHAI)


def promised(first: date | None, *later: tuple[date, date]) -> Case:
    """A case with a first promise and later ones as (made on, for)."""
    begun = registered(noon(RECEIVED), promise_at=noon(first) if first else None)
    case = begin(Event(1, noon(RECEIVED), EventKind.REGISTERED, begun))
    for made_on, until in later:
        said = Promise(promise_at=noon(until))
        case = after(case, Event(case.last_seq + 1, noon(made_on), EventKind.PROMISE, said))
    return case


def day(number: int) -> date:
    return date(2026, 11, number)


@pytest.mark.parametrize(
    ("case", "broken_on", "sort_on"),
    [
        (promised(day(4)), None, day(4)),
        # In time, on its day too, a promise is moved; it is not broken.
        (promised(day(4), (day(3), day(6))), None, day(6)),
        (promised(day(4), (day(4), day(6))), None, day(6)),
        (promised(day(4), (day(5), day(6))), day(4), day(4)),
        (promised(None, (day(3), day(4)), (day(5), day(6))), day(4), day(4)),
        # The first one that was broken stays.
        (promised(day(4), (day(5), day(6)), (day(9), day(11))), day(4), day(4)),
        (promised(day(4), (day(4), day(6)), (day(9), day(11))), day(6), day(6)),
        # The other clocks run whatever is promised.
        (promised(day(4), (day(4), day(30))), None, day(16)),
        (promised(day(20), (day(23), day(30))), day(20), day(16)),
    ],
)
def test_what_was_promised_in_vain_counts_on(
    case: Case, broken_on: date | None, sort_on: date
) -> None:
    row = columns(case, ComplaintRules(), CALENDAR)
    assert (row["promise_broken_on"], row["sort_on"]) == (broken_on, sort_on)


def test_a_reopened_case_begins_without_promises() -> None:
    case = promised(day(4), (day(5), day(6)))
    closed = Case(**{name: getattr(case, name) for name in Case.__slots__}
                  | {"state": ComplaintState.CLOSED})  # fmt: skip
    again = Reopen(complaint_class=ComplaintClass.GENERAL, handler_id=HANDLER)
    opened = after(closed, Event(closed.last_seq + 1, noon(day(12)), EventKind.REOPEN, again))
    assert opened.promise_broken_on is None


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=6))
def test_no_promise_makes_an_overdue_case_due_later(steps: list[tuple[int, int]]) -> None:
    made_on, case = RECEIVED, promised(RECEIVED + timedelta(days=1))
    for wait, ahead in steps:
        made_on += timedelta(days=wait)
        before = columns(case, ComplaintRules(), CALENDAR)["sort_on"]
        said = Promise(promise_at=noon(made_on + timedelta(days=ahead)))
        case = after(case, Event(case.last_seq + 1, noon(made_on), EventKind.PROMISE, said))
        now = columns(case, ComplaintRules(), CALENDAR)["sort_on"]
        assert now <= DUE
        if before < made_on:
            assert now == before
