"""A small bank written straight into the tables, for tests of queries and tiers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session

from crm_tui.config import Config
from crm_tui.db import rules
from crm_tui.db.complaint_rules import seed_complaint_rules
from crm_tui.db.store import Store
from crm_tui.db.tables import (
    Account,
    Branch,
    Contact,
    Customer,
    CustomerSearch,
    Household,
    HouseholdMember,
    Staff,
    TierHeld,
    balance,
)
from crm_tui.domain.audit import Actor
from crm_tui.domain.kinds import Tier
from crm_tui.domain.names import name_key, search_tokens
from crm_tui.domain.staff import Person, Role, RoleAt
from crm_tui.services.pinyin import char_readings

OPERATOR = Actor("operator:test")
OPENED = date(2020, 1, 1)


@dataclass(slots=True)
class Bank:
    """Adds rows; `session` is the caller's transaction."""

    store: Store
    branches: dict[str, int] = field(default_factory=dict)
    staff: dict[str, int] = field(default_factory=dict)

    def open(self, *, branches: tuple[str, ...] = ("B001", "B002", "B003")) -> Bank:
        """Head office, its branches, a manager in each (`m001` and so on), rule set 0."""
        with self.store.write(OPERATOR) as tx:
            rules.seed_rules(tx.session, Config().tier_mapping(), at=tx.now)
            seed_complaint_rules(tx.session, {}, at=tx.now)
            root = _add(tx.session, Branch(code="HQ", name="总行"))
            self.branches["HQ"] = root
            for code in branches:
                self.branches[code] = _add(
                    tx.session, Branch(code=code, name=f"支行{code}", parent_id=root)
                )
                username = f"m{code[1:]}"
                key = name_key("李娜", char_readings)
                self.staff[username] = _add(
                    tx.session, Staff(username=username, name="李娜", name_key=key)
                )
            tx.audit("test.open")
        return self

    def customer(self, session: Session, number: int, name: str = "张伟明", **more: Any) -> int:
        """A customer with its search text; its id. `tier` gives it a tier held."""
        branch = more.pop("branch", "B001")
        manager = more.pop("manager", f"m{branch[1:]}")
        tier: Tier = more.pop("tier", Tier.NONE)
        customer_no = more.pop("customer_no", f"C{number:07d}")
        row = Customer(
            customer_no=customer_no,
            name=name,
            name_key=name_key(name, char_readings),
            branch_id=self.branches[branch],
            manager_id=self.staff.get(manager),
            opened_on=more.pop("opened_on", OPENED),
            **more,
        )
        customer_id = _add(session, row)
        doc = search_tokens(name, customer_no, branch, char_readings)
        session.execute(insert(CustomerSearch).values(customer_id=customer_id, doc=doc))
        if tier:
            held = TierHeld(
                customer_id=customer_id, tier_rank=int(tier), from_on=OPENED, reason="initial",
                created_at=datetime(2020, 1, 1, tzinfo=UTC),
            )  # fmt: skip
            session.add(held)
        return customer_id

    def account(
        self,
        session: Session,
        customer_id: int,
        balances: dict[date, int],
        category: str = "deposit",
    ) -> int:
        """An account with end-of-day balances in fen; its id."""
        number = f"A{customer_id:06d}-{category}"
        account_id = _add(
            session, Account(account_no=number, customer_id=customer_id, category=category)
        )
        for day, amount in balances.items():
            session.execute(
                insert(balance).values(account_id=account_id, day=day, revision=0, amount=amount)
            )
        return account_id

    def household(self, session: Session, number: str, *members: int, **dates: Any) -> int:
        """A household of these customers."""
        household_id = _add(session, Household(household_no=number))
        for member in members:
            session.add(HouseholdMember(household_id=household_id, customer_id=member, **dates))
        session.flush()
        return household_id

    def contact(self, session: Session, customer_id: int, on: date, **more: Any) -> int:
        """A phone call at noon (UTC) of `on`."""
        branch_id = self.branches["B001"]
        started = more.pop("started_at", datetime.combine(on, time(4), UTC))
        row = Contact(
            customer_id=customer_id, staff_id=self.staff["m001"], branch_id=branch_id,
            method="phone", started_at=started, **more,
        )  # fmt: skip
        return _add(session, row)

    def person(
        self, role: Role = Role.HQ_SERVICE, branch: str = "HQ", username: str = "m001"
    ) -> Person:
        """Somebody signed in; a role at HQ reaches every branch."""
        home = self.branches[branch]
        ids = frozenset(self.branches.values()) if branch == "HQ" else frozenset({home})
        return Person(
            staff_id=self.staff[username],
            username=username,
            name="李娜",
            roles=(RoleAt(role, home, ids),),
            branch_id=home,
            branch_name=branch,
            branch_code=branch,
            session_id=1,
            is_head_office=branch == "HQ",
        )


def _add(session: Session, row: Any) -> int:
    session.add(row)
    session.flush()
    return int(row.id)
