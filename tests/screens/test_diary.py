"""The diary on its screens: prefilled, saved, handed in, read, returned; keys and golden dumps."""

from __future__ import annotations

from contextlib import AsyncExitStack
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from crm_tui.db.tables import Customer, Diary
from crm_tui.domain.diary import DiaryForm
from crm_tui.domain.drafts import DraftKey
from crm_tui.errors import OutcomeUnknown
from crm_tui.services.diaries import Diaries
from tests.support.complaints import register
from tests.support.desk import Desk, desk, log, populate
from tests.support.people import OPERATOR
from tests.support.screen_text import assert_golden
from tests.support.stores import SetClock

if TYPE_CHECKING:
    from tests.support.people import Bank

pytestmark = pytest.mark.asyncio
BOTH = pytest.mark.parametrize("language", ["en", "zh_CN"])
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
MONDAY = date(2026, 3, 2)
FORM = DiaryForm(
    "电话 张伟明 P000001 白金 问理财到期", "先致歉再谈业务", "先解决再营销", "当天追技术部"
)


def evening(bank: Bank, day: date = MONDAY) -> None:
    bank.clock.at = datetime(day.year, day.month, day.day, 9, 30, tzinfo=UTC)


def worked(bank: Bank) -> dict[str, int]:
    """A Monday with contacts, seen in the evening."""
    ids = populate(bank)
    bank.clock.at = datetime(2026, 3, 2, 1, tzinfo=UTC)
    for name, words in (
        ("张伟明", "问理财到期续作"),
        ("单雪梅", "养老规划"),
        ("仇英", "转入他行存款"),
    ):
        log(bank, "lina", ids[name], words)
        bank.clock.at += timedelta(minutes=20)
    evening(bank)
    return ids


def write(bank: Bank, username: str, day: date, form: DiaryForm = FORM) -> int:
    diaries = bank.office(username).diaries
    diaries.submit(day, diaries.entry(day).version, form)
    entry = diaries.entry(day)
    assert entry.diary_id is not None
    return entry.diary_id


def stored(bank: Bank) -> list[tuple[str, str, str, str]]:
    with bank.store.read() as session:
        query = select(Diary.state, Diary.content, Diary.insight, Diary.reflection)
        return [tuple(row) for row in session.execute(query)]


async def opened(one: Desk) -> None:
    await one.until("张伟明")
    await one.press("f6")
    await one.until("(Mon)" if "Mon" in one.text else "周一")


@ON_SQLITE
@BOTH
@pytest.mark.parametrize("size", [(80, 24), (140, 40)], ids=["80x24", "140x40"])
async def test_the_day_as_it_looks(bank: Bank, language: str, size: tuple[int, int]) -> None:
    worked(bank)
    write(bank, "lina", date(2026, 2, 25))
    async with desk(bank, "lina", language=language, size=size) as one:
        await one.until("张伟明")
        await one.press("f6")
        await one.until("问理财到期续作")
        assert_golden(f"diary_{size[0]}x{size[1]}_{language}", one.text)


async def test_a_day_is_written_and_handed_in_by_four_keys(bank: Bank) -> None:
    worked(bank)
    async with desk(bank, "lina") as one:
        await one.until("张伟明")
        await one.press("f6")
        await one.until("P000001")
        await one.type("think first")
        await one.press("tab")
        await one.type("ask sooner")
        await one.press("ctrl+s")
        await one.until("once more hands it in")
        assert stored(bank)[0][0] == "draft"
        await one.press("ctrl+s")
        await one.until("handed in.")
    (row,) = stored(bank)
    assert row[0] == "submitted"
    assert row[2:] == ("think first", "ask sooner")
    assert [line.split()[1] for line in row[1].splitlines()] == ["张伟明", "单雪梅", "仇英"]
    assert bank.office("lina").drafts.all() == []


