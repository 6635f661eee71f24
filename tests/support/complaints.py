"""Complaints for tests: payloads, trails and typed forms with what nobody cares about filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crm_tui.domain.complaint_events import Decide, Registered, Said, Triage
from crm_tui.domain.complaint_fold import Case, Event, after
from crm_tui.domain.complaint_kinds import ComplaintClass, EventKind, Measure

if TYPE_CHECKING:
    from datetime import datetime

HANDLER = 9


def registered(at: datetime, **more: Any) -> Registered:
    """A registration received at `at`."""
    given = {
        "branch_id": 1, "received_at": at, "first_responder_id": 2, "registrar_id": 2,
        "regime": "nfra_2020", "rule_set_id": 1, "content": "Charged twice.",
    }  # fmt: skip
    return Registered(**given | more)


def decided_trail(case: Case) -> Case:
    """A registered case triaged to `HANDLER`, started and decided in its first minute."""
    at = case.begun.received_at
    steps = (
        (EventKind.TRIAGE, Triage(complaint_class=ComplaintClass.GENERAL, handler_id=HANDLER)),
        (EventKind.START, Said()),
        (EventKind.DECIDE, Decide(decision="Paid back.", measure=Measure.COMPENSATION)),
    )
    for kind, payload in steps:
        case = after(case, Event(case.last_seq + 1, at, kind, payload))
    return case
