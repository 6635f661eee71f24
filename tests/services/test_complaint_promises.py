"""Promises in the queue: what is overdue stays so whatever is promised anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, text, update
from sqlmodel import col

from crm_tui.db import complaint_events, schema
from crm_tui.db.tables import Complaint
from crm_tui.domain.complaint_kinds import Step
from crm_tui.domain.complaints import ComplaintCriteria, QueueView, StepForm
from crm_tui.domain.roster import Move
from tests.support.complaints import DECIDED, TOLD, closed, register, take
from tests.support.people import OPERATOR

if TYPE_CHECKING:
    from tests.support.people import Bank

OVERDUE = ComplaintCriteria(QueueView.OVERDUE)


def overdue(bank: Bank) -> list[int]:
    """The view, which the strip and the words of the row agree with."""
    service = bank.office("zhaomin").complaints
    rows = service.page(ComplaintCriteria(), Move.FIRST, None, 50).rows
    found = [one.complaint_id for one in service.page(OVERDUE, Move.FIRST, None, 50).rows]
    late = [one.complaint_id for one in rows if one.clocks and one.clocks.days_left < 0]
    assert (service.count(OVERDUE), service.strip().overdue, late) == (
        len(found), len(found), found,
    )  # fmt: skip
    return found


@pytest.mark.parametrize(
    ("promise", "wait", "stays"),
    [("+1", 2, True), ("+1", 1, False), ("", 20, True), ("+40", 20, True), ("+40", 2, False)],
)
def test_a_new_promise_takes_nothing_out_of_what_is_overdue(
    bank: Bank, promise: str, wait: int, *, stays: bool
) -> None:
    case = register(bank, promise=promise)
    bank.clock.advance(days=wait)
    assert overdue(bank) == ([case] if stays else [])
    take(bank, case, "chenjing", Step.PROMISE, StepForm(promise="+3"))
    assert overdue(bank) == ([case] if stays else [])
    clocks = bank.office("zhaomin").complaints.get(case).row.clocks
    assert clocks is not None
    broken = date(2026, 3, 3) if promise == "+1" and stays else None
    assert clocks.promise_broken_on == broken
    assert follows(bank, case)


def follows(bank: Bank, case: int) -> bool:
    """Whether the row is what its trail makes."""
    with bank.store.write(OPERATOR) as tx:
        tx.unaudited("a test")
        return not complaint_events.rebuild(tx.session, [case])


def test_what_was_withdrawn_counts_in_no_rate(bank: Bank) -> None:
    done, left = closed(bank), register(bank)
    take(bank, left, "chenjing", Step.WITHDRAW, StepForm(text="客户撤回"))
    strip = bank.office("zhaomin").complaints.strip()
    assert (strip.ended_this_month, strip.on_time_this_month) == (1, 1)
    assert bank.office("zhaomin").complaints.get(done).on_time is True
    assert bank.office("zhaomin").complaints.get(left).on_time is None


def test_an_upgrade_finds_the_promises_that_were_broken_before(bank: Bank) -> None:
    kept, broken, told, left, late, gone = (register(bank, promise="+1") for _case in range(6))
    number = bank.office("zhaomin").complaints.get(kept).row.complaint_no
    take(bank, kept, "chenjing", Step.PROMISE, StepForm(promise="+2"))
    take(bank, left, "chenjing", Step.WITHDRAW, StepForm(text="客户撤回"))
    take(bank, told, "chenjing", Step.SOLVE, replace(DECIDED, complaint_class="general"))
    take(bank, told, "chenjing", Step.NOTIFY, TOLD)
    bank.clock.advance(days=2)
    for case in (broken, told):
        take(bank, case, "chenjing", Step.PROMISE,
             StepForm(promise="+3"))  # fmt: skip
    # Broken first, then promised anew and told: it was not kept for all that.
    take(bank, late, "chenjing", Step.PROMISE, StepForm(promise="+3"))
    take(bank, late, "chenjing", Step.SOLVE, replace(DECIDED, complaint_class="general"))
    take(bank, late, "chenjing", Step.NOTIFY, TOLD)
    take(bank, gone, "zhaomin", Step.MERGE, StepForm(other_no=number))
    now = stored(bank)
    day = date(2026, 3, 3)
    assert [one[1] for one in now] == [None, day, None, None, day, None]
    with bank.store.engine.begin() as connection:
        later = update(Complaint).where(col(Complaint.id) == broken)
        connection.execute(later.values(sort_on=date(2026, 3, 7)))
        ended = col(Complaint.id).in_([left, gone])
        connection.execute(update(Complaint).where(ended).values(on_time=True))
        connection.execute(text("ALTER TABLE complaint DROP COLUMN promise_broken_on"))
        connection.execute(text("ALTER TABLE contact DROP COLUMN logged_at"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0006'"))
    schema.upgrade(bank.store.engine)
    assert stored(bank) == now


def stored(bank: Bank) -> list[Any]:
    query = select(
        col(Complaint.id), col(Complaint.promise_broken_on), col(Complaint.sort_on),
        col(Complaint.on_time),
    )  # fmt: skip
    with bank.store.read() as session:
        return list(session.execute(query.order_by(col(Complaint.id))))
