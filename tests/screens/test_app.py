"""The application as people use it: keys, golden screens in both languages, both databases."""

from __future__ import annotations

import unicodedata
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from crm_tui import i18n
from crm_tui.config import Config, Ui
from crm_tui.domain.contacts import ContactCriteria
from crm_tui.domain.customers import CustomerForm
from crm_tui.domain.drafts import TITLE, DraftKey
from crm_tui.domain.roster import Move
from crm_tui.services.contacts import Contacts
from crm_tui.services.drafts import Drafts
from tests.support.desk import Desk, desk, log, populate
from tests.support.people import PASSWORD
from tests.support.screen_text import assert_golden

if TYPE_CHECKING:
    from tests.support.people import Bank
    from tests.support.stores import SetClock

pytestmark = pytest.mark.asyncio
BOTH = pytest.mark.parametrize("language", ["en", "zh_CN"])
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@ON_SQLITE
@BOTH
async def test_sign_in_screen(bank: Bank, language: str) -> None:
    async with desk(bank, language=language) as one:
        assert_golden(f"sign_in.{language}", one.text)


async def test_signing_in(bank: Bank) -> None:
    populate(bank)
    async with desk(bank) as one:
        await one.type("lina")
        await one.press("enter")
        await one.type(PASSWORD)
        await one.press("enter")
        await one.until("张伟明")


async def test_a_wrong_password_says_one_thing_and_asks_again(bank: Bank) -> None:
    async with desk(bank) as one:
        await one.type("lina")
        await one.press("enter")
        await one.type("not the password")
        await one.press("enter")
        await one.until("Name or password is wrong")
        assert "not the" not in one.text
        await one.type(PASSWORD)
        await one.press("enter")
        await one.until("Customers F3")


@ON_SQLITE
@BOTH
async def test_roster_screen(bank: Bank, language: str, clock: SetClock) -> None:
    ids = populate(bank)
    log(bank, "lina", ids["张伟明"], "理财到期", next_on="+3")
    clock.advance(days=5)
    async with desk(bank, "lina", language=language) as one:
        await one.press("2")
        await one.until("欧阳志远")
        assert_golden(f"customers.{language}", one.text)


@ON_SQLITE
@BOTH
async def test_from_120_cells_a_pane_stands_beside_the_roster(bank: Bank, language: str) -> None:
    ids = populate(bank)
    log(bank, "lina", ids["仇英"], "问理财到期续作,想看一年期,约周二回电", next_on="+14")
    log(bank, "wangqiang", ids["仇英"], "", method="home_visit", result="no_answer")
    async with desk(bank, "lina", language=language, size=(140, 30)) as one:
        await one.until("仇英")
        await one.press("down", "down")
        await one.until("周二回电")
        assert_golden(f"customers_140x30.{language}", one.text)
        await one.pilot.resize_terminal(80, 24)
        await one.press("up")
        await one.until("单雪梅  ")
        assert "周二回电" not in one.text
        await one.press("down")
        await one.pilot.resize_terminal(120, 30)
        await one.until("周二回电")


@ON_SQLITE
@BOTH
async def test_card_screen(bank: Bank, language: str, clock: SetClock) -> None:
    ids = populate(bank)
    log(bank, "lina", ids["仇英"], "问理财到期续作,想看一年期,约周二回电", next_on="+14")
    clock.advance(days=1)
    log(bank, "wangqiang", ids["仇英"], "第一行\n第二行", method="home_visit", result="agreed")
    async with desk(bank, "lina", language=language) as one:
        await one.until("仇英")
        await one.press("down", "down", "enter")
        await one.until("H000001")
        assert_golden(f"card.{language}", one.text)


@ON_SQLITE
@BOTH
async def test_contact_form_screen(bank: Bank, language: str) -> None:
    populate(bank)
    async with desk(bank, "lina", language=language) as one:
        await one.until("张伟明")
        await one.press("v")
        await one.press("3")
        await one.type("hello")
        await one.press("tab")
        await one.type("+14")
        await one.until("03-16")
        await one.until("10:00:00")
        assert_golden(f"contact_form.{language}", one.text)


