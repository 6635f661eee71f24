"""Contacts and the customer form on the real services, on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from crm_tui.domain.contacts import ContactCriteria, ContactForm
from crm_tui.domain.customers import CustomerForm
from crm_tui.domain.drafts import DraftKey
from crm_tui.domain.kinds import Method
from crm_tui.domain.roster import Move
from crm_tui.errors import InvalidInput
from crm_tui.screens import customer_form
from crm_tui.screens.base import RecordScreen
from crm_tui.screens.dialogs import ConflictDialog
from crm_tui.screens.lookalikes import LookalikeDialog
from crm_tui.screens.visits import VisitsScreen
from crm_tui.terminal.safe_app import SafeApp
from crm_tui.widgets.wishes import Open
from tests.support.fake_office import context
from tests.support.people import Bank
from tests.support.screen_text import screen_text, settle, wait_until
from tests.support.stores import SetClock

if TYPE_CHECKING:
    from crm_tui.office import Office
    from crm_tui.widgets.form_work import FormOutcome

MAN = "11010519491231002X"


class Desk(SafeApp[None], inherit_bindings=False):
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, office: Office, customer_id: int | None = None) -> None:
        super().__init__()
        self.office = office
        self.customer_id = customer_id
        self.outcomes: list[FormOutcome | None] = []
        self.wishes: list[tuple[str, int]] = []

    def on_mount(self) -> None:
        given = context(self.office.person, clock=self.office.now)
        if self.customer_id is None:
            self.push_screen(VisitsScreen(given, self.office))
            return
        self.push_screen(Below(given))
        start = customer_form.load(self.office, self.customer_id)
        self.push_screen(customer_form.build(given, self.office, start), self.outcomes.append)

    def on_open(self, message: Open) -> None:
        self.wishes.append((message.target, message.record_id))


class Below(RecordScreen[None]):
    WHERE = "customers"


async def saved(pilot: Any, app: Desk) -> None:
    await wait_until(pilot, lambda: app.outcomes, what="the form is left")


def log(office: Office, customer_id: int, key: str, **form: Any) -> int:
    values = {"method": "phone", "content": f"第{key}次"} | form
    return office.contacts.log(customer_id, ContactForm(**values), key)


@pytest.fixture
def talked(bank: Bank, clock: SetClock) -> tuple[Bank, dict[str, int]]:
    """Two customers and four contacts by two people, an hour apart."""
    lina, wang = bank.office("lina"), bank.office("wangqiang")
    zhang = lina.registration.register(CustomerForm(name="张伟明", state="active"), "a")
    shan = wang.registration.register(CustomerForm(name="单雪梅", state="active"), "b")
    ids = {"zhang": zhang, "shan": shan}
    for name, office, customer, form in (
        ("first", lina, zhang, {"next_on": "+1"}),
        ("second", lina, zhang, {"next_on": "+1", "method": "sms"}),
        ("third", wang, shan, {"next_on": "+1", "direction": "固定收益"}),
        ("fourth", wang, shan, {"next_on": "+1"}),
    ):
        clock.advance(hours=1)
        ids[name] = log(office, customer, name, **form)
    wang.contacts.withdraw(ids["fourth"])
    clock.advance(days=3)
    return bank, ids


def test_a_next_date_is_open_until_a_later_contact_stands(
    talked: tuple[Bank, dict[str, int]],
) -> None:
    bank, ids = talked
    rows = bank.office("hq").contacts.page(ContactCriteria(), Move.FIRST, None, 10).rows
    followed = {row.contact_id: row.followed for row in rows}
    assert followed == {
        ids["first"]: True, ids["second"]: False, ids["third"]: False, ids["fourth"]: False,
    }  # fmt: skip


def test_an_author_is_found_by_user_name_or_name_within_reach_only(bank: Bank) -> None:
    lina = bank.office("lina")
    assert lina.contacts.author("WangQiang")[1] == "王强"
    assert lina.contacts.author("王强")[1] == "王强"
    for outside in ("zhoutao", "周涛", "nobody", "%"):
        with pytest.raises(InvalidInput):
            lina.contacts.author(outside)
    assert bank.office("hq").contacts.author("zhoutao")[1] == "周涛"


async def test_the_list_narrows_as_the_person_says(talked: tuple[Bank, dict[str, int]]) -> None:
    bank, ids = talked
    app = Desk(bank.office("lina"))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "张伟明" in screen_text(app)
        assert "单雪梅" not in screen_text(app)
        await pilot.press("2")
        await settle(pilot)
        shown = screen_text(app)
        assert shown.count("overdue") == 2
        assert shown.count("withdrawn") == 1
        await pilot.press("/", *"shan", "escape")
        await wait_until(pilot, lambda: "张伟明" not in screen_text(app))
        await pilot.press("down", "enter", "v")
        await settle(pilot)
        assert app.wishes == [("card", ids["shan"]), ("contact_form", ids["shan"])]
        await wait_until(pilot, lambda: "固定收益" in screen_text(app), what="the needs are read")
        await pilot.press("escape", "f", "5", *"lina", "tab", *"-3", "enter")
        await wait_until(pilot, lambda: "SMS, by 李娜" in screen_text(app))
        await settle(pilot)
        await pilot.press("e")
        await wait_until(pilot, lambda: app.wishes[-1] == ("edit_contact", ids["second"]))


async def test_paging_by_day_and_method_meets_every_contact_once(
    bank: Bank, clock: SetClock
) -> None:
    lina = bank.office("lina")
    customer = lina.registration.register(CustomerForm(name="张伟明", state="active"), "a")
    methods = list(Method)
    for number in range(40):
        clock.advance(minutes=30)
        log(lina, customer, f"k{number}", method=methods[number % 8].value)
    day = lina.today()
    page = lina.contacts.page(ContactCriteria(on=day), Move.FIRST, None, 100)
    assert {(row.started_at + timedelta(hours=8)).date() for row in page.rows} == {day}
    app = Desk(lina)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("end")
        await settle(pilot)
        assert "第k0次" in screen_text(app)


async def test_registering_a_person_twice_opens_the_first(bank: Bank) -> None:
    office = bank.office("lina")
    first = office.registration.register(
        CustomerForm(name="张伟明", mobile="13800138000", id_no=MAN), "first"
    )
    app = Desk(office, 0)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"张伟明", "tab", *"13800138000", "ctrl+s")
        await wait_until(pilot, lambda: isinstance(app.screen, LookalikeDialog))
        assert "same name and phone" in screen_text(app)
        assert "138****8000" in screen_text(app)
        await pilot.press("enter")
        await settle(pilot)
        assert app.wishes == [("card", first)]
        await pilot.press("ctrl+s")
        await wait_until(pilot, lambda: isinstance(app.screen, LookalikeDialog))
        await pilot.press("0")
        await saved(pilot, app)
        outcome = app.outcomes[0]
        assert outcome is not None
        assert outcome.result not in (None, first)
        assert office.drafts.load(DraftKey("customer", "new")) is None


async def test_wrong_numbers_are_told_at_their_field(bank: Bank) -> None:
    app = Desk(bank.office("chenjing"), 0)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("1", *"张", "tab", *"138001380", "tab", "tab", *"123", "ctrl+s")
        told = "! a mobile number has 11 digits and begins with 13 to 19"
        await wait_until(pilot, lambda: told in screen_text(app))
        assert "! wrong length or characters" in screen_text(app)
        await pilot.press(*"00", "tab", "tab", *["backspace"] * 3, "ctrl+s")
        await saved(pilot, app)


async def test_two_people_on_one_customer_and_a_draft_that_goes_on(bank: Bank) -> None:
    office, other = bank.office("chenjing"), bank.office("zhaomin")
    customer = office.registration.register(
        CustomerForm(name="张伟明", mobile="13800138000"), "first"
    )
    app = Desk(office, customer)
    async with app.run_test(size=(80, 24)) as pilot:
        assert "138****8000  empty keeps it" in screen_text(app)
        await pilot.press("tab", *"二", "escape")
        await saved(pilot, app)
    shown = other.registration.editable(customer)
    other.registration.edit(
        customer, shown.version, CustomerForm(name="张伟民", state="target", id_type="passport")
    )
    app = Desk(office, customer)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_until(pilot, lambda: "your draft of" in screen_text(app))
        await pilot.press("ctrl+s")
        await wait_until(pilot, lambda: isinstance(app.screen, ConflictDialog))
        assert f"this record, {other.person.name} last." in screen_text(app)
        await pilot.press("1", "ctrl+s")
        await saved(pilot, app)
    after = office.registration.editable(customer)
    assert (after.values["name"], after.values["state"]) == ("张伟明二", "target")
    assert after.values["id_type"] == "passport"
    assert after.mobile_mask == "138****8000"
    assert office.drafts.load(DraftKey("customer", str(customer))) is None
