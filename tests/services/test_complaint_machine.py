"""The state machine under hypothesis, through the services and on both databases.

Whoever tries whatever step with whatever form: what is stored is always a path of the machine.
"""

from __future__ import annotations

import shutil
import uuid
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine
from sqlalchemy import select
from sqlmodel import col

from crm_tui.db import complaint_events
from crm_tui.db.crypto import KeyRing
from crm_tui.db.store import Store
from crm_tui.db.tables import Complaint, ComplaintEvent, Staff
from crm_tui.domain.complaint_kinds import ComplaintState, Step
from crm_tui.domain.complaint_rules import usual_next
from crm_tui.domain.complaints import StepForm, TriageForm
from crm_tui.domain.policy import Policy
from crm_tui.errors import Conflict, InvalidInput, Refused
from tests.support.complaints import FORM, staffed
from tests.support.people import Bank, found_bank
from tests.support.stores import SetClock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from crm_tui.office import Office

MOST_CASES = 3
FIRST = ("", "lina", "chenjing")
ACCUSED = ("", "", "wangqiang", "zhaomin", "chenjing")
PEOPLE = ("chenjing", "lina", "wangqiang", "zhaomin", "sunli", "hq", "hegui", "jishu", "admin")
texts = st.sampled_from(["", " ", "已处理", "x\ny"])
step_forms = st.builds(
    StepForm,
    text=texts,
    complaint_class=st.sampled_from(["", "general", "nonsense"]),
    measure=st.sampled_from(["", "apology"]),
    channel=st.sampled_from(["", "phone"]),
    reached=st.sampled_from(["yes", "no"]),
    cause=st.sampled_from(["", "pricing"]),
    satisfaction=st.sampled_from(["", "0", "5", "9"]),
    department=st.sampled_from(["", "TECH", "B001"]),
    handler=st.sampled_from(["", *PEOPLE]),
    promise=st.sampled_from(["", "+1", "-1"]),
    other_no=st.sampled_from(["", *(f"CP-2026-{number:06d}" for number in range(1, 5))]),
)  # fmt: skip
likely_forms = st.builds(
    StepForm, text=st.just("已处理"), complaint_class=st.just("general"),
    measure=st.just("apology"), channel=st.just("phone"), reached=st.sampled_from(["yes", "no"]),
    cause=st.just("pricing"), satisfaction=st.just("0"), promise=st.just("+1"),
    handler=st.sampled_from(PEOPLE),
    other_no=st.sampled_from([f"CP-2026-{number:06d}" for number in range(1, 5)]),
)  # fmt: skip

triage_forms = st.builds(
    TriageForm, complaint_class=st.sampled_from(["", "general", "major_economic"]),
    department=st.sampled_from(["", "TECH"]), handler=st.sampled_from(PEOPLE),
    urgency=st.sampled_from(["normal", "urgent"]),
    complexity=st.sampled_from(["simple", "complex"]),
)  # fmt: skip


