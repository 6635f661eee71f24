"""One case in full: its line, its columns, and its trail in the words of the payloads."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final, Protocol

from sqlalchemy import select
from sqlmodel import col

from crm_tui.clock import SHANGHAI
from crm_tui.db.complaint_rows import rows
from crm_tui.db.tables import Branch, Complaint, Staff
from crm_tui.domain.complaint_events import Imported, Registered
from crm_tui.domain.complaint_kinds import (
    Channel,
    ComplaintClass,
    Complexity,
    Demand,
    Measure,
    Reason,
)
from crm_tui.domain.complaints import ComplaintDetail, TrailLine

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from sqlmodel import Session

    from crm_tui.domain.complaint_events import Payload
    from crm_tui.domain.complaint_fold import Event
    from crm_tui.domain.complaint_kinds import Step

# What a line of the trail says as its text; the rest of a payload are its facts.
_TEXTS: Final = ("text", "decision", "result")
# A registration is the case itself: of it the trail says only who was asked first.
_OF_A_BEGINNING: Final = ("first_responder_id", "accused_id", "promise_at", "answered_on")


class Trailed(Protocol):
    """A case whose scope was checked."""

    @property
    def complaint_id(self) -> int: ...
    @property
    def version(self) -> int: ...
    @property
    def trail(self) -> list[Event]: ...


def detail(
    session: Session, opened: Trailed, steps: Sequence[Step], today: date
) -> ComplaintDetail:
    """The case as the screen shows it; `steps` are what the person may do."""
    row = session.execute(
        select(Complaint.__table__).where(col(Complaint.id) == opened.complaint_id)  # type: ignore[attr-defined]
    ).one()
    names = _Names.of(session, opened.trail, row)
    (line,) = rows(session, [(row.sort_on.isoformat(), opened.complaint_id)], today)
    return ComplaintDetail(
        row=line,
        version=opened.version,
        content=row.content,
        phone_mask=row.phone_mask,
        channel=Channel(row.channel),
        channel_text=row.channel_text,
        business_text=row.business_text,
        demand=Demand(row.demand),
        complaint_class=ComplaintClass(row.complaint_class) if row.complaint_class else None,
        complexity=Complexity(row.complexity),
        people=row.people,
        registrar=names.staff.get(row.registrar_id, ""),
        accused=names.staff.get(row.accused_id, ""),
        decision=row.decision,
        measure=Measure(row.measure) if row.measure else None,
        result=row.result,
        cause=Reason(row.cause) if row.cause else None,
        satisfaction=row.satisfaction,
        responsible=names.places.get(row.responsible_id, ""),
        merged_into=names.cases.get(row.merged_into_id, ""),
        on_time=row.on_time,
        disputed=row.disputed,
        answered_before=row.answered_before,
        trail=tuple(_line(event, names) for event in opened.trail),
        steps=tuple(steps),
    )


class _Names:
    """What the ids of a trail are called."""

    def __init__(
        self,
        staff: Mapping[int | None, str],
        places: Mapping[int | None, str],
        cases: Mapping[int | None, str],
    ) -> None:
        self.staff, self.places, self.cases = staff, places, cases

    @classmethod
    def of(cls, session: Session, trail: Sequence[Event], row: Any) -> _Names:
        people = {event.actor_id for event in trail} | {row.registrar_id, row.accused_id}
        places, cases = {row.responsible_id}, {row.merged_into_id}
        for event in trail:
            for name, value in _values(event.payload):
                if name in _PLACES:
                    places.add(value)
                elif name in _CASES:
                    cases.add(value)
                elif name.endswith("_id"):
                    people.add(value)
        return cls(
            _called(session, col(Staff.id), col(Staff.name), people),
            _called(session, col(Branch.id), col(Branch.name), places),
            _called(session, col(Complaint.id), col(Complaint.complaint_no), cases),
        )

    def fact(self, name: str, value: Any) -> tuple[str, str]:
        """A field of a payload without `_id`, and what its value is called."""
        if name in _PLACES:
            return name.removesuffix("_id"), self.places.get(value, "")
        if name in _CASES:
            return name.removesuffix("_id"), self.cases.get(value, "")
        if name.endswith("_id"):
            return name.removesuffix("_id"), self.staff.get(value, "")
        if name.endswith("_at"):
            return name, value.astimezone(SHANGHAI).isoformat(" ", "minutes")[:16]
        return name, str(value)


_PLACES: Final = ("department_id", "responsible_id")
_CASES: Final = ("into_id",)


def _called(session: Session, key: Any, name: Any, ids: set[Any]) -> dict[int | None, str]:
    wanted = sorted(ids - {None})
    if not wanted:
        return {}
    return {row[0]: row[1] for row in session.execute(select(key, name).where(key.in_(wanted)))}


def _values(payload: Payload) -> list[tuple[str, Any]]:
    """The fields that a line of the trail says, without those that are not given."""
    names = [one.name for one in fields(payload)]
    if isinstance(payload, Registered):
        names = [name for name in _OF_A_BEGINNING if name in names]
    found = [(name, getattr(payload, name)) for name in names]
    return [(name, value) for name, value in found if value not in (None, "")]


def _line(event: Event, names: _Names) -> TrailLine:
    said = _values(event.payload)
    facts = [names.fact(name, value) for name, value in said if name not in _TEXTS]
    if isinstance(event.payload, Imported):
        facts += sorted(event.payload.original.items())
    return TrailLine(
        seq=event.seq,
        at=event.at,
        by=names.staff.get(event.actor_id, event.actor),
        kind=event.kind,
        text="\n".join(str(value) for name, value in said if name in _TEXTS),
        facts=tuple(facts),
        by_id=event.actor_id,
    )
