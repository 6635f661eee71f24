"""A small bank for the tests of services: two branches, a person of each kind, customers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, insert, select
from sqlmodel import col

from crm_tui.config import Config
from crm_tui.db import facts
from crm_tui.db.complaint_rules import seed_complaint_rules
from crm_tui.db.rules import seed_rules
from crm_tui.db.store import Store
from crm_tui.db.tables import Audit, Branch, CalendarDay, SignIn, Staff, StaffRole
from crm_tui.domain.audit import Actor
from crm_tui.domain.policy import Policy
from crm_tui.domain.staff import Person, Role
from crm_tui.services import passwords
from crm_tui.services.passwords import hash_new
from crm_tui.services.setup import published_days
from crm_tui.services.sign_in import open_session
from tests.support.stores import START, TABLES, Filling, SetClock, Templates

if TYPE_CHECKING:
    from crm_tui.office import Office

OPERATOR = Actor("operator:tester")
# What a hash costs is meant for guessers; the programs that tests start for themselves pay it.
passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)

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
    # Set where the store is a copy of `FOUNDED`.
    templates: Templates | None = None

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

    def take(self, filling: Filling) -> Any:
        """Go on with a template that holds more, and what filling it gave; None, and nothing done,
        where the bank is no longer as it was founded."""
        if self.templates is None or self.policy != Policy() or self.clock.at != START:
            return None
        with self.store.read() as session:
            if session.execute(select(func.count(col(Audit.seq)))).scalar_one() > 1:
                return None
        return self.templates.put(filling, self.store)

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


FOUNDED: Final = Filling("founded", found_bank, TABLES)


@pytest.fixture
def founded() -> None:
    """Who asks for it finds the small bank in the database: see `stores.database_url`."""


@pytest.fixture
def bank(founded: None, store: Store, templates: Templates) -> Bank:
    """The small bank on each database."""
    return Bank(store, Policy(), templates)


@pytest.fixture
def make_bank(founded: None, store: Store) -> Callable[[Policy], Bank]:
    """The small bank with a policy of the test's own."""
    return lambda policy: Bank(store, policy)
