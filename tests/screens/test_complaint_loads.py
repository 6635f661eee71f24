"""Who has how many cases (7): the people, the cases of one, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.complaints import register, triage
from tests.support.desk import desk
from tests.support.queue import fill, queue
from tests.support.screen_text import assert_golden

if TYPE_CHECKING:
    from tests.support.desk import Desk
    from tests.support.people import Bank

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def by_handler(one: Desk) -> None:
    await queue(one)
    await one.press("7")
    await one.until("nobody yet")


@ON_SQLITE
@pytest.mark.parametrize("language", ["en", "zh_CN"])
async def test_as_it_looks(bank: Bank, language: str) -> None:
    fill(bank)
    triage(bank, register(bank, promise="17:00"), handler="lina")
    async with desk(bank, "zhaomin", language=language) as one:
        await queue(one)
        await one.press("7")
        await one.until("王强  ")
        assert_golden(f"complaints_by_handler_80x24_{language}", one.text)
        await one.press("down", "enter")
        # The channel is read once the cursor has rested.
        await one.until({"en": "Hotline 02-03", "zh_CN": "电话 02-03"}[language])
        assert_golden(f"complaints_of_handler_80x24_{language}", one.text)


@ON_SQLITE
async def test_enter_lists_a_persons_cases_and_esc_leads_back_to_the_person(bank: Bank) -> None:
    fill(bank)
    triage(bank, register(bank), handler="lina")
    async with desk(bank, "zhaomin") as one:
        await by_handler(one)
        assert "[7handlers]" in one.text
        assert "1/3" in one.text
        await one.press("enter")
        await one.until("only nobody  1/3")
        await one.press("escape")
        await one.until("[7handlers]")
        await one.until("1/3")
        await one.press("down", "down", "enter")
        await one.until("only 李娜")
        assert one.text.count("李娜→") + one.text.count("→李娜") == 2  # a row and the pane
        await one.press("escape")
        await one.until("3/3")
        await one.press("enter")
        await one.until("only 李娜  1/1")
        for key, view in (("4", "overdue"), ("3", "untriaged"), ("6", "ended")):
            await one.press(key)
            await one.until("No such complaint: only 李娜")
            assert f"[{key}{view}]" in one.text
            assert "only 李娜" in one.text.splitlines()[2]
            # What has ended has no time left, but a day.
            heading = "Ended " if view == "ended" else "Left "
            assert one.text.splitlines()[4].strip().startswith(heading)
        await one.press("escape")
        await one.until("3/3")
        await one.press("escape")
        await one.until("[2open cases]")
        assert "only" not in one.text.splitlines()[2]
        await one.until("1/7")


@ON_SQLITE
async def test_other_views_and_the_search_leave_the_people(bank: Bank) -> None:
    fill(bank)
    async with desk(bank, "zhaomin") as one:
        await by_handler(one)
        await one.press("z")
        await one.until("no complaint is highlighted")
        await one.press("3")
        await one.until("[3untriaged]")
        await one.until("1/3")
        await by_handler(one)
        await one.press("/")
        await one.type("王")
        await one.gone("nobody yet")
        await one.press("escape", "7")
        await one.until("nobody yet")
        await one.press("f5", "ctrl+g")
        await one.until("[7承办人]")


@ON_SQLITE
async def test_what_was_triaged_meanwhile_is_counted_anew(bank: Bank) -> None:
    fill(bank)
    async with desk(bank, "zhaomin") as one:
        await by_handler(one)
        triage(bank, register(bank), handler="sunli", username="hq")
        triage(bank, register(bank), handler="lina")
        await one.press("r")
        await one.until("李娜")


@ON_SQLITE
async def test_only_what_is_mine_is_listed_whoever_handles_it(bank: Bank) -> None:
    fill(bank)
    async with desk(bank, "zhaomin") as one:
        await by_handler(one)
        await one.press("enter")
        await one.until("only nobody  1/3")
        await one.press("2")
        await one.until("[2open cases]")
        assert "only nobody" in one.text
        await one.press("1")
        await one.until("[1mine]")
        assert "only" not in one.text.splitlines()[2]


@ON_SQLITE
async def test_no_search_survives_into_the_list_of_people(bank: Bank) -> None:
    fill(bank)
    async with desk(bank, "zhaomin") as one:
        await by_handler(one)
        await one.press("down", "enter")
        await one.until("only 王强  1/3")
        await one.press("/")
        await one.type("zzz")
        await one.until("No such complaint")
        await one.press("escape", "escape")
        await one.until("[7handlers]")
        await one.until("2/2")
        assert "zzz" not in one.text
        await one.press("enter")
        await one.until("only 王强  1/3")


@ON_SQLITE
async def test_another_language_has_another_word_for_nobody(bank: Bank) -> None:
    fill(bank)
    async with desk(bank, "zhaomin") as one:
        await by_handler(one)
        await one.press("enter")
        await one.until("only nobody  1/3")
        await one.press("ctrl+g")
        await one.until("[2未结]")
        await one.until("1/3")
        assert "nobody" not in one.text
        assert "只看 未派" in one.text
