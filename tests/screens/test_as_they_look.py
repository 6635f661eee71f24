"""What people see only now and then, as they see it: overlays, offers, dialogs, what came back."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from crm_tui.domain.complaint_kinds import Step
from crm_tui.domain.diary import DiaryForm
from crm_tui.domain.drafts import TITLE, DraftKey
from crm_tui.services.drafts import Drafts
from tests.support.complaints import DECIDED, register, take, triage
from tests.support.desk import desk, populate
from tests.support.queue import fill, opened, queue, stored
from tests.support.screen_text import assert_golden, wait_until

if TYPE_CHECKING:
    from tests.support.desk import Desk
    from tests.support.people import Bank

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
    pytest.mark.parametrize("language", ["en", "zh_CN"]),
]
SIZES = pytest.mark.parametrize("size", [(80, 24), (140, 40)], ids=["80x24", "140x40"])
WIDE = (140, 40)
MONDAY = date(2026, 3, 2)
FORM = DiaryForm(
    "电话 张伟明 P000001 白金 问理财到期\n拜访 仇英 P000004 金 转入他行存款",
    "先致歉再谈业务", "先解决再营销", "当天追技术部",
)  # fmt: skip
WORDS = (
    "仇英那次拜访谈了什么, 存款是哪家银行转来的, 下一步怎么跟进, 请补充; 心得也只有一句话, "
    "想一想客户为什么现在转入, 我们做对了什么。反思里说的技术部, 是哪一件投诉, 谁去追, "
    "什么时候回话?"
)


async def test_signing_in(bank: Bank, language: str) -> None:
    async with desk(bank, language=language, size=WIDE) as one:
        assert_golden(f"sign_in_140x40_{language}", one.text)


async def test_drafts_of_a_dropped_line(bank: Bank, language: str) -> None:
    ids = populate(bank)
    kept = Drafts(bank.store, bank.dead_session("lina"))
    for form, record, title in (
        ("contact", str(ids["单雪梅"]), "单雪梅"),
        ("customer", "new", "郑月娥"),
        ("complaint", "new", "过路人"),
        ("diary", "20260302", "03-02"),
    ):
        kept.save(DraftKey(form, record), {"content": "half a word", TITLE: title})
        bank.clock.advance(minutes=5)
    async with desk(bank, "lina", language=language, size=WIDE) as one:
        await one.until("过路人")
        await one.press("down")
        assert_golden(f"drafts_140x40_{language}", one.text)


@SIZES
async def test_drafts_before_something_new_is_begun(
    bank: Bank, language: str, size: tuple[int, int]
) -> None:
    populate(bank)
    Drafts(bank.store, bank.dead_session("lina")).save(
        DraftKey("customer", "new"), {"name": "郑月娥", TITLE: "郑月娥"}
    )
    async with desk(bank, "lina", language=language, size=size) as one:
        await one.until("郑月娥")
        await one.press("escape", "n")
        await one.until("n begins" if language == "en" else "n 另开新的")
        assert_golden(f"drafts_unfinished_{size[0]}x{size[1]}_{language}", one.text)


# --- the diary ------------------------------------------------------------------------------


def handed_in(bank: Bank) -> int:
    """Lina's Monday, written in its evening."""
    bank.clock.at = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    diaries = bank.office("lina").diaries
    diaries.submit(MONDAY, diaries.entry(MONDAY).version, FORM)
    entry = diaries.entry(MONDAY)
    assert entry.diary_id is not None
    return entry.diary_id


@SIZES
async def test_the_dialogs_of_who_reads_a_diary(
    bank: Bank, language: str, size: tuple[int, int]
) -> None:
    handed_in(bank)
    name = f"{size[0]}x{size[1]}_{language}"
    async with desk(bank, "zhaomin", language=language, size=size) as one:
        await one.press("f6")
        await one.until("李娜")
        await one.press("enter")
        await one.until("先解决再营销")
        await one.press("y")
        await one.until("Enter takes" if language == "en" else "已阅")
        await one.type("写得好")
        assert_golden(f"diary_comment_{name}", one.text)
        await one.press("ctrl+d")
        await one.until("Draft discarded" if language == "en" else "草稿已丢弃")
        await one.press("x")
        await one.until("What is missing?" if language == "en" else "缺什么")
        await one.press("enter")
        assert_golden(f"diary_return_{name}", one.text)


