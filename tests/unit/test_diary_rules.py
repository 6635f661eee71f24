"""The rules of the diary: lateness, missing days."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.domain.diary_rules import (
    is_late,
    left_over,
    missing_days,
    wanted_days,
)
from crm_tui.domain.text_rules import without_forbidden
from crm_tui.domain.workdays import Calendar
from crm_tui.services.setup import published_days

CALENDAR = Calendar.of({row["day"]: row["kind"] for row in published_days()})
NOON = time(12, 0)


@pytest.mark.parametrize(
    ("submitted", "late"),
    [
        (datetime(2026, 3, 2, 9, tzinfo=UTC), False),
        (datetime(2026, 3, 3, 3, 59, 59, tzinfo=UTC), False),
        (datetime(2026, 3, 3, 4, 0, tzinfo=UTC), False),
        (datetime(2026, 3, 3, 4, 0, 1, tzinfo=UTC), True),
    ],
)
def test_late_is_after_noon_of_the_next_day_in_shanghai(submitted: datetime, late: bool) -> None:
    assert is_late(date(2026, 3, 2), submitted, NOON) is late


def test_make_up_weekends_are_wanted_and_holidays_are_not() -> None:
    days = wanted_days(date(2026, 2, 13), date(2026, 2, 28), CALENDAR)
    assert days == [
        date(2026, 2, 13), date(2026, 2, 14), date(2026, 2, 24), date(2026, 2, 25),
        date(2026, 2, 26), date(2026, 2, 27), date(2026, 2, 28),
    ]  # fmt: skip


@given(
    st.dates(date(2025, 1, 1), date(2026, 6, 1)),
    st.integers(0, 60),
    st.sets(st.integers(0, 60), max_size=40),
)
def test_missing_and_written_make_up_the_wanted_days(
    begin: date, length: int, written: set[int]
) -> None:
    upto = begin + timedelta(days=length)
    there = {begin + timedelta(days=n) for n in written}
    missing = missing_days(begin, upto, CALENDAR, there)
    wanted = wanted_days(begin, upto, CALENDAR)
    assert set(missing) == set(wanted) - there
    assert list(missing) == sorted(missing)


def test_nothing_is_missing_before_it_begins() -> None:
    assert missing_days(date(2026, 3, 3), date(2026, 3, 2), CALENDAR, ()) == ()


@pytest.mark.parametrize(
    ("typed", "entry", "left"),
    [
        ({}, {"insight": "a"}, {}),
        ({"insight": "a"}, {"insight": "a"}, {}),
        ({"insight": " a \n\n"}, {"insight": "b\na"}, {}),
        ({"insight": "a\nb\n c"}, {"insight": "b"}, {"insight": "a\n c"}),
        ({"insight": "a"}, {"content": "a"}, {"insight": "a"}),
        # What saving does not take: joiners, a byte order mark; and what it makes one character.
        ({"insight": "x\u200dy\ufeff\n\u200b\ne\u0301"}, {"insight": "xy\n\u00e9"}, {}),
        ({"insight": "a", "content": "x"}, {}, {"insight": "a", "content": "x"}),
    ],
)
def test_what_a_draft_says_besides_its_entry(
    typed: dict[str, str], entry: dict[str, str], left: dict[str, str]
) -> None:
    assert left_over(typed, entry) == left


_TEXTS = st.dictionaries(
    st.sampled_from(["content", "insight"]), st.text("ab \n先𠮷\u2028", max_size=12)
)


@given(_TEXTS, _TEXTS)
def test_no_line_of_a_draft_is_in_neither(typed: dict[str, str], entry: dict[str, str]) -> None:
    left = left_over(typed, entry)
    for part, text in typed.items():
        there = entry.get(part, "").split("\n") + left.get(part, "").split("\n")
        words = {without_forbidden(line).strip() for line in there}
        said = [without_forbidden(line).strip() for line in text.split("\n")]
        assert all(line in words for line in said if line)
