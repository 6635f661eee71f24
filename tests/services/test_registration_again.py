"""A registration whose answer was lost, saved again after others edited the customer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from crm_tui.errors import Conflict
from tests.services.test_registration import FORM, key, registration

if TYPE_CHECKING:
    from crm_tui.domain.customers import CustomerForm
    from tests.support.people import Bank

EDITED = replace(FORM, name="单雪莲", gender="F", mobile="13900001111", id_no="")


def _edited_since(bank: Bank, request: str, form: CustomerForm = EDITED) -> int:
    """Registered by lina, who heard no answer, and edited by her supervisor."""
    customer = registration(bank, "lina").register(FORM, request)
    boss = registration(bank, "zhaomin")
    boss.edit(customer, boss.editable(customer).version, form)
    return customer


@pytest.mark.parametrize(
    "edited", [EDITED, replace(FORM, state="permanently_lost")], ids=["words", "given up"]
)
def test_a_registration_saved_again_overwrites_no_edit(bank: Bank, edited: CustomerForm) -> None:
    request = key()
    customer = _edited_since(bank, request, edited)
    before = registration(bank, "zhaomin").editable(customer)
    assert registration(bank, "lina").register(FORM, request) == customer
    assert registration(bank, "zhaomin").editable(customer) == before


def test_more_typed_over_the_edit_of_another_is_a_conflict(bank: Bank) -> None:
    request, typed = key(), replace(FORM, birth_date="", name="单雪兰")
    customer = _edited_since(bank, request)
    lina = registration(bank, "lina")
    with pytest.raises(Conflict) as met:
        lina.register(typed, request)
    assert (met.value.stored["name"], met.value.stored["gender"]) == ("单雪莲", "F")
    assert met.value.version == 2
    assert lina.editable(customer).values["name"] == "单雪莲"
    settled = replace(typed, gender="F", mobile="", id_no="")
    assert lina.register(settled, request, shown=2) == customer
    after = lina.editable(customer)
    assert (after.values["name"], after.values["gender"]) == ("单雪兰", "F")
    assert (after.mobile_mask, after.version) == ("139****1111", 3)


def test_typed_on_and_back_again_is_stored_when_nobody_else_edited(bank: Bank) -> None:
    service, request = registration(bank, "lina"), key()
    customer = service.register(FORM, request)
    for name in ("单雪莲", "单雪兰", FORM.name):
        service.register(replace(FORM, name=name), request)
        assert service.editable(customer).values["name"] == name
