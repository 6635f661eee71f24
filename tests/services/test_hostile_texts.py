"""Hostile text into every field of diaries and complaints: stored as it is, or refused in words
that name field and character and hold nothing of it."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date
from itertools import product
from typing import TYPE_CHECKING, Final

import pytest

from crm_tui.domain.complaint_kinds import Step
from crm_tui.domain.complaints import ComplaintForm, StepForm, TriageForm
from crm_tui.domain.diary import PARTS, DiaryForm
from crm_tui.errors import InvalidInput
from tests.support.complaints import (
    CLOSED,
    DECIDED,
    FORM,
    TOLD,
    TRIAGED,
    register,
    take,
    triage,
    version,
)
from tests.support.hostile_texts import REFUSED, TAKEN, TURNED, everything

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.people import Bank

    # Stores a text and gives what is there afterwards.
    Put = Callable[[str], str]

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
LINE: Final = "电话 P000001\n"
CODES: Final = (
    *TAKEN,
    *(text for text, _said in REFUSED),
    "²", "٣", "+99999999999", "+²", "99-99 99:99", "02-30", "1e9", "-1", "NaN", "9" * 5_000,
)  # fmt: skip


def judge(bank: Bank, field: str, ready: Callable[[], Put], *, lines: bool = True) -> None:
    """Every text through one field; `ready` makes a place for one."""
    put = ready()
    stopped = [*REFUSED, *(() if lines else ((TURNED[0][0], "U+000D"),))]
    for text, said in stopped:
        before = everything(bank)
        with pytest.raises(InvalidInput) as wrong:
            put(text)
        assert wrong.value.field == field
        assert said in wrong.value.message
        assert wrong.value.message.isprintable()
        assert everything(bank) == before
    taken = ["\n".join(TAKEN)] if lines else TAKEN
    for text, stored in [*((one, one) for one in taken), *TURNED]:
        if lines or "\n" not in stored:
            assert put(text) == stored
            put = ready()


# --- the diary ------------------------------------------------------------------------------


@pytest.mark.parametrize("part", PARTS)
def test_the_parts_of_a_diary(bank: Bank, part: str) -> None:
    mine, day = bank.office("lina").diaries, bank.office("lina").today()
    # One line of several, as the day proposes them.
    before = LINE if part == "content" else ""

    def put(text: str) -> str:
        form = DiaryForm(**{part: before + text.strip(" ")})
        mine.save(day, mine.entry(day).version, form)
        stored: str = getattr(mine.entry(day).form, part)
        assert stored.startswith(before)
        return stored.removeprefix(before)

    judge(bank, part, lambda: put)


def handed_in(bank: Bank, username: str, day: date) -> int:
    mine = bank.office(username).diaries
    mine.submit(day, mine.entry(day).version, DiaryForm("written"))
    entry = mine.entry(day)
    assert entry.diary_id is not None
    return entry.diary_id


def test_what_a_reviewer_says_and_why_a_diary_comes_back(bank: Bank) -> None:
    theirs = bank.office("zhaomin").diaries
    month = bank.office("lina").diaries.month(date(2026, 2, 1))
    days = product([one.day for one in month if one.working], ("lina", "wangqiang"))

    def reviewed() -> Put:
        day, username = next(days)
        diary = handed_in(bank, username, day)

        def put(text: str) -> str:
            theirs.review(diary, 1, text)
            assert theirs.read(diary).comment == bank.office(username).diaries.entry(day).comment
            return theirs.read(diary).comment

        return put

    judge(bank, "comment", reviewed)
    day, username = next(days)

    def returned() -> Put:
        diary = handed_in(bank, username, day)

        def put(text: str) -> str:
            theirs.give_back(diary, theirs.read(diary).version, text)
            return bank.office(username).diaries.entry(day).comment

        return put

    judge(bank, "comment", returned)


def test_corrections_of_a_diary(bank: Bank) -> None:
    mine, day = bank.office("lina").diaries, bank.office("lina").today()
    diary = handed_in(bank, "lina", day)
    bank.office("zhaomin").diaries.review(diary, 1, "")

    def put(text: str) -> str:
        mine.add(diary, text, uuid.uuid4().hex)
        return mine.entry(day).addenda[-1].text

    judge(bank, "text", lambda: put)


# --- complaints -----------------------------------------------------------------------------


def test_the_content_of_a_complaint(bank: Bank) -> None:
    def put(text: str) -> str:
        case = register(bank, content=text)
        return bank.office("hq").complaints.get(case).content

    judge(bank, "content", lambda: put)


def test_the_name_of_a_stranger(bank: Bank) -> None:
    def put(text: str) -> str:
        case = register(bank, name=text)
        return bank.office("hq").complaints.get(case).row.customer_name

    judge(bank, "name", lambda: put, lines=False)


# What a case went through before, by whom the step is taken, and what else its form needs.
BEFORE: Final = {
    Step.SOLVE: ((), "chenjing", {"complaint_class": "general", "measure": "compensation"}),
    Step.START: ((), "wangqiang", {}),
    Step.NOTE: ((), "wangqiang", {}),
    Step.AWAIT: ((), "wangqiang", {}),
    Step.RESUME: (((Step.AWAIT, StepForm("why")),), "wangqiang", {}),
    Step.DECIDE: ((), "wangqiang", {"measure": "compensation"}),
    Step.NOTIFY: (((Step.DECIDE, DECIDED),), "wangqiang", {"channel": "phone"}),
    Step.CLOSE: (((Step.DECIDE, DECIDED), (Step.NOTIFY, TOLD)), "wangqiang",
                 {"cause": "pricing", "satisfaction": "5"}),
    Step.REASSIGN: ((), "zhaomin", {"handler": "lina"}),
    Step.PROMISE: ((), "wangqiang", {"promise": "+3 16:00"}),
    Step.WITHDRAW: ((), "wangqiang", {}),
    Step.MERGE: ((), "wangqiang", {}),
    Step.REOPEN: (((Step.DECIDE, DECIDED), (Step.NOTIFY, TOLD), (Step.CLOSE, CLOSED)),
                  "zhaomin", {}),
}  # fmt: skip


def test_every_step_but_triage_has_a_text() -> None:
    assert set(BEFORE) == set(Step) - {Step.TRIAGE}


def case_before(bank: Bank, step: Step) -> int:
    """A case of which the step can be taken."""
    case = register(bank)
    if step is not Step.SOLVE:
        triage(bank, case)
    for earlier, form in BEFORE[step][0]:
        take(bank, case, "wangqiang", earlier, form)
    return case


def into(bank: Bank) -> str:
    """The number of another open case."""
    other = register(bank)
    triage(bank, other)
    return bank.office("hq").complaints.get(other).row.complaint_no


@ON_SQLITE
@pytest.mark.parametrize("step", BEFORE, ids=str)
def test_the_text_of_a_step(bank: Bank, step: Step) -> None:
    _earlier, username, more = BEFORE[step]
    also = {"other_no": into(bank)} if step is Step.MERGE else {}

    def ready() -> Put:
        case = case_before(bank, step)

        def put(text: str) -> str:
            take(bank, case, username, step, StepForm(text, **more, **also))
            detail = bank.office("hq").complaints.get(case)
            if step in (Step.DECIDE, Step.SOLVE):
                assert detail.decision == detail.trail[-1].text
            if step is Step.CLOSE:
                assert detail.result == detail.trail[-1].text
            return detail.trail[-1].text

        return put

    judge(bank, "text", ready)


def test_what_was_said_to_somebody_who_was_not_reached(bank: Bank) -> None:
    case = case_before(bank, Step.NOTIFY)

    def put(text: str) -> str:
        take(bank, case, "wangqiang", Step.NOTIFY, replace(TOLD, text=text, reached="no"))
        return bank.office("hq").complaints.get(case).trail[-1].text

    judge(bank, "text", lambda: put)


# --- what is no free text -------------------------------------------------------------------


def refuse_all(bank: Bank, field: str, put: Callable[[str], object]) -> None:
    """No text of another kind is stored or breaks anything, and no refusal repeats it."""
    for text in CODES:
        if field == "phone" and text == "+99999999999":
            continue
        before = everything(bank)
        with pytest.raises(InvalidInput) as wrong:
            put(text)
        assert wrong.value.field == field
        assert wrong.value.message.isprintable()
        assert len(wrong.value.message) < 200
        assert everything(bank) == before


@ON_SQLITE
@pytest.mark.parametrize(
    "field",
    ["channel", "business", "reason", "demand", "complaint_class", "promise", "first_responder",
     "people", "phone"],
)  # fmt: skip
def test_codes_and_numbers_of_a_registration(bank: Bank, field: str) -> None:
    service = bank.office("chenjing").complaints

    def put(text: str) -> object:
        form: ComplaintForm = replace(FORM, **{field: text})
        return service.register(None, form, uuid.uuid4().hex)

    refuse_all(bank, field, put)


@ON_SQLITE
@pytest.mark.parametrize("field", ["complaint_class", "department", "handler", "urgency"])
def test_codes_of_a_triage(bank: Bank, field: str) -> None:
    case, service = register(bank), bank.office("zhaomin").complaints

    def put(text: str) -> None:
        form: TriageForm = replace(TRIAGED, **{field: text})
        service.triage(case, version(bank, case), form, uuid.uuid4().hex)

    refuse_all(bank, field, put)


@ON_SQLITE
@pytest.mark.parametrize(
    ("step", "field"),
    [
        (Step.DECIDE, "measure"), (Step.NOTIFY, "channel"), (Step.NOTIFY, "notified_at"),
        (Step.NOTIFY, "reached"), (Step.CLOSE, "cause"), (Step.CLOSE, "satisfaction"),
        (Step.REASSIGN, "handler"), (Step.REASSIGN, "department"), (Step.PROMISE, "promise"),
        (Step.REOPEN, "handler"),
    ],
)  # fmt: skip
def test_codes_of_a_step(bank: Bank, step: Step, field: str) -> None:
    refuse_in_a_step(bank, step, field)


def refuse_in_a_step(bank: Bank, step: Step, field: str) -> None:
    case = case_before(bank, step)
    form = StepForm("words", **BEFORE[step][2])

    def put(text: str) -> None:
        take(bank, case, BEFORE[step][1], step, replace(form, **{field: text}))

    refuse_all(bank, field, put)


def test_whom_a_complaint_is_about_is_looked_up_by_text_only(bank: Bank) -> None:
    service = bank.office("chenjing").complaints

    def put(text: str) -> object:
        return service.register(None, replace(FORM, accused=text), uuid.uuid4().hex)

    refuse_all(bank, "accused", put)


@pytest.mark.parametrize(("step", "field"), [(Step.CLOSE, "responsible"), (Step.MERGE, "other_no")])
def test_branches_and_cases_are_looked_up_by_text_only(bank: Bank, step: Step, field: str) -> None:
    refuse_in_a_step(bank, step, field)
