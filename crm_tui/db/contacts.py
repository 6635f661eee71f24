"""Queries about contacts; every one takes the scope it may read."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, and_, exists, literal, select, tuple_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from crm_tui.clock import SHANGHAI
from crm_tui.db.tables import Contact, Customer, Staff
from crm_tui.domain.contacts import ContactCriteria, ContactDetail, ContactPage, ContactRow
from crm_tui.domain.kinds import ContactKind, Method
from crm_tui.domain.roster import Move

if TYPE_CHECKING:
    from crm_tui.domain.staff import Scope

_later = aliased(Contact)
_asked = aliased(Customer)
_FOLLOWED = exists().where(
    col(_later.customer_id) == col(Contact.customer_id),
    tuple_(col(_later.started_at), col(_later.id))
    > tuple_(col(Contact.started_at), col(Contact.id)),
    col(_later.withdrawn_at).is_(None),
)
_COLUMNS: tuple[Any, ...] = (
    col(Contact.id),
    col(Contact.customer_id),
    col(Customer.customer_no),
    col(Customer.name),
    col(Contact.staff_id),
    col(Staff.name),
    col(Contact.kind),
    col(Contact.method),
    col(Contact.started_at),
    col(Contact.content),
    col(Contact.result),
    col(Contact.next_on),
    col(Contact.before_opening),
    col(Contact.withdrawn_at),
    col(Contact.logged_at),
    _FOLLOWED,
)


def instant_key(at: datetime) -> str:
    """An instant as the part of a key that survives a round trip through either database."""
    return at.astimezone(UTC).isoformat()


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """The first instant of a business date and of the next."""
    start = datetime.combine(day, time(), SHANGHAI)
    return start, start + timedelta(days=1)


def page(
    session: Session,
    scope: Scope,
    criteria: ContactCriteria,
    move: Move,
    key: tuple[str, int] | None,
    limit: int,
    found: ColumnElement[bool] | None = None,
) -> ContactPage:
    """One page, newest first. `found` tells whose customer `criteria.search` finds."""
    order = tuple_(col(Contact.started_at), col(Contact.id))
    query = _filtered(scope, criteria, found)
    backwards = move in (Move.BEFORE, Move.LAST)
    if key is not None and move in (Move.AFTER, Move.BEFORE):
        edge = tuple_(datetime.fromisoformat(key[0]), key[1])
        query = query.where(order > edge if backwards else order < edge)
    directions = (
        (col(Contact.started_at).asc(), col(Contact.id).asc())
        if backwards
        else (col(Contact.started_at).desc(), col(Contact.id).desc())
    )
    records = session.execute(query.order_by(*directions).limit(limit + 1)).all()
    more, rows = len(records) > limit, [to_row(record) for record in records[:limit]]
    if backwards:
        rows.reverse()
        return ContactPage(tuple(rows), has_before=more, has_after=move is Move.BEFORE)
    return ContactPage(tuple(rows), has_before=move is Move.AFTER, has_after=more)


def detail(session: Session, scope: Scope, contact_id: int, staff_id: int) -> ContactDetail | None:
    """A contact in scope, or None. Only its author may edit it."""
    extra = (
        col(Contact.version),
        col(Contact.purpose),
        col(Contact.direction),
        col(Contact.expected_return),
        col(Contact.risk_control),
        col(Contact.risk_appetite),
    )
    query = _filtered(scope, ContactCriteria(), None).add_columns(*extra)
    record = session.execute(query.where(col(Contact.id) == contact_id)).one_or_none()
    if record is None:
        return None
    width = len(_COLUMNS)
    row = to_row(record[:width])
    version, purpose, direction, expected_return, risk_control, risk_appetite = record[width:]
    return ContactDetail(
        contact_id=row.contact_id,
        version=version,
        row=row,
        purpose=purpose,
        direction=direction,
        expected_return=expected_return,
        risk_control=risk_control,
        risk_appetite=risk_appetite,
        may_edit=row.staff_id == staff_id and not row.withdrawn,
    )


def to_row(record: Any) -> ContactRow:
    """The frozen row of a record of `_COLUMNS`."""
    (
        contact_id, customer_id, customer_no, name, staff_id, staff_name, kind, method,
        started_at, content, result, next_on, before_opening, withdrawn_at, logged_at,
        followed,
    ) = record  # fmt: skip
    return ContactRow(
        key=(instant_key(started_at), contact_id),
        contact_id=contact_id,
        customer_id=customer_id,
        customer_no=customer_no,
        customer_name=name,
        staff_id=staff_id,
        staff_name=staff_name,
        kind=ContactKind(kind),
        method=Method(method),
        started_at=started_at,
        content=content,
        result=result,
        next_on=next_on,
        before_opening=before_opening,
        withdrawn=withdrawn_at is not None,
        followed=followed,
        logged_at=logged_at,
    )


def _one_by_one(branch_ids: frozenset[int]) -> ColumnElement[bool]:
    """Whether a contact's customer belongs to one of these branches, asked of each contact: with a
    search, all customers of a branch would be read first. The OFFSET keeps PostgreSQL from that."""
    asked = select(literal(1)).where(
        col(_asked.id) == col(Contact.customer_id), col(_asked.branch_id).in_(branch_ids)
    )
    return asked.offset(0).exists()


def _filtered(
    scope: Scope, criteria: ContactCriteria, found: ColumnElement[bool] | None
) -> Select[Any]:
    """Contacts of customers in scope: the customer's branch decides, not the writer's."""
    query: Select[Any] = (
        select(*_COLUMNS)
        .join(Customer, col(Customer.id) == col(Contact.customer_id))
        .join(Staff, col(Staff.id) == col(Contact.staff_id))
    )
    if scope.branch_ids is not None:
        within = col(Customer.branch_id).in_(scope.branch_ids)
        query = query.where(within if found is None else _one_by_one(scope.branch_ids))
    if scope.own_only:
        query = query.where(col(Customer.manager_id) == scope.staff_id)
    if criteria.mine:
        query = query.where(col(Contact.staff_id) == scope.staff_id)
    if criteria.staff_id is not None:
        query = query.where(col(Contact.staff_id) == criteria.staff_id)
    if criteria.customer_id is not None:
        query = query.where(col(Contact.customer_id) == criteria.customer_id)
    if criteria.method is not None:
        query = query.where(col(Contact.method) == criteria.method.value)
    if criteria.standing:
        query = query.where(col(Contact.withdrawn_at).is_(None))
    if criteria.on is not None:
        start, end = day_bounds(criteria.on)
        query = query.where(and_(col(Contact.started_at) >= start, col(Contact.started_at) < end))
    if found is not None:
        query = query.where(found)
    return query
