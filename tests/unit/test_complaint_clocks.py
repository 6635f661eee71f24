"""The clocks of complaints: due dates as published, pauses, bands, words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.clock import SHANGHAI
from crm_tui.domain.complaint_clocks import Dates, Limits, clocks, columns, in_words, regulatory
from crm_tui.domain.complaint_events import (
    Close,
    Decide,
    Imported,
    Notify,
    Promise,
    Reopen,
    Said,
    Triage,
)
from crm_tui.domain.complaint_fold import Case, Event, after, begin
from crm_tui.domain.complaint_kinds import (
    Band,
    Business,
    Channel,
    ComplaintClass,
    ComplaintState,
    Complexity,
    EventKind,
    Measure,
    Reason,
    Urgency,
)
from crm_tui.domain.complaint_settings import ComplaintRules, DayCount, Regime
from crm_tui.domain.workdays import Calendar
from crm_tui.screens.complaint_lines import left_text
from crm_tui.services.setup import published_days
from tests.support.complaints import decided_trail, registered

CALENDAR = Calendar.of({row["day"]: row["kind"] for row in published_days()})
RULES = ComplaintRules()
DAY = date(2026, 11, 23)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=SHANGHAI)


def opened(day: date, **more: Any) -> Case:
    return begin(Event(1, noon(day), EventKind.REGISTERED, registered(noon(day), **more)))


def then(case: Case, kind: EventKind, day: date, payload: Any) -> Case:
    return after(case, Event(case.last_seq + 1, noon(day), kind, payload))


def dates(**more: Any) -> Dates:
    given = {
        "warn_on": DAY, "due_on": DAY, "estimated": False, "internal_on": None,
        "paused": False, "promise_at": None, "told": False,
    }  # fmt: skip
    return Dates(**given | more)


def test_the_due_dates_of_the_worked_examples(vectors: Any) -> None:
    for example in vectors["deadlines"]:
        start = date.fromisoformat(example["received"])
        for key in [key for key in example if key != "received" and "rolled" not in key]:
            days, working = int(key[:-2]), key.endswith("wd")
            regime = Regime("x", days, days, DayCount.WORKING if working else DayCount.NATURAL)
            rolled = example[key if working else f"{key}_rolled"]
            assert regulatory(CALENDAR, regime, start, days) == Limits(
                date.fromisoformat(example[key]), date.fromisoformat(rolled), estimated=False
            )
    assert len(vectors["deadlines"]) == 4


def test_a_due_date_in_a_year_without_arrangement_says_so(vectors: Any) -> None:
    start = date.fromisoformat(vectors["out_of_coverage"][0]["received"])
    regime = Regime("bank_2012", 15, 15, DayCount.WORKING)
    assert regulatory(CALENDAR, regime, start, 15).estimated
    assert not regulatory(CALENDAR, regime, start, 5).estimated


@pytest.mark.parametrize(
    ("received", "code"),
    [
        (date(2012, 5, 10), "bank_2012"),
        (date(2020, 2, 29), "bank_2012"),
        (date(2020, 3, 1), "nfra_2020"),
        (date(2026, 3, 2), "nfra_2020"),
    ],
)
def test_the_regime_goes_by_the_day_of_the_receipt(received: date, code: str) -> None:
    assert RULES.regime_for(Business.LOAN, received).code == code


def test_a_line_of_business_may_have_its_own_regime() -> None:
    rules = ComplaintRules(lines={"agency": "listed_60_30"})
    assert rules.regime_for(Business.AGENCY, DAY).code == "listed_60_30"
    assert rules.regime_for(Business.LOAN, DAY).code == "nfra_2020"


def test_complexity_chooses_the_limit_and_urgency_the_target() -> None:
    case = opened(date(2026, 1, 5))
    simple = columns(case, RULES, CALENDAR)
    assert (simple["due_on"], simple["internal_on"]) == (date(2026, 1, 20), date(2026, 1, 19))
    said = Triage(
        complaint_class=ComplaintClass.GENERAL, handler_id=9,
        complexity=Complexity.COMPLEX, urgency=Urgency.URGENT,
    )  # fmt: skip
    hard = columns(then(case, EventKind.TRIAGE, DAY, said), RULES, CALENDAR)
    assert (hard["due_on"], hard["internal_on"]) == (date(2026, 2, 4), date(2026, 1, 8))
    assert hard["sort_on"] == date(2026, 1, 8)


def test_the_limit_is_warned_unrolled_and_breached_rolled() -> None:
    row = columns(opened(date(2026, 2, 12), promise_at=None), RULES, CALENDAR)
    assert (row["warn_on"], row["due_on"]) == (date(2026, 2, 27), date(2026, 2, 27))
    case = opened(date(2026, 11, 21))
    row = columns(case, RULES, CALENDAR)
    assert (row["warn_on"], row["due_on"]) == (date(2026, 12, 6), date(2026, 12, 7))
    on_time = dates(warn_on=row["warn_on"], due_on=row["due_on"])
    assert clocks(on_time, RULES, CALENDAR, date(2026, 12, 7)).days_left == 0
    assert clocks(on_time, RULES, CALENDAR, date(2026, 12, 7)).band is Band.RED
    assert clocks(on_time, RULES, CALENDAR, date(2026, 12, 8)).band is Band.OVERDUE


@given(st.integers(0, 40), st.integers(0, 40), st.sampled_from(list(Urgency)), st.integers(0, 5))
def test_a_pause_moves_the_internal_clock_by_the_working_days_waited_and_no_other(
    before: int, wait: int, urgency: Urgency, further: int
) -> None:
    start = date(2026, 1, 5)
    asked, answered = start + timedelta(before), start + timedelta(before + wait)
    said = Triage(complaint_class=ComplaintClass.GENERAL, handler_id=9)
    case = then(opened(start), EventKind.TRIAGE, start, said)
    case = then(then(case, EventKind.START, start, Said()), EventKind.AWAIT, asked, Said())
    paused = columns(case, RULES, CALENDAR)
    assert paused["sort_on"] == paused["due_on"] == date(2026, 1, 20)
    case = then(case, EventKind.RESUME, answered, Said())
    # Another priority later keeps the pause.
    changed = Triage(complaint_class=ComplaintClass.GENERAL, handler_id=9, urgency=urgency)
    case = then(case, EventKind.TRIAGE, answered + timedelta(further), changed)
    resumed = columns(case, RULES, CALENDAR)
    waited = CALENDAR.working_between(asked, answered)
    assert resumed["internal_on"] == CALENDAR.working(start, RULES.target(urgency) + waited).on
    assert resumed["due_on"] == paused["due_on"]


def test_the_promise_counts_until_the_customer_is_told() -> None:
    case = opened(date(2026, 11, 23), promise_at=noon(date(2026, 11, 24)))
    assert columns(case, RULES, CALENDAR)["sort_on"] == date(2026, 11, 24)
    later = then(case, EventKind.PROMISE, DAY, Promise(promise_at=noon(date(2026, 11, 25))))
    assert columns(later, RULES, CALENDAR)["sort_on"] == date(2026, 11, 25)
    told = decided_trail(case)
    tried = Notify(channel=Channel.PHONE, told_at=noon(DAY), person_id=9)
    failed = then(told, EventKind.NOTIFY_FAILED, DAY, tried)
    assert columns(failed, RULES, CALENDAR)["sort_on"] == date(2026, 11, 24)
    reached = then(failed, EventKind.NOTIFY, DAY, tried)
    assert columns(reached, RULES, CALENDAR)["sort_on"] == date(2026, 12, 7)


@pytest.mark.parametrize(
    ("today", "left", "band", "words"),
    [
        (date(2026, 11, 16), 5, Band.GREEN, ("left", 5)),
        (date(2026, 11, 18), 3, Band.AMBER, ("left", 3)),
        (date(2026, 11, 20), 1, Band.RED, ("left", 1)),
        (date(2026, 11, 22), 1, Band.RED, ("left", 1)),
        (date(2026, 11, 23), 0, Band.RED, ("today", 0)),
        (date(2026, 11, 24), -1, Band.OVERDUE, ("overdue", 1)),
        (date(2026, 11, 30), -5, Band.OVERDUE, ("overdue", 5)),
    ],
)
def test_days_left_bands_and_words(
    today: date, left: int, band: Band, words: tuple[str, int]
) -> None:
    clock = clocks(dates(), RULES, CALENDAR, today)
    assert (clock.days_left, clock.band, in_words(clock)) == (left, band, words)


def test_a_weekend_after_the_last_day_is_overdue() -> None:
    friday = dates(warn_on=date(2026, 11, 20), due_on=date(2026, 11, 20))
    assert in_words(clocks(friday, RULES, CALENDAR, date(2026, 11, 21))) == ("overdue", 1)
    sunday = dates(promise_at=noon(date(2026, 11, 22)))
    assert in_words(clocks(sunday, RULES, CALENDAR, date(2026, 11, 21))) == ("left", 1)


def test_a_pause_is_said_unless_a_limit_ends_today_or_has_ended() -> None:
    waiting = dates(internal_on=date(2026, 11, 2), paused=True)
    assert in_words(clocks(waiting, RULES, CALENDAR, date(2026, 11, 16))) == ("paused", 0)
    assert clocks(waiting, RULES, CALENDAR, date(2026, 11, 16)).first_on == DAY
    assert in_words(clocks(waiting, RULES, CALENDAR, DAY)) == ("today", 0)
    assert in_words(clocks(waiting, RULES, CALENDAR, date(2026, 11, 24))) == ("overdue", 1)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "4 working days left (regulatory)"),
        ({"internal_on": date(2026, 11, 19)}, "2 working days left (internal)"),
        ({"promise_at": noon(date(2026, 11, 18))}, "1 working day left (promise)"),
        ({"internal_on": date(2026, 11, 13)}, "2 working days overdue (internal)"),
        ({"paused": True}, "paused"),
    ],
)
def test_the_time_in_words_names_its_clock(given: dict[str, Any], said: str) -> None:
    clock = clocks(dates(**given), RULES, CALENDAR, date(2026, 11, 17))
    assert left_text(clock, long=True) == said


@pytest.mark.parametrize(
    ("working_days", "said"), [(99, "overdue 99"), (100, "overdue>99"), (3_016, "overdue>99")]
)
def test_a_column_says_that_it_has_no_room_for_more_days(working_days: int, said: str) -> None:
    clock = replace(clocks(dates(), RULES, CALENDAR, DAY), days_left=-working_days)
    assert left_text(clock) == said
    assert left_text(clock, most=None) == f"overdue {working_days:,}"


def test_on_time_is_by_the_first_attempt_to_tell() -> None:
    tried = Notify(channel=Channel.PHONE, told_at=noon(date(2026, 12, 8)), person_id=9)
    case = then(decided_trail(opened(DAY)), EventKind.NOTIFY_FAILED, date(2026, 12, 8), tried)
    assert columns(case, RULES, CALENDAR)["on_time"] is None
    closed = Close(result="Done", cause=Reason.SERVICE, satisfaction=0)
    ended = then(case, EventKind.CLOSE, date(2026, 12, 9), closed)
    assert columns(ended, RULES, CALENDAR)["on_time"] is True
    late = Notify(channel=Channel.PHONE, told_at=noon(date(2026, 12, 9)), person_id=9)
    case = then(decided_trail(opened(DAY)), EventKind.NOTIFY, date(2026, 12, 9), late)
    assert columns(
        then(case, EventKind.CLOSE, date(2026, 12, 9), closed), RULES, CALENDAR
    )["on_time"] is False  # fmt: skip


def test_what_is_withdrawn_is_neither_on_time_nor_late() -> None:
    for day in (DAY, date(2026, 12, 9)):
        withdrawn = then(opened(DAY), EventKind.WITHDRAW, day, Said())
        assert columns(withdrawn, RULES, CALENDAR)["on_time"] is None


def test_an_answered_import_is_closed_and_keeps_the_words_of_its_source() -> None:
    received = datetime(2012, 5, 10, tzinfo=UTC)
    brought = Imported(
        branch_id=1, received_at=received, first_responder_id=2, regime="bank_2012",
        rule_set_id=1, answered_on=date(2012, 5, 9), result="Closed", on_time=False,
        disputed=True, answered_before=True, original={"channel": "fax"},
    )  # fmt: skip
    row = columns(begin(Event(1, received, EventKind.IMPORTED, brought)), RULES, CALENDAR)
    assert (row["state"], row["is_open"], row["result"]) == (ComplaintState.CLOSED, False, "Closed")
    assert (row["on_time"], row["disputed"], row["answered_before"]) == (False, True, True)
    assert row["due_on"] == date(2012, 5, 31)
    assert row["satisfaction"] is None


def test_a_clock_that_was_put_back_in_a_pause_does_not_shorten_the_limit() -> None:
    monday = date(2026, 1, 12)
    case = opened(monday)
    before = columns(case, RULES, CALENDAR)["internal_on"]
    said = Triage(complaint_class=ComplaintClass.GENERAL, handler_id=9)
    case = then(then(case, EventKind.TRIAGE, monday, said), EventKind.START, monday, Said())
    case = then(case, EventKind.AWAIT, monday, Said())
    case = then(case, EventKind.RESUME, monday - timedelta(days=7), Said())
    assert columns(case, RULES, CALENDAR)["internal_on"] == before


def test_what_a_source_said_of_the_time_ends_with_a_reopening() -> None:
    received = date(2026, 1, 5)
    said = Imported(
        branch_id=1, received_at=noon(received), first_responder_id=2, regime="nfra_2020",
        rule_set_id=1, answered_on=date(2026, 1, 6), result="Closed", on_time=True,
    )  # fmt: skip
    case = begin(Event(1, noon(received), EventKind.IMPORTED, said))
    assert columns(case, RULES, CALENDAR)["on_time"] is True
    reopened = Reopen(complaint_class=ComplaintClass.GENERAL, handler_id=9)
    case = then(case, EventKind.REOPEN, date(2026, 1, 12), reopened)
    assert columns(case, RULES, CALENDAR)["on_time"] is None
    june = date(2026, 6, 1)
    for kind, payload in (
        (EventKind.DECIDE, Decide(decision="Paid back.", measure=Measure.COMPENSATION)),
        (EventKind.NOTIFY, Notify(channel=Channel.PHONE, told_at=noon(june), person_id=9)),
        (EventKind.CLOSE, Close(result="late", cause=Reason.SERVICE, satisfaction=0)),
    ):
        case = then(case, kind, june, payload)
    assert columns(case, RULES, CALENDAR)["on_time"] is False
