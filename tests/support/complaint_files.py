"""Cases that came from a file: their rows, their trails, and steps that people take with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlmodel import col

from crm_tui.db import complaint_events
from crm_tui.db.tables import Complaint
from crm_tui.domain.complaint_fold import Event, after, fold
from tests.support.import_files import OPERATOR

if TYPE_CHECKING:
    from crm_tui.domain.complaint_events import Payload
    from crm_tui.domain.complaint_kinds import EventKind
    from tests.support.import_files import Desk


def case_row(desk: Desk, number: int = 1) -> dict[str, Any]:
    """The row of a case, by the number that `import_files.complaint` makes of `number`."""
    table = Complaint.__table__  # type: ignore[attr-defined]
    query = select(table).where(table.c.complaint_no == f"CP{number:06d}")
    with desk.store.read() as session:
        return dict(session.execute(query).mappings().one())


def trail(desk: Desk, number: int = 1) -> list[Event]:
    """Its events."""
    with desk.store.read() as session:
        return complaint_events.trail(session, case_row(desk, number)["id"])


def step(desk: Desk, number: int, kind: EventKind, payload: Payload) -> None:
    """A step of somebody, stored as the service stores it."""
    row = case_row(desk, number)
    with desk.store.write(OPERATOR) as tx:
        case = fold(complaint_events.trail(tx.session, row["id"]))
        event = Event(case.last_seq + 1, tx.now, kind, payload, None, "x")
        complaint_events.add(tx.session, row["id"], event)
        complaint_events.write(tx.session, row["id"], row["version"] + 1, after(case, event))
        tx.audit("test.step")


def rows_follow_from_trails(desk: Desk) -> bool:
    """Whether every row is what its events make."""
    with desk.store.write(OPERATOR) as tx:
        ids = list(tx.session.execute(select(col(Complaint.id))).scalars())
        tx.audit("test.rebuild")
        parts = (ids[start : start + 500] for start in range(0, len(ids), 500))
        return not any(complaint_events.rebuild(tx.session, part) for part in parts)
