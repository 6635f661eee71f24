"""Rows of a large demo bank that hold text: customers, families, search texts, contacts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from crm_tui.clock import SHANGHAI
from crm_tui.demo import people
from crm_tui.demo.big_cases import Complainant
from crm_tui.demo.dice import Dice
from crm_tui.demo.touches import TALKS
from crm_tui.domain.kinds import ContactKind, CustomerKind
from crm_tui.domain.names import name_key, search_tokens
from crm_tui.services.personal import sealed
from crm_tui.services.pinyin import char_readings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from crm_tui.db.crypto import KeyRing

CUSTOMER: Final = (
    "id", "customer_no", "kind", "name", "name_key", "id_type", "id_no_enc", "id_no_mask",
    "id_no_hash", "id_no_tail", "mobile_enc", "mobile_mask", "mobile_hash", "mobile_tail",
    "gender", "birth_date", "branch_id", "manager_id", "opened_on", "state", "version", "batch_id",
)  # fmt: skip
MEMBER: Final = ("household_id", "customer_id", "from_on", "batch_id")
CONTACT: Final = (
    "customer_id", "staff_id", "branch_id", "kind", "method", "started_at", "duration_seconds",
    "purpose", "content", "direction", "expected_return", "risk_control", "risk_appetite",
    "result", "next_on", "before_opening", "version", "batch_id",
)  # fmt: skip
# Contacts of the one customer whom everybody knows.
BUSY: Final = 2_000
_PARTS: Final = ("enc", "mask", "hash", "tail")
Values = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class House:
    """What rows refer to, by code and user name, and the batch that they belong to."""

    keys: KeyRing
    branches: Mapping[str, int]
    staff: Mapping[str, int]
    batch_id: int
    seed: int
    today: date
    instant: Callable[[datetime], str]


@dataclass(slots=True)
class Chunk:
    """The rows of some customers; households by number, since their ids come later."""

    customers: list[Values] = field(default_factory=list, repr=False)
    docs: list[tuple[int, str]] = field(default_factory=list, repr=False)
    members: list[tuple[str, int, str]] = field(default_factory=list)
    contacts: list[Values] = field(default_factory=list, repr=False)
    complainants: list[Complainant] = field(default_factory=list, repr=False)


def chunk(house: House, first: int, ids: Sequence[int], contacts: float) -> Chunk:
    """Customers from number `first` on, one for each id; a part of `contacts` is contacted."""
    rows = Chunk()
    for number, customer_id in enumerate(ids, first):
        one = people.customer(house.seed, number, house.today)
        person = one.kind is CustomerKind.INDIVIDUAL
        rows.customers.append(_customer(house, one, customer_id, person=person))
        rows.docs.append(
            (
                customer_id,
                search_tokens(one.name, one.customer_no, one.branch, char_readings, person=person),
            )
        )
        if one.household_no:
            rows.members.append((one.household_no, customer_id, one.opened_on.isoformat()))
        rows.complainants.append(Complainant(customer_id, number, one.branch))
        if one.manager:
            rows.contacts += _contacts(house, one, customer_id, contacts)
    return rows


def _customer(house: House, one: people.Customer, customer_id: int, *, person: bool) -> Values:
    id_no = sealed(house.keys, "id_no", one.id_no)
    mobile = sealed(house.keys, "mobile", one.mobile)
    return (
        customer_id, one.customer_no, one.kind.value, one.name,
        name_key(one.name, char_readings, person=person), one.id_type.value,
        *(id_no[f"id_no_{part}"] for part in _PARTS),
        *(mobile[f"mobile_{part}"] for part in _PARTS),
        one.gender or None, one.birth_date.isoformat() if one.birth_date else None,
        house.branches[one.branch], house.staff.get(one.manager), one.opened_on.isoformat(),
        one.state.value, 1, house.batch_id,
    )  # fmt: skip


def _contacts(house: House, one: people.Customer, customer_id: int, share: float) -> list[Values]:
    """One of the last three months, or none; the first customer is the busiest of all."""
    dice = Dice(house.seed, 7, one.number)
    if one.number == 1:
        return [_contact(house, one, customer_id, dice, hours) for hours in range(1, BUSY + 1)]
    if not dice.chance(share):
        return []
    return [_contact(house, one, customer_id, dice, dice.whole(1, 90) * 24)]


def _contact(
    house: House, one: people.Customer, customer_id: int, dice: Dice, hours_ago: int
) -> Values:
    talk = dice.one(TALKS)
    morning = datetime.combine(house.today, time(9, 0), SHANGHAI)
    local = morning - timedelta(hours=hours_ago, seconds=-dice.whole(0, 3_500))
    next_on = None
    if dice.chance(0.2):
        next_on = (local.date() + timedelta(days=dice.whole(3, 45))).isoformat()
    return (
        customer_id, house.staff[one.manager], house.branches[one.branch],
        ContactKind.VISIT.value, talk.method.value, house.instant(local.astimezone(UTC)),
        talk.minutes * 60, talk.purpose, talk.content, "", "", "", "", talk.result.value,
        next_on, False, 1, house.batch_id,
    )  # fmt: skip
