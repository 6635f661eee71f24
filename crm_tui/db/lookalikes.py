"""Who may be registered already: customers in scope that are alike, and one beyond it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, select
from sqlmodel import col

from crm_tui.db.roster_source import current
from crm_tui.db.tables import Customer, Staff
from crm_tui.domain.customers import Alike, Lookalike
from crm_tui.domain.kinds import CustomerKind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from sqlalchemy import ColumnElement
    from sqlmodel import Session

    from crm_tui.domain.staff import Scope

LIMIT = 5


@dataclass(frozen=True, slots=True)
class Sought:
    """What is compared: numbers as (tail, hash), and a person's name with their birth date."""

    name: str = field(repr=False)
    name_key: str = field(repr=False)
    id_no: tuple[str, bytes] | None = field(repr=False)
    mobile: tuple[str, bytes] | None = field(repr=False)
    birth_date: date | None = field(repr=False)


def alike(session: Session, scope: Scope, sought: Sought) -> tuple[Lookalike, ...]:
    """Customers in scope, the likeliest first, each for the best of its reasons."""
    found: dict[int, Lookalike] = {}
    for reason, condition in _conditions(session, sought):
        for customer_id, *shown in _matching(session, scope, condition):
            number, name, mask, manager = shown
            one = Lookalike(customer_id, number, name, mask or "", manager or "", reason)
            found.setdefault(customer_id, one)
    return tuple(found.values())[:LIMIT]


def elsewhere(session: Session, scope: Scope, id_no: tuple[str, bytes]) -> tuple[int, int] | None:
    """Id and branch of a customer with that number beyond the scope, for the audit alone."""
    if scope.branch_ids is None:
        return None
    row = session.execute(
        select(col(Customer.id), col(Customer.branch_id))
        .where(_same("id_no", id_no), col(Customer.branch_id).not_in(scope.branch_ids))
        .order_by(col(Customer.id))
        .limit(1)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def _conditions(session: Session, sought: Sought) -> Iterator[tuple[Alike, ColumnElement[bool]]]:
    """One after the other and not as one: each walks an index of its own."""
    if sought.id_no is not None:
        yield Alike.ID_NO, _same("id_no", sought.id_no)
    if sought.mobile is not None:
        phone = _same("mobile", sought.mobile)
        yield Alike.MOBILE, and_(phone, col(Customer.name) == sought.name)
        yield Alike.PHONE, and_(phone, col(Customer.name) != sought.name)
    if sought.birth_date is not None:
        roster = current(session).table
        named = select(roster.c.customer_id).where(roster.c.name_key == sought.name_key)
        yield (
            Alike.BIRTH,
            and_(
                col(Customer.id).in_(named),
                col(Customer.name) == sought.name,
                col(Customer.birth_date) == sought.birth_date,
                col(Customer.kind) == CustomerKind.INDIVIDUAL.value,
            ),
        )


def _same(name: str, number: tuple[str, bytes]) -> ColumnElement[bool]:
    """The tail leads the index."""
    tail, digest = number
    same: ColumnElement[bool] = and_(
        getattr(Customer, f"{name}_tail") == tail, getattr(Customer, f"{name}_hash") == digest
    )
    return same


def _matching(session: Session, scope: Scope, condition: ColumnElement[bool]) -> list[Any]:
    query = (
        select(
            col(Customer.id), col(Customer.customer_no), col(Customer.name),
            col(Customer.mobile_mask), col(Staff.name),
        )
        .outerjoin(Staff, col(Staff.id) == col(Customer.manager_id))
        .where(condition)
        .order_by(col(Customer.customer_no))
        .limit(LIMIT)
    )  # fmt: skip
    if scope.branch_ids is not None:
        query = query.where(col(Customer.branch_id).in_(scope.branch_ids))
    return list(session.execute(query).all())
