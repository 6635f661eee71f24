"""What is said of a diary that was handed in keeps a draft; no other person's doing loses it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update
from sqlmodel import col

from crm_tui.db.tables import Diary
from crm_tui.domain.diary import DiaryForm
from crm_tui.domain.drafts import DraftKey
from crm_tui.screens.draft_lines import title_of
from crm_tui.services.diaries import Diaries
from crm_tui.services.drafts import Drafts
from tests.screens.test_diary_outages import break_once
from tests.support.desk import desk
from tests.support.people import OPERATOR
from tests.support.screen_text import wait_until
from tests.support.spoken import spoken

if TYPE_CHECKING:
    from tests.support.desk import Desk
    from tests.support.people import Bank

pytestmark = pytest.mark.asyncio
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
MONDAY = date(2026, 3, 2)
FORM = DiaryForm("电话 张伟明", "先致歉", "先解决再营销", "当天追技术部")
# The key, who presses it, the field that is typed into, the question, and the draft's title.
KINDS = pytest.mark.parametrize(
    ("key", "user", "field", "question", "title"),
    [
        ("y", "zhaomin", "comment", "Enter takes it", "comment on a diary  李娜 Mon 03-02"),
        ("x", "zhaomin", "comment", "What is missing?", "return a diary  李娜 Mon 03-02"),
        ("ctrl+e", "lina", "text", "added below it", "correct a diary  Mon 03-02"),
    ],
    ids=["comment", "return", "correction"],
)


def handed_in(bank: Bank, username: str = "lina") -> int:
    bank.clock.at = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    diaries = bank.office(username).diaries
    diaries.submit(MONDAY, diaries.entry(MONDAY).version, FORM)
    entry = diaries.entry(MONDAY)
    assert entry.diary_id is not None
    return entry.diary_id


def prepared(bank: Bank, user: str) -> int:
    """An entry that takes what is said in the test: the author's after it was read."""
    diary_id = handed_in(bank)
    if user == "lina":
        bank.office("zhaomin").diaries.review(diary_id, 1, "")
    return diary_id


def move(bank: Bank, diary_id: int) -> None:
    """The entry into a branch out of zhaomin's reach."""
    elsewhere = bank.person("zhoutao").branch_id
    with bank.store.write(OPERATOR) as tx:
        tx.session.execute(
            update(Diary).where(col(Diary.id) == diary_id).values(branch_id=elsewhere)
        )
        tx.audit("test.branch")


def kept(bank: Bank, user: str) -> list[dict[str, str]]:
    return [dict(draft.values) for draft in bank.office(user).drafts.all()]


async def entry_opened(one: Desk, user: str) -> None:
    if user == "zhaomin":
        await one.press("f6")
        await one.until("王强" if "王强" in one.text else "李娜")
        await one.press("enter")
    else:
        await one.press("f6")
    await one.until("先解决再营销")


async def asked(one: Desk, user: str, key: str, question: str) -> None:
    await entry_opened(one, user)
    await one.press(key)
    await one.until(question)


@KINDS
async def test_what_is_typed_is_a_draft_within_two_seconds_and_goes_on_after_a_dropped_line(
    bank: Bank, key: str, user: str, field: str, question: str, title: str
) -> None:
    prepared(bank, user)
    async with desk(bank, user) as one:
        await asked(one, user, key, question)
        await one.type("three long lines")

        def stored() -> bool:
            return [draft[field] for draft in kept(bank, user)] == ["three long lines"]

        await wait_until(one.pilot, stored, what="the draft")
        await one.app.save_and_leave("sighup")
    async with desk(bank, user, area="today") as one:
        await one.until("Not finished yet")
        assert title in one.text
        await one.press("enter")
        await one.until("goes on here")
        assert "three long lines" in one.text
        assert "先解决再营销" in one.text
        await one.press("enter")
        await one.until("Today F2")
    assert kept(bank, user) == []
    entry = bank.office("lina").diaries.entry(MONDAY)
    assert "three long lines" in (entry.comment, *(said.text for said in entry.addenda))


