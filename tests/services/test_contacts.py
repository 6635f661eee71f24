"""Contacts: logged once, by who may, in scope; edited by their author; taken back and restored."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select, update

from crm_tui.clock import business_date
from crm_tui.db import contacts as queries
from crm_tui.db import roster
from crm_tui.db.tables import Audit, Branch, Contact, Customer, Diary
from crm_tui.domain.contacts import ContactCriteria, ContactForm
from crm_tui.domain.drafts import DraftKey
from crm_tui.domain.kinds import DiaryState, Method
from crm_tui.domain.roster import Move
from crm_tui.errors import Conflict, InvalidInput, Refused
from crm_tui.services.contacts import Contacts
from crm_tui.services.drafts import Drafts
from tests.support.customers import register
from tests.support.people import OPERATOR

if TYPE_CHECKING:
    from tests.support.people import Bank
    from tests.support.stores import SetClock

FORM = ContactForm(method="phone", content="问理财到期", next_on="+14")


def contacts(bank: Bank, username: str) -> Contacts:
    """The service of a new session."""
    return Contacts(bank.store, bank.person(username), bank.policy)


def count(bank: Bank) -> int:
    """How many contacts are stored."""
    with bank.store.read() as session:
        return session.execute(select(func.count()).select_from(Contact)).scalar_one()


def last_audit(bank: Bank) -> tuple[str, str]:
    """Action and outcome of the newest audit row."""
    with bank.store.read() as session:
        query = select(Audit.action, Audit.outcome).order_by(Audit.seq.desc()).limit(1)
        return tuple(session.execute(query).one())


def test_a_contact_is_stored_with_its_draft_deleted(bank: Bank) -> None:
    customer = register(bank)
    person = bank.person("lina")
    drafts, key = Drafts(bank.store, person), DraftKey("contact", str(customer))
    drafts.save(key, {"content": "half"})
    contact = Contacts(bank.store, person, bank.policy).log(customer, FORM, "key-1", key)
    found = contacts(bank, "lina").get(contact)
    assert found.row.content == "问理财到期"
    assert found.row.next_on == date(2026, 3, 16)
    assert found.row.method is Method.PHONE
    assert drafts.load(key) is None


def test_two_contacts_of_one_second_are_both_stored_in_their_order(bank: Bank) -> None:
    customer = register(bank)
    made = [
        contacts(bank, "lina").log(customer, ContactForm(method="phone", content=words), words)
        for words in ("first", "second", "third")
    ]
    begun = [contacts(bank, "lina").get(one).row.started_at for one in made]
    assert begun == sorted(set(begun))


def test_the_same_save_again_stores_nothing_twice(bank: Bank) -> None:
    customer = register(bank)
    service = contacts(bank, "lina")
    assert service.log(customer, FORM, "key-1") == service.log(customer, FORM, "key-1")
    assert count(bank) == 1
    assert last_audit(bank) == ("contact.log", "done")


def test_what_was_typed_after_a_save_of_unknown_outcome_is_kept(bank: Bank) -> None:
    customer = register(bank)
    service = contacts(bank, "lina")
    contact = service.log(customer, FORM, "key-1")
    more = replace(FORM, content="问理财到期,又问基金")
    assert service.log(customer, more, "key-1") == contact
    assert service.get(contact).row.content == more.content
    assert count(bank) == 1
    assert last_audit(bank) == ("contact.edit", "done")


def to_branch(bank: Bank, customer: int, code: str) -> None:
    """The customer moves."""
    with bank.store.write(OPERATOR) as tx:
        branch = select(Branch.id).where(Branch.code == code).scalar_subquery()
        tx.session.execute(update(Customer).where(Customer.id == customer).values(branch_id=branch))
        tx.unaudited("a test")


def test_a_save_of_unknown_outcome_is_done_though_the_customer_has_moved(bank: Bank) -> None:
    customer = register(bank)
    key = DraftKey("contact", str(customer))
    person = bank.person("lina")
    service, drafts = Contacts(bank.store, person, bank.policy), Drafts(bank.store, person)
    contact = service.log(customer, FORM, "key-1")
    drafts.save(key, {"content": FORM.content})
    to_branch(bank, customer, "B002")
    assert service.log(customer, FORM, "key-1", key) == contact
    assert drafts.load(key) is None
    with pytest.raises(Refused):
        service.log(customer, replace(FORM, content="more"), "key-1")


def test_a_save_of_unknown_outcome_changes_nothing_that_was_taken_back(bank: Bank) -> None:
    customer = register(bank)
    contact = contacts(bank, "lina").log(customer, FORM, "key-1")
    act(bank, "withdraw", contact)
    assert contacts(bank, "lina").log(customer, FORM, "key-1") == contact
    with pytest.raises(InvalidInput):
        contacts(bank, "lina").log(customer, replace(FORM, content="other words"), "key-1")
    assert contacts(bank, "lina").get(contact).row.content == FORM.content


@pytest.mark.parametrize("keys", [("key-1", "key-1"), ("key-1", "key-2")])
def test_two_sessions_of_one_person_save_at_once(
    bank: Bank, keys: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if bank.store.is_sqlite:
        pytest.skip("one writer at a time: nothing can come between")
    customer, service, other = register(bank), contacts(bank, "lina"), contacts(bank, "lina")
    asked = Contacts._done_before

    def then_the_other(self: Contacts, tx: Any, request_key: str) -> int | None:
        found = asked(self, tx, request_key)
        monkeypatch.setattr(Contacts, "_done_before", asked)
        made.append(other.log(customer, FORM, keys[1]))
        return found

    made: list[int] = []
    monkeypatch.setattr(Contacts, "_done_before", then_the_other)
    made.append(service.log(customer, FORM, keys[0]))
    assert len(set(made)) == count(bank) == len(set(keys))


def test_of_many_customers_found_each_is_searched(bank: Bank, monkeypatch: Any) -> None:
    first = register(bank, name="王小明")
    contact = contacts(bank, "lina").log(first, FORM, "key-1")
    for place in range(3):
        register(bank, name="王强", mobile=f"1380013900{place}", id_no="")
    monkeypatch.setattr(roster, "MOST_NAMED", 2)
    for typed, found in (("王", [contact]), ("w", [contact]), ("王强", []), ("王 银", [])):
        page = contacts(bank, "lina").page(ContactCriteria(search=typed), Move.FIRST, None, 10)
        assert [row.contact_id for row in page.rows] == found
    page = contacts(bank, "sunli").page(ContactCriteria(search="王"), Move.FIRST, None, 10)
    assert page.rows == ()


@pytest.mark.parametrize(
    ("username", "allowed"),
    [
        ("lina", True),
        ("wangqiang", True),
        ("chenjing", True),
        ("zhaomin", True),
        ("hq", True),
        ("sunli", False),
        ("zhoutao", False),
        ("admin", False),
        ("auditor", False),
    ],
)
def test_only_people_in_scope_log(bank: Bank, username: str, allowed: bool) -> None:
    customer = register(bank)
    service = contacts(bank, username)
    if allowed:
        service.log(customer, FORM, "key-1")
        assert last_audit(bank) == ("contact.log", "done")
    else:
        with pytest.raises(Refused):
            service.log(customer, FORM, "key-1")
        assert last_audit(bank) == ("contact.log", "refused")
        assert count(bank) == 0


def test_missing_and_forbidden_look_the_same(bank: Bank) -> None:
    customer = register(bank)
    said = set()
    for target in (customer, customer + 999):
        with pytest.raises(Refused) as refused:
            contacts(bank, "sunli").log(target, FORM, "key")
        said.add(refused.value.message)
    assert len(said) == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"method": ""}, "method"),
        ({"method": "smoke"}, "method"),
        ({"content": ""}, "content"),
        ({"content": "a\x1b[31m"}, "content"),
        ({"content": "x" * 10_001}, "content"),
        ({"next_on": "gestern"}, "next_on"),
        ({"direction": "a\nb"}, "direction"),
        ({"result": "x" * 201}, "result"),
    ],
)
def test_wrong_input_names_its_field_and_stores_nothing(
    bank: Bank, changed: dict[str, str], field: str
) -> None:
    customer = register(bank)
    with pytest.raises(InvalidInput) as wrong:
        contacts(bank, "lina").log(customer, replace(FORM, **changed), "key-1")
    assert wrong.value.field == field
    assert count(bank) == 0


def test_no_answer_needs_no_note(bank: Bank) -> None:
    customer = register(bank)
    form = ContactForm(method="phone", result="no_answer")
    assert contacts(bank, "lina").log(customer, form, "key-1")


def test_two_edits_of_one_contact_conflict_with_both_versions(bank: Bank) -> None:
    customer = register(bank)
    service = contacts(bank, "lina")
    contact = service.log(customer, FORM, "key-1")
    service.edit(contact, 1, replace(FORM, content="first"))
    with pytest.raises(Conflict) as conflict:
        service.edit(contact, 1, replace(FORM, content="second"))
    assert conflict.value.stored["content"] == "first"
    assert conflict.value.version == 2
    service.edit(contact, 2, replace(FORM, content="second"))
    assert service.get(contact).row.content == "second"


def test_only_the_author_edits_and_takes_back(bank: Bank) -> None:
    customer = register(bank)
    contact = contacts(bank, "lina").log(customer, FORM, "key-1")
    other = contacts(bank, "zhaomin")
    assert not other.get(contact).may_edit
    for act in (lambda: other.edit(contact, 1, FORM), lambda: other.withdraw(contact)):
        with pytest.raises(Refused):
            act()
    assert last_audit(bank) == ("contact.withdraw", "refused")


def test_a_contact_taken_back_stays_and_can_be_restored(bank: Bank) -> None:
    customer = register(bank)
    service = contacts(bank, "lina")
    contact = service.log(customer, FORM, "key-1")
    service.withdraw(contact)
    assert service.get(contact).row.withdrawn
    assert count(bank) == 1
    service.restore(contact)
    assert not service.get(contact).row.withdrawn


def act(bank: Bank, name: str, contact: int) -> None:
    """Take back or restore in a new session of the author."""
    getattr(contacts(bank, "lina"), name)(contact)


@pytest.mark.parametrize("name", ["withdraw", "restore"])
def test_a_contact_of_another_day_stands(bank: Bank, clock: SetClock, name: str) -> None:
    contact = contacts(bank, "lina").log(register(bank), FORM, "key-1")
    if name == "restore":
        act(bank, "withdraw", contact)
    before = contacts(bank, "lina").get(contact)
    clock.advance(days=1)
    with pytest.raises(InvalidInput):
        act(bank, name, contact)
    assert contacts(bank, "lina").get(contact) == before


@pytest.mark.parametrize("name", ["withdraw", "restore"])
@pytest.mark.parametrize("state", DiaryState)
def test_a_contact_stands_once_its_diary_is_handed_in(
    bank: Bank, name: str, state: DiaryState
) -> None:
    person = bank.person("lina")
    contact = contacts(bank, "lina").log(register(bank), FORM, "key-1")
    if name == "restore":
        act(bank, "withdraw", contact)
    with bank.store.write(OPERATOR) as tx:
        day = business_date(tx.now)
        tx.session.add(
            Diary(staff_id=person.staff_id, branch_id=person.branch_id, day=day, state=state.value)
        )
        tx.unaudited("a test")
    if state in (DiaryState.SUBMITTED, DiaryState.REVIEWED):
        with pytest.raises(InvalidInput):
            act(bank, name, contact)
    else:
        act(bank, name, contact)
        assert last_audit(bank) == (f"contact.{name}", "done")


@pytest.mark.parametrize("name", ["withdraw", "restore"])
def test_what_was_logged_after_the_diary_was_handed_in_is_not_in_it(
    bank: Bank, clock: SetClock, name: str
) -> None:
    person = bank.person("lina")
    with bank.store.write(OPERATOR) as tx:
        tx.session.add(Diary(
            staff_id=person.staff_id, branch_id=person.branch_id, day=business_date(tx.now),
            state=DiaryState.SUBMITTED.value, submitted_at=tx.now,
        ))  # fmt: skip
        tx.unaudited("a test")
    clock.advance(minutes=1)
    contact = contacts(bank, "lina").log(register(bank), FORM, "key-1")
    act(bank, "withdraw", contact)
    if name == "restore":
        act(bank, name, contact)
    assert last_audit(bank) == (f"contact.{name}", "done")


def test_of_two_changes_at_once_the_later_is_told(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = contacts(bank, "lina").log(register(bank), FORM, "key-1")
    read = queries.detail

    def before_another(*args: Any) -> Any:
        stored = read(*args)
        return replace(stored, version=stored.version - 1)

    monkeypatch.setattr(queries, "detail", before_another)
    with pytest.raises(Conflict):
        act(bank, "withdraw", contact)
    monkeypatch.undo()
    assert not contacts(bank, "lina").get(contact).row.withdrawn
    assert last_audit(bank) != ("contact.withdraw", "done")


def test_taking_back_twice_changes_nothing_more(bank: Bank) -> None:
    contact = contacts(bank, "lina").log(register(bank), FORM, "key-1")
    act(bank, "withdraw", contact)
    before = contacts(bank, "lina").get(contact)
    act(bank, "withdraw", contact)
    assert contacts(bank, "lina").get(contact) == before
    with bank.store.read() as session:
        query = select(func.count()).select_from(Audit).where(Audit.action == "contact.withdraw")
        assert session.execute(query).scalar_one() == 1


def test_pages_run_newest_first_in_both_directions(bank: Bank, clock: SetClock) -> None:
    customer = register(bank)
    service = contacts(bank, "lina")
    ids = []
    for number in range(7):
        clock.advance(minutes=1)
        ids.append(service.log(customer, replace(FORM, content=str(number)), f"key-{number}"))
    ids.reverse()
    criteria = ContactCriteria()
    first = service.page(criteria, Move.FIRST, None, 3)
    second = service.page(criteria, Move.AFTER, first.rows[-1].key, 3)
    last = service.page(criteria, Move.LAST, None, 3)
    back = service.page(criteria, Move.BEFORE, last.rows[0].key, 3)
    assert [row.contact_id for row in (*first.rows, *second.rows)] == ids[:6]
    assert [row.contact_id for row in (*back.rows, *last.rows)] == ids[1:]
    assert (first.has_before, first.has_after, last.has_before, last.has_after) == (
        False,
        True,
        True,
        False,
    )


def test_lists_are_scoped_and_filtered(bank: Bank, clock: SetClock) -> None:
    here = register(bank)
    there = register(bank, "sunli", name="单雪梅", mobile="13900139000", id_no="440106199003072234")
    mine = contacts(bank, "lina").log(here, FORM, "key-1")
    clock.advance(days=1)
    theirs = contacts(bank, "sunli").log(there, replace(FORM, method="sms"), "key-2")

    def seen(username: str, criteria: ContactCriteria) -> set[int]:
        page = contacts(bank, username).page(criteria, Move.FIRST, None, 10)
        return {row.contact_id for row in page.rows}

    assert seen("lina", ContactCriteria()) == {mine}
    assert seen("sunli", ContactCriteria()) == {theirs}
    assert seen("hq", ContactCriteria()) == {mine, theirs}
    assert seen("hq", ContactCriteria(method=Method.SMS)) == {theirs}
    assert seen("hq", ContactCriteria(on=date(2026, 3, 2))) == {mine}
    assert seen("hq", ContactCriteria(mine=True)) == set()
    assert seen("hq", ContactCriteria(search="sxm")) == {theirs}
    with pytest.raises(Refused):
        seen("admin", ContactCriteria())
