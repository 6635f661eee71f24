"""Steps of a case that ask first, or whose save was not answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crm_tui.domain.complaint_kinds import Step
from crm_tui.domain.complaints import StepForm
from crm_tui.services.complaints import Complaints
from tests.screens.test_diary_outages import break_once
from tests.support.complaints import register, triage
from tests.support.desk import desk, populate
from tests.support.outages import drafts
from tests.support.queue import column, fill, opened
from tests.support.screen_text import assert_golden

if TYPE_CHECKING:
    from tests.support.people import Bank

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


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
