"""The case that its events make: the one place where an event changes anything.

The fold is strict: an event that the state machine does not allow raises BrokenTrail, so no
stored trail can close a case without its records.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, Final

from crm_tui.clock import SHANGHAI, business_date
from crm_tui.domain.complaint_events import (
    Close,
    Decide,
    Imported,
    Merge,
    Notify,
    Payload,
    Promise,
    Reassign,
    Registered,
    Reopen,
    Said,
    Solve,
    Triage,
)
from crm_tui.domain.complaint_kinds import (
    FROM,
    ComplaintClass,
    ComplaintState,
    Complexity,
    EventKind,
    Measure,
    Reason,
    Urgency,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

_S, _K = ComplaintState, EventKind
BEGINNINGS: Final = frozenset({_K.REGISTERED, _K.IMPORTED})
# What a file says about the course of its case.
COURSE: Final = ("first_responder_id", "answered_on", "result", "on_time")


class BrokenTrail(ValueError):
    """A trail of events that no path of the state machine makes."""


@dataclass(frozen=True, slots=True)
class Event:
    """One stored event, its payload read."""

    seq: int
    at: datetime
    kind: EventKind
    payload: Payload = field(repr=False)
    actor_id: int | None = None
    actor: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """Where a case stands. Fields are named as the columns that are written from them.

    `start_on` is the day from which both clocks count: of the receipt, after a reopening of
    the reopening. `pauses` are the finished waits since, as days. `worked` when somebody has
    taken a step: from then on its course is the program's, whatever a file says.
    `promise_broken_on` is the day of the first promise that was not kept.
    """

    begun: Registered = field(repr=False)
    start_on: date
    last_seq: int = 1
    worked: bool = False
    reopened: bool = False
    state: ComplaintState = ComplaintState.REGISTERED
    handler_id: int | None = None
    department_id: int | None = None
    complaint_class: ComplaintClass | None = None
    complexity: Complexity = Complexity.SIMPLE
    urgency: Urgency = Urgency.NORMAL
    promise_at: datetime | None = None
    promise_broken_on: date | None = None
    paused_since: datetime | None = None
    pauses: tuple[tuple[date, date], ...] = ()
    decision: str = field(default="", repr=False)
    measure: Measure | None = None
    decided_at: datetime | None = None
    notified_at: datetime | None = None
    tried_on: date | None = None
    result: str = field(default="", repr=False)
    cause: Reason | None = None
    satisfaction: int | None = None
    responsible_id: int | None = None
    ended_at: datetime | None = None
    merged_into_id: int | None = None

    @property
    def imported(self) -> bool:
        """Whether a file brought it."""
        return isinstance(self.begun, Imported)

    @property
    def reached(self) -> bool:
        """Whether the customer was told, not only tried."""
        return self.notified_at is not None


def fold(events: Iterable[Event]) -> Case:
    """The case of a whole trail. Raises BrokenTrail."""
    case: Case | None = None
    for event in events:
        case = begin(event) if case is None else after(case, event)
    if case is None:
        raise BrokenTrail("no events")
    return case


def begin(event: Event) -> Case:
    """The case of a first event. Raises BrokenTrail."""
    begun = event.payload
    if event.kind not in BEGINNINGS or event.seq != 1 or not isinstance(begun, Registered):
        raise BrokenTrail(f"begins with {event.kind.value} {event.seq}")
    case = Case(
        begun=begun,
        start_on=business_date(begun.received_at),
        complaint_class=begun.complaint_class,
        promise_at=begun.promise_at,
    )
    if not isinstance(begun, Imported):
        return case
    case = replace(case, result=begun.result)
    if begun.answered_on is not None:
        answered = datetime.combine(begun.answered_on, time(), SHANGHAI)
        return replace(case, state=_S.CLOSED, ended_at=answered)
    return case


def after(case: Case, event: Event) -> Case:
    """The case after one more event. Raises BrokenTrail."""
    if event.seq != case.last_seq + 1:
        raise BrokenTrail(f"{event.seq} after {case.last_seq}")
    if event.kind is _K.IMPORTED:
        return _corrected(case, event)
    if case.state not in FROM.get(event.kind, frozenset()):
        raise BrokenTrail(f"{event.kind.value} while {case.state.value}")
    changes = _changes(case, event)
    handler_id = changes.get("handler_id", case.handler_id)
    if handler_id is not None and handler_id == case.begun.accused_id:
        raise BrokenTrail("handled by the accused")
    if not _complete(event.payload):
        raise BrokenTrail(f"{event.kind.value} without its record")
    return replace(case, last_seq=event.seq, worked=True, **changes)


def _corrected(case: Case, event: Event) -> Case:
    """A later file said otherwise of its case: as if it had said so from the beginning.

    Once somebody has worked on it, what was received may be corrected, its course may not.
    """
    said = event.payload
    if not isinstance(said, Imported) or not isinstance(case.begun, Imported):
        raise BrokenTrail("no case of a file")
    if not case.worked:
        return replace(begin(replace(event, seq=1)), last_seq=event.seq)
    if any(getattr(said, name) != getattr(case.begun, name) for name in COURSE):
        raise BrokenTrail("a file over the work of people")
    counted_from_receipt = case.start_on == business_date(case.begun.received_at)
    start_on = business_date(said.received_at) if counted_from_receipt else case.start_on
    return replace(case, begun=said, start_on=start_on, last_seq=event.seq)


def _changes(case: Case, event: Event) -> dict[str, Any]:
    match event.payload:
        case Triage() as said:
            state = _S.TRIAGED if case.state is _S.REGISTERED else case.state
            return {"state": state, **_named(said, _TRIAGED)}
        case Solve() as said:
            return {"state": _S.DECIDED, "decided_at": event.at, **_named(said, _SOLVED)}
        case Decide() as said:
            return {"state": _S.DECIDED, "decided_at": event.at, **_named(said, _DECIDED)}
        case Notify() as said:
            return _told(case, event, said)
        case Close() as said:
            return {"state": _S.CLOSED, "ended_at": event.at, **_named(said, _CLOSED)}
        case Reassign() as said:
            return _named(said, ("handler_id", "department_id"))
        case Promise() as said:
            broken_on = case.promise_broken_on or _broken_on(case, event)
            return {"promise_at": said.promise_at, "promise_broken_on": broken_on}
        case Merge() as said:
            return {**_end(_S.MERGED, event), "merged_into_id": said.into_id}
        case Reopen() as said:
            return _reopened(event, said)
        case Said():
            return _plain(case, event)
    raise BrokenTrail(f"{event.kind.value} is no step")


def _complete(payload: Payload) -> bool:
    """Whether the texts that a guard asks for are there; the types ask for the rest."""
    match payload:
        case Solve(decision=decision) | Decide(decision=decision):
            return bool(decision)
        case Close(result=result, satisfaction=satisfaction):
            return bool(result) and 0 <= satisfaction <= 5
    return True


_TRIAGED = ("complaint_class", "complexity", "urgency", "department_id", "handler_id")
_DECIDED = ("decision", "measure")
_SOLVED = ("complaint_class", "handler_id", *_DECIDED)
_CLOSED = ("result", "cause", "satisfaction", "responsible_id")


def _named(payload: Payload, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(payload, name) for name in names}


def _end(state: ComplaintState, event: Event) -> dict[str, Any]:
    return {"state": state, "ended_at": event.at, "paused_since": None}


def _told(case: Case, event: Event, said: Notify) -> dict[str, Any]:
    """A failed attempt lets the case be closed as well, but the customer is not told by it."""
    changes: dict[str, Any] = {"state": _S.NOTIFIED}
    if case.tried_on is None:
        changes["tried_on"] = business_date(said.told_at)
    if event.kind is _K.NOTIFY:
        changes["notified_at"] = said.told_at
    return changes


def _broken_on(case: Case, event: Event) -> date | None:
    """The day of a promise that has passed before another was made; who was told waits for none."""
    if case.promise_at is None or case.reached:
        return None
    promised = business_date(case.promise_at)
    return promised if promised < business_date(event.at) else None


def _plain(case: Case, event: Event) -> dict[str, Any]:
    match event.kind:
        case EventKind.START:
            return {"state": _S.IN_PROGRESS}
        case EventKind.AWAIT:
            return {"state": _S.AWAITING_CUSTOMER, "paused_since": event.at}
        case EventKind.RESUME:
            assert case.paused_since is not None
            wait = (business_date(case.paused_since), business_date(event.at))
            pauses = (*case.pauses, wait)
            return {"state": _S.IN_PROGRESS, "paused_since": None, "pauses": pauses}
        case EventKind.WITHDRAW:
            return _end(_S.WITHDRAWN, event)
    return {}


def _reopened(event: Event, said: Reopen) -> dict[str, Any]:
    """Both clocks count anew; how it ended before is in the trail alone."""
    return {
        "state": _S.IN_PROGRESS,
        "reopened": True,
        "start_on": business_date(event.at),
        "pauses": (),
        "complaint_class": said.complaint_class,
        "handler_id": said.handler_id,
        "promise_at": None,
        "promise_broken_on": None,
        "decision": "",
        "measure": None,
        "decided_at": None,
        "notified_at": None,
        "tried_on": None,
        "result": "",
        "cause": None,
        "satisfaction": None,
        "responsible_id": None,
        "ended_at": None,
    }
