"""Queries about diaries; every one takes the scope it may read."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import ColumnElement, Select, and_, func, select, tuple_
from sqlalchemy.orm import aliased
from sqlmodel import col

from crm_tui.db.contacts import day_bounds
from crm_tui.db.tables import (
    Complaint,
    ComplaintEvent,
    Contact,
    Customer,
    Diary,
    DiaryAddendum,
    Staff,
    StaffRole,
    TierHeld,
)
from crm_tui.domain.complaint_kinds import EventKind
from crm_tui.domain.diary import Addendum, DayTouch, DiaryPage, DiaryRow, DiaryView, ReturnedDay
from crm_tui.domain.kinds import DiaryState, Method, Tier
from crm_tui.domain.roster import Move
from crm_tui.domain.staff import Role

if TYPE_CHECKING:
    from sqlmodel import Session

    from crm_tui.domain.staff import Scope

_author = aliased(Staff)
_reviewer = aliased(Staff)
_BEGINS: Final = 120
_HANDED_IN: Final = (
    DiaryState.SUBMITTED.value, DiaryState.REVIEWED.value, DiaryState.RETURNED.value,
)  # fmt: skip


def within(scope: Scope) -> ColumnElement[bool]:
    """Entries of others in the branches of `scope`; nobody reviews their own."""
    others = col(Diary.staff_id) != scope.staff_id
    if scope.branch_ids is None:
        return others
    return and_(others, col(Diary.branch_id).in_(scope.branch_ids))


def entry(session: Session, *, where: ColumnElement[bool]) -> Any:
    """The one entry of `where` with the names of author and reviewer, or None."""
    return session.execute(
        select(
            col(Diary.id), col(Diary.version), col(Diary.staff_id),
            col(_author.name).label("author"), col(Diary.branch_id), col(Diary.day),
            col(Diary.state), col(Diary.content), col(Diary.method), col(Diary.insight),
            col(Diary.reflection), col(Diary.submitted_at), col(Diary.late),
            col(_reviewer.name).label("reviewer"), col(Diary.reviewer_id),
            col(Diary.reviewed_at), col(Diary.comment), col(Diary.exemplary),
            col(Diary.proposed),
        )
        .join(_author, col(_author.id) == col(Diary.staff_id))
        .outerjoin(_reviewer, col(_reviewer.id) == col(Diary.reviewer_id))
        .where(where)
    ).one_or_none()  # fmt: skip


def addenda(session: Session, diary_id: int) -> tuple[Addendum, ...]:
    """Corrections, the oldest first."""
    rows = session.execute(
        select(col(DiaryAddendum.at), col(Staff.name), col(DiaryAddendum.text))
        .join(Staff, col(Staff.id) == col(DiaryAddendum.staff_id))
        .where(col(DiaryAddendum.diary_id) == diary_id)
        .order_by(col(DiaryAddendum.id))
    )
    return tuple(Addendum(*row) for row in rows)


def addendum_of(session: Session, request_key: str) -> tuple[int, int, str] | None:
    """What a request has added: entry, author, text."""
    row = session.execute(
        select(
            col(DiaryAddendum.diary_id), col(DiaryAddendum.staff_id), col(DiaryAddendum.text)
        ).where(col(DiaryAddendum.request_key) == request_key)
    ).one_or_none()
    return (row[0], row[1], row[2]) if row else None


def touches(session: Session, staff_id: int, day: date) -> tuple[DayTouch, ...]:
    """What somebody did on a day, by time: contacts, and each case once with its last step."""
    found = [*_contacts(session, staff_id, day), *_cases(session, staff_id, day)]
    return tuple(sorted(found, key=lambda one: one.at))


def _contacts(session: Session, staff_id: int, day: date) -> list[DayTouch]:
    start, end = day_bounds(day)
    rows = session.execute(
        select(
            col(Contact.id), col(Contact.started_at), col(Contact.method), col(Customer.name),
            col(Customer.customer_no), col(TierHeld.tier_rank), col(Contact.content),
            col(Contact.duration_seconds),
        )
        .join(Customer, col(Customer.id) == col(Contact.customer_id))
        .outerjoin(TierHeld, _held(col(Contact.customer_id)))
        .where(
            col(Contact.staff_id) == staff_id, col(Contact.started_at) >= start,
            col(Contact.started_at) < end, col(Contact.withdrawn_at).is_(None),
        )
        .order_by(col(Contact.started_at), col(Contact.id))
    )  # fmt: skip
    return [
        DayTouch(f"contact {contact_id}", at, Method(method), name, number, "", Tier(rank or 0),
                 content, -(-(seconds or 0) // 60))
        for contact_id, at, method, name, number, rank, content, seconds in rows
    ]  # fmt: skip


def _cases(session: Session, staff_id: int, day: date) -> list[DayTouch]:
    start, end = day_bounds(day)
    rows = session.execute(
        select(
            col(Complaint.id), col(ComplaintEvent.at), col(ComplaintEvent.kind),
            col(Complaint.complaint_no),
            func.coalesce(col(Customer.name), col(Complaint.name)), col(Customer.customer_no),
            col(TierHeld.tier_rank), func.substr(col(Complaint.content), 1, _BEGINS),
        )
        .join(Complaint, col(Complaint.id) == col(ComplaintEvent.complaint_id))
        .outerjoin(Customer, col(Customer.id) == col(Complaint.customer_id))
        .outerjoin(TierHeld, _held(col(Complaint.customer_id)))
        .where(
            col(ComplaintEvent.actor_id) == staff_id, col(ComplaintEvent.at) >= start,
            col(ComplaintEvent.at) < end,
        )
        .order_by(col(ComplaintEvent.at), col(ComplaintEvent.seq))
    )  # fmt: skip
    last = {
        number: DayTouch(f"{kind} {complaint_id}", at, EventKind(kind), name, customer_no or "",
                         number, Tier(rank or 0), text, 0)
        for complaint_id, at, kind, number, name, customer_no, rank, text in rows
    }  # fmt: skip
    return list(last.values())


def _held(customer_id: Any) -> ColumnElement[bool]:
    return and_(col(TierHeld.customer_id) == customer_id, col(TierHeld.until_on).is_(None))


def page(
    session: Session, scope: Scope, view: DiaryView, move: Move, key: tuple[str, int] | None,
    limit: int,
) -> DiaryPage:  # fmt: skip
    """One page: unread ones the oldest first, all of them the newest first."""
    ascending = view is DiaryView.UNREAD
    backwards = move in (Move.BEFORE, Move.LAST)
    upwards = ascending is not backwards
    order = tuple_(col(Diary.day), col(Diary.id))
    query = _listed(scope, view)
    if key is not None and move in (Move.AFTER, Move.BEFORE):
        edge = tuple_(date.fromisoformat(key[0]), key[1])
        query = query.where(order > edge if upwards else order < edge)
    sorting = (
        (col(Diary.day).asc(), col(Diary.id).asc())
        if upwards
        else (col(Diary.day).desc(), col(Diary.id).desc())
    )
    found = session.execute(query.order_by(*sorting).limit(limit + 1)).all()
    more, rows = len(found) > limit, [_row(one) for one in found[:limit]]
    if backwards:
        rows.reverse()
        return DiaryPage(tuple(rows), has_before=more, has_after=move is Move.BEFORE)
    return DiaryPage(tuple(rows), has_before=move is Move.AFTER, has_after=more)


def count(session: Session, scope: Scope, view: DiaryView) -> int:
    """How many a view has."""
    listed = _listed(scope, view).subquery()
    return int(session.execute(select(func.count()).select_from(listed)).scalar_one())


def _listed(scope: Scope, view: DiaryView) -> Select[Any]:
    states = (DiaryState.SUBMITTED.value,) if view is DiaryView.UNREAD else _HANDED_IN
    query: Select[Any] = (
        select(
            col(Diary.id), col(Diary.staff_id), col(_author.name).label("author"), col(Diary.day),
            col(Diary.state), col(Diary.late), col(Diary.submitted_at),
            func.substr(col(Diary.content), 1, _BEGINS).label("begins"),
        )
        .join(_author, col(_author.id) == col(Diary.staff_id))
        .where(within(scope), col(Diary.state).in_(states))
    )  # fmt: skip
    return query


def _row(found: Any) -> DiaryRow:
    return DiaryRow(
        key=(found.day.isoformat(), found.id), diary_id=found.id, staff_id=found.staff_id,
        author=found.author, day=found.day, state=DiaryState(found.state), late=found.late,
        submitted_at=found.submitted_at, begins=found.begins,
    )  # fmt: skip


def states(session: Session, staff_id: int, first: date, last: date) -> dict[date, DiaryState]:
    """The states of somebody's entries between two days, both included."""
    rows = session.execute(
        select(col(Diary.day), col(Diary.state)).where(
            col(Diary.staff_id) == staff_id, col(Diary.day) >= first, col(Diary.day) <= last
        )
    )
    return {day: DiaryState(state) for day, state in rows}


