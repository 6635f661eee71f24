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
        await one.until("CP-2026-000004")
        assert_golden(f"complaints_of_handler_80x24_{language}", one.text)


@ON_SQLITE
async def test_enter_lists_a_persons_cases_and_esc_leads_back_to_the_person(bank: Bank) -> None:
    fill(bank)
    triage(bank, register(bank), handler="lina")
    async with desk(bank, "zhaomin") as one:
        await by_handler(one)
        assert "[7staff]" in one.text
        assert "1/3" in one.text
        await one.press("enter")
        await one.until("only nobody  1/3")
        await one.press("escape")
        await one.until("[7staff]")
        await one.press("down", "down", "enter")
        await one.until("only 李娜")
        assert one.text.count("李娜→") + one.text.count("→李娜") == 2  # a row and the pane
        await one.press("4")
        await one.until("No such complaint: only 李娜")
        await one.press("escape", "escape")
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
