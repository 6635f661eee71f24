"""Queries of Today that no other noun has; every one takes the scope it may read.

Each walks one index for a few rows and is counted up to a limit, never to the end.
"""

from __future__ import annotations

from calendar import isleap
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import ColumnElement, Select, and_, extract, func, or_, select
from sqlmodel import col

from crm_tui.db.complaint_open import ENDED, OPEN
from crm_tui.db.complaint_pages import within
from crm_tui.db.contacts import day_bounds
from crm_tui.db.functions import Along
from crm_tui.db.tables import Complaint, Contact, Customer, Diary, Staff
from crm_tui.domain.complaint_kinds import ComplaintState
from crm_tui.domain.kinds import CustomerState, DiaryState, Tier
from crm_tui.domain.today import MOST, Birthday, DaySoFar

if TYPE_CHECKING:
    from sqlalchemy import Table
    from sqlmodel import Session

    from crm_tui.domain.staff import Scope

_COMPLAINT: Any = Complaint.__table__  # type: ignore[attr-defined]
_BIRTHDAY: tuple[Any, ...] = (
    col(Customer.id), col(Customer.customer_no), col(Customer.name), col(Staff.name),
)  # fmt: skip
_LIVING: Final = (
    CustomerState.ACTIVE.value, CustomerState.PROSPECT.value, CustomerState.TARGET.value,
)  # fmt: skip


def up_to_most(session: Session, query: Select[Any]) -> int:
    """How many rows a query has, at most MOST."""
    cut = query.order_by(None).limit(MOST).subquery()
    return int(session.execute(select(func.count()).select_from(cut)).scalar_one())


def due(table: Table, scope: Scope, *, on: date, earlier: bool) -> Select[Any]:
    """Ids of one's own customers whose next contact is due `on`, or was due earlier, the
    highest tier first."""
    c = table.c
    when = c.contact_due_on < on if earlier else c.contact_due_on == on
    query: Select[Any] = (
        select(c.customer_id)
        .where(when, c.manager_id == scope.staff_id)
        .order_by(c.tier_rank.desc(), c.assets.desc(), c.tie.desc())
    )
    return query if scope.branch_ids is None else query.where(c.branch_id.in_(scope.branch_ids))


def qualifying(table: Table, scope: Scope) -> Select[Any]:
    """Ids of customers who have earned more than gold and do not hold it yet; none of who was given
    up for good."""
    c = table.c
    query: Select[Any] = (
        select(c.customer_id)
        .where(
            c.qualifying_rank > int(Tier.GOLD),
            c.qualifying_rank > c.tier_rank,
            c.state != CustomerState.PERMANENTLY_LOST.value,
        )
        .order_by(c.tier_rank.desc(), c.assets.desc(), c.tie.desc())
    )
    return query if scope.branch_ids is None else query.where(c.branch_id.in_(scope.branch_ids))


def promised(scope: Scope, before: date) -> Select[Any]:
    """Ids of cases with a promise of this person up to the end of the day `before`."""
    table = Along(_COMPLAINT, "ix_complaint_open")
    c = table.c
    mine = or_(
        c.handler_id == scope.staff_id,
        and_(c.handler_id.is_(None), c.first_responder_id == scope.staff_id),
    )
    return (
        select(c.id)
        .select_from(table)
        .where(OPEN, within(scope, c), mine, c.notified_at.is_(None),
               c.promise_at < day_bounds(before)[1])
        .order_by(c.promise_at, c.id)
    )  # fmt: skip


def birthday_of(session: Session, day: date) -> ColumnElement[bool]:
    """Whose birthday is on `day`, as the index of each database has it.

    Who was born on a 29 February has it on the 28th of a common year.
    """
    born = col(Customer.birth_date)
    days = [(day.month, day.day)]
    if (day.month, day.day) == (2, 28) and not isleap(day.year):
        days.append((2, 29))
    if session.get_bind().dialect.name == "sqlite":
        return func.substr(born, 6, 5).in_([f"{month:02}-{one:02}" for month, one in days])
    number = extract("month", born) * 100 + extract("day", born)
    return number.in_([month * 100 + one for month, one in days])


def birthdays(session: Session, scope: Scope, day: date) -> Select[Any]:
    """Customers in reach whose birthday is on `day`."""
    query: Select[Any] = (
        select(*_BIRTHDAY)
        .outerjoin(Staff, col(Staff.id) == col(Customer.manager_id))
        .where(birthday_of(session, day), col(Customer.state).in_(_LIVING))
        .order_by(col(Customer.id))
    )
    if scope.branch_ids is not None:
        query = query.where(col(Customer.branch_id).in_(scope.branch_ids))
    if scope.own_only:
        query = query.where(col(Customer.manager_id) == scope.staff_id)
    return query


def birthday(record: Any) -> Birthday:
    """The frozen row of a record of `birthdays`."""
    return Birthday(record[0], record[1], record[2], record[3] or "")


def so_far(session: Session, scope: Scope, today: date) -> DaySoFar:
    """What was done in the branches in reach since midnight."""
    start, end = day_bounds(today)
    contacts = select(func.count()).where(
        col(Contact.started_at) >= start, col(Contact.started_at) < end,
        col(Contact.withdrawn_at).is_(None),
    )  # fmt: skip
    diaries = select(func.count()).where(
        col(Diary.day) == today,
        col(Diary.state).in_([DiaryState.SUBMITTED.value, DiaryState.REVIEWED.value]),
    )
    if scope.branch_ids is not None:
        contacts = contacts.where(col(Contact.branch_id).in_(scope.branch_ids))
        diaries = diaries.where(col(Diary.branch_id).in_(scope.branch_ids))
    running, over = Along(_COMPLAINT, "ix_complaint_open"), Along(_COMPLAINT, "ix_complaint_ended")
    new = select(func.count()).select_from(running).where(
        OPEN, within(scope, running.c), running.c.received_at >= start
    )  # fmt: skip
    done: list[Any] = [ENDED, within(scope, over.c), over.c.ended_at >= start]
    ended = select(func.count()).select_from(over).where(*done)
    same_day = ended.where(over.c.received_at >= start)
    closed = ended.where(over.c.state == ComplaintState.CLOSED.value)
    counts = [int(session.execute(one).scalar_one())
              for one in (contacts, new, same_day, closed, diaries)]  # fmt: skip
    return DaySoFar(counts[0], counts[1] + counts[2], counts[3], counts[4])