async def test_what_was_typed_after_a_save_is_saved_before_it_is_handed_in(bank: Bank) -> None:
    worked(bank)
    async with desk(bank, "lina") as one:
        await opened_diary(one)
        await one.type("one")
        await one.press("ctrl+s")
        await one.until("once more hands it in")
        await one.type(" two")
        await one.press("ctrl+s")
        await one.until("once more hands it in")
        assert [(row[0], row[2]) for row in stored(bank)] == [("draft", "one two")]


@ON_SQLITE
async def test_what_is_done_while_it_is_open_is_in_it_before_it_is_handed_in(bank: Bank) -> None:
    ids = worked(bank)
    async with desk(bank, "lina") as one:
        await opened_diary(one)
        await one.press("S", "ctrl+s")
        await one.until("once more hands it in")
        log(bank, "lina", ids["张伟明"], "again about the bond")
        await one.press("ctrl+s")
        await one.until("Added what was done since: 1. Ctrl+S hands it in.")
        assert "again about the bond" in one.text
        assert stored(bank)[0][0] == "draft"
        await one.press("ctrl+s")
        await one.until("handed in.")
    ((state, content, *_),) = stored(bank)
    assert state == "submitted"
    assert "again about the bond" in content


async def opened_diary(one: Desk) -> None:
    await one.until("张伟明")
    await one.press("f6")
    await one.until("P000001")


async def test_leaving_keeps_the_draft_and_coming_back_goes_on(bank: Bank) -> None:
    ids = worked(bank)
    async with desk(bank, "lina") as one:
        await opened_diary(one)
        await one.type("half a thou")
        await one.press("f3")
        await one.until("Avg assets")
        kept = bank.office("lina").drafts.load(DraftKey("diary", "20260302"))
        assert kept is not None
        assert kept.values["insight"] == "half a thou"
        log(bank, "lina", ids["覃辉"], "came later")
        await one.press("f6")
        await one.until("half a thou")
        content = one.app.screen.form.values()["content"]
        assert content.splitlines()[-1].endswith("came later")
        assert len(content.splitlines()) == 4


async def test_esc_leaves_to_the_list_below(bank: Bank) -> None:
    worked(bank)
    async with desk(bank, "lina") as one:
        await opened_diary(one)
        await one.type("x")
        await one.press("escape")
        await one.until("Draft kept")


async def test_days_are_turned_and_none_lies_ahead(bank: Bank) -> None:
    worked(bank)
    async with desk(bank, "lina") as one:
        await opened_diary(one)
        await one.press("ctrl+n")
        await one.until("still to come")
        await one.press("ctrl+b")
        # A Saturday, but a working day.
        await one.until("02-28")
        await one.press("ctrl+b")
        await one.until("02-27")
        await one.press("ctrl+n")
        await one.until("02-28")


async def test_days_are_turned_by_the_same_keys_where_nothing_can_be_written(bank: Bank) -> None:
    worked(bank)
    for day in (date(2026, 2, 27), date(2026, 2, 28)):
        write(bank, "lina", day)
    async with desk(bank, "lina") as one:
        await opened_diary(one)
        for key, day in (("ctrl+b", "28"), ("ctrl+b", "27"), ("ctrl+n", "28"), ("[", "27")):
            await one.press("left_square_bracket" if key == "[" else key)
            await one.until(f"F6 > 李娜  {'Sat' if day == '28' else 'Fri'} 02-{day}")


async def test_a_long_day_is_seen_from_its_first_line_and_goes_on_at_its_end(bank: Bank) -> None:
    ids = worked(bank)
    for nth, name in enumerate(("解珍", "覃辉", "曾国藩", "朴淑慧"), 4):
        log(bank, "lina", ids[name], f"call number {nth}")
    async with desk(bank, "lina") as one:
        await opened_diary(one)
        await one.until("问理财到期续作")
        assert "call number 7" not in one.text
        await one.press("shift+tab", "shift+tab")
        await one.type("!")
        await one.until("call number 7!")


