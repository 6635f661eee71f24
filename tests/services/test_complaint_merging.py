"""What a case is merged into, by the end of a number; and a step that comes again."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select, update
from sqlmodel import col

from crm_tui.db.tables import Complaint, Draft
from crm_tui.domain.complaint_kinds import ComplaintState, Step
from crm_tui.domain.complaints import StepForm
from crm_tui.domain.drafts import DraftKey
from crm_tui.errors import Conflict, InvalidInput, Refused, StoredOtherwise
from tests.support.complaints import DECIDED, TOLD, TRIAGED, closed, register, take, triage
from tests.support.people import OPERATOR

if TYPE_CHECKING:
    from tests.support.people import Bank


def renumber(bank: Bank, *numbers: str) -> list[int]:
    """Open cases of these numbers."""
    made = [register(bank) for _number in numbers]
    with bank.store.write(OPERATOR) as tx:
        for case, number in zip(made, numbers, strict=True):
            named = update(Complaint).where(col(Complaint.id) == case)
            tx.session.execute(named.values(complaint_no=number))
        tx.audit("test.numbers")
    return made


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("CP-2026-000123", "CP-2026-000123"),
        ("cp-2026-000123", "CP-2026-000123"),
        ("123", "CP-2026-000123"),
        ("000123", "CP-2026-000123"),
        ("１２３", "CP-2026-000123"),
        ("26-000045", "CP-2026-000045"),
        ("7a", ""),
        ("07A", "wx-0007a"),
        ("-0007a", "wx-0007a"),
        ("45", "2 open complaints end in that"),
        ("CP-2025-000045", "CP-2025-000045"),
        ("3", ""),
        ("%123", ""),
        ("___", ""),
    ],
)
def test_the_end_of_a_number_names_the_one_open_case_that_ends_so(
    bank: Bank, typed: str, number: str
) -> None:
    renumber(bank, "CP-2026-000123", "CP-2026-000045", "CP-2025-000045", "wx-0007a")
    case = register(bank)
    service = bank.office("zhaomin").complaints
    if number.startswith(("CP", "wx")):
        assert service.merge_target(case, typed).complaint_no == number
        take(bank, case, "zhaomin", Step.MERGE, StepForm(other_no=typed))
        assert service.get(case).merged_into == number
        return
    with pytest.raises(InvalidInput, match=number or "no such complaint in reach") as caught:
        service.merge_target(case, typed)
    assert caught.value.field == "other_no"
    with pytest.raises(InvalidInput):
        take(bank, case, "zhaomin", Step.MERGE, StepForm(other_no=typed))


@pytest.mark.parametrize("typed", ["123", "000123"])
def test_a_serial_of_our_own_is_meant_before_the_end_of_any_number(bank: Bank, typed: str) -> None:
    renumber(bank, "CP-2026-000123", "CP-2026-001123", "wx-000123")
    service = bank.office("zhaomin").complaints
    assert service.merge_target(register(bank), typed).complaint_no == "CP-2026-000123"


def test_only_open_cases_in_reach_are_named(bank: Bank) -> None:
    ended, case = closed(bank), register(bank)
    there = register(bank, "sunli")
    service = bank.office("zhaomin").complaints
    for which, said in ((ended, "has ended"), (case, "into itself"), (there, "no such complaint")):
        with pytest.raises(InvalidInput, match=said):
            service.merge_target(case, f"{which}")
    accused = register(bank, accused="wangqiang")
    triage(bank, accused, "hq", handler="lina")
    with pytest.raises(InvalidInput, match="not about the same person"):
        service.merge_target(accused, f"{case}")


def test_who_may_not_merge_learns_nothing(bank: Bank) -> None:
    case, other = register(bank), register(bank)
    about_her = register(bank, accused="zhaomin")
    for username, which in (("sunli", case), ("chenjing", case), ("zhaomin", about_her)):
        with pytest.raises(Refused):
            bank.office(username).complaints.merge_target(which, f"{other}")
    with pytest.raises(Refused):
        bank.office("admin").complaints.merge_target(case, f"{other}")


# --- the same key again ---------------------------------------------------------------------

NOTE = StepForm(text="called back")


def decided(bank: Bank) -> int:
    case = register(bank)
    triage(bank, case)
    take(bank, case, "wangqiang", Step.DECIDE, DECIDED)
    return case


@pytest.mark.parametrize(
    ("step", "form", "other"),
    [
        (Step.NOTE, NOTE, replace(NOTE, text="called back, twice")),
        (Step.NOTIFY, TOLD, replace(TOLD, text="his wife answered")),
        (Step.NOTIFY, TOLD, replace(TOLD, reached="no")),
        (Step.PROMISE, StepForm(promise="+1"), StepForm(promise="+2")),
        (Step.WITHDRAW, NOTE, replace(NOTE, text="settled")),
    ],
)
def test_a_step_under_the_same_key_is_stored_once_and_other_words_are_told(
    bank: Bank, step: Step, form: StepForm, other: StepForm
) -> None:
    case, key, draft = decided(bank), uuid.uuid4().hex, DraftKey(f"case_{step.value}", "1")
    office = bank.office("wangqiang")
    shown = office.complaints.get(case).version
    office.complaints.take(case, shown, step, form, key)
    trail = office.complaints.get(case).trail
    bank.clock.advance(hours=5)
    office.drafts.save(draft, {"text": "typed on"})
    with pytest.raises(StoredOtherwise) as caught:
        office.complaints.take(case, shown, step, other, key, draft)
    assert isinstance(caught.value, Conflict)
    assert caught.value.version == office.complaints.get(case).version
    assert drafts(bank) == 1
    office.complaints.take(case, shown, step, form, key, draft)
    assert office.complaints.get(case).trail == trail
    assert drafts(bank) == 0


def test_triage_and_merging_under_the_same_key(bank: Bank) -> None:
    case, into, another = register(bank), register(bank), register(bank)
    service = bank.office("zhaomin").complaints
    service.triage(case, 1, TRIAGED, "k1")
    with pytest.raises(StoredOtherwise):
        service.triage(case, 1, replace(TRIAGED, urgency="urgent"), "k1")
    with pytest.raises(StoredOtherwise):
        service.triage(into, 1, TRIAGED, "k1")
    service.take(case, 2, Step.MERGE, StepForm(other_no=f"{into}"), "k2")
    take(bank, into, "chenjing", Step.WITHDRAW, StepForm(text="settled"))
    service.take(case, 2, Step.MERGE, StepForm(other_no=f"{into}"), "k2")
    with pytest.raises(StoredOtherwise):
        service.take(case, 2, Step.MERGE, StepForm(other_no=f"{another}"), "k2")
    found = service.get(case)
    assert (found.row.state, len(found.trail)) == (ComplaintState.MERGED, 3)


def drafts(bank: Bank) -> Any:
    with bank.store.read() as session:
        return session.execute(select(func.count()).select_from(Draft)).scalar_one()