@KINDS
async def test_a_lock_keeps_what_was_typed(
    bank: Bank, key: str, user: str, field: str, question: str, title: str
) -> None:
    prepared(bank, user)
    async with desk(bank, user) as one:
        await asked(one, user, key, question)
        await one.type("half")
        await one.app.save_and_leave("lock")
    (draft,) = bank.office(user).drafts.all()
    assert draft.values[field] == "half"
    with spoken("en"):
        assert title_of(draft) == title.split("  ")[1]


@KINDS
async def test_esc_keeps_and_ctrl_d_discards(
    bank: Bank, key: str, user: str, field: str, question: str, title: str
) -> None:
    prepared(bank, user)
    async with desk(bank, user) as one:
        await asked(one, user, key, question)
        await one.type("half")
        await one.press("escape")
        await one.until("Draft kept.")
        assert kept(bank, user)[0][field] == "half"
        await one.press(key)
        await one.until("goes on here")
        await one.type(" more")
        await one.press("ctrl+d")
        await one.until("Draft discarded.")
        assert kept(bank, user) == []
        await one.press("u")
        await one.until("half more")
        await one.press("ctrl+s")
        await one.gone(question)
    entry = bank.office("lina").diaries.entry(MONDAY)
    assert "half more" in (entry.comment, *(said.text for said in entry.addenda))


@ON_SQLITE
@pytest.mark.parametrize(("key", "question"), [("y", "Enter takes it"), ("x", "What is missing?")])
async def test_what_is_typed_right_after_the_key_in_the_list_is_said_of_it(
    bank: Bank, key: str, question: str
) -> None:
    handed_in(bank)
    async with desk(bank, "zhaomin") as one:
        await one.press("f6")
        await one.until("李娜")
        await one.pilot.press(key, *"very", "space", *"good")
        await one.until(question)
        await one.until("very good")
        assert "先致歉" in one.text
        await one.press("enter")
        await one.gone(question)
    assert bank.office("lina").diaries.entry(MONDAY).comment == "very good"


@ON_SQLITE
async def test_a_key_in_the_list_says_what_is_read_already(bank: Bank) -> None:
    bank.office("zhaomin").diaries.review(handed_in(bank), 1, "seen")
    async with desk(bank, "zhaomin") as one:
        await one.press("f6", "2")
        await one.until("李娜")
        await one.press("y")
        await one.until("this entry does not wait for a review")
        await one.until("seen")


@pytest.mark.parametrize("key", ["y", "x"])
async def test_a_draft_that_came_too_late_can_be_read_and_says_why(bank: Bank, key: str) -> None:
    diary_id = handed_in(bank)
    async with desk(bank, "zhaomin") as one:
        await asked(one, "zhaomin", key, "?" if key == "x" else "Enter takes it")
        await one.type("my long words")
        await one.app.save_and_leave("sighup")
    bank.office("hq").diaries.review(diary_id, 1, "hq was faster")
    async with desk(bank, "zhaomin", area="today") as one:
        await one.until("Not finished yet")
        await one.press("enter")
        await one.until("my long words")
        assert "has read it already; what you typed stays a draft" in one.text
        assert "hq was faster" in one.text
        await one.press("ctrl+s")
        await one.until("has read it already")
        await one.press("escape")
        await one.until("Draft kept.")
    assert kept(bank, "zhaomin")[0]["comment"] == "my long words"


@ON_SQLITE
async def test_a_draft_of_an_entry_out_of_reach_can_be_read(bank: Bank) -> None:
    diary_id = handed_in(bank)
    async with desk(bank, "zhaomin") as one:
        await asked(one, "zhaomin", "y", "Enter takes it")
        await one.type("my long words")
        await one.app.save_and_leave("sighup")
    move(bank, diary_id)
    async with desk(bank, "zhaomin", area="today") as one:
        await one.until("Not finished yet")
        await one.press("enter")
        await one.until("my long words")
        assert "not yours to see" in one.text


