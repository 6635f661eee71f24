"""What can be chosen for a case, and what is likely."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from crm_tui.clock import business_date
from crm_tui.db import complaint_people, complaint_rows, complaint_rules
from crm_tui.domain.complaint_kinds import Step
from crm_tui.domain.complaint_rules import steps
from crm_tui.domain.complaints import Proposal, TriageChoices, TriageForm
from crm_tui.domain.dates import FARTHEST_DAYS
from crm_tui.domain.staff import Permission
from crm_tui.services.base import NotThere
from crm_tui.services.complaints import merging
from crm_tui.services.complaints.base import OBJECT, CaseService

if TYPE_CHECKING:
    from sqlmodel import Session

    from crm_tui.db.complaint_people import Place, Someone
    from crm_tui.domain.complaint_fold import Case
    from crm_tui.domain.complaint_kinds import Reason
    from crm_tui.domain.complaints import ComplaintRow
    from crm_tui.domain.staff import Scope
    from crm_tui.domain.workdays import Calendar

CHOOSE = "complaint.choose"


class Choosing(CaseService):
    """Lists for the forms; the people whom a list holds have their role today."""

    def triage_choices(self, complaint_id: int) -> TriageChoices:
        """What triage would most likely choose, from the last like cases, and what it may choose,
        read at once: somebody waits for the next case. Raises Refused."""
        scope = self._scope(Permission.TRIAGE_COMPLAINT, CHOOSE)
        with self._store.read() as session:
            case = self._case(session, scope, complaint_id)
            if case is not None:
                people = self._handlers(session, scope, case)
                places = complaint_people.departments(session)
                proposal = _proposed(session, scope, case, people, places)
                return TriageChoices(proposal, _coded(places), _pairs(people))
        raise self._store.refuse(self._actor, CHOOSE, OBJECT, complaint_id)

    def handlers(self, complaint_id: int) -> tuple[tuple[str, str], ...]:
        """User name and name of those who may handle it, never the accused. Raises Refused."""
        scope = self._scope(Permission.TRIAGE_COMPLAINT, CHOOSE)
        with self._store.read() as session:
            case = self._case(session, scope, complaint_id)
            if case is not None:
                return _pairs(self._handlers(session, scope, case))
        raise self._store.refuse(self._actor, CHOOSE, OBJECT, complaint_id)

    def departments(self) -> tuple[tuple[str, str], ...]:
        """Code and name of every department. Raises Refused."""
        self._scope(Permission.SEE_COMPLAINTS, CHOOSE)
        with self._store.read() as session:
            return _coded(complaint_people.departments(session))

    def colleagues(self) -> tuple[tuple[str, str], ...]:
        """User name and name of those of one's branch whom a customer may ask first.

        Raises Refused.
        """
        self._scope(Permission.REGISTER_COMPLAINT, CHOOSE)
        with self._store.read() as session:
            return _pairs(complaint_people.colleagues(session, self._person.branch_id, self._today))

    def causes(self) -> tuple[Reason, ...]:
        """Every cause, the likeliest of the last closed cases first. Raises Refused."""
        scope = self._scope(Permission.SEE_COMPLAINTS, CHOOSE)
        with self._store.read() as session:
            return complaint_people.likely_causes(session, scope)

    def working_days(self) -> Calendar:
        """The days from today on which people work, for who promises one. Raises Refused."""
        self._scope(Permission.SEE_COMPLAINTS, CHOOSE)
        today = business_date(self._store.clock())
        farthest = today + timedelta(days=FARTHEST_DAYS)
        with self._store.read() as session:
            return complaint_rules.working_days(session, today, farthest)

    def merge_target(self, complaint_id: int, typed: str) -> ComplaintRow:
        """The case that `typed` names, into which this one may be merged now.

        Raises InvalidInput, Refused.
        """
        scope = self._scope(Permission.SEE_COMPLAINTS, CHOOSE)
        with self._store.read() as session:
            if self._may_merge(session, scope, complaint_id):
                found = merging.target(session, scope, typed, complaint_id, self._today)
                merging.check(session, complaint_id, found, self._store.clock())
                return complaint_rows.rows(session, [("", found)], self._today)[0]
        raise self._store.refuse(self._actor, CHOOSE, OBJECT, complaint_id)

    def _may_merge(self, session: Session, scope: Scope, complaint_id: int) -> bool:
        try:
            opened = self._opened(session, scope, complaint_id)
        except NotThere:
            return False
        return Step.MERGE in steps(opened.case, self._standing(opened))

    def _case(self, session: Session, scope: Scope, complaint_id: int) -> Case | None:
        try:
            return self._opened(session, scope, complaint_id).case
        except NotThere:
            return None

    def _handlers(self, session: Session, scope: Scope, case: Case) -> tuple[Someone, ...]:
        return complaint_people.handlers(session, scope, self._today, case.begun.accused_id)


def _proposed(
    session: Session,
    scope: Scope,
    case: Case,
    people: tuple[Someone, ...],
    places: tuple[Place, ...],
) -> Proposal:
    begun = case.begun
    likely = complaint_people.likely(
        session, scope, begun.business.value, begun.reason.value, people
    )
    department = next((one for one in places if one.id == likely.department_id), None)
    known = begun.complaint_class or likely.complaint_class
    form = TriageForm(
        complaint_class=known.value if known else "",
        department=department.code if department else "",
        handler=likely.handler.username if likely.handler else "",
    )
    return Proposal(
        form,
        likely.like_cases,
        handler_name=likely.handler.name if likely.handler else "",
        handler_open=likely.handler_open,
        department_name=department.name if department else "",
    )


def _pairs(people: tuple[Someone, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((one.username, one.name) for one in people)


def _coded(places: tuple[Place, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((one.code, one.name) for one in places)
