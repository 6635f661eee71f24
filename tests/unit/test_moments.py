"""Times of day as people type them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crm_tui.clock import SHANGHAI
from crm_tui.domain.moments import LOGGED_WITHIN, parse_begun, parse_promise, parse_told
from crm_tui.errors import InvalidInput

# A Monday, 10:00 in Shanghai.
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
DECIDED = datetime(2026, 11, 20, 8, 30, 40, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("17:00", (2026, 11, 23, 17, 0)),
        ("１７：００", (2026, 11, 23, 17, 0)),
        ("+1", (2026, 11, 24, 17, 0)),
        ("11-24 9:30", (2026, 11, 24, 9, 30)),
        ("2026-12-01", (2026, 12, 1, 17, 0)),
        (" +2   08:00 ", (2026, 11, 25, 8, 0)),
        ("01-02", (2027, 1, 2, 17, 0)),
    ],
)
def test_a_promise_lies_ahead(typed: str, expected: tuple[int, ...]) -> None:
    assert parse_promise(typed, NOW, field="promise") == datetime(*expected, tzinfo=SHANGHAI)  # type: ignore[misc]


def test_no_promise_is_none() -> None:
    assert parse_promise("  ", NOW, field="promise") is None


@pytest.mark.parametrize("typed", ["10:00", "09:59", "25:00", "soon", "1 2 3", "12:00 +1", "-1"])
def test_what_is_no_time_ahead_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_promise(typed, NOW, field="promise")
    assert caught.value.field == "promise"


@pytest.mark.parametrize("typed", ["25:00", "soon", "1 2 3", "-1", "1700"])
def test_what_can_be_promised_is_said_in_times(typed: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_promise(typed, NOW, field="promise")
    assert caught.value.message == "Type 17:00, +1 9:30 or 11-24 17:00."


@pytest.mark.parametrize("typed", ["noon", "25:00", "11-22", "noon 16:40", "1 2 3"])
def test_when_it_was_told_is_said_in_times(typed: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_told(typed, NOW, DECIDED, field="notified_at")
    assert caught.value.message == "Type a time such as 16:40 or 11-24 16:40."


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("09:15", (2026, 11, 23, 9, 15)),
        ("11-20 17:00", (2026, 11, 20, 17, 0)),
        ("11-20 16:30", (2026, 11, 20, 16, 30)),
        ("-1 12:00", (2026, 11, 22, 12, 0)),
    ],
)
def test_telling_lies_between_the_decision_and_now(typed: str, expected: tuple[int, ...]) -> None:
    found = parse_told(typed, NOW, DECIDED, field="notified_at")
    assert found == datetime(*expected, tzinfo=SHANGHAI)  # type: ignore[misc]


@pytest.mark.parametrize("typed", ["", " now ", "NOW", "ｎｏｗ", "现在"])
def test_told_now_needs_no_time(typed: str) -> None:
    assert parse_told(typed, NOW, DECIDED, field="notified_at") == NOW


@pytest.mark.parametrize("typed", ["11-24 16:40", "12/31 9:00", "01-02 09:00", "11-23 23:59"])
def test_a_day_that_comes_soon_is_not_taken_for_one_of_last_year(typed: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_told(typed, NOW, DECIDED, field="notified_at")
    assert caught.value.message == "That time lies ahead."


def test_a_day_of_last_year_that_just_passed_is_taken_for_it() -> None:
    now = datetime(2027, 1, 2, 10, tzinfo=SHANGHAI)
    found = parse_told("12-31 9:00", now, DECIDED, field="notified_at")
    assert found == datetime(2026, 12, 31, 9, tzinfo=SHANGHAI)


@pytest.mark.parametrize("typed", ["10:01", "11-20 16:28", "11-22", "yesterday"])
def test_telling_ahead_or_before_the_decision_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput):
        parse_told(typed, NOW, DECIDED, field="notified_at")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("09:15", (2026, 11, 23, 9, 15)),
        ("10:00", (2026, 11, 23, 10, 0)),
        ("-1", (2026, 11, 22, 17, 0)),
        ("昨天", (2026, 11, 22, 17, 0)),
        ("昨天15:30", (2026, 11, 22, 15, 30)),
        ("前天 9:05", (2026, 11, 21, 9, 5)),
        ("3天前", (2026, 11, 20, 17, 0)),
        ("3天前9:00", (2026, 11, 20, 9, 0)),
        ("周五", (2026, 11, 20, 17, 0)),
        ("上周五14:20", (2026, 11, 20, 14, 20)),
        ("上周一 9:00", (2026, 11, 16, 9, 0)),
        ("周一 9:00", (2026, 11, 23, 9, 0)),
        ("周日", (2026, 11, 22, 17, 0)),
        ("11月20日15:30", (2026, 11, 20, 15, 30)),
        ("11-20", (2026, 11, 20, 17, 0)),
        ("2026-10-23 08:00", (2026, 10, 23, 8, 0)),
    ],
)
def test_a_contact_was_made_before(typed: str, expected: tuple[int, ...]) -> None:
    found = parse_begun(typed, NOW, field="begun")
    assert found == datetime(*expected, tzinfo=SHANGHAI)  # type: ignore[misc]


@pytest.mark.parametrize("typed", ["", "  ", "now", "现在", "0", "今天", "11-23"])
def test_a_contact_of_now_needs_no_time(typed: str) -> None:
    assert parse_begun(typed, NOW, field="begun") is None


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("10:01", "That time lies ahead."),
        ("+1", "That time lies ahead."),
        ("11-24 9:00", "That time lies ahead."),
        ("10-22", "2026-10-22 is more than 31 days ago."),
        ("2025-11-23 9:00", "2025-11-23 is more than 31 days ago."),
        ("1530", "Type 15:30, -1 or 11-24 15:30; leave it empty for now."),
        ("周一 23:00", "That time lies ahead."),
        ("60天前", "2026-09-24 is more than 31 days ago."),
        ("下周五", "Type 15:30, -1 or 11-24 15:30; leave it empty for now."),
        ("last week", "Type 15:30, -1 or 11-24 15:30; leave it empty for now."),
    ],
)
def test_what_is_no_time_of_a_contact_is_refused(typed: str, said: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_begun(typed, NOW, field="begun")
    assert (caught.value.field, caught.value.message) == ("begun", said)


@given(st.datetimes(timezones=st.just(SHANGHAI)), st.integers(-60, 60))
def test_a_contact_is_of_now_or_of_a_month_before(now: datetime, days: int) -> None:
    assume(1000 < now.year < 9000)
    try:
        found = parse_begun(f"{days:+} 12:00", now, field="begun")
    except InvalidInput:
        found = now
    assert found is not None
    assert now - timedelta(days=LOGGED_WITHIN + 1) < found <= now
