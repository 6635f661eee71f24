"""What waits for whom: by role, in scope, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import update
from sqlmodel import col

from crm_tui.db.tables import Customer
from crm_tui.domain.complaint_kinds import Step
from crm_tui.domain.complaints import ComplaintForm, StepForm, TriageForm
from crm_tui.domain.diary import DiaryForm, ReturnedDay
from crm_tui.domain.drafts import DraftKey
from crm_tui.domain.roster import Move, RosterCriteria, View
from crm_tui.domain.today import Part
from crm_tui.errors import Refused
from tests.support.complaints import closed, take
from tests.support.desk import log, populate
from tests.support.people import OPERATOR

if TYPE_CHECKING:
    from tests.support.people import Bank

MONDAY = date(2026, 3, 2)
FORM = ComplaintForm(content="年费多收", channel="phone", business="credit_card",
                     reason="pricing", demand="refund")  # fmt: skip


@pytest.fixture(autouse=True)
def monday(bank: Bank) -> None:
    bank.clock.at = datetime(2026, 3, 2, 1, tzinfo=UTC)


def parts(bank: Bank, username: str) -> dict[Part, Any]:
    return {one.part: one for one in bank.office(username).waiting.today().sections}


def names(section: Any) -> list[str]:
    return [getattr(line.about, "name", "") for line in section.lines]


def test_an_account_manager_sees_own_contacts_due_and_overdue(bank: Bank) -> None:
    ids = populate(bank)
    for name, days in (("张伟明", 0), ("单雪梅", 3), ("欧阳志远", 0)):
        owner = "wangqiang" if name == "欧阳志远" else "lina"
        log(bank, owner, ids[name], "x", next_on=(MONDAY + timedelta(days=days)).isoformat())
    found = parts(bank, "lina")
    assert names(found[Part.DUE]) == ["张伟明"]
    # Those opened in 2020 and never contacted are overdue; whom she met is not.
    assert "单雪梅" not in names(found[Part.OVERDUE])
    assert found[Part.OVERDUE].total == 6
    assert len(found[Part.OVERDUE].lines) == 5
    assert names(parts(bank, "wangqiang")[Part.DUE]) == ["欧阳志远"]
    # The list of which Today has the first lines.
    for username, wanted in (("lina", ["张伟明"]), ("wangqiang", ["欧阳志远"]), ("zhoutao", [])):
        roster, due = bank.office(username).roster, RosterCriteria(View.DUE)
        assert [row.name for row in roster.page(due, Move.FIRST, None, 9).rows] == wanted
        assert roster.count(due) == len(wanted)
    with pytest.raises(Refused):
        bank.office("auditor").roster.count(RosterCriteria(View.DUE))


def test_near_customers_are_ones_own(bank: Bank) -> None:
    populate(bank)
    near = parts(bank, "lina")[Part.NEAR]
    assert "查良镛" not in names(near)
    assert {line.target for line in near.lines} == {"card"}


def test_a_clerk_sees_own_cases_promises_and_birthdays(bank: Bank) -> None:
    ids = populate(bank)
    office = bank.office("chenjing")
    promised = ComplaintForm(**{**_fields(FORM), "promise": "17:00"})
    one = office.complaints.register(ids["张伟明"], promised, "k1")
    bank.office("sunli").complaints.register(None, ComplaintForm(
        **{**_fields(FORM), "name": "过路人", "phone": "13900001111"}), "k2")  # fmt: skip
    with bank.store.write(OPERATOR) as tx:
        for name, born in (("单雪梅", date(1980, 3, 2)), ("仇英", date(1981, 3, 3))):
            tx.session.execute(
                update(Customer).where(col(Customer.id) == ids[name]).values(birth_date=born)
            )
        tx.audit("test")
    found = parts(bank, "chenjing")
    assert [line.record_id for line in found[Part.CASES].lines] == [one]
    assert [line.record_id for line in found[Part.PROMISES].lines] == [one]
    assert names(found[Part.BIRTHDAYS]) == ["单雪梅"]
    assert Part.DUE not in found
    assert Part.UNTRIAGED not in found
    # An account manager hears of birthdays of own customers only, and 单雪梅 is lina's.
    assert Part.BIRTHDAYS in parts(bank, "lina")
    assert Part.BIRTHDAYS not in parts(bank, "wangqiang")


@pytest.mark.parametrize(
    ("today", "whose"),
    [
        (date(2026, 2, 28), {"仇英", "单雪梅"}),
        (date(2026, 3, 1), set()),
        (date(2028, 2, 28), {"仇英"}),
        (date(2028, 2, 29), {"单雪梅"}),
    ],
)
def test_a_birthday_of_29_february_is_on_the_28th_of_a_common_year(
    bank: Bank, today: date, whose: set[str]
) -> None:
    ids = populate(bank)
    with bank.store.write(OPERATOR) as tx:
        for name, born in (("单雪梅", date(1980, 2, 29)), ("仇英", date(1981, 2, 28))):
            tx.session.execute(
                update(Customer).where(col(Customer.id) == ids[name]).values(birth_date=born)
            )
        tx.audit("test")
    bank.clock.at = datetime(today.year, today.month, today.day, 4, tzinfo=UTC)
    found = parts(bank, "chenjing").get(Part.BIRTHDAYS)
    assert set(names(found) if found else ()) == whose


def _fields(form: ComplaintForm) -> dict[str, str]:
    return {name: getattr(form, name) for name in form.__slots__}


def test_a_supervisor_sees_what_the_branch_leaves_to_them(bank: Bank) -> None:
    ids = populate(bank)
    clerk = bank.office("chenjing")
    bank.clock.at -= timedelta(days=40)
    old = clerk.complaints.register(ids["张伟明"], FORM, "k1")
    left = clerk.complaints.register(ids["仇英"], FORM, "k0")
    supervisor = bank.office("zhaomin")
    supervisor.complaints.triage(
        old, supervisor.complaints.get(old).version,
        TriageForm("general", "", "lina", "normal", "simple"), "t1",
    )  # fmt: skip
    bank.clock.at += timedelta(days=40)
    new = clerk.complaints.register(ids["单雪梅"], FORM, "k2")
    log(bank, "lina", ids["张伟明"], "today")
    bank.office("lina").diaries.submit(MONDAY, 0, DiaryForm(content="x"))
    today = bank.office("zhaomin").waiting.today()
    found = {one.part: one for one in today.sections}
    assert [line.record_id for line in found[Part.UNTRIAGED].lines] == [left, new]
    assert [line.record_id for line in found[Part.OVERDUE_CASES].lines] == [old]
    assert found[Part.UNREAD].total == 1
    assert today.so_far is not None
    assert (today.so_far.contacts, today.so_far.registered, today.so_far.diaries) == (1, 1, 1)
    assert Part.DUE not in found
    elsewhere = bank.office("zhoutao").waiting.today()
    assert elsewhere.sections == ()
    assert elsewhere.so_far is not None
    assert elsewhere.so_far.contacts == elsewhere.so_far.registered == 0
    assert Part.UNTRIAGED in parts(bank, "hq")


def test_what_was_closed_today_is_counted_and_what_ended_otherwise_is_not(bank: Bank) -> None:
    ids = populate(bank)
    office = bank.office("chenjing")
    one = office.complaints.register(ids["张伟明"], FORM, "k1")
    office.complaints.take(one, office.complaints.get(one).version, Step.WITHDRAW,
                           StepForm(text="客户撤回"), "w1")  # fmt: skip
    into, two = (office.complaints.register(ids["仇英"], FORM, key) for key in ("k2", "k3"))
    take(bank, two, "zhaomin", Step.MERGE, StepForm(other_no=str(into)))
    closed(bank)
    so_far = bank.office("zhaomin").waiting.today().so_far
    assert so_far is not None
    assert (so_far.registered, so_far.closed) == (4, 1)


def test_drafts_and_missing_days_lead_to_their_forms(bank: Bank) -> None:
    ids = populate(bank)
    office = bank.office("lina")
    office.drafts.save(DraftKey("contact", str(ids["张伟明"])), {"content": "half"})
    bank.office("wangqiang").diaries.submit(date(2026, 2, 27), 0, DiaryForm(content="x"))
    found = parts(bank, "lina")
    assert found[Part.DRAFTS].lines[0].target == "draft"
    assert [line.record_id for line in found[Part.MISSING].lines] == [20260227, 20260228]


def test_a_returned_diary_leads_its_author_back_to_it(bank: Bank) -> None:
    days = [date(2026, 2, 26), date(2026, 2, 27)]
    for username in ("lina", "wangqiang"):
        for day in days:
            bank.office(username).diaries.submit(day, 0, DiaryForm(content="x"))
    author, superior = bank.office("lina").diaries, bank.office("zhaomin").diaries
    for day in reversed(days):
        diary_id = author.entry(day).diary_id
        assert diary_id is not None
        superior.give_back(diary_id, 1, "too short")
    section = parts(bank, "lina")[Part.RETURNED]
    assert [(line.target, line.record_id) for line in section.lines] == [
        ("diary", 20260226), ("diary", 20260227)
    ]  # fmt: skip
    assert section.lines[0].about == ReturnedDay(days[0], "赵敏", "too short")
    assert Part.RETURNED not in parts(bank, "wangqiang")
    author.submit(days[0], author.entry(days[0]).version, DiaryForm(content="longer"))
    assert [line.record_id for line in parts(bank, "lina")[Part.RETURNED].lines] == [20260227]


def test_the_oldest_unread_diary_is_where_reviewing_begins(bank: Bank) -> None:
    for day in (date(2026, 2, 27), date(2026, 2, 26)):
        bank.office("wangqiang").diaries.submit(day, 0, DiaryForm(content="x"))
    section = parts(bank, "zhaomin")[Part.UNREAD]
    oldest = bank.office("wangqiang").diaries.entry(date(2026, 2, 26)).diary_id
    assert [(line.target, line.record_id) for line in section.lines] == [("diary_read", oldest)]
    assert section.total == 2


def test_who_qualifies_above_gold_waits_for_who_may_grant(bank: Bank) -> None:
    populate(bank)
    with bank.store.write(OPERATOR) as tx:
        from crm_tui.db.roster_source import current

        table = current(tx.session).table
        tx.session.execute(table.update().values(qualifying_rank=4).where(table.c.tier_rank == 3))
        tx.audit("test")
    assert sorted(names(parts(bank, "zhaomin")[Part.QUALIFIES])) == sorted(["张伟明", "欧阳志远"])
    assert Part.QUALIFIES not in parts(bank, "lina")
    assert Part.QUALIFIES not in parts(bank, "zhoutao")


@pytest.mark.parametrize("username", ["admin", "auditor"])
def test_a_role_without_an_area_has_no_today(bank: Bank, username: str) -> None:
    with pytest.raises(Refused):
        bank.office(username).waiting.today()