async def test_the_line_leads_to_its_customer(bank: Bank) -> None:
    worked(bank)
    async with desk(bank, "lina") as one:
        await opened_diary(one)
        await one.press("ctrl+o")
        await one.until("no customer number")
        await one.press("shift+tab", "shift+tab", "up")
        await one.press("ctrl+o")
        await one.until("Customers F3 > 单雪梅")
        await one.press("escape")
        await one.until("Insight")


@ON_SQLITE
@pytest.mark.parametrize("number", ["0001234567", "C-0001234", "c0000123"])
async def test_the_line_leads_to_its_customer_whatever_else_has_a_number(
    bank: Bank, number: str
) -> None:
    ids = worked(bank)
    with bank.store.write(OPERATOR) as tx:
        tx.session.execute(
            update(Customer).where(col(Customer.id) == ids["仇英"]).values(customer_no=number)
        )
        tx.audit("test.number")
    async with desk(bank, "lina") as one:
        await one.until("张伟明")
        await one.press("f6")
        await one.until(number)
        await one.press("shift+tab", "shift+tab", "end")
        await one.type(" about A0000077")
        await one.press("ctrl+o")
        await one.until("Customers F3 > 仇英")


@ON_SQLITE
async def test_the_number_of_a_strangers_case_is_no_customers(bank: Bank) -> None:
    evening(bank)
    register(bank, "wangqiang", name="过路人")
    async with desk(bank, "wangqiang") as one:
        await one.press("f6")
        await one.until("过路人")
        await one.press("shift+tab", "shift+tab", "ctrl+o")
        await one.until("no customer number")


async def test_a_number_that_is_nowhere_is_refused(bank: Bank) -> None:
    worked(bank)
    async with desk(bank, "lina") as one:
        await opened_diary(one)
        await one.type("P999999")
        await one.press("ctrl+o")
        await one.until("Not found, or not yours to see")


@ON_SQLITE
@BOTH
@pytest.mark.parametrize("size", [(80, 24), (140, 40)], ids=["80x24", "140x40"])
async def test_all_that_was_said_of_a_returned_entry_is_read(
    bank: Bank, language: str, size: tuple[int, int]
) -> None:
    worked(bank)
    diary_id = write(bank, "lina", MONDAY)
    said = "请写清张伟明的顾虑和下一步,并说明为什么没有按计划联系单雪梅;" * 4 + "明早九点前补交。"
    bank.office("zhaomin").diaries.give_back(diary_id, 1, said)
    async with desk(bank, "lina", language=language, size=size) as one:
        await one.until("张伟明")
        await one.press("f6")
        await one.until("明早九点前补交")
        assert_golden(f"diary_returned_{size[0]}x{size[1]}_{language}", one.text)


@ON_SQLITE
@BOTH
@pytest.mark.parametrize("size", [(80, 24), (140, 40)], ids=["80x24", "140x40"])
async def test_a_key_opens_what_the_line_does_not_hold_of_it(
    bank: Bank, language: str, size: tuple[int, int]
) -> None:
    worked(bank)
    diary_id = write(bank, "lina", MONDAY)
    said = "请写清张伟明的顾虑和下一步,并说明为什么没有按计划联系单雪梅;" * 12 + "明早九点前补交。"
    bank.office("zhaomin").diaries.give_back(diary_id, 1, said)
    async with desk(bank, "lina", language=language, size=size) as one:
        await one.until("张伟明")
        await one.press("f6")
        await one.until("F7")
        assert "明早九点前补交" not in one.text
        assert_golden(f"diary_said_{size[0]}x{size[1]}_{language}", one.text)
        await one.press("f7", "end")
        assert "明早九点前补交" in one.text
        assert_golden(f"diary_said_all_{size[0]}x{size[1]}_{language}", one.text)
        await one.press("enter")
        await one.until("当天追技术部")


async def test_help_explains_the_signs_of_the_month(bank: Bank) -> None:
    worked(bank)
    async with desk(bank, "lina") as one:
        await opened_diary(one)
        await one.press("f1", "end")
        await one.until("nothing handed in, and nothing missed")
        assert "◌" in one.text


