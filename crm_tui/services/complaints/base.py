"""What the use cases of complaints share: a case in reach, and what somebody is to it."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import select
from sqlmodel import col

from crm_tui.db import complaint_events
from crm_tui.db.complaint_pages import Asked, within
from crm_tui.db.tables import Complaint, ComplaintEvent
from crm_tui.domain.complaint_fold import fold
from crm_tui.domain.complaint_rules import Standing
from crm_tui.domain.staff import Permission
from crm_tui.services.base import NotThere, Service

if TYPE_CHECKING:
    from sqlmodel import Session

    from crm_tui.domain.complaint_fold import Case, Event
    from crm_tui.domain.staff import Scope

OBJECT = "complaint"


class Opened(NamedTuple):
    """A case in reach, folded from its trail; `customer_branch_id` is as of now."""

    complaint_id: int
    version: int
    customer_branch_id: int | None
    trail: list[Event]
    case: Case


class CaseService(Service):
    """Base of the parts of `Complaints`."""

    def _asked(self, scope: Scope) -> Asked:
        return Asked(scope, self._store.keys, self._today)

    def _opened(self, session: Session, scope: Scope, complaint_id: int) -> Opened:
        """A case in reach. Raises NotThere."""
        row = session.execute(
            select(col(Complaint.version), col(Complaint.customer_branch_id)).where(
                col(Complaint.id) == complaint_id, within(scope)
            )
        ).one_or_none()
        if row is None:
            raise NotThere
        trail = complaint_events.trail(session, complaint_id)
        return Opened(complaint_id, row[0], row[1], trail, fold(trail))

    def _standing(self, opened: Opened) -> Standing:
        """What this person is to the case; permissions are in it."""
        case = opened.case
        me, begun = self._person.staff_id, case.begun
        works = self._person.may(Permission.WORK_COMPLAINT)
        triage = self._person.scope(Permission.TRIAGE_COMPLAINT)
        verify = self._person.scope(Permission.VERIFY_COMPLAINT)
        return Standing(
            handles=works and case.handler_id == me,
            triages=triage is not None and _holds(triage, opened),
            verifies=verify is not None and case.department_id in verify.department_ids,
            registered=works and begun.registrar_id == me,
            accused=begun.accused_id == me,
        )

    def _done_before(self, session: Session, request_key: str) -> tuple[int, int] | None:
        """The case and number of this person's step of that key, if it is stored already."""
        found = session.execute(
            select(col(ComplaintEvent.complaint_id), col(ComplaintEvent.seq)).where(
                col(ComplaintEvent.request_key) == request_key,
                col(ComplaintEvent.actor_id) == self._person.staff_id,
            )
        ).first()
        return (found[0], found[1]) if found else None


def _holds(scope: Scope, opened: Opened) -> bool:
    """Whether the branch that registered it, or the customer's now, is within."""
    if scope.branch_ids is None:
        return True
    return bool({opened.case.begun.branch_id, opened.customer_branch_id} & scope.branch_ids)


def image_of(payload: Any) -> dict[str, str]:
    """A payload for the encrypted image of an audit row; a sealed phone stays out."""
    return {
        one.name: str(value)
        for one in fields(payload)
        if one.name != "phone" and (value := getattr(payload, one.name)) not in (None, "")
    }
