"""Where `/` leads, what a search says, and what the key of an area finds there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from textual import events

from crm_tui import routes
from crm_tui.domain.complaint_kinds import Step
from crm_tui.domain.complaints import StepForm
from crm_tui.errors import StoreUnavailable
from crm_tui.widgets.search_box import SearchBox
from crm_tui.widgets.wishes import Go
from tests.support.complaints import take, triage
from tests.support.desk import desk, populate
from tests.support.queue import fill, opened
from tests.support.screen_text import wait_until

if TYPE_CHECKING:
    from tests.support.desk import Desk
    from tests.support.people import Bank

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]


def burst(one: Desk, *keys: str) -> None:
    """Keys in one packet: nothing runs between them."""
    for key in keys:
        one.app.post_message(events.Key(key, key if len(key) == 1 else None))


async def sought(one: Desk, text: str) -> None:
    """Until the search box of the screen has the text and the keys."""

    def there() -> bool:
        box = next(iter(one.app.screen.query(SearchBox)), None)
        return box is not None and box.has_focus and box.value == text

    await wait_until(one.pilot, there, what=f"/ {text}")


async def test_from_a_card_a_search_begins_in_the_roster(bank: Bank) -> None:
    populate(bank)
    async with desk(bank, "lina") as one:
        await one.until("张伟明")
        await one.press("slash", *"sxm", "enter")
        await one.until("F3 > 单雪梅")
        burst(one, "slash", *"zwmu")
        await sought(one, "zwmu")
        assert "Customers F3" in one.text


async def test_from_a_case_a_search_begins_in_the_queue(bank: Bank) -> None:
    made = fill(bank)
    async with desk(bank, "zhaomin") as one:
        await opened(one, "case", made["new"])
        await one.until("Complaints F5 > ")
        burst(one, "slash", *"yyb")
        await sought(one, "yyb")
        assert "Complaints F5" in one.text
        assert len(one.app.screen_stack) == 2


@pytest.mark.parametrize("area", ["today", "diary"])
async def test_from_an_area_without_a_list_of_its_own_into_the_roster(
    bank: Bank, area: str
) -> None:
    populate(bank)
    async with desk(bank, "zhaomin", area="today") as one:
        await one.until("Today F2")
        one.app.screen.post_message(Go(f"area_{area}"))
        await one.until("Diary F6" if area == "diary" else "Today F2")
        burst(one, "slash", *"zwm", "enter", "v", "3", "o")
        await one.until("Log a contact")
        await one.until("|o")
        assert "张伟明" in one.text


async def test_keys_behind_the_key_of_an_area_are_meant_for_it(bank: Bank) -> None:
    fill(bank)
    async with desk(bank, "zhaomin") as one:
        await one.until("张伟明")
        burst(one, "f5", "slash", *"zwm", "enter", "escape")
        await one.until("Complaints F5")
        await one.until(" / zwm")
        await one.until("1/1")


async def test_who_may_see_no_customers_searches_among_complaints(bank: Bank) -> None:
    fill(bank)
    async with desk(bank, "jishu", area="today") as one:
        await one.until("Today F2")
        burst(one, "slash", "j")
        await sought(one, "j")
        assert "Complaints F5" in one.text


async def test_what_is_typed_for_a_card_that_cannot_be_read_does_nothing(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    populate(bank)
    async with desk(bank, "lina") as one:
        await one.until("张伟明")
        prepare = routes.prepare

        def away(target: str, *rest: Any) -> Any:
            if target == "card":
                raise StoreUnavailable("The database is away.")
            return prepare(target, *rest)

        monkeypatch.setattr(routes, "prepare", away)
        burst(one, "enter", "n", "3", "x")
        await one.until("The database is away.")
        await one.press("f12")
        assert "[1mine]" in one.text
        assert len(one.app.screen_stack) == 2


# --- what hides what is searched for ----------------------------------------------------------


async def test_a_filter_that_hides_who_is_searched_for_is_named_and_ends_first(bank: Bank) -> None:
    populate(bank)
    async with desk(bank, "zhaomin") as one:
        await one.until("张伟明")
        await one.press("f", "1", "enter")
        await one.until("Nobody fits the filter")
        await one.press("slash", *"zwm")
        await one.until("is listed. Esc Esc ends this filter.")
        await one.press("escape")
        await one.until("is listed. Esc ends this filter.")
        await one.press("escape")
        await one.until("1/1")
        assert "张伟明" in one.text
        assert " / zwm" in one.text
        await one.press("slash", *"qqq")
        await one.until("Nobody found in 成都营业部. Ctrl+N registers")


@pytest.mark.parametrize("key", ["f5", "g"])
async def test_the_key_of_an_area_ends_what_was_searched_for_there(bank: Bank, key: str) -> None:
    fill(bank)
    async with desk(bank, "zhaomin") as one:
        await one.until("张伟明")
        await one.press("f5", "slash", *"zwm")
        await one.until("1/1")
        await one.press("escape", "f3")
        await one.until("Customers F3")
        await one.press(*([key] if key == "f5" else [key, "q"]), "4")
        await one.until("/2")
        assert " / zwm" not in one.text


async def test_after_a_search_the_row_that_was_found_stays_under_the_cursor(bank: Bank) -> None:
    populate(bank)
    async with desk(bank, "lina") as one:
        await one.until("张伟明")
        await one.press("slash", *"qiuying")
        await one.until("1/1")
        await one.press("f3")
        await one.until("/8")
        assert "▸" in next(line for line in one.text.splitlines() if "仇英" in line)


# --- what was done elsewhere ------------------------------------------------------------------


async def test_an_area_is_read_anew_and_keeps_its_row(bank: Bank) -> None:
    made = fill(bank)
    async with desk(bank, "zhaomin") as one:
        await one.until("张伟明")
        await one.press("f5", "6")
        await one.until("查良镛")
        await one.press("f3", "down", "down")
        take(bank, made["closed"], "zhaomin", Step.REOPEN, StepForm(text="again"))
        await one.press("f5")
        await one.gone("查良镛")
        await one.press("2", "down", "down")
        row = one.app.screen.query_one("RecordTable").row
        await one.press("f3")
        await one.until("Customers F3")
        triage(bank, made["another"])
        await one.press("f5")
        await one.until("王强")
        assert one.app.screen.query_one("RecordTable").row.complaint_id == row.complaint_id


# --- another language -------------------------------------------------------------------------


def under_the_cursor(one: Desk) -> str:
    return next(line for line in one.text.splitlines() if "▸" in line)


async def test_another_language_keeps_the_card_and_the_row_below_it(bank: Bank) -> None:
    populate(bank)
    async with desk(bank, "zhaomin") as one:
        await one.until("张伟明")
        await one.press("s", "down", "down", "down")
        row = under_the_cursor(one)
        name = one.app.screen.query_one("RecordTable").row.name
        await one.press("enter")
        await one.until(f"F3 > {name}")
        burst(one, "ctrl+g", "v", "3", "o")
        await one.until("|o")
        assert name in one.text
        assert "记" in one.text
        await one.press("ctrl+d")
        await one.until(f"F3 > {name}")
        await one.press("escape")
        await one.until("[2全部]")
        assert name in under_the_cursor(one)
        await one.press("ctrl+g")
        await one.until("[2all]")
        assert under_the_cursor(one).split()[:4] == row.split()[:4]


async def test_another_language_keeps_view_search_and_row_of_every_area(bank: Bank) -> None:
    fill(bank)
    async with desk(bank, "zhaomin") as one:
        await one.until("张伟明")
        await one.press("f5", "3", "down")
        await one.until("[3untriaged]")
        number = one.app.screen.query_one("RecordTable").row.complaint_no
        await one.press("f3", "slash", *"zwm")
        await one.until("1/1")
        await one.press("ctrl+g")
        await one.until("[2全部]")
        await one.until("1/1")
        await sought(one, "zwm")
        await one.press("f5")
        await one.until("[3待分派]")
        assert number in under_the_cursor(one)
        await one.press("enter")
        await one.until(f"F5 › {number}")
        await one.press("ctrl+g")
        await one.until("trail, the newest first")
        await one.until(f"F5 > {number}")
        await one.press("escape")
        await one.until("[3untriaged]")
        assert number in under_the_cursor(one)


async def test_the_order_that_is_said_is_that_of_the_list(bank: Bank) -> None:
    """Assets count within a tier; of who was opened lately the last comes first, whatever `s`."""
    populate(bank)
    async with desk(bank, "lina") as one:
        await one.until("by tier")
        for name in ("sxm", "zwm"):
            await one.press("slash", *name, "enter")
            await one.until("F3 > ")
            await one.press("f3")
        await one.press("6")
        await one.until("last opened")
        assert one.text.index("张伟明") < one.text.index("单雪梅")
        await one.press("s")
        await one.until("this view has one order: last opened")
        await one.press("1", "s")
        await one.until("by name")


@pytest.mark.parametrize("hidden", [("3",), ("7",), ("2", "f", "1", "enter")])
async def test_from_elsewhere_no_view_of_before_hides_who_is_searched_for(
    bank: Bank, hidden: tuple[str, ...]
) -> None:
    populate(bank)
    async with desk(bank, "lina") as one:
        await one.until("张伟明")
        await one.press(*hidden)
        await one.gone("张伟明")
        await one.press("f2")
        await one.until("Today F2")
        await one.press("slash", *"zwm", "enter")
        await one.until("F3 > 张伟明")