async def test_only_a_returned_entry_has_words_to_read(bank: Bank) -> None:
    worked(bank)
    async with desk(bank, "lina") as one:
        await opened_diary(one)
        await one.press("f7")
        await one.until("this entry was not returned")


async def test_a_returned_entry_says_why_and_is_completed(bank: Bank) -> None:
    worked(bank)
    diary_id = write(bank, "lina", MONDAY)
    bank.office("zhaomin").diaries.give_back(diary_id, 1, "too short")
    async with desk(bank, "lina") as one:
        await one.until("张伟明")
        await one.press("f6")
        await one.until("returned by 赵敏: too short")
        await one.type(" more")
        await one.press("ctrl+s")
        await one.until("once more")
        await one.press("ctrl+s")
        await one.until("handed in.")
    assert stored(bank)[0][0] == "submitted"


async def test_a_read_entry_is_text_and_takes_corrections(bank: Bank) -> None:
    worked(bank)
    diary_id = write(bank, "lina", MONDAY)
    async with desk(bank, "lina") as one:
        await one.until("张伟明")
        await one.press("f6")
        await one.until("先解决再营销")
        await one.press("enter")
        assert "! all of it is shown here" in one.text
        await one.press("ctrl+e")
        await one.until("not read yet")
        bank.office("zhaomin").diaries.review(diary_id, 1, "well done", exemplary=True)
        await one.press("r")
        await one.until("赵敏 says: well done")
        assert "exemplary" in one.text
        await one.press("y")
        await one.until("your role may not do this")
        await one.press("ctrl+e")
        await one.until("added below it")
        await one.type("it was Tuesday")
        await one.press("enter")
        await one.until("it was Tuesday")


