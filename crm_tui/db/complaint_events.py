"""The trails of complaints, and the rows that are written from them.

A row and its event are written in one transaction. `rebuild` writes rows from their trails anew:
it changes nothing unless the calendar has changed, or a customer has moved unnoticed.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import insert, or_, select, update
from sqlmodel import col

from crm_tui.db.complaint_homes import homes
from crm_tui.db.complaint_rules import complaint_rules_by_id, working_days
from crm_tui.db.tables import Complaint, ComplaintEvent
from crm_tui.domain.complaint_clocks import columns
from crm_tui.domain.complaint_events import SCHEMA, dump, load
from crm_tui.domain.complaint_fold import Event, fold
from crm_tui.domain.complaint_kinds import EventKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlmodel import Session

    from crm_tui.db.bulk import BulkStore
    from crm_tui.domain.complaint_fold import Case

# Cases of one step: people wait for its end.
_STEP: Final = 300


def lock(session: Session, complaint_id: int) -> int | None:
    """The version of a case that nobody else writes until this transaction ends, or None."""
    return session.execute(
        select(col(Complaint.version)).where(col(Complaint.id) == complaint_id).with_for_update()
    ).scalar()


def trail(session: Session, complaint_id: int) -> list[Event]:
    """The events of a case in their order."""
    return [event for _id, event in _events(session, [complaint_id])]


def trails(session: Session, ids: Sequence[int]) -> dict[int, list[Event]]:
    """The events of several cases."""
    found: dict[int, list[Event]] = {}
    for complaint_id, event in _events(session, ids):
        found.setdefault(complaint_id, []).append(event)
    return found


def add(
    session: Session, complaint_id: int, event: Event, *, request_key: str | None = None
) -> None:
    """Append an event; `write` is to follow. A number that is taken raises StoreError."""
    session.execute(
        insert(ComplaintEvent).values(
            complaint_id=complaint_id,
            seq=event.seq,
            at=event.at,
            actor_id=event.actor_id,
            actor=event.actor,
            kind=event.kind.value,
            payload=dump(event.payload),
            payload_schema=SCHEMA,
            request_key=request_key,
        )
    )


def projected(session: Session, case: Case) -> dict[str, Any]:
    """The columns of a case, by its rules, the calendar and where its customer is."""
    rules = complaint_rules_by_id(session)[case.begun.rule_set_id]
    place = homes(session, [case]).get(case.begun.customer_id)
    return {**columns(case, rules, working_days(session)), "customer_branch_id": place}


def write(session: Session, complaint_id: int, version: int, case: Case) -> None:
    """Rewrite the row of a locked case, as version `version`."""
    session.execute(
        update(Complaint)
        .where(col(Complaint.id) == complaint_id)
        .values(**projected(session, case), version=version)
    )


def rebuild(session: Session, ids: Sequence[int]) -> list[int]:
    """Write the rows of these cases from their trails; the ids of those that changed.

    Versions stay: nobody has done anything to the case.
    """
    rules, calendar = complaint_rules_by_id(session), working_days(session)
    query = select(Complaint.__table__).where(col(Complaint.id).in_(ids))  # type: ignore[attr-defined]
    # Locked before the trails are read, so that no event comes between.
    stored = {row["id"]: row for row in session.execute(query.with_for_update()).mappings()}
    cases = {
        complaint_id: fold(event for _id, event in events)
        for complaint_id, events in groupby(_events(session, ids), key=lambda pair: pair[0])
    }
    places = homes(session, cases.values())
    changed = []
    for complaint_id, case in cases.items():
        right = columns(case, rules[case.begun.rule_set_id], calendar)
        right["customer_branch_id"] = places.get(case.begun.customer_id)
        row = stored[complaint_id]
        if any(row[name] != value for name, value in right.items()):
            changed.append(complaint_id)
            session.execute(
                update(Complaint).where(col(Complaint.id) == complaint_id).values(**right)
            )
    return changed


def rewrite_dates(bulk: BulkStore) -> None:
    """After a change of the calendar: the dates of open cases, and those that were estimated.

    Raises StoreError.
    """
    query = select(col(Complaint.id)).where(
        or_(col(Complaint.is_open), col(Complaint.due_estimated))
    )
    with bulk.read() as look:
        ids = list(look.session.execute(query.order_by(col(Complaint.id))).scalars())
    for start in range(0, len(ids), _STEP):
        with bulk.step() as step:
            rebuild(step.session, ids[start : start + _STEP])


def _events(session: Session, ids: Sequence[int]) -> list[tuple[int, Event]]:
    query = (
        select(
            col(ComplaintEvent.complaint_id), col(ComplaintEvent.seq), col(ComplaintEvent.at),
            col(ComplaintEvent.kind), col(ComplaintEvent.payload_schema),
            col(ComplaintEvent.payload), col(ComplaintEvent.actor_id), col(ComplaintEvent.actor),
        )
        .where(col(ComplaintEvent.complaint_id).in_(ids))
        .order_by(col(ComplaintEvent.complaint_id), col(ComplaintEvent.seq))
    )  # fmt: skip
    return [
        (one.complaint_id, _event(one))
        for one in session.execute(query)
    ]  # fmt: skip


def _event(row: Any) -> Event:
    kind = EventKind(row.kind)
    payload = load(kind, row.payload_schema, row.payload)
    return Event(row.seq, row.at, kind, payload, row.actor_id, row.actor)
