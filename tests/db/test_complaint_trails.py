"""Trails are append-only in the database itself; rows follow from them and from the calendar."""

from __future__ import annotations

import threading
import uuid
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import col

from crm_tui.db import complaint_events, take_back
from crm_tui.db.bulk import BulkStore
from crm_tui.db.complaint_rules import complaint_rules_on, none_stored
from crm_tui.db.tables import Complaint, ComplaintEvent, ComplaintRuleSet
from crm_tui.domain.complaint_kinds import Step
from crm_tui.domain.complaints import StepForm
from crm_tui.errors import ConfigError, CrmError
from crm_tui.services.imports import ImportKind, import_file
from crm_tui.services.setup import complete
from tests.support.complaints import FORM, closed, register, take, triage
from tests.support.people import OPERATOR

if TYPE_CHECKING:
    from pathlib import Path

    from crm_tui.db.store import Store
    from tests.support.people import Bank

EVENT = col(ComplaintEvent.complaint_id)


def attempt(store: Store, statement: Any) -> None:
    with store.engine.begin() as connection:
        connection.execute(statement)


def dates(bank: Bank, complaint: int) -> tuple[date, date | None, bool]:
    with bank.store.read() as session:
        query = select(
            col(Complaint.due_on), col(Complaint.internal_on), col(Complaint.due_estimated)
        )
        row = session.execute(query.where(col(Complaint.id) == complaint)).one()
        return row[0], row[1], row[2]


def test_events_are_neither_changed_nor_taken_away(bank: Bank) -> None:
    complaint = closed(bank)
    for statement in (
        update(ComplaintEvent).where(complaint == EVENT).values(actor="x"),
        delete(ComplaintEvent).where(complaint == EVENT),
        insert(ComplaintEvent).values(
            complaint_id=complaint, seq=1, at=bank.clock.at, actor="x", kind="note", payload="{}",
            payload_schema=1,
        ),
    ):  # fmt: skip
        with pytest.raises(DBAPIError):
            attempt(bank.store, statement)
    with bank.store.read() as session:
        assert len(complaint_events.trail(session, complaint)) == 6


def test_a_replacing_insert_and_a_truncation_are_refused_too(bank: Bank) -> None:
    complaint = register(bank)
    if bank.store.is_sqlite:
        statement = text(
            "INSERT OR REPLACE INTO complaint_event "
            "(complaint_id, seq, at, actor, kind, payload, payload_schema) "
            f"VALUES ({complaint}, 1, '2026-01-01 00:00:00', 'x', 'note', '{{}}', 1)"
        )
    else:
        statement = text("TRUNCATE complaint_event")
    with pytest.raises(DBAPIError, match="append-only"):
        attempt(bank.store, statement)


def test_the_first_responder_never_changes(bank: Bank) -> None:
    complaint = register(bank)
    other = bank.person("lina").staff_id
    with pytest.raises(DBAPIError, match="first responder"):
        attempt(
            bank.store,
            update(Complaint)
            .where(col(Complaint.id) == complaint)
            .values(first_responder_id=other),
        )


@pytest.mark.parametrize(
    "values",
    [
        {"satisfaction": 6}, {"state": "lost"}, {"channel": "fax"}, {"cause": "weather"},
        {"measure": "gift"}, {"urgency": "soon"}, {"complexity": "hard"}, {"demand": "moon"},
        {"complaint_class": "big"}, {"business": "cars"}, {"reason": "none"},
    ],
)  # fmt: skip
def test_the_database_checks_what_it_holds(bank: Bank, values: dict[str, Any]) -> None:
    complaint = register(bank)
    with pytest.raises(IntegrityError):
        attempt(
            bank.store, update(Complaint).where(col(Complaint.id) == complaint).values(**values)
        )


def test_the_accused_as_handler_is_refused_by_the_database_itself(bank: Bank) -> None:
    complaint, lina = register(bank, accused="lina"), bank.person("lina").staff_id
    with pytest.raises(IntegrityError):
        attempt(
            bank.store,
            update(Complaint).where(col(Complaint.id) == complaint).values(handler_id=lina),
        )


