"""Until when a contact may be taken back, and brought back, by its author."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from crm_tui.domain.diary_rules import HANDED_IN

if TYPE_CHECKING:
    from datetime import date, datetime

    from crm_tui.domain.kinds import DiaryState


class Stays(StrEnum):
    """Why a contact stays as it is."""

    OTHERS = "others"
    DAY_PASSED = "day_passed"
    HANDED_IN = "handed_in"


def is_handed_in(logged: datetime, diary: DiaryState, submitted_at: datetime | None) -> bool:
    """Whether a contact logged then is with the reviewer, in the `diary` of its day, which cannot
    count what was logged later. An entry that was returned is the author's again."""
    return diary in HANDED_IN and (submitted_at is None or logged <= submitted_at)


def stays_because(
    *, mine: bool, logged_on: date, today: date, handed_in: bool = False
) -> Stays | None:
    """None while its author may take it back: on the day it is logged, until it is handed in."""
    if not mine:
        return Stays.OTHERS
    if logged_on != today:
        return Stays.DAY_PASSED
    return Stays.HANDED_IN if handed_in else None
