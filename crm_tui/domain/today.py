"""Today: what waits for a person, by role; each line leads to where it is done."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date

    from crm_tui.domain.complaints import ComplaintRow
    from crm_tui.domain.diary import DiaryRow, ReturnedDay
    from crm_tui.domain.drafts import Draft
    from crm_tui.domain.roster import RosterRow


class Part(StrEnum):
    """What can wait, in the order of the screen."""

    DRAFTS = "drafts"
    PROMISES = "promises"
    UNTRIAGED = "untriaged"
    OVERDUE_CASES = "overdue_cases"
    CASES = "cases"
    DUE = "due"
    OVERDUE = "overdue"
    QUALIFIES = "qualifies"
    UNREAD = "unread"
    RETURNED = "returned"
    MISSING = "missing"
    NEAR = "near"
    BIRTHDAYS = "birthdays"


@dataclass(frozen=True, slots=True)
class Birthday:
    """A customer whose birthday is today."""

    customer_id: int
    customer_no: str
    name: str = field(repr=False)
    manager: str


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to do. `about` is what the screen makes its words of; `record_id` names a draft
    by its form and record, everything else by its id."""

    part: Part
    target: str
    record_id: int | str
    about: Draft | ComplaintRow | RosterRow | Birthday | DiaryRow | ReturnedDay | date = field(
        repr=False
    )
    customer_id: int | None = None
    details: tuple[tuple[str, Any], ...] = ()

    @property
    def identity(self) -> tuple[str, str, int | str]:
        """By which the cursor finds it again after a refresh."""
        return self.part.value, self.target, self.record_id


@dataclass(frozen=True, slots=True)
class Section:
    """The first lines of a part, and how many there are at least; `more` when not all of them
    were counted."""

    part: Part
    lines: tuple[Line, ...]
    total: int
    more: bool = False


@dataclass(frozen=True, slots=True)
class DaySoFar:
    """What the branch has done today; a case that was withdrawn or merged is not closed."""

    contacts: int
    registered: int
    closed: int
    diaries: int


@dataclass(frozen=True, slots=True)
class Today:
    """All that waits; `so_far` for who leads others."""

    sections: tuple[Section, ...]
    so_far: DaySoFar | None


# Lines of a part, and how far it is counted; whoever is near a tier is dear to count.
SHOWN = 5
MOST = 100
MOST_NEAR = 20
