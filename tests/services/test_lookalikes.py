"""Who is registered already: named with the reason in reach, beyond it only that there is one."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from crm_tui.db.lookalikes import Sought
from crm_tui.db.tables import Audit, Customer
from crm_tui.domain.customers import CustomerForm
from crm_tui.domain.drafts import DraftKey
from crm_tui.errors import DraftTaken, LooksAlike, Refused
from crm_tui.services.comparing import ELSEWHERE
from crm_tui.services.registration import Registration
from tests.support.customers import ID_NO, MOBILE, register

if TYPE_CHECKING:
    from tests.support.people import Bank

OTHER_ID = "440106199003072234"
FORM = CustomerForm(
    name="单雪梅", mobile=MOBILE, id_no=ID_NO, birth_date="1949-12-31", state="active"
)


def registration(bank: Bank, username: str) -> Registration:
    """The service of a new session."""
    return Registration(bank.store, bank.person(username), bank.policy)


def alike(bank: Bank, username: str, form: CustomerForm) -> LooksAlike:
    """What the registrar is told, and nobody is registered."""
    before = customers(bank)
    with pytest.raises(LooksAlike) as told:
        registration(bank, username).register(form, uuid.uuid4().hex)
    assert customers(bank) == before
    return told.value


def customers(bank: Bank) -> int:
    with bank.store.read() as session:
        return session.execute(select(func.count()).select_from(Customer)).scalar_one()


def looks(bank: Bank) -> list[tuple[str, str, str, int | None]]:
    """Audited looks beyond the reach: actor, outcome, customer, branch."""
    query = select(Audit.actor, Audit.outcome, Audit.object_id, Audit.branch_id)
    with bank.store.read() as session:
        rows = session.execute(query.where(Audit.action == ELSEWHERE).order_by(Audit.seq))
        return [tuple(row) for row in rows]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({}, "id_no"),
        ({"name": "别人", "mobile": "", "birth_date": ""}, "id_no"),
        ({"id_no": ""}, "mobile"),
        ({"id_no": "", "name": "别人"}, "phone"),
        ({"id_no": "", "mobile": "13900001111"}, "birth"),
        ({"id_no": OTHER_ID, "mobile": "", "birth_date": ""}, ""),
        ({"id_no": "", "mobile": "13900001111", "birth_date": "1949-12-30"}, ""),
        ({"id_no": "", "mobile": "13900001111", "name": "单雪莲"}, ""),
        ({"id_no": "", "mobile": "", "kind": "corporate"}, ""),
    ],
)
def test_what_is_alike_is_named(bank: Bank, changed: dict[str, str], reason: str) -> None:
    first = register(bank, name="单雪梅", birth_date="1949-12-31")
    form = replace(FORM, **changed)
    if not reason:
        assert registration(bank, "lina").register(form, "key") != first
        return
    told = alike(bank, "lina", form)
    assert [(one.customer_id, one.reason) for one in told.found] == [(first, reason)]
    assert not told.elsewhere
    assert registration(bank, "lina").register(form, "key", knowing=True) != first


def test_the_likeliest_comes_first(bank: Bank) -> None:
    born = "1949-12-31"
    by_birth = register(bank, name="单雪梅", mobile="", id_no="", birth_date=born)
    by_phone = register(bank, name="别人", id_no="")
    by_both = register(bank, name="单雪梅", id_no="")
    by_id = register(bank, name="旧名", mobile="")
    found = alike(bank, "lina", FORM).found
    assert [one.customer_id for one in found] == [by_id, by_both, by_phone, by_birth]


def test_a_company_has_no_birth_date_to_compare(bank: Bank) -> None:
    register(bank, name="单雪梅", kind="corporate", mobile="", id_no="", birth_date="1949-12-31")
    assert registration(bank, "lina").register(replace(FORM, mobile="", id_no=""), "key")


@pytest.mark.parametrize("changed", [{"name": "别人"}, {"mobile": ""}, {}], ids=str)
def test_of_the_gentle_ones_nothing_is_told_beyond_the_reach(
    bank: Bank, changed: dict[str, str]
) -> None:
    register(bank, "sunli", name="单雪梅", birth_date="1949-12-31")
    form = replace(FORM, id_no="", **changed)
    assert registration(bank, "lina").register(form, "key")
    assert looks(bank) == []


def test_that_another_branch_has_the_id_is_told_without_saying_whom(bank: Bank) -> None:
    there = register(bank, "sunli", name="单雪梅", birth_date="1949-12-31")
    told = alike(bank, "lina", FORM)
    assert told.elsewhere
    assert told.found == ()
    assert "head office" in told.message
    for word in ("单雪梅", "自贡", "孙丽", "P0", MOBILE[-4:], ID_NO[-4:], str(there)):
        assert word not in told.message
    branch = bank.office("sunli").person.branch_id
    assert looks(bank) == [("lina", "done", str(there), branch)]
    assert registration(bank, "lina").register(FORM, "key", knowing=True) != there
    assert len(looks(bank)) == 1


def test_both_are_told_together(bank: Bank) -> None:
    register(bank, "sunli", name="别人")
    here = register(bank, "wangqiang", name="单雪梅")
    told = alike(bank, "lina", FORM)
    assert told.elsewhere
    assert [one.customer_id for one in told.found] == [here]


@pytest.mark.parametrize("id_type", ["passport", "other"])
def test_only_a_number_that_checks_itself_is_asked_beyond_the_reach(
    bank: Bank, id_type: str
) -> None:
    register(bank, "sunli", name="单雪梅", id_type=id_type, id_no="12345")
    form = replace(FORM, id_type=id_type, id_no="12345")
    assert registration(bank, "lina").register(form, "key")
    assert looks(bank) == []


def test_head_office_sees_everybody_and_so_looks_nowhere_beyond(bank: Bank) -> None:
    there = register(bank, "sunli", name="单雪梅")
    told = alike(bank, "hq", replace(FORM, branch_code="B001"))
    assert not told.elsewhere
    assert [one.customer_id for one in told.found] == [there]
    assert looks(bank) == []


@pytest.mark.parametrize("username", ["admin", "auditor"])
def test_who_may_not_register_is_told_nothing(bank: Bank, username: str) -> None:
    register(bank, "sunli", name="单雪梅")
    with pytest.raises(Refused):
        registration(bank, username).register(FORM, "key")
    assert looks(bank) == []


def test_a_branch_out_of_scope_is_no_way_to_ask(bank: Bank) -> None:
    register(bank, "sunli", name="单雪梅")
    with pytest.raises(Refused):
        registration(bank, "lina").register(replace(FORM, branch_code="B002"), "key")
    assert looks(bank) == []


NOTHING = ("lina", "done", "", None)


def test_that_nobody_elsewhere_has_the_id_is_audited_too(bank: Bank) -> None:
    assert registration(bank, "lina").register(FORM, "key")
    assert looks(bank) == [NOTHING]
    alike(bank, "lina", FORM)
    assert looks(bank) == [NOTHING, NOTHING]
    assert registration(bank, "lina").register(FORM, "key")
    assert len(looks(bank)) == 2


def test_a_look_is_audited_when_the_save_then_fails(bank: Bank) -> None:
    key = DraftKey("customer", "new")
    first = bank.office("lina")
    first.drafts.save(key, {"name": "单雪梅"})
    with pytest.raises(DraftTaken):
        registration(bank, "lina").register(FORM, "key", draft=key)
    assert customers(bank) == 0
    assert looks(bank) == [NOTHING]


def test_after_a_day_full_of_looks_registering_goes_on_without(bank: Bank) -> None:
    few = replace(bank.policy, reveals_per_day=1)
    there = register(bank, "sunli", name="别人")
    with pytest.raises(LooksAlike):
        Registration(bank.store, bank.person("lina"), few).register(FORM, "key")
    assert Registration(bank.store, bank.person("lina"), few).register(FORM, "key") != there
    assert len(looks(bank)) == 1
    assert alike(bank, "wangqiang", FORM).found
    bank.clock.advance(days=1)
    with pytest.raises(LooksAlike) as told:
        Registration(bank.store, bank.person("lina"), few).register(FORM, "key-2")
    assert told.value.elsewhere


def test_what_is_sought_shows_no_number() -> None:
    sought = Sought("单雪梅", "shanxuemei", ("1234", b"digest"), ("5678", b"digest"), None)
    for secret in ("1234", "5678", "digest"):
        assert secret not in repr(sought)
