"""From a typed step to the payload of its event; each guard names the field that lacks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from crm_tui.clock import business_date
from crm_tui.db import complaint_people
from crm_tui.domain.complaint_events import (
    Close,
    Decide,
    Merge,
    Notify,
    Promise,
    Reassign,
    Reopen,
    Said,
    Solve,
    Triage,
)
from crm_tui.domain.complaint_kinds import (
    Channel,
    ComplaintClass,
    Complexity,
    EventKind,
    Measure,
    Reason,
    Step,
    Urgency,
)
from crm_tui.domain.complaint_rules import NEEDS
from crm_tui.domain.moments import parse_promise, parse_told
from crm_tui.domain.staff import Permission
from crm_tui.errors import InvalidInput
from crm_tui.i18n import _
from crm_tui.services.complaints import fields

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from crm_tui.db.complaint_people import Someone
    from crm_tui.domain.complaint_events import Payload
    from crm_tui.domain.complaint_fold import Case
    from crm_tui.domain.complaints import StepForm, TriageForm
    from crm_tui.domain.staff import Person, Scope


class Maker:
    """Reads the forms of one person in one transaction. Everything raises InvalidInput."""

    def __init__(self, session: Session, person: Person, scope: Scope, now: datetime) -> None:
        self._now = now
        self._session = session
        self._person = person
        self._scope = scope
        self.today = business_date(now)

    def make(
        self, step: Step, form: Any, case: Case, other_id: int | None
    ) -> tuple[EventKind, Payload]:
        """The event of a step that the person may take; a class that is known is kept."""
        form = _filled(step, form, case)
        match step:
            case Step.TRIAGE:
                return EventKind.TRIAGE, self._triage(form, case)
            case Step.SOLVE:
                return EventKind.SOLVE, self._solve(form)
            case Step.DECIDE:
                return EventKind.DECIDE, Decide(**self._decision(form))
            case Step.NOTIFY:
                return self._notify(form, case)
            case Step.CLOSE:
                return EventKind.CLOSE, self._close(form)
            case Step.REASSIGN:
                return EventKind.REASSIGN, self._reassign(form, case)
            case Step.PROMISE:
                return EventKind.PROMISE, self._promise(form)
            case Step.MERGE:
                assert other_id is not None
                return EventKind.MERGE, Merge(into_id=other_id, text=self._text(form))
            case Step.REOPEN:
                return EventKind.REOPEN, self._reopen(form, case)
        return EventKind(step.value), Said(text=self._text(form))

    def _text(self, form: StepForm) -> str:
        return fields.long_text("text", form.text, required=False)

    def _handler(self, typed: str, case: Case) -> Someone:
        """Somebody who may handle it: the guard of recusal and of roles that have ended."""
        accused_id = case.begun.accused_id
        among = complaint_people.handlers(self._session, self._triage_scope, self.today, None)
        handler = fields.chosen("handler", typed, among)
        if handler.id == accused_id:
            raise InvalidInput("handler", _("Complained about: somebody else has to handle it."))
        return handler

    @property
    def _triage_scope(self) -> Scope:
        return self._person.scope(Permission.TRIAGE_COMPLAINT) or self._scope

    def _department(self, typed: str) -> int | None:
        if not typed.strip():
            return None
        known = {one.code: one.id for one in complaint_people.departments(self._session)}
        if typed.strip() not in known:
            raise InvalidInput("department", _("There is no such department."))
        return known[typed.strip()]

    def _triage(self, form: TriageForm, case: Case) -> Triage:
        return Triage(
            complaint_class=fields.code("complaint_class", form.complaint_class, ComplaintClass),
            department_id=self._department(form.department),
            handler_id=self._handler(form.handler, case).id,
            urgency=fields.code_or("urgency", form.urgency, Urgency.NORMAL),
            complexity=fields.code_or("complexity", form.complexity, Complexity.SIMPLE),
        )

    def _decision(self, form: StepForm) -> dict[str, Any]:
        return {
            "decision": fields.long_text("text", form.text),
            "measure": fields.code("measure", form.measure, Measure),
        }

    def _solve(self, form: StepForm) -> Solve:
        return Solve(
            complaint_class=fields.code("complaint_class", form.complaint_class, ComplaintClass),
            handler_id=self._person.staff_id,
            **self._decision(form),
        )

    def _notify(self, form: StepForm, case: Case) -> tuple[EventKind, Notify]:
        if form.reached not in ("yes", "no"):
            raise InvalidInput("reached", _("Choose one of those shown."))
        assert case.decided_at is not None
        told = Notify(
            channel=fields.code("channel", form.channel, Channel),
            told_at=parse_told(form.notified_at, self._now, case.decided_at, field="notified_at"),
            person_id=self._person.staff_id,
            text=self._text(form),
        )
        return (EventKind.NOTIFY if form.reached == "yes" else EventKind.NOTIFY_FAILED), told

    def _close(self, form: StepForm) -> Close:
        return Close(
            result=fields.long_text("text", form.text),
            cause=fields.code("cause", form.cause, Reason),
            satisfaction=fields.satisfaction("satisfaction", form.satisfaction),
            responsible_id=fields.place_id(self._session, "responsible", form.responsible),
        )

    def _reassign(self, form: StepForm, case: Case) -> Reassign:
        """No department means the handler's own branch, as in triage. A step that would change
        nothing and says nothing is none."""
        handler = self._handler(form.handler, case)
        department_id = self._department(form.department)
        text = self._text(form)
        if not text and (handler.id, department_id) == (case.handler_id, case.department_id):
            raise InvalidInput("handler", _("{name} has it already").format(name=handler.name))
        return Reassign(handler_id=handler.id, department_id=department_id, text=text)

    def _promise(self, form: StepForm) -> Promise:
        moment = parse_promise(form.promise, self._now, field="promise")
        assert moment is not None
        return Promise(promise_at=moment, text=self._text(form))

    def _reopen(self, form: StepForm, case: Case) -> Reopen:
        """The handler before goes on unless another is named; an imported case may have none."""
        typed = form.handler.strip() or complaint_people.username(self._session, case.handler_id)
        if not typed:
            raise InvalidInput("handler", _("must not be empty"))
        known = fields.code("complaint_class", form.complaint_class, ComplaintClass)
        handler_id = self._handler(typed, case).id
        return Reopen(complaint_class=known, handler_id=handler_id, text=self._text(form))


def _filled(step: Step, form: Any, case: Case) -> Any:
    """The form with everything that the step needs. Raises InvalidInput."""
    if case.complaint_class is not None and not form.complaint_class:
        form = replace(form, complaint_class=case.complaint_class.value)
    for name in NEEDS[step]:
        if not getattr(form, name).strip():
            raise InvalidInput(name, _("must not be empty"))
    return form
