"""Contacts logged after they were made: their day, what they may say, until when they may go."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update

from crm_tui.clock import business_date
from crm_tui.db.tables import Audit, Customer, Diary
from crm_tui.domain.contacts import ContactCriteria, ContactForm
from crm_tui.domain.kinds import DiaryState
from crm_tui.domain.roster import Move
from crm_tui.errors import InvalidInput
from crm_tui.services.contacts import Contacts
from crm_tui.services.customers import Customers
from crm_tui.services.diaries import Diaries
from tests.support.customers import register
from tests.support.people import OPERATOR

if TYPE_CHECKING:
    from crm_tui.domain.contacts import ContactRow
    from tests.support.people import Bank
    from tests.support.stores import SetClock

YESTERDAY = ContactForm(method="phone", content="问理财到期", begun="-1 15:30")


def contacts(bank: Bank, username: str = "lina") -> Contacts:
    """The service of a new session."""
    return Contacts(bank.store, bank.person(username), bank.policy)


def row_of(bank: Bank, contact: int) -> ContactRow:
    """What is stored."""
    return contacts(bank).get(contact).row


def of_day(bank: Bank, day: date) -> list[int]:
    """The contacts that the list of a day shows."""
    page = contacts(bank).page(ContactCriteria(on=day), Move.FIRST, None, 10)
    return [row.contact_id for row in page.rows]


def hand_in(bank: Bank, day: date) -> None:
    """Lina's diary of `day`, now."""
    person = bank.person("lina")
    with bank.store.write(OPERATOR) as tx:
        tx.session.add(Diary(
            staff_id=person.staff_id, branch_id=person.branch_id, day=day,
            state=DiaryState.SUBMITTED.value, submitted_at=tx.now,
        ))  # fmt: skip
        tx.unaudited("a test")


def test_it_belongs_to_the_day_on_which_it_was_made(bank: Bank, clock: SetClock) -> None:
    contact = contacts(bank).log(register(bank), YESTERDAY, "key-1")
    today = business_date(clock())
    row = row_of(bank, contact)
    assert business_date(row.started_at) == today - timedelta(days=1)
    assert row.logged_at == clock()
    assert of_day(bank, today - timedelta(days=1)) == [contact]
    assert of_day(bank, today) == []


def test_the_audit_keeps_when_it_was_made(bank: Bank) -> None:
    contact = contacts(bank).log(register(bank), YESTERDAY, "key-1")
    with bank.store.read() as session:
        at = session.execute(
            select(Audit.at).where(Audit.action == "contact.log").order_by(Audit.seq.desc())
        ).scalar()
    assert at == row_of(bank, contact).logged_at


def test_one_of_now_says_nothing_of_its_logging(bank: Bank, clock: SetClock) -> None:
    contact = contacts(bank).log(register(bank), replace(YESTERDAY, begun=""), "key-1")
    row = row_of(bank, contact)
    assert (row.started_at, row.logged_at) == (clock(), None)


def test_the_diary_of_its_day_proposes_it(bank: Bank, clock: SetClock) -> None:
    contacts(bank).log(register(bank), YESTERDAY, "key-1")
    diaries = Diaries(bank.store, bank.person("lina"), bank.policy)
    today = business_date(clock())
    assert len(diaries.entry(today - timedelta(days=1)).touches) == 1
    assert diaries.entry(today).touches == ()


def test_two_of_one_moment_are_both_stored(bank: Bank) -> None:
    customer = register(bank)
    made = [contacts(bank).log(customer, YESTERDAY, f"key-{n}") for n in range(3)]
    begun = [row_of(bank, one).started_at for one in made]
    assert begun == sorted(set(begun))


@pytest.mark.parametrize("begun", ["+1", "23:59", "-32", "soon"])
def test_a_wrong_time_names_its_field_and_stores_nothing(bank: Bank, begun: str) -> None:
    customer = register(bank)
    with pytest.raises(InvalidInput) as caught:
        contacts(bank).log(customer, replace(YESTERDAY, begun=begun), "key-1")
    assert caught.value.field == "begun"
    page = contacts(bank).page(ContactCriteria(customer_id=customer), Move.FIRST, None, 10)
    assert page.rows == ()


