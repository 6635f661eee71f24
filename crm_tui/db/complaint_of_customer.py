"""The complaints of one customer: on the card, in the timeline, as a mark in the roster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import Integer, func, literal, select, tuple_
from sqlalchemy.orm import aliased
from sqlmodel import col

from crm_tui.db.complaint_open import OPEN
from crm_tui.db.complaint_pages import within
from crm_tui.db.complaint_rows import SUMMARY, rows
from crm_tui.db.contacts import instant_key
from crm_tui.db.tables import Complaint, Staff
from crm_tui.domain.customers import Touch, TouchKind

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlmodel import Session

    from crm_tui.domain.complaints import ComplaintRow
    from crm_tui.domain.staff import Scope

# Places in the timeline: contacts have their ids, tier steps -1 and on, cases are below.
_BELOW: Final = -1_000_000_000
_SHOWN: Final = 20
_first = aliased(Staff)
_handler = aliased(Staff)


def open_cases(
    session: Session, scope: Scope, customer_id: int, today: date
) -> tuple[ComplaintRow, ...]:
    """The customer's open cases in scope, by the date that comes first."""
    query = (
        select(col(Complaint.sort_on), col(Complaint.id))
        .where(col(Complaint.customer_id) == customer_id, OPEN, within(scope))
        .order_by(col(Complaint.sort_on), col(Complaint.id))
        .limit(_SHOWN)
    )
    return rows(session, [(on.isoformat(), one) for on, one in session.execute(query)], today)


def touches(
    session: Session,
    scope: Scope,
    customer_id: int,
    edge: tuple[datetime, int] | None,
    limit: int,
    *,
    older: bool,
) -> list[Touch]:
    """Complaints of the timeline beyond `edge`: the next older ones, or the next newer ones."""
    place = literal(_BELOW, Integer) - col(Complaint.id)
    order = tuple_(col(Complaint.received_at), place)
    query = (
        select(
            col(Complaint.id), col(Complaint.received_at), col(Complaint.state),
            col(Complaint.reason_text), func.substr(col(Complaint.content), 1, SUMMARY),
            col(_first.name), col(_handler.name),
        )
        .join(_first, col(_first.id) == col(Complaint.first_responder_id))
        .outerjoin(_handler, col(_handler.id) == col(Complaint.handler_id))
        .where(col(Complaint.customer_id) == customer_id, within(scope))
        .limit(limit)
    )  # fmt: skip
    if edge is not None:
        query = query.where(order < tuple_(*edge) if older else order > tuple_(*edge))
    if older:
        query = query.order_by(col(Complaint.received_at).desc(), place.desc())
    else:
        query = query.order_by(col(Complaint.received_at).asc(), place.asc())
    return [_touch(*row) for row in session.execute(query)]


def _touch(
    complaint_id: int, at: datetime, state: str, reason: str, content: str, first: str,
    handler: str | None,
) -> Touch:  # fmt: skip
    return Touch(
        key=(instant_key(at), _BELOW - complaint_id), kind=TouchKind.COMPLAINT,
        object_id=complaint_id, at=at, label=state, by=first, text=reason or content,
        result=handler or "", next_on=None, before_opening=False, withdrawn=False,
    )  # fmt: skip
