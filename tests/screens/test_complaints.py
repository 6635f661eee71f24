"""Complaints on the screen: queue, triage, case, steps, registration; keys counted, terminals."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from threading import Event
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from crm_tui.db.tables import Complaint, Contact, Draft
from crm_tui.domain.drafts import REQUEST_KEY, DraftKey
from crm_tui.screens import complaint_fields
from crm_tui.services.drafts import Drafts
from tests.support.complaints import FORM, register
from tests.support.desk import desk, log, populate
from tests.support.queue import column, fill, opened, queue, rest, stored
from tests.support.screen_text import assert_golden

if TYPE_CHECKING:
    from crm_tui.office import Office
    from tests.support.desk import Desk
    from tests.support.people import Bank

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
TONGUES = pytest.mark.parametrize("language", ["en", "zh_CN"])


# --- as they look ---------------------------------------------------------------------------


@ON_SQLITE
@TONGUES
@pytest.mark.parametrize(
    ("size", "wide"), [((80, 24), ""), ((140, 40), "_140x40")], ids=["80x24", "140x40"]
)
async def test_the_screens_as_they_look(
    bank: Bank, language: str, size: tuple[int, int], wide: str
) -> None:
    made = fill(bank)
    async with desk(bank, "zhaomin", language=language, size=size) as one:
        await queue(one)
        if not wide:
            assert_golden(f"complaints_80x24_{language}", one.text)
        await one.press("t")
        await one.press("f12")
        assert_golden(f"complaints_triage{wide}_{language}", one.text)
        await one.press("escape", "enter")
        await one.press("f12")
        if not wide:
            assert_golden(f"complaints_case_{language}", one.text)
        await one.press("o")
        assert_golden(f"complaints_steps{wide}_{language}", one.text)
        await one.press("escape", "escape", "n", "tab", "tab", "tab")
        await one.type("短信费多扣三个月")
        await one.press("tab", "2", "3")
        await stored(one)
        assert_golden(f"complaints_register{wide}_{language}", one.text)
    async with desk(bank, "wangqiang", language=language, size=size) as one:
        await queue(one)
        await opened(one, "case_form", made["told"])
        await one.type("已退费, 客户认可")
        await one.press("tab")
        await stored(one)
        assert_golden(f"complaints_close{wide}_{language}", one.text)


@ON_SQLITE
@TONGUES
async def test_a_wide_terminal(bank: Bank, language: str) -> None:
    fill(bank)
    async with desk(bank, "zhaomin", language=language, size=(140, 40)) as one:
        await queue(one)
        await one.press("down", "down")
        await rest(one)
        assert_golden(f"complaints_140x40_{language}", one.text)
        await one.press("enter")
        await one.press("f12")
        assert_golden(f"complaints_case_140x40_{language}", one.text)


# --- keys counted ---------------------------------------------------------------------------


async def count_keys(one: Desk, *keys: str) -> int:
    await one.press(*keys)
    return len(keys)


async def test_triage_in_six_keys_then_four_then_one(bank: Bank) -> None:
    populate(bank)
    first, second = register(bank), register(bank)
    # Different from the others, so that nothing is known of them.
    third, fourth = register(bank, reason="service"), register(bank)
    async with desk(bank, "zhaomin") as one:
        await one.until("[2all]")
        used = await count_keys(one, "f5", "t")
        await one.until("no like case")
        used += await count_keys(one, "2", "1", "2", "enter")
        await one.until("CP-2026-000001 goes to")
        assert used <= 8
        assert await count_keys(one, "t", "enter") <= 2  # the proposal is right
        await one.until("CP-2026-000002 goes to")
        await one.until("no like case")
        assert await count_keys(one, "1", "1", "3", "enter") <= 6
        await one.until("CP-2026-000003 goes to")
        await one.press("escape", "t", "enter")
        await one.gone("proposed from")
        await one.until("CP-2026-000004 goes to")
    made = {one: column(bank, one, "complaint_class") for one in (first, second, third, fourth)}
    assert list(made.values()) == ["major_economic", "major_economic", "general", "major_economic"]
    handlers = [column(bank, one, "handler_id") for one in (first, second, third, fourth)]
    assert handlers[0] == handlers[1] == handlers[3] != handlers[2]
    assert None not in handlers


def offered(text: str) -> list[str]:
    """The options of the triage line that stands on the screen, without what marks the picked."""
    at = next(n for n, line in enumerate(text.splitlines()) if "[Handler" in line)
    return text.splitlines()[at + 1].replace("[", " ").replace("]", " ").split()


@ON_SQLITE
async def test_a_digit_means_the_same_person_from_case_to_case(bank: Bank) -> None:
    populate(bank)
    register(bank)
    register(bank)
    async with desk(bank, "zhaomin") as one:
        await one.until("[2all]")
        await one.press("f5", "t")
        await one.until("no like case")
        await one.press("2", "1")
        before = offered(one.text)
        await one.press("3", "enter")
        await one.until("CP-2026-000001 goes to")
        await one.gone("no like case")
        await one.press("tab", "tab")
        assert offered(one.text) == before


@ON_SQLITE
async def test_a_key_that_chooses_nothing_in_triage_is_told(bank: Bank) -> None:
    populate(bank)
    register(bank)
    async with desk(bank, "zhaomin") as one:
        await one.until("[2all]")
        await one.press("f5", "t")
        await one.until("no like case")
        await one.press("7")
        await one.until("there is no such choice")
        await one.press("1")
        await one.gone("there is no such choice")
        await one.press("tab", "q")
        await one.until("there is no such choice")


async def test_closing_takes_five_keys(bank: Bank) -> None:
    made = fill(bank)
    async with desk(bank, "wangqiang") as one:
        await one.press("f5")
        await one.until("CP-2026-000003")
        await one.press("down")
        used = await count_keys(one, "z")
        await one.until("CP-2026-000003 > close")
        await one.type("Paid back, the customer agrees.")
        used += await count_keys(one, "tab", "1", "5", "ctrl+s")
        await one.until("Saved.")
    assert used == 5
    closed = made["told"]
    assert column(bank, closed, "state") == "closed"
    assert column(bank, closed, "satisfaction") == 5
    assert column(bank, closed, "cause") == "pricing"
    assert column(bank, closed, "responsible_id") == column(bank, closed, "department_id")


# --- registering ----------------------------------------------------------------------------


async def test_a_complaint_of_a_customer_who_is_searched_for(bank: Bank) -> None:
    people = populate(bank)
    async with desk(bank, "chenjing") as one:
        await one.until("张伟明")
        await one.press("f5", "n")
        await one.until("New complaint")
        await one.type("zwm")
        await one.until("> 张伟明")
        await one.press("enter")
        await one.type("charged twice")
        await one.press("tab", "2", "9", "1", "7", "1", "tab")
        await one.type("+1")
        await one.until("-> 03-03 Tue 17:00")
        await one.press("tab", "2", "ctrl+s")
        await one.until("CP-2026-000001 registered.")
        assert "▸" in next(line for line in one.text.splitlines() if "CP-2026-000001" in line)
    with bank.store.read() as session:
        row = session.execute(select(Complaint)).scalar_one()
        assert (row.customer_id, row.content) == (people["张伟明"], "charged twice")
        assert (row.channel, row.business, row.reason) == ("phone", "foreign_exchange", "pricing")
        assert (row.demand, row.name) == ("refund", "")
        assert row.promise_at is not None
        assert row.first_responder_id != row.registrar_id


@ON_SQLITE
async def test_what_is_open_of_a_customer_comes_and_goes_with_them(bank: Bank) -> None:
    people, now = populate(bank), bank.clock.at
    for days in (1, 9, 5):
        bank.clock.at = now - timedelta(days=days)
        register(bank, customer=people["张伟明"], content=f"{days} days ago")
    bank.clock.at = now
    async with desk(bank, "chenjing") as one:
        await one.until("张伟明")
        await one.press("f5", "n")
        await one.until("New complaint")
        await one.type("zwm")
        await one.until("> 张伟明")
        assert "open already" not in one.text
        await one.press("enter")
        await one.until("open already, and 1 more")
        shown = one.text.split("open already", 1)[1]
        assert "1 days ago" in shown.splitlines()[1]
        assert "5 days ago" in shown.splitlines()[2]
        assert "9 days ago" not in shown
        await one.press("shift+tab", "backspace")
        await one.gone("open already")
        await one.type("hui")
        await one.until("> 覃辉")
        await one.press("enter")
        await one.until("|")
        assert "open already" not in one.text


@ON_SQLITE
async def test_a_picker_alone_makes_a_draft_that_is_called_by_its_customer(bank: Bank) -> None:
    populate(bank)
    async with desk(bank, "chenjing") as one:
        await one.until("张伟明")
        await one.press("f5", "n")
        await one.until("New complaint")
        await one.type("zwm")
        await one.until("> 张伟明")
        await one.press("escape")
        await one.until("Draft kept.")
        await one.press("n")
        await one.until("Enter goes on with it")
        await one.press("enter")
        await one.until("zwm_")
        await one.until("> 张伟明")
        await one.press("tab", "escape")
        await one.until("Draft kept.")
        await one.app.save_and_leave("sighup")
    async with desk(bank, "chenjing") as one:
        await one.until("Not finished yet")
        assert "complaint  张伟明  Mon" in one.text
        await one.press("enter")
        await one.until("Content")
        await one.type("2 fees")
        assert "|2 fees" in one.text


async def test_a_stranger_with_name_and_phone_and_a_draft_that_goes_on(bank: Bank) -> None:
    populate(bank)
    async with desk(bank, "chenjing") as one:
        await one.until("张伟明")
        await one.press("f5", "n", "tab")
        await one.type("Passer-by")
        await one.press("tab")
        await one.type("028-6612 0000")
        await one.press("tab")
        await one.type("rude staff")
        await one.press("tab", "1", "escape")
        await one.until("Draft kept.")
        await one.app.save_and_leave("sighup")
    async with desk(bank, "chenjing") as one:
        await one.until("Not finished yet")
        assert "complaint  Passer-by" in one.text
        await one.press("enter")
        await one.until("rude staff")
        assert "Passer-by" in one.text
        await one.press("ctrl+s")
        await one.until("! choose one by its digit")
        await one.press("6", "1", "ctrl+s")
        await one.until("CP-2026-000001 registered.")
    with bank.store.read() as session:
        row = session.execute(select(Complaint)).scalar_one()
        assert (row.customer_id, row.name, row.business) == (None, "Passer-by", "own_wealth")
        assert row.phone_mask.endswith("0000")
        assert session.execute(select(func.count()).select_from(Draft)).scalar_one() == 0


@ON_SQLITE
async def test_words_changed_after_an_unknown_outcome_are_not_lost(bank: Bank) -> None:
    """Stored, but nobody knows; a draft of the same request goes on in other words."""
    populate(bank)
    stored_as = replace(FORM, content="charged twice")
    bank.office("chenjing").complaints.register(None, stored_as, "k1")
    again = {
        "content": "charged twice, in May", "channel": "phone", "business": "debit_card",
        "reason": "pricing", "first_responder": "chenjing", REQUEST_KEY: "k1",
    }  # fmt: skip
    Drafts(bank.store, bank.dead_session("chenjing")).save(DraftKey("complaint", "new"), again)
    async with desk(bank, "chenjing") as one:
        await one.until("Not finished yet")
        await one.press("enter")
        await one.until("charged twice, in May")
        await one.press("ctrl+s")
        await one.until("CP-2026-000001")
        assert "charged twice, in May" in one.text
        assert "saving again registers another complaint" in one.text
        assert texts(bank) == ["charged twice"]
        with bank.store.read() as session:
            assert session.execute(select(func.count()).select_from(Draft)).scalar_one() == 1
        await one.press("ctrl+s")
        await one.until("registered.")
    assert texts(bank) == ["charged twice", "charged twice, in May"]


def texts(bank: Bank) -> list[str]:
    with bank.store.read() as session:
        query = select(col(Complaint.content)).order_by(col(Complaint.id))
        return list(session.execute(query).scalars())


@ON_SQLITE
async def test_a_note_becomes_a_complaint(bank: Bank) -> None:
    populate(bank)
    async with desk(bank, "lina") as one:
        await one.until("张伟明")
        await one.press("v", "3")
        await one.type("fees wrong")
        await one.press("ctrl+k")
        await one.until("Complaint > 张伟明")
        assert "fees wrong" in one.text
        await one.press("tab", "2", "3", "7", "ctrl+s")
        await one.until("Log a contact > 张伟明")
        assert "CP-2026-000001 registered." in one.text
        assert "fees wrong" in one.text
        await one.press("escape")
        await one.until("Draft kept.")
        await one.press("enter")
        await one.until("complaint CP-2026-000001")
        await one.press("enter")
        await one.until("Complaints F5 > CP-2026-000001")
        assert "fees wrong" in one.text


@ON_SQLITE
async def test_undo_belongs_to_the_last_thing_done(bank: Bank) -> None:
    populate(bank)
    async with desk(bank, "lina") as one:
        await one.until("张伟明")
        await one.press("v", "3", "x", "ctrl+s")
        await one.until("u undoes it")
        await one.press("ctrl+k")
        await one.until("Complaint > 张伟明")
        await one.type("fees")
        await one.press("tab", "2", "3", "7", "ctrl+s")
        await one.until("CP-2026-000001 registered.")
        await one.press("u")
        await one.until("there is nothing to undo")
    with bank.store.read() as session:
        assert session.execute(select(func.count()).select_from(Contact)).scalar_one() == 1
        assert session.execute(select(col(Contact.withdrawn_at))).scalar_one() is None


@ON_SQLITE
async def test_ctrl_k_on_roster_card_and_contacts(bank: Bank) -> None:
    people = populate(bank)
    log(bank, "lina", people["张伟明"], "hello")
    async with desk(bank, "lina") as one:
        await one.until("张伟明")
        for keys in ((), ("enter",), ("escape", "f4")):
            await one.press(*keys)
            await one.until("张伟明")
            await one.press("ctrl+k")
            await one.until("Complaint > 张伟明")
            await one.press("escape")
            await one.gone("Complaint > 张伟明")


@ON_SQLITE
async def test_enter_before_the_search_has_answered_takes_what_was_searched_for(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    populate(bank)
    answers = Event()
    search = complaint_fields.search

    def slow(office: Office, text: str) -> tuple[tuple[str, str], ...]:
        if text == "jz":
            assert answers.wait(30)
        return search(office, text)

    monkeypatch.setattr(complaint_fields, "search", slow)
    async with desk(bank, "lina") as one:
        await one.until("张伟明")
        await one.press("f5", "n")
        await one.until("New complaint")
        await one.press("j")
        await one.until("> ")
        await one.pilot.press("z")
        await one.pilot.press("enter")
        await one.pilot.press(*"note")
        answers.set()
        await one.until("|note")
        assert "解珍" in one.text


@ON_SQLITE
async def test_who_is_not_found_by_name_is_a_stranger_of_that_name(bank: Bank) -> None:
    populate(bank)
    async with desk(bank, "chenjing") as one:
        await one.until("张伟明")
        await one.press("f5", "ctrl+k")
        await one.until("New complaint")
        await one.type("qqq")
        await one.press("enter")
        await one.until("nobody found; leave it empty for a stranger")
        await one.press("ctrl+u")
        await one.type("李雷")
        await one.press("enter")
        await one.until("nobody found: 李雷 is the stranger's name now")
        await one.type("13900000000")
        values = one.app.screen.form.values()
        assert (values["customer"], values["name"], values["phone"]) == ("", "李雷", "13900000000")
        assert not one.app.screen.form.searches()


@ON_SQLITE
async def test_ctrl_k_in_the_queue_is_for_the_customer_of_the_case(bank: Bank) -> None:
    people = populate(bank)
    register(bank, customer=people["张伟明"])
    async with desk(bank, "zhaomin") as one:
        await queue(one)
        await one.press("ctrl+k")
        await one.until("Complaint > 张伟明")


async def test_a_customer_of_another_branch_by_number_and_id(bank: Bank) -> None:
    from crm_tui.domain.customers import CustomerForm

    form = CustomerForm(name="外地客", mobile="13800138000", id_no="11010519491231002X",
                        id_type="resident_id", state="active")  # fmt: skip
    abroad = bank.office("sunli").registration.register(form, "far")
    number = bank.office("sunli").customers.card(abroad).customer_no
    async with desk(bank, "chenjing") as one:
        await one.until("[2all]")
        await one.press("f5", "n")
        await one.until("New complaint")
        await one.type(f"{number} 110105194912310021")
        await one.press("enter")
        await one.until("Not found, or not yours to see.")
        await one.press("backspace")
        await one.type("X")
        await one.press("enter")
        await one.until(f"{number}, of another branch")
        await one.type("charged twice")
        await one.press("tab", "2", "3", "7", "ctrl+s")
        await one.until("CP-2026-000001 registered.")
    with bank.store.read() as session:
        assert session.execute(select(col(Complaint.customer_id))).scalar_one() == abroad


@ON_SQLITE
async def test_what_was_said_of_one_case_does_not_stay_under_others(bank: Bank) -> None:
    fill(bank)
    async with desk(bank, "zhaomin") as one:
        await queue(one)
        for away in (("up",), ("6", "2"), ("f2", "f5")):
            await one.press("n", "tab", "tab", "tab")
            await one.type("queue")
            await one.press("escape")
            await one.until("Draft kept.")
            await one.press(*away)
            await one.gone("Draft kept.")
            await one.press("n", "enter")
            await one.until("goes on here")
            await one.press("ctrl+d")
            await one.until("Draft discarded.")
            await one.press("down")
            assert "undoes it" in one.text
            one.app.screen.forget_undo()
            await one.press("down")
            await one.gone("undoes it")


@ON_SQLITE
async def test_triage_of_another_case_than_the_highlighted_one_is_told(bank: Bank) -> None:
    fill(bank)
    async with desk(bank, "zhaomin") as one:
        await queue(one)
        await one.press("/")
        await one.type("qy")
        await one.until("1/1")
        await one.press("escape", "t")
        await one.until("[Class")
        assert "CP-2026-000002 does not wait for triage; this is the first that does" in one.text
        await one.press("escape")
        await one.gone("does not wait")
        await one.press("3")
        await one.until("[3untriaged]")
        await rest(one)
        await one.press("t")
        await one.until("[Class")
        assert "does not wait" not in one.text
