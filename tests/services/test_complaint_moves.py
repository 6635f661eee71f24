"""A customer who moves to another branch: the cases are seen there, and no more where they were."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, text, update
from sqlmodel import col

from crm_tui.db import complaint_events, complaint_homes, schema
from crm_tui.db.bulk import BulkStore
from crm_tui.db.tables import Branch, Complaint, Customer
from crm_tui.domain.complaint_events import load
from crm_tui.domain.complaint_kinds import EventKind, Step
from crm_tui.domain.complaints import ComplaintCriteria, StepForm
from crm_tui.errors import Refused
from crm_tui.services.imports import apply
from tests.support.complaints import FORM, register, take, triage
from tests.support.import_files import Desk, complaint, customer
from tests.support.waiting import SecondWriter

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.people import Bank

OLD, NEW = "chenjing", "sunli"


@pytest.fixture
def desk(bank: Bank, tmp_path: Path) -> Desk:
    """Two customers of B001 without an account manager, from a file."""
    one = Desk(bank.store, tmp_path)
    one.load("customers", line(1, "B001"), line(2, "B001"))
    return one


def line(number: int, branch: str) -> str:
    return customer(number, branch=branch, account_manager="", id_no="", id_type="", mobile="")


def customer_id(bank: Bank, number: int = 1) -> int:
    return bank.ids(Customer, "customer_no")[f"C{number:07d}"]  # type: ignore[arg-type]


def seen(bank: Bank, username: str, one: int) -> bool:
    """Whether somebody may open the case; the queue has it or has it not accordingly."""
    service = bank.office(username).complaints
    try:
        service.get(one)
    except Refused:
        assert service.count(ComplaintCriteria()) == 0
        return False
    assert service.count(ComplaintCriteria()) == 1
    return True


def follows(bank: Bank) -> bool:
    """Whether every row is what its events, and the place of its customer, make of it."""
    with bank.store.read() as session:
        ids = list(session.execute(select(col(Complaint.id))).scalars())
        return complaint_events.rebuild(session, ids) == []


def place(bank: Bank, one: int) -> str:
    with bank.store.read() as session:
        query = select(col(Branch.code)).join(
            Complaint, col(Complaint.customer_branch_id) == col(Branch.id)
        )
        return session.execute(query.where(col(Complaint.id) == one)).scalar_one()


def test_a_case_goes_with_its_customer(bank: Bank, desk: Desk) -> None:
    """Registered by head office, so that either branch sees it for the customer's sake alone."""
    one = register(bank, "hq", customer_id(bank))
    assert (seen(bank, OLD, one), seen(bank, NEW, one)) == (True, False)
    shown = bank.office("hq").complaints.get(one).version
    desk.load("customers", line(1, "B002"))
    assert (seen(bank, OLD, one), seen(bank, NEW, one)) == (False, True)
    assert follows(bank)
    assert bank.office("hq").complaints.get(one).version == shown
    assert Step.TRIAGE in bank.office("zhoutao").complaints.get(one).steps
    triage(bank, one, "zhoutao", handler="sunli")
    take(bank, one, "sunli", Step.NOTE, StepForm(text="来电"))
    assert (seen(bank, OLD, one), place(bank, one)) == (False, "B002")
    assert follows(bank)


