"""Today on the screen: by role, the cursor that stays, keys that lead on, and hostile text."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update
from sqlmodel import col

from crm_tui.db.tables import Complaint
from crm_tui.domain.complaints import ComplaintForm
from crm_tui.domain.customers import CustomerForm
from crm_tui.domain.diary import DiaryForm
from crm_tui.domain.drafts import TITLE, DraftKey
from crm_tui.domain.kinds import Tier
from crm_tui.domain.roster import Gap, Move, RosterCriteria, View
from crm_tui.domain.today import Line, Part, Section
from crm_tui.errors import StoreUnavailable
from crm_tui.keys import Keymap
from crm_tui.screens import today_lines
from crm_tui.services.drafts import Drafts
from tests.support.desk import desk, log, populate
from tests.support.people import OPERATOR
from tests.support.screen_text import assert_golden

if TYPE_CHECKING:
    from tests.support.people import Bank

pytestmark = pytest.mark.asyncio
BOTH = pytest.mark.parametrize("language", ["en", "zh_CN"])
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
MONDAY = date(2026, 3, 2)
SIZES = pytest.mark.parametrize("size", [(80, 24), (140, 40)], ids=["80x24", "140x40"])
FORM = ComplaintForm(content="年费多收了一年", channel="phone", business="credit_card",
                     reason="pricing", demand="refund", promise="17:00")  # fmt: skip


def morning(bank: Bank) -> dict[str, int]:
    """A Monday on which something waits for everybody."""
    ids = populate(bank)
    bank.clock.at = datetime(2026, 2, 27, 1, tzinfo=UTC)
    log(bank, "lina", ids["张伟明"], "x", next_on=MONDAY.isoformat())
    bank.office("chenjing").complaints.register(ids["单雪梅"], FORM, "k1")
    bank.office("wangqiang").diaries.submit(date(2026, 2, 26), 0, DiaryForm(content="电话"))
    bank.clock.at = datetime(2026, 3, 2, 1, tzinfo=UTC)
    return ids


@ON_SQLITE
@BOTH
@SIZES
@pytest.mark.parametrize("user", ["lina", "chenjing", "zhaomin"])
async def test_today_by_role(bank: Bank, user: str, language: str, size: tuple[int, int]) -> None:
    morning(bank)
    async with desk(bank, user, language=language, size=size, area="today") as one:
        await one.until("(1)")
        assert_golden(f"today_{user}_{size[0]}x{size[1]}_{language}", one.text)


@ON_SQLITE
async def test_a_long_reason_hides_neither_the_number_nor_who_has_the_case(bank: Bank) -> None:
    case = bank.office("chenjing").complaints.register(populate(bank)["单雪梅"], FORM, "k1")
    with bank.store.write(OPERATOR) as tx:
        words = {"reason": "other", "reason_text": "Loan modification,collection,foreclosure"}
        tx.session.execute(update(Complaint).where(col(Complaint.id) == case).values(words))
        tx.audit("test")
    async with desk(bank, "zhaomin", area="today") as one:
        await one.until("CP-2026-000001  陈静→nobody")
        assert "Loan" in one.text


@ON_SQLITE
async def test_how_late_a_contact_is_reads_as_a_sentence(bank: Bank) -> None:
    ids = populate(bank)
    log(bank, "lina", ids["张伟明"], "x", next_on="2026-03-03")
    bank.clock.at = datetime(2026, 3, 4, 1, tzinfo=UTC)
    async with desk(bank, "lina", area="today") as one:
        await one.until("Contact overdue")
        assert "overdue 1 day  last" in one.text
        assert "never contacted" in one.text


@ON_SQLITE
async def test_one_day_late_is_written_as_several_are(bank: Bank) -> None:
    ids = populate(bank)
    log(bank, "lina", ids["张伟明"], "x", next_on="2026-03-03")
    log(bank, "lina", ids["单雪梅"], "x", next_on="2026-03-02")
    bank.clock.at = datetime(2026, 3, 4, 1, tzinfo=UTC)
    async with desk(bank, "lina", language="zh_CN", area="today") as one:
        await one.until("逾期 2 天")
        assert "逾期 1 天" in one.text


@ON_SQLITE
@BOTH
async def test_nothing_waits(bank: Bank, language: str) -> None:
    async with desk(bank, "zhoutao", language=language, area="today") as one:
        await one.until("F3")
        assert_golden(f"today_nothing_{language}", one.text)


async def test_enter_goes_to_it_and_the_cursor_stays(bank: Bank) -> None:
    ids = morning(bank)
    async with desk(bank, "lina", area="today") as one:
        await one.until("To contact today (1)")
        await one.press("enter")
        await one.until("Customers F3 > 张伟明")
        await one.press("escape")
        await one.until("Today F2")
        await one.press("down", "down")
        line = next(text for text in one.text.splitlines() if "▸" in text)
        # Something new waits above: the cursor stays on its line.
        log(bank, "lina", ids["单雪梅"], "y", next_on=MONDAY.isoformat())
        log(bank, "lina", ids["覃辉"], "y", next_on=MONDAY.isoformat())
        await one.press("r")
        await one.until("To contact today (3)")
        after = next(text for text in one.text.splitlines() if "▸" in text)
        assert after.split()[:3] == line.split()[:3]


async def test_what_is_done_is_gone_when_one_comes_back(bank: Bank) -> None:
    morning(bank)
    async with desk(bank, "lina", area="today") as one:
        await one.until("To contact today (1)")
        await one.press("v", "3")
        await one.type("done")
        await one.press("ctrl+s")
        await one.until("Contact saved")
        await one.gone("To contact today")


async def test_a_search_begins_from_here_in_eight_keys(bank: Bank) -> None:
    morning(bank)
    async with desk(bank, "lina", area="today") as one:
        await one.until("To contact today")
        await one.press("slash", "z", "w", "m")
        await one.until("1/1")
        await one.press("enter", "v", "3")
        await one.type("note")
        await one.press("ctrl+s")
        await one.until("Contact saved")


async def test_a_draft_is_discarded_and_brought_back(bank: Bank) -> None:
    ids = morning(bank)
    key = DraftKey("contact", str(ids["张伟明"]))
    drafts = Drafts(bank.store, bank.dead_session("lina"))
    drafts.save(key, {"method": "phone", "content": "half", TITLE: "张伟明"})
    async with desk(bank, "lina", area="today") as one:
        await one.until("Ctrl+D")
        await one.press("escape")
        await one.until("Not finished yet (1)")
        await one.press("ctrl+d")
        await one.until("Draft discarded")
        assert bank.office("lina").drafts.load(key) is None
        await one.press("u")
        await one.until("Not finished yet (1)")
        await one.press("home", "enter")
        await one.until("half")


@ON_SQLITE
async def test_the_next_one_follows_where_the_draft_went_with_its_line(bank: Bank) -> None:
    ids = populate(bank)
    for name in ("张伟明", "单雪梅", "仇英", "解珍"):
        log(bank, "lina", ids[name], "x", next_on="2026-03-03")
    bank.clock.at = datetime(2026, 3, 3, 1, tzinfo=UTC)
    key = DraftKey("contact", str(ids["单雪梅"]))
    drafts = Drafts(bank.store, bank.dead_session("lina"))
    drafts.save(key, {"method": "phone", "content": "half", TITLE: "单雪梅"})
    async with desk(bank, "lina", area="today") as one:
        await one.until("Enter goes on")
        await one.press("escape")
        await one.until("To contact today (4)")
        while "▸ 单雪梅" not in one.text:
            await one.press("down")
        await one.press("v")
        await one.until("half")
        await one.press("ctrl+s")
        await one.until("To contact today (3)")
        assert "▸ 仇英" in one.text


@ON_SQLITE
async def test_a_draft_of_a_change_is_told_from_one_of_a_new_customer(bank: Bank) -> None:
    ids = populate(bank)
    drafts = Drafts(bank.store, bank.dead_session("lina"))
    for record, name in ((str(ids["仇英"]), "仇英"), ("new", "郑月娥")):
        drafts.save(DraftKey("customer", record), {"name": name, TITLE: name})
    async with desk(bank, "lina", area="today") as one:
        await one.until("Ctrl+D")
        assert "edit a customer  仇英" in one.text
        assert "register a customer  郑月娥" in one.text


async def test_keys_that_cannot_act_say_why(bank: Bank) -> None:
    bank.clock.at = datetime(2026, 3, 2, 1, tzinfo=UTC)
    async with desk(bank, "zhoutao", area="today") as one:
        await one.until("Nothing waits")
        await one.press("enter")
        await one.until("nothing is highlighted")
    morning(bank)
    async with desk(bank, "zhaomin", area="today") as one:
        await one.until("Diaries to read (1)")
        await one.press("end")
        await one.press("v")
        await one.until("this line has no customer")
        await one.press("ctrl+d")
        await one.until("only drafts")
        await one.press("enter")
        await one.until("F6 > 王强")


async def test_reviewing_begins_with_the_oldest_and_ends_where_it_began(bank: Bank) -> None:
    morning(bank)
    bank.office("wangqiang").diaries.submit(date(2026, 2, 25), 0, DiaryForm(content="earlier"))
    async with desk(bank, "zhaomin", area="today") as one:
        await one.until("Diaries to read (2)  the first 1, all: F6 1")
        await one.press("end", "enter")
        await one.until("F6 > 王强  Wed 02-25")
        await one.press("escape")
        await one.until("Diaries to read (2)")
        await one.press("enter")
        for day in ("Wed 02-25", "Thu 02-26"):
            await one.until(f"F6 > 王强  {day}")
            await one.press("y")
            await one.until("Enter takes it")
            await one.press("enter")
        await one.until("Today F2")
        await one.gone("Diaries to read")


@ON_SQLITE
@BOTH
@SIZES
async def test_a_returned_diary_as_it_looks_and_where_it_leads(
    bank: Bank, language: str, size: tuple[int, int]
) -> None:
    morning(bank)
    author = bank.office("wangqiang").diaries
    diary_id = author.entry(date(2026, 2, 26)).diary_id
    assert diary_id is not None
    bank.office("zhaomin").diaries.give_back(diary_id, 1, "[/] 请写清 [b]x[/b]")
    async with desk(bank, "wangqiang", language=language, size=size, area="today") as one:
        await one.until("◐")
        assert_golden(f"today_returned_{size[0]}x{size[1]}_{language}", one.text)
        while "▸ ◐" not in one.text:
            await one.press("down")
        await one.press("enter")
        await one.until("26◐]")


async def test_hostile_names_do_nothing(bank: Bank) -> None:
    hostile = "[/][b]x[/b][@click=app.quit]y"
    office = bank.office("lina")
    one_id = office.registration.register(CustomerForm(name=hostile, state="active"), "k")
    bank.clock.at += timedelta(days=1)
    log(bank, "lina", one_id, "x", next_on="+1")
    bank.clock.at += timedelta(days=1)
    async with desk(bank, "lina", area="today") as one:
        await one.until("[/][b]x")


async def test_a_database_that_is_away_is_told_and_asked_again(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    morning(bank)
    async with desk(bank, "lina", area="today") as one:
        await one.until("To contact today (1)")
        service = type(bank.office("lina").waiting)

        def away(_self: object) -> object:
            raise StoreUnavailable("The database is away.")

        with monkeypatch.context() as patch:
            patch.setattr(service, "today", away)
            await one.press("r")
            await one.until("The database is away. r tries again")
            assert "To contact today (1)" in one.text
        await one.press("r")
        await one.gone("The database is away")


@pytest.mark.parametrize("part", list(Part))
async def test_a_heading_says_where_the_rest_is(part: Part) -> None:
    line = Line(part, "card", 1, date(2026, 3, 2))
    head = today_lines.heading(Section(part, (line,), 9), Keymap.build({}, "config.toml"))
    assert "(9)" in head
    assert ("all:" in head) == (part in today_lines._ALL)


@pytest.mark.parametrize(
    ("heading", "key", "other"),
    [("Contact overdue", "5", "查良镛"), ("Near the next tier", "3", "查良镛")],
)
async def test_what_today_counts_is_what_its_keys_list(
    bank: Bank, heading: str, key: str, other: str
) -> None:
    populate(bank)
    bank.clock.at = datetime(2026, 3, 3, 1, tzinfo=UTC)
    office = bank.office("lina")
    part = {"5": Part.OVERDUE, "3": Part.NEAR}[key]
    view = {"5": View.OVERDUE, "3": View.NEAR}[key]
    section = next(one for one in office.waiting.today().sections if one.part is part)
    everybody = office.roster.count(RosterCriteria(view))
    assert section.total < everybody
    async with desk(bank, "lina", area="today") as one:
        await one.until(f"{heading} ({section.total})")
        await one.press("f3", key)
        await one.until(f"1/{section.total}")
        await one.until("only mine")
        assert other not in one.text
        await one.press("escape")
        await one.until(f"1/{everybody}")
        await one.until(other)
        await one.press(key)
        await one.until("only mine")
        await one.press("2")
        await one.gone("only mine")


@pytest.mark.parametrize("part", [Part.DUE, Part.NEAR, Part.QUALIFIES])
async def test_who_has_reached_the_next_tier_lacks_nothing_of_it(bank: Bank, part: Part) -> None:
    """Reached and not granted yet: not `-0.00` short of it."""
    populate(bank)
    row = bank.office("wangqiang").roster.page(RosterCriteria(), Move.FIRST, None, 9).rows[0]
    reached = replace(row, tier=Tier.GOLD, qualifying=Tier.PLATINUM, near=True,
                      gap=Gap(Tier.PLATINUM, 0, None))  # fmt: skip
    text = today_lines.words(Line(part, "card", 1, reached), MONDAY, plain=True)
    assert "qualifies for Platinum card" in text
    assert "0.00" not in text


@ON_SQLITE
async def test_all_who_are_to_be_contacted_today_are_two_keys_away(bank: Bank) -> None:
    ids = populate(bank)
    for name in ("张伟明", "单雪梅", "仇英", "解珍", "覃辉", "朴淑慧"):
        log(bank, "lina", ids[name], "x", next_on="2026-03-03")
    log(bank, "wangqiang", ids["查良镛"], "x", next_on="2026-03-03")
    bank.clock.at = datetime(2026, 3, 3, 1, tzinfo=UTC)
    due = bank.office("lina").roster.count(RosterCriteria(View.DUE))
    async with desk(bank, "lina", area="today") as one:
        await one.until(f"To contact today ({due})  the first 5, all: F3 7")
        await one.press("f3", "7")
        await one.until("[7today]")
        await one.until(f"1/{due}")
        assert "张伟明" in one.text
        assert "查良镛" not in one.text
