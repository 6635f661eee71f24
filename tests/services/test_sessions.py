"""Two sessions of one person, and a session that the operator ends; on both databases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from crm_tui.db import drafts
from crm_tui.db.tables import Audit, Branch, Contact, Diary, Staff, StaffRole
from crm_tui.domain.contacts import ContactForm
from crm_tui.domain.diary import DiaryForm
from crm_tui.domain.drafts import DraftKey
from crm_tui.domain.kinds import Outcome
from crm_tui.errors import Conflict, DraftTaken, InvalidInput, Refused
from crm_tui.services import staff
from tests.support.desk import populate
from tests.support.people import OPERATOR
from tests.support.waiting import SecondWriter

if TYPE_CHECKING:
    from crm_tui.office import Office
    from tests.support.people import Bank

KEY = DraftKey("contact_form", "1")
MORE = "old and what the customer added"
FORM = DiaryForm("电话 张伟明", "先致歉", "先解决再营销", "当天追技术部")


@pytest.fixture(autouse=True)
def monday(bank: Bank) -> None:
    bank.clock.at = datetime(2026, 3, 2, 9, tzinfo=UTC)


def typed(content: str) -> ContactForm:
    return ContactForm(method="phone", content=content)


def move(bank: Bank, username: str, branch: str) -> int:
    """The person's roles to another branch; its id."""
    branch_id = bank.ids(Branch, "code")[branch]
    with bank.store.write(OPERATOR) as tx:
        staff_id = bank.ids(Staff, "username")[username]
        tx.session.execute(
            update(StaffRole).where(col(StaffRole.staff_id) == staff_id).values(branch_id=branch_id)
        )
        tx.audit("test.move")
    return branch_id


def test_what_another_session_writes_on_is_not_saved_from_here(bank: Bank) -> None:
    customer_id = populate(bank)["张伟明"]
    first, second = bank.office("lina"), bank.office("lina")
    first.drafts.save(KEY, {"note": "old"})
    second.drafts.take_over(KEY)
    second.drafts.save(KEY, {"note": MORE})
    with pytest.raises(DraftTaken):
        first.contacts.log(customer_id, typed("old"), "key", KEY)
    kept = second.drafts.load(KEY)
    assert kept is not None
    assert kept.values["note"] == MORE
    contact_id = second.contacts.log(customer_id, typed(MORE), "key", KEY)
    assert second.contacts.get(contact_id).row.content == MORE
    assert second.drafts.load(KEY) is None


def test_a_draft_that_was_saved_meanwhile_cannot_be_taken_over(bank: Bank) -> None:
    customer_id = populate(bank)["张伟明"]
    first, second = bank.office("lina"), bank.office("lina")
    first.drafts.save(KEY, {"note": "old"})
    first.contacts.log(customer_id, typed("old"), "key", KEY)
    with pytest.raises(DraftTaken):
        second.drafts.take_over(KEY)


SAVES: dict[str, Callable[[Office, int], object]] = {
    "log": lambda office, one: office.contacts.log(one, typed("old"), "key", KEY),
    "discard": lambda office, _one: office.drafts.discard(KEY),
}


@pytest.mark.parametrize("name", SAVES)
def test_a_draft_is_not_taken_over_between_the_check_and_its_deletion(
    bank: Bank, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who comes then waits, and is told that the draft is gone instead of writing into nothing."""
    customer_id = populate(bank)["张伟明"]
    first, second = bank.office("lina"), bank.office("lina")
    first.drafts.save(KEY, {"note": "old"})
    other = SecondWriter(bank.store, lambda: second.drafts.take_over(KEY))
    discard = drafts.discard

    def after_the_other_came(*given: Any) -> int:
        other.start()
        return discard(*given)

    monkeypatch.setattr(drafts, "discard", after_the_other_came)
    SAVES[name](first, customer_id)
    assert isinstance(other.end(), DraftTaken)
    assert first.drafts.load(KEY) is None


@pytest.mark.parametrize("name", SAVES)
def test_a_draft_that_is_being_taken_over_is_not_deleted_from_here(bank: Bank, name: str) -> None:
    """However long ago it was written: whose it is counts as it stands after the wait."""
    customer_id = populate(bank)["张伟明"]
    first, second = bank.office("lina"), bank.office("lina")
    first.drafts.save(KEY, {"note": "old"})
    bank.clock.advance(minutes=30)
    other = SecondWriter(bank.store, lambda: SAVES[name](first, customer_id))
    me = second.person
    with bank.store.write(OPERATOR) as tx:
        assert drafts.take_over(tx.session, me.staff_id, me.session_id, KEY)
        tx.audit("test.take_over")
        other.start()
    assert isinstance(other.end(), DraftTaken)
    kept = second.drafts.load(KEY)
    assert kept is not None
    assert (kept.values["note"], kept.elsewhere) == ("old", False)
    with bank.store.read() as session:
        assert session.execute(select(col(Contact.id))).first() is None


def test_who_is_disabled_writes_nothing_more(bank: Bank) -> None:
    customer_id = populate(bank)["张伟明"]
    office = bank.office("lina")
    assert office.still_in()
    staff.disable(bank.store, OPERATOR, username="lina")
    assert not office.still_in()
    with pytest.raises(Refused, match="Sign in again"):
        office.contacts.log(customer_id, typed("after"), "key")
    with bank.store.read() as session:
        last = session.execute(select(Audit).order_by(col(Audit.seq).desc())).scalars().first()
        assert last is not None
        assert (last.action, last.outcome) == ("contact.log", Outcome.REFUSED.value)


def test_a_diary_is_saved_and_handed_in_once_however_often_it_is_sent(bank: Bank) -> None:
    diaries, day = bank.office("lina").diaries, bank.office("lina").today()
    version = diaries.save(day, 0, FORM)
    assert diaries.save(day, 0, FORM) == version
    handed_in = diaries.submit(day, version, FORM)
    assert diaries.submit(day, version, FORM) == handed_in
    with pytest.raises((Conflict, InvalidInput)):
        diaries.submit(day, version, replace(FORM, content="another text"))


def test_a_diary_goes_to_the_branch_where_its_author_is_when_it_is_handed_in(bank: Bank) -> None:
    before = bank.office("wangqiang")
    day = before.today()
    version = before.diaries.save(day, 0, FORM)
    moved = move(bank, "wangqiang", "B002")
    bank.office("wangqiang").diaries.submit(day, version, FORM)
    with bank.store.read() as session:
        assert session.execute(select(col(Diary.branch_id))).scalar_one() == moved


def test_one_old_unfinished_entry_makes_no_days_missing_for_others(bank: Bank) -> None:
    lina, wangqiang = bank.office("lina").diaries, bank.office("wangqiang").diaries
    before = lina.missing_mine()
    old = bank.office("lina").today() - timedelta(days=28)
    wangqiang.save(old, 0, FORM)
    assert lina.missing_mine() == before
    with pytest.raises(InvalidInput):
        wangqiang.save(date(1900, 1, 1), 0, FORM)
