"""Every service called directly: without permission, out of reach, and for what is not there."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select
from sqlmodel import Session

from crm_tui.db.tables import Audit, Draft
from crm_tui.domain.contacts import ContactCriteria, ContactForm
from crm_tui.domain.customers import CustomerForm
from crm_tui.domain.drafts import DraftKey
from crm_tui.domain.kinds import RevealField, RevealReason, Tier
from crm_tui.domain.roster import Move, RosterCriteria, View
from crm_tui.errors import CrmError, DraftTaken, LooksAlike, Refused
from tests.support.desk import log, populate

if TYPE_CHECKING:
    from crm_tui.office import Office
    from tests.support.people import Bank

FORM = ContactForm(method="phone", content="hello")
EDITED = CustomerForm(name="改名", state="active")
NOWHERE = 987_654_321
Call = Callable[["Office", int], object]

# By the id of a customer.
OF_A_CUSTOMER: dict[str, Call] = {
    "card": lambda office, one: office.customers.card(one),
    "reload": lambda office, one: office.customers.reload(one),
    "timeline": lambda office, one: office.customers.timeline(one, Move.FIRST, None, 10),
    "reveal": lambda office, one: office.customers.reveal(
        one, RevealField.MOBILE, RevealReason.CALL
    ),
    "log": lambda office, one: office.contacts.log(one, FORM, uuid.uuid4().hex),
    "editable": lambda office, one: office.registration.editable(one),
    "edit": lambda office, one: office.registration.edit(one, 1, EDITED),
    "history": lambda office, one: office.tiers.history(one),
    "periods_below": lambda office, one: office.tiers.periods_below(one),
}
# By the id of a contact.
OF_A_CONTACT: dict[str, Call] = {
    "get": lambda office, one: office.contacts.get(one),
    "edit": lambda office, one: office.contacts.edit(one, 1, FORM),
    "withdraw": lambda office, one: office.contacts.withdraw(one),
    "restore": lambda office, one: office.contacts.restore(one),
}
LISTS: dict[str, Callable[[Office], object]] = {
    "page": lambda office: office.roster.page(RosterCriteria(View.BRANCH), Move.FIRST, None, 10),
    "count": lambda office: office.roster.count(RosterCriteria(View.BRANCH)),
    "strip": lambda office: office.roster.strip(),
    "managers": lambda office: office.roster.managers(),
    "contacts": lambda office: office.contacts.page(ContactCriteria(), Move.FIRST, None, 10),
    "author": lambda office: office.contacts.author("lina"),
    "register": lambda office: office.registration.register(EDITED, uuid.uuid4().hex),
}


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(Refused) as caught:
        call()
    assert caught.value.__cause__ is None
    return caught.value.message


def refusals(bank: Bank) -> int:
    with bank.store.read() as session:
        query = select(func.count()).select_from(Audit).where(Audit.outcome == "refused")
        return int(session.execute(query).scalar_one())


def everything(bank: Bank) -> list[Any]:
    """What no refused call may change."""
    tables = ("customer", "contact", "tier_held", "customer_search")
    with bank.store.read() as session:
        return [_rows(session, table) for table in tables]


def _rows(session: Session, table: str) -> list[Any]:
    from sqlalchemy import text

    return [tuple(row) for row in session.execute(text(f"SELECT * FROM {table} ORDER BY 1"))]


def test_out_of_reach_and_not_there_are_refused_in_the_same_words(bank: Bank) -> None:
    ids = populate(bank)
    contact = log(bank, "lina", ids["张伟明"], "hello")
    before, elsewhere = everything(bank), bank.office("sunli")
    for calls, there in ((OF_A_CUSTOMER, ids["张伟明"]), (OF_A_CONTACT, contact)):
        for name, call in calls.items():
            count = refusals(bank)
            words = {refused(lambda c=call, i=i: c(elsewhere, i)) for i in (there, NOWHERE)}
            assert len(words) == 1, name
            assert refusals(bank) == count + 2, name
    supervisor = bank.office("zhoutao")
    words = {
        refused(lambda i=i: supervisor.tiers.grant(i, Tier.PLATINUM))
        for i in (ids["张伟明"], NOWHERE)
    }
    assert len(words) == 1
    assert everything(bank) == before


@pytest.mark.parametrize("username", ["admin", "auditor"])
def test_a_role_without_permission_gets_nothing_at_all(bank: Bank, username: str) -> None:
    ids = populate(bank)
    contact = log(bank, "lina", ids["张伟明"], "hello")
    before, office = everything(bank), bank.office(username)
    for call in OF_A_CUSTOMER.values():
        refused(lambda c=call: c(office, ids["张伟明"]))
    for call in OF_A_CONTACT.values():
        refused(lambda c=call: c(office, contact))
    for one in LISTS.values():
        refused(lambda c=one: c(office))
    refused(lambda: office.tiers.grant(ids["张伟明"], Tier.PLATINUM))
    assert everything(bank) == before


def test_lists_counts_and_searches_hold_nobody_out_of_reach(bank: Bank) -> None:
    populate(bank)
    office = bank.office("sunli")
    for search in ("", "张伟明", "zwm", "13800130000", "0000", "P000001", "@lina"):
        criteria = RosterCriteria(View.BRANCH, search=search)
        assert office.roster.page(criteria, Move.FIRST, None, 10).rows == ()
        assert office.roster.count(criteria) == 0
        found = office.contacts.page(ContactCriteria(search=search), Move.FIRST, None, 10)
        assert found.rows == ()
    alike = CustomerForm(name="张伟明", mobile="13800130000", state="active")
    assert office.registration.register(alike, uuid.uuid4().hex)
    with pytest.raises(CrmError):
        office.contacts.author("lina")


def test_drafts_are_ones_own(bank: Bank) -> None:
    ids = populate(bank)
    key = DraftKey("contact", str(ids["张伟明"]))
    bank.office("lina").drafts.save(key, {"content": "mine"})
    for username in ("wangqiang", "zhaomin", "hq", "admin"):
        other = bank.office(username).drafts
        assert other.load(key) is None
        assert other.all() == []
        with pytest.raises(DraftTaken):
            other.take_over(key)
        other.discard(key)
        other.save(key, {"content": "theirs"})
    found = bank.office("lina").drafts.load(key)
    assert found is not None
    assert found.values["content"] == "mine"
    with bank.store.read() as session:
        assert session.execute(select(func.count()).select_from(Draft)).scalar_one() == 5


# --- nothing personal in clear --------------------------------------------------------------

MOBILE, ID_NO, NAME, NOTE = "13912345678", "11010519491231002X", "欧阳不说", "一个秘密的词"


def _alike(office: Office, form: CustomerForm) -> object:
    """Who is registered already."""
    with pytest.raises(LooksAlike) as told:
        office.registration.register(form, uuid.uuid4().hex)
    return told.value.found


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_phone_and_id_stand_nowhere_in_the_files_and_values_hide_what_is_personal(
    bank: Bank,
) -> None:
    office = bank.office("lina")
    form = CustomerForm(name=NAME, mobile=MOBILE, id_no=ID_NO, id_type="resident_id",
                        state="active", birth_date="1949-12-31")  # fmt: skip
    office.drafts.save(DraftKey("customer", "new"), {"mobile": MOBILE, "id_no": ID_NO})
    one = office.registration.register(form, uuid.uuid4().hex, draft=None)
    office.contacts.log(one, ContactForm(method="phone", content=NOTE), uuid.uuid4().hex)
    office.registration.edit(one, 1, CustomerForm(name=NAME, state="active", mobile=MOBILE))
    office.customers.reveal(one, RevealField.ID_NO, RevealReason.OTHER, "why")
    found = [
        office.customers.card(one),
        office.customers.timeline(one, Move.FIRST, None, 10),
        office.registration.editable(one),
        _alike(office, form),
        office.roster.page(RosterCriteria(View.BRANCH, search=MOBILE), Move.FIRST, None, 10),
        office.contacts.page(ContactCriteria(), Move.FIRST, None, 10),
        office.drafts.all(),
        form,
        ContactForm(method="phone", content=NOTE),
    ]
    assert found[4].rows
    for value in found:
        for secret in (MOBILE, ID_NO, NAME, NOTE, date(1949, 12, 31).isoformat()):
            assert secret not in repr(value), type(value)

    assert bank.store.path is not None
    files = [path for path in bank.store.path.parent.iterdir() if path.is_file()]
    assert any(path.name.endswith("-wal") for path in files)
    for path in files:
        data = path.read_bytes()
        for secret in (MOBILE, ID_NO, ID_NO[:17]):
            assert secret.encode() not in data, path.name
            assert secret.encode("utf-16-le") not in data, path.name
    with bank.store.read() as session:
        trail = repr(session.execute(select(Audit.fields, Audit.object_id)).all())
    for secret in (MOBILE, ID_NO, NAME, NOTE, "why"):
        assert secret not in trail


@pytest.mark.parametrize(
    "changed",
    [{"mobile": "13912345678x"}, {"id_no": "110105194912310021"}, {"birth_date": "1949-31-12"}],
)
def test_a_refused_value_is_not_repeated(bank: Bank, changed: dict[str, str]) -> None:
    form = CustomerForm(**({"name": NAME, "state": "active", "id_type": "resident_id"} | changed))
    with pytest.raises(CrmError) as caught:
        bank.office("lina").registration.register(form, uuid.uuid4().hex)
    assert next(iter(changed.values())) not in f"{caught.value!r}{caught.value.__context__!r}"
