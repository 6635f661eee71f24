"""Triage and the steps of a case: one transaction, one event or two, one audit row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crm_tui.db import complaint_events, complaint_people
from crm_tui.domain.complaint_events import Said
from crm_tui.domain.complaint_fold import Event, after
from crm_tui.domain.complaint_kinds import EventKind, Step
from crm_tui.domain.complaint_rules import TRIAGERS_ONLY, starts_first, steps
from crm_tui.domain.staff import Permission
from crm_tui.errors import Conflict, StoredOtherwise
from crm_tui.i18n import _
from crm_tui.services.base import NotThere
from crm_tui.services.complaints import merging, repeating
from crm_tui.services.complaints.base import OBJECT, CaseService, image_of
from crm_tui.services.complaints.payloads import Maker

if TYPE_CHECKING:
    from sqlmodel import Session

    from crm_tui.db.store import Transaction
    from crm_tui.domain.complaint_events import Payload
    from crm_tui.domain.complaint_fold import Case
    from crm_tui.domain.complaints import StepForm, TriageForm
    from crm_tui.domain.drafts import DraftKey
    from crm_tui.domain.staff import Scope
    from crm_tui.services.complaints.base import Opened


class Working(CaseService):
    """What is done with a case."""

    def triage(
        self,
        complaint_id: int,
        shown: int,
        form: TriageForm,
        request_key: str,
        draft: DraftKey | None = None,
    ) -> None:
        """Give a case its class, limits and handler; `shown` is the version that was shown.

        The same `request_key` again changes nothing. Raises Conflict, StoredOtherwise when that
        key stored other words, InvalidInput, Refused, StoreError.
        """
        self._do(complaint_id, shown, Step.TRIAGE, form, request_key, draft)

    def take(
        self,
        complaint_id: int,
        shown: int,
        step: Step,
        form: StepForm,
        request_key: str,
        draft: DraftKey | None = None,
    ) -> None:
        """Any other step, as `triage`."""
        self._do(complaint_id, shown, step, form, request_key, draft)

    def _do(
        self,
        complaint_id: int,
        shown: int,
        step: Step,
        form: Any,
        request_key: str,
        draft: DraftKey | None,
    ) -> None:
        action = f"complaint.{step.value}"
        wanted = Permission.TRIAGE_COMPLAINT if step in TRIAGERS_ONLY else Permission.SEE_COMPLAINTS
        scope = self._scope(wanted, action)
        with self._writing(action, OBJECT, complaint_id) as tx:
            before = self._done_before(tx.session, request_key)
            if before is not None:
                self._repeat(tx, scope, complaint_id, before, step, form)
            else:
                maker = Maker(tx.session, self._person, scope, tx.now)
                other = None
                if step is Step.MERGE:
                    other = merging.locked_target(
                        tx.session, scope, form.other_no, complaint_id, self._today
                    )
                opened = self._locked(tx, scope, complaint_id, shown, step)
                if other is not None:
                    merging.check(tx.session, complaint_id, other, tx.now)
                kind, payload = maker.make(step, form, opened.case, other)
                self._append(tx, opened, step, kind, payload, request_key)
            self._drop(tx, draft)

    def _repeat(
        self,
        tx: Transaction,
        scope: Scope,
        complaint_id: int,
        before: tuple[int, int],
        step: Step,
        form: Any,
    ) -> None:
        """Stored already, in reach or not by now. Raises StoredOtherwise."""
        tx.unaudited("a repeated step: nothing changes")
        if before[0] == complaint_id and repeating.same(
            tx.session, self._person, scope, before, step, form
        ):
            return
        version = complaint_events.lock(tx.session, complaint_id) or 0
        raise StoredOtherwise(_("You stored this step already, in other words:"), {}, version)

    def _locked(
        self, tx: Transaction, scope: Scope, complaint_id: int, shown: int, step: Step
    ) -> Opened:
        """The case as it was shown, for a step that may be taken. Raises NotThere, Conflict."""
        complaint_events.lock(tx.session, complaint_id)
        opened = self._opened(tx.session, scope, complaint_id)
        if opened.version != shown:
            raise _conflict(tx.session, opened)
        if step not in steps(opened.case, self._standing(opened)):
            raise NotThere
        return opened

    def _append(
        self,
        tx: Transaction,
        opened: Opened,
        step: Step,
        kind: EventKind,
        payload: Payload,
        request_key: str,
    ) -> None:
        case, number = opened.case, opened.complaint_id
        if starts_first(case, step, self._standing(opened)):
            case = self._one(tx, number, case, EventKind.START, Said(), None)
        case = self._one(tx, number, case, kind, payload, request_key)
        complaint_events.write(tx.session, number, opened.version + 1, case)
        tx.audit(
            f"complaint.{kind.value}",
            OBJECT,
            number,
            branch_id=case.begun.branch_id,
            fields={"from": opened.case.state.value, "to": case.state.value},
            image=image_of(payload) or None,
        )

    def _one(
        self,
        tx: Transaction,
        complaint_id: int,
        case: Case,
        kind: EventKind,
        payload: Payload,
        request_key: str | None,
    ) -> Case:
        me = self._person
        event = Event(case.last_seq + 1, tx.now, kind, payload, me.staff_id, me.username)
        moved = after(case, event)
        complaint_events.add(tx.session, complaint_id, event, request_key=request_key)
        return moved


def _conflict(session: Session, opened: Opened) -> Conflict:
    """What somebody else has made of the case meanwhile, by the fields of the forms."""
    case = opened.case
    stored = {
        "state": case.state.value,
        "complaint_class": case.complaint_class.value if case.complaint_class else "",
        "handler": complaint_people.username(session, case.handler_id),
        "department": complaint_people.code_of(session, case.department_id),
        "urgency": case.urgency.value,
        "complexity": case.complexity.value,
        "measure": case.measure.value if case.measure else "",
        "text": case.result or case.decision,
        "by": opened.trail[-1].actor,
    }
    return Conflict(_("Somebody else has changed this meanwhile."), stored, opened.version)
