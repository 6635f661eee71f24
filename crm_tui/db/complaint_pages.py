"""The queue of complaints: pages, counts, the strip; every query takes the scope it may read.

Ids first, along one index; what is shown of a page is read by `complaint_rows` for its few ids.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, case, func, or_, select, true, tuple_

from crm_tui.db.complaint_open import ENDED, OPEN
from crm_tui.db.complaint_rows import rows
from crm_tui.db.complaint_search import Found, found
from crm_tui.db.contacts import day_bounds, instant_key
from crm_tui.db.functions import Along
from crm_tui.db.tables import Complaint
from crm_tui.domain.complaint_kinds import ComplaintState
from crm_tui.domain.complaints import NOBODY, ComplaintPage, QueueStrip, QueueView
from crm_tui.domain.roster import Move

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Select
    from sqlmodel import Session

    from crm_tui.db.crypto import KeyRing
    from crm_tui.domain.complaints import ComplaintCriteria
    from crm_tui.domain.staff import Scope

_TABLE: Any = Complaint.__table__  # type: ignore[attr-defined]


class Asked(NamedTuple):
    """Whose queue it is, and on which day."""

    scope: Scope
    keys: KeyRing
    today: date


def within(scope: Scope, c: Any = _TABLE.c) -> ColumnElement[bool]:
    """Whether a case is in reach: registered or the customer's there, or passed on.

    A complaint about oneself never is.
    """
    return and_(_reached(scope, c), or_(c.accused_id.is_(None), c.accused_id != scope.staff_id))


def _reached(scope: Scope, c: Any) -> ColumnElement[bool]:
    if scope.branch_ids is None and not scope.passed:
        return true()
    mine = c.handler_id == scope.staff_id
    if scope.passed:
        return or_(mine, c.department_id.in_(sorted(scope.department_ids)))
    ids = sorted(scope.branch_ids or ())
    return or_(c.branch_id.in_(ids), c.customer_branch_id.in_(ids), c.department_id.in_(ids), mine)


def page(
    session: Session,
    asked: Asked,
    criteria: ComplaintCriteria,
    move: Move,
    key: tuple[str, int] | None,
    limit: int,
) -> ComplaintPage:
    """One page: open cases by the date that comes first, ended ones newest first; before both
    what a search puts first."""
    ended = criteria.view is QueueView.ENDED
    table, backwards = _along(criteria), move in (Move.BEFORE, Move.LAST)
    place = table.c.ended_at if ended else table.c.sort_on
    searched = _searched(session, asked, criteria, table.c)
    query: Select[Any] = select(place, table.c.id).select_from(table)
    query = _filtered(query, asked, criteria, searched, table.c)
    rising = backwards if ended else not backwards
    first = searched.first if searched else ()
    order = [*_rank(table.c.id, first, ended=ended), place, table.c.id]
    if key is not None and move in (Move.AFTER, Move.BEFORE):
        rank = [(key[1] in first) is ended] if first else []
        edge = tuple_(*map(int, rank), _instant_or_day(key[0], ended=ended), key[1])
        query = query.where(tuple_(*order) > edge if rising else tuple_(*order) < edge)
    query = query.order_by(*(order if rising else [one.desc() for one in order]))
    hits = session.execute(query.limit(limit + 1)).all()
    more, cut = len(hits) > limit, list(hits[:limit])
    if backwards:
        cut.reverse()
    keys = [(instant_key(at) if ended else at.isoformat(), one) for at, one in cut]
    shown = rows(session, keys, asked.today)
    if backwards:
        return ComplaintPage(shown, has_before=more, has_after=move is Move.BEFORE)
    return ComplaintPage(shown, has_before=move is Move.AFTER, has_after=more)


def _rank(case_id: Any, first: tuple[int, ...], *, ended: bool) -> list[Any]:
    """What comes first, when anything does; the order of ended cases falls."""
    one_first = case((case_id.in_(first), int(ended)), else_=int(not ended))
    return [one_first] if first else []


def count(session: Session, asked: Asked, criteria: ComplaintCriteria) -> int:
    """How many cases the queue of these criteria has."""
    table = _along(criteria)
    query: Select[Any] = select(func.count()).select_from(table)
    searched = _searched(session, asked, criteria, table.c)
    query = _filtered(query, asked, criteria, searched, table.c)
    return int(session.execute(query).scalar_one())


def strip(session: Session, scope: Scope, today: date) -> QueueStrip:
    """The counts above the queue."""
    table = Along(_TABLE, "ix_complaint_open")
    c = table.c
    start, end = day_bounds(today)
    promised = and_(c.promise_at >= start, c.promise_at < end, c.notified_at.is_(None))
    query: Select[Any] = (
        select(
            func.count(),
            _sum(c.sort_on < today),
            _sum(c.sort_on == today),
            _sum(c.state == ComplaintState.REGISTERED.value),
            _sum(promised),
        )
        .select_from(table)
        .where(OPEN, within(scope, c))
    )
    running = [int(n) for n in session.execute(query).one()]
    ended = Along(_TABLE, "ix_complaint_ended")
    month = day_bounds(today.replace(day=1))[0]
    query = (
        select(func.count(), _sum(ended.c.on_time == true()))
        .select_from(ended)
        .where(ended.c.ended_at >= month, ended.c.on_time.is_not(None), within(scope, ended.c))
    )
    closed = [int(n) for n in session.execute(query).one()]
    return QueueStrip(*running, *closed)


def _sum(condition: Any) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _along(criteria: ComplaintCriteria) -> Along:
    if criteria.customer_id is not None:
        return Along(_TABLE, "ix_complaint_customer")
    ended = criteria.view is QueueView.ENDED
    return Along(_TABLE, "ix_complaint_ended" if ended else "ix_complaint_open")


def _instant_or_day(key: str, *, ended: bool) -> datetime | date:
    return datetime.fromisoformat(key) if ended else date.fromisoformat(key)


def _searched(session: Session, asked: Asked, criteria: ComplaintCriteria, c: Any) -> Found | None:
    typed = criteria.search.strip()
    return found(session, asked.keys, asked.today, typed, c) if typed else None


def _filtered(
    query: Select[Any], asked: Asked, criteria: ComplaintCriteria, searched: Found | None, c: Any
) -> Select[Any]:
    scope, view = asked.scope, criteria.view
    ended = view is QueueView.ENDED
    query = query.where(ENDED if ended else OPEN, within(scope, c))
    if ended:
        query = query.where(c.ended_at.is_not(None))
    elif view is QueueView.MINE:
        own = (c.handler_id, c.first_responder_id, c.registrar_id)
        query = query.where(or_(*(one == scope.staff_id for one in own)))
    elif view is QueueView.UNTRIAGED:
        query = query.where(c.state == ComplaintState.REGISTERED.value)
    elif view is QueueView.OVERDUE:
        query = query.where(c.sort_on < asked.today)
    if criteria.triaged:
        query = query.where(c.state != ComplaintState.REGISTERED.value)
    if criteria.handler_id is not None:
        handler = c.handler_id
        nobody = criteria.handler_id == NOBODY
        query = query.where(handler.is_(None) if nobody else handler == criteria.handler_id)
    if criteria.customer_id is not None:
        query = query.where(c.customer_id == criteria.customer_id)
    return query if searched is None else query.where(searched.condition)
