"""A draft that another session of the person has taken over: what was typed here stays."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from crm_tui.db.tables import Contact
from crm_tui.domain.drafts import DraftKey
from crm_tui.screens.form_drafts import DraftingScreen
from tests.screens.test_two_at_once import opened, retype
from tests.support.desk import log, populate, two_desks

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.support.desk import Desk
    from tests.support.people import Bank

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@asynccontextmanager
async def taken_over(
    bank: Bank, target: str, record: int, ours: str = "and mine", theirs: str = "and theirs"
) -> AsyncIterator[tuple[Desk, Desk]]:
    """The first session has lost its draft to the second, and holds words of its own."""
    async with two_desks(bank, "lina", "仇英") as (first, second):
        await opened(first, target, record)
        await first.press("3")
        await retype(first, "content", "begun")
        await first.until("draft saved")
        await opened(second, target, record)
        await second.until("Ctrl+T takes it over")
        await second.press("ctrl+t")
        await second.gone("Ctrl+T takes it over")
        await retype(second, "content", theirs)
        await second.until("draft saved")
        # At once: its form takes no more keys from the moment in which it notices.
        note = first.app.screen.form.row("content").control
        note.clear()
        note.write(ours)
        await first.until("Ctrl+T takes it over")
        yield first, second


def contents(bank: Bank) -> list[str]:
    with bank.store.read() as session:
        return sorted(session.execute(select(Contact.content)).scalars())


async def test_what_was_typed_goes_on_as_a_draft_of_its_own_once_the_other_saved(
    bank: Bank,
) -> None:
    customer = populate(bank)["仇英"]
    async with taken_over(bank, "contact_form", customer) as (first, second):
        await second.press("ctrl+s")
        await second.until("Contact saved")
        await first.press("ctrl+t")
        await first.until("goes on as a new draft")
        await first.until("draft saved")
        kept = bank.office("lina").drafts.load(DraftKey("contact", str(customer)))
        assert kept is not None
        assert kept.values["content"] == "and mine"
        await first.press("ctrl+s")
        await first.until("Contact saved")
    assert contents(bank) == ["and mine", "and theirs"]


@ON_SQLITE
async def test_left_without_a_word_it_is_kept_and_offered_again(bank: Bank) -> None:
    customer = populate(bank)["仇英"]
    async with taken_over(bank, "contact_form", customer) as (first, second):
        await second.press("ctrl+s")
        await second.until("Contact saved")
        await first.press("escape")
        await first.until("Draft kept.")
        await opened(first, "contact_form", customer)
        await first.until("and mine")
        await first.press("ctrl+s")
        await first.until("Contact saved")
    assert contents(bank) == ["and mine", "and theirs"]


@ON_SQLITE
async def test_an_edit_goes_on_with_the_dialog_of_a_conflict(bank: Bank) -> None:
    contact = log(bank, "lina", populate(bank)["仇英"], "before")
    async with taken_over(bank, "edit_contact", contact) as (first, second):
        await second.press("ctrl+s")
        await second.until("Saved.")
        await first.press("ctrl+t")
        await first.until("goes on as a new draft")
        await first.press("ctrl+s")
        await first.until("Choose")
        assert "and theirs" in first.text
        await first.press("1", "ctrl+s")
        await first.until("Saved.")
    assert contents(bank) == ["and mine"]


@ON_SQLITE
async def test_while_the_other_writes_on_it_is_not_left_unwarned(bank: Bank) -> None:
    customer = populate(bank)["仇英"]
    async with taken_over(bank, "contact_form", customer) as (first, _second):
        form = first.app.screen
        await first.press("escape")
        await first.until("in no draft: Ctrl+T merges what you typed here")
        assert first.app.screen is form
        kept = bank.office("lina").drafts.load(DraftKey("contact", str(customer)))
        assert kept is not None
        assert kept.values["content"] == "and theirs"
        await first.press("escape")
        await first.gone("and mine")
        assert "Draft kept." not in first.text


@ON_SQLITE
@pytest.mark.parametrize("target", ["contact_form", "edit_contact"])
async def test_a_draft_that_was_left_goes_on_in_another_session(bank: Bank, target: str) -> None:
    customer = populate(bank)["仇英"]
    record = log(bank, "lina", customer, "before") if target == "edit_contact" else customer
    async with two_desks(bank, "lina", "仇英") as (first, second):
        await opened(first, target, record)
        await first.press("3")
        await retype(first, "content", "half")
        await first.press("escape")
        await first.until("Draft kept.")
        await opened(second, target, record)
        await second.until("half")
        assert "Ctrl+T" not in second.text
        # It is open there now, not here.
        await opened(first, target, record)
        await first.until("Ctrl+T takes it over")
        await second.press("ctrl+d")
        await second.until("Draft discarded.")


@ON_SQLITE
async def test_the_key_that_takes_over_stands_in_the_footer_while_it_can(bank: Bank) -> None:
    customer = populate(bank)["仇英"]
    async with two_desks(bank, "lina", "仇英") as (first, second):
        await opened(first, "contact_form", customer)
        await first.press("3")
        await retype(first, "content", "half")
        await first.until("draft saved")
        assert "take over" not in first.text
        await opened(second, "contact_form", customer)
        await second.until("Ctrl+T takes it over")
        await second.press("ctrl+o")
        footer = second.text.rstrip().split("\n")[-1]
        assert "Ctrl+T take over" in footer
        assert "save" not in footer
        assert "discard" not in footer
        await second.press("ctrl+t")
        await second.until("Ctrl+S save")
        assert "take over" not in second.text.rstrip().split("\n")[-1]


@ON_SQLITE
@pytest.mark.parametrize("key", ["ctrl+s", "ctrl+d"])
async def test_a_form_ends_only_the_draft_that_it_knows(
    bank: Bank, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    customer = populate(bank)["仇英"]
    async with two_desks(bank, "lina", "仇英") as (first, second):
        await opened(first, "contact_form", customer)
        await opened(second, "contact_form", customer)
        await second.press("3")
        await retype(second, "content", "and theirs")
        await second.press("escape")
        await second.until("Draft kept.")
        # What is typed in the first is ended before a draft of it would meet the other.
        monkeypatch.setattr(DraftingScreen, "AUTOSAVE_AFTER", 86_400)
        await first.press("3")
        await retype(first, "content", "and mine")
        await first.press(key)
        await first.until("Contact saved" if key == "ctrl+s" else "Draft discarded.")
        assert contents(bank) == (["and mine"] if key == "ctrl+s" else [])
        await opened(first, "contact_form", customer)
        await first.until("and theirs")


@pytest.mark.parametrize("key", ["a", "9", "汉"])
async def test_a_key_that_writes_nothing_here_is_told_why(bank: Bank, key: str) -> None:
    """Not that the input method is in its Chinese state: that is no reason here."""
    customer = populate(bank)["仇英"]
    async with taken_over(bank, "contact_form", customer) as (first, _second):
        first.app.screen.say("something else")
        await first.press(key)
        await first.until("Ctrl+T takes it over")
        assert "input method" not in first.text