@ON_SQLITE
@BOTH
async def test_drafts_are_offered(bank: Bank, language: str) -> None:
    ids = populate(bank)
    drafts = Drafts(bank.store, bank.dead_session("lina"))
    values = {"method": "phone", "content": "half a word", TITLE: "单雪梅"}
    drafts.save(DraftKey("contact", str(ids["单雪梅"])), values)
    async with desk(bank, "lina", language=language) as one:
        await one.until("单雪梅")
        await one.until("Enter")
        assert_golden(f"drafts.{language}", one.text)


@ON_SQLITE
@BOTH
async def test_a_role_without_an_area(bank: Bank, language: str) -> None:
    async with desk(bank, "admin", language=language) as one:
        await one.until("crm-tui staff add")
        assert_golden(f"no_area.{language}", one.text)


@ON_SQLITE
@BOTH
async def test_help_of_the_roster(bank: Bank, language: str) -> None:
    populate(bank)
    async with desk(bank, "lina", language=language) as one:
        await one.until("张伟明")
        await one.press("question_mark")
        assert_golden(f"help_customers.{language}", one.text)


@ON_SQLITE
@BOTH
async def test_help_explains_the_marks_of_the_roster(bank: Bank, language: str) -> None:
    populate(bank)
    async with desk(bank, "lina", language=language) as one:
        await one.until("张伟明")
        await one.press("question_mark", "end")
        with_marks = ("P!", "has an open complaint") if language == "en" else ("诉", "有未结投诉")
        assert all(text in one.text for text in with_marks)


@ON_SQLITE
@BOTH
async def test_help_of_the_roster_on_a_wide_screen(bank: Bank, language: str) -> None:
    populate(bank)
    async with desk(bank, "lina", language=language, size=(140, 40)) as one:
        await one.until("张伟明")
        await one.press("question_mark")
        assert_golden(f"help_customers_140x40.{language}", one.text)


@ON_SQLITE
@BOTH
@pytest.mark.parametrize("size", [(80, 24), (140, 40)], ids=["80x24", "140x40"])
async def test_palette_of_the_roster(bank: Bank, language: str, size: tuple[int, int]) -> None:
    populate(bank)
    async with desk(bank, "lina", language=language, size=size) as one:
        await one.until("张伟明")
        await one.press("ctrl+p")
        assert_golden(f"palette_customers_{size[0]}x{size[1]}.{language}", one.text)


# --- key counts of ux.md --------------------------------------------------------------------


async def test_find_a_customer_and_log_a_phone_visit_in_eight_keys(bank: Bank) -> None:
    ids = populate(bank)
    keys = ["slash", "z", "w", "m", "enter", "v", "3", "ctrl+s"]
    assert len(keys) == 8
    async with desk(bank, "lina") as one:
        await one.until("张伟明")
        await one.press(*keys[:5])
        await one.until("timeline")
        await one.press(*keys[5:7])
        await one.type("hello")
        await one.press(keys[7])
        await one.until("Contact saved")
    page = Contacts(bank.store, bank.person("lina"), bank.policy).page(
        ContactCriteria(customer_id=ids["张伟明"]), Move.FIRST, None, 10
    )
    assert [(row.method, row.content) for row in page.rows] == [("phone", "hello")]


async def test_the_same_with_a_next_contact_in_twelve_keys(bank: Bank) -> None:
    ids = populate(bank)
    keys = ["slash", "z", "w", "m", "enter", "v", "3", "tab", "plus", "1", "4", "ctrl+s"]
    assert len(keys) == 12
    async with desk(bank, "lina") as one:
        await one.until("张伟明")
        await one.press(*keys[:5])
        await one.until("timeline")
        await one.press(*keys[5:7])
        await one.type("hello")
        await one.press(*keys[7:])
        await one.until("Contact saved")
    page = Contacts(bank.store, bank.person("lina"), bank.policy).page(
        ContactCriteria(customer_id=ids["张伟明"]), Move.FIRST, None, 10
    )
    assert str(page.rows[0].next_on) == "2026-03-16"


