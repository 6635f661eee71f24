"""Registering and editing customers: masking, duplicates, scope, conflicts."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, update

from crm_tui.db.tables import Audit, AuditImage, Customer
from crm_tui.domain.customers import CustomerForm
from crm_tui.domain.kinds import RevealField, RevealReason
from crm_tui.domain.policy import Policy
from crm_tui.errors import Conflict, InvalidInput, LooksAlike, Refused
from crm_tui.services import staff
from crm_tui.services.customers import Customers
from crm_tui.services.registration import Registration
from tests.support.customers import ID_NO, MOBILE, register
from tests.support.people import OPERATOR

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.people import Bank
    from tests.support.stores import SetClock

FORM = CustomerForm(name="单雪梅", mobile=MOBILE, id_no=ID_NO, state="active")


def registration(bank: Bank, username: str) -> Registration:
    """The service of a new session."""
    return Registration(bank.store, bank.person(username), bank.policy)


def cards(bank: Bank, username: str) -> Customers:
    """The service of a new session."""
    return Customers(bank.store, bank.person(username), bank.policy)


def key() -> str:
    """A fresh request key."""
    return uuid.uuid4().hex


def test_a_prospect_gets_a_number_and_masked_columns(bank: Bank) -> None:
    customer = registration(bank, "lina").register(FORM, key())
    card = cards(bank, "lina").card(customer)
    assert card.customer_no == f"P{customer:06d}"
    assert (card.mobile_mask, card.id_no_mask) == ("138****8000", "1****************X")
    assert (card.manager_name, card.branch_name) == ("李娜", "成都营业部")


def test_nothing_personal_is_stored_in_clear(bank: Bank) -> None:
    registration(bank, "lina").register(FORM, key())
    with bank.store.read() as session:
        row = session.execute(select(*Customer.__table__.c)).one()  # type: ignore[attr-defined]
        images = session.execute(select(AuditImage.payload)).scalars().all()
        trail = session.execute(select(*Audit.__table__.c)).all()  # type: ignore[attr-defined]
    stored = repr((tuple(row), images, [tuple(one) for one in trail]))
    for secret in (MOBILE, ID_NO, MOBILE[3:7], ID_NO[6:14]):
        assert secret not in stored


def test_the_same_save_again_registers_nobody_twice(bank: Bank) -> None:
    service, request = registration(bank, "lina"), key()
    assert service.register(FORM, request) == service.register(FORM, request)


@pytest.mark.parametrize(
    "more", [{"name": "单雪莲"}, {"mobile": "13900001111"}, {"gender": "F"}], ids=str
)
def test_what_was_typed_after_a_registration_of_unknown_outcome_is_kept(
    bank: Bank, more: dict[str, str]
) -> None:
    service, request = registration(bank, "lina"), key()
    customer = service.register(FORM, request)
    assert service.register(replace(FORM, **more), request) == customer
    shown = service.editable(customer)
    stored = shown.values | {"mobile": cards(bank, "lina").reveal(
        customer, RevealField.MOBILE, RevealReason.CALL
    )}  # fmt: skip
    assert {name: stored[name] for name in more} == more
    assert shown.version == 2
    assert service.register(replace(FORM, **more), request) == customer
    assert service.editable(customer).version == 2


@pytest.mark.parametrize(
    ("username", "branch", "allowed"),
    [
        ("lina", "", True),
        ("lina", "B003", True),
        ("lina", "B002", False),
        ("chenjing", "", True),
        ("zhaomin", "B003", True),
        ("hq", "B002", True),
        ("admin", "B001", False),
        ("auditor", "B001", False),
    ],
)
def test_scope_decides_where_one_registers(
    bank: Bank, username: str, branch: str, allowed: bool
) -> None:
    form = replace(FORM, branch_code=branch)
    if allowed:
        assert registration(bank, username).register(form, key())
    else:
        with pytest.raises(Refused):
            registration(bank, username).register(form, key())


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "a\u200bb"}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"mobile": "12800138000"}, "mobile"),
        ({"mobile": "１３８"}, "mobile"),
        ({"id_no": "110105194912310021"}, "id_no"),
        ({"kind": "ghost"}, "kind"),
        ({"name": "12345"}, "name"),
        ({"name": "·-·"}, "name"),
        ({"birth_date": "2030-01-01"}, "birth_date"),
        ({"birth_date": "1853-01-01"}, "birth_date"),
        ({"birth_date": "1949-12-30"}, "birth_date"),
        ({"id_no": "110105185301010015"}, "id_no"),
        ({"branch_code": "NOPE"}, "branch_code"),
        ({"gender": "X"}, "gender"),
        ({"state": "gone"}, "state"),
    ],
)
def test_wrong_input_names_its_field(bank: Bank, changed: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidInput) as wrong:
        registration(bank, "hq").register(
            replace(FORM, **({"branch_code": "B001"} | changed)), key()
        )
    assert wrong.value.field == field


def test_a_company_is_known_by_its_credit_code(bank: Bank) -> None:
    form = CustomerForm(name="川西茶业", kind="corporate", id_no="91350100MA2XTE0T4H")
    card = cards(bank, "lina").card(registration(bank, "lina").register(form, key()))
    assert card.id_type == "uscc"


def test_an_edit_keeps_what_was_left_empty(bank: Bank) -> None:
    customer = register(bank)
    service = registration(bank, "lina")
    shown = service.editable(customer)
    service.edit(customer, shown.version, CustomerForm(name="张伟民", state="active"))
    card = cards(bank, "lina").card(customer)
    assert (card.name, card.mobile_mask) == ("张伟民", "138****8000")


@pytest.mark.parametrize("id_no", ["", ID_NO])
def test_an_edit_may_not_contradict_the_id_that_is_stored(bank: Bank, id_no: str) -> None:
    customer = register(bank, birth_date="1949-12-31")
    form = CustomerForm(name="张伟明", state="active", id_no=id_no, birth_date="1950-01-01")
    with pytest.raises(InvalidInput) as wrong:
        registration(bank, "lina").edit(customer, 1, form)
    assert wrong.value.field == "birth_date"
    query = select(Audit.action, Audit.outcome, Audit.object_id, Audit.fields)
    with bank.store.read() as session:
        last = session.execute(query.order_by(Audit.seq.desc()).limit(1)).one()
    refused = ("customer.edit", "refused", str(customer), '{"reason":"birth date"}')
    assert (tuple(last) == refused) is (not id_no)  # what is typed here tells nothing


def test_what_was_stored_before_hinders_no_other_edit(bank: Bank) -> None:
    """An old file may have brought a name of digits, and a birth date that the ID contradicts."""
    customer = register(bank)
    untrue = {"name": "12345", "birth_date": date(1899, 1, 1)}
    with bank.store.write(OPERATOR) as tx:
        tx.session.execute(update(Customer).values(untrue))
        tx.unaudited("a test")
    form = CustomerForm(name="12345", state="active", birth_date="1899-01-01", mobile="13900001111")
    service = registration(bank, "lina")
    service.edit(customer, 1, form)
    assert cards(bank, "lina").card(customer).mobile_mask == "139****1111"
    for field, text in (("name", "123456"), ("birth_date", "1899-01-02")):
        with pytest.raises(InvalidInput) as wrong:
            service.edit(customer, 2, replace(form, **{field: text}))
        assert wrong.value.field == field


def test_two_people_edit_one_customer_and_the_second_sees_both(bank: Bank) -> None:
    customer = register(bank)
    mine, theirs = registration(bank, "lina"), registration(bank, "zhaomin")
    shown = mine.editable(customer).version
    theirs.edit(customer, shown, CustomerForm(name="张伟民", state="active"))
    with pytest.raises(Conflict) as conflict:
        mine.edit(customer, shown, CustomerForm(name="张卫明", state="active"))
    assert conflict.value.stored["name"] == "张伟民"
    assert conflict.value.version == shown + 1


def test_an_account_manager_edits_only_their_own(bank: Bank) -> None:
    customer = register(bank, "wangqiang")
    with pytest.raises(Refused):
        registration(bank, "lina").editable(customer)
    card = cards(bank, "lina").card(customer)
    assert not card.may_edit
    assert not card.may_reveal


def test_a_card_elsewhere_is_refused_and_audited(bank: Bank) -> None:
    customer = register(bank)
    with pytest.raises(Refused):
        cards(bank, "sunli").card(customer)
    with bank.store.read() as session:
        row = session.execute(
            select(Audit.action, Audit.outcome, Audit.object_id).order_by(Audit.seq.desc())
        ).first()
    assert tuple(row or ()) == ("customer.open", "refused", str(customer))


def test_a_reveal_is_audited_before_it_shows(bank: Bank) -> None:
    customer = register(bank)
    number = cards(bank, "lina").reveal(customer, RevealField.MOBILE, RevealReason.CALL)
    assert number == MOBILE
    with bank.store.read() as session:
        row = session.execute(select(Audit.action, Audit.fields).order_by(Audit.seq.desc())).first()
    assert row is not None
    assert row[0] == "customer.reveal"
    assert "call" in row[1]


def test_reveals_have_a_daily_limit(make_bank: Callable[[Policy], Bank], clock: SetClock) -> None:
    bank = make_bank(Policy(reveals_per_day=2))
    customer = register(bank)
    service = cards(bank, "lina")
    for _ in range(2):
        service.reveal(customer, RevealField.ID_NO, RevealReason.IDENTIFY)
    with pytest.raises(InvalidInput):
        service.reveal(customer, RevealField.ID_NO, RevealReason.IDENTIFY)
    clock.advance(days=1)
    assert service.reveal(customer, RevealField.ID_NO, RevealReason.IDENTIFY) == ID_NO


@pytest.mark.parametrize("username", ["sunli", "wangqiang", "admin", "auditor"])
def test_numbers_are_not_revealed_out_of_reach(bank: Bank, username: str) -> None:
    customer = register(bank)
    with pytest.raises(Refused):
        cards(bank, username).reveal(customer, RevealField.MOBILE, RevealReason.CALL)


def test_another_reason_must_be_said(bank: Bank) -> None:
    customer = register(bank)
    with pytest.raises(InvalidInput):
        cards(bank, "lina").reveal(customer, RevealField.MOBILE, RevealReason.OTHER)


@pytest.mark.parametrize(
    ("username", "allowed"), [("lina", False), ("chenjing", False), ("zhaomin", True), ("hq", True)]
)
def test_only_a_supervisor_gives_a_customer_up(bank: Bank, username: str, allowed: bool) -> None:
    customer = register(bank)
    service = registration(bank, username)
    form = CustomerForm(name="张伟明", state="permanently_lost")
    if allowed:
        service.edit(customer, 1, form)
    else:
        with pytest.raises(InvalidInput) as wrong:
            service.edit(customer, 1, form)
        assert wrong.value.field == "state"


def test_a_prospect_who_becomes_active_opens_that_day(bank: Bank) -> None:
    customer = register(bank, state="prospect")
    assert cards(bank, "lina").card(customer).opened_on is None
    registration(bank, "lina").edit(customer, 1, CustomerForm(name="张伟明", state="active"))
    assert str(cards(bank, "lina").card(customer).opened_on) == "2026-03-02"


def test_a_mobile_in_groups_and_with_its_country_is_stored_as_11_digits(bank: Bank) -> None:
    office = bank.office("chenjing")
    made = office.registration.register(CustomerForm(name="张伟", mobile="+86 138-1234-5678"), "a")
    assert office.customers.card(made).mobile_mask == "138****5678"
    with pytest.raises(LooksAlike):
        office.registration.register(CustomerForm(name="张伟", mobile="13812345678"), "b")


@pytest.mark.parametrize("typed", ["wangqiang", "WangQiang", "王强", "@王强", " @wangqiang "])
def test_a_manager_is_named_as_everywhere(bank: Bank, typed: str) -> None:
    customer = registration(bank, "zhaomin").register(replace(FORM, manager=typed), key())
    assert cards(bank, "zhaomin").card(customer).manager_name == "王强"


@pytest.mark.parametrize("typed", ["nobody", "zhoutao", "auditor", "sunli", "孙丽", "wangqiang"])
def test_only_who_manages_accounts_here_now_is_a_manager(bank: Bank, typed: str) -> None:
    staff.disable(bank.store, OPERATOR, username="wangqiang")
    with pytest.raises(InvalidInput) as caught:
        registration(bank, "zhaomin").register(replace(FORM, manager=typed), key())
    assert caught.value.field == "manager"