def test_an_upgrade_brings_the_cases_of_those_who_moved_before(bank: Bank, desk: Desk) -> None:
    one, stranger = register(bank, "hq", customer_id(bank)), register(bank, "hq")
    elsewhere = bank.ids(Branch, "code")["B002"]  # type: ignore[arg-type]
    with bank.store.engine.begin() as connection:
        left = update(Complaint).where(col(Complaint.id) == one)
        connection.execute(left.values(customer_branch_id=elsewhere))
    assert (seen(bank, OLD, one), seen(bank, NEW, one)) == (False, True)
    with bank.store.engine.begin() as connection:
        connection.execute(text("ALTER TABLE complaint DROP COLUMN promise_broken_on"))
        connection.execute(text("ALTER TABLE contact DROP COLUMN logged_at"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0005'"))
    schema.upgrade(bank.store.engine)
    assert (seen(bank, OLD, one), seen(bank, NEW, one)) == (True, False)
    assert follows(bank)
    assert not seen(bank, NEW, stranger)


def test_the_branch_that_registered_it_keeps_it(bank: Bank, desk: Desk) -> None:
    one = register(bank, OLD, customer_id(bank))
    desk.load("customers", line(1, "B002"))
    assert seen(bank, OLD, one)
    assert seen(bank, NEW, one)
    # Reached for its registration, it is triaged for its registration too.
    assert Step.TRIAGE in bank.office("zhaomin").complaints.get(one).steps


def test_a_file_of_customers_that_is_taken_back_moves_the_case_back(
    bank: Bank, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = register(bank, "hq", customer_id(bank))

    def interrupt(_self: apply.Applying) -> None:
        assert (seen(bank, OLD, one), seen(bank, NEW, one)) == (False, True)
        raise KeyboardInterrupt

    monkeypatch.setattr(apply.Applying, "_finish", interrupt)
    with pytest.raises(KeyboardInterrupt):
        desk.load("customers", line(1, "B002"))
    assert (seen(bank, OLD, one), seen(bank, NEW, one)) == (True, False)
    assert follows(bank)


@pytest.mark.parametrize(("changes", "where"), [
    ({"business": "loan"}, "B002"), ({"customer_no": "C0000002"}, "B001"),
])  # fmt: skip
def test_a_later_file_of_cases_leaves_the_case_where_its_customer_is(
    bank: Bank, desk: Desk, changes: dict[str, str], where: str
) -> None:
    known = {"first_responder": "hq", "answered_on": "", "result": "", "on_time": ""}
    desk.load("complaints", complaint(1, **known))
    one = bank.ids(Complaint, "complaint_no")["CP000001"]  # type: ignore[arg-type]
    assert place(bank, one) == "B001"
    desk.load("customers", line(1, "B002"))
    assert desk.load("complaints", complaint(1, **known | changes)).changed == 1
    assert place(bank, one) == where
    assert follows(bank)


def test_a_correction_that_is_taken_back_gives_the_case_back_to_its_customer(
    bank: Bank, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = {"first_responder": "hq", "answered_on": "", "result": "", "on_time": ""}
    desk.load("complaints", complaint(1, **known))
    desk.load("customers", line(2, "B002"))
    one = bank.ids(Complaint, "complaint_no")["CP000001"]  # type: ignore[arg-type]

    def interrupt(_self: apply.Applying) -> None:
        assert place(bank, one) == "B002"
        raise KeyboardInterrupt

    monkeypatch.setattr(apply.Applying, "_finish", interrupt)
    with pytest.raises(KeyboardInterrupt):
        desk.load("complaints", complaint(1, **known | {"customer_no": "C0000002"}))
    assert place(bank, one) == "B001"
    assert follows(bank)


def test_a_case_that_is_registered_while_its_customer_moves_goes_along(
    bank: Bank, desk: Desk
) -> None:
    """It must not be stored for the branch that is left just now."""
    service, number = bank.office("hq").complaints, customer_id(bank)
    writer = SecondWriter(bank.store, lambda: service.register(number, FORM, uuid.uuid4().hex))
    bulk = BulkStore(bank.store)
    to = bank.ids(Branch, "code")["B002"]
    with bulk.step() as step:
        step.run("UPDATE customer SET branch_id = ? WHERE id = ?", to, number)
        complaint_homes.follow(step, [number])
        writer.start()
    assert writer.end() is None
    bulk.close()
    assert follows(bank)
    [(code,)] = desk.rows(
        "SELECT b.code FROM complaint c JOIN branch b ON b.id = c.customer_branch_id"
    )
    assert code == "B002"


def test_the_trails_of_earlier_versions_are_read_as_they_are(bank: Bank, desk: Desk) -> None:
    """They name the branch that the customer was at then; it decides nothing any more."""
    register(bank, "hq", customer_id(bank))
    [(stored,)] = desk.rows("SELECT payload FROM complaint_event")
    payload = load(EventKind.REGISTERED, 1, stored)
    earlier = stored.replace('"customer_id"', '"customer_branch_id":7,"customer_id"')
    assert earlier != stored
    assert load(EventKind.REGISTERED, 1, earlier) == payload