async def test_a_draft_is_recovered_with_one_key(bank: Bank) -> None:
    ids = populate(bank)
    drafts = Drafts(bank.store, bank.dead_session("lina"))
    values = {"method": "phone", "content": "half a word", TITLE: "单雪梅"}
    drafts.save(DraftKey("contact", str(ids["单雪梅"])), values)
    async with desk(bank, "lina") as one:
        await one.until("Not finished yet")
        await one.press("enter")
        await one.until("half a word")
        assert "[3\xa0Phone]" in one.text


@ON_SQLITE
async def test_the_footer_says_which_of_the_offered_drafts_can_be_thrown_away(bank: Bank) -> None:
    ids = populate(bank)
    sessions = (bank.person("lina"), bank.dead_session("lina"))
    for session, name in zip(sessions, ("张伟明", "单雪梅"), strict=True):
        values = {"method": "phone", "content": "half a word", TITLE: name}
        Drafts(bank.store, session).save(DraftKey("contact", str(ids[name])), values)
        bank.clock.advance(minutes=1)
    async with desk(bank, "lina") as one:
        await one.until("▸ log a contact  单雪梅")
        assert "(Ctrl+D discard)" not in one.text
        await one.press("down")
        await one.until("(Ctrl+D discard)")
        await one.press("up")
        await one.gone("(Ctrl+D discard)")
        offer = one.app.screen
        await one.press("ctrl+d")
        await one.until("(Ctrl+D discard)")
        del offer._drafts[:]
        assert offer.why_not("discard") is None


@ON_SQLITE
async def test_the_key_of_an_area_leads_to_its_list_whatever_was_searched_for(bank: Bank) -> None:
    populate(bank)
    async with desk(bank, "lina") as one:
        await one.until("张伟明")
        await one.press("/")
        await one.type("zwm")
        await one.until("1/1")
        await one.press("f5", "f3")
        await one.until("1/8")
        await one.press("n")
        await one.until("Register a customer")


@ON_SQLITE
async def test_a_wrong_password_is_forgotten_with_the_next_key(bank: Bank) -> None:
    async with desk(bank) as one:
        await one.type("lina")
        await one.press("enter")
        await one.type("wrong")
        await one.press("enter")
        await one.until("Name or password is wrong")
        await one.type("c")
        await one.gone("Name or password is wrong")


def listed(one: Desk) -> list[str]:
    return [line.split()[2] for line in one.text.splitlines() if " P0000" in line]


async def test_who_is_overdue_in_two_keys(bank: Bank, clock: SetClock) -> None:
    ids = populate(bank)
    log(bank, "lina", ids["仇英"], "later", next_on="+3")
    clock.advance(days=5)
    async with desk(bank, "lina") as one:
        await one.until("张伟明")
        await one.press("f3", "5")
        await one.until("by overdue")
        assert listed(one)[-1] == "仇英"
        assert "欧阳志远" not in listed(one)
        await one.press("escape")
        await one.until("欧阳志远")
        assert listed(one)[-1] == "仇英"
        assert len(listed(one)) == len(ids)


# --- behaviour ------------------------------------------------------------------------------


async def test_after_saving_the_cursor_of_the_card_is_on_what_was_saved(bank: Bank) -> None:
    ids = populate(bank)
    for words in ("first", "second", "third"):
        log(bank, "lina", ids["张伟明"], words)
        bank.clock.advance(minutes=5)
    async with desk(bank, "lina") as one:
        await one.until("张伟明")
        await one.press("enter")
        await one.until("third")
        await one.press("down", "down", "v", "3")
        await one.type("just now")
        await one.press("ctrl+s")
        await one.until("just now")
        await one.press("enter")
        await one.until("Enter close this")
        assert "just now" in one.text


