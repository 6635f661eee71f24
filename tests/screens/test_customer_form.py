"""Registering (n) and editing (e) a customer: fields, lookalikes, drafts, conflicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from crm_tui.clock import business_date
from crm_tui.domain.customers import Alike, CustomerForm, Lookalike
from crm_tui.domain.drafts import TITLE, Draft, DraftKey
from crm_tui.domain.staff import Person, Role, RoleAt
from crm_tui.errors import Conflict, InvalidInput, LooksAlike, OutcomeUnknown, StoreUnavailable
from crm_tui.i18n import _
from crm_tui.screens import customer_form
from crm_tui.screens.base import RecordScreen
from crm_tui.screens.customer_form import CustomerFormScreen
from crm_tui.screens.dialogs import ConflictDialog
from crm_tui.screens.form_drafts import DraftingScreen
from crm_tui.screens.lookalikes import LookalikeDialog
from crm_tui.terminal.safe_app import SafeApp
from crm_tui.widgets.form_work import FormOutcome
from crm_tui.widgets.wishes import Open
from tests.support.desk import desk, populate
from tests.support.fake_office import HOSTILE, NOW, WIDE, context, person
from tests.support.screen_text import assert_golden, screen_lines, screen_text, settle, wait_until
from tests.support.spoken import spoken

if TYPE_CHECKING:
    from tests.support.people import Bank

NEW = DraftKey("customer", "new")
MAN = "11010519491231002X"
WOMAN = "440524188001010014"
FOUND = (
    Lookalike(41, "C0000041", "张伟明", "138****8000", "王强", Alike.ID_NO),
    Lookalike(42, "P000042", "张伟明", "138****8000", "", Alike.MOBILE),
)
GENTLE = (
    Lookalike(43, "P000043", "张一", "138****8000", "", Alike.PHONE),
    Lookalike(44, "C0000044", "张伟明", "139****0417", "李娜", Alike.BIRTH),
)
BEYOND = "A customer of another branch has this ID: ask head office for a transfer."
STORED = {
    "name": "张伟明", "kind": "individual", "id_type": "resident_id", "gender": "M",
    "birth_date": "1949-12-31", "state": "active", "branch_code": "B001", "manager": "lina",
}  # fmt: skip


@dataclass
class Shown:
    """Typed like services.registration.Editable."""

    customer_id: int
    version: int
    values: dict[str, str]
    mobile_mask: str
    id_no_mask: str


@dataclass
class FakeRegistration:
    """Answers with what a test put into `answers`, then takes everything."""

    stored: dict[str, str] = field(default_factory=lambda: dict(STORED))
    version: int = 3
    masks: tuple[str, str] = ("138****8000", "1****************X")
    answers: list[Exception] = field(default_factory=list)
    registered: list[tuple[CustomerForm, str, bool, DraftKey | None]] = field(default_factory=list)
    edited: list[tuple[int, int, CustomerForm, DraftKey | None]] = field(default_factory=list)

    def editable(self, customer_id: int) -> Shown:
        return Shown(customer_id, self.version, dict(self.stored), *self.masks)

    def register(
        self, form: CustomerForm, request_key: str, *, knowing: bool = False,
        draft: DraftKey | None = None, shown: int = 0,
    ) -> int:  # fmt: skip
        self.registered.append((form, request_key, knowing, draft))
        if self.answers:
            raise self.answers.pop(0)
        return 77

    def edit(
        self, customer_id: int, shown: int, form: CustomerForm, draft: DraftKey | None = None
    ) -> None:
        self.edited.append((customer_id, shown, form, draft))
        if self.answers:
            raise self.answers.pop(0)


@dataclass
class FakeDrafts:
    kept: dict[DraftKey, Draft] = field(default_factory=dict)
    taken: list[DraftKey] = field(default_factory=list)

    def save(self, key: DraftKey, values: Mapping[str, str], *, known: Draft | None = None) -> None:
        self.kept[key] = Draft(key, dict(values), NOW, elsewhere=False)

    def begin(self, key: DraftKey, values: Mapping[str, str]) -> None:
        self.save(key, values)

    def claim(self, key: DraftKey, known: Draft) -> None:
        pass

    def give_up(self, key: DraftKey) -> None:
        pass

    def load(self, key: DraftKey) -> Draft | None:
        return self.kept.get(key)

    def discard(self, key: DraftKey) -> None:
        self.kept.pop(key, None)

    def take_over(self, key: DraftKey) -> Mapping[str, str]:
        self.taken.append(key)
        return self.kept[key].values


@dataclass
class FakeOffice:
    person: Person = field(default_factory=person)
    registration: FakeRegistration = field(default_factory=FakeRegistration)
    drafts: FakeDrafts = field(default_factory=FakeDrafts)

    def today(self) -> date:
        return business_date(NOW)

    def now(self) -> datetime:
        return NOW


class Below(RecordScreen[None]):
    WHERE = "customers"


class Desk(SafeApp[None], inherit_bindings=False):
    ENABLE_COMMAND_PALETTE = False

    def __init__(
        self, office: FakeOffice, customer_id: int = 0, draft: dict[str, str] | None = None,
        sought: str = "",
    ) -> None:  # fmt: skip
        super().__init__()
        self.sought = sought
        self.office = office
        self.customer_id = customer_id
        self.draft = draft
        self.outcomes: list[FormOutcome | None] = []
        self.wishes: list[tuple[str, int]] = []

    def on_mount(self) -> None:
        given = context(self.office.person)
        self.push_screen(Below(given))
        office: Any = self.office
        start = customer_form.load(office, self.customer_id)
        self.form_screen: CustomerFormScreen = customer_form.build(
            given, office, start, self.draft, self.sought
        )
        self.push_screen(self.form_screen, self.outcomes.append)

    def on_open(self, message: Open) -> None:
        self.wishes.append((message.target, message.record_id))

    def values(self) -> dict[str, str]:
        return self.form_screen.form.values()


def clerk(*branches: int) -> Person:
    ids = frozenset(branches)
    return person(Role.CLERK, roles=(RoleAt(Role.CLERK, 1, ids),))


async def saved(pilot: Any, app: Desk) -> None:
    await wait_until(pilot, lambda: app.outcomes, what="the form is left")


@pytest.mark.parametrize("tongue", ["en", "zh_CN"])
async def test_registering_as_it_looks(tongue: str) -> None:
    with spoken(tongue):
        office = FakeOffice(clerk(1, 2))
        app = Desk(office)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press(*"张伟明", "tab", *"13800138000", "tab", "tab", *MAN)
            await wait_until(pilot, lambda: NEW in office.drafts.kept)
            await settle(pilot)
            assert_golden(f"customer_new_80x24_{tongue}", screen_text(app))


@pytest.mark.parametrize("tongue", ["en", "zh_CN"])
async def test_editing_as_it_looks(tongue: str) -> None:
    with spoken(tongue):
        app = Desk(FakeOffice(), 17)
        async with app.run_test(size=(80, 24)) as pilot:
            await settle(pilot)
            assert_golden(f"customer_edit_80x24_{tongue}", screen_text(app))


@pytest.mark.parametrize("tongue", ["en", "zh_CN"])
async def test_lookalikes_as_they_look(tongue: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # When the draft is saved is not what is looked at.
    monkeypatch.setattr(DraftingScreen, "AUTOSAVE_AFTER", 86_400)
    with spoken(tongue):
        office = FakeOffice()
        office.registration.answers = [LooksAlike("perhaps", FOUND)]
        app = Desk(office)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("x", "ctrl+s")
            await wait_until(pilot, lambda: isinstance(app.screen, LookalikeDialog))
            await pilot.press("down")
            await settle(pilot)
            assert_golden(f"customer_lookalikes_{tongue}", screen_text(app))


@pytest.mark.parametrize("tongue", ["en", "zh_CN"])
@pytest.mark.parametrize(("name", "found"), [("beyond", ()), ("beyond_too", GENTLE)])
async def test_a_customer_of_another_branch_as_it_looks(
    tongue: str, name: str, found: tuple[Lookalike, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    # When the draft is saved is not what is looked at.
    monkeypatch.setattr(DraftingScreen, "AUTOSAVE_AFTER", 86_400)
    with spoken(tongue):
        office = FakeOffice()
        office.registration.answers = [LooksAlike(_(BEYOND), found, elsewhere=True)]
        app = Desk(office)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("x", "ctrl+s")
            await wait_until(pilot, lambda: isinstance(app.screen, LookalikeDialog))
            await settle(pilot)
            assert_golden(f"customer_{name}_{tongue}", screen_text(app))


async def test_with_nobody_to_open_enter_registers_nobody() -> None:
    office = FakeOffice()
    office.registration.answers = [LooksAlike(BEYOND, (), elsewhere=True)] * 2
    app = Desk(office)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("x", "ctrl+s")
        await wait_until(pilot, lambda: isinstance(app.screen, LookalikeDialog))
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(app.screen, LookalikeDialog)
        await pilot.press("escape", "ctrl+s")
        await wait_until(pilot, lambda: len(office.registration.registered) == 2)
        await wait_until(pilot, lambda: isinstance(app.screen, LookalikeDialog))
        await pilot.press("0")
        await saved(pilot, app)
        assert [one[2] for one in office.registration.registered] == [False, False, True]


async def test_a_person_in_few_keys_the_id_tells_the_rest() -> None:
    app = Desk(FakeOffice())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(
            "shift+tab", "１", *"张伟明", "enter", *"１３８00138000", "enter", "enter", *MAN
        )
        await pilot.pause()
        assert app.values()["birth_date"] == "1949-12-31"
        assert app.values()["gender"] == "F"
        await pilot.press("ctrl+s")
        await saved(pilot, app)
        form, _key, knowing, draft = app.office.registration.registered[0]
        assert form == CustomerForm(
            name="张伟明", mobile="１３８00138000", id_type="resident_id", id_no=MAN, gender="F",
            birth_date="1949-12-31",
        )  # fmt: skip
        assert (knowing, draft) == (False, NEW)
        outcome = app.outcomes[0]
        assert outcome is not None
        assert (outcome.how, outcome.result) == ("saved", 77)


async def test_what_the_id_told_follows_a_corrected_id_but_never_what_was_typed() -> None:
    app = Desk(FakeOffice())
    async with app.run_test(size=(80, 24)) as pilot:
        row = app.form_screen.form.row("id_no")
        assert row is not None
        row.control.focus()
        await pilot.press(*MAN)
        await pilot.press(*["backspace"] * 18, *WOMAN)
        await pilot.pause()
        assert (app.values()["birth_date"], app.values()["gender"]) == ("1880-01-01", "M")
        await pilot.press("tab", "tab")
        await pilot.pause()
        await pilot.press(*["backspace"] * 10, *"1990-05-01", "shift+tab", "shift+tab")
        await pilot.pause()
        await pilot.press(*["backspace"] * 18, *MAN)
        await pilot.pause()
        assert (app.values()["birth_date"], app.values()["gender"]) == ("1990-05-01", "F")


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"name": "12345"}, "name"),
        ({"name": "·-·"}, "name"),
        ({"birth_date": "1853-05-01"}, "birth_date"),
        ({"birth_date": "2030-05-01"}, "birth_date"),
        ({"birth_date": "1949-12-30", "id_no": MAN}, "birth_date"),
    ],
)
async def test_what_cannot_be_true_is_said_at_its_field(typed: dict[str, str], wrong: str) -> None:
    app = Desk(FakeOffice())
    async with app.run_test(size=(80, 24)) as pilot:
        for key, text in ({"name": "张伟明"} | typed).items():
            app.form_screen.form.row(key).control.focus()  # type: ignore[union-attr]
            await pilot.press(*text)
        await pilot.press("ctrl+s")
        await settle(pilot)
        rows = app.form_screen.form.rows
        assert [row.key for row in rows if row.wrong] == [wrong]
        assert app.office.registration.registered == []


async def test_an_id_corrected_to_the_birth_date_is_taken() -> None:
    app = Desk(FakeOffice())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("x")
        for key, text in {"birth_date": "1949-12-31", "id_no": WOMAN}.items():
            app.form_screen.form.row(key).control.focus()  # type: ignore[union-attr]
            await pilot.press(*text)
        await pilot.press("ctrl+s", "shift+tab", "shift+tab", *["backspace"] * 18, *MAN, "ctrl+s")
        await saved(pilot, app)


async def test_a_name_that_is_stored_hinders_no_other_edit() -> None:
    office = FakeOffice()
    office.registration.stored["name"] = "12345"
    app = Desk(office, 17)
    async with app.run_test(size=(80, 24)) as pilot:
        app.form_screen.form.row("mobile").control.focus()  # type: ignore[union-attr]
        await pilot.press(*"13900001111", "ctrl+s")
        await saved(pilot, app)


async def test_a_name_typed_on_the_kind_is_a_name() -> None:
    app = Desk(FakeOffice())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("shift+tab", *"Anna 2")
        assert (app.values()["kind"], app.values()["name"]) == ("individual", "Anna 2")


@pytest.mark.parametrize(
    ("sought", "name", "mobile"),
    [
        ("张伟明", "张伟明", ""),
        (" 阿依古丽·买买提 ", "阿依古丽·买买提", ""),
        ("１３800138000", "", "13800138000"),
        ("zwm", "", ""),
        ("白金", "", ""),
        ("@lina 张", "", ""),
        ("8000", "", ""),
    ],
)
async def test_who_was_searched_for_is_who_is_registered(
    sought: str, name: str, mobile: str
) -> None:
    app = Desk(FakeOffice(), sought=sought)
    async with app.run_test(size=(80, 24)) as pilot:
        assert (app.values()["name"], app.values()["mobile"]) == (name, mobile)
        await pilot.press("escape")
        await saved(pilot, app)
        assert app.office.drafts.kept == {}


async def test_the_beginning_of_an_id_tells_no_birth_date() -> None:
    app = Desk(FakeOffice())
    async with app.run_test(size=(80, 24)) as pilot:
        app.form_screen.form.row("id_no").control.focus()  # type: ignore[union-attr]
        await pilot.press(*"510107200102291")
        told = ("1920-01-02", "M")
        assert (app.values()["birth_date"], app.values()["gender"]) == told
        await pilot.press(*"23X")
        assert (app.values()["birth_date"], app.values()["gender"]) == ("", "")
        await pilot.press(*["backspace"] * 3)
        assert (app.values()["birth_date"], app.values()["gender"]) == told


async def test_a_birth_date_of_ones_own_stays_when_an_id_like_it_goes() -> None:
    app = Desk(FakeOffice())
    async with app.run_test(size=(80, 24)) as pilot:
        app.form_screen.form.load({"birth_date": "1949-12-31"}, clean=False)
        app.form_screen.form.row("id_no").control.focus()  # type: ignore[union-attr]
        await pilot.press(*MAN, "backspace")
        assert (app.values()["birth_date"], app.values()["gender"]) == ("1949-12-31", "")


async def test_a_company_has_a_credit_code_and_neither_gender_nor_birth_date() -> None:
    app = Desk(FakeOffice())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("shift+tab", "2", *"川西茶业", "enter", "enter", "enter", "enter")
        await pilot.pause()
        shown = screen_text(app)
        assert "Gender" not in shown
        assert "Birth" not in shown
        assert app.values()["id_type"] == "uscc"
        assert app.focused is app.form_screen.form.row("state").control  # type: ignore[union-attr]
        await pilot.press("2", "ctrl+s")
        await saved(pilot, app)
        form = app.office.registration.registered[0][0]
        assert (form.kind, form.state, form.gender) == ("corporate", "target", "")


async def test_a_kind_chosen_by_mistake_loses_nothing() -> None:
    app = Desk(FakeOffice())
    async with app.run_test(size=(80, 24)) as pilot:
        row = app.form_screen.form.row("id_no")
        assert row is not None
        row.control.focus()
        await pilot.press(*MAN)
        app.form_screen.form.focus_first()
        await pilot.press("2", "shift+tab", "1")
        await pilot.pause()
        assert app.values()["birth_date"] == "1949-12-31"
        assert app.values()["id_type"] == "resident_id"
        assert "Birth" in screen_text(app)


@pytest.mark.parametrize(
    ("who", "shown", "hidden"),
    [
        (person(), ("Account manager: 李娜",), ("Branch code", "user name")),
        (clerk(1), ("Manager",), ("Branch code",)),
        (clerk(1, 2), ("Manager", "Branch code"), ()),
    ],
)
async def test_branch_and_manager_are_asked_where_there_is_a_choice(
    who: Person, shown: tuple[str, ...], hidden: tuple[str, ...]
) -> None:
    app = Desk(FakeOffice(who))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        text = screen_text(app)
        assert all(word in text for word in shown)
        assert not any(word in text for word in hidden)


async def test_a_manager_is_named_with_or_without_its_sign() -> None:
    app = Desk(FakeOffice(clerk(1, 2)))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("x")
        app.form_screen.form.row("manager").control.focus()  # type: ignore[union-attr]
        await pilot.press(*"＠lina", "ctrl+s")
        await saved(pilot, app)
        form = app.office.registration.registered[0][0]
        assert (form.manager, form.branch_code) == ("lina", "B001")


@pytest.mark.parametrize(("key", "opened"), [("enter", 41), ("2", 42), ("２", 42), ("1", 41)])
async def test_a_lookalike_can_be_opened_and_the_form_stays(key: str, opened: int) -> None:
    office = FakeOffice()
    office.registration.answers = [LooksAlike("perhaps", FOUND)]
    app = Desk(office)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"张伟明", "ctrl+s")
        await wait_until(pilot, lambda: isinstance(app.screen, LookalikeDialog))
        await pilot.press(key)
        await settle(pilot)
        assert app.wishes == [("card", opened)]
        assert app.screen is app.form_screen
        assert app.values()["name"] == "张伟明"


@pytest.mark.parametrize("keys", [("0",), ("０",), ("down", "j", "enter")])
async def test_registering_all_the_same_is_one_key(keys: tuple[str, ...]) -> None:
    office = FakeOffice()
    office.registration.answers = [LooksAlike("perhaps", FOUND)]
    app = Desk(office)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"张伟明", "ctrl+s")
        await wait_until(pilot, lambda: isinstance(app.screen, LookalikeDialog))
        await pilot.press(*keys)
        await saved(pilot, app)
        assert [one[2] for one in office.registration.registered] == [False, True]
        assert app.wishes == []


async def test_escape_goes_back_to_the_form_and_the_next_save_compares_again() -> None:
    office = FakeOffice()
    office.registration.answers = [
        LooksAlike("perhaps", FOUND), LooksAlike("perhaps", FOUND), InvalidInput("mobile", "no"),
    ]  # fmt: skip
    app = Desk(office)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"张伟明", "ctrl+s")
        await wait_until(pilot, lambda: isinstance(app.screen, LookalikeDialog))
        await pilot.press("escape", "ctrl+s")
        await wait_until(pilot, lambda: isinstance(app.screen, LookalikeDialog))
        await pilot.press("0")
        await wait_until(pilot, lambda: "! no" in screen_text(app))
        await pilot.press("ctrl+s")
        await saved(pilot, app)
        assert [one[2] for one in office.registration.registered] == [False, False, True, False]


async def test_a_save_of_unknown_outcome_is_repeated_as_it_was() -> None:
    office = FakeOffice()
    office.registration.answers = [LooksAlike("perhaps", FOUND), OutcomeUnknown("line broke")]
    app = Desk(office)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"张伟明", "ctrl+s")
        await wait_until(pilot, lambda: isinstance(app.screen, LookalikeDialog))
        await pilot.press("0")
        await wait_until(pilot, lambda: "line broke" in screen_text(app))
        await wait_until(pilot, lambda: NEW in office.drafts.kept, what="the draft is saved")
        assert "line broke" in screen_text(app)
        await pilot.press("ctrl+s")
        await saved(pilot, app)
        tries = office.registration.registered
        assert [one[2] for one in tries] == [False, True, True]
        assert tries[1][1] == tries[2][1]


async def test_what_the_service_finds_wrong_stands_at_its_field() -> None:
    office = FakeOffice()
    office.registration.answers = [InvalidInput("id_no", "the check digit is wrong")]
    app = Desk(office)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert "! must not be empty" in screen_text(app)
        assert office.registration.registered == []
        await pilot.press(*"张", "ctrl+s")
        await wait_until(pilot, lambda: "! the check digit is wrong" in screen_text(app))
        assert app.focused is app.form_screen.form.row("id_no").control  # type: ignore[union-attr]


async def test_an_edit_shows_masks_keeps_what_is_left_empty_and_names_its_version() -> None:
    app = Desk(FakeOffice(), 17)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        shown = screen_text(app)
        assert "138****8000  empty keeps it" in shown
        assert "1****************X" in shown
        assert "Manager" not in shown
        await pilot.press("tab", *"二", "ctrl+s")
        await saved(pilot, app)
        customer_id, version, form, draft = app.office.registration.edited[0]
        assert (customer_id, version, draft) == (17, 3, DraftKey("customer", "17"))
        assert (form.name, form.mobile, form.id_no) == ("张伟明二", "", "")
        assert form.birth_date == "1949-12-31"


async def test_who_is_lost_for_good_stays_so_unless_something_else_is_chosen() -> None:
    office = FakeOffice()
    office.registration.stored["state"] = "permanently_lost"
    app = Desk(office, 17)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("tab", "x", "ctrl+s")
        await saved(pilot, app)
        assert office.registration.edited[0][2].state == "permanently_lost"
    app = Desk(FakeOffice(), 17)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "permanently" not in screen_text(app)


async def test_two_people_on_one_customer_lose_nothing() -> None:
    office = FakeOffice()
    theirs = {**STORED, "name": "张伟民", "state": "lost", "mobile": "", "id_no": ""}
    office.registration.answers = [Conflict("changed", theirs, 4)]
    app = Desk(office, 17)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("tab", *"二", "tab", *"13800138001", "ctrl+s")
        await wait_until(pilot, lambda: isinstance(app.screen, ConflictDialog))
        shown = screen_text(app)
        assert "张伟明二" in shown
        assert "张伟民" in shown
        await pilot.press("1", "ctrl+s")
        await saved(pilot, app)
        _customer, version, form, _draft = office.registration.edited[-1]
        assert version == 4
        assert (form.name, form.state, form.mobile) == ("张伟明二", "lost", "13800138001")


async def test_a_phone_that_nobody_may_read_has_no_original_to_go_back_to() -> None:
    office = FakeOffice()
    theirs = {**STORED, "mobile": "", "id_no": "", "mobile_mask": "139****9000"}
    office.registration.answers = [Conflict("changed", theirs, 4, "赵敏")]
    app = Desk(office, 17)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("tab", "tab", *"13800138001", "ctrl+s")
        await wait_until(pilot, lambda: isinstance(app.screen, ConflictDialog))
        shown = screen_text(app)
        assert "Somebody else changed this record, 赵敏 last." in shown
        assert "139****9000" in shown
        assert "original" not in shown
        await pilot.press("3", "2", "ctrl+s")
        await saved(pilot, app)
        assert office.registration.edited[-1][2].mobile == ""


async def test_a_draft_has_a_title_and_goes_on_where_it_was() -> None:
    office = FakeOffice()
    app = Desk(office)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("shift+tab", "2", *"川西茶业", "escape")
        await saved(pilot, app)
        assert office.drafts.kept[NEW].values[TITLE] == "川西茶业"
        assert app.outcomes[0] is not None
        assert app.outcomes[0].how == "left"
    app = Desk(office)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert app.values()["name"] == "川西茶业"
        assert "your draft of 11-23 09:14 goes on here" in screen_text(app)
        assert "Birth" not in screen_text(app)


async def test_a_form_left_untouched_makes_no_draft() -> None:
    for customer_id in (0, 17):
        app = Desk(FakeOffice(), customer_id)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("tab", "escape")
            await saved(pilot, app)
            assert app.office.drafts.kept == {}


async def test_a_discarded_draft_wanted_back_is_stored_again_at_once() -> None:
    office = FakeOffice()
    app = Desk(office)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"张伟明", "ctrl+d")
        await saved(pilot, app)
        assert office.drafts.kept == {}
        assert app.outcomes[0] is not None
        values = dict(app.outcomes[0].values)
    app = Desk(office, draft=values)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_until(pilot, lambda: NEW in office.drafts.kept)
        assert office.drafts.kept[NEW].values["name"] == "张伟明"
        assert app.values()["name"] == "张伟明"


async def test_a_draft_of_another_session_is_read_until_taken_over() -> None:
    office = FakeOffice()
    values = {"name": "川西茶业", "kind": "corporate"}
    office.drafts.kept[NEW] = Draft(NEW, values, NOW, elsewhere=True)
    app = Desk(office)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("x", "ctrl+s")
        await settle(pilot)
        assert office.registration.registered == []
        assert "another session" in screen_text(app)
        await pilot.press("ctrl+t")
        await settle(pilot)
        assert office.drafts.taken == [NEW]
        await pilot.press("ctrl+s")
        await saved(pilot, app)
        assert office.registration.registered[0][0].name == "川西茶业"


async def test_a_database_that_is_away_keeps_what_was_typed() -> None:
    office = FakeOffice()
    office.registration.answers = [StoreUnavailable("The database is away.")]
    app = Desk(office)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"张伟明", "ctrl+s")
        await wait_until(pilot, lambda: "NOT SAVED" in screen_text(app))
        assert app.values()["name"] == "张伟明"
        await pilot.press("ctrl+s")
        await saved(pilot, app)
        tries = office.registration.registered
        assert tries[0][1] == tries[1][1]


@pytest.mark.parametrize("text", [HOSTILE, WIDE, "[" * 200, "字" * 10_000])
async def test_hostile_text_in_every_field_is_text(text: str) -> None:
    office = FakeOffice()
    office.registration.stored |= {"name": text, "birth_date": text}
    office.registration.masks = (text, text)
    office.registration.answers = [
        LooksAlike(
            text, tuple(Lookalike(n, text, text, text, text, Alike.PHONE) for n in range(1, 20))
        )
    ]
    key = DraftKey("customer", "17")
    office.drafts.kept[key] = Draft(key, {"name": "ok", "id_no": text}, NOW, elsewhere=False)
    app = Desk(office, 17)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert "! " in screen_text(app)
        mended = {"birth_date": "1949-12-31", "id_no": ""}
        app.form_screen.form.load(mended, clean=False)
        await pilot.press("ctrl+s")
        await wait_until(pilot, lambda: isinstance(app.screen, LookalikeDialog))
        await pilot.press("down", "9")
        await settle(pilot)
        assert app.wishes == [("card", 9)]
        screen_lines(app)


@pytest.mark.parametrize("tongue", ["en", "zh_CN"])
@pytest.mark.parametrize("width", [40, 59, 80, 140])
async def test_every_width_shows_every_field(width: int, tongue: str) -> None:
    with spoken(tongue):
        app = Desk(FakeOffice(clerk(1, 2)))
        async with app.run_test(size=(width, 40)) as pilot:
            await settle(pilot)
            text = "\n".join(screen_lines(app))
            for row in app.form_screen.form.rows:
                assert row.label in text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_search_of_the_roster_begins_the_new_customer(bank: Bank) -> None:
    populate(bank)
    async with desk(bank, "lina") as one:
        await one.until("张伟明")
        await one.press("/")
        await one.type("王小波")
        await one.press("ctrl+n")
        await one.until("Register a customer")
        await one.type("二")
        assert "王小波二" in one.text
        await one.press("ctrl+s")
        await one.until("timeline")
        assert "P000013" in one.text
