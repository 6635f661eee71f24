"""A queue of complaints in every state, some late, on the small bank; and the way to it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlmodel import col

from crm_tui.db.tables import Complaint
from crm_tui.domain.complaint_kinds import Step
from crm_tui.domain.complaints import StepForm
from crm_tui.domain.policy import Policy
from crm_tui.widgets.wishes import Open
from tests.support.complaints import (
    CLOSED,
    DECIDED,
    TOLD,
    register,
    staffed,
    take,
    triage,
)
from tests.support.desk import populate
from tests.support.people import FOUNDED, Bank
from tests.support.screen_text import wait_until
from tests.support.stores import Filling

if TYPE_CHECKING:
    from tests.support.desk import Desk

LONG = "\n".join(f"第{n}段: 客户称短信费多扣, 要求说明并退回。" for n in range(1, 12))


def fill(bank: Bank) -> dict[str, int]:
    """Cases by what they are good for; the clock ends where it stood."""
    made: dict[str, int] | None = bank.take(QUEUED)
    return _fill(bank) if made is None else made


def _fill(bank: Bank) -> dict[str, int]:
    people, now = populate(bank), bank.clock.at
    staffed(bank)
    made: dict[str, int] = {}

    def received(day: int, called: str, customer: str | None = None, **more: str) -> int:
        bank.clock.at = datetime(2026, 2, day, 2, 30, tzinfo=UTC)
        made[called] = register(bank, customer=people[customer] if customer else None, **more)
        return made[called]

    triage(bank, received(2, "closed", "查良镛", content="柜台排队太久"))
    for step, form in ((Step.DECIDE, DECIDED), (Step.NOTIFY, TOLD), (Step.CLOSE, CLOSED)):
        take(bank, made["closed"], "wangqiang", step, form)
    triage(bank, received(3, "late", "仇英", content="信用卡年费多收", business="credit_card"))
    triage(bank, received(9, "told", "解珍", content="代销基金信息披露不清", business="agency",
                          reason="disclosure"), department="TECH")  # fmt: skip
    for step, form in ((Step.DECIDE, DECIDED), (Step.NOTIFY, TOLD)):
        take(bank, made["told"], "wangqiang", step, form)
    triage(bank, received(24, "asked", "覃辉", content="停车场收费"), urgency="urgent")
    take(bank, made["asked"], "wangqiang", Step.AWAIT, StepForm(text="请补充缴费凭证"))
    received(25, "new", "张伟明", content=LONG, first_responder="lina")
    received(26, "stranger", content="营业部服务态度", reason="service", name="匿名人",
             phone="02866120000", accused="lina")  # fmt: skip
    received(27, "another", "朴淑慧", content="催收电话频繁", reason="pricing")
    bank.clock.at = now
    return made


QUEUED: Final = Filling("queued", lambda store: _fill(Bank(store, Policy())), FOUNDED)


async def queue(one: Desk) -> None:
    """To the complaints, and until their content is read."""
    await one.press("f5")
    await rest(one)


async def rest(one: Desk) -> None:
    """Until the highlighted case has been read."""
    pane = one.app.screen.query_one("CasePane")
    await wait_until(one.pilot, lambda: pane.row is None or pane.detail is not None, what="detail")
    await one.press("f12")


async def stored(one: Desk) -> None:
    """Until the draft has been saved."""
    await wait_until(one.pilot, lambda: one.app.screen.status.stored, what="draft saved")
    await one.press("f12")


def column(bank: Bank, complaint: int, name: str) -> object:
    """What is stored of a case."""
    with bank.store.read() as session:
        query = select(getattr(Complaint, name)).where(col(Complaint.id) == complaint)
        return session.execute(query).scalar_one()


async def opened(one: Desk, target: str, record: int, **details: object) -> None:
    """Open a target and wait until it is there."""
    below = one.app.screen
    below.post_message(Open(target, record, **details))
    await wait_until(one.pilot, lambda: one.app.screen is not below, what=target)
    await one.press("f12")