@ON_SQLITE
async def test_a_correction_sent_again_after_a_broken_line_stands_there_once(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    worked(bank)
    diary_id = write(bank, "lina", MONDAY)
    bank.office("zhaomin").diaries.review(diary_id, 1, "")
    add, calls = Diaries.add, []

    def broken(*call: Any) -> None:
        add(*call)
        calls.append(call)
        if len(calls) == 1:
            raise OutcomeUnknown("the line broke")

    monkeypatch.setattr(Diaries, "add", broken)
    async with desk(bank, "lina") as one:
        await one.until("张伟明")
        await one.press("f6")
        await one.until("先解决再营销")
        await one.press("ctrl+e")
        await one.until("added below it")
        await one.type("it was Tuesday")
        for shown in ("the line broke", "Correction of"):
            await one.press("enter")
            await one.until(shown)
    assert len(calls) == 2
    assert len(bank.office("lina").diaries.entry(MONDAY).addenda) == 1


# --- the reviewer ---------------------------------------------------------------------------


def week(bank: Bank) -> None:
    for day in (25, 26, 27):
        for username in ("lina", "wangqiang"):
            if (day, username) != (26, "lina"):
                write(bank, username, date(2026, 2, day))


@ON_SQLITE
@BOTH
@pytest.mark.parametrize("size", [(80, 24), (140, 40)], ids=["80x24", "140x40"])
async def test_the_list_and_an_entry_as_they_look(
    bank: Bank, language: str, size: tuple[int, int]
) -> None:
    evening(bank)
    week(bank)
    name = f"{size[0]}x{size[1]}_{language}"
    async with desk(bank, "zhaomin", language=language, size=size) as one:
        await one.press("f6")
        await one.until("王强")
        assert_golden(f"diaries_{name}", one.text)
        await one.press("enter")
        await one.until("先解决再营销")
        assert_golden(f"diary_read_{name}", one.text)
        await one.press("escape", "3")
        await one.until("02-26")
        assert_golden(f"diaries_missing_{name}", one.text)


async def test_reading_goes_from_one_to_the_next_by_two_keys(bank: Bank) -> None:
    evening(bank)
    week(bank)
    async with desk(bank, "zhaomin") as one:
        await one.press("f6")
        await one.until("王强")
        await one.press("enter")
        await one.until("F6 > ")
        for _n in range(5):
            await one.press("y")
            await one.until("Enter takes it")
            await one.press("enter")
            await one.gone("Enter takes it")
        await one.until("Everything is read")
    assert {row[0] for row in stored(bank)} == {"reviewed"}


async def test_an_entry_is_returned_with_a_reason_only(bank: Bank) -> None:
    evening(bank)
    write(bank, "lina", MONDAY)
    async with desk(bank, "zhaomin") as one:
        await one.press("f6")
        await one.until("李娜")
        await one.press("enter")
        await one.until("F6 > 李娜")
        await one.press("x")
        await one.until("What is missing?")
        await one.press("enter")
        assert "What is missing?" in one.text
        await one.type("whom did you meet")
        await one.press("enter")
        await one.until("Everything is read")
    entry = bank.office("lina").diaries.entry(MONDAY)
    assert (entry.comment, entry.may_write) == ("whom did you meet", True)


async def test_walking_the_unread_ones(bank: Bank) -> None:
    evening(bank)
    week(bank)
    async with desk(bank, "zhaomin") as one:
        await one.press("f6")
        await one.until("王强")
        await one.press("enter")
        await one.until("02-25")
        await one.press("right_square_bracket", "right_square_bracket")
        await one.until("02-26")
        await one.press("left_square_bracket")
        await one.until("02-25")
        await one.press("left_square_bracket", "left_square_bracket")
        await one.until("none further")


async def test_a_supervisor_writes_their_own_from_the_list(bank: Bank) -> None:
    evening(bank)
    async with desk(bank, "zhaomin") as one:
        await one.press("f6")
        await one.until("Everything is read")
        await one.press("n")
        await one.until("Insight")
        await one.press("f6")
        await one.until("Everything is read")


async def test_a_clerk_keeps_no_diary(bank: Bank) -> None:
    populate(bank)
    async with desk(bank, "chenjing") as one:
        await one.press("f6")
        await one.until("your role may not do this: Diary")


async def test_two_sessions_of_one_person_lose_nothing(bank: Bank) -> None:
    worked(bank)
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(desk(bank, "lina"))
        second = await stack.enter_async_context(desk(bank, "lina"))
        for one in (first, second):
            await opened_diary(one)
        await first.type("mine")
        await first.press("ctrl+s")
        await first.until("once more")
        await second.type("theirs")
        await second.press("ctrl+s")
        await second.until("You changed this in another session")
        await second.press("1", "enter")
        await second.until("once more")
    assert stored(bank)[0][2] == "theirs"


@ON_SQLITE
async def test_handed_in_elsewhere_it_says_at_once_what_becomes_of_the_text(bank: Bank) -> None:
    worked(bank)
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(desk(bank, "lina"))
        second = await stack.enter_async_context(desk(bank, "lina"))
        for one in (first, second):
            await opened_diary(one)
        await second.type("theirs")
        await second.press("ctrl+s")
        await second.until("once more")
        await second.press("ctrl+s")
        await second.until("handed in.")
        await first.press("ctrl+s")
        await first.until("Handed in elsewhere meanwhile: your draft stays, once returned")


async def test_hostile_text_is_shown_and_does_nothing(bank: Bank) -> None:
    assert isinstance(bank.clock, SetClock)
    evening(bank)
    hostile = "[/][b]x[/b][@click=app.quit]y[/] 𠮷"
    diary_id = write(bank, "lina", MONDAY, DiaryForm(hostile, hostile, hostile, hostile))
    bank.office("zhaomin").diaries.give_back(diary_id, 1, hostile)
    async with desk(bank, "lina") as one:
        await one.press("f6")
        await one.until("[@click=app.quit]y")
    async with desk(bank, "zhaomin") as one:
        await one.press("f6", "2")
        await one.until("[/][b]x[/b]")
        await one.press("enter")
        await one.until("李娜  returned")
        assert one.text.count("[@click=app.quit]y") >= 4
