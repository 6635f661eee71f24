"""What may be merged into what: nothing that a case of its own would have is lost by it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlmodel import col

from crm_tui.db.tables import Complaint
from crm_tui.errors import InvalidInput
from crm_tui.i18n import _

if TYPE_CHECKING:
    from sqlmodel import Session


def check(session: Session, source_id: int, target_id: int) -> None:
    """Both are locked. Raises InvalidInput for the first rule that forbids it.

    The target is handled on, so the recusal and the limits of the source have to hold there. A
    source that is about nobody has no recusal to lose.
    """
    target, source = _read(session, target_id), _read(session, source_id)
    if _handles_accused(target, source) or _handles_accused(source, target):
        raise InvalidInput("other_no", _("Its handler is complained about in the other one."))
    if source.accused_id is not None and source.accused_id != target.accused_id:
        raise InvalidInput("other_no", _("That complaint is not about the same person."))
    if source.customer_id != target.customer_id:
        raise InvalidInput("other_no", _("That complaint is of another customer."))
    if target.due_on > source.due_on:
        raise InvalidInput(
            "other_no", _("That complaint is due later; merge it into this one instead.")
        )


def _handles_accused(one: Any, other: Any) -> bool:
    return one.handler_id is not None and one.handler_id == other.accused_id


def _read(session: Session, complaint_id: int) -> Any:
    query = select(
        col(Complaint.customer_id),
        col(Complaint.accused_id),
        col(Complaint.handler_id),
        col(Complaint.due_on),
    )
    return session.execute(query.where(col(Complaint.id) == complaint_id)).one()
