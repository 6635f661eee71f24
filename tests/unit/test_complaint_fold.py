"""Payloads survive their JSON, and only paths of the state machine fold."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_tui.domain.complaint_events import (
    PAYLOADS,
    SCHEMA,
    Close,
    Decide,
    Imported,
    Merge,
    Notify,
    Promise,
    Reassign,
    Registered,
    Reopen,
    Said,
    Solve,
    Triage,
    dump,
    load,
)
from crm_tui.domain.complaint_fold import BEGINNINGS, BrokenTrail, Case, Event, after, begin, fold
from crm_tui.domain.complaint_kinds import (
    Channel,
    ComplaintClass,
    ComplaintState,
    Complexity,
    EventKind,
    Measure,
    Reason,
    Urgency,
)
from tests.support.complaints import HANDLER, decided_trail, registered

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
instants = st.datetimes(timezones=st.just(UTC))
st.register_type_strategy(datetime, instants)
TOLD = Notify(channel=Channel.PHONE, told_at=AT, person_id=HANDLER)
CLOSED = Close(result="Paid.", cause=Reason.PRICING, satisfaction=0)
VALID = {
    Triage: Triage(complaint_class=ComplaintClass.GENERAL, handler_id=HANDLER),
    Solve: Solve(
        complaint_class=ComplaintClass.GENERAL, handler_id=HANDLER, decision="x",
        measure=Measure.APOLOGY,
    ),
    Decide: Decide(decision="x", measure=Measure.APOLOGY),
    Notify: TOLD, Close: CLOSED, Said: Said(), Merge: Merge(into_id=5),
    Reassign: Reassign(handler_id=HANDLER), Promise: Promise(promise_at=AT),
    Registered: registered(AT), Imported: registered(AT),
    Reopen: Reopen(complaint_class=ComplaintClass.GENERAL, handler_id=HANDLER),
}  # fmt: skip
STEPS = [kind for kind in EventKind if kind not in BEGINNINGS]


def opened(**more: Any) -> Case:
    return begin(Event(1, AT, EventKind.REGISTERED, registered(AT, **more)))


def then(case: Case, kind: EventKind, payload: Any, at: datetime = AT) -> Case:
    return after(case, Event(case.last_seq + 1, at, kind, payload))


@given(st.data())
def test_every_payload_reads_back_as_it_was_written(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(list(EventKind)))
    payload = data.draw(st.from_type(PAYLOADS[kind]))
    written = dump(payload)
    assert load(kind, SCHEMA, written) == payload
    assert dump(load(kind, SCHEMA, written)) == written


def test_the_first_format_is_kept() -> None:
    """What stands in databases has to be read for ever."""
    said = Triage(complaint_class=ComplaintClass.GENERAL, handler_id=7, urgency=Urgency.URGENT)
    assert dump(said) == (
        '{"complaint_class":"general","complexity":"simple","department_id":null,'
        '"handler_id":7,"urgency":"urgent"}'
    )
    names = {one.name for one in fields(Imported)} - {one.name for one in fields(Registered)}
    assert names == {
        "answered_on", "result", "on_time", "disputed", "answered_before", "original",
    }  # fmt: skip
    assert json.loads(dump(registered(AT)))["received_at"] == "2026-03-02T02:00:00+00:00"
    with pytest.raises(ValueError, match="schema 2"):
        load(EventKind.NOTE, 2, "{}")


def test_a_whole_path_ends_closed_with_all_its_records() -> None:
    case = then(then(decided_trail(opened()), EventKind.NOTIFY, TOLD), EventKind.CLOSE, CLOSED)
    assert (case.state, case.ended_at, case.last_seq) == (ComplaintState.CLOSED, AT, 6)
    assert (case.decision, case.measure) == ("Paid back.", Measure.COMPENSATION)
    assert (case.notified_at, case.result, case.satisfaction) == (AT, "Paid.", 0)


def test_a_failed_attempt_suffices_to_close_but_nobody_was_told() -> None:
    case = then(decided_trail(opened()), EventKind.NOTIFY_FAILED, TOLD)
    assert not case.reached
    assert then(case, EventKind.CLOSE, CLOSED).notified_at is None
    assert then(case, EventKind.NOTIFY, TOLD).reached


OPEN = "registered triaged in_progress awaiting_customer decided notified"


@pytest.mark.parametrize(
    ("kind", "states"),
    [
        (EventKind.TRIAGE, "registered triaged in_progress awaiting_customer"),
        (EventKind.SOLVE, "registered"),
        (EventKind.START, "triaged"),
        (EventKind.NOTE, OPEN),
        (EventKind.AWAIT, "in_progress"),
        (EventKind.RESUME, "awaiting_customer"),
        (EventKind.DECIDE, "in_progress"),
        (EventKind.NOTIFY, "decided notified"),
        (EventKind.NOTIFY_FAILED, "decided notified"),
        (EventKind.CLOSE, "notified"),
        (EventKind.REASSIGN, "triaged in_progress awaiting_customer decided notified"),
        (EventKind.PROMISE, OPEN),
        (EventKind.WITHDRAW, OPEN),
        (EventKind.MERGE, OPEN),
        (EventKind.REOPEN, "closed"),
        (EventKind.REGISTERED, ""),
        (EventKind.IMPORTED, ""),
    ],
)
def test_each_event_comes_in_its_states_only(kind: EventKind, states: str) -> None:
    payload = VALID[PAYLOADS[kind]]
    allowed = set()
    for state in ComplaintState:
        paused = AT if state is ComplaintState.AWAITING_CUSTOMER else None
        case = Case(registered(AT), date(2026, 3, 2), state=state, paused_since=paused)
        try:
            then(case, kind, payload)
        except BrokenTrail:
            continue
        allowed.add(state)
    assert allowed == set(states.split())


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        (EventKind.DECIDE, Decide(decision="", measure=Measure.APOLOGY)),
        (EventKind.CLOSE, Close(result="", cause=Reason.RULES, satisfaction=3)),
        (EventKind.CLOSE, Close(result="x", cause=Reason.RULES, satisfaction=6)),
    ],
)
def test_nothing_is_decided_or_closed_without_its_record(kind: EventKind, payload: Any) -> None:
    state = ComplaintState.IN_PROGRESS if kind is EventKind.DECIDE else ComplaintState.NOTIFIED
    with pytest.raises(BrokenTrail):
        then(Case(registered(AT), date(2026, 3, 2), state=state), kind, payload)


def test_the_accused_never_handles() -> None:
    case = opened(accused_id=HANDLER)
    for kind, payload in (
        (EventKind.TRIAGE, Triage(complaint_class=ComplaintClass.GENERAL, handler_id=HANDLER)),
        (EventKind.SOLVE, Solve(complaint_class=ComplaintClass.GENERAL, handler_id=HANDLER,
                                decision="x", measure=Measure.APOLOGY)),
    ):  # fmt: skip
        with pytest.raises(BrokenTrail, match="accused"):
            then(case, kind, payload)


def test_a_reopening_starts_anew_and_keeps_the_first_responder() -> None:
    case = then(then(decided_trail(opened()), EventKind.NOTIFY, TOLD), EventKind.CLOSE, CLOSED)
    later = datetime(2026, 4, 1, 2, tzinfo=UTC)
    said = Reopen(complaint_class=ComplaintClass.GENERAL, handler_id=11, text="Again.")
    again = then(case, EventKind.REOPEN, said, later)
    assert (again.state, again.handler_id) == (ComplaintState.IN_PROGRESS, 11)
    assert (again.ended_at, again.result, again.decision, again.reached) == (None, "", "", False)
    assert (again.start_on, again.complexity) == (date(2026, 4, 1), Complexity.SIMPLE)
    assert again.begun is case.begun


def test_a_trail_has_no_gaps_and_one_beginning() -> None:
    first = Event(1, AT, EventKind.REGISTERED, registered(AT))
    note = Event(3, AT, EventKind.NOTE, Said(text="x"))
    for trail in (
        [],
        [note],
        [first, note],
        [first, first],
        [Event(2, AT, first.kind, note.payload)],
    ):
        with pytest.raises(BrokenTrail):
            fold(trail)


@given(st.lists(st.sampled_from(STEPS), min_size=5, max_size=60))
@settings(max_examples=500)
def test_whatever_is_tried_no_path_closes_without_its_records(tried: list[EventKind]) -> None:
    case, done = opened(), ["registered"]
    for kind in tried:
        try:
            case = then(case, kind, VALID[PAYLOADS[kind]])
        except BrokenTrail:
            continue
        done.append(kind.value)
        since = len(done) - done[::-1].index("reopen") if "reopen" in done else 0
        last = set(done[since:])
        if case.state is ComplaintState.CLOSED:
            assert {"triage", "solve"} & set(done)
            assert {"decide", "solve"} & last
            assert {"notify", "notify_failed"} & last
            assert case.complaint_class
            assert case.handler_id
        assert case.begun.first_responder_id == 2
        assert case.state.is_open == (case.ended_at is None)
        assert (case.paused_since is None) == (case.state is not ComplaintState.AWAITING_CUSTOMER)
    assert case.last_seq == len(done)


def _brought(**more: Any) -> Imported:
    given = {
        "branch_id": 1, "received_at": AT, "first_responder_id": 2, "regime": "nfra_2020",
        "rule_set_id": 1, "result": "Open",
    }  # fmt: skip
    return Imported(**given | more)


def _of_a_file(**more: Any) -> Case:
    return begin(Event(1, AT, EventKind.IMPORTED, _brought(**more)))


def test_a_file_corrects_its_case_as_if_it_had_said_so_from_the_beginning() -> None:
    case = _of_a_file()
    assert (case.state, case.result, case.worked) == (ComplaintState.REGISTERED, "Open", False)
    answer = {"answered_on": date(2026, 3, 4), "result": "Paid", "first_responder_id": 3}
    assert then(case, EventKind.IMPORTED, _brought(**answer)) == replace(
        _of_a_file(**answer), last_seq=2
    )
    again = then(then(case, EventKind.IMPORTED, _brought(**answer)), EventKind.IMPORTED, _brought())
    assert again == replace(case, last_seq=3)


@pytest.mark.parametrize(
    "said",
    [{"first_responder_id": 3}, {"answered_on": date(2026, 3, 4)}, {"result": "x"},
     {"on_time": True}],
)  # fmt: skip
def test_no_file_changes_the_course_of_a_case_that_somebody_works_on(said: dict[str, Any]) -> None:
    case = then(_of_a_file(), EventKind.NOTE, Said(text="x"))
    with pytest.raises(BrokenTrail):
        then(case, EventKind.IMPORTED, _brought(**said))


def test_the_receipt_of_a_case_that_somebody_works_on_can_be_corrected() -> None:
    case = decided_trail(_of_a_file())
    earlier = AT - timedelta(days=4)
    corrected = then(case, EventKind.IMPORTED, _brought(received_at=earlier, disputed=True))
    assert (corrected.state, corrected.start_on) == (ComplaintState.DECIDED, date(2026, 2, 26))
    closed = then(then(case, EventKind.NOTIFY, TOLD), EventKind.CLOSE, CLOSED)
    later = AT + timedelta(days=8)
    reopen = Reopen(complaint_class=ComplaintClass.GENERAL, handler_id=HANDLER)
    opened_again = after(closed, Event(closed.last_seq + 1, later, EventKind.REOPEN, reopen))
    corrected = then(opened_again, EventKind.IMPORTED, _brought(received_at=earlier))
    assert corrected.start_on == opened_again.start_on == date(2026, 3, 10)


def test_no_file_changes_a_case_that_was_registered_here() -> None:
    with pytest.raises(BrokenTrail):
        then(opened(), EventKind.IMPORTED, _brought())