async def test_a_contact_taken_back_has_no_next_date(bank: Bank) -> None:
    populate(bank)
    async with desk(bank, "lina") as one:
        await one.until("张伟明")
        await one.press("enter")
        await one.until("timeline")
        await one.press("v", "3")
        await one.type("hello")
        await one.press("tab", "plus", "1", "4", "ctrl+s")
        await one.until("next 03-16")
        await one.press("u")
        await one.until("Contact taken back.")
        await one.gone("next 03-16")


async def test_undo_takes_a_contact_back(bank: Bank) -> None:
    ids = populate(bank)
    async with desk(bank, "lina") as one:
        await one.until("张伟明")
        await one.press("v", "3")
        await one.type("hello")
        await one.press("ctrl+s")
        await one.until("Contact saved")
        await one.press("u")
        await one.until("Contact taken back.")
    page = Contacts(bank.store, bank.person("lina"), bank.policy).page(
        ContactCriteria(customer_id=ids["张伟明"]), Move.FIRST, None, 10
    )
    assert [row.withdrawn for row in page.rows] == [True]


async def test_walking_the_list_from_the_card(bank: Bank) -> None:
    populate(bank)
    async with desk(bank, "lina") as one:
        await one.until("张伟明")
        await one.press("enter")
        await one.until("timeline")
        assert "[ 1/8 ]" in one.text
        assert "[ previous" not in one.text
        await one.press("right_square_bracket")
        await one.until("[ 2/8 ]")
        await one.press("left_square_bracket")
        await one.until("[ 1/8 ]")
        await one.press("left_square_bracket")
        await one.until("This is the first one")
        await one.press("escape")
        await one.until("Avg assets")


@ON_SQLITE
@BOTH
async def test_wide_screens(bank: Bank, language: str) -> None:
    ids = populate(bank)
    log(bank, "lina", ids["张伟明"], "问理财到期续作")
    async with desk(bank, "lina", language=language, size=(140, 40)) as one:
        await one.until("问理财到期续作")
        assert_golden(f"customers_140x40.{language}", one.text)
        await one.press("enter")
        await one.until("P000001  成都营业部")
        await one.until("问理财到期续作")
        assert_golden(f"card_140x40.{language}", one.text)
        await one.press("v", "3")
        await one.type("note")
        await one.until("10:00:00")
        assert_golden(f"contact_form_140x40.{language}", one.text)
        await one.press("ctrl+d")
        await one.until("P000001  成都营业部")
        await one.press("f3", "n")
        await one.press("f12")
        assert_golden(f"customer_form_140x40.{language}", one.text)


async def test_a_persons_own_language_is_kept(bank: Bank) -> None:
    populate(bank)
    async with desk(bank, "lina") as one:
        await one.until("张伟明")
        await one.press("enter")
        await one.until("timeline")
        await one.press("ctrl+g")
        await one.until("客户 F3")
        assert "客户经理" in one.text
    assert bank.person("lina").language == "zh_CN"
    async with desk(bank, "lina") as one_more:
        assert i18n.language() == "zh_CN"
        await one_more.until("客户 F3")
        await one_more.press("ctrl+g")
        await one_more.until("Customers F3")
        await one_more.press("f4")
        await one_more.until("Contacts F4")
    assert bank.person("lina").language == "en"


async def test_a_slash_begins_the_next_search(bank: Bank) -> None:
    populate(bank)
    async with desk(bank, "lina") as one:
        await one.until("张伟明")
        for slash, search, name in (("slash", "zwm", "张伟明"), ("、", "sxm", "单雪梅")):
            await one.press(slash)
            await one.type(search)
            await one.until(f" / {search}")
            await one.until("1/1")
            await one.press("enter")
            await one.until(f"F3 > {name}")
            await one.press("escape")


