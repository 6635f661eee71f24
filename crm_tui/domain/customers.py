"""A customer as the screens show and edit it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from crm_tui.domain.kinds import CustomerKind, CustomerState, Gender, IdType, Tier, TierReason

if TYPE_CHECKING:
    from datetime import date, datetime

    from crm_tui.domain.complaints import ComplaintRow
    from crm_tui.domain.roster import Gap


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the customer's household; `average` in fen, None when not assessed."""

    customer_id: int
    name: str = field(repr=False)
    tier: Tier
    average: int | None


@dataclass(frozen=True, slots=True)
class AccountLine:
    """An account and its latest end-of-day balance in fen."""

    account_no: str
    category: str
    currency: str
    opened_on: date | None
    balance: int | None
    balance_on: date | None


@dataclass(frozen=True, slots=True)
class TierStep:
    """One line of the tier history."""

    tier: Tier
    from_on: date
    until_on: date | None
    reason: TierReason
    by: str
    undone: Tier | None = None
    """The tier whose grant was undone, when this is what that left."""


@dataclass(frozen=True, slots=True)
class Card:
    """Everything about one customer in one look; phone and ID masked."""

    customer_id: int
    version: int
    customer_no: str
    name: str = field(repr=False)
    kind: CustomerKind
    state: CustomerState
    id_type: IdType | None
    id_no_mask: str
    mobile_mask: str
    gender: Gender | None
    birth_date: date | None = field(repr=False)
    branch_id: int
    branch_name: str
    manager_id: int | None
    manager_name: str
    opened_on: date | None
    tier: Tier
    qualifying: Tier
    period: date | None
    average: int | None
    household_average: int | None
    gap: Gap | None
    household_no: str
    household: tuple[Member, ...]
    accounts: tuple[AccountLine, ...]
    tiers: tuple[TierStep, ...]
    monthly_averages: tuple[tuple[date, int], ...]
    last_contact_on: date | None
    contact_due_on: date | None
    periods_below: int
    demotion_due: bool
    may_edit: bool
    may_reveal: bool
    may_grant: bool
    open_complaints: tuple[ComplaintRow, ...] = ()


class TouchKind(StrEnum):
    """What a line of the timeline is."""

    CONTACT = "contact"
    TIER = "tier"
    COMPLAINT = "complaint"


UNDONE: Final = "undone"
"""The text of a touch, in place of a TierReason, when the grant of its tier was undone."""


@dataclass(frozen=True, slots=True)
class Touch:
    """One line of the timeline, newest first; `key` continues the list.

    A complaint's `label` is its state, `by` who was asked first, `result` who handles it.
    """

    key: tuple[str, int]
    kind: TouchKind
    object_id: int
    at: datetime
    label: str
    by: str
    text: str = field(repr=False)
    result: str
    next_on: date | None
    before_opening: bool
    withdrawn: bool
    staff_id: int | None = None
    """Whose contact it is."""
    logged_at: datetime | None = None
    """When a contact was logged that was made before."""
    needs: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """What a contact says of the customer's needs: of `contacts.NEEDS` those that have a text."""


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """Lines, newest first."""

    rows: tuple[Touch, ...]
    has_before: bool
    has_after: bool


@dataclass(frozen=True, slots=True)
class CustomerForm:
    """What the registration and edit form holds, as typed. Empty means not given.

    In an edit, an empty `mobile` or `id_no` leaves the stored one as it is.
    """

    name: str = field(repr=False)
    kind: str = CustomerKind.INDIVIDUAL.value
    mobile: str = field(default="", repr=False)
    id_type: str = ""
    id_no: str = field(default="", repr=False)
    gender: str = ""
    birth_date: str = field(default="", repr=False)
    state: str = CustomerState.PROSPECT.value
    branch_code: str = ""
    manager: str = ""


class Alike(StrEnum):
    """What a customer has in common with the one being registered, the most telling first."""

    ID_NO = "id_no"
    MOBILE = "mobile"
    """Name and phone."""
    PHONE = "phone"
    """The phone, under another name: a family's, or somebody who was renamed or mistyped."""
    BIRTH = "birth"
    """Name and birth date."""


@dataclass(frozen=True, slots=True)
class Lookalike:
    """A customer in scope who may be the one being registered."""

    customer_id: int
    customer_no: str
    name: str = field(repr=False)
    mobile_mask: str
    manager_name: str
    reason: Alike
