"""Complaints as they leave the database: the columns of the import, then how the case stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import case, func, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from crm_tui.db.complaint_open import ENDED, OPEN
from crm_tui.db.exports import pages
from crm_tui.db.tables import Complaint, Customer, Staff
from crm_tui.domain.complaint_kinds import ComplaintState

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from sqlalchemy import ColumnElement
    from sqlmodel import Session

_first = aliased(Staff)
_handler = aliased(Staff)


def _word(name: str) -> Any:
    """The source's own word, else our code: what the import takes for the same."""
    return func.coalesce(
        func.nullif(getattr(Complaint, f"{name}_text"), ""), getattr(Complaint, name)
    )


COMPLAINT_COLUMNS: Final[dict[str, Any]] = {
    "complaint_no": Complaint.complaint_no,
    "customer_no": Customer.customer_no,
    "received_on": Complaint.received_at,
    "channel": _word("channel"),
    "business": _word("business"),
    "reason": _word("reason"),
    "content": Complaint.content,
    "first_responder": _first.username,
    "answered_on": case(
        (col(Complaint.state) == ComplaintState.CLOSED.value, col(Complaint.ended_at))
    ),
    "result": Complaint.result,
    "on_time": Complaint.on_time,
    "disputed": Complaint.disputed,
    "state": Complaint.state,
    "due_on": Complaint.due_on,
    "handler": _handler.username,
    "name": func.coalesce(col(Customer.name), col(Complaint.name)),
    "imported": Complaint.imported,
    "answered_before": Complaint.answered_before,
}


def complaints(
    session: Session, names: Sequence[str], view: str, today: date
) -> tuple[int, Iterator[Sequence[Any]]]:
    """How many there are of a view, and their rows by id."""
    wanted = _filter(view, today)
    count = session.execute(select(func.count(col(Complaint.id))).where(*wanted)).scalar_one()
    query = (
        select(col(Complaint.id), *(COMPLAINT_COLUMNS[name] for name in names))
        .join(_first, col(_first.id) == col(Complaint.first_responder_id))
        .outerjoin(_handler, col(_handler.id) == col(Complaint.handler_id))
        .outerjoin(Customer, col(Customer.id) == col(Complaint.customer_id))
        .where(*wanted)
    )
    return count, pages(session, query, col(Complaint.id))


def _filter(view: str, today: date) -> list[ColumnElement[bool]]:
    views: dict[str, list[Any]] = {
        "all": [],
        "open": [OPEN],
        "untriaged": [OPEN, col(Complaint.state) == ComplaintState.REGISTERED.value],
        "overdue": [OPEN, col(Complaint.sort_on) < today],
        "ended": [ENDED],
    }
    return views[view]
