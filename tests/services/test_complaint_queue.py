"""The queue: its views, pages, counts and searches within reach; the card, timeline and mark."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event, update
from sqlmodel import col

from crm_tui.db.tables import Complaint
from crm_tui.domain.complaint_kinds import Band, ComplaintState, Reason, Step
from crm_tui.domain.complaints import ComplaintCriteria, ComplaintPage, QueueView, StepForm
from crm_tui.domain.customers import TouchKind
from crm_tui.domain.roster import Move, RosterCriteria, View
from tests.support.complaints import closed, register, staffed, take, triage
from tests.support.desk import log, populate
from tests.support.people import OPERATOR

if TYPE_CHECKING:
    from tests.support.people import Bank

OPEN = ComplaintCriteria()


def page(
    bank: Bank,
    username: str,
    criteria: ComplaintCriteria = OPEN,
    move: Move = Move.FIRST,
    key: tuple[str, int] | None = None,
    limit: int = 50,
) -> ComplaintPage:
    return bank.office(username).complaints.page(criteria, move, key, limit)


def ids(found: ComplaintPage) -> list[int]:
    return [row.complaint_id for row in found.rows]


def test_open_cases_stand_in_the_order_of_the_date_that_comes_first(bank: Bank) -> None:
    normal = register(bank)
    promised = register(bank, promise="+1")
    urgent = register(bank)
    triage(bank, urgent, urgency="urgent")
    paused = register(bank)
    triage(bank, paused, urgency="urgent")
    take(bank, paused, "wangqiang", Step.AWAIT, StepForm(text="?"))
    found = page(bank, "zhaomin")
    assert ids(found) == [promised, urgent, normal, paused]
    first = found.rows[0]
    assert first.clocks is not None
    assert (first.clocks.days_left, first.clocks.band) == (1, Band.RED)
    assert first.summary == "短信费多扣三个月"
    assert found.rows[1].handler == "王强"


@pytest.mark.parametrize("view", [QueueView.OPEN, QueueView.ENDED])
def test_pages_run_both_ways(bank: Bank, view: QueueView) -> None:
    made = []
    for _number in range(7):
        made.append(register(bank))
        if view is QueueView.ENDED:
            take(bank, made[-1], "chenjing", Step.WITHDRAW, StepForm(text="x"))
        bank.clock.advance(minutes=1)
    if view is QueueView.ENDED:
        made.reverse()
    criteria = ComplaintCriteria(view=view)
    first = page(bank, "lina", criteria, limit=3)
    second = page(bank, "lina", criteria, Move.AFTER, first.rows[-1].key, 3)
    last = page(bank, "lina", criteria, Move.LAST, None, 3)
    back = page(bank, "lina", criteria, Move.BEFORE, last.rows[0].key, 3)
    assert ids(first) + ids(second) == made[:6]
    assert ids(back) + ids(last) == made[1:]
    assert (first.has_before, first.has_after) == (False, True)
    assert (last.has_before, last.has_after) == (True, False)
    assert (back.has_before, back.has_after) == (True, True)


def test_views_show_what_they_say(bank: Bank) -> None:
    waiting = register(bank, "lina")
    mine = register(bank)
    triage(bank, mine)
    done = closed(bank)

    def seen(username: str, view: QueueView) -> list[int]:
        criteria = ComplaintCriteria(view=view)
        found = ids(page(bank, username, criteria))
        assert bank.office(username).complaints.count(criteria) == len(found)
        return found

    assert seen("zhaomin", QueueView.OPEN) == [waiting, mine]
    assert seen("zhaomin", QueueView.UNTRIAGED) == [waiting]
    assert seen("wangqiang", QueueView.MINE) == [mine]
    assert seen("chenjing", QueueView.MINE) == [mine]
    assert seen("lina", QueueView.MINE) == [waiting]
    assert seen("zhaomin", QueueView.ENDED) == [done]
    assert seen("zhaomin", QueueView.OVERDUE) == []
    bank.clock.advance(days=14)
    assert seen("zhaomin", QueueView.OVERDUE) == []
    bank.clock.advance(days=1)
    assert seen("zhaomin", QueueView.OVERDUE) == [waiting, mine]


def test_a_queue_holds_nothing_out_of_reach(bank: Bank) -> None:
    here, there = register(staffed(bank)), register(bank, "sunli")
    assert ids(page(bank, "lina")) == [here]
    assert ids(page(bank, "sunli")) == [there]
    assert ids(page(bank, "hq")) == ids(page(bank, "hegui")) == [here, there]
    assert ids(page(bank, "jishu")) == []
    assert bank.office("jishu").complaints.strip().open == 0
    triage(bank, here, "hq", handler="sunli", department="TECH")
    assert ids(page(bank, "jishu")) == [here]
    assert ids(page(bank, "sunli")) == [here, there]
    assert ids(page(bank, "zhoutao")) == [there]


def test_the_strip_counts_what_is_in_reach(bank: Bank) -> None:
    register(bank, promise="17:00")
    triage(bank, register(bank))
    register(bank, "sunli")
    closed(bank)
    strip = bank.office("zhaomin").complaints.strip()
    assert (strip.open, strip.overdue, strip.due_today, strip.untriaged) == (2, 0, 1, 1)
    assert (strip.promised_today, strip.ended_this_month, strip.on_time_this_month) == (1, 1, 1)
    bank.clock.advance(days=40)
    strip = bank.office("zhaomin").complaints.strip()
    assert (strip.overdue, strip.promised_today, strip.ended_this_month) == (2, 0, 0)


def test_cases_are_found_by_number_customer_and_a_strangers_name(bank: Bank) -> None:
    customers = populate(bank)
    known = register(bank, customer=customers["单雪梅"])
    stranger = register(bank, name="路人甲")
    register(bank, "sunli", name="路人甲")
    for search in ("单雪梅", "sxm", "shanxue", f"cp-2026-{known:06d}", f"{known:06d}", "0001"):
        criteria = ComplaintCriteria(search=search)
        assert ids(page(bank, "lina", criteria)) == [known], search
        assert bank.office("lina").complaints.count(criteria) == 1
        assert ids(page(bank, "sunli", criteria)) == []
    assert ids(page(bank, "lina", ComplaintCriteria(search="路人甲"))) == [stranger]
    assert ids(page(bank, "lina", ComplaintCriteria(search='"; DROP'))) == []
    only = ComplaintCriteria(customer_id=customers["单雪梅"])
    assert ids(page(bank, "lina", only)) == [known]
    assert ids(page(bank, "lina", replace(only, view=QueueView.ENDED))) == []


def test_cases_are_found_by_words_of_their_content(bank: Bank) -> None:
    jam = register(bank, content="自助机吞卡, 屏幕显示 E1042。\n客户排队等了一小时")
    fee = register(bank, content="要求退费 1042 元")
    register(bank, "sunli", content="吞卡")
    for search, wanted in (
        ("吞卡", [jam]), ("排队", [jam]), ("E1042", [jam]), ("e1042", [jam]), ("Ｅ1042", [jam]),
        ("退费", [fee]), ("1042", [jam, fee]), ("排队 吞卡", [jam]), ("排队 退费", []),
        ("吞%", []), ("卡", [jam]), ("e", []), ("10", []),
    ):  # fmt: skip
        criteria = ComplaintCriteria(search=search)
        assert ids(page(bank, "lina", criteria)) == wanted, search
        assert bank.office("lina").complaints.count(criteria) == len(wanted), search


def _move(bank: Bank, complaint: int, number: str) -> None:
    with bank.store.write(OPERATOR) as tx:
        change = update(Complaint).where(col(Complaint.id) == complaint)
        tx.session.execute(change.values(complaint_no=number))
        tx.audit("test.number")


@pytest.mark.parametrize("view", [QueueView.OPEN, QueueView.ENDED])
def test_digits_find_the_case_whose_number_ends_in_them_first(bank: Bank, view: QueueView) -> None:
    """Whatever stands before it by its date, and on whichever page it is asked for."""
    made = [register(bank, content="1079 元") for _ in range(5)]
    others = [*made[:2], *made[3:]]
    if view is QueueView.ENDED:
        for complaint in (made[2], *others):
            bank.clock.advance(days=1)
            take(bank, complaint, "chenjing", Step.WITHDRAW, StepForm(text="x"))
        others.reverse()
    for number in ("CP-2026-001079", "CP-2025-001079", "CP-2024-991079"):
        wanted = number != "CP-2024-991079"
        _move(bank, made[2], number)
        criteria = ComplaintCriteria(view, search="1079")
        found = ids(page(bank, "zhaomin", criteria))
        assert sorted(found) == sorted(made)
        assert (found == [made[2], *others]) is wanted, number
    _move(bank, made[2], "CP-2026-001079")
    there: list[int] = []
    key = None
    while True:
        one = page(bank, "zhaomin", criteria, Move.AFTER if key else Move.FIRST, key, 2)
        there += ids(one)
        if not one.has_after:
            break
        key = one.rows[-1].key
    assert there == [made[2], *others]
    last = page(bank, "zhaomin", criteria, Move.LAST, None, 2)
    before = page(bank, "zhaomin", criteria, Move.BEFORE, last.rows[0].key, 3)
    assert ids(before) + ids(last) == there
    assert (before.has_before, before.has_after) == (False, True)


def test_few_digits_are_the_end_of_a_number(bank: Bank) -> None:
    made = [register(bank) for _ in range(3)]
    assert ids(page(bank, "lina", ComplaintCriteria(search=str(made[1])))) == [made[1]]
    assert ids(page(bank, "lina", ComplaintCriteria(search=f"0{made[1]}"))) == [made[1]]
    _move(bank, made[1], "CP-2026-000079")
    assert ids(page(bank, "lina", ComplaintCriteria(search="７9"))) == [made[1]]


def test_a_proposal_follows_the_last_like_cases(bank: Bank) -> None:
    staffed(bank)
    for handler in ("wangqiang", "lina", "wangqiang"):
        triage(bank, register(bank), handler=handler, department="TECH")
    triage(bank, register(bank, reason="service"), handler="chenjing")
    service = bank.office("zhaomin").complaints
    found = service.triage_choices(register(bank)).proposal
    assert (found.form.complaint_class, found.form.department) == ("general", "TECH")
    assert (found.form.handler, found.handler_name, found.handler_open) == ("lina", "李娜", 1)
    assert (found.like_cases, found.department_name) == (3, "技术部")
    against_her = service.triage_choices(register(bank, accused="lina")).proposal
    assert (against_her.form.handler, against_her.handler_open) == ("wangqiang", 2)
    nothing = service.triage_choices(register(bank, reason="choice")).proposal
    assert (nothing.like_cases, nothing.form.handler) == (0, "")
    known = service.triage_choices(
        register(bank, reason="choice", complaint_class="without_cause")
    ).proposal
    assert known.form.complaint_class == "without_cause"


def test_causes_begin_with_the_likeliest(bank: Bank) -> None:
    closed(bank)
    found = bank.office("chenjing").complaints.causes()
    assert found[0] is Reason.PRICING
    assert sorted(found) == sorted(Reason)
    assert bank.office("sunli").complaints.causes() == tuple(Reason)


def test_the_card_and_the_roster_show_what_is_open(bank: Bank) -> None:
    customer = populate(bank)["单雪梅"]
    complaint = register(bank, customer=customer)
    office = bank.office("lina")
    (line,) = office.customers.card(customer).open_complaints
    assert (line.complaint_id, line.state) == (complaint, ComplaintState.REGISTERED)

    def mark() -> int:
        criteria = RosterCriteria(View.BRANCH, search="单雪梅")
        (row,) = office.roster.page(criteria, Move.FIRST, None, 10).rows
        return row.open_complaints

    assert mark() == 1
    take(bank, complaint, "chenjing", Step.WITHDRAW, StepForm(text="x"))
    assert office.customers.reload(customer).open_complaints == ()
    assert mark() == 0


def test_the_timeline_has_contacts_tiers_and_complaints_in_one_order(bank: Bank) -> None:
    customer = populate(bank)["单雪梅"]
    for number in range(4):
        log(bank, "lina", customer, f"call {number}")
        # Three at the same instant, in a fixed order on every page.
        register(bank, customer=customer)
        register(bank, customer=customer)
        bank.clock.advance(hours=1)
    service = bank.office("lina").customers
    whole = service.timeline(customer, Move.FIRST, None, 50).rows
    assert sum(touch.kind is TouchKind.COMPLAINT for touch in whole) == 8
    assert [touch.key for touch in whole] == sorted((touch.key for touch in whole), reverse=True)
    walked, key, move = [], None, Move.FIRST
    while True:
        found = service.timeline(customer, move, key, 2)
        walked += found.rows
        if not found.has_after:
            break
        key, move = found.rows[-1].key, Move.AFTER
    assert walked == list(whole)
    back = service.timeline(customer, Move.BEFORE, whole[5].key, 3)
    assert back.rows == whole[2:5]
    touch = next(touch for touch in whole if touch.kind is TouchKind.COMPLAINT)
    assert (touch.label, touch.by, touch.text) == (
        "registered",
        "陈静",
        "短信费多扣三个月\n要求退回",
    )


@pytest.mark.parametrize(
    ("view", "index"),
    [(QueueView.OPEN, "ix_complaint_open"), (QueueView.ENDED, "ix_complaint_ended")],
)
def test_a_page_is_read_along_its_index(bank: Bank, view: QueueView, index: str) -> None:
    """Without a sort, so that a page costs the same however long the queue is."""
    seen: list[tuple[str, object]] = []

    def note(_c: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        if "LIMIT" in statement and "FROM complaint" in statement:
            seen.append((statement, parameters))

    office = bank.office("hq")
    event.listen(bank.store.engine, "before_cursor_execute", note)
    office.complaints.page(ComplaintCriteria(view=view), Move.FIRST, None, 10)
    event.remove(bank.store.engine, "before_cursor_execute", note)
    ((statement, parameters),) = seen
    with bank.store.engine.connect() as connection:
        if not bank.store.is_sqlite:
            # A few rows are read faster as a whole.
            connection.exec_driver_sql("SET enable_seqscan = off")
            connection.exec_driver_sql("SET enable_bitmapscan = off")
        explain = "EXPLAIN QUERY PLAN " if bank.store.is_sqlite else "EXPLAIN "
        rows = connection.exec_driver_sql(explain + statement, parameters)  # type: ignore[arg-type]
        plan = " ".join(str(row) for row in rows)
    assert index in plan
    assert "B-TREE" not in plan
    assert "Sort" not in plan