class Machine(RuleBasedStateMachine):
    """Several people and a few cases."""

    make: Callable[[], tuple[Bank, Callable[[], None]]]

    @initialize()
    def found(self) -> None:
        self.bank, self.undo = self.make()
        self.offices: dict[str, Office] = {who: self.bank.office(who) for who in PEOPLE}
        self.staff = self.bank.ids(Staff, "username")
        self.cases: list[int] = []
        self.first: dict[int, int] = {}
        self.register("chenjing", "", "")

    @rule(data=st.data(), act=st.sampled_from(["go_on"] * 6 + ["attempt"] * 2 + ["triage", "new"]))
    def act(self, data: st.DataObject, act: str) -> None:
        """One rule with its own odds: several would be switched off in most runs."""
        self.bank.clock.advance(hours=data.draw(st.sampled_from([0, 0, 1, 30, 200])))
        case = data.draw(st.sampled_from(self.cases))
        who = data.draw(st.sampled_from(PEOPLE))
        if act == "go_on":
            self.go_on(data, case)
        elif act == "triage":
            self.triage(case, who, data.draw(triage_forms))
        elif act == "attempt":
            step = data.draw(st.sampled_from([step for step in Step if step is not Step.TRIAGE]))
            self.take(case, who, step, data.draw(step_forms))
        elif len(self.cases) < MOST_CASES:
            first, accused = data.draw(st.sampled_from(FIRST)), data.draw(st.sampled_from(ACCUSED))
            self.register(who, first, accused)

    def register(self, who: str, first: str, accused: str) -> None:
        form = replace(FORM, first_responder=first, accused=accused)
        try:
            one = self.offices[who].complaints.register(None, form, uuid.uuid4().hex)
        except (Refused, InvalidInput):
            return
        self.cases.append(one)
        self.first[one] = self.staff[first or who]

    def go_on(self, data: st.DataObject, case: int) -> None:
        """A step that its person may take, mostly the usual one, with a form filled in."""
        handler = {number: who for who, number in self.staff.items()}.get(
            self.row(case)["handler_id"], "jishu"
        )
        workers = dict.fromkeys(("zhaomin", "chenjing", handler))
        possible = [(who, step) for who in workers for step in self.steps(who, case)]
        usual = [pair for pair in possible if pair[1] is usual_next(self.state(case))]
        if not possible:
            return
        # What ends a case would leave little to try, were it as likely as the rest.
        going = [pair for pair in possible if pair[1] not in (Step.WITHDRAW, Step.MERGE)]
        among = data.draw(st.sampled_from([usual, usual, going, going, possible]))
        who, step = data.draw(st.sampled_from(among or possible))
        form = data.draw(likely_forms)
        if step is Step.TRIAGE:
            self.triage(case, who, TriageForm("general", handler=form.handler))
        else:
            self.take(case, who, step, form)

    def triage(self, case: int, who: str, form: TriageForm) -> None:
        service = self.offices[who].complaints
        self.attempt(lambda shown, key: service.triage(case, shown, form, key), case)

    def state(self, case: int) -> ComplaintState:
        return ComplaintState(self.row(case)["state"])

    def steps(self, who: str, case: int) -> tuple[Step, ...]:
        try:
            return self.offices[who].complaints.get(case).steps
        except Refused:
            return ()

    def take(self, case: int, who: str, step: Step, form: StepForm) -> None:
        service = self.offices[who].complaints
        self.attempt(lambda shown, key: service.take(case, shown, step, form, key), case)

    def attempt(self, work: Callable[[int, str], None], case: int) -> None:
        """Done, or nothing has changed; done again with its key it changes nothing."""
        before, key = self.row(case), uuid.uuid4().hex
        try:
            work(before["version"], key)
        except (Refused, InvalidInput):
            assert self.row(case) == before
            return
        done = self.row(case)
        assert done["version"] == before["version"] + 1
        self.check(case, done)
        work(before["version"], key)
        assert self.row(case) == done
        with pytest.raises((Conflict, Refused, InvalidInput)):
            work(before["version"], uuid.uuid4().hex)

    def row(self, case: int) -> dict[str, Any]:
        with self.bank.store.read() as session:
            query = select(Complaint.__table__).where(col(Complaint.id) == case)
            return dict(session.execute(query).mappings().one())

    def check(self, case: int, row: dict[str, Any]) -> None:
        """The trail has no gap, its guards were met, and the row is what it says."""
        with self.bank.store.read() as session:
            query = select(col(ComplaintEvent.seq), col(ComplaintEvent.kind)).where(
                col(ComplaintEvent.complaint_id) == case
            )
            events = session.execute(query.order_by(col(ComplaintEvent.seq))).all()
            assert complaint_events.rebuild(session, [case]) == []
        assert [seq for seq, _kind in events] == list(range(1, row["last_seq"] + 1))
        kinds = [kind for _seq, kind in events]
        assert row["first_responder_id"] == self.first[case]
        assert row["handler_id"] is None or row["handler_id"] != row["accused_id"]
        assert row["is_open"] == (row["ended_at"] is None)
        assert row["merged_into_id"] != case
        if row["state"] == ComplaintState.CLOSED:
            since = len(kinds) - kinds[::-1].index("reopen") if "reopen" in kinds else 0
            last = set(kinds[since:])
            assert {"triage", "solve"} & set(kinds)
            assert {"decide", "solve"} & last
            assert {"notify", "notify_failed"} & last
            assert all(row[name] for name in ("complaint_class", "handler_id", "decision"))
            assert all(row[name] for name in ("measure", "result", "cause"))
            assert row["satisfaction"] is not None

    def teardown(self) -> None:
        if not hasattr(self, "undo"):
            return
        try:
            with self.bank.store.read() as session:
                assert complaint_events.rebuild(session, self.cases) == []
        finally:
            self.undo()


def run(make: Callable[[], tuple[Bank, Callable[[], None]]], examples: int) -> None:
    machine = type("OneMachine", (Machine,), {"make": staticmethod(make)})
    run_machine(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            # Making a failing path short would take longer than reading it.
            phases=[Phase.generate],
        ),
    )


def test_no_path_leaves_the_machine_on_sqlite(sqlite_template: Path, tmp_path: Path) -> None:
    keys, founded = KeyRing.generate(), tmp_path / "founded.db"
    shutil.copyfile(sqlite_template, founded)
    store = Store(f"sqlite:///{founded}", keys, clock=SetClock())
    staffed(found_bank(store))
    store.close()
    numbers = count()

    def make() -> tuple[Bank, Callable[[], None]]:
        copy = tmp_path / f"{next(numbers)}.db"
        shutil.copyfile(founded, copy)
        one = Store(f"sqlite:///{copy}", keys, clock=SetClock())
        return Bank(one, Policy()), one.close

    run(make, 20)


@pytest.mark.postgres
def test_no_path_leaves_the_machine_on_postgresql(new_pg_database: Callable[[], str]) -> None:
    def make() -> tuple[Bank, Callable[[], None]]:
        store = Store(new_pg_database(), KeyRing.generate(), clock=SetClock())
        return staffed(found_bank(store)), store.close

    run(make, 10)