def test_a_row_that_was_tampered_with_is_found_and_set_right(bank: Bank) -> None:
    right, wrong = closed(bank), closed(bank)
    attempt(
        bank.store,
        update(Complaint).where(col(Complaint.id) == wrong).values(due_on=date(2030, 1, 1)),
    )
    with bank.store.write(OPERATOR) as tx:
        assert complaint_events.rebuild(tx.session, [right, wrong]) == [wrong]
        tx.audit("test.rebuild")
    with bank.store.read() as session:
        assert complaint_events.rebuild(session, [right, wrong]) == []
    assert dates(bank, wrong)[0] == date(2026, 3, 17)


def test_a_new_calendar_moves_the_dates_that_were_estimated(bank: Bank, tmp_path: Path) -> None:
    bank.clock.at = datetime(2026, 12, 22, 2, tzinfo=UTC)
    waiting, done = register(bank), register(bank)
    take(bank, done, "chenjing", Step.WITHDRAW, StepForm(text="x"))
    assert dates(bank, waiting) == (date(2027, 1, 6), date(2027, 1, 5), True)
    versions = bank.office("hq").complaints.get(waiting).version
    path = tmp_path / "2027.csv"
    path.write_text(
        "date,kind,name\n" + "".join(f"2027-01-0{day},off,元旦\n" for day in range(1, 8)), "utf-8"
    )
    report = import_file(bank.store, ImportKind.CALENDAR, path, actor=OPERATOR)
    assert dates(bank, waiting) == (date(2027, 1, 8), date(2027, 1, 12), False)
    assert dates(bank, done)[2] is False
    assert bank.office("hq").complaints.get(waiting).version == versions
    with bank.store.read() as session:
        assert complaint_events.rebuild(session, [waiting, done]) == []
    bulk = BulkStore(bank.store)
    take_back.take_back(bulk, bank.store.keys, bank.policy, report.batch_id or 0, "calendar")
    bulk.close()
    assert dates(bank, waiting) == (date(2027, 1, 6), date(2027, 1, 5), True)


def test_numbers_are_unique_when_many_register_at_once(bank: Bank) -> None:
    services = [bank.office(who).complaints for who in ("chenjing", "lina", "sunli", "hq")]
    failures: list[Exception] = []

    def work(service: Any) -> None:
        try:
            for _number in range(5):
                service.register(None, FORM, uuid.uuid4().hex)
        except CrmError as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(service,)) for service in services]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with bank.store.read() as session:
        numbers = session.execute(select(col(Complaint.complaint_no))).scalars().all()
    assert failures == []
    assert len(set(numbers)) == len(numbers) == 20


def test_two_merges_into_each_other_leave_one_open(bank: Bank) -> None:
    one, two = register(bank), register(bank)
    numbers = {which: f"CP-2026-{which:06d}" for which in (one, two)}
    service = bank.office("zhaomin").complaints
    failures: list[Exception] = []

    def work(which: int, into: int) -> None:
        try:
            form = StepForm(other_no=numbers[into])
            service.take(which, 1, Step.MERGE, form, uuid.uuid4().hex)
        except CrmError as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=pair) for pair in ((one, two), (two, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with bank.store.read() as session:
        states = session.execute(select(col(Complaint.state))).scalars().all()
    assert sorted(states) == ["merged", "registered"]
    assert len(failures) == 1


def test_a_database_without_rules_gets_them_at_its_first_start(bank: Bank) -> None:
    attempt(bank.store, delete(ComplaintRuleSet))
    with bank.store.read() as session, pytest.raises(ConfigError):
        complaint_rules_on(session, date(2026, 3, 2))
    complete(bank.store, {"complaint_rules": {"urgent": 5}}, OPERATOR)
    complete(bank.store, {"complaint_rules": {"urgent": 7}}, OPERATOR)
    with bank.store.read() as session:
        assert not none_stored(session)
        assert complaint_rules_on(session, date(2026, 3, 2)).rules.urgent == 5
    complaint = register(bank)
    triage(bank, complaint, urgency="urgent")
    assert dates(bank, complaint)[1] == date(2026, 3, 9)