def returned(session: Session, staff_id: int) -> tuple[ReturnedDay, ...]:
    """The entries that came back to somebody, the oldest day first."""
    rows = session.execute(
        select(col(Diary.day), col(_reviewer.name), col(Diary.comment))
        .join(_reviewer, col(_reviewer.id) == col(Diary.reviewer_id))
        .where(col(Diary.staff_id) == staff_id, col(Diary.state) == DiaryState.RETURNED.value)
        .order_by(col(Diary.day))
    )
    return tuple(ReturnedDay(*row) for row in rows)


def in_use_since(session: Session) -> date | None:
    """The first day that somebody has handed in: nothing was missing before."""
    found: date | None = session.execute(_first_handed_in()).scalar()
    return found


def _first_handed_in() -> Select[Any]:
    return select(func.min(col(Diary.day))).where(col(Diary.submitted_at).is_not(None))


def keepers(session: Session, scope: Scope, today: date) -> list[tuple[int, str, date]]:
    """Account managers in reach who keep a diary now: id, name, and since when."""
    query = (
        select(col(Staff.id), col(Staff.name), func.min(col(StaffRole.from_on)))
        .join(StaffRole, col(StaffRole.staff_id) == col(Staff.id))
        .where(
            col(StaffRole.role) == Role.ACCOUNT_MANAGER.value,
            col(StaffRole.from_on) <= today,
            col(StaffRole.until_on).is_(None) | (col(StaffRole.until_on) > today),
            col(Staff.disabled).is_(False),
        )
        .group_by(col(Staff.id), col(Staff.name))
        .order_by(col(Staff.name), col(Staff.id))
    )
    if scope.branch_ids is not None:
        query = query.where(col(StaffRole.branch_id).in_(scope.branch_ids))
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


def kept_since(session: Session, staff_id: int) -> tuple[date | None, date | None]:
    """Since when somebody has been an account manager, and `in_use_since`: a statement each
    would cost the screen of the diary one more round trip."""
    manager = select(func.min(col(StaffRole.from_on))).where(
        col(StaffRole.staff_id) == staff_id, col(StaffRole.role) == Role.ACCOUNT_MANAGER.value
    )
    since, in_use = session.execute(
        select(manager.scalar_subquery(), _first_handed_in().scalar_subquery())
    ).one()
    return since, in_use


def written(session: Session, staff_ids: list[int], first: date) -> dict[int, set[date]]:
    """The days since `first` on which each of these people handed something in."""
    rows = session.execute(
        select(col(Diary.staff_id), col(Diary.day)).where(
            col(Diary.staff_id).in_(staff_ids), col(Diary.day) >= first,
            col(Diary.state).in_(_HANDED_IN),
        )
    )  # fmt: skip
    found: dict[int, set[date]] = {one: set() for one in staff_ids}
    for staff_id, day in rows:
        found[staff_id].add(day)
    return found
