"""What leaves the database as a file: customers and contacts, page by page, in plain columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, func, select
from sqlmodel import col

from crm_tui.db import roster_source
from crm_tui.db.tables import (
    Branch,
    Contact,
    Customer,
    Household,
    HouseholdMember,
    Staff,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from sqlalchemy import ColumnElement, Select, Table
    from sqlmodel import Session

PAGE: Final = 2_000


def customer_columns(table: Table) -> dict[str, Any]:
    """What a customers file may hold, from the roster table in force."""
    row = table.c
    return {
        "customer_no": col(Customer.customer_no),
        "name": col(Customer.name),
        "kind": col(Customer.kind),
        "tier": row.tier_rank,
        "qualifying_tier": row.qualifying_rank,
        "average_daily_assets": row.assets,
        "household_average": row.household_assets,
        "branch": col(Branch.code),
        "account_manager": col(Staff.username),
        "state": col(Customer.state),
        "mobile": col(Customer.mobile_mask),
        "opened_on": col(Customer.opened_on),
        "household_no": col(Household.household_no),
        "card_type": col(Customer.card_type),
        "last_contact_on": row.last_contact_on,
        "contact_due_on": row.contact_due_on,
    }


def customers(
    session: Session, names: Sequence[str], *, near: bool = False, overdue_on: date | None = None
) -> tuple[int, Iterator[Sequence[Any]]]:
    """How many there are, and their rows by id."""
    table = roster_source.current(session).table
    columns = customer_columns(table)
    wanted = _filter(table, near=near, overdue_on=overdue_on)
    count = session.execute(select(func.count()).select_from(table).where(*wanted)).scalar_one()
    member = and_(
        col(HouseholdMember.customer_id) == col(Customer.id),
        col(HouseholdMember.until_on).is_(None),
    )
    query = (
        select(table.c.customer_id, *(columns[name] for name in names))
        .join(Customer, col(Customer.id) == table.c.customer_id)
        .join(Branch, col(Branch.id) == col(Customer.branch_id))
        .outerjoin(Staff, col(Staff.id) == col(Customer.manager_id))
        .outerjoin(HouseholdMember, member)
        .outerjoin(Household, col(Household.id) == col(HouseholdMember.household_id))
        .where(*wanted)
    )
    return count, pages(session, query, table.c.customer_id)


def _filter(table: Table, *, near: bool, overdue_on: date | None) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if near:
        wanted.append(table.c.near)
    if overdue_on is not None:
        wanted.append(table.c.contact_due_on < overdue_on)
    return wanted


CONTACT_COLUMNS: Final[dict[str, Any]] = {
    "customer_no": Customer.customer_no,
    "staff": Staff.username,
    "method": Contact.method,
    "started_at": Contact.started_at,
    "duration_seconds": Contact.duration_seconds,
    "purpose": Contact.purpose,
    "content": Contact.content,
    "result": Contact.result,
    "next_on": Contact.next_on,
    "before_opening": Contact.before_opening,
    "withdrawn": Contact.withdrawn_at,
    "logged_at": Contact.logged_at,
}


def contacts(session: Session, names: Sequence[str]) -> tuple[int, Iterator[Sequence[Any]]]:
    """How many there are, and their rows by id."""
    count = session.execute(select(func.count(col(Contact.id)))).scalar_one()
    query = (
        select(col(Contact.id), *(CONTACT_COLUMNS[name] for name in names))
        .join(Customer, col(Customer.id) == col(Contact.customer_id))
        .join(Staff, col(Staff.id) == col(Contact.staff_id))
    )
    return count, pages(session, query, col(Contact.id))


def pages(session: Session, query: Select[Any], key: Any) -> Iterator[Sequence[Any]]:
    """All rows of a query by its key, in parts; the key is its first column."""
    last = 0
    while True:
        rows = session.execute(query.where(key > last).order_by(key).limit(PAGE)).all()
        for row in rows:
            yield row[1:]
        if len(rows) < PAGE:
            return
        last = rows[-1][0]
