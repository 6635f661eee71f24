"""The roster as the screens ask for it and get it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from crm_tui.domain.kinds import CustomerKind, CustomerState, Tier


class View(StrEnum):
    """Preset views, in the order of their digits; 4 stays free until there are warnings."""

    MINE = "mine"
    BRANCH = "branch"
    NEAR = "near"
    OVERDUE = "overdue"
    RECENT = "recent"
    DUE = "due"


class Sort(StrEnum):
    """What the roster is ordered by."""

    TIER = "tier"
    NAME = "name"
    DUE = "due"


class Move(StrEnum):
    """Which page is asked for."""

    FIRST = "first"
    AFTER = "after"
    BEFORE = "before"
    LAST = "last"


Key = tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class RosterCriteria:
    """What to list. `search` is the text of the search box; Nones do not filter."""

    view: View = View.BRANCH
    search: str = field(default="", repr=False)
    tier: Tier | None = None
    manager_id: int | None = None
    state: CustomerState | None = None
    sort: Sort = Sort.TIER


@dataclass(frozen=True, slots=True)
class Gap:
    """What the average of a person or household still lacks to the next tier, in fen.

    `percent` is how much of the threshold is reached.
    """

    tier: Tier
    own: int | None
    household: int | None


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One line of the roster. `assets` is the average daily in fen, None when not graded.

    `key` is the row's place in the order that was asked for; opaque to the screens.
    """

    key: Key
    customer_id: int
    customer_no: str
    name: str = field(repr=False)
    kind: CustomerKind
    mobile_mask: str
    tier: Tier
    qualifying: Tier
    assets: int | None
    household_assets: int | None
    gap: Gap | None
    manager_id: int | None
    manager_name: str
    branch_id: int
    state: CustomerState
    opened_on: date | None
    last_contact_on: date | None
    contact_due_on: date | None
    near: bool
    open_complaints: int = 0


@dataclass(frozen=True, slots=True)
class RosterPage:
    """Rows in display order, and whether there are more on either side."""

    rows: tuple[RosterRow, ...]
    has_before: bool
    has_after: bool


@dataclass(frozen=True, slots=True)
class Walk:
    """The list that a card was opened from, and where in it: `[` and `]` walk it."""

    criteria: RosterCriteria
    row: RosterRow
    position: int | None
    total: int | None


@dataclass(frozen=True, slots=True)
class TierShare:
    """How many hold a tier and which part (0–1) of all averages is theirs."""

    tier: Tier
    customers: int
    share: float | None


@dataclass(frozen=True, slots=True)
class Strip:
    """The pyramid of a scope: tiers from the top down, and what the top 20 % hold."""

    tiers: tuple[TierShare, ...]
    total: int
    top_fifth: float | None
    importing: bool = False
