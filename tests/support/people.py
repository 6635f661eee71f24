"""A small bank for the tests of services: two branches, a person of each kind, customers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert, select

from crm_tui.config import Config
from crm_tui.db import facts
from crm_tui.db.complaint_rules import seed_complaint_rules
from crm_tui.db.rules import seed_rules
from crm_tui.db.store import Store
from crm_tui.db.tables import Branch, CalendarDay, SignIn, Staff, StaffRole
from crm_tui.domain.audit import Actor
from crm_tui.domain.policy import Policy
from crm_tui.domain.staff import Person, Role
from crm_tui.services.passwords import hash_new
from crm_tui.services.setup import published_days
from crm_tui.services.sign_in import open_session
from tests.support.stores import SetClock

if TYPE_CHECKING:
    from crm_tui.office import Office

OPERATOR = Actor("operator:tester")
PASSWORD = "correct horse battery"
_HASH = hash_new(PASSWORD)

PEOPLE = (
    ("lina", "李娜", Role.ACCOUNT_MANAGER, "B001"),
    ("wangqiang", "王强", Role.ACCOUNT_MANAGER, "B001"),
    ("chenjing", "陈静", Role.CLERK, "B001"),
    ("zhaomin", "赵敏", Role.SUPERVISOR, "B001"),
    ("sunli", "孙丽", Role.CLERK, "B002"),
    ("zhoutao", "周涛", Role.SUPERVISOR, "B002"),
    ("hq", "何总", Role.HQ_SERVICE, "HQ"),
    ("admin", "管理员", Role.SYSTEM_ADMIN, "HQ"),
    ("auditor", "审计员", Role.AUDITOR, "HQ"),
)


@dataclass(slots=True)
class Bank:
    """An open bank; `office("lina")` signs somebody in."""

    store: Store
    policy: Policy

    @property
    def clock(self) -> SetClock:
        """The clock of the store, which stands still."""
        assert isinstance(self.store.clock, SetClock)
        return self.store.clock

    def person(self, username: str) -> Person:
        """A new session of a person."""
        return open_session(self.store, username, how="test")

    def dead_session(self, username: str) -> Person:
        """A session whose process was killed and could not say that it ended."""
        person = self.person(username)
        with self.store.write(OPERATOR) as tx:
            row = tx.session.get(SignIn, person.session_id)
            assert row is not None
            host, pid, started = row.process.split(" ")
            row.process = f"{host} {pid} {int(started) - 1}"
            tx.audit("test.kill")
        return person

    def office(self, username: str) -> Office:
        """Everything that the person can do."""
        from crm_tui.office import Office

        return Office(self.store, self.person(username), self.policy)

    def ids(self, table: type[Branch | Staff], column: str) -> dict[str, int]:
        """Ids by a unique column."""
        with self.store.read() as session:
            rows = session.execute(select(getattr(table, column), table.id))  # type: ignore[call-overload]
            return {row[0]: row[1] for row in rows}


def found_bank(store: Store, policy: Policy | None = None) -> Bank:
    """Branches HQ, B001, B002 (and B003 below B001), `PEOPLE`, calendar, rule set 0."""
    with store.write(OPERATOR) as tx:
        session = tx.session
        root = Branch(code="HQ", name="总部")
        session.add(root)
        session.flush()
        nodes = {"HQ": root}
        for code, name, parent in (
            ("B001", "成都营业部", "HQ"),
            ("B002", "自贡营业部", "HQ"),
            ("B003", "青羊支行", "B001"),
        ):
            nodes[code] = Branch(code=code, name=name, parent_id=nodes[parent].id)
            session.add(nodes[code])
            session.flush()
        session.execute(insert(CalendarDay), published_days())
        seed_rules(session, Config().tier_mapping(), at=tx.now)
        seed_complaint_rules(session, {}, at=tx.now)
        for username, name, role, code in PEOPLE:
            person = Staff(username=username, name=name, password_hash=_HASH)
            session.add(person)
            session.flush()
            session.add(
                StaffRole(
                    staff_id=person.id,
                    branch_id=nodes[code].id,
                    role=role.value,
                    from_on=date(2020, 1, 1),
                )
            )
        facts.put(session, facts.KIND, facts.DEMO)
        tx.audit("test.found")
    return Bank(store, policy or Policy())


@pytest.fixture
def bank(store: Store) -> Bank:
    """The small bank on each database."""
    return found_bank(store)


@pytest.fixture
def make_bank(store: Store) -> Callable[[Policy], Bank]:
    """The small bank with a policy of the test's own."""
    return lambda policy: found_bank(store, policy)
