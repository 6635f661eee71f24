"""Complaints on both databases: from registration to the end, and what is refused on the way."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select, update
from sqlmodel import col

from crm_tui.db.search import ID_NO_CONTEXT
from crm_tui.db.tables import Audit, AuditImage, Complaint, ComplaintEvent, Customer, Draft
from crm_tui.domain.complaint_kinds import (
    ComplaintClass,
    ComplaintState,
    EventKind,
    Measure,
    Reason,
    Step,
)
from crm_tui.domain.complaints import (
    ComplaintCriteria,
    ComplaintForm,
    QueueView,
    StepForm,
    TriageForm,
)
from crm_tui.domain.drafts import DraftKey
from crm_tui.domain.kinds import RevealField, RevealReason
from crm_tui.domain.policy import Policy
from crm_tui.domain.roster import Move
from crm_tui.errors import Conflict, InvalidInput, Refused
from tests.support.complaints import (
    CLOSED,
    DECIDED,
    FORM,
    TOLD,
    TRIAGED,
    closed,
    register,
    staffed,
    take,
    triage,
    version,
)
from tests.support.desk import populate
from tests.support.people import OPERATOR

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.people import Bank


def key() -> str:
    return uuid.uuid4().hex


def stored(bank: Bank, complaint: int) -> Complaint:
    with bank.store.read() as session:
        return session.execute(select(Complaint).where(col(Complaint.id) == complaint)).scalar_one()


def kinds(bank: Bank, complaint: int) -> list[str]:
    with bank.store.read() as session:
        query = select(col(ComplaintEvent.kind)).where(
            col(ComplaintEvent.complaint_id) == complaint
        )
        return list(session.execute(query.order_by(col(ComplaintEvent.seq))).scalars())


def audits(bank: Bank) -> list[tuple[str, str]]:
    with bank.store.read() as session:
        query = select(col(Audit.action), col(Audit.outcome)).where(
            col(Audit.action).startswith("complaint.")
        )
        return [tuple(row) for row in session.execute(query.order_by(col(Audit.seq)))]


def test_from_registration_to_the_end(bank: Bank) -> None:
    complaint = closed(bank)
    found = bank.office("chenjing").complaints.get(complaint)
    assert (found.row.state, found.row.complaint_no) == (
        ComplaintState.CLOSED, f"CP-2026-{complaint:06d}",
    )  # fmt: skip
    assert (found.row.first_responder, found.row.handler) == ("陈静", "王强")
    assert (found.complaint_class, found.measure) == (ComplaintClass.GENERAL, Measure.COMPENSATION)
    assert (found.result, found.cause, found.satisfaction) == ("已退费", Reason.PRICING, 5)
    assert found.on_time
    assert found.steps == ()
    assert kinds(bank, complaint) == [
        "registered", "triage", "start", "decide", "notify", "close",
    ]  # fmt: skip
    assert audits(bank) == [
        (f"complaint.{kind}", "done")
        for kind in ("register", "triage", "decide", "notify", "close")
    ]


def test_the_trail_says_who_did_what_in_words(bank: Bank) -> None:
    complaint = closed(staffed(bank), promise="17:00")
    trail = bank.office("zhaomin").complaints.get(complaint).trail
    assert [line.by for line in trail] == ["陈静", "赵敏", "王强", "王强", "王强", "王强"]
    assert trail[0].facts == (("first_responder", "陈静"), ("promise_at", "2026-03-02 17:00"))
    assert ("handler", "王强") in trail[1].facts
    assert trail[3].text == "退回三个月的费用"
    assert trail[4].facts == (
        ("channel", "phone"), ("told_at", "2026-03-02 10:00"), ("person", "王强"),
    )  # fmt: skip


def test_the_due_dates_are_stored_with_the_regime(bank: Bank) -> None:
    row = stored(bank, register(bank))
    assert (row.regime, row.due_on, row.internal_on) == (
        "nfra_2020", date(2026, 3, 17), date(2026, 3, 16),
    )  # fmt: skip
    assert (row.sort_on, row.due_estimated) == (date(2026, 3, 16), False)


def test_solved_on_the_spot_the_registrar_handles_it(bank: Bank) -> None:
    complaint = register(bank)
    form = replace(DECIDED, complaint_class="general")
    take(bank, complaint, "chenjing", Step.SOLVE, form)
    found = bank.office("chenjing").complaints.get(complaint)
    assert (found.row.state, found.row.handler) == (ComplaintState.DECIDED, "陈静")
    assert Step.NOTIFY in found.steps
    with pytest.raises(Refused):
        take(bank, register(bank, "lina"), "chenjing", Step.SOLVE, form)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("content", "  "), ("content", "x" * 20_001), ("content", "a\u202eb"), ("channel", ""),
        ("business", "nonsense"), ("reason", ""), ("demand", "x"), ("complaint_class", "x"),
        ("promise", "09:00"), ("promise", "soon"), ("first_responder", "sunli"),
        ("accused", "nobody"), ("people", "0"), ("people", "many"), ("name", "a\u0007"),
        ("phone", "12x"),
    ],
)  # fmt: skip
def test_a_registration_is_checked_field_by_field(bank: Bank, field: str, value: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        register(bank, **{field: value})
    assert caught.value.field == field


def test_a_long_text_with_lines_is_kept_as_it_is(bank: Bank) -> None:
    text = "一" * 19_998 + "\n二"
    assert stored(bank, register(bank, content=text)).content == text


def test_the_phone_of_a_stranger_is_nowhere_in_clear(bank: Bank) -> None:
    complaint = register(bank, name="路人甲", phone="138 0013-8000")
    row = stored(bank, complaint)
    assert row.phone_mask == "138****8000"
    assert row.phone_enc
    assert bank.store.keys.decrypt(row.phone_enc, "complaint.phone") == "13800138000"
    with bank.store.read() as session:
        payloads = session.execute(select(col(ComplaintEvent.payload))).scalars().all()
        images = [
            bank.store.keys.decrypt(blob, "audit_image")
            for blob in session.execute(select(col(AuditImage.payload))).scalars()
        ]
    assert all("13800138000" not in text for text in (*payloads, *images))
    assert any("路人甲" in text for text in images)


def test_anonymous_is_allowed(bank: Bank) -> None:
    found = bank.office("chenjing").complaints.get(register(bank, name="", phone=""))
    assert (found.row.customer_name, found.phone_mask, found.row.customer_id) == ("", "", None)


def test_the_same_key_registers_once(bank: Bank) -> None:
    service, one = bank.office("chenjing").complaints, key()
    first = service.register(None, FORM, one)
    assert service.register(None, FORM, one) == first
    assert cases(bank) == 1


def cases(bank: Bank) -> int:
    with bank.store.read() as session:
        return session.execute(select(func.count()).select_from(Complaint)).scalar_one()


def test_the_same_words_may_be_sent_again_hours_later(bank: Bank) -> None:
    """Times are read, and a phone is sealed anew, as of the first time."""
    service, one = bank.office("chenjing").complaints, key()
    form = replace(FORM, promise="11:00", name="路人甲", phone="138 0013-8000", accused="lina")
    first = service.register(None, form, one)
    bank.clock.advance(hours=30)
    assert service.register(None, replace(form, phone="13800138000"), one) == first
    assert cases(bank) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("content", "短信费多扣四个月"), ("content", ""), ("channel", "web"),
        ("reason", "service"), ("business", "loan"), ("demand", "answer"),
        ("complaint_class", "general"), ("people", "2"), ("promise", "+2"),
        ("first_responder", "lina"), ("accused", "wangqiang"),
        ("name", "路人乙"), ("phone", "13900139000"), ("phone", ""),
    ],
)  # fmt: skip
def test_the_same_key_with_other_words_loses_neither(bank: Bank, field: str, value: str) -> None:
    """The case stays as it was registered; its number is said, and the draft stays."""
    office, one = bank.office("chenjing"), key()
    form = replace(FORM, name="路人甲", phone="13800138000")
    first = office.complaints.register(None, form, one)
    draft = DraftKey("complaint", "new")
    office.drafts.save(draft, {field: value})
    with pytest.raises(InvalidInput, match=f"CP-2026-{first:06d}") as caught:
        office.complaints.register(None, replace(form, **{field: value}), one, draft)
    assert caught.value.field == "content"
    kept = office.drafts.load(draft)
    assert kept is not None
    assert kept.values == {field: value}
    assert kinds(bank, first) == ["registered"]
    assert cases(bank) == 1


def test_the_same_key_for_another_customer_is_other_words_too(bank: Bank) -> None:
    people, one = populate(bank), key()
    service = bank.office("chenjing").complaints
    service.register(people["张伟明"], FORM, one)
    for customer in (people["解珍"], None):
        with pytest.raises(InvalidInput, match="CP-2026-000001"):
            service.register(customer, FORM, one)
    assert cases(bank) == 1


def test_the_same_key_takes_a_step_once(bank: Bank) -> None:
    complaint, one = register(bank), key()
    service = bank.office("zhaomin").complaints
    service.triage(complaint, 1, TRIAGED, one)
    service.triage(complaint, 1, TRIAGED, one)
    assert kinds(bank, complaint) == ["registered", "triage"]
    assert version(bank, complaint) == 2


def test_saving_deletes_the_draft(bank: Bank) -> None:
    office = bank.office("chenjing")
    draft = DraftKey("complaint", "new")
    office.drafts.save(draft, {"content": "half"})
    office.complaints.register(None, FORM, key(), draft)
    with bank.store.read() as session:
        assert session.execute(select(func.count()).select_from(Draft)).scalar_one() == 0


def test_two_people_on_one_case_conflict_with_what_is_stored(bank: Bank) -> None:
    complaint = register(bank)
    triage(bank, complaint, urgency="urgent")
    with pytest.raises(Conflict) as caught:
        bank.office("hq").complaints.triage(complaint, 1, TRIAGED, key())
    assert caught.value.version == 2
    assert caught.value.stored["handler"] == "wangqiang"
    assert (caught.value.stored["urgency"], caught.value.stored["by"]) == ("urgent", "zhaomin")
    assert kinds(bank, complaint) == ["registered", "triage"]


@pytest.mark.parametrize(
    ("step", "form", "field"),
    [
        (Step.DECIDE, StepForm(measure="apology"), "text"),
        (Step.DECIDE, StepForm(text="x"), "measure"),
        (Step.DECIDE, StepForm(text="x", measure="gift"), "measure"),
        (Step.NOTE, StepForm(), "text"),
        (Step.AWAIT, StepForm(text=" "), "text"),
        (Step.PROMISE, StepForm(), "promise"),
        (Step.PROMISE, StepForm(promise="-1"), "promise"),
        (Step.WITHDRAW, StepForm(), "text"),
        (Step.MERGE, StepForm(), "other_no"),
        (Step.MERGE, StepForm(other_no="CP-1999-000001"), "other_no"),
    ],
)
def test_a_step_without_its_record_names_the_field(
    bank: Bank, step: Step, form: StepForm, field: str
) -> None:
    complaint = register(bank)
    triage(bank, complaint)
    with pytest.raises(InvalidInput) as caught:
        take(bank, complaint, "wangqiang", step, form)
    assert caught.value.field == field
    assert kinds(bank, complaint) == ["registered", "triage"]


@pytest.mark.parametrize(
    ("form", "field"),
    [
        (TriageForm(handler="lina"), "complaint_class"),
        (TriageForm(complaint_class="general"), "handler"),
        (TriageForm(complaint_class="general", handler="sunli"), "handler"),
        (TriageForm(complaint_class="general", handler="jishu"), "handler"),
        (TriageForm("general", "B001", "lina"), "department"),
        (TriageForm("general", "", "lina", urgency="x"), "urgency"),
        (TriageForm("general", "", "lina", complexity="x"), "complexity"),
    ],
)
def test_triage_asks_for_class_and_a_handler_in_reach(
    bank: Bank, form: TriageForm, field: str
) -> None:
    complaint = register(staffed(bank))
    with pytest.raises(InvalidInput) as caught:
        bank.office("zhaomin").complaints.triage(complaint, 1, form, key())
    assert caught.value.field == field


def test_closing_needs_every_record(bank: Bank) -> None:
    complaint = register(bank)
    triage(bank, complaint)
    take(bank, complaint, "wangqiang", Step.DECIDE, DECIDED)
    with pytest.raises(Refused):
        take(bank, complaint, "wangqiang", Step.CLOSE, CLOSED)
    for form, field in (
        (StepForm(), "channel"),
        (StepForm(channel="phone", notified_at="23:59"), "notified_at"),
        (StepForm(channel="phone", notified_at="09:00"), "notified_at"),
        (StepForm(channel="phone", reached="perhaps"), "reached"),
    ):
        with pytest.raises(InvalidInput) as caught:
            take(bank, complaint, "wangqiang", Step.NOTIFY, form)
        assert caught.value.field == field
    take(bank, complaint, "wangqiang", Step.NOTIFY, replace(TOLD, reached="no"))
    for lacking in ("text", "cause", "satisfaction"):
        with pytest.raises(InvalidInput) as caught:
            take(bank, complaint, "wangqiang", Step.CLOSE, replace(CLOSED, **{lacking: ""}))
        assert caught.value.field == lacking
    with pytest.raises(InvalidInput) as caught:
        take(bank, complaint, "wangqiang", Step.CLOSE, replace(CLOSED, satisfaction="6"))
    take(bank, complaint, "wangqiang", Step.CLOSE, replace(CLOSED, satisfaction="0"))
    assert kinds(bank, complaint)[-2:] == ["notify_failed", "close"]
    row = stored(bank, complaint)
    assert (row.satisfaction, row.notified_at, row.is_open) == (0, None, False)


def test_awaiting_the_customer_stops_the_internal_clock_alone(bank: Bank) -> None:
    complaint = register(bank)
    triage(bank, complaint, urgency="urgent")
    assert stored(bank, complaint).sort_on == date(2026, 3, 5)
    take(bank, complaint, "wangqiang", Step.AWAIT, StepForm(text="请补充流水"))
    assert stored(bank, complaint).sort_on == date(2026, 3, 17)
    bank.clock.advance(days=2)
    row = bank.office("wangqiang").complaints.get(complaint).row
    assert row.clocks is not None
    assert row.clocks.paused
    take(bank, complaint, "wangqiang", Step.RESUME)
    row = stored(bank, complaint)
    assert (row.internal_on, row.due_on) == (date(2026, 3, 9), date(2026, 3, 17))


def test_a_department_verifies_and_no_more(bank: Bank) -> None:
    complaint = register(staffed(bank))
    with pytest.raises(Refused):
        bank.office("jishu").complaints.get(complaint)
    triage(bank, complaint, department="TECH")
    assert bank.office("jishu").complaints.get(complaint).steps == (Step.NOTE,)
    take(bank, complaint, "jishu", Step.NOTE, StepForm(text="日志无异常"))
    assert kinds(bank, complaint) == ["registered", "triage", "note"]
    with pytest.raises(Refused):
        take(bank, complaint, "jishu", Step.DECIDE, DECIDED)


def test_only_the_handler_works_and_only_who_triages_reassigns(bank: Bank) -> None:
    complaint = register(bank)
    triage(bank, complaint)
    for username in ("chenjing", "lina", "zhaomin"):
        with pytest.raises(Refused):
            take(bank, complaint, username, Step.DECIDE, DECIDED)
    with pytest.raises(Refused):
        take(bank, complaint, "wangqiang", Step.REASSIGN, StepForm(handler="lina"))
    take(bank, complaint, "zhaomin", Step.REASSIGN, StepForm(handler="lina", text="休假"))
    with pytest.raises(Refused):
        take(bank, complaint, "wangqiang", Step.NOTE, StepForm(text="x"))
    take(bank, complaint, "lina", Step.DECIDE, DECIDED)
    assert bank.office("lina").complaints.get(complaint).row.handler == "李娜"
    assert audits(bank).count(("complaint.decide", "refused")) == 3


def test_reassigning_without_a_department_leaves_the_one_before(bank: Bank) -> None:
    complaint = register(staffed(bank))
    triage(bank, complaint, department="TECH")
    same = StepForm(handler="wangqiang", department="TECH")
    take(bank, complaint, "zhaomin", Step.REASSIGN, replace(same, handler="lina"))
    assert bank.office("zhaomin").complaints.get(complaint).row.department == "技术部"
    take(bank, complaint, "zhaomin", Step.REASSIGN, replace(same, department=""))
    found = bank.office("zhaomin").complaints.get(complaint)
    assert (found.row.handler, found.row.department) == ("王强", "")


def test_a_case_is_not_reassigned_to_who_has_it_already(bank: Bank) -> None:
    complaint = register(staffed(bank))
    triage(bank, complaint, department="TECH")
    same = StepForm(handler="wangqiang", department="TECH")
    before = kinds(bank, complaint)
    with pytest.raises(InvalidInput) as caught:
        take(bank, complaint, "zhaomin", Step.REASSIGN, same)
    assert (caught.value.field, caught.value.message) == ("handler", "王强 has it already")
    assert kinds(bank, complaint) == before
    take(bank, complaint, "zhaomin", Step.REASSIGN, replace(same, text="仍由他办理"))
    take(bank, complaint, "zhaomin", Step.REASSIGN, replace(same, department=""))
    assert kinds(bank, complaint) == [*before, "reassign", "reassign"]


def test_the_accused_neither_handles_nor_decides_anything(bank: Bank) -> None:
    complaint = register(bank, accused="wangqiang")
    service = bank.office("zhaomin").complaints
    assert "wangqiang" not in dict(service.handlers(complaint))
    assert "lina" in dict(service.handlers(complaint))
    with pytest.raises(InvalidInput) as caught:
        triage(bank, complaint)
    assert caught.value.field == "handler"
    against_the_head = register(bank, accused="赵敏")
    criteria = ComplaintCriteria(QueueView.OPEN)
    assert (service.count(criteria), service.strip().open) == (1, 1)
    [shown] = service.page(criteria, Move.FIRST, None, 9).rows
    assert shown.complaint_id == complaint
    with pytest.raises(Refused):
        service.get(against_the_head)
    assert bank.office("hq").complaints.count(criteria) == 2
    with pytest.raises(Refused):
        triage(bank, against_the_head)
    triage(bank, against_the_head, "hq", handler="lina")
    with pytest.raises(Refused):
        take(bank, against_the_head, "zhaomin", Step.REASSIGN, StepForm(handler="lina"))
    own = register(bank, "chenjing", accused="chenjing")
    with pytest.raises(Refused):
        take(bank, own, "chenjing", Step.SOLVE, replace(DECIDED, complaint_class="general"))


def test_any_open_case_may_be_withdrawn(bank: Bank) -> None:
    complaint = register(bank)
    take(bank, complaint, "chenjing", Step.WITHDRAW, StepForm(text="客户撤回"))
    found = bank.office("chenjing").complaints.get(complaint)
    assert (found.row.state, found.row.ended_at) == (ComplaintState.WITHDRAWN, bank.clock.at)
    assert found.row.clocks is None


def test_merging_goes_into_an_open_case_in_reach_and_never_round(bank: Bank) -> None:
    one, two = register(bank), register(bank)
    elsewhere = register(bank, "sunli")
    number = {which: stored(bank, which).complaint_no for which in (one, two, elsewhere)}
    for wrong in (number[one], number[elsewhere]):
        with pytest.raises(InvalidInput):
            take(bank, one, "zhaomin", Step.MERGE, StepForm(other_no=wrong))
    take(bank, one, "zhaomin", Step.MERGE, StepForm(other_no=number[two].lower()))
    found = bank.office("zhaomin").complaints.get(one)
    assert (found.row.state, found.merged_into) == (ComplaintState.MERGED, number[two])
    with pytest.raises(InvalidInput) as caught:
        take(bank, two, "zhaomin", Step.MERGE, StepForm(other_no=number[one]))
    assert caught.value.field == "other_no"


@pytest.mark.parametrize(
    ("source", "target", "handler", "said"),
    [
        ({"accused": "wangqiang"}, {}, "wangqiang", "Its handler is complained about"),
        ({"accused": "lina"}, {}, "wangqiang", "not about the same person"),
        ({"accused": "lina"}, {"accused": "zhaomin"}, "wangqiang", "not about the same person"),
        ({}, {"accused": "lina"}, "wangqiang", ""),
        ({"accused": "zhaomin"}, {"accused": "zhaomin"}, "wangqiang", ""),
        ({}, {}, "wangqiang", ""),
    ],
)
def test_merging_keeps_the_recusal(
    bank: Bank, source: dict[str, str], target: dict[str, str], handler: str, said: str
) -> None:
    into = register(bank, **target)
    triage(bank, into, "hq", handler=handler)
    case = register(bank, **source)
    form = StepForm(other_no=bank.office("hq").complaints.get(into).row.complaint_no)
    if not said:
        take(bank, case, "hq", Step.MERGE, form)
        assert bank.office("hq").complaints.get(case).row.state is ComplaintState.MERGED
        return
    with pytest.raises(InvalidInput, match=said) as caught:
        take(bank, case, "hq", Step.MERGE, form)
    assert caught.value.field == "other_no"
    assert bank.office("hq").complaints.get(case).row.state is ComplaintState.REGISTERED


def test_numbers_are_found_however_their_letters_are_written(bank: Bank) -> None:
    target, case = register(bank), register(bank)
    customer = populate(bank)["张伟明"]
    identity = "510101199001010014"
    with bank.store.write(OPERATOR) as tx:
        tx.session.execute(
            update(Complaint).where(col(Complaint.id) == target).values(complaint_no="wx-0007a")
        )
        blind = bank.store.keys.blind(identity, ID_NO_CONTEXT)
        tx.session.execute(
            update(Customer)
            .where(col(Customer.id) == customer)
            .values(customer_no="c-00x", id_no_hash=blind)
        )
        tx.audit("test.numbers")
    service = bank.office("zhaomin").complaints
    for typed in ("wx-0007a", "WX-0007A", "Wx-0007"):
        criteria = ComplaintCriteria(QueueView.OPEN, search=typed)
        assert [row.complaint_id for row in service.page(criteria, Move.FIRST, None, 9).rows] == [
            target
        ]
    for typed in ("c-00x", "C-00X"):
        assert bank.office("sunli").complaints.find_elsewhere(typed, identity) == customer
    take(bank, case, "zhaomin", Step.MERGE, StepForm(other_no="WX-0007a"))
    assert service.get(case).merged_into == "wx-0007a"


def test_the_handler_of_a_case_is_not_hidden_by_merging_it(bank: Bank) -> None:
    case, about_him = register(bank), register(bank, accused="wangqiang")
    triage(bank, case)
    form = StepForm(other_no=bank.office("hq").complaints.get(about_him).row.complaint_no)
    with pytest.raises(InvalidInput, match="Its handler is complained about"):
        take(bank, case, "hq", Step.MERGE, form)


def test_merging_moves_no_limit_and_no_customer(bank: Bank) -> None:
    customers = populate(bank)
    zhang = customers["张伟明"]
    first = register(bank, customer=zhang)
    bank.clock.advance(days=5)
    later, stranger = register(bank, customer=zhang), register(bank)
    other = register(bank, customer=customers["覃辉"])
    number = {
        case: bank.office("hq").complaints.get(case).row.complaint_no
        for case in (first, later, stranger, other)
    }
    for case, into, said in (
        (first, later, "due later"),
        (first, other, "another customer"),
        (first, stranger, "another customer"),
        (stranger, first, "another customer"),
    ):
        with pytest.raises(InvalidInput, match=said):
            take(bank, case, "zhaomin", Step.MERGE, StepForm(other_no=number[into]))
    take(bank, later, "zhaomin", Step.MERGE, StepForm(other_no=number[first]))
    assert bank.office("hq").complaints.get(later).merged_into == number[first]


def test_merging_loses_no_promise(bank: Bank) -> None:
    first, second = register(bank), register(bank)
    for case in (first, second):
        triage(bank, case)
    number = bank.office("hq").complaints.get(second).row.complaint_no
    take(bank, first, "wangqiang", Step.PROMISE, StepForm(promise="+1"))
    for later in ("", "+2"):
        if later:
            take(bank, second, "wangqiang", Step.PROMISE, StepForm(promise=later))
        with pytest.raises(InvalidInput, match="An earlier answer was promised here"):
            take(bank, first, "zhaomin", Step.MERGE, StepForm(other_no=number))
    take(bank, second, "wangqiang", Step.PROMISE, StepForm(promise="+1"))
    take(bank, first, "zhaomin", Step.MERGE, StepForm(other_no=number))
    assert stored(bank, first).state == "merged"


def test_a_promise_that_was_broken_does_not_hold_a_merge(bank: Bank) -> None:
    first, second = register(bank, promise="+1"), register(bank)
    number = bank.office("hq").complaints.get(second).row.complaint_no
    bank.clock.advance(days=2)
    take(bank, first, "zhaomin", Step.MERGE, StepForm(other_no=number))
    assert stored(bank, first).state == "merged"


def test_a_closed_case_is_taken_up_again_by_who_triages(bank: Bank) -> None:
    complaint = closed(bank)
    with pytest.raises(Refused):
        take(bank, complaint, "wangqiang", Step.REOPEN, StepForm(text="客户不满意"))
    bank.clock.advance(days=30)
    take(bank, complaint, "zhaomin", Step.REOPEN, StepForm(text="客户不满意", handler="lina"))
    row = stored(bank, complaint)
    assert (row.state, row.is_open, row.ended_at, row.on_time) == ("in_progress", True, None, None)
    assert row.due_on == date(2026, 4, 16)
    for step, form in ((Step.DECIDE, DECIDED), (Step.NOTIFY, TOLD), (Step.CLOSE, CLOSED)):
        take(bank, complaint, "lina", step, form)
    assert stored(bank, complaint).state == "closed"


def test_a_handler_whose_role_has_ended_is_not_offered_nor_taken(bank: Bank) -> None:
    from sqlalchemy import update

    from crm_tui.db.tables import Staff, StaffRole

    complaint = register(bank)
    staff = bank.ids(Staff, "username")
    with bank.store.write(OPERATOR) as tx:
        tx.session.execute(
            update(StaffRole)
            .where(col(StaffRole.staff_id) == staff["wangqiang"])
            .values(until_on=date(2026, 3, 2))
        )
        tx.session.execute(
            update(Staff).where(col(Staff.id) == staff["lina"]).values(disabled=True)
        )
        tx.audit("test.leave")
    names = dict(bank.office("zhaomin").complaints.handlers(complaint))
    assert {"wangqiang", "lina", "sunli"}.isdisjoint(names)
    assert {"chenjing", "zhaomin", "hq"} <= set(names)
    with pytest.raises(InvalidInput):
        triage(bank, complaint)


def test_the_first_responder_is_the_registrar_or_a_colleague(bank: Bank) -> None:
    assert bank.office("chenjing").complaints.colleagues() == (
        ("chenjing", "陈静"), ("lina", "李娜"), ("wangqiang", "王强"), ("zhaomin", "赵敏"),
    )  # fmt: skip
    complaint = register(bank, first_responder="李娜")
    found = bank.office("chenjing").complaints.get(complaint)
    assert (found.row.first_responder, found.registrar) == ("李娜", "陈静")


def test_customers_elsewhere_are_reached_by_number_and_identity_for_a_complaint_only(
    bank: Bank,
) -> None:
    from crm_tui.domain.customers import CustomerForm

    sunli = bank.office("sunli")
    form = CustomerForm(name="单雪梅", mobile="13900139000", id_no="440106199003072234")
    customer = sunli.registration.register(form, key())
    number = sunli.customers.card(customer).customer_no
    office = bank.office("chenjing")
    with pytest.raises(Refused):
        office.complaints.register(customer, FORM, key())
    for no, identity in ((number, "440106199003072218"), ("P999999", "440106199003072234")):
        with pytest.raises(Refused):
            office.complaints.find_elsewhere(no, identity)
    assert office.complaints.find_elsewhere(number.lower(), "440106199003072234") == customer
    complaint = office.complaints.register(customer, FORM, key())
    with pytest.raises(Refused):
        office.customers.card(customer)
    for username in ("chenjing", "sunli", "zhaomin", "zhoutao"):
        assert bank.office(username).complaints.get(complaint).row.customer_name == "单雪梅"
    bank.clock.advance(days=1)
    with pytest.raises(Refused):
        office.complaints.register(customer, FORM, key())


def test_both_branches_may_triage_what_both_see(bank: Bank) -> None:
    ids = populate(bank)
    complaint = register(bank, "hq", ids["张伟明"])
    assert bank.office("lina").complaints.get(complaint).row.customer_id == ids["张伟明"]
    triage(bank, complaint, "zhaomin", handler="lina")
    with pytest.raises(Refused):
        bank.office("zhoutao").complaints.get(complaint)


def test_what_the_person_may_do_comes_with_the_case(bank: Bank) -> None:
    complaint = register(bank)
    steps = {
        who: bank.office(who).complaints.get(complaint).steps
        for who in ("chenjing", "lina", "zhaomin")
    }
    assert steps["lina"] == ()
    assert steps["chenjing"] == (Step.SOLVE, Step.NOTE, Step.PROMISE, Step.WITHDRAW)
    assert steps["zhaomin"] == (Step.TRIAGE, Step.WITHDRAW, Step.MERGE)
    triage(bank, complaint)
    assert bank.office("wangqiang").complaints.get(complaint).steps[0] is Step.DECIDE
    assert EventKind.START.value not in kinds(bank, complaint)


def test_numbers_step_aside_for_those_that_a_file_took(bank: Bank) -> None:
    from sqlalchemy import update

    first = register(bank)
    with bank.store.write(OPERATOR) as tx:
        tx.session.execute(
            update(Complaint)
            .where(col(Complaint.id) == first)
            .values(complaint_no=f"CP-2026-{first + 1:06d}")
        )
        tx.audit("test.number")
    assert stored(bank, register(bank)).complaint_no == f"CP-2026-{first + 1_000_001:06d}"


def test_the_year_of_a_number_is_that_of_shanghai(bank: Bank) -> None:
    bank.clock.at = datetime(2026, 12, 31, 16, 30, tzinfo=UTC)
    assert stored(bank, register(bank)).complaint_no.startswith("CP-2027-")


def test_a_blank_form_is_no_registration(bank: Bank) -> None:
    with pytest.raises(InvalidInput) as caught:
        bank.office("chenjing").complaints.register(None, ComplaintForm(), key())
    assert caught.value.field == "content"


def test_a_class_given_at_the_registration_need_not_be_given_again(bank: Bank) -> None:
    complaint = register(bank, complaint_class="major_economic")
    take(bank, complaint, "chenjing", Step.SOLVE, DECIDED)
    assert stored(bank, complaint).complaint_class == "major_economic"


def test_the_phone_of_a_stranger_is_revealed_to_the_handler_once_it_is_audited(bank: Bank) -> None:
    complaint = register(bank, name="路人甲", phone="028-8888 6666")
    triage(bank, complaint)
    for username in ("wangqiang", "chenjing", "zhaomin"):
        service = bank.office(username).complaints
        assert service.reveal(complaint, RevealReason.CALL) == "02888886666"
    assert audits(bank)[-3:] == [("complaint.reveal", "done")] * 3
    for username in ("lina", "sunli", "admin"):
        with pytest.raises(Refused):
            bank.office(username).complaints.reveal(complaint, RevealReason.CALL)
    with pytest.raises(InvalidInput):
        bank.office("hq").complaints.reveal(complaint, RevealReason.OTHER)
    accused = register(bank, phone="13800138000", accused="chenjing")
    with pytest.raises(Refused):
        bank.office("chenjing").complaints.reveal(accused, RevealReason.CALL)
    assert bank.office("hq").complaints.reveal(register(bank), RevealReason.CALL) == ""


def test_reveals_of_customers_and_strangers_share_the_days_limit(
    make_bank: Callable[[Policy], Bank],
) -> None:
    bank = make_bank(Policy(reveals_per_day=2))
    customer = populate(bank)["单雪梅"]
    complaint, office = register(bank, phone="13800138000"), bank.office("chenjing")
    office.complaints.reveal(complaint, RevealReason.CALL)
    office.customers.reveal(customer, RevealField.MOBILE, RevealReason.CALL)
    for act in (
        lambda: office.complaints.reveal(complaint, RevealReason.CALL),
        lambda: office.customers.reveal(customer, RevealField.MOBILE, RevealReason.CALL),
    ):
        with pytest.raises(InvalidInput):
            act()
