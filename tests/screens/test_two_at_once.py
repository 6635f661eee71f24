"""Two applications on one record: both versions are shown, picked by digit, and nothing is lost."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from crm_tui.db.tables import Contact, Customer, Draft
from crm_tui.domain.drafts import DraftKey
from crm_tui.screens.dialogs import ConflictDialog
from crm_tui.screens.form_drafts import DraftingScreen
from crm_tui.services import staff
from crm_tui.widgets.wishes import Open
from tests.support.desk import desk, log, populate, two_desks
from tests.support.people import OPERATOR
from tests.support.screen_text import wait_until

if TYPE_CHECKING:
    from tests.support.desk import Desk
    from tests.support.people import Bank

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def opened(one: Desk, target: str, record: int) -> Desk:
    """The form of a record above the roster."""
    roster = one.app.screen
    roster.post_message(Open(target, record))
    await wait_until(one.pilot, lambda: one.app.screen is not roster, what=target)
    await one.press("f12")
    return one


async def retype(one: Desk, key: str, text: str) -> None:
    """Put the cursor into a field, delete what is there, and type."""
    row = one.app.screen.form.row(key)
    assert row is not None
    row.control.focus()
    await one.press("f12", "end", "ctrl+u")
    await one.type(text)


async def test_two_people_on_one_customer(bank: Bank) -> None:
    customer = populate(bank)["仇英"]
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(desk(bank, "zhaomin"))
        second = await stack.enter_async_context(desk(bank, "hq"))
        for one in (first, second):
            await one.until("仇英")
            await opened(one, "customer_form", customer)
        await retype(first, "name", "Alpha")
        await retype(first, "birth_date", "1980-05-01")
        await retype(second, "name", "Beta")
        await first.press("ctrl+s")
        await first.until("Saved.")
        await second.press("ctrl+s")
        await second.until("Somebody else changed this record")
        for version in ("Alpha", "Beta", "仇英"):
            assert version in second.text
        await second.press("1", "ctrl+s")
        await second.until("Saved.")
    with bank.store.read() as session:
        row = session.execute(
            select(Customer.name, Customer.birth_date).where(Customer.id == customer)
        ).one()
    assert (row[0], str(row[1])) == ("Beta", "1980-05-01")


@ON_SQLITE
async def test_a_phone_that_two_people_change_is_asked_for_too(bank: Bank) -> None:
    customer = populate(bank)["仇英"]
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(desk(bank, "zhaomin"))
        second = await stack.enter_async_context(desk(bank, "hq"))
        for one in (first, second):
            await one.until("仇英")
            await opened(one, "customer_form", customer)
        await retype(first, "mobile", "13900001111")
        await retype(second, "mobile", "13700002222")
        await first.press("ctrl+s")
        await first.until("Saved.")
        await second.press("ctrl+s")
        await second.until("Somebody else changed this record")
        assert "139****1111" in second.text
        assert "13700002222" in second.text
        await second.press("2", "ctrl+s")
        await second.until("Saved.")
    with bank.store.read() as session:
        mask = session.execute(
            select(Customer.mobile_mask).where(Customer.id == customer)
        ).scalar_one()
    assert mask == "139****1111"


@ON_SQLITE
async def test_one_person_edits_a_contact_in_two_terminals(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Both are saved before a draft of one would keep the other from writing.
    monkeypatch.setattr(DraftingScreen, "AUTOSAVE_AFTER", 86_400)
    contact = log(bank, "lina", populate(bank)["仇英"], "before", direction="bonds")
    async with two_desks(bank, "lina", "仇英") as (first, second):
        for one in (first, second):
            await opened(one, "edit_contact", contact)
        await retype(first, "content", "one")
        await retype(first, "direction", "funds")
        await retype(second, "content", "two")
        await first.press("ctrl+s")
        await first.until("Saved.")
        await second.press("ctrl+s")
        await second.until("You changed this in another session")
        assert isinstance(second.app.screen, ConflictDialog)
        await second.press("2", "enter")
        await second.until("Saved.")
    with bank.store.read() as session:
        found = session.execute(
            select(Contact.content, Contact.direction).where(Contact.id == contact)
        ).one()
    assert tuple(found) == ("one", "funds")


async def test_a_second_session_reads_the_draft_and_takes_it_over(bank: Bank) -> None:
    customer = populate(bank)["仇英"]
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(desk(bank, "lina"))
        await first.until("仇英")
        await opened(first, "contact_form", customer)
        await first.press("3")
        await first.type("half")
        await first.until("draft saved")

        second = await stack.enter_async_context(desk(bank, "lina"))
        await second.until("open in another session")
        await second.press("enter")
        await second.until("half")
        await second.until("Ctrl+T takes it over")
        await second.type("xyz")
        await second.press("ctrl+s")
        assert "xyz" not in second.text
        await second.press("ctrl+t")
        await second.gone("Ctrl+T takes it over")
        await retype(second, "content", "the whole note")
        await second.until("draft saved")

        # The first notices at its next key, and keeps what it shows.
        await first.type("!")
        await first.until("Ctrl+T takes it over")
        assert "half!" in first.text
        assert bank.office("lina").drafts.load(DraftKey("contact", str(customer))).values[
            "content"
        ] == "the whole note"  # fmt: skip

        await second.press("ctrl+s")
        await second.until("Contact saved")
    with bank.store.read() as session:
        assert session.execute(select(Contact.content)).scalars().all() == ["the whole note"]
        assert session.execute(select(Draft.form)).all() == []


@ON_SQLITE
async def test_a_draft_taken_back_keeps_what_both_sessions_typed(bank: Bank) -> None:
    customer = populate(bank)["仇英"]
    async with two_desks(bank, "lina", "仇英") as (first, second):
        for one in (first, second):
            await opened(one, "contact_form", customer)
        await first.press("3")
        await first.type("one")
        await first.until("draft saved")
        await second.press("3")
        await second.type("two")
        await second.until("Ctrl+T takes it over")
        assert "two" in second.text
        await second.press("ctrl+t")
        await second.until("You changed this in another session")
        assert "one" in second.text
        await second.press("1", "enter")
        await second.until("draft saved")
        await second.press("ctrl+s")
        await second.until("Contact saved")
    with bank.store.read() as session:
        assert session.execute(select(Contact.content)).scalars().all() == ["two"]


@ON_SQLITE
async def test_a_form_whose_draft_was_taken_over_does_not_save(bank: Bank) -> None:
    customer = populate(bank)["仇英"]
    async with two_desks(bank, "lina", "仇英") as (first, second):
        await opened(first, "contact_form", customer)
        await first.press("3")
        await first.type("one")
        await first.until("draft saved")
        await opened(second, "contact_form", customer)
        await second.until("Ctrl+T takes it over")
        await second.press("ctrl+t")
        await second.gone("Ctrl+T takes it over")
        await second.press("3")
        await second.type("and more ")
        await second.until("draft saved")
        await first.press("ctrl+s")
        await first.until("Ctrl+T takes it over")
        await second.press("ctrl+s")
        await second.until("Contact saved")
    with bank.store.read() as session:
        (content,) = session.execute(select(Contact.content)).scalars().all()
    assert "and more" in content


@ON_SQLITE
async def test_a_disabled_person_is_locked_out(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    populate(bank)
    locked: list[str] = []
    async with desk(bank, "lina") as one:
        await one.until("仇英")
        monkeypatch.setattr(one.app, "lock_now", lambda reason="lock": locked.append(reason))
        staff.disable(bank.store, OPERATOR, username="lina")
        one.app._ask_whether_in()
        await wait_until(one.pilot, lambda: bool(locked))
    assert locked == ["lock"]


@ON_SQLITE
async def test_an_id_from_elsewhere_is_refused_in_the_words_of_one_that_is_nowhere(
    bank: Bank,
) -> None:
    customer = populate(bank)["仇英"]
    contact = log(bank, "lina", customer, "hello")
    async with desk(bank, "sunli") as one:
        await one.until("[2all]")
        roster = one.app.screen
        for target, there in (
            ("card", customer), ("contact_form", customer), ("customer_form", customer),
            ("edit_contact", contact),
        ):  # fmt: skip
            said = set()
            for record in (there, 987_654_321):
                roster.status.clear()
                roster.post_message(Open(target, record))
                await one.until("!! ")
                assert one.app.screen is roster
                said.add(roster.status.message)
            assert said == {"Not found, or not yours to see."}
