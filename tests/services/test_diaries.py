"""The diary: writing, handing in, reviewing; scope, conflicts, immutability; both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from crm_tui.db.tables import Audit, AuditImage, Diary, StaffRole
from crm_tui.domain.diary import DiaryForm, DiaryView
from crm_tui.domain.diary_proposals import Proposed
from crm_tui.domain.drafts import DraftKey
from crm_tui.domain.kinds import DiaryState, Method
from crm_tui.domain.roster import Move
from crm_tui.errors import Conflict, InvalidInput, Refused
from tests.support.complaints import register
from tests.support.desk import log, populate
from tests.support.people import OPERATOR

if TYPE_CHECKING:
    from crm_tui.services.diaries import Diaries
    from tests.support.people import Bank

MONDAY = date(2026, 3, 2)
SATURDAY, MAKE_UP = date(2026, 3, 7), date(2026, 2, 28)
FORM = DiaryForm("电话 张伟明", "先致歉", "先解决再营销", "当天追技术部")


def diaries(bank: Bank, username: str) -> Diaries:
    return bank.office(username).diaries


def handed_in(bank: Bank, username: str = "lina", day: date = MONDAY) -> int:
    diaries(bank, username).submit(day, 0, FORM)
    return row(bank, username, day).id


def row(bank: Bank, username: str, day: date = MONDAY) -> Any:
    staff_id = bank.person(username).staff_id
    with bank.store.read() as session:
        return session.execute(
            select(*Diary.__table__.c).where(  # type: ignore[attr-defined]
                col(Diary.staff_id) == staff_id, col(Diary.day) == day
            )
        ).one()


def on(bank: Bank, day: date, hour: int = 17) -> None:
    """Move the clock to an hour of Shanghai."""
    bank.clock.at = datetime(day.year, day.month, day.day, hour, tzinfo=UTC) - timedelta(hours=8)


@pytest.fixture(autouse=True)
def monday(bank: Bank) -> None:
    on(bank, MONDAY)


def test_an_entry_is_saved_handed_in_and_read(bank: Bank) -> None:
    mine = diaries(bank, "lina")
    version = mine.save(MONDAY, 0, DiaryForm(content="half"))
    assert row(bank, "lina").state == "draft"
    version = mine.submit(MONDAY, version, FORM)
    stored = row(bank, "lina")
    assert (stored.state, stored.late, stored.insight) == ("submitted", False, FORM.insight)
    superior = diaries(bank, "zhaomin")
    found = superior.read(stored.id)
    assert (found.author, found.form, found.may_review) == ("李娜", FORM, True)
    superior.review(stored.id, found.version, "跟进及时", exemplary=True)
    again = mine.entry(MONDAY)
    assert (again.state, again.comment, again.reviewer, again.exemplary, again.may_write) == (
        DiaryState.REVIEWED, "跟进及时", "赵敏", True, False
    )  # fmt: skip


def test_a_returned_entry_is_completed_and_handed_in_again(bank: Bank) -> None:
    one = handed_in(bank)
    superior = diaries(bank, "zhaomin")
    with pytest.raises(InvalidInput):
        superior.give_back(one, 1, " ")
    superior.give_back(one, 1, "太简单")
    mine = diaries(bank, "lina")
    entry = mine.entry(MONDAY)
    assert (entry.state, entry.comment, entry.may_write) == (DiaryState.RETURNED, "太简单", True)
    mine.submit(MONDAY, entry.version, FORM)
    assert row(bank, "lina").state == "submitted"


def test_handed_in_text_is_not_changed_by_its_author(bank: Bank) -> None:
    one = handed_in(bank)
    mine = diaries(bank, "lina")
    for version in (0, 1, 2):
        with pytest.raises(InvalidInput):
            mine.save(MONDAY, version, DiaryForm(content="other"))
    diaries(bank, "zhaomin").review(one, 1, "")
    with pytest.raises(InvalidInput):
        mine.submit(MONDAY, 2, DiaryForm(content="other"))
    mine.add(one, "补充: 周二已回电", "key-1")
    mine.add(one, "补充: 周二已回电", "key-1")
    entry = mine.entry(MONDAY)
    assert [(one.by, one.text) for one in entry.addenda] == [("李娜", "补充: 周二已回电")]
    assert entry.form == FORM


def test_a_correction_is_told_by_its_request_and_not_by_its_words(bank: Bank) -> None:
    one = handed_in(bank)
    diaries(bank, "zhaomin").review(one, 1, "")
    mine = diaries(bank, "lina")
    mine.add(one, "周二已回电", "key-1")
    with pytest.raises(InvalidInput) as refused:
        mine.add(one, "周三又去电", "key-1")
    assert refused.value.field == "text"
    mine.add(one, "周三又去电", "key-2")
    # Said twice on purpose, it stands there twice.
    mine.add(one, "周二已回电", "key-3")
    told = ["周二已回电", "周三又去电", "周二已回电"]
    assert [said.text for said in mine.entry(MONDAY).addenda] == told
    mine.add(one, "周二已回电", "key-3")
    assert len(mine.entry(MONDAY).addenda) == 3


def test_only_reviewed_entries_of_ones_own_take_corrections(bank: Bank) -> None:
    one = handed_in(bank)
    for username in ("lina", "wangqiang", "zhaomin"):
        with pytest.raises(Refused):
            diaries(bank, username).add(one, "x", f"key {username}")


@pytest.mark.parametrize(
    ("hours", "late"), [(1, False), (19, False), (19.01, True), (100, True)], ids=str
)
def test_late_is_set_when_handed_in(bank: Bank, hours: float, late: bool) -> None:
    bank.clock.at += timedelta(hours=hours)
    diaries(bank, "lina").submit(MONDAY, 0, FORM)
    assert row(bank, "lina").late is late


def test_a_returned_entry_is_not_late_for_being_returned(bank: Bank) -> None:
    one = handed_in(bank)
    bank.clock.at += timedelta(days=3)
    diaries(bank, "zhaomin").give_back(one, 1, "more")
    diaries(bank, "lina").submit(MONDAY, 2, FORM)
    assert row(bank, "lina").late is False


def test_days_to_come_and_days_off_are_refused_unless_somebody_worked(bank: Bank) -> None:
    ids = populate(bank)
    on(bank, SATURDAY)
    mine = diaries(bank, "lina")
    with pytest.raises(InvalidInput):
        mine.entry(SATURDAY + timedelta(days=2))
    assert not mine.entry(SATURDAY).may_write
    with pytest.raises(InvalidInput):
        mine.save(SATURDAY, 0, FORM)
    log(bank, "lina", ids["张伟明"], "worked on a Saturday")
    assert mine.entry(SATURDAY).may_write
    mine.save(SATURDAY, 0, FORM)
    # A make-up weekend is a working day like any other.
    mine.save(MAKE_UP, 0, FORM)


def test_the_day_proposes_its_contacts_and_cases(bank: Bank) -> None:
    ids = populate(bank)
    log(bank, "lina", ids["张伟明"], "问理财到期")
    bank.clock.at += timedelta(minutes=5)
    log(bank, "wangqiang", ids["张伟明"], "not hers")
    office = bank.office("lina")
    taken_back = log(bank, "lina", ids["单雪梅"], "a slip")
    office.contacts.withdraw(taken_back)
    touches = office.diaries.entry(MONDAY).touches
    assert [(one.kind, one.name, one.text) for one in touches] == [
        (Method.PHONE, "张伟明", "问理财到期")
    ]
    assert office.diaries.entry(MONDAY - timedelta(days=3)).touches == ()


def test_a_day_is_opened_by_one_session_of_few_statements(bank: Bank) -> None:
    ids = populate(bank)
    log(bank, "lina", ids["张伟明"], "问理财到期")
    office, key = bank.office("lina"), DraftKey("diary", "20260302")
    office.drafts.save(key, {"insight": "half"})
    asked: list[str] = []
    sessions: list[object] = []

    def begun(connection: object) -> None:
        sessions.append(connection)

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement.split(maxsplit=1)[0])

    event.listen(bank.store.engine, "before_cursor_execute", note)
    event.listen(bank.store.engine, "begin", begun)
    entry, month, draft = office.diaries.opened(MONDAY, key)
    event.remove(bank.store.engine, "before_cursor_execute", note)
    event.remove(bank.store.engine, "begin", begun)
    # The calendar, the entry, contacts, cases, the month, since when it is owed, the draft.
    assert (asked.count("SELECT"), len(sessions)) == (7, 1)
    assert entry == office.diaries.entry(MONDAY)
    assert month == office.diaries.month(MONDAY.replace(day=1))
    assert draft == office.drafts.load(key)
    assert draft is not None


def test_a_month_misses_what_the_list_of_missing_days_names(bank: Bank) -> None:
    handed_in(bank, day=date(2026, 2, 10))
    on(bank, MONDAY)
    office = diaries(bank, "lina")
    missing = [day for day in office.missing_mine() if day.month == 2]
    shown = [one.day for one in office.month(date(2026, 2, 1)) if one.missing]
    assert shown == missing
    assert date(2026, 2, 11) in shown


def test_the_draft_goes_with_the_save(bank: Bank) -> None:
    office = bank.office("lina")
    key = DraftKey("diary", MONDAY.isoformat())
    office.drafts.save(key, {"insight": "half"})
    office.diaries.save(MONDAY, 0, FORM, key)
    assert office.drafts.load(key) is None


def test_the_draft_of_what_is_said_goes_with_it_and_stays_when_it_cannot_be_said(
    bank: Bank,
) -> None:
    one = handed_in(bank)
    superior, other, author = bank.office("zhaomin"), bank.office("hq"), bank.office("lina")
    key, mine = DraftKey("diary_review", str(one)), DraftKey("diary_correct", "20260302")
    for office in (superior, other):
        office.drafts.save(key, {"comment": "half"})
    author.drafts.save(mine, {"text": "half"})
    superior.diaries.review(one, 1, "read", key)
    assert superior.drafts.load(key) is None
    for late in (other.diaries.review, other.diaries.give_back):
        with pytest.raises(Conflict):
            late(one, 1, "too late", key)
    assert other.drafts.load(key) is not None
    author.diaries.add(one, "a correction", "key", mine)
    assert author.drafts.load(mine) is None


def test_what_was_proposed_is_remembered_with_the_entry_by_either_session(bank: Bank) -> None:
    mine = diaries(bank, "lina")
    mine.save(MONDAY, 0, DiaryForm("one", proposed=Proposed(frozenset({"contact 1"}))))
    diaries(bank, "lina").save(
        MONDAY, 1, DiaryForm("two", proposed=Proposed(frozenset({"note 2"}), {"method": "x"}))
    )
    both = Proposed(frozenset({"contact 1", "note 2"}), {"method": "x"})
    assert mine.entry(MONDAY).form.proposed == both
    # Who does not say what was proposed takes nothing away.
    mine.submit(MONDAY, 2, FORM)
    assert mine.entry(MONDAY).form.proposed == both


def test_each_touch_of_a_day_has_a_key_of_its_own(bank: Bank) -> None:
    ids = populate(bank)
    office = bank.office("lina")
    first = log(bank, "lina", ids["张伟明"], "a")
    bank.clock.at += timedelta(minutes=1)
    second = log(bank, "lina", ids["张伟明"], "b")
    case = register(bank, "lina")
    keys = [one.key for one in office.diaries.entry(MONDAY).touches]
    assert sorted(keys) == sorted([f"contact {first}", f"contact {second}", f"registered {case}"])


def test_two_sessions_of_one_person(bank: Bank) -> None:
    first, second = diaries(bank, "lina"), diaries(bank, "lina")
    first.save(MONDAY, 0, DiaryForm(content="one"))
    for version in (0, 7):
        with pytest.raises(Conflict) as conflict:
            second.save(MONDAY, version, DiaryForm(content="two"))
        assert (conflict.value.stored["content"], conflict.value.version) == ("one", 1)
    assert second.save(MONDAY, 1, DiaryForm(content="both")) == 2


def test_a_review_of_a_changed_entry_is_a_conflict_and_a_repeated_one_is_not(bank: Bank) -> None:
    one = handed_in(bank)
    superior = diaries(bank, "zhaomin")
    with pytest.raises(Conflict):
        superior.review(one, 0, "")
    superior.review(one, 1, "ok")
    superior.review(one, 1, "ok")
    with pytest.raises(Conflict):
        superior.give_back(one, 2, "second thoughts")
    with pytest.raises(Conflict):
        diaries(bank, "hq").review(one, 2, "me too")


@pytest.mark.parametrize("username", ["chenjing", "hq", "admin", "auditor"])
def test_who_keeps_no_diary_writes_none(bank: Bank, username: str) -> None:
    service = diaries(bank, username)
    for call in (
        lambda: service.entry(MONDAY),
        lambda: service.save(MONDAY, 0, FORM),
        lambda: service.submit(MONDAY, 0, FORM),
        lambda: service.month(MONDAY.replace(day=1)),
        service.missing_mine,
        lambda: service.add(1, "x", "key"),
    ):
        with pytest.raises(Refused):
            call()


@pytest.mark.parametrize("username", ["lina", "chenjing", "admin", "auditor"])
def test_who_reviews_nobody_reads_nothing(bank: Bank, username: str) -> None:
    one = handed_in(bank, "wangqiang")
    service = diaries(bank, username)
    for call in (
        lambda: service.page(DiaryView.ALL, Move.FIRST, None, 10),
        lambda: service.count(DiaryView.ALL),
        service.missing,
        lambda: service.read(one),
        lambda: service.review(one, 1, ""),
        lambda: service.give_back(one, 1, "x"),
    ):
        with pytest.raises(Refused):
            call()
    assert row(bank, "wangqiang").state == "submitted"


def test_out_of_reach_not_there_and_not_handed_in_are_refused_alike(bank: Bank) -> None:
    one = handed_in(bank)
    diaries(bank, "wangqiang").save(MONDAY, 0, FORM)
    unfinished = row(bank, "wangqiang").id
    elsewhere, superior = diaries(bank, "zhoutao"), diaries(bank, "zhaomin")
    assert elsewhere.page(DiaryView.ALL, Move.FIRST, None, 10).rows == ()
    words = set()
    for service, target in ((elsewhere, one), (superior, 987_654), (superior, unfinished)):
        for call in (
            lambda s=service, t=target: s.read(t),
            lambda s=service, t=target: s.review(t, 1, ""),
            lambda s=service, t=target: s.give_back(t, 1, "x"),
        ):
            with pytest.raises(Refused) as refused:
                call()
            words.add(refused.value.message)
    assert len(words) == 1


def test_nobody_reviews_their_own(bank: Bank) -> None:
    one = handed_in(bank, "zhaomin")
    with pytest.raises(Refused):
        diaries(bank, "zhaomin").review(one, 1, "")
    assert diaries(bank, "zhaomin").count(DiaryView.UNREAD) == 0
    # The superior of a supervisor sits above the branch.
    diaries(bank, "hq").review(one, 1, "")
    assert row(bank, "zhaomin").state == "reviewed"


def test_the_database_itself_refuses_a_reviewer_who_wrote_it(bank: Bank) -> None:
    handed_in(bank)
    with pytest.raises(DBAPIError), bank.store.engine.begin() as connection:
        connection.execute(text("UPDATE diary SET reviewer_id = staff_id"))


def test_unread_ones_come_the_oldest_first_and_pages_meet(bank: Bank) -> None:
    days = [date(2026, 2, day) for day in (24, 25, 26, 27)]
    for username in ("lina", "wangqiang"):
        for day in days:
            handed_in(bank, username, day)
    service = diaries(bank, "zhaomin")
    whole = service.page(DiaryView.UNREAD, Move.FIRST, None, 50).rows
    assert [one.day for one in whole] == sorted(one.day for one in whole)
    assert len(whole) == service.count(DiaryView.UNREAD) == 8
    found, key = [], None
    for move in (Move.FIRST, *[Move.AFTER] * 3):
        part = service.page(DiaryView.UNREAD, move, key, 3)
        found += part.rows
        key = found[-1].key
    assert found == list(whole)
    before = service.page(DiaryView.UNREAD, Move.BEFORE, whole[3].key, 50)
    assert before.rows == whole[:3]
    service.review(whole[0].diary_id, 1, "")
    assert service.count(DiaryView.UNREAD) == 7
    everything = service.page(DiaryView.ALL, Move.FIRST, None, 50).rows
    assert [one.day for one in everything] == sorted((one.day for one in whole), reverse=True)


def test_missing_days_are_told_from_the_first_entry_on(bank: Bank) -> None:
    assert diaries(bank, "lina").missing_mine() == ()
    assert diaries(bank, "zhaomin").missing() == ()
    handed_in(bank, "wangqiang", date(2026, 2, 25))
    wanted = (date(2026, 2, 25), date(2026, 2, 26), date(2026, 2, 27), MAKE_UP)
    assert diaries(bank, "lina").missing_mine() == wanted
    handed_in(bank, "lina", date(2026, 2, 26))
    diaries(bank, "lina").save(date(2026, 2, 27), 0, FORM)
    found = {one.author: one.days for one in diaries(bank, "zhaomin").missing()}
    assert found == {
        "李娜": (date(2026, 2, 25), date(2026, 2, 27), MAKE_UP),
        "王强": (date(2026, 2, 26), date(2026, 2, 27), MAKE_UP),
    }
    assert diaries(bank, "zhoutao").missing() == ()


def test_nothing_is_missing_before_somebody_began(bank: Bank) -> None:
    handed_in(bank, "wangqiang", date(2026, 2, 25))
    lina = bank.person("lina").staff_id
    with bank.store.write(OPERATOR) as tx:
        row = tx.session.execute(
            select(StaffRole).where(col(StaffRole.staff_id) == lina)
        ).scalar_one()
        row.from_on = date(2026, 2, 27)
        tx.audit("test")
    assert diaries(bank, "lina").missing_mine() == (date(2026, 2, 27), MAKE_UP)


def test_the_month_shows_states_missing_days_and_days_off(bank: Bank) -> None:
    handed_in(bank, "lina", date(2026, 2, 25))
    diaries(bank, "lina").save(MAKE_UP, 0, FORM)
    month = {one.day.day: one for one in diaries(bank, "lina").month(date(2026, 2, 1))}
    assert len(month) == 28
    assert (month[25].state, month[25].missing) == (DiaryState.SUBMITTED, False)
    assert (month[26].state, month[26].missing) == (None, True)
    assert (month[28].state, month[28].working) == (DiaryState.DRAFT, True)
    assert not month[16].working
    assert not month[24].missing


def test_what_is_written_is_audited_without_its_words(bank: Bank) -> None:
    one = handed_in(bank)
    diaries(bank, "zhaomin").review(one, 1, "geheimwort")
    with bank.store.read() as session:
        rows = session.execute(select(Audit.action, Audit.fields, Audit.seq)).all()
        images = dict(session.execute(select(AuditImage.seq, AuditImage.payload)).all())
    actions = {row[0]: row for row in rows}
    assert {"diary.submit", "diary.review"} <= set(actions)
    for action in ("diary.submit", "diary.review"):
        assert actions[action][2] in images
    for secret in (FORM.insight, "geheimwort"):
        assert secret not in repr(rows)


def test_hostile_words_are_refused_and_long_ones_too(bank: Bank) -> None:
    mine = diaries(bank, "lina")
    for bad in ("\x1b[31m", "a\u202eb", "x" * 10_001):
        with pytest.raises(InvalidInput) as wrong:
            mine.save(MONDAY, 0, DiaryForm(insight=bad))
        assert wrong.value.field == "insight"
    mine.save(MONDAY, 0, DiaryForm(insight="[/][b]x\r\n𠮷"))
    assert mine.entry(MONDAY).form.insight == "[/][b]x\n𠮷"
