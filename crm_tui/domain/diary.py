"""The work diary (A120, domain.md 8): what is typed, listed and shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    from crm_tui.domain.complaint_kinds import EventKind
    from crm_tui.domain.diary_proposals import Proposed
    from crm_tui.domain.kinds import DiaryState, Method, Tier

PARTS = ("content", "method", "insight", "reflection")


@dataclass(frozen=True, slots=True)
class DiaryForm:
    """The four parts as typed; `proposed` is what the day has put into them, None when that is
    not known."""

    content: str = field(default="", repr=False)
    method: str = field(default="", repr=False)
    insight: str = field(default="", repr=False)
    reflection: str = field(default="", repr=False)
    proposed: Proposed | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class DayTouch:
    """A contact or the last step with a case on the day; `minutes` rounded up.

    `key` tells it from the others, whatever it says: `contact 5`, or `note 17` for that step
    with the case 17.
    """

    key: str
    at: datetime
    kind: Method | EventKind
    name: str = field(repr=False)
    customer_no: str
    complaint_no: str
    tier: Tier
    text: str = field(repr=False)
    minutes: int

    @property
    def number(self) -> str:
        """That of its case, else of its customer."""
        return self.complaint_no or self.customer_no


@dataclass(frozen=True, slots=True)
class Addendum:
    """A correction after review: reviewed text is never changed."""

    at: datetime
    by: str
    text: str = field(repr=False)


class DiaryView(StrEnum):
    """The reviewer's lists."""

    UNREAD = "unread"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class DiaryEntry:
    """One person's entry of one working day; `diary_id` None while nothing is stored.

    `touches` are what the day's contacts and cases propose for content and method.
    """

    diary_id: int | None
    version: int
    staff_id: int
    author: str
    day: date
    state: DiaryState | None
    form: DiaryForm
    touches: tuple[DayTouch, ...]
    submitted_at: datetime | None
    late: bool
    reviewer: str
    reviewed_at: datetime | None
    comment: str = field(repr=False)
    exemplary: bool
    addenda: tuple[Addendum, ...]
    working: bool
    may_write: bool
    may_review: bool


@dataclass(frozen=True, slots=True)
class DiaryDay:
    """A day of the month strip; `state` None is a working day without an entry."""

    day: date
    state: DiaryState | None
    missing: bool
    working: bool


@dataclass(frozen=True, slots=True)
class DiaryRow:
    """One line of the supervisor's list."""

    key: tuple[str, int]
    diary_id: int
    staff_id: int
    author: str
    day: date
    state: DiaryState
    late: bool
    submitted_at: datetime | None
    begins: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class DiaryPage:
    """Rows: unread first, then newest first."""

    rows: tuple[DiaryRow, ...]
    has_before: bool
    has_after: bool


@dataclass(frozen=True, slots=True)
class ReturnedDay:
    """An entry that came back to its author, and what was said of it."""

    day: date
    reviewer: str
    comment: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class MissingDays:
    """Working days of a person without an entry, for the supervisor."""

    staff_id: int
    author: str
    days: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class DiaryWalk:
    """The list of diaries that an entry was opened from: `[` and `]` go to the next."""

    view: DiaryView
    row: DiaryRow
