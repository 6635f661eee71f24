"""Complaints for tests: payloads, trails and typed forms with what nobody cares about filled in."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlmodel import col

from crm_tui.db.tables import Branch, Staff, StaffRole
from crm_tui.domain.complaint_events import Decide, Registered, Said, Triage
from crm_tui.domain.complaint_fold import Case, Event, after
from crm_tui.domain.complaint_kinds import ComplaintClass, EventKind, Measure, Step
from crm_tui.domain.complaints import ComplaintForm, StepForm, TriageForm
from crm_tui.domain.staff import Role
from tests.support.people import OPERATOR

if TYPE_CHECKING:
    from datetime import datetime

    from tests.support.people import Bank

HANDLER = 9


def registered(at: datetime, **more: Any) -> Registered:
    """A registration received at `at`."""
    given = {
        "branch_id": 1, "received_at": at, "first_responder_id": 2, "registrar_id": 2,
        "regime": "nfra_2020", "rule_set_id": 1, "content": "Charged twice.",
    }  # fmt: skip
    return Registered(**given | more)


def decided_trail(case: Case) -> Case:
    """A registered case triaged to `HANDLER`, started and decided in its first minute."""
    at = case.begun.received_at
    steps = (
        (EventKind.TRIAGE, Triage(complaint_class=ComplaintClass.GENERAL, handler_id=HANDLER)),
        (EventKind.START, Said()),
        (EventKind.DECIDE, Decide(decision="Paid back.", measure=Measure.COMPENSATION)),
    )
    for kind, payload in steps:
        case = after(case, Event(case.last_seq + 1, at, kind, payload))
    return case


def staffed(bank: Bank) -> Bank:
    """The small bank with a department, one of its people, and somebody of compliance."""
    with bank.store.write(OPERATOR) as tx:
        root = tx.session.execute(
            select(col(Branch.id)).where(col(Branch.code) == "HQ")
        ).scalar_one()
        tech = Branch(code="TECH", name="技术部", kind="department", parent_id=root)
        tx.session.add(tech)
        tx.session.flush()
        for username, name, role, place in (
            ("hegui", "贺规", Role.COMPLIANCE, root),
            ("jishu", "纪舒", Role.DEPARTMENT, tech.id),
        ):
            person = Staff(username=username, name=name)
            tx.session.add(person)
            tx.session.flush()
            tx.session.add(
                StaffRole(
                    staff_id=person.id, branch_id=place, role=role.value, from_on=date(2020, 1, 1)
                )
            )
        tx.audit("test.staffed")
    return bank


FORM = ComplaintForm(
    content="短信费多扣三个月\n要求退回", channel="phone", business="debit_card", reason="pricing",
    demand="refund",
)  # fmt: skip
TRIAGED = TriageForm(complaint_class="general", handler="wangqiang")
DECIDED = StepForm(text="退回三个月的费用", measure="compensation")
TOLD = StepForm(channel="phone", text="本人接听")
CLOSED = StepForm(text="已退费", cause="pricing", satisfaction="5")


def register(
    bank: Bank, username: str = "chenjing", customer: int | None = None, **more: str
) -> int:
    """Register a complaint, of a stranger unless a customer is given."""
    form = replace(FORM, **more)
    return bank.office(username).complaints.register(customer, form, uuid.uuid4().hex)


def version(bank: Bank, complaint: int) -> int:
    """The version that stands now."""
    return bank.office("hq").complaints.get(complaint).version


def triage(bank: Bank, complaint: int, username: str = "zhaomin", **more: str) -> None:
    """Triage a case as it stands."""
    form = replace(TRIAGED, **more)
    shown = version(bank, complaint)
    bank.office(username).complaints.triage(complaint, shown, form, uuid.uuid4().hex)


def take(
    bank: Bank, complaint: int, username: str, step: Step, form: StepForm | None = None
) -> None:
    """Take a step with a case as it stands."""
    service = bank.office(username).complaints
    key, shown = uuid.uuid4().hex, version(bank, complaint)
    service.take(complaint, shown, step, form or StepForm(), key)


def closed(bank: Bank, **more: str) -> int:
    """A case that went the usual way to its end, handled by wangqiang."""
    complaint = register(bank, **more)
    triage(bank, complaint)
    for step, form in ((Step.DECIDE, DECIDED), (Step.NOTIFY, TOLD), (Step.CLOSE, CLOSED)):
        take(bank, complaint, "wangqiang", step, form)
    return complaint
