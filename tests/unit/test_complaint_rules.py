"""Who may take which step in which state, and what each step asks for."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.domain.complaint_fold import Case
from crm_tui.domain.complaint_kinds import FROM, ComplaintState, EventKind, Step
from crm_tui.domain.complaint_rules import (
    MAY_HOLD,
    NEEDS,
    Standing,
    starts_first,
    steps,
    usual_next,
)
from crm_tui.domain.complaints import StepForm, TriageForm
from tests.support.complaints import registered

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
S = ComplaintState


def case(state: ComplaintState, *, reached: bool = False) -> Case:
    return Case(registered(AT), date(2026, 3, 2), state=state, notified_at=AT if reached else None)


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (S.REGISTERED, "note promise withdraw merge"),
        (S.TRIAGED, "decide start note await promise withdraw merge"),
        (S.IN_PROGRESS, "decide note await promise withdraw merge"),
        (S.AWAITING_CUSTOMER, "resume note promise withdraw merge"),
        (S.DECIDED, "notify note promise withdraw merge"),
        (S.NOTIFIED, "close note notify promise withdraw merge"),
        (S.CLOSED, ""),
        (S.WITHDRAWN, ""),
        (S.MERGED, ""),
    ],
)
def test_the_handler(state: ComplaintState, expected: str) -> None:
    assert " ".join(steps(case(state), Standing(handles=True))) == expected


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (S.REGISTERED, "triage withdraw merge"),
        (S.TRIAGED, "triage reassign withdraw merge"),
        (S.AWAITING_CUSTOMER, "triage reassign withdraw merge"),
        (S.DECIDED, "reassign withdraw merge"),
        (S.NOTIFIED, "reassign withdraw merge"),
        (S.CLOSED, "reopen"),
        (S.WITHDRAWN, ""),
        (S.MERGED, ""),
    ],
)
def test_who_triages(state: ComplaintState, expected: str) -> None:
    assert " ".join(steps(case(state), Standing(triages=True))) == expected


@pytest.mark.parametrize("state", list(S))
def test_the_registrar_has_a_say_until_somebody_handles_it(state: ComplaintState) -> None:
    expected = "solve note promise withdraw" if state is S.REGISTERED else ""
    assert " ".join(steps(case(state), Standing(registered=True))) == expected


@pytest.mark.parametrize("state", list(S))
def test_who_verifies_notes_and_no_more(state: ComplaintState) -> None:
    expected = (Step.NOTE,) if state.is_open else ()
    assert steps(case(state), Standing(verifies=True)) == expected


@given(st.sampled_from(list(S)), st.builds(Standing, st.booleans(), st.booleans(), st.booleans(),
                                           st.booleans(), accused=st.just(True)))  # fmt: skip
def test_the_accused_may_do_nothing(state: ComplaintState, standing: Standing) -> None:
    assert steps(case(state), standing) == ()
    assert steps(case(S.REGISTERED), replace(standing, accused=False, triages=True))


@given(st.sampled_from(list(S)), st.builds(Standing, st.booleans(), st.booleans(), st.booleans(),
                                           st.booleans(), st.booleans()))  # fmt: skip
def test_no_step_is_offered_that_the_trail_would_refuse(
    state: ComplaintState, standing: Standing
) -> None:
    for step in steps(case(state), standing):
        begins = starts_first(case(state), step, standing)
        assert (S.IN_PROGRESS if begins else state) in FROM[EventKind(step.value)]


def test_who_was_told_is_not_told_again() -> None:
    assert Step.NOTIFY not in steps(case(S.NOTIFIED, reached=True), Standing(handles=True))


def test_the_usual_step_comes_first_wherever_the_case_is_open() -> None:
    for state in S:
        usual = usual_next(state)
        assert (usual is not None) == state.is_open
        if usual is not None:
            both = Standing(handles=True, triages=True)
            assert steps(case(state), both)[0] is usual


def test_only_the_handlers_work_starts_a_triaged_case() -> None:
    for step, standing in product(Step, (Standing(verifies=True), Standing(registered=True))):
        assert not starts_first(case(S.TRIAGED), step, standing)
    begin = {step for step in Step if starts_first(case(S.TRIAGED), step, Standing(handles=True))}
    assert begin == {Step.NOTE, Step.AWAIT, Step.DECIDE}


def test_forms_have_the_fields_that_steps_ask_for() -> None:
    assert set(NEEDS) == set(MAY_HOLD) == set(Step)
    for step in Step:
        form = TriageForm if step is Step.TRIAGE else StepForm
        names = {one.name for one in fields(form)}
        assert set(NEEDS[step]) | set(MAY_HOLD[step]) <= names
        assert not set(NEEDS[step]) & set(MAY_HOLD[step])
