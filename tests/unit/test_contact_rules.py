"""Until when a contact may be taken back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.domain.contact_rules import Stays, stays_because
from crm_tui.domain.kinds import DiaryState

TODAY = date(2026, 11, 23)
S = DiaryState


@pytest.mark.parametrize(
    ("mine", "days", "diary", "stays"),
    [
        (True, 0, None, None),
        (True, 0, S.DRAFT, None),
        (True, 0, S.RETURNED, None),
        (True, 0, S.SUBMITTED, Stays.HANDED_IN),
        (True, 0, S.REVIEWED, Stays.HANDED_IN),
        (True, -1, None, Stays.DAY_PASSED),
        (True, -1, S.SUBMITTED, Stays.DAY_PASSED),
        (True, 1, None, Stays.DAY_PASSED),
        (False, 0, None, Stays.OTHERS),
    ],
)
def test_why_it_stays(mine: bool, days: int, diary: S | None, stays: Stays | None) -> None:
    day = TODAY + timedelta(days=days)
    assert stays_because(mine=mine, day=day, today=TODAY, diary=diary) is stays


@given(st.booleans(), st.dates(), st.dates(), st.sampled_from([None, *S]))
def test_only_ones_own_of_today_and_not_handed_in(
    mine: bool, day: date, today: date, diary: S | None
) -> None:
    may = stays_because(mine=mine, day=day, today=today, diary=diary) is None
    assert may == (mine and day == today and diary not in (S.SUBMITTED, S.REVIEWED))
