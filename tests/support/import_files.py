"""Files to import and a database to import into, for the tests of imports and exports."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from crm_tui.config import Config
from crm_tui.db.complaint_rules import seed_complaint_rules
from crm_tui.db.rules import seed_rules
from crm_tui.db.store import Store
from crm_tui.db.tables import Branch
from crm_tui.domain.audit import Actor
from crm_tui.services.imports import ImportKind, ImportReport, import_file

OPERATOR = Actor("operator:test")
# A program that hears Ctrl+C, also where the tests run in the background of a shell.
LISTENING = ("env", "--default-signal=INT")

HEADERS = {
    "branches": "code,name,parent",
    "staff": "username,name,role,branch",
    "customers": (
        "customer_no,kind,name,id_type,id_no,gender,birth_date,mobile,branch,account_manager,"
        "opened_on,state,household_no,card_type"
    ),
    "accounts": "account_no,customer_no,category,currency,opened_on",
    "balances": "account_no,date,balance",
    "transactions": "transaction_no,account_no,booked_on,amount,initiator",
    "visits": "customer_no,staff,method,started_at,duration_seconds,purpose,content,result",
    "complaints": (
        "complaint_no,customer_no,received_on,channel,business,reason,content,first_responder,"
        "answered_on,result,on_time,disputed"
    ),
    "calendar": "date,kind,name",
}
CUSTOMER = {
    "kind": "individual", "name": "张伟明", "id_type": "other", "id_no": "CZ70621300001",
    "gender": "F", "birth_date": "1970-12-13", "mobile": "15400000001", "branch": "B001",
    "account_manager": "m001a", "opened_on": "1995-03-24", "state": "active",
}  # fmt: skip


def customer(number: int, **values: str) -> str:
    """A line of a customers file."""
    given = CUSTOMER | {"customer_no": f"C{number:07d}"} | values
    return ",".join(given.get(name, "") for name in HEADERS["customers"].split(","))


COMPLAINT = {
    "customer_no": "C0000001", "received_on": "2026-01-05", "channel": "phone",
    "business": "credit_card", "reason": "pricing", "content": "重复扣费",
    "first_responder": "m001a", "answered_on": "2026-01-09", "result": "已退费",
    "on_time": "Yes", "disputed": "No",
}  # fmt: skip


def complaint(number: int, **values: str) -> str:
    """A line of a complaints file."""
    given = COMPLAINT | {"complaint_no": f"CP{number:06d}"} | values
    return ",".join(given[name] for name in HEADERS["complaints"].split(","))


@dataclass(slots=True)
class Desk:
    """Imports files that a test writes line by line."""

    store: Store
    directory: Path
    made: int = field(default=0)

    def file(self, kind: str, lines: Sequence[str], *, header: str | None = None) -> Path:
        """A CSV in UTF-8."""
        self.made += 1
        path = self.directory / f"{kind}-{self.made}.csv"
        path.write_text("\n".join([header or HEADERS[kind], *lines, ""]), "utf-8", newline="")
        return path

    def load(self, kind: str, *lines: str, **options: Any) -> ImportReport:
        """Import these lines."""
        return self.run(kind, self.file(kind, lines), **options)

    def run(self, kind: str, path: Path, **options: Any) -> ImportReport:
        """Import a file."""
        return import_file(self.store, ImportKind(kind), path, actor=OPERATOR, **options)

    def rows(self, sql: str, **values: object) -> list[tuple[Any, ...]]:
        """What the database answers."""
        with self.store.read() as session:
            return [tuple(row) for row in session.execute(text(sql), values)]

    def one(self, sql: str, **values: object) -> Any:
        """The first value of the first row."""
        return self.rows(sql, **values)[0][0]

    def change(self, sql: str, **values: object) -> None:
        """A change that somebody made in the program."""
        with self.store.write(OPERATOR) as tx:
            tx.session.execute(text(sql), values)
            tx.audit("test.change")

    def open_bank(self) -> Desk:
        """Two branches, a manager in each."""
        self.load("branches", "B001,东城支行,HQ", "B002,西城支行,HQ")
        self.load("staff", "m001a,李娜,account_manager,B001", "m002a,王芳,account_manager,B002")
        return self


def open_desk(store: Store, directory: Path) -> Desk:
    """A database with its root branch and rules, as `init` leaves it."""
    with store.write(OPERATOR) as tx:
        seed_rules(tx.session, Config().tier_mapping(), at=tx.now)
        seed_complaint_rules(tx.session, {}, at=tx.now)
        tx.session.add(Branch(code="HQ", name="总行"))
        tx.audit("test.open")
    directory.mkdir()
    return Desk(store, directory)


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Desk:
    """`open_desk` on each database."""
    return open_desk(store, tmp_path / "files")


def packed(path: Path) -> Path:
    """The same file as .gz."""
    target = path.with_name(f"{path.name}.gz")
    target.write_bytes(gzip.compress(path.read_bytes()))
    return target
