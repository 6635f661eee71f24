"""Until when a contact may be taken back, and brought back, by its author."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from crm_tui.domain.diary_rules import HANDED_IN

if TYPE_CHECKING:
    from datetime import date

    from crm_tui.domain.kinds import DiaryState


class Stays(StrEnum):
    """Why a contact stays as it is."""

    OTHERS = "others"
    DAY_PASSED = "day_passed"
    HANDED_IN = "handed_in"


def stays_because(
    *, mine: bool, day: date, today: date, diary: DiaryState | None = None
) -> Stays | None:
    """None while its author may take it back: on its day, until the `diary` of the day, which
    counts it, is with the reviewer. An entry that was returned is the author's again."""
    if not mine:
        return Stays.OTHERS
    if day != today:
        return Stays.DAY_PASSED
    return Stays.HANDED_IN if diary in HANDED_IN else None
