"""Dates as people type them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.domain.dates import parse_coming, parse_done, parse_listed, parse_past
from crm_tui.errors import InvalidInput

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", None),
        ("  ", None),
        ("+14", date(2026, 12, 7)),
        ("14", date(2026, 12, 7)),
        ("＋１４", date(2026, 12, 7)),
        ("0", TODAY),
        ("12-07", date(2026, 12, 7)),
        ("1/5", date(2027, 1, 5)),
        ("11-23", TODAY),
        ("2-29", date(2028, 2, 29)),
        ("2026-12-07", date(2026, 12, 7)),
        ("20261207", date(2026, 12, 7)),
        ("2026-12-7", date(2026, 12, 7)),
        ("2027/1/5", date(2027, 1, 5)),
        ("1207", date(2026, 12, 7)),
        ("０１０５", date(2027, 1, 5)),
        ("+1096", date(2029, 11, 23)),
        ("12月7日", date(2026, 12, 7)),
        ("１２月７号", date(2026, 12, 7)),
        ("2027年1月5日", date(2027, 1, 5)),
        ("1月5", date(2027, 1, 5)),
        ("今天", TODAY),
        ("明天", date(2026, 11, 24)),
        ("大后天", date(2026, 11, 26)),
        ("14天", date(2026, 12, 7)),
        ("3天后", date(2026, 11, 26)),
        ("3d", date(2026, 11, 26)),
        ("2w", date(2026, 12, 7)),
        ("+1W", date(2026, 11, 30)),
        ("２周", date(2026, 12, 7)),
        ("2 周后", date(2026, 12, 7)),
        ("156w", date(2029, 11, 19)),
        # TODAY is a Monday.
        ("周一", date(2026, 11, 30)),
        ("周二", date(2026, 11, 24)),
        ("星期五", date(2026, 11, 27)),
        ("礼拜天", date(2026, 11, 29)),
        ("周日", date(2026, 11, 29)),
        ("下周一", date(2026, 11, 30)),
        ("下周五", date(2026, 12, 4)),
        ("下星期日", date(2026, 12, 6)),
    ],
)
def test_coming_dates(typed: str, expected: date | None) -> None:
    assert parse_coming(typed, TODAY, field="next_on") == expected


@pytest.mark.parametrize(
    "typed",
    ["abc", "2026-11-22", "2026-02-30", "13-01", "-3", "+", "9999", "2050-01-01", "٣", "1120",
     "+1097", "+9999", "00001", "昨天", "11月20日", "2月30日", "13月1日", "3日", "7号", "+天",
     "157w", "w", "周", "下周", "周八", "周七", "上周五", "-1w", "下下周一", "1w2", "周五五"],
)  # fmt: skip
def test_impossible_coming_dates_name_the_field(typed: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_coming(typed, TODAY, field="next_on")
    assert refused.value.field == "next_on"


@pytest.mark.parametrize(
    ("typed", "today", "told"),
    [
        ("11-20", TODAY, "11-20 has passed; write 2027-11-20 for next year"),
        ("9/24", TODAY, "9/24 has passed; write 2027-09-24 for next year"),
        ("12-20", date(2027, 1, 5), "12-20 has passed; write 2027-12-20 for this year"),
    ],
)
def test_a_day_that_has_just_passed_is_not_silently_next_years(
    typed: str, today: date, told: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_coming(typed, today, field="next_on")
    assert refused.value.message == told


def test_a_day_that_passed_long_ago_is_next_years() -> None:
    assert parse_coming("09-23", TODAY, field="next_on") == date(2027, 9, 23)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("2027-02-29", "There is no day 29 in 2027-02: it has 28 days."),
        ("20270229", "There is no day 29 in 2027-02: it has 28 days."),
        ("2-30", "There is no day 30 in 02: it has 29 days."),
        ("2027-04-00", "There is no day 0 in 2027-04: it has 30 days."),
        ("13-45", "There is no month 13."),
        ("1345", "There is no month 13."),
        ("2027-00-01", "There is no month 0."),
        ("0000-01-01", "Type +14, 12-07 or 2026-12-07."),
        ("12071", "Type +14, 12-07 or 2026-12-07."),
        ("+1207", "More than three years ahead: type the date."),
    ],
)
def test_what_does_not_exist_is_named(typed: str, told: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_coming(typed, TODAY, field="next_on")
    assert refused.value.message == told


def test_four_digits_are_no_day_where_a_time_may_be_typed() -> None:
    for parse in (parse_coming, parse_listed):
        with pytest.raises(InvalidInput) as refused:
            parse("1030", TODAY, field="promise", wanted="Type 17:00.")
        assert refused.value.message == "Type 17:00."


@given(st.integers(0, 1096))
def test_days_ahead_count_from_today(days: int) -> None:
    assert parse_coming(f"+{days}", TODAY, field="x") == TODAY + timedelta(days=days)


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(0, 6))
def test_a_day_of_the_week_is_the_next_one_and_that_of_the_next_week(
    today: date, weekday: int
) -> None:
    name = "一二三四五六日"[weekday]
    for called in ("周", "星期", "礼拜"):
        day = parse_coming(called + name, today, field="x")
        assert day is not None
        assert day.weekday() == weekday
        assert 1 <= (day - today).days <= 7
        following = parse_coming(f"下{called}{name}", today, field="x")
        assert following is not None
        assert following.weekday() == weekday
        assert following.isocalendar()[:2] == (today + timedelta(days=7)).isocalendar()[:2]


@given(st.integers(0, 156), st.sampled_from(["w", "W", "周", "周后", " 周"]))
def test_weeks_ahead_count_from_today(weeks: int, called: str) -> None:
    assert parse_coming(f"{weeks}{called}", TODAY, field="x") == TODAY + timedelta(weeks=weeks)


def test_weeks_are_for_days_ahead_only() -> None:
    for typed in ("2w", "周五", "下周五", "2周"):
        for parse in (parse_listed, parse_past, parse_done):
            with pytest.raises(InvalidInput):
                parse(typed, TODAY, field="x")


@given(st.text(max_size=12))
def test_any_text_is_a_date_or_a_clear_refusal(typed: str) -> None:
    try:
        day = parse_coming(typed, TODAY, field="x")
    except InvalidInput:
        return
    assert day is None or day >= TODAY


def test_birth_dates_do_not_lie_ahead() -> None:
    assert parse_past("1980-05-01", TODAY, field="birth_date") == date(1980, 5, 1)
    assert parse_past("1980-5-1", TODAY, field="birth_date") == date(1980, 5, 1)
    for typed, told in (
        ("2026-11-24", "2026-11-24 lies ahead."),
        ("1981-02-29", "There is no day 29 in 1981-02: it has 28 days."),
        ("05-01", "Type a date such as 1980-05-01."),
        ("13-01", "Type a date such as 1980-05-01."),
    ):
        with pytest.raises(InvalidInput) as refused:
            parse_past(typed, TODAY, field="birth_date")
        assert refused.value.message == told


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", None),
        ("0", TODAY),
        ("-1", TODAY - timedelta(days=1)),
        ("－３", TODAY - timedelta(days=3)),
        ("+2", TODAY + timedelta(days=2)),
        ("11-20", date(2026, 11, 20)),
        ("11-23", TODAY),
        ("12/07", date(2025, 12, 7)),
        ("2-29", date(2024, 2, 29)),
        ("1994-02-28", date(1994, 2, 28)),
        ("20261120", date(2026, 11, 20)),
        ("1120", date(2026, 11, 20)),
        ("2026-11-2", date(2026, 11, 2)),
        ("昨天", TODAY - timedelta(days=1)),
        ("今天", TODAY),
        ("11月20日", date(2026, 11, 20)),
        ("12月7号", date(2025, 12, 7)),
    ],
)
def test_days_to_list_by_look_back(typed: str, expected: date | None) -> None:
    assert parse_listed(typed, TODAY, field="on") == expected


@pytest.mark.parametrize("typed", ["abc", "1", "14", "2026-02-30", "13-01", "-", "-99999", "٣"])
def test_impossible_days_to_list_by_name_the_field(typed: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_listed(typed, TODAY, field="on")
    assert refused.value.field == "on"