async def test_words_about_an_entry_that_was_handed_in_again_ask_first(bank: Bank) -> None:
    diary_id = handed_in(bank)
    async with desk(bank, "zhaomin") as one:
        await asked(one, "zhaomin", "y", "Enter takes it")
        await one.type("good")
        bank.office("hq").diaries.give_back(diary_id, 1, "more")
        bank.office("lina").diaries.submit(MONDAY, 2, DiaryForm("a second attempt"))
        await one.press("enter")
        await one.until("handed it in again meanwhile")
        await one.press("escape")
        await one.gone("meanwhile")
        assert "good" in one.text
        assert "a second attempt" in one.text
        await one.press("enter")
        await one.until("meanwhile")
        await one.press("enter")
        await one.until("Everything is read")
    assert bank.office("lina").diaries.entry(MONDAY).comment == "good"


async def test_the_slower_of_two_reviewers_loses_no_words_and_sees_what_the_other_did(
    bank: Bank,
) -> None:
    diary_id = handed_in(bank)
    async with desk(bank, "zhaomin") as one:
        await asked(one, "zhaomin", "y", "Enter takes it")
        await one.type("my long words")
        bank.office("hq").diaries.review(diary_id, 1, "hq was faster")
        await one.press("enter")
        await one.until("has read it already; what you typed stays a draft")
        assert "my long words" in one.text
        assert "says: hq was faster" in one.text
        await one.press("escape")
        await one.until("Draft kept.")
        # The entry behind is what it is now.
        assert "李娜  read" in one.text
        assert "says: hq was faster" in one.text
    assert kept(bank, "zhaomin")[0]["comment"] == "my long words"
    assert bank.office("lina").diaries.entry(MONDAY).comment == "hq was faster"


async def test_the_drafts_of_two_entries_do_not_meet(bank: Bank) -> None:
    first, second = handed_in(bank, "wangqiang"), handed_in(bank)
    office = bank.office("zhaomin")
    for diary_id in (first, second):
        office.drafts.save(DraftKey("diary_review", str(diary_id)), {"comment": f"of {diary_id}"})
    office.diaries.review(first, 1, "x", DraftKey("diary_review", str(first)))
    assert [one["comment"] for one in kept(bank, "zhaomin")] == [f"of {second}"]


@pytest.mark.parametrize("key", ["y", "x"])
async def test_a_draft_of_what_was_said_unanswered_is_sent_again_and_ends(
    bank: Bank, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    diary_id = handed_in(bank)
    break_once(monkeypatch, Diaries, "review" if key == "y" else "give_back")
    async with desk(bank, "zhaomin") as one:
        await asked(one, "zhaomin", key, "?" if key == "x" else "Enter takes it")
        await one.type("my long words")
        await one.press("ctrl+s")
        await one.until("the line broke")
        await one.press("escape")
        await one.until("The draft is kept: save it again.")
        await one.app.save_and_leave("sighup")
    said = bank.office("zhaomin").diaries.read(diary_id)
    assert said.comment == "my long words"
    async with desk(bank, "zhaomin", area="today") as one:
        await one.until("Not finished yet")
        await one.press("enter")
        await one.until("save again")
        assert "my long words" in one.text
        await one.press("ctrl+s")
        await one.until("Today F2")
    assert bank.office("zhaomin").diaries.read(diary_id) == said
    assert kept(bank, "zhaomin") == []


@pytest.mark.parametrize("out_of_reach", [False, True])
async def test_a_draft_of_what_cannot_be_said_any_more_can_be_discarded(
    bank: Bank, out_of_reach: bool
) -> None:
    diary_id = handed_in(bank)
    key = DraftKey("diary_return", str(diary_id))
    unknown = {"comment": "my long words", "_version": "1", "_request_key": "k", "_unknown": "1"}
    Drafts(bank.store, bank.dead_session("zhaomin")).save(key, unknown)
    if out_of_reach:
        move(bank, diary_id)
    else:
        bank.office("hq").diaries.review(diary_id, 1, "hq was faster")
    async with desk(bank, "zhaomin", area="today") as one:
        await one.until("Not finished yet")
        await one.press("enter")
        await one.until("save again")
        await one.press("ctrl+d")
        await one.press("ctrl+s")
        await one.until("not yours to see" if out_of_reach else "has read it already")
        assert "my long words" in one.text
        await one.press("ctrl+d")
        await one.until("Today F2")
    assert kept(bank, "zhaomin") == []
