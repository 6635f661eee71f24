"""Until when a contact may be taken back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.domain.contact_rules import Stays, is_handed_in, stays_because
from crm_tui.domain.kinds import DiaryState

TODAY = date(2026, 11, 23)
S = DiaryState


NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("mine", "days", "handed_in", "stays"),
    [
        (True, 0, False, None),
        (True, 0, True, Stays.HANDED_IN),
        (True, -1, False, Stays.DAY_PASSED),
        (True, -1, True, Stays.DAY_PASSED),
        (True, 1, False, Stays.DAY_PASSED),
        (False, 0, False, Stays.OTHERS),
    ],
)
def test_why_it_stays(mine: bool, days: int, handed_in: bool, stays: Stays | None) -> None:
    day = TODAY + timedelta(days=days)
    assert stays_because(mine=mine, logged_on=day, today=TODAY, handed_in=handed_in) is stays


@pytest.mark.parametrize(
    ("state", "after", "handed_in"),
    [
        (S.DRAFT, None, False),
        (S.RETURNED, 1, False),
        (S.SUBMITTED, 1, True),
        (S.SUBMITTED, 0, True),
        (S.SUBMITTED, -1, False),
        (S.REVIEWED, 1, True),
        (S.REVIEWED, -1, False),
        (S.REVIEWED, None, True),
    ],
)
def test_a_diary_counts_what_was_begun_before_it_was_handed_in(
    state: S, after: int | None, handed_in: bool
) -> None:
    submitted_at = None if after is None else NOON + timedelta(minutes=after)
    assert is_handed_in(NOON, state, submitted_at) is handed_in


@given(st.booleans(), st.dates(), st.dates(), st.booleans())
def test_only_ones_own_of_today_and_not_handed_in(
    mine: bool, day: date, today: date, handed_in: bool
) -> None:
    may = stays_because(mine=mine, logged_on=day, today=today, handed_in=handed_in) is None
    assert may == (mine and day == today and not handed_in)