async def test_walking_the_customers_of_the_contacts(bank: Bank) -> None:
    ids = populate(bank)
    for name in ("张伟明", "张伟明", "单雪梅", "仇英"):
        log(bank, "lina", ids[name], f"with {name}")
        bank.clock.at += timedelta(minutes=1)
    async with desk(bank, "lina") as one:
        await one.until("张伟明")
        await one.press("f4")
        await one.until("with 仇英")
        await one.press("enter")
        await one.until("Customers F3 > 仇英")
        await one.press("right_square_bracket")
        await one.until("> 单雪梅")
        await one.press("right_square_bracket")
        await one.until("> 张伟明")
        # Two contacts with one customer are one step.
        await one.press("right_square_bracket")
        await one.until("This is the last one")
        await one.press("left_square_bracket")
        await one.until("> 单雪梅")
        await one.press("left_square_bracket")
        await one.until("> 仇英")
        await one.press("left_square_bracket")
        await one.until("This is the first one")


def not_ascii(text: str) -> set[str]:
    """Characters that a plain terminal may not have; Han and its punctuation are data."""
    return {char for char in text if not char.isascii() and not is_han_text(char)}


def is_han_text(char: str) -> bool:
    return char == "\xa0" or unicodedata.east_asian_width(char) in "WF"


@BOTH
@ON_SQLITE
async def test_plain_terminals_get_ascii_everywhere(bank: Bank, language: str) -> None:
    ids = populate(bank)
    log(bank, "lina", ids["张伟明"], "very " * 60 + "long")
    dead = Drafts(bank.store, bank.dead_session("lina"))
    dead.save(DraftKey("contact", str(ids["单雪梅"])), {"content": "x", "_title": "long " * 40})
    plain = Config(ui=Ui(ascii=True))
    async with desk(bank, "lina", language=language, config=plain) as one:
        await one.until("单雪梅" if language == "en" else "long")
        shown = [one.text]
        for keys in (
            ("escape",), ("down",), ("question_mark",), ("escape",), ("ctrl+p",), ("escape",),
            ("g",), ("escape",), ("f",), ("escape",), ("enter",), ("escape",), ("v",),
            ("escape",), ("n",), ("escape",), ("f4",), ("f",), ("escape",),
        ):  # fmt: skip
            await one.press(*keys)
            shown.append(one.text)
    assert len(set(shown)) > 8
    assert {text: odd for text in shown if (odd := not_ascii(text))} == {}


async def test_a_company_has_no_household_line(bank: Bank) -> None:
    office = bank.office("lina")
    form = CustomerForm(name="川西茶业有限公司", kind="corporate", state="active")
    office.registration.register(form, "key-of-the-firm")
    office.registration.register(CustomerForm(name="单独", state="active"), "key-of-a-person")
    async with desk(bank, "lina") as one:
        for search, said in (("cxcy", False), ("dd", True)):
            await one.press("f3", "slash")
            await one.type(search)
            await one.until("1/1")
            await one.press("enter")
            await one.until("timeline")
            assert ("no household" in one.text) is said
            await one.press("escape")


async def test_a_number_is_revealed_and_masked_again_on_the_next_card(bank: Bank) -> None:
    populate(bank)
    async with desk(bank, "lina") as one:
        await one.until("张伟明")
        await one.press("enter")
        await one.until("timeline")
        await one.press("p", "1", "1", "enter")
        await one.until("13800130000")
        await one.press("right_square_bracket")
        await one.until("[ 2/8 ]")
        assert "13800130000" not in one.text


async def test_the_next_caller_gets_a_form_of_their_own(bank: Bank) -> None:
    populate(bank)
    async with desk(bank, "lina") as one:
        await one.until("张伟明")
        await one.press("n")
        await one.until("Register a customer")
        await one.type("赵无极")
        await one.press("escape")
        await one.until("Draft kept")
        bank.clock.advance(minutes=1)
        await one.press("n")
        await one.until("Enter goes on with it, n begins a new one")
        assert "赵无极" in one.text
        await one.press("n")
        await one.until("Register a customer")
        await one.type("钱多多")
        await one.press("escape")
        await one.gone("Register a customer")
        assert {one_.values[TITLE] for one_ in bank.office("lina").drafts.all()} == {
            "赵无极", "钱多多",
        }  # fmt: skip
        await one.press("n")
        await one.until("Enter goes on with it")
        await one.press("down", "enter")
        await one.until("Register a customer")
        assert "赵无极" in one.text
        assert "钱多多" not in one.text


