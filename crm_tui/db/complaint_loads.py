"""Who has how many open cases: one pass over those that are open and in reach."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, case, func, select
from sqlmodel import col

from crm_tui.db.complaint_open import OPEN
from crm_tui.db.complaint_pages import within
from crm_tui.db.complaint_rules import working_days
from crm_tui.db.functions import Along
from crm_tui.db.tables import Complaint, Staff
from crm_tui.domain.complaints import NOBODY, SOON_DAYS, HandlerLoad

if TYPE_CHECKING:
    from datetime import date

    from sqlmodel import Session

    from crm_tui.domain.staff import Scope

_TABLE: Final[Any] = Complaint.__table__  # type: ignore[attr-defined]


def loads(session: Session, scope: Scope, today: date) -> tuple[HandlerLoad, ...]:
    """What nobody handles yet, then whoever has the most that presses."""
    table = Along(_TABLE, "ix_complaint_open")
    c = table.c
    after_soon = working_days(session).working(today, SOON_DAYS + 1).on
    overdue = func.sum(case((c.sort_on < today, 1), else_=0))
    soon = func.sum(case((and_(c.sort_on >= today, c.sort_on < after_soon), 1), else_=0))
    query = (
        select(c.handler_id, col(Staff.name), func.count(), overdue, soon)
        .select_from(table)
        .outerjoin(Staff, col(Staff.id) == c.handler_id)
        .where(OPEN, within(scope, c))
        .group_by(c.handler_id, col(Staff.name), col(Staff.name_key))
        .order_by(
            case((c.handler_id.is_(None), 0), else_=1),
            overdue.desc(), soon.desc(), func.count().desc(), col(Staff.name_key), c.handler_id,
        )
    )  # fmt: skip
    return tuple(
        HandlerLoad(row[0] or NOBODY, row[1] or "", *(int(n) for n in row[2:]))
        for row in session.execute(query)
    )