@SIZES
async def test_a_correction_of_a_diary_that_was_read(
    bank: Bank, language: str, size: tuple[int, int]
) -> None:
    populate(bank)
    diary = handed_in(bank)
    bank.office("zhaomin").diaries.review(diary, 1, WORDS, exemplary=True)
    async with desk(bank, "lina", language=language, size=size) as one:
        await one.until("张伟明")
        await one.press("f6")
        await one.until("先解决再营销")
        assert_golden(f"diary_reviewed_{size[0]}x{size[1]}_{language}", one.text)
        await one.press("ctrl+e")
        await one.until("Correction" if language == "en" else "更正附在后面")
        await one.type("是周二")
        assert_golden(f"diary_correction_{size[0]}x{size[1]}_{language}", one.text)


# --- steps of a complaint -------------------------------------------------------------------


async def look(one: Desk, name: str, case: int, *, step: Step, typed: str = "") -> None:
    """The form of a step, with something typed."""
    await opened(one, "case_form", case, step=step.value)
    if typed:
        await one.type(typed)
        await stored(one)
    assert_golden(name, one.text)
    form = one.app.screen
    await one.press("ctrl+d" if typed else "escape")
    await wait_until(one.pilot, lambda: one.app.screen is not form, what="the form left")


@SIZES
async def test_the_steps_of_who_handles_a_case(
    bank: Bank, language: str, size: tuple[int, int]
) -> None:
    made = fill(bank)
    end = f"{size[0]}x{size[1]}_{language}"
    async with desk(bank, "wangqiang", language=language, size=size) as one:
        await queue(one)
        for step in (Step.NOTE, Step.AWAIT, Step.DECIDE, Step.PROMISE):
            text = "" if step is Step.PROMISE else "退回多收的年费"
            await look(one, f"step_{step.value}_{end}", made["late"], step=step, typed=text)
        await look(one, f"step_resume_{end}", made["asked"], step=Step.RESUME)
        take(bank, made["late"], "wangqiang", Step.DECIDE, DECIDED)
        await look(one, f"step_notify_{end}", made["late"], step=Step.NOTIFY)


@SIZES
async def test_the_steps_of_who_triages(bank: Bank, language: str, size: tuple[int, int]) -> None:
    made = fill(bank)
    end = f"{size[0]}x{size[1]}_{language}"
    async with desk(bank, "zhaomin", language=language, size=size) as one:
        await queue(one)
        await look(one, f"step_reassign_{end}", made["late"], step=Step.REASSIGN)
        await look(one, f"step_reopen_{end}", made["closed"], step=Step.REOPEN, typed="又来了")
        await look(one, f"step_merge_{end}", made["another"], step=Step.MERGE)
        await opened(one, "case_form", made["another"], step=Step.WITHDRAW.value)
        await one.type("客户说已经解决")
        await stored(one)
        await one.press("ctrl+s")
        assert_golden(f"step_withdraw_{end}", one.text)


@SIZES
async def test_what_somebody_else_did_meanwhile(
    bank: Bank, language: str, size: tuple[int, int]
) -> None:
    populate(bank)
    case = register(bank)
    triage(bank, case)
    async with desk(bank, "wangqiang", language=language, size=size) as one:
        await one.until("欧阳志远")
        await opened(one, "case_form", case, step=Step.DECIDE.value)
        await one.type("退回多收的年费")
        await one.press("tab", "2")
        take(bank, case, "wangqiang", Step.DECIDE, DECIDED)
        await one.press("ctrl+s")
        # No golden text: whether a draft was saved by then depends on the machine.
        await one.until(DECIDED.text)


@SIZES
async def test_why_a_number_is_shown_and_the_whole_content(
    bank: Bank, language: str, size: tuple[int, int]
) -> None:
    made = fill(bank)
    end = f"{size[0]}x{size[1]}_{language}"
    async with desk(bank, "zhaomin", language=language, size=size) as one:
        await queue(one)
        await opened(one, "case", made["stranger"])
        await one.press("p")
        assert_golden(f"case_reveal_{end}", one.text)
        await one.press("escape", "escape")
        await opened(one, "case", made["new"])
        await one.press("end", "enter")
        assert_golden(f"case_content_{end}", one.text)
