"""Contacts with customers: what is typed, listed and shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import date, datetime

    from crm_tui.domain.kinds import ContactKind, Method


NEEDS: Final = ("purpose", "direction", "expected_return", "risk_control", "risk_appetite")
"""What the customer came with and wants, each a line of its own."""


@dataclass(frozen=True, slots=True)
class ContactForm:
    """The contact form as typed; `next_on` is `+14`, `14`, `1207` or a date, `result` a code or
    text, `begun` when it was made if that is not now: `15:30`, `-1`, `11-24 15:30`."""

    method: str
    content: str = field(default="", repr=False)
    next_on: str = ""
    direction: str = field(default="", repr=False)
    expected_return: str = field(default="", repr=False)
    risk_control: str = field(default="", repr=False)
    risk_appetite: str = field(default="", repr=False)
    result: str = field(default="", repr=False)
    begun: str = ""


@dataclass(frozen=True, slots=True)
class ContactRow:
    """One line of the list of contacts. `followed`: a later contact stands, so that the
    next-contact date of this one has been met. `logged_at` is None where that was when it was
    made."""

    key: tuple[str, int]
    contact_id: int
    customer_id: int
    customer_no: str
    customer_name: str = field(repr=False)
    staff_id: int
    staff_name: str
    kind: ContactKind
    method: Method
    started_at: datetime
    content: str = field(repr=False)
    result: str
    next_on: date | None
    before_opening: bool
    withdrawn: bool
    followed: bool = False
    logged_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ContactDetail:
    """A contact as the form edits it."""

    contact_id: int
    version: int
    row: ContactRow
    purpose: str = field(repr=False)
    direction: str = field(repr=False)
    expected_return: str = field(repr=False)
    risk_control: str = field(repr=False)
    risk_appetite: str = field(repr=False)
    may_edit: bool


@dataclass(frozen=True, slots=True)
class ContactCriteria:
    """What to list: Nones do not filter. `on` is a business date; `search` a customer;
    `standing` leaves out what was taken back."""

    mine: bool = False
    on: date | None = None
    staff_id: int | None = None
    customer_id: int | None = None
    method: Method | None = None
    search: str = field(default="", repr=False)
    standing: bool = False


@dataclass(frozen=True, slots=True)
class ContactPage:
    """Rows newest first."""

    rows: tuple[ContactRow, ...]
    has_before: bool
    has_after: bool


@dataclass(frozen=True, slots=True)
class ContactWalk:
    """The list of contacts that a card was opened from: `[` and `]` go to the next customer."""

    criteria: ContactCriteria
    row: ContactRow
