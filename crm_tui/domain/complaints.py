"""Complaints: what is typed, listed and shown. The rules are in `complaint_rules`."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import date, datetime

    from crm_tui.domain.complaint_kinds import (
        Band,
        Business,
        Channel,
        ComplaintClass,
        ComplaintState,
        Complexity,
        Demand,
        EventKind,
        Measure,
        Reason,
        Step,
        Urgency,
    )
    from crm_tui.domain.kinds import Tier


NOBODY: Final = 0
"""The handler of a case that has none yet."""
SOON_DAYS: Final = 3
"""Working days within which a case counts as due soon in somebody's load."""


class QueueView(StrEnum):
    """The saved views of the queue, in the order of their digits (5 waits for N8)."""

    MINE = "mine"
    OPEN = "open"
    UNTRIAGED = "untriaged"
    OVERDUE = "overdue"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class ComplaintForm:
    """The registration as typed: codes of `complaint_kinds`, user names, `promise` as
    `11-24 17:00`, `17:00`, `+1` or empty. `name` and `phone` are a stranger's."""

    content: str = field(default="", repr=False)
    channel: str = ""
    business: str = ""
    reason: str = ""
    demand: str = ""
    complaint_class: str = ""
    promise: str = ""
    first_responder: str = ""
    accused: str = ""
    people: str = ""
    name: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class TriageForm:
    """The triage line as typed: class code, department code or empty, handler's user name."""

    complaint_class: str = ""
    department: str = ""
    handler: str = ""
    urgency: str = "normal"
    complexity: str = "simple"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What triage would most likely choose, and from how many like cases of the last 200."""

    form: TriageForm
    like_cases: int
    handler_name: str = ""
    handler_open: int = 0
    department_name: str = ""


@dataclass(frozen=True, slots=True)
class TriageChoices:
    """What is proposed for a case, and what else can be chosen: code or user name, and name."""

    proposal: Proposal
    departments: tuple[tuple[str, str], ...]
    handlers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class StepForm:
    """A step as typed. Which fields count depends on the step: see `complaint_rules.NEEDS`.

    `text` is the note, question, decision, result or reason; `other_no` the case merged into.
    """

    text: str = field(default="", repr=False)
    complaint_class: str = ""
    measure: str = ""
    channel: str = ""
    notified_at: str = ""
    reached: str = "yes"
    cause: str = ""
    satisfaction: str = ""
    responsible: str = ""
    department: str = ""
    handler: str = ""
    promise: str = ""
    other_no: str = ""


@dataclass(frozen=True, slots=True)
class Clocks:
    """The three dates of a case. `due_on` is rolled to a working day, `warn_on` is not;
    `days_left` counts working days to the earliest date in force, negative when overdue.
    `promise_broken_on` is the day of a promise before `promise_at` that was not kept."""

    warn_on: date
    due_on: date
    estimated: bool
    internal_on: date | None
    paused: bool
    promise_at: datetime | None
    promise_broken_on: date | None
    first_on: date
    days_left: int
    band: Band


@dataclass(frozen=True, slots=True)
class ComplaintRow:
    """One line of the queue; `key` is its place in the order of its view."""

    key: tuple[str, int]
    complaint_id: int
    complaint_no: str
    customer_id: int | None
    customer_name: str = field(repr=False)
    tier: Tier
    state: ComplaintState
    business: Business
    reason: Reason
    reason_text: str = field(repr=False)
    summary: str = field(repr=False)
    first_responder: str
    handler: str
    department: str
    urgency: Urgency
    received_at: datetime
    ended_at: datetime | None
    clocks: Clocks | None
    imported: bool


@dataclass(frozen=True, slots=True)
class ComplaintPage:
    """Rows in the order of the view."""

    rows: tuple[ComplaintRow, ...]
    has_before: bool
    has_after: bool


@dataclass(frozen=True, slots=True)
class TrailLine:
    """One event, in the words of its payload; `by_id` is whose it is, None of a source."""

    seq: int
    at: datetime
    by: str
    kind: EventKind
    text: str = field(repr=False)
    facts: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    by_id: int | None = None


@dataclass(frozen=True, slots=True)
class ComplaintDetail:
    """One case in full; `steps` are what this person may do with it now."""

    row: ComplaintRow
    version: int
    content: str = field(repr=False)
    phone_mask: str
    channel: Channel
    channel_text: str
    business_text: str
    demand: Demand
    complaint_class: ComplaintClass | None
    complexity: Complexity
    people: int
    registrar: str
    accused: str
    decision: str = field(repr=False)
    measure: Measure | None
    result: str = field(repr=False)
    cause: Reason | None
    satisfaction: int | None
    responsible: str
    merged_into: str
    on_time: bool | None
    disputed: bool | None
    answered_before: bool
    trail: tuple[TrailLine, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class ComplaintCriteria:
    """What to list; `search` is a complaint number, a customer, or words as in the roster.
    `triaged` leaves out what nobody has looked at yet; `handler_id` may be NOBODY."""

    view: QueueView = QueueView.OPEN
    search: str = field(default="", repr=False)
    customer_id: int | None = None
    triaged: bool = False
    handler_id: int | None = None


@dataclass(frozen=True, slots=True)
class HandlerLoad:
    """What somebody, or NOBODY, has: open cases; of them overdue, and due soon but not overdue."""

    handler_id: int
    name: str
    open: int
    overdue: int
    soon: int


@dataclass(frozen=True, slots=True)
class QueueStrip:
    """The counts above the queue, all within scope. On time is of this month's ended cases."""

    open: int
    overdue: int
    due_today: int
    untriaged: int
    promised_today: int
    ended_this_month: int
    on_time_this_month: int
