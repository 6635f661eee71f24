"""A draft of an entry that was handed in from elsewhere: shown, corrected with, or discarded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crm_tui.domain.drafts import DraftKey
from crm_tui.services.drafts import Drafts
from tests.screens.test_diary import FORM, MONDAY, stored, worked, write
from tests.support.desk import desk
from tests.support.outages import drafts
from tests.support.queue import opened as open_target
from tests.support.screen_text import assert_golden, wait_until

if TYPE_CHECKING:
    from tests.support.desk import Desk
    from tests.support.people import Bank

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
KEY = DraftKey("diary", "20260302")
TYPED = {
    "content": FORM.content, "method": FORM.method, "reflection": "",
    "insight": f"{FORM.insight}\n明天再打一次",
}  # fmt: skip


async def offered(one: Desk) -> None:
    """The drafts, after signing in."""
    await wait_until(one.pilot, lambda: "03-02" in one.text and "Esc" in one.text, what="drafts")


def left(bank: Bank) -> int:
    """Handed in, with a draft that says more."""
    worked(bank)
    diary_id = write(bank, "lina", MONDAY)
    Drafts(bank.store, bank.dead_session("lina")).save(KEY, TYPED)
    return diary_id


@ON_SQLITE
@pytest.mark.parametrize("language", ["en", "zh_CN"])
async def test_what_only_the_draft_says_stands_above_the_entry(bank: Bank, language: str) -> None:
    left(bank)
    async with desk(bank, "lina", language=language) as one:
        await offered(one)
        await one.press("enter")
        await one.until("明天再打一次")
        assert_golden(f"diary_left_80x24_{language}", one.text)


@ON_SQLITE
async def test_it_is_taken_into_a_correction_and_discarded_knowingly(bank: Bank) -> None:
    diary_id = left(bank)
    async with desk(bank, "lina") as one:
        await offered(one)
        await one.press("escape", "f6")
        await one.until("明天再打一次")
        assert FORM.insight in one.text
        await one.press("ctrl+e")
        await one.until("not read yet")
        bank.office("zhaomin").diaries.review(diary_id, 1, "well done")
        await one.press("r")
        await one.until("Ctrl+E corrects with it")
        await one.press("ctrl+e")
        await one.until("added below it")
        await one.until("Insight: 明天再打一次")
        await one.press("ctrl+s")
        await one.until("Correction of")
        await one.until("Saved.")
        assert "besides" not in one.text
        assert drafts(bank) == 1
        await one.press("r")
        await one.until("your draft holds nothing else")
        await one.press("ctrl+d")
        await one.until("Draft discarded.")
        assert drafts(bank) == 0
        assert "besides" not in one.text
        await one.press("u")
        await one.until("your draft holds nothing else")
        assert drafts(bank) == 1
        await one.press("ctrl+g")
        await one.until("草稿")
        await one.press("ctrl+g")
        await one.until("your draft holds nothing else")
        await one.press("ctrl+d")
        await one.until("Draft discarded.")
        await one.press("ctrl+d")
        await one.until("there is no draft of this entry")


@ON_SQLITE
async def test_a_correction_that_was_begun_is_not_written_over(bank: Bank) -> None:
    diary_id = left(bank)
    bank.office("zhaomin").diaries.review(diary_id, 1, "well done")
    begun = {"text": "it was Tuesday"}
    Drafts(bank.store, bank.dead_session("lina")).save(DraftKey("diary_correct", KEY.record), begun)
    async with desk(bank, "lina") as one:
        await offered(one)
        await one.press("escape", "f6")
        await one.until("明天再打一次")
        await one.press("ctrl+e")
        await one.until("it was Tuesday")
        assert "明天" not in one.text.splitlines()[3]
        await one.press("escape")
        await one.until("明天再打一次")
    assert drafts(bank) == 2


@ON_SQLITE
async def test_in_an_entry_that_came_back_it_goes_on(bank: Bank) -> None:
    diary_id = left(bank)
    bank.office("zhaomin").diaries.give_back(diary_id, 1, "too short")
    async with desk(bank, "lina") as one:
        await offered(one)
        await one.press("enter")
        await one.until("明天再打一次")
        await one.press("ctrl+s")
        await one.until("once more")
    assert stored(bank)[0][2].endswith("明天再打一次")


@ON_SQLITE
async def test_a_discard_that_is_undone_after_the_handing_in_is_kept(bank: Bank) -> None:
    worked(bank)
    write(bank, "lina", MONDAY)
    async with desk(bank, "lina") as one:
        await one.until("张伟明")
        await open_target(one, "diary", int(KEY.record), draft=TYPED)
        await one.until("明天再打一次")
        await one.press("escape")
    assert drafts(bank) == 1


@ON_SQLITE
async def test_what_another_session_typed_meanwhile_is_shown_before_it_is_discarded(
    bank: Bank,
) -> None:
    left(bank)
    more = {**TYPED, "insight": f"{TYPED['insight']}\n后天也打"}
    async with desk(bank, "lina") as one:
        await offered(one)
        await one.press("escape", "f6")
        await one.until("明天再打一次")
        Drafts(bank.store, bank.dead_session("lina")).save(KEY, more)
        await one.press("r")
        await one.until("后天也打")
        await one.press("ctrl+d")
        await one.until("Draft discarded.")
        await one.press("u")
        await one.until("后天也打")
        await one.until("your draft is not in this entry")
    kept = bank.office("lina").drafts.load(KEY)
    assert kept is not None
    assert kept.values["insight"] == more["insight"]
