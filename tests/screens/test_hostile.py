"""Hostile text in every column a person can read, through every screen (safety.md 1 to 9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crm_tui.domain.customers import Lookalike
from crm_tui.screens.dialogs import Clash, ConflictDialog
from crm_tui.screens.lookalikes import LookalikeDialog
from tests.support.desk import desk
from tests.support.hostile import TEXTS, HostileBank, make
from tests.support.hostile_walk import OVERLAYS, each, leave_form, open_target, paste

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def hostile(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path
) -> Iterator[HostileBank]:
    made = make(tmp_path_factory.mktemp("hostile"), sqlite_template)
    yield made
    made.bank.store.close()


async def test_drafts_roster_and_search(hostile: HostileBank) -> None:
    async with desk(hostile.bank, "lina") as one:
        await one.until("Not finished")
        await each(one, *["down"] * 12, *OVERLAYS[:4], "escape", "2", *["down"] * 11, "home")
        await each(one, *OVERLAYS, "s", "s", "5", "2", "f", "f1", "escape", "escape", "end")
        await each(one, "slash")
        for text in TEXTS:
            await paste(one, text)
            await each(one, "ctrl+u")
        # The list of an area has nowhere to go back to.
        shown = await each(one, "escape", "escape", "escape")
        assert "Customers F3" in shown


async def test_cards_and_touches(hostile: HostileBank) -> None:
    async with desk(hostile.bank, "zhaomin") as one:
        await one.until("[2all]")
        for customer in hostile.customers:
            await open_target(one, "card", customer)
            await each(one, "enter", "escape", "escape")
        await open_target(one, "card", hostile.customers[2])
        await each(one, "p", "escape", *OVERLAYS, "escape")
        await each(one, "enter", *["right_square_bracket"] * 5)


async def test_forms(hostile: HostileBank) -> None:
    async with desk(hostile.bank, "lina") as one:
        await one.until("Not finished")
        await one.press("escape")
        for customer in hostile.customers[2:8]:
            await open_target(one, "contact_form", customer)
            await each(one, "ctrl+s")
            await leave_form(one)
        await open_target(one, "contact_form", hostile.customers[2])
        await each(one, *["tab"] * 8, "f1", "escape")
        await leave_form(one)
        for customer in (0, hostile.customers[3]):
            await open_target(one, "customer_form", customer)
            await each(one, *["tab"] * 8, "ctrl+s")
            await leave_form(one)


async def test_contacts_and_their_filter(hostile: HostileBank) -> None:
    async with desk(hostile.bank, "zhaomin") as one:
        await one.until("[2all]")
        await each(one, "f4", *["down"] * 9, "end", "home", *OVERLAYS)
        for text in TEXTS[:6]:
            await each(one, "f", "tab")
            await paste(one, text)
            await each(one, "enter", "escape", "escape")


@pytest.mark.parametrize("size", [(80, 24), (140, 40), (44, 12)])
async def test_complaints(hostile: HostileBank, size: tuple[int, int]) -> None:
    async with desk(hostile.bank, "zhaomin", size=size) as one:
        await one.until("F3")
        await each(one, "f5", *["down"] * 8, "end", *OVERLAYS, "6", "3", "4", "2", "home")
        for text in TEXTS[:5]:
            await each(one, "slash")
            await paste(one, text)
            await each(one, "escape", "escape")
        await each(one, "t", "tab", "9", "tab", "1", "escape")
        for case in hostile.complaints[:7]:
            await open_target(one, "case", case)
            await each(one, "enter", "escape", "end", "enter", "escape", "o", "escape", "escape")
        await open_target(one, "case", hostile.complaints[2])
        await each(one, *OVERLAYS, "escape")


async def test_forms_of_complaints(hostile: HostileBank) -> None:
    async with desk(hostile.bank, "wangqiang") as one:
        await one.until("Not finished")
        await each(one, "down", "escape", "f5", "down", "2")
        await open_target(one, "case_form", hostile.complaints[0])
        await each(one, "ctrl+s", *["tab"] * 4)
        await leave_form(one)
        await open_target(one, "complaint_form", 0)
        for text in TEXTS:
            await each(one, "shift+tab")
            await paste(one, text)
        await each(one, "ctrl+s")
        await leave_form(one)
        await open_target(one, "complaint_form", hostile.customers[6])
        await each(one, *["tab"] * 9, "ctrl+s")
        await leave_form(one)


@pytest.mark.parametrize("size", [(140, 40), (44, 12)])
async def test_other_sizes(hostile: HostileBank, size: tuple[int, int]) -> None:
    async with desk(hostile.bank, "lina", size=size) as one:
        await one.until("Not finished")
        await each(one, "down", "escape", "2", *["down"] * 3, "f4", *["down"] * 3, "f3")
        for customer in hostile.customers[2:7:4]:
            await open_target(one, "card", customer)
            await each(one, "enter", "escape", "escape")
            await open_target(one, "contact_form", customer)
            await each(one, "ctrl+s")
            await leave_form(one)


async def test_somebody_who_looks_alike(hostile: HostileBank) -> None:
    """The dialog shows names, numbers and owners of others."""
    found = tuple(
        Lookalike(place, text, text, text, text, "mobile") for place, text in enumerate(TEXTS)
    )
    async with desk(hostile.bank, "lina") as one:
        await one.until("Not finished")
        await one.press("escape")
        one.app.push_screen(LookalikeDialog(one.app._frame, found))
        await each(one, *["down"] * 10, *OVERLAYS[:4], "escape")


async def test_both_versions_of_a_conflict(hostile: HostileBank) -> None:
    async with desk(hostile.bank, "lina") as one:
        await one.until("Not finished")
        await one.press("escape")
        clashes = [Clash(str(at), text, text, text, text) for at, text in enumerate(TEXTS)]
        one.app.push_screen(ConflictDialog(one.app._frame, clashes))
        await each(one, *["2", "3", "1"] * 4, "f1", "escape", "escape")


async def test_roles_without_an_area(hostile: HostileBank) -> None:
    for username in ("admin", "auditor"):
        async with desk(hostile.bank, username) as one:
            await one.until("You are")
            await each(one, *OVERLAYS[:4])


async def test_signing_in(hostile: HostileBank) -> None:
    async with desk(hostile.bank) as one:
        for text in TEXTS:
            await paste(one, text)
            await each(one, "enter")
            await paste(one, text)
            await each(one, "enter", "shift+tab", "ctrl+u")
        await each(one, "f1", "escape")
