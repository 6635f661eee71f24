"""One complaint on the screen: its steps, two people on it, who may do what, views and search."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crm_tui.config import Config, Ui
from crm_tui.domain.complaint_kinds import Step
from crm_tui.domain.complaints import StepForm
from crm_tui.errors import StoreUnavailable
from tests.support.complaints import CLOSED, DECIDED, TOLD, register, take, triage
from tests.support.desk import desk, populate
from tests.support.queue import column, fill, opened, queue
from tests.support.screen_text import wait_until

if TYPE_CHECKING:
    from tests.support.people import Bank

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def test_a_case_from_decision_to_reopening_by_keys(bank: Bank) -> None:
    populate(bank)
    case = register(bank)
    triage(bank, case)
    async with desk(bank, "wangqiang") as one:
        await one.until("欧阳志远")
        await one.press("f5", "enter")
        await one.until("Complaints F5 > CP-2026-000001")
        await one.press("z")
        await one.until("> decide")
        await one.type("pay back")
        await one.press("tab", "2", "ctrl+s")
        await one.until("to notify")
        await one.press("o", "5")
        await one.until("> tell the customer")
        await one.press("2", "ctrl+s")
        await one.until("Not reached")
        await one.press("o", "4")
        await one.until("> tell the customer")
        await one.press("2", "ctrl+s")
        await one.until("Told")
        await one.press("o", "4")
        await one.until("tell the customer: the customer has been told")
        await one.press("escape", "z")
        await one.until("> close")
        await one.type("paid")
        await one.press("tab", "1", "6", "ctrl+s")
        await one.until("closed")
        await one.press("z")
        await one.until("the case has ended; only who triages can reopen it")
        await one.press("escape", "6")
        await one.until("1/1")
        await one.press("z")
        await one.until("the case has ended; only who triages can reopen it")
    assert column(bank, case, "satisfaction") == 0
    async with desk(bank, "zhaomin") as one:
        await one.until("[2all]")
        await one.press("f5", "6", "z")
        await one.until("the case has ended; o can reopen it")
        await one.press("enter")
        await one.until("Complaints F5 > CP-2026-000001")
        await one.press("z")
        await one.until("the case has ended; o can reopen it")
        await one.press("o", "6")
        await one.until("> reopen")
        await one.type("came again")
        await one.press("ctrl+s")
        await one.until("Reopened")
    assert column(bank, case, "state") == "in_progress"


@ON_SQLITE
async def test_what_is_said_of_telling_the_customer_is_kept_from_the_first_letter(
    bank: Bank,
) -> None:
    populate(bank)
    case = register(bank)
    triage(bank, case)
    take(bank, case, "wangqiang", Step.DECIDE, DECIDED)
    async with desk(bank, "wangqiang") as one:
        await one.until("欧阳志远")
        await one.press("f5", "z")
        await one.until("> tell the customer")
        await one.press("2")
        await one.type("no answer, tried 2 times")
        assert "[1 yes]" in one.text.replace("\xa0", " ")
        await one.press("ctrl+s")
        await one.until("Saved.")
    trail = bank.office("hq").complaints.get(case).trail
    assert trail[-1].text == "no answer, tried 2 times"


async def test_withdrawing_asks_first_and_cannot_be_undone(bank: Bank) -> None:
    populate(bank)
    case = register(bank)
    async with desk(bank, "zhaomin") as one:
        await one.until("[2all]")
        await one.press("f5", "o", "9")
        await one.until("> withdraw")
        await one.type("the customer says it is settled")
        await one.press("ctrl+s")
        await one.until("The case ends with it.")
        await one.press("escape")
        await one.gone("The case ends with it.")
        assert column(bank, case, "state") == "registered"
        await one.press("ctrl+s")
        await one.until("The case ends with it.")
        await one.press("enter")
        await one.until("Saved.")
    assert column(bank, case, "state") == "withdrawn"


@ON_SQLITE
async def test_the_walk_and_the_whole_content(bank: Bank) -> None:
    fill(bank)
    async with desk(bank, "zhaomin") as one:
        await queue(one)
        await one.press("enter")
        await one.until("[ 1/6 ]")
        await one.press("[")
        await one.until("This is the first one.")
        await one.press("]", "]")
        await one.until("[ 3/6 ]")
        assert "第11段" not in one.text
        await one.press("end", "enter")
        await one.until("第11段")
        await one.press("escape", "]", "]", "]", "]")
        await one.until("This is the last one.")


@ON_SQLITE
async def test_views_search_and_what_an_empty_list_says(bank: Bank) -> None:
    fill(bank)
    async with desk(bank, "zhaomin") as one:
        await queue(one)
        await one.press("3")
        await one.until("/3")
        assert "triaged" not in one.text.replace("untriaged", "")
        await one.press("4")
        await one.until("/2")
        await one.press("6")
        await one.until("查良镛")
        await one.press("1")
        await one.until("No complaint waits for you")
        await one.press("2", "/")
        await one.type("CP-2026-000005")
        await one.until("1/1")
        await one.press("escape", "escape", "/")
        await one.type("nothing like it")
        await one.until("No such open complaint.")


# --- two people, and a database that goes away ------------------------------------------------


async def test_two_people_on_one_case(bank: Bank) -> None:
    populate(bank)
    case = register(bank)
    triage(bank, case)
    async with desk(bank, "wangqiang") as first:
        await first.until("欧阳志远")
        await first.press("f5", "z")
        await first.until("> decide")
        await first.type("pay back")
        await first.press("tab", "2")
        take(bank, case, "wangqiang", Step.NOTE, StepForm(text="the customer called again"))
        await first.press("ctrl+s")
        await first.until("You have worked on this case meanwhile:")
        assert "the customer called again" in first.text
        await first.press("escape")
        await first.gone("meanwhile:")
        assert "pay back" in first.text
        take(bank, case, "zhaomin", Step.REASSIGN, StepForm(handler="wangqiang", text="still his"))
        await first.press("ctrl+s")
        await first.until("Somebody else has worked on this case meanwhile:")
        await first.press("enter")
        await first.until("Saved.")
    assert column(bank, case, "decision") == "pay back"


async def test_a_step_that_somebody_else_has_taken_stays_a_draft(bank: Bank) -> None:
    populate(bank)
    case = register(bank)
    triage(bank, case)
    async with desk(bank, "wangqiang") as one:
        await one.until("欧阳志远")
        await one.press("f5", "z")
        await one.until("> decide")
        await one.type("my decision")
        await one.press("tab", "2")
        take(bank, case, "wangqiang", Step.DECIDE, DECIDED)
        await one.press("ctrl+s")
        await one.until("Your step is not possible any more: not while it is to notify.")
        await one.press("enter")
        await one.press("escape")
        await one.gone("Your step is not possible")
        assert "my decision" in one.text
        await one.press("escape")
        await one.until("Draft kept.")
        await one.app.save_and_leave("sighup")
    assert column(bank, case, "decision") == DECIDED.text
    async with desk(bank, "wangqiang") as one:
        await one.until("Not finished yet")
        await one.press("enter")
        await one.until("my decision")
        await one.press("ctrl+s")
        await one.until("not while it is to notify")
        await one.press("ctrl+d")
        await one.until("Draft discarded.")


async def test_two_people_triage_the_same_case(bank: Bank) -> None:
    populate(bank)
    case = register(bank)
    async with desk(bank, "zhaomin") as one:
        await one.until("[2all]")
        await one.press("f5", "t")
        await one.until("no like case")
        await one.press("1", "1", "2")
        triage(bank, case, "hq", handler="lina")
        await one.press("enter")
        await one.until("Somebody else has worked on this case meanwhile:")
        assert "Triaged 何总" in one.text
        await one.press("enter")
        await one.gone("meanwhile:")
        await wait_until(one.pilot, lambda: column(bank, case, "version") == 3, what="stored")


@ON_SQLITE
async def test_the_walk_of_triage_passes_over_what_she_may_not_triage(bank: Bank) -> None:
    populate(bank)
    first, about_her, last = register(bank), register(bank, accused="zhaomin"), register(bank)
    async with desk(bank, "zhaomin") as one:
        await one.until("[2all]")
        await one.press("f5", "home", "t")
        await one.until("no like case")
        await one.press("1", "1", "2", "enter")
        await one.until("CP-2026-000001 goes to")
        assert "CP-2026-000003" in one.text
        await one.press("enter")
        await one.gone("> triage")
    assert column(bank, first, "state") == "triaged"
    assert column(bank, about_her, "state") == "registered"
    assert column(bank, last, "state") == "triaged"


@ON_SQLITE
async def test_a_next_case_that_cannot_be_read_is_no_failure_to_store(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    populate(bank)
    case = register(bank)
    register(bank)

    def broken(*_given: object) -> None:
        raise StoreUnavailable("The database is away.")

    async with desk(bank, "zhaomin") as one:
        await one.until("[2all]")
        await one.press("f5", "home", "t")
        await one.until("no like case")
        monkeypatch.setattr("crm_tui.screens.triage.following", broken)
        await one.press("1", "1", "2", "enter")
        await one.until("saved; the next case could not be read")
        assert "no like case" not in one.text
        await one.press("down")
    assert column(bank, case, "state") == "triaged"
    assert column(bank, case, "version") == 2


@ON_SQLITE
async def test_who_may_not_triage_and_who_has_no_customers(bank: Bank) -> None:
    fill(bank)
    async with desk(bank, "chenjing") as one:
        await one.until("张伟明")
        await one.press("f5", "t")
        await one.until("your role may not do this: triage")
        await one.press("2", "z")
        await one.until("only 王强 may")
    async with desk(bank, "hegui") as one:
        await one.press("f5")
        await one.until("Complaints F5")
        await one.until("CP-2026-000002")
        await one.press("f3")
        await one.until("your role may not do this")


@ON_SQLITE
async def test_a_terminal_without_wide_glyphs(bank: Bank) -> None:
    fill(bank)
    async with desk(bank, "zhaomin", config=Config(ui=Ui(ascii=True))) as one:
        await queue(one)
        seen = one.text
        for keys in (("t",), ("escape", "enter"), ("o",), ("escape", "escape", "n")):
            await one.press(*keys)
            seen += one.text
    assert not {char for char in seen if char in "─▸→·—…│"}


@ON_SQLITE
async def test_the_phone_of_a_stranger_is_shown_for_a_while(bank: Bank) -> None:
    made = fill(bank)
    async with desk(bank, "zhaomin") as one:
        await one.until("[2all]")
        await opened(one, "case", made["stranger"])
        await one.press("p", "1", "enter")
        await one.until("02866120000, shown for 30 seconds; this was noted")
        await one.press("escape")
        await opened(one, "case", made["new"])
        await one.press("p")
        await one.until("the number is on the customer's card: c")


@ON_SQLITE
async def test_a_case_leads_to_the_card_of_its_customer(bank: Bank) -> None:
    made = fill(bank)
    async with desk(bank, "zhaomin") as one:
        await queue(one)
        await opened(one, "case", made["new"])
        await one.press("c")
        await one.until("timeline")
        assert "P000001" in one.text
        await one.press("escape", "escape")
        await opened(one, "case", made["stranger"])
        await one.press("c")
        await one.until("it is a stranger's complaint")


@ON_SQLITE
async def test_closed_cases_of_earlier_trails_open_too(bank: Bank) -> None:
    """A trail with every kind of event reads in words."""
    populate(bank)
    case = register(bank, promise="17:00")
    triage(bank, case)
    for step, form in (
        (Step.AWAIT, StepForm(text="which card?")),
        (Step.RESUME, StepForm(text="the gold one")),
        (Step.PROMISE, StepForm(promise="+1")),
        (Step.DECIDE, DECIDED),
        (Step.NOTIFY, TOLD),
        (Step.CLOSE, CLOSED),
    ):
        take(bank, case, "wangqiang", step, form)
    async with desk(bank, "zhaomin") as one:
        await one.until("[2all]")
        await opened(one, "case", case)
        for words in ("very satisfied", "cause Pricing and fees"):
            assert words in " ".join(one.text.split())
        await one.press("end", "up")
        await one.until("handler 王强")


@ON_SQLITE
async def test_a_case_is_triaged_anew_from_its_screen(bank: Bank) -> None:
    populate(bank)
    case = register(bank)
    triage(bank, case)
    async with desk(bank, "zhaomin") as one:
        await one.until("[2all]")
        await opened(one, "case", case)
        await one.press("t")
        await one.until("triage anew: CP-2026-000001")
        assert "[Class General]" in one.text
        await one.press("2", "enter")
        await one.until("CP-2026-000001 goes to 王强")
        assert "Major economic" in one.text


@ON_SQLITE
async def test_after_a_case_that_was_searched_for_the_keys_are_the_lists(bank: Bank) -> None:
    fill(bank)
    async with desk(bank, "zhaomin") as one:
        await queue(one)
        await one.press("/")
        await one.type("qy")
        await one.until("1/1")
        await one.press("enter")
        await one.until("Complaints F5 > CP-2026-000002")
        await one.press("escape")
        await one.gone("Complaints F5 > CP")
        await one.press("6")
        await one.until("[6ended]")
        await one.press("2", "escape")
        await one.until("1/6")


@ON_SQLITE
async def test_a_choice_speaks_of_digits_only_where_they_are_shown(bank: Bank) -> None:
    made = fill(bank)
    async with desk(bank, "wangqiang") as one:
        await opened(one, "case_form", made["told"])
        await one.press("ctrl+s")
        await one.until("mend what is marked with !")
        assert one.text.count("! must not be empty") == 2
        await one.press("tab")
        await one.until("! choose one by its digit")
        assert one.text.count("! must not be empty") == 1
        await one.type("1")
        assert one.text.count("! choose one by its digit") == 1


@ON_SQLITE
@pytest.mark.parametrize(("language", "words"), [("en", "too late"), ("zh_CN", "逾期办结")])
async def test_a_case_that_ended_after_its_date_is_no_late_paper(
    bank: Bank, language: str, words: str
) -> None:
    populate(bank)
    case = register(bank)
    triage(bank, case)
    bank.clock.advance(days=60)
    for step, form in ((Step.DECIDE, DECIDED), (Step.NOTIFY, TOLD), (Step.CLOSE, CLOSED)):
        take(bank, case, "wangqiang", step, form)
    async with desk(bank, "zhaomin", language=language) as one:
        await opened(one, "case", case)
        await one.until(words)
