"""Complaints as the screens get them: lines of the queue, and the columns of one case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from crm_tui.db.complaint_rules import complaint_rules_by_id, working_days
from crm_tui.db.tables import Branch, Complaint, Customer, Staff, TierHeld
from crm_tui.domain.complaint_clocks import Dates, clocks
from crm_tui.domain.complaint_kinds import Business, ComplaintState, Reason, Urgency
from crm_tui.domain.complaints import ComplaintRow
from crm_tui.domain.kinds import Tier

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy import Select
    from sqlmodel import Session

    from crm_tui.domain.complaint_settings import ComplaintRules
    from crm_tui.domain.complaints import Clocks
    from crm_tui.domain.workdays import Calendar

SUMMARY: Final = 200
Key = tuple[str, int]
_first = aliased(Staff)
_handler = aliased(Staff)
_department = aliased(Branch)
_COLUMNS: tuple[Any, ...] = (
    col(Complaint.id), col(Complaint.complaint_no), col(Complaint.customer_id),
    func.coalesce(col(Customer.name), col(Complaint.name)).label("customer_name"),
    col(TierHeld.tier_rank), col(Complaint.state), col(Complaint.business),
    col(Complaint.reason), col(Complaint.reason_text),
    func.substr(col(Complaint.content), 1, SUMMARY).label("summary"),
    col(_first.name).label("first_responder"), col(_handler.name).label("handler"),
    col(_department.name).label("department"), col(Complaint.urgency),
    col(Complaint.received_at), col(Complaint.ended_at), col(Complaint.is_open),
    col(Complaint.warn_on), col(Complaint.due_on), col(Complaint.due_estimated),
    col(Complaint.internal_on), col(Complaint.paused_since), col(Complaint.promise_at),
    col(Complaint.promise_broken_on),
    col(Complaint.notified_at), col(Complaint.rule_set_id), col(Complaint.imported),
)  # fmt: skip


def rows(session: Session, keys: Sequence[Key], today: date) -> tuple[ComplaintRow, ...]:
    """The lines of these keys in their order. The caller has checked that they are in scope."""
    if not keys:
        return ()
    query = _query().where(col(Complaint.id).in_([one for _place, one in keys]))
    found = {row.id: row for row in session.execute(query)}
    rules, calendar = complaint_rules_by_id(session), working_days(session)
    return tuple(
        _row(key, found[key[1]], rules, calendar, today) for key in keys if key[1] in found
    )


def _query() -> Select[Any]:
    query: Select[Any] = (
        select(*_COLUMNS)
        .join(_first, col(_first.id) == col(Complaint.first_responder_id))
        .outerjoin(_handler, col(_handler.id) == col(Complaint.handler_id))
        .outerjoin(_department, col(_department.id) == col(Complaint.department_id))
        .outerjoin(Customer, col(Customer.id) == col(Complaint.customer_id))
        .outerjoin(TierHeld, and_(col(TierHeld.customer_id) == col(Complaint.customer_id),
                                  col(TierHeld.until_on).is_(None)))
    )  # fmt: skip
    return query


def _row(
    key: Key, found: Any, rules: dict[int, ComplaintRules], calendar: Calendar, today: date
) -> ComplaintRow:
    lines = found.summary.splitlines()
    return ComplaintRow(
        key=key,
        complaint_id=found.id,
        complaint_no=found.complaint_no,
        customer_id=found.customer_id,
        customer_name=found.customer_name,
        tier=Tier(found.tier_rank or 0),
        state=ComplaintState(found.state),
        business=Business(found.business),
        reason=Reason(found.reason),
        reason_text=found.reason_text,
        summary=lines[0] if lines else "",
        first_responder=found.first_responder,
        handler=found.handler or "",
        department=found.department or "",
        urgency=Urgency(found.urgency),
        received_at=found.received_at,
        ended_at=found.ended_at,
        clocks=_clocks(found, rules[found.rule_set_id], calendar, today) if found.is_open else None,
        imported=found.imported,
    )


def _clocks(found: Any, rules: ComplaintRules, calendar: Calendar, today: date) -> Clocks:
    dates = Dates(
        warn_on=found.warn_on,
        due_on=found.due_on,
        estimated=found.due_estimated,
        internal_on=found.internal_on,
        paused=found.paused_since is not None,
        promise_at=found.promise_at,
        told=found.notified_at is not None,
        promise_broken_on=found.promise_broken_on,
    )
    return clocks(dates, rules, calendar, today)
