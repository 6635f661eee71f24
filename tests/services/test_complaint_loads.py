"""Who has how many cases: counts in reach that agree with the rows of the queue."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update
from sqlmodel import col

from crm_tui.db.tables import Staff
from crm_tui.domain.complaint_kinds import Step
from crm_tui.domain.complaints import (
    NOBODY,
    SOON_DAYS,
    ComplaintCriteria,
    HandlerLoad,
    QueueView,
    StepForm,
)
from crm_tui.domain.roster import Move
from crm_tui.errors import Refused
from tests.support.complaints import closed, register, staffed, take, triage
from tests.support.people import OPERATOR

if TYPE_CHECKING:
    from crm_tui.domain.complaints import ComplaintRow
    from tests.support.people import Bank


def rows(bank: Bank, username: str, criteria: ComplaintCriteria) -> tuple[ComplaintRow, ...]:
    found = bank.office(username).complaints.page(criteria, Move.FIRST, None, 50).rows
    assert bank.office(username).complaints.count(criteria) == len(found)
    return found


def loads(bank: Bank, username: str) -> list[HandlerLoad]:
    """The counts, each compared with the rows that Enter on it lists."""
    found = list(bank.office(username).complaints.loads())
    for one in found:
        listed = rows(bank, username, ComplaintCriteria(handler_id=one.handler_id))
        left = [row.clocks.days_left for row in listed if row.clocks]
        assert {row.handler for row in listed} == {one.name}
        assert (one.open, one.overdue, one.soon) == (
            len(listed), sum(n < 0 for n in left), sum(0 <= n <= SOON_DAYS for n in left),
        )  # fmt: skip
    everything = rows(bank, username, ComplaintCriteria())
    assert Counter(row.handler for row in everything) == {one.name: one.open for one in found}
    return found


def short(found: list[HandlerLoad]) -> list[tuple[str, int, int, int]]:
    return [(one.name, one.open, one.overdue, one.soon) for one in found]


def test_what_nobody_has_comes_first_then_who_has_the_most_that_presses(bank: Bank) -> None:
    assert loads(bank, "zhaomin") == []
    register(bank)
    for handler in ("lina", "lina", "wangqiang"):
        triage(bank, register(bank), handler=handler)
    closed(bank)
    triage(bank, register(bank, promise="+1"), handler="wangqiang")
    assert short(loads(bank, "zhaomin")) == [("", 1, 0, 0), ("王强", 2, 0, 1), ("李娜", 2, 0, 0)]
    bank.clock.advance(days=2)
    assert short(loads(bank, "zhaomin")) == [("", 1, 0, 0), ("王强", 2, 1, 0), ("李娜", 2, 0, 0)]


def test_who_has_as_much_stands_in_the_order_of_the_names(bank: Bank) -> None:
    """Not in that of user names, which every database may sort in another way."""
    for handler in ("lina", "wangqiang"):
        triage(bank, register(bank), handler=handler)
    with bank.store.write(OPERATOR) as tx:
        renamed = update(Staff).where(col(Staff.username) == "lina").values(username="zhang_li")
        tx.session.execute(renamed)
        tx.audit("test.renamed")
    assert [one.name for one in loads(bank, "zhaomin")] == ["李娜", "王强"]


@pytest.mark.parametrize("days", range(6, 16))
def test_soon_is_what_the_queue_says_is_left(bank: Bank, days: int) -> None:
    """Over weekends, for limits that end on them, paused and promised anew."""
    for promise in ("", "+2", "+5", "+6", "+12"):
        triage(bank, register(bank, promise=promise))
    paused = register(bank)
    triage(bank, paused)
    take(bank, paused, "wangqiang", Step.AWAIT, StepForm(text="?"))
    bank.clock.advance(days=days)
    [one] = loads(bank, "zhaomin")
    assert one.open == 6


def test_counts_hold_nothing_out_of_reach(bank: Bank) -> None:
    here, there = register(staffed(bank)), register(bank, "sunli")
    assert short(loads(bank, "zhaomin")) == short(loads(bank, "zhoutao")) == [("", 1, 0, 0)]
    assert short(loads(bank, "hq")) == [("", 2, 0, 0)]
    assert loads(bank, "jishu") == []
    triage(bank, here, "hq", handler="sunli", department="TECH")
    # Handled there, it is seen there too; a department sees what was passed on to it.
    assert short(loads(bank, "sunli")) == [("", 1, 0, 0), ("孙丽", 1, 0, 0)]
    assert short(loads(bank, "zhoutao")) == [("", 1, 0, 0)]
    assert short(loads(bank, "jishu")) == short(loads(bank, "zhaomin")) == [("孙丽", 1, 0, 0)]
    accused = register(bank, accused="lina")
    assert short(loads(bank, "lina")) == [("孙丽", 1, 0, 0)]
    assert short(loads(bank, "zhaomin")) == [("", 1, 0, 0), ("孙丽", 1, 0, 0)]
    assert {row.complaint_id for row in rows(bank, "zhaomin", ComplaintCriteria(handler_id=NOBODY))
            } == {accused}  # fmt: skip
    assert there not in {row.complaint_id for row in rows(bank, "zhaomin", ComplaintCriteria())}


def test_another_view_keeps_to_the_person(bank: Bank) -> None:
    closed(bank)
    triage(bank, register(bank), handler="lina")
    [one] = loads(bank, "zhaomin")
    mine = ComplaintCriteria(QueueView.ENDED, handler_id=one.handler_id)
    assert rows(bank, "zhaomin", mine) == ()
    assert len(rows(bank, "zhaomin", replace(mine, handler_id=None))) == 1


@pytest.mark.parametrize("username", ["admin", "auditor"])
def test_counts_need_the_permission(bank: Bank, username: str) -> None:
    with pytest.raises(Refused):
        bank.office(username).complaints.loads()
