"""The queue of complaints: pages, counts, the strip; every query takes the scope it may read.

Ids first, along one index; what is shown of a page is read by `complaint_rows` for its few ids.
"""

from __future__ import annotations

from datetime import date, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import and_, case, func, or_, select, true, tuple_
from sqlmodel import col

from crm_tui.db.complaint_open import ENDED, OPEN
from crm_tui.db.complaint_rows import rows
from crm_tui.db.contacts import day_bounds, instant_key
from crm_tui.db.functions import Along, contains
from crm_tui.db.search import Match
from crm_tui.db.tables import Complaint, CustomerSearch
from crm_tui.domain.complaint_kinds import ComplaintState
from crm_tui.domain.complaints import ComplaintPage, QueueStrip, QueueView
from crm_tui.domain.roster import Move
from crm_tui.domain.search import query_tokens
from crm_tui.domain.text_rules import fold_syntax

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Select
    from sqlmodel import Session

    from crm_tui.db.crypto import KeyRing
    from crm_tui.domain.complaints import ComplaintCriteria
    from crm_tui.domain.staff import Scope

_TABLE: Any = Complaint.__table__  # type: ignore[attr-defined]
_NUMBER_FROM: Final = 3


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
    """One page: open cases by the date that comes first, ended ones newest first."""
    ended = criteria.view is QueueView.ENDED
    table = _along(criteria)
    place = table.c.ended_at if ended else table.c.sort_on
    order, backwards = tuple_(place, table.c.id), move in (Move.BEFORE, Move.LAST)
    query: Select[Any] = select(place, table.c.id).select_from(table)
    query = _filtered(query, session, asked, criteria, table.c)
    rising = backwards if ended else not backwards
    if key is not None and move in (Move.AFTER, Move.BEFORE):
        edge = tuple_(_instant_or_day(key[0], ended=ended), key[1])
        query = query.where(order > edge if rising else order < edge)
    sides = (place, table.c.id) if rising else (place.desc(), table.c.id.desc())
    found = session.execute(query.order_by(*sides).limit(limit + 1)).all()
    more, cut = len(found) > limit, list(found[:limit])
    if backwards:
        cut.reverse()
    keys = [(instant_key(at) if ended else at.isoformat(), one) for at, one in cut]
    shown = rows(session, keys, asked.today)
    if backwards:
        return ComplaintPage(shown, has_before=more, has_after=move is Move.BEFORE)
    return ComplaintPage(shown, has_before=move is Move.AFTER, has_after=more)


def count(session: Session, asked: Asked, criteria: ComplaintCriteria) -> int:
    """How many cases the queue of these criteria has."""
    table = _along(criteria)
    query: Select[Any] = select(func.count()).select_from(table)
    query = _filtered(query, session, asked, criteria, table.c)
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


def _filtered(
    query: Select[Any], session: Session, asked: Asked, criteria: ComplaintCriteria, c: Any
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
    if criteria.customer_id is not None:
        query = query.where(c.customer_id == criteria.customer_id)
    typed = criteria.search.strip()
    return query.where(_searched(session, asked.keys, typed, c)) if typed else query


def _searched(session: Session, keys: KeyRing, typed: str, c: Any) -> ColumnElement[bool]:
    """By a part of the number, by the customer as in the roster, or by a stranger's name."""
    number = fold_syntax(typed).upper()
    found: list[ColumnElement[bool]] = [contains(c.name, typed)]
    if len(number) >= _NUMBER_FROM:
        found.append(contains(func.upper(c.complaint_no), number))
    match = Match.of(session, keys, query_tokens(typed))
    if match is not None:
        who = SimpleNamespace(doc=col(CustomerSearch.doc), tie=col(CustomerSearch.customer_id))
        found.append(
            c.customer_id.in_(
                select(col(CustomerSearch.customer_id)).where(
                    col(CustomerSearch.customer_id).in_(match.candidates()), match.condition(who)
                )
            )
        )
    return or_(*found)
