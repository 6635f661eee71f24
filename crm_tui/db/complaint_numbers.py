"""Numbers of cases: `CP-2026-000123`, unique without a lock that everybody waits for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import exists, select
from sqlmodel import col

from crm_tui.db.tables import Complaint

if TYPE_CHECKING:
    from sqlmodel import Session

# Beyond every id, for a number that an imported case took: its own program gave it.
_ASIDE: Final = 1_000_000
# How far back a number is looked for by its end.
_YEARS: Final = 10


def own_number(session: Session, complaint_id: int, year: int) -> str:
    """The number of a case by its id, which no other has; gaps are allowed."""
    place = complaint_id
    while True:
        number = f"CP-{year}-{place:06d}"
        if not session.execute(
            select(exists().where(col(Complaint.complaint_no) == number))
        ).scalar_one():
            return number
        place += _ASIDE


def numbers_ending_in(place: int, year: int) -> list[str]:
    """Our own numbers that end in `place`, of this and earlier years."""
    return [f"CP-{one}-{place:06d}" for one in range(year, year - _YEARS, -1)]
