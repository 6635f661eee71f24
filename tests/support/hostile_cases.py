"""Complaints full of hostile text, written past every input rule, on the hostile bank."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update
from sqlmodel import col

from crm_tui.db import complaint_events
from crm_tui.db.tables import Complaint
from crm_tui.domain.complaint_events import Said
from crm_tui.domain.complaint_fold import Event
from crm_tui.domain.complaint_kinds import EventKind, Step
from crm_tui.domain.drafts import TITLE, DraftKey
from crm_tui.services.drafts import Drafts
from tests.support.complaints import CLOSED, DECIDED, TOLD, register, staffed, take, triage
from tests.support.people import OPERATOR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.support.people import Bank

UNTRIAGED = 3


def begin(bank: Bank, customers: Sequence[int]) -> list[int]:
    """Cases in several states, harmless yet: a person may still be named."""
    staffed(bank)
    made = [register(bank, customer=one) for one in customers]
    for one in made[:-UNTRIAGED]:
        triage(bank, one, department="TECH")
    for step, form in ((Step.DECIDE, DECIDED), (Step.NOTIFY, TOLD)):
        for one in made[:2]:
            take(bank, one, "wangqiang", step, form)
    take(bank, made[1], "wangqiang", Step.CLOSE, CLOSED)
    return made


def poison(session: Any, cases: Sequence[int], texts: Sequence[str]) -> None:
    """Every text of the rows, and an event that says it."""
    for place, one in enumerate(cases):
        text = texts[place % len(texts)]
        seq, at, is_open = session.execute(
            select(col(Complaint.last_seq), col(Complaint.received_at), col(Complaint.is_open))
            .where(col(Complaint.id) == one)
        ).one()  # fmt: skip
        if is_open:
            said = Event(seq + 1, at, EventKind.NOTE, Said(text=f"{text}\n{text}"), None, text[:99])
            complaint_events.add(session, one, said, request_key=None)
        session.execute(
            update(Complaint)
            .where(col(Complaint.id) == one)
            .values(
                # Unique, so each has its own beginning.
                complaint_no=f"{place}{text}", name=text, phone_mask=text, channel_text=text,
                business_text=text, reason="other", reason_text=text,
                content=f"{text}\n{text}", decision=text, result=text, last_seq=seq + is_open,
            )
        )  # fmt: skip


def drafts(bank: Bank, cases: Sequence[int], text: str) -> None:
    """Of a registration and of a step, by the handler in a session that died."""
    store = Drafts(bank.store, bank.dead_session("wangqiang"))
    values = dict.fromkeys(
        ("content", "channel", "customer", "name", "phone", "promise", "accused", TITLE), text
    )
    store.save(DraftKey("complaint", "new"), values)
    step = dict.fromkeys(("text", "cause", "satisfaction", "responsible", TITLE), text)
    store.save(DraftKey("case_close", str(cases[0])), step)


def make(bank: Bank, cases: Sequence[int], texts: Sequence[str]) -> None:
    """All of it."""
    with bank.store.write(OPERATOR) as tx:
        poison(tx.session, cases, texts)
        tx.audit("test.poison")
    drafts(bank, cases, texts[2])
