"""Every call of complaints: without permission, out of reach, and for what is not there."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select, text

from crm_tui.db.tables import Audit
from crm_tui.domain.complaint_kinds import Step
from crm_tui.domain.complaints import ComplaintCriteria
from crm_tui.domain.roster import Move
from crm_tui.errors import Refused
from tests.support.complaints import (
    DECIDED,
    FORM,
    TRIAGED,
    closed,
    register,
    staffed,
    triage,
)

if TYPE_CHECKING:
    from crm_tui.office import Office
    from tests.support.people import Bank

NOWHERE = 987_654_321
Call = Callable[["Office", int], object]


def key() -> str:
    return uuid.uuid4().hex


OF_A_CASE: dict[str, Call] = {
    "get": lambda office, one: office.complaints.get(one),
    "take": lambda office, one: office.complaints.take(one, 2, Step.DECIDE, DECIDED, key()),
}
OF_WHO_TRIAGES: dict[str, Call] = {
    "triage_choices": lambda office, one: office.complaints.triage_choices(one),
    "handlers": lambda office, one: office.complaints.handlers(one),
    "triage": lambda office, one: office.complaints.triage(one, 2, TRIAGED, key()),
}
LISTS: dict[str, Callable[[Office], object]] = {
    "page": lambda office: office.complaints.page(ComplaintCriteria(), Move.FIRST, None, 10),
    "count": lambda office: office.complaints.count(ComplaintCriteria()),
    "strip": lambda office: office.complaints.strip(),
    "departments": lambda office: office.complaints.departments(),
    "causes": lambda office: office.complaints.causes(),
}
REGISTERING: dict[str, Callable[[Office], object]] = {
    "register": lambda office: office.complaints.register(None, FORM, key()),
    "find_elsewhere": lambda office: office.complaints.find_elsewhere("P000001", "x"),
    "colleagues": lambda office: office.complaints.colleagues(),
}


def refused(bank: Bank, call: Callable[[], object]) -> str:
    """The words of a refusal, which is audited."""
    before = refusals(bank)
    with pytest.raises(Refused) as caught:
        call()
    assert refusals(bank) == before + 1
    return caught.value.message


def refusals(bank: Bank) -> int:
    with bank.store.read() as session:
        query = select(func.count()).select_from(Audit).where(Audit.outcome == "refused")
        return int(session.execute(query).scalar_one())


def everything(bank: Bank) -> list[Any]:
    with bank.store.read() as session:
        return [
            [tuple(row) for row in session.execute(text(f"SELECT * FROM {table} ORDER BY 1, 2"))]
            for table in ("complaint", "complaint_event")
        ]


def test_out_of_reach_and_not_there_are_refused_in_the_same_words(bank: Bank) -> None:
    complaint = register(staffed(bank))
    triage(bank, complaint)
    before = everything(bank)
    for username, calls in (
        ("sunli", OF_A_CASE),
        ("jishu", OF_A_CASE),
        ("zhoutao", OF_WHO_TRIAGES),
    ):
        office = bank.office(username)
        for name, call in calls.items():
            words = {refused(bank, partial(call, office, one)) for one in (complaint, NOWHERE)}
            assert len(words) == 1, name
    assert everything(bank) == before


@pytest.mark.parametrize("username", ["admin", "auditor"])
def test_a_role_without_permission_gets_nothing_at_all(bank: Bank, username: str) -> None:
    complaint = register(bank)
    triage(bank, complaint)
    before, office = everything(bank), bank.office(username)
    for call in (OF_A_CASE | OF_WHO_TRIAGES).values():
        refused(bank, partial(call, office, complaint))
    for one in (LISTS | REGISTERING).values():
        refused(bank, partial(one, office))
    assert everything(bank) == before


def test_a_department_sees_what_was_passed_on_and_registers_nothing(bank: Bank) -> None:
    complaint = register(staffed(bank))
    triage(bank, complaint, department="TECH")
    office = bank.office("jishu")
    for call in OF_WHO_TRIAGES.values():
        refused(bank, partial(call, office, complaint))
    for one in REGISTERING.values():
        refused(bank, partial(one, office))
    assert office.complaints.get(complaint).row.department == "技术部"
    assert office.complaints.count(ComplaintCriteria()) == 1
    assert office.complaints.departments() == (("TECH", "技术部"),)


@pytest.mark.parametrize("username", ["chenjing", "lina", "wangqiang"])
def test_who_may_not_triage_neither_reopens_nor_looks_for_handlers(
    bank: Bank, username: str
) -> None:
    complaint, office = closed(bank), bank.office(username)
    for call in OF_WHO_TRIAGES.values():
        refused(bank, partial(call, office, complaint))
    shown = office.complaints.get(complaint).version
    refused(bank, lambda: office.complaints.take(complaint, shown, Step.REOPEN, DECIDED, key()))


def test_compliance_registers_and_triages_everywhere(bank: Bank) -> None:
    complaint = register(staffed(bank), "sunli")
    triage(bank, complaint, "hegui", handler="sunli")
    assert register(bank, "hegui") != complaint
    assert bank.office("hegui").complaints.count(ComplaintCriteria()) == 2


def test_refusals_name_the_case_in_the_audit_and_no_text(bank: Bank) -> None:
    complaint = register(bank, content="秘密内容")
    office = bank.office("sunli")
    refused(bank, lambda: office.complaints.get(complaint))
    with bank.store.read() as session:
        rows = session.execute(text("SELECT action, object_kind, object_id, fields FROM audit"))
        found = [tuple(row) for row in rows]
    assert ("complaint.open", "complaint", str(complaint), "") in found
    assert all("秘密" not in str(row) for row in found)