async def test_what_was_thrown_away_comes_back_as_the_draft_it_was(bank: Bank) -> None:
    populate(bank)
    async with desk(bank, "lina") as one:
        await one.until("张伟明")
        for name in ("赵无极", "钱多多"):
            await one.press("n")
            await one.until("begins a new one" if name == "钱多多" else "Register a customer")
            if name == "钱多多":
                await one.press("n")
                await one.until("Register a customer")
            await one.type(name)
            await one.press("ctrl+d" if name == "钱多多" else "escape")
            await one.gone("Register a customer")
        await one.press("u")
        await one.until("钱多多")
        await one.press("escape")
        await one.gone("Register a customer")
    kept = bank.office("lina").drafts.all()
    assert {draft.values[TITLE] for draft in kept} == {"赵无极", "钱多多"}


async def test_esc_keeps_a_draft_and_ctrl_d_discards_with_undo(bank: Bank) -> None:
    ids = populate(bank)
    drafts = Drafts(bank.store, bank.person("lina"))
    key = DraftKey("contact", str(ids["张伟明"]))
    async with desk(bank, "lina") as one:
        await one.until("张伟明")
        await one.press("v", "3")
        await one.type("hello")
        await one.press("escape")
        await one.until("Draft kept")
        found = drafts.load(key)
        assert found is not None
        assert found.values["content"] == "hello"
        await one.press("v")
        await one.until("hello")
        await one.press("ctrl+d")
        await one.until("Draft discarded")
        assert drafts.load(key) is None
        await one.press("u")
        await one.until("hello")


async def test_a_filter_and_its_empty_state(bank: Bank) -> None:
    populate(bank)
    async with desk(bank, "lina") as one:
        await one.until("张伟明")
        await one.press("f", "1", "enter")
        await one.until("Nobody fits the filter")
        await one.press("f", "delete", "enter")
        await one.until("张伟明")
        await one.press("f", "1", "enter")
        await one.until("Nobody fits the filter")
        await one.press("escape")
        await one.until("张伟明")
        await one.press("escape")
        await one.until("nothing lies behind this list")


async def test_a_supervisor_grants_platinum_with_one_key(bank: Bank) -> None:
    populate(bank)
    async with desk(bank, "zhaomin") as one:
        await one.until("张伟明")
        await one.press("enter")
        await one.until("timeline")
        await one.press("y")
        await one.until("this customer qualifies for no higher tier")


async def test_areas_keep_their_place(bank: Bank) -> None:
    populate(bank)
    async with desk(bank, "lina") as one:
        await one.until("张伟明")
        await one.press("down", "down", "f4")
        await one.until("F4")
        await one.press("g", "c")
        await one.until("Customers F3")
        assert "▸" in next(line for line in one.text.splitlines() if "仇英" in line)


@ON_SQLITE
async def test_a_registered_customer_stands_on_its_card_with_the_number_given(bank: Bank) -> None:
    populate(bank)
    async with desk(bank, "lina") as one:
        await one.until("张伟明")
        await one.press("n")
        await one.until("Register a customer")
        await one.type("郑月娥")
        await one.press("ctrl+s")
        await one.until("Customers F3 > 郑月娥")
        await one.until("P000013 registered.")
        await one.press("v")
        await one.until("Log a contact > 郑月娥")


@ON_SQLITE
@pytest.mark.parametrize("key", ["q", "ctrl+c"])
async def test_what_ends_other_programs_names_the_key_that_ends_this_one(
    bank: Bank, key: str
) -> None:
    populate(bank)
    async with desk(bank, "lina") as one:
        await one.until("张伟明")
        await one.press(key)
        await one.until("! Ctrl+Q leaves the program")
        await one.press("n")
        await one.until("Register a customer")
        await one.press(key)
        assert ("Ctrl+Q leaves the program" in one.text) == (key == "ctrl+c")
        assert one.app.screen.form.values()["name"] == ("q" if key == "q" else "")
