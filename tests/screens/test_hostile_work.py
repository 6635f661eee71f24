"""Hostile text in diaries and complaints, through every screen that shows it: only text, in place.

Once as the services take it, where every text has to be seen as it was typed, and once past the
rules of input.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete

from crm_tui.db.tables import Draft
from crm_tui.screens.diary_start import day_number
from crm_tui.text import safe
from tests.support.desk import desk
from tests.support.hostile import TEXTS
from tests.support.hostile_texts import TAKEN
from tests.support.hostile_walk import OVERLAYS, each, leave_form, open_target, paste
from tests.support.hostile_work import READ, RETURNED, TODAY, WAITS, HostileWork, make
from tests.support.people import OPERATOR

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.desk import Desk

SIZES = pytest.mark.parametrize("size", [(80, 24), (44, 12)], ids=["80x24", "44x12"])


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[HostileWork]:
    made = make(tmp_path_factory.mktemp("taken"), sqlite_template, TAKEN, past=False)
    yield made
    made.bank.store.close()


@pytest.fixture(scope="module")
def poisoned(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path
) -> Iterator[HostileWork]:
    texts = [*(text for text in TEXTS if text.strip()), TAKEN[4], TAKEN[5]]
    made = make(tmp_path_factory.mktemp("past"), sqlite_template, texts, past=True)
    yield made
    made.bank.store.close()


def beginning(text: str) -> str:
    """As much of a text as stands in one line everywhere, as it is shown."""
    return text.replace("\ufe0f", " ")[:12].rstrip()


async def seen(one: Desk, *keys: str, upto: int = 60) -> str:
    """All that a screen shows while a key is pressed until nothing moves any more."""
    found = shown = await each(one, "f12")
    for _n in range(upto):
        after = await each(one, *keys)
        if after == shown:
            break
        shown = after
        found += shown
    return found


# --- diaries --------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def nothing_half_written(request: pytest.FixtureRequest) -> None:
    """What the test before left in drafts would be offered over all of a small screen."""
    for name in {"poisoned", "taken"} & set(request.fixturenames):
        with request.getfixturevalue(name).bank.store.write(OPERATOR) as tx:
            tx.session.execute(delete(Draft))
            tx.audit("test")


async def test_the_list_of_diaries_and_each_entry(poisoned: HostileWork) -> None:
    async with desk(poisoned.bank, "zhaomin", area="diary") as one:
        await one.until("F6")
        await each(one, *["down"] * 4, "end", *OVERLAYS, "3", "f12", "1", "f12", "2", "f12", "home")
        await each(one, "enter")
        for _n in range(sum(map(len, poisoned.diaries.values()))):
            await seen(one, "pagedown")
            await each(one, "home", "right_square_bracket")
        await one.until("none further")


async def test_every_entry_shows_its_texts_as_they_were_typed(taken: HostileWork) -> None:
    async with desk(taken.bank, "zhaomin", area="diary") as one:
        await one.until("F6")
        await one.press("2", "enter")
        shown = ""
        for _n in range(sum(map(len, taken.diaries.values()))):
            shown += await seen(one, "pagedown")
            await each(one, "home", "right_square_bracket")
    for fate, least in ((WAITS, 5), (RETURNED, 6), (READ, 7)):
        for _username, _day, text in taken.diaries[fate]:
            assert shown.count(beginning(text)) >= least, text


async def test_what_a_reviewer_types(poisoned: HostileWork) -> None:
    async with desk(poisoned.bank, "zhaomin", area="diary") as one:
        await one.until("F6")
        await each(one, "1", "enter")
        await one.until("F6 > ")
        for key in ("y", "x"):
            await each(one, key)
            for text in TEXTS:
                await paste(one, text)
                await each(one, "ctrl+u")
            await paste(one, TEXTS[2])
            await each(one, "enter", "escape")


async def test_ones_own_diary_and_those_before(poisoned: HostileWork) -> None:
    async with desk(poisoned.bank, "lina") as one:
        await each(one, "escape", "f6")
        await one.until("Insight")
        await each(one, "ctrl+s", "shift+tab", "shift+tab", *["up"] * 8, "ctrl+o", "f12")
        for part in range(4):
            for text in (*TEXTS[part::4], *TAKEN[part::4]):
                await paste(one, text)
            await each(one, "ctrl+s", "tab")
        await each(one, *OVERLAYS)
        for _day in range(6):
            await each(one, "ctrl+b", "f12", "left_square_bracket", "f12", "end")


async def test_an_entry_that_came_back_says_why(poisoned: HostileWork) -> None:
    ((_username, _day, text),) = [
        one for one in poisoned.diaries[RETURNED] if one[:2] == ("wangqiang", TODAY)
    ]
    async with desk(poisoned.bank, "wangqiang") as one:
        await each(one, "escape", "f6")
        await one.until("Insight")
        shown = await each(one, "ctrl+s", "f12")
        assert beginning(safe(text)) in shown
        await each(one, *OVERLAYS, "ctrl+d", "f12", "u", "f12")


async def test_corrections(poisoned: HostileWork) -> None:
    username, day, _text = poisoned.diaries[READ][0]
    async with desk(poisoned.bank, username) as one:
        await each(one, "escape")
        await open_target(one, "diary", day_number(day))
        await each(one, "ctrl+e")
        for text in TEXTS:
            await paste(one, text)
            await each(one, "ctrl+u")
        await paste(one, TEXTS[3])
        await each(one, "enter", "escape")
        await seen(one, "pagedown")


# --- complaints -----------------------------------------------------------------------------


@SIZES
async def test_the_queue_and_its_pane(poisoned: HostileWork, size: tuple[int, int]) -> None:
    async with desk(poisoned.bank, "zhaomin", area="complaints", size=size) as one:
        await one.until("F5")
        for view in ("2", "3", "4", "6"):
            await each(one, view, "f12", *["down"] * 5, "end", "home")
        await each(one, *OVERLAYS, "2", "t", "tab", "9", "escape")
        for text in (TEXTS[0], TEXTS[2], TAKEN[5], TAKEN[10]):
            await each(one, "slash")
            await paste(one, text)
            await each(one, "escape", "escape")


async def test_each_case(poisoned: HostileWork) -> None:
    async with desk(poisoned.bank, "zhaomin") as one:
        await each(one, "escape")
        for case, _text in poisoned.cases:
            await open_target(one, "case", case)
            await each(one, "enter", "escape", "end", "enter", "escape", "escape")
        await open_target(one, "case", poisoned.cases[-1][0])
        await each(one, "o", "escape", *OVERLAYS, "p", "escape")


async def test_each_event_in_full(poisoned: HostileWork) -> None:
    async with desk(poisoned.bank, "zhaomin") as one:
        await each(one, "escape")
        case, _every = poisoned.cases[-3]
        await open_target(one, "case", case)
        for _event in poisoned.bank.office("hq").complaints.get(case).trail:
            await each(one, "enter", "pagedown", "escape", "down")


async def test_each_step_shows_its_text_as_it_was_typed(taken: HostileWork) -> None:
    case, _every = taken.cases[-3]
    trail = taken.bank.office("hq").complaints.get(case).trail
    async with desk(taken.bank, "zhaomin") as one:
        await one.until("F3")
        await open_target(one, "case", case)
        for line in reversed(trail):
            await each(one, "enter")
            shown = await seen(one, "pagedown")
            await each(one, "escape", "down")
            # The first says the content of the case; a triage and a start say nothing.
            if line.text or line.seq == 1:
                assert [text for text in TAKEN if beginning(text) not in shown] == [], line.kind


async def test_forms_of_steps_and_of_a_registration(poisoned: HostileWork) -> None:
    async with desk(poisoned.bank, "wangqiang") as one:
        await each(one, "escape")
        case, _every = poisoned.cases[-2]
        await open_target(one, "case_form", case)
        for text in TEXTS:
            await paste(one, text)
        await each(one, "ctrl+s", *["tab"] * 4, "ctrl+s")
        await leave_form(one)
        await open_target(one, "complaint_form", 0)
        for _field in range(13):
            for text in (TEXTS[2] + TEXTS[3], TAKEN[4]):
                await paste(one, text)
            await each(one, "tab")
        await each(one, "ctrl+s", *OVERLAYS, "ctrl+d", "f12", "u", "f12")


async def test_lists_show_texts_as_they_were_typed(taken: HostileWork) -> None:
    async with desk(taken.bank, "zhaomin", area="complaints", size=(140, 40)) as one:
        await one.until("F5")
        await each(one, "2")
        cases = await seen(one, "down")
        await each(one, "f6", "2")
        diaries = await seen(one, "down")
        await each(one, "f2")
        today = await seen(one, "down")
    for text in TAKEN:
        # Once as the name of a stranger, once as what is complained of.
        assert cases.count(beginning(text)[:8].rstrip()) >= 2, text
        assert beginning(text)[:8].rstrip() in diaries, text
    assert beginning(TAKEN[0])[:10] in today


# --- elsewhere ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("username", "size"),
    [("lina", (80, 24)), ("wangqiang", (80, 24)), ("zhaomin", (80, 24)), ("zhaomin", (44, 12))],
)
async def test_today(poisoned: HostileWork, username: str, size: tuple[int, int]) -> None:
    async with desk(poisoned.bank, username, area="today", size=size) as one:
        await each(one, "escape", *["down"] * 20, "end", *OVERLAYS)
        await each(one, "ctrl+p")
        for text in (TEXTS[0], TEXTS[1], TEXTS[2], TAKEN[4]):
            await paste(one, text)
            await each(one, "ctrl+u")
        await each(one, "escape")
