"""What a day proposes comes once into its diary, however the form is left and opened again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update
from sqlmodel import col

from crm_tui.db.tables import Diary
from crm_tui.domain.diary import DiaryForm
from crm_tui.domain.drafts import DraftKey
from tests.support.desk import desk, log, populate
from tests.support.people import OPERATOR

if TYPE_CHECKING:
    from tests.support.desk import Desk
    from tests.support.people import Bank

pytestmark = pytest.mark.asyncio
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
MONDAY = date(2026, 3, 2)
KEY = DraftKey("diary", "20260302")


def worked(bank: Bank) -> dict[str, int]:
    """Two phone calls of a Monday, seen in its evening."""
    ids = populate(bank)
    bank.clock.at = datetime(2026, 3, 2, 1, tzinfo=UTC)
    for name in ("张伟明", "单雪梅"):
        log(bank, "lina", ids[name], f"about {name}")
        bank.clock.at += timedelta(minutes=20)
    bank.clock.at = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    return ids


async def opened(one: Desk, shown: str) -> None:
    if "Customers F3" not in one.text and "客户 F3" not in one.text:
        await one.press("f3")
    await one.until("张伟明")
    await one.press("f6")
    await one.until(shown)


def field(one: Desk, name: str) -> str:
    text: str = one.app.screen.form.values()[name]  # type: ignore[attr-defined]
    return text


async def delete_second_line(one: Desk) -> None:
    """From the insight up into the content, whose cursor is at its end."""
    await one.press("shift+tab", "shift+tab", "ctrl+u", "backspace")
    assert [line.split()[1] for line in field(one, "content").splitlines()] == ["张伟明"]


LEAVES = pytest.mark.parametrize(
    "keys", [("escape",), ("ctrl+s", "escape")], ids=["draft", "saved"]
)


@LEAVES
async def test_a_deleted_line_stays_away_and_what_is_new_comes(
    bank: Bank, keys: tuple[str, ...]
) -> None:
    ids = worked(bank)
    async with desk(bank, "lina") as one:
        await opened(one, "about 单雪梅")
        await delete_second_line(one)
        for key in keys:
            await one.press(key)
            await one.until("once more" if key == "ctrl+s" else "Customers F3")
        await opened(one, "about 张伟明")
        assert "about 单雪梅" not in one.text
        assert field(one, "method") == "Phone 2x"
        await one.press("escape")
        await one.until("Customers F3")
        log(bank, "lina", ids["覃辉"], "came later", method="home_visit")
        await opened(one, "came later")
        names = [line.split()[-1] for line in field(one, "content").splitlines()]
        assert names == ["张伟明", "later"]
        # Nobody has edited the method.
        assert field(one, "method") == "Phone 2x, Visit 1x"


async def test_a_killed_session_brings_no_line_back(bank: Bank) -> None:
    worked(bank)
    async with desk(bank, "lina") as one:
        await opened(one, "about 单雪梅")
        await delete_second_line(one)
        await one.app.save_and_leave("sighup")
    async with desk(bank, "lina") as one:
        await one.until("Not finished yet")
        await one.press("enter")
        await one.until("about 张伟明")
        assert "about 单雪梅" not in one.text


async def test_a_method_of_ones_own_stays(bank: Bank) -> None:
    ids = worked(bank)
    async with desk(bank, "lina") as one:
        await opened(one, "about 单雪梅")
        await one.press("shift+tab")
        await one.type(" by heart")
        await one.press("escape")
        await one.until("Draft kept")
        log(bank, "lina", ids["覃辉"], "came later")
        await opened(one, "came later")
        assert field(one, "method") == "Phone 2x by heart"


@ON_SQLITE
async def test_a_draft_in_another_language_has_each_line_once(bank: Bank) -> None:
    ids = worked(bank)
    async with desk(bank, "lina") as one:
        await opened(one, "about 单雪梅")
        await one.type("half")
        await one.press("escape")
        await one.until("Draft kept")
        await one.press("ctrl+g")
        await one.until("客户 F3")
        log(bank, "lina", ids["覃辉"], "came later")
        await opened(one, "came later")
        lines = field(one, "content").splitlines()
        assert [line.split()[1] for line in lines] == ["张伟明", "单雪梅", "覃辉"]
        assert field(one, "method") == "电话 3次"


def returned(bank: Bank, form: DiaryForm) -> None:
    diaries = bank.office("lina").diaries
    diaries.submit(MONDAY, 0, form)
    diary_id = diaries.entry(MONDAY).diary_id
    assert diary_id is not None
    bank.office("zhaomin").diaries.give_back(diary_id, 1, "too short")


async def test_a_returned_entry_is_proposed_only_what_came_after_it(bank: Bank) -> None:
    ids = worked(bank)
    returned(bank, DiaryForm("all in my own words", "by phone"))
    async with desk(bank, "lina") as one:
        for _times in range(2):
            await opened(one, "too short")
            assert field(one, "content") == "all in my own words"
            await one.type("more")
            await one.press("escape")
            await one.until("Draft kept")
        bank.clock.at += timedelta(minutes=20)
        log(bank, "lina", ids["覃辉"], "came later")
        await opened(one, "came later")
        lines = field(one, "content").splitlines()
        assert [line.split()[-1] for line in lines] == ["words", "later"]


async def test_drafts_and_entries_of_before_open_as_they_are(bank: Bank) -> None:
    ids = worked(bank)
    office = bank.office("lina")
    line = "Telefon 张伟明 P000001 rang twice"
    office.diaries.save(MONDAY, 0, DiaryForm(line))
    with bank.store.write(OPERATOR) as tx:
        tx.session.execute(update(Diary).values(proposed=None).where(col(Diary.day) == MONDAY))
        tx.audit("test.before")
    texts = [one.text for one in office.diaries.entry(MONDAY).touches]
    async with desk(bank, "lina") as one:
        await opened(one, "about 单雪梅")
        names = [text.split()[1] for text in field(one, "content").splitlines()]
        assert names == ["张伟明", "单雪梅"]
    assert texts == ["about 张伟明", "about 单雪梅"]
    bank.office("lina").drafts.save(KEY, {"content": line, "insight": "half", "method": "x"})
    log(bank, "lina", ids["覃辉"], "came later")
    async with desk(bank, "lina") as one:
        await one.until("Not finished yet")
        await one.press("escape")
        await opened(one, "came later")
        names = [text.split()[1] for text in field(one, "content").splitlines()]
        assert names == ["张伟明", "单雪梅", "覃辉"]


async def test_what_another_session_was_proposed_is_taken_over_with_its_text(bank: Bank) -> None:
    ids = worked(bank)
    async with desk(bank, "lina") as first, desk(bank, "lina") as second:
        await opened(first, "about 单雪梅")
        await delete_second_line(first)
        await first.app.screen.flush_draft()  # type: ignore[attr-defined]
        log(bank, "lina", ids["覃辉"], "came later")
        await second.until("Not finished yet") if "Not finished" in second.text else None
        await opened(second, "takes it over")
        await second.press("ctrl+t")
        await second.gone("takes it over")
        names = [line.split()[-1] for line in field(second, "content").splitlines()]
        assert names == ["张伟明", "later"]