def test_it_is_taken_back_on_the_day_it_is_logged(bank: Bank, clock: SetClock) -> None:
    customer = register(bank)
    first = contacts(bank).log(customer, YESTERDAY, "key-1")
    second = contacts(bank).log(customer, YESTERDAY, "key-2")
    contacts(bank).withdraw(first)
    assert row_of(bank, first).withdrawn
    clock.advance(days=1)
    with pytest.raises(InvalidInput):
        contacts(bank).withdraw(second)


def test_a_diary_handed_in_before_does_not_hold_it(bank: Bank, clock: SetClock) -> None:
    hand_in(bank, business_date(clock()) - timedelta(days=1))
    clock.advance(minutes=1)
    contact = contacts(bank).log(register(bank), YESTERDAY, "key-1")
    contacts(bank).withdraw(contact)
    assert row_of(bank, contact).withdrawn


def test_a_diary_handed_in_since_holds_it(bank: Bank, clock: SetClock) -> None:
    contact = contacts(bank).log(register(bank), YESTERDAY, "key-1")
    clock.advance(minutes=1)
    hand_in(bank, business_date(clock()) - timedelta(days=1))
    with pytest.raises(InvalidInput):
        contacts(bank).withdraw(contact)


def test_before_the_account_was_opened_it_is_marked(bank: Bank, clock: SetClock) -> None:
    today = business_date(clock())
    opened_today = register(bank)
    with bank.store.write(OPERATOR) as tx:
        tx.session.execute(update(Customer).values(opened_on=today))
        tx.unaudited("a test")
    early = contacts(bank).log(opened_today, YESTERDAY, "key-1")
    of_today = contacts(bank).log(opened_today, replace(YESTERDAY, begun=""), "key-2")
    assert (row_of(bank, early).before_opening, row_of(bank, of_today).before_opening) == (
        True, False,
    )  # fmt: skip


def due_on(bank: Bank, customer: int) -> date | None:
    """When the card says that the next contact is due."""
    return Customers(bank.store, bank.person("lina"), bank.policy).reload(customer).contact_due_on


def test_when_the_next_is_due_is_what_the_latest_says(bank: Bank) -> None:
    customer = register(bank)
    contacts(bank).log(customer, replace(YESTERDAY, begun="", next_on="+14"), "key-1")
    due = due_on(bank, customer)
    with pytest.raises(InvalidInput) as caught:
        contacts(bank).log(customer, replace(YESTERDAY, next_on="+3"), "key-2")
    assert caught.value.field == "next_on"
    contacts(bank).log(customer, replace(YESTERDAY, next_on="+14"), "key-3")
    contacts(bank).log(customer, YESTERDAY, "key-4")
    assert due_on(bank, customer) == due


def test_as_the_latest_it_says_when_the_next_is_due(bank: Bank, clock: SetClock) -> None:
    customer = register(bank)
    contacts(bank).log(customer, replace(YESTERDAY, next_on="+3"), "key-1")
    assert due_on(bank, customer) == business_date(clock()) + timedelta(days=3)


@pytest.mark.parametrize(("before", "after"), [("", "-1"), ("-1 15:30", "-2"), ("-1", "10-01")])
def test_a_save_of_unknown_outcome_is_not_moved_to_another_day(
    bank: Bank, before: str, after: str
) -> None:
    customer = register(bank)
    contact = contacts(bank).log(customer, replace(YESTERDAY, begun=before), "key-1")
    stored: Any = row_of(bank, contact)
    with pytest.raises(InvalidInput) as caught:
        contacts(bank).log(customer, replace(YESTERDAY, begun=after), "key-1")
    assert caught.value.field == "begun"
    assert row_of(bank, contact) == stored


@pytest.mark.parametrize("next_on", ["", "+14", "+0"])
def test_the_same_save_again_changes_nothing(bank: Bank, next_on: str) -> None:
    customer, form = register(bank), replace(YESTERDAY, next_on=next_on)
    contact = contacts(bank).log(customer, form, "key-1")
    stored = contacts(bank).get(contact)
    assert contacts(bank).log(customer, form, "key-1") == contact
    assert contacts(bank).get(contact) == stored
