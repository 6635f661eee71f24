"""An office without a database, typed like the real one, for the screens of contacts."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from crm_tui.clock import business_date
from crm_tui.domain.contacts import ContactCriteria, ContactDetail, ContactPage, ContactRow
from crm_tui.domain.kinds import ContactKind, Method
from crm_tui.domain.roster import Move
from crm_tui.domain.staff import Permission, Person, Role, RoleAt
from crm_tui.errors import InvalidInput, StoreUnavailable
from crm_tui.widgets.context import Context

NOW = datetime(2026, 11, 23, 1, 14, tzinfo=UTC)
HOSTILE = "投诉[/]\x1b[31m[b]x[@click=app.quit]y[/]\u202e\u200b"
WIDE = "欧阳志远𠮷野家" * 30


def person(role: Role = Role.ACCOUNT_MANAGER, **changes: Any) -> Person:
    """李娜 of 成都营业部."""
    home = RoleAt(role, 1, frozenset({1}))
    return replace(
        Person(7, "lina", "李娜", (home,), 1, "成都营业部", "B001", 1), **changes
    )  # fmt: skip


def context(who: Person, **changes: Any) -> Context:
    """Of `who`, at NOW."""
    granted = frozenset(one.value for one in Permission if who.may(one))
    values: dict[str, Any] = {
        "clock": lambda: NOW, "permissions": granted, "person": who.name, "role": "客户经理",
        "branch": who.branch_name,
    }  # fmt: skip
    return Context(**(values | changes))


def contact(number: int, **changes: Any) -> ContactRow:
    """A contact, the higher its number the older; four hours apart."""
    at = NOW - timedelta(hours=4 * number)
    base = ContactRow(
        key=(at.isoformat(), 1000 - number),
        contact_id=1000 - number,
        customer_id=number,
        customer_no=f"C{number:07d}",
        customer_name=("张伟明", "单雪梅", "欧阳志远", "川西茶业有限公司")[number % 4],
        staff_id=7 if number % 3 else 8,
        staff_name="李娜" if number % 3 else "王强",
        kind=ContactKind.VISIT,
        method=list(Method)[number % 8],
        started_at=at,
        content="问理财到期续作,想看一年期,约周二回电。",
        result="agreed",
        next_on=None,
        before_opening=False,
        withdrawn=False,
    )
    return replace(base, **changes)


def detailed(row: ContactRow, **changes: str) -> ContactDetail:
    """The contact with its needs."""
    needs = dict.fromkeys(
        ("purpose", "direction", "expected_return", "risk_control", "risk_appetite"), ""
    )
    return ContactDetail(row.contact_id, 1, row, **(needs | changes), may_edit=row.staff_id == 7)  # type: ignore[arg-type]


@dataclass
class FakeContacts:
    """Newest first, by keyset, as the database gives them."""

    rows: list[ContactRow]
    needs: dict[str, str] = field(default_factory=dict)
    asked: list[ContactCriteria] = field(default_factory=list)
    read: list[int] = field(default_factory=list)
    away: bool = False

    def page(
        self, criteria: ContactCriteria, move: Move, key: tuple[str, int] | None, limit: int
    ) -> ContactPage:
        if self.away:
            raise StoreUnavailable("The database is away.")
        self.asked.append(criteria)
        rows = [row for row in self.rows if _fits(row, criteria)]
        if move is Move.AFTER and key is not None:
            rows = [row for row in rows if row.key < key]
        if move is Move.BEFORE and key is not None:
            rows = [row for row in rows if row.key > key]
        backwards = move in (Move.BEFORE, Move.LAST)
        found = rows[-limit:] if backwards else rows[:limit]
        more = len(rows) > limit
        if backwards:
            return ContactPage(tuple(found), more, move is Move.BEFORE)
        return ContactPage(tuple(found), move is Move.AFTER, more)

    def author(self, text: str) -> tuple[int, str]:
        known = {"lina": (7, "李娜"), "wangqiang": (8, "王强"), "王强": (8, "王强")}
        if text not in known:
            raise InvalidInput("person", "There is nobody of that name here.")
        return known[text]

    def get(self, contact_id: int) -> ContactDetail:
        self.read.append(contact_id)
        return detailed(next(r for r in self.rows if r.contact_id == contact_id), **self.needs)


def _fits(row: ContactRow, criteria: ContactCriteria) -> bool:
    return (
        (not criteria.mine or row.staff_id == 7)
        and criteria.staff_id in (None, row.staff_id)
        and criteria.method in (None, row.method)
        and criteria.on in (None, business_date(row.started_at))
        and criteria.search in row.customer_name
    )


@dataclass
class FakeOffice:
    """Only what the screens of contacts ask for."""

    contacts: FakeContacts
    person: Person = field(default_factory=person)

    def now(self) -> datetime:
        return NOW

    def today(self) -> date:
        return business_date(NOW)
