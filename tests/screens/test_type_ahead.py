"""What is typed while a form is saved, discarded or left is meant for the screen after it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from crm_tui.db.tables import Contact
from crm_tui.domain.contacts import ContactForm
from crm_tui.errors import StoreUnavailable
from crm_tui.services.contacts import Contacts
from crm_tui.services.drafts import Drafts
from tests.screens.test_two_at_once import opened
from tests.support.desk import desk, log, populate
from tests.support.screen_text import wait_until

if TYPE_CHECKING:
    from tests.support.people import Bank

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Slow:
    """A use case that waits until it is let go, and then `fails` or is done."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, service: type, name: str) -> None:
        self.begun, self.go = threading.Event(), threading.Event()
        self.fails: Exception | None = None
        real = getattr(service, name)

        def slow(*given: Any, **more: Any) -> Any:
            self.begun.set()
            self.go.wait(10)
            if self.fails is not None:
                raise self.fails
            return real(*given, **more)

        monkeypatch.setattr(service, name, slow)


@ON_SQLITE
@pytest.mark.parametrize(
    ("key", "service", "name"),
    [("ctrl+s", Contacts, "log"), ("ctrl+d", Drafts, "discard"), ("escape", Drafts, "give_up")],
)
async def test_it_goes_to_the_list_below(
    bank: Bank, monkeypatch: pytest.MonkeyPatch, key: str, service: type, name: str
) -> None:
    customer = populate(bank)["仇英"]
    async with desk(bank, "lina") as one:
        await one.until("仇英")
        below = one.app.screen.table.row
        slow = Slow(monkeypatch, service, name)
        await opened(one, "contact_form", customer)
        await one.press("3")
        await one.type("hello")
        await one.until("draft saved")
        await one.pilot.press(key)
        await wait_until(one.pilot, slow.begun.is_set)
        form = one.app.screen
        await one.pilot.press(key, "down", "enter")
        assert form.form.values()["content"] == "hello"
        slow.go.set()
        await one.until("timeline")
        assert one.app.screen.subject[0] != below.customer_id
    with bank.store.read() as session:
        stored = session.execute(select(Contact.content)).scalars().all()
    assert stored == (["hello"] if key == "ctrl+s" else [])


@ON_SQLITE
async def test_it_goes_to_the_form_again_where_that_stays(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = populate(bank)["仇英"]
    async with desk(bank, "lina") as one:
        await one.until("仇英")
        await opened(one, "contact_form", customer)
        await one.press("3")
        await one.type("hello")
        slow = Slow(monkeypatch, Contacts, "log")
        slow.fails = StoreUnavailable("The database is away.")
        await one.pilot.press("ctrl+s")
        await wait_until(one.pilot, slow.begun.is_set)
        await one.pilot.press("x", "y")
        slow.go.set()
        await one.until("helloxy")


@ON_SQLITE
async def test_it_answers_no_question_that_nobody_has_read(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = populate(bank)["仇英"]
    contact = log(bank, "lina", customer, "before")
    async with desk(bank, "lina") as one:
        await one.until("仇英")
        await opened(one, "edit_contact", contact)
        await one.press("tab")
        await one.type("mine ")
        office = bank.office("lina")
        theirs = ContactForm(method="phone", content="theirs")
        office.contacts.edit(contact, office.contacts.get(contact).version, theirs)
        slow = Slow(monkeypatch, Contacts, "edit")
        await one.pilot.press("ctrl+s")
        await wait_until(one.pilot, slow.begun.is_set)
        await one.pilot.press("2", "enter")
        slow.go.set()
        await one.until("You changed this in another session")
        assert "mine" in one.text
        assert "theirs" in one.text
    assert bank.office("lina").contacts.get(contact).row.content == "theirs"
