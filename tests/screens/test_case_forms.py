"""Steps of a case that ask first, or whose save was not answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crm_tui.domain.complaint_kinds import Step
from crm_tui.domain.complaints import StepForm
from crm_tui.errors import OutcomeUnknown
from crm_tui.services.complaints import Complaints
from tests.screens.test_diary_outages import break_once
from tests.support.complaints import CLOSED, DECIDED, TOLD, closed, register, take, triage
from tests.support.desk import desk, populate
from tests.support.outages import drafts
from tests.support.queue import column, fill, opened
from tests.support.screen_text import assert_golden

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.desk import Desk
    from tests.support.people import Bank

REOPENED = StepForm(text="again", handler="lina", complaint_class="general")
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def ready_for(bank: Bank, step: Step) -> int:
    """A case of zhaomin, who triages too, that the step comes next to."""
    populate(bank)
    if step is Step.REOPEN:
        return closed(bank)
    case = register(bank)
    triage(bank, case, handler="zhaomin")
    if step is Step.CLOSE:
        take(bank, case, "zhaomin", Step.DECIDE, DECIDED)
        take(bank, case, "zhaomin", Step.NOTIFY, TOLD)
    return case


async def filled(one: Desk, form: StepForm) -> None:
    """The form as if it had been typed."""
    screen = one.app.screen
    screen.form.load({key: getattr(form, key) for key in screen.form.values()}, clean=False)
    await one.press("f12")


def raising(error: Exception) -> Callable[..., object]:
    def call(*_args: object) -> object:
        raise error

    return call


@ON_SQLITE
@pytest.mark.parametrize("language", ["en", "zh_CN"])
async def test_the_question_says_whose_case_goes_into_whose(bank: Bank, language: str) -> None:
    fill(bank)
    case = register(bank, content="同一件事又来电", name="匿名人")
    async with desk(bank, "zhaomin", language=language) as one:
        await opened(one, "case_form", case, step="merge")
        await one.type("6")
        await one.press("ctrl+s")
        await one.until("营业部服务态度")
        assert_golden(f"case_merge_question_80x24_{language}", one.text)


@ON_SQLITE
async def test_a_wrong_number_is_told_before_anything_is_asked(bank: Bank) -> None:
    made = fill(bank)
    case = register(bank)
    async with desk(bank, "zhaomin") as one:
        await opened(one, "case_form", case, step="merge")
        await one.type("999")
        await one.press("ctrl+s")
        await one.until("There is no such complaint in reach.")
        assert "cannot be undone" not in one.text
        await one.press("ctrl+u")
        await one.type(f"{made['new']}")
        await one.press("ctrl+s")
        await one.until("That complaint is of another customer.")
        await one.press("ctrl+u")
        await one.type("6")
        await one.press("ctrl+s")
        await one.until("cannot be undone")
        await one.press("enter")
        await one.until("Saved.")
    assert column(bank, case, "merged_into_id") == made["stranger"]


@ON_SQLITE
async def test_words_changed_after_an_unknown_outcome_of_a_step_are_told(bank: Bank) -> None:
    """A draft of a step that was stored, unknown to its author, goes on in other words."""
    populate(bank)
    case = register(bank)
    triage(bank, case)
    office = bank.office("wangqiang")
    async with desk(bank, "wangqiang") as one:
        await opened(one, "case_form", case, step="note")
        await one.type("called back, in the evening")
        form = one.app.screen
        key = form._request_key
        office.complaints.take(case, 2, Step.NOTE, StepForm(text="called back"), key)
        await one.press("ctrl+s")
        await one.until("You stored this step already, in other words:")
        assert "called back" in one.text
        await one.press("escape")
        await one.until("called back, in the evening")
        await one.press("ctrl+s")
        await one.until("Saved.")
    texts = [line.text for line in office.complaints.get(case).trail if line.text]
    assert texts[-2:] == ["called back", "called back, in the evening"]
    assert drafts(bank) == 0


@ON_SQLITE
async def test_a_merge_whose_answer_was_lost_is_sent_again_unasked(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    populate(bank)
    into, case = register(bank), register(bank)
    break_once(monkeypatch, Complaints, "take")
    async with desk(bank, "zhaomin") as one:
        await opened(one, "case_form", case, step="merge")
        await one.type(f"{into}")
        await one.press("ctrl+s")
        await one.until("cannot be undone")
        await one.press("enter")
        await one.until("the line broke")
        await one.press("ctrl+s")
        await one.until("Saved.")
    assert column(bank, case, "merged_into_id") == into


@pytest.mark.parametrize(
    ("step", "form"), [(Step.DECIDE, DECIDED), (Step.CLOSE, CLOSED), (Step.REOPEN, REOPENED)]
)
async def test_a_draft_of_a_step_that_was_stored_unanswered_is_sent_again_and_ends(
    bank: Bank, monkeypatch: pytest.MonkeyPatch, step: Step, form: StepForm
) -> None:
    case = ready_for(bank, step)
    break_once(monkeypatch, Complaints, "take")
    async with desk(bank, "zhaomin") as one:
        await opened(one, "case_form", case, step=step.value)
        await filled(one, form)
        await one.press("ctrl+s")
        await one.until("the line broke")
        await one.press("escape")
        await one.until("The draft is kept: save it again.")
        trail = bank.office("zhaomin").complaints.get(case).trail
        # What was typed as of a moment is not to be as of now.
        bank.clock.advance(days=1)
        await opened(one, "case_form", case, step=step.value)
        await one.until("save again")
        await one.press("ctrl+s")
        await one.until("Saved.")
    assert bank.office("zhaomin").complaints.get(case).trail == trail
    assert drafts(bank) == 0


async def test_a_draft_of_a_step_that_another_session_took_can_be_discarded(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = ready_for(bank, Step.DECIDE)
    lost = OutcomeUnknown("the line broke")
    with monkeypatch.context() as broken:
        broken.setattr(Complaints, "take", raising(lost))
        async with desk(bank, "zhaomin") as one:
            await opened(one, "case_form", case, step="decide")
            await filled(one, DECIDED)
            await one.press("ctrl+s")
            await one.until("the line broke")
            await one.press("escape")
            await one.until("The draft is kept: save it again.")
            await one.app.save_and_leave("sighup")
    take(bank, case, "zhaomin", Step.DECIDE, StepForm(text="nothing", measure="explanation"))
    async with desk(bank, "zhaomin") as one:
        await one.until("Not finished")
        await one.press("enter")
        await one.until("save again")
        await one.press("ctrl+s")
        await one.until("is not possible any more")
        await one.press("escape")
        await one.gone("meanwhile")
        assert DECIDED.text in one.text
        await one.press("ctrl+d")
        await one.until("Draft discarded.")
    assert drafts(bank) == 0


@ON_SQLITE
@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "-> 03-28 Sat 17:00, a day off, after reg. Tue 03-17"),
     ("zh_CN", "-> 03-28 周六 17:00, 休息日, 晚于监管时限 03-17")],
)  # fmt: skip
async def test_a_promise_on_a_day_off_or_after_the_limit_says_so(
    bank: Bank, language: str, words: str
) -> None:
    populate(bank)
    case = register(bank)
    triage(bank, case)
    async with desk(bank, "wangqiang", language=language) as one:
        await opened(one, "case_form", case, step="promise")
        await one.type("+3")
        await one.until("-> 03-05")
        assert words.partition(",")[2] not in one.text
        await one.press("ctrl+u")
        await one.type("+26")
        await one.until(words)
        await one.press("ctrl+s")
        await one.gone(words)
    assert column(bank, case, "promise_at") is not None


@ON_SQLITE
async def test_a_discarded_step_comes_back_as_the_step_that_it_was(bank: Bank) -> None:
    case = ready_for(bank, Step.DECIDE)
    async with desk(bank, "zhaomin") as one:
        await opened(one, "case", case)
        await one.press("o", "1")
        await one.until("> note")
        await one.type("the customer rang again")
        await one.press("ctrl+d")
        await one.until("Draft discarded.")
        await one.press("u")
        await one.until("> note")
        assert "the customer rang again" in one.text
        await one.press("ctrl+s")
        await one.until("Saved.")
    said = bank.office("zhaomin").complaints.get(case).trail[-1]
    assert said.text == "the customer rang again"


@ON_SQLITE
async def test_a_merge_shows_the_numbers_of_the_customers_other_cases(bank: Bank) -> None:
    made = fill(bank)
    whose = bank.office("zhaomin").complaints.get(made["late"]).row.customer_id
    case = register(bank, customer=whose, content="年费还没退")
    async with desk(bank, "zhaomin") as one:
        await opened(one, "case_form", case, step="merge")
        await one.until("open already")
        assert "CP-2026-000002 Pricing triaged  信用卡年费多收" in one.text
        assert "CP-2026-000008 Pricing" not in one.text
        await opened(one, "case_form", made["told"], step="merge")
        assert "open already" not in one.text
