from __future__ import annotations

import csv
import importlib.util
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.domain.workdays import Calendar, Due

ROOT = Path(__file__).parents[2]
SEED = ROOT / "crm_tui" / "db" / "seed" / "calendar.csv"
KNOWN_DIFFERENCE = {date(2005, 12, 31)}  # worked for New Year 2006; chinesecalendar misses it


def _seed() -> Calendar:
    with SEED.open(encoding="utf-8", newline="") as file:
        return Calendar.of({date.fromisoformat(r["date"]): r["kind"] for r in csv.DictReader(file)})


CALENDAR = _seed()
days = st.dates(date(2003, 1, 1), date(2028, 12, 31))


def _all_days(first: int, last: int) -> list[date]:
    start = date(first, 1, 1)
    return [start + timedelta(n) for n in range((date(last, 12, 31) - start).days + 1)]


def test_the_seed_is_what_its_tool_writes() -> None:
    path = ROOT / "tests" / "tools" / "make_calendar.py"
    spec = importlib.util.spec_from_file_location("make_calendar", path)
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    assert SEED.read_text(encoding="utf-8") == tool.text()


def test_every_day_of_2004_to_2026_agrees_with_a_second_source() -> None:
    differ = {
        day
        for day in _all_days(2004, 2026)
        if CALENDAR.is_working(day) != chinese_calendar.is_workday(day)
    }
    assert differ == KNOWN_DIFFERENCE
    assert CALENDAR.years == set(range(2004, 2027))


def test_2026_as_published(vectors) -> None:
    published = vectors["calendar_2026"]
    kinds = {day: kind for day, kind in CALENDAR.kinds.items() if day.year == 2026}
    assert [d.isoformat() for d, k in sorted(kinds.items()) if k == "off"] == published["off_days"]
    assert [d.isoformat() for d, k in sorted(kinds.items()) if k == "work"] == (
        published["working_weekends"]
    )
    by_month = [
        sum(CALENDAR.is_working(d) for d in _all_days(2026, 2026) if d.month == month)
        for month in range(1, 13)
    ]
    assert by_month == published["workdays_by_month"]
    assert sum(by_month) == published["workdays_total"]
    assert CALENDAR.working_between(date(2025, 12, 31), date(2026, 12, 31)) == sum(by_month)


def test_deadlines(vectors) -> None:
    for case in vectors["deadlines"]:
        start = date.fromisoformat(case["received"])
        for key, expected in case.items():
            if key == "received":
                continue
            n = int(key.split("wd")[0].split("nd")[0])
            if key.endswith("wd"):
                due = CALENDAR.working(start, n)
            elif key.endswith("nd"):
                due = CALENDAR.natural(start, n)
            else:
                due = CALENDAR.roll(CALENDAR.natural(start, n).on)
            assert due == Due(date.fromisoformat(expected), estimated=False), (start, key)


def test_out_of_coverage_is_marked(vectors) -> None:
    for case in vectors["out_of_coverage"]:
        assert CALENDAR.working(date.fromisoformat(case["received"]), 15).estimated
    assert CALENDAR.roll(date(2027, 1, 2)) == Due(date(2027, 1, 4), estimated=True)
    assert CALENDAR.estimated(date(1994, 2, 1))
    assert not CALENDAR.working(date(2026, 12, 15), 3).estimated


def test_a_new_years_arrangement_may_name_december_of_the_year_before() -> None:
    calendar = Calendar.of({date(2027, 1, 1): "off", date(2026, 12, 26): "work"})
    assert calendar.years == {2027}
    assert calendar.is_working(date(2026, 12, 26))


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="holiday"):
        Calendar.of({date(2027, 1, 1): "holiday"})


@given(days, st.integers(0, 80))
def test_working_days_are_counted_the_same_both_ways(start: date, n: int) -> None:
    due = CALENDAR.working(start, n)
    assert CALENDAR.working_between(start, due.on) == n
    assert n == 0 or CALENDAR.is_working(due.on)
    assert due.on >= start + timedelta(n)


@given(days, days)
def test_counting_equals_a_walk(a: date, b: date) -> None:
    first, last = min(a, b), max(a, b)
    walked = sum(
        CALENDAR.is_working(first + timedelta(n)) for n in range(1, (last - first).days + 1)
    )
    assert CALENDAR.working_between(first, last) == walked
    assert CALENDAR.working_between(last, first) == -walked


@given(days)
def test_roll_is_the_first_working_day(day: date) -> None:
    due = CALENDAR.roll(day)
    assert CALENDAR.is_working(due.on)
    assert not any(CALENDAR.is_working(day + timedelta(n)) for n in range((due.on - day).days))
    assert CALENDAR.roll(due.on).on == due.on
