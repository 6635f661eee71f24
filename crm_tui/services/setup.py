"""Making a new database: schema, root branch, working days, rule set 0, first administrator."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import files
from typing import TYPE_CHECKING

from sqlalchemy import insert

from crm_tui.clock import business_date, utc_now
from crm_tui.config import sqlite_path
from crm_tui.db import facts, schema
from crm_tui.db.complaint_rules import none_stored, seed_complaint_rules
from crm_tui.db.crypto import create_key_file
from crm_tui.db.rules import seed_rules
from crm_tui.db.staff import ROOT_CODE
from crm_tui.db.store import Store
from crm_tui.db.tables import Branch, CalendarDay, Staff, StaffRole
from crm_tui.domain.staff import Role
from crm_tui.errors import UsageError
from crm_tui.i18n import _
from crm_tui.services.passwords import hash_new
from crm_tui.services.staff import valid_username

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Any

    from crm_tui.clock import Clock
    from crm_tui.db.store import Transaction
    from crm_tui.domain.audit import Actor

ROOT_NAME = "总部"


@dataclass(frozen=True, slots=True)
class Founding:
    """What a new database starts with; complaint rules that are not given are as shipped."""

    rules: Mapping[str, Any]
    complaints: Mapping[str, Any] = field(default_factory=dict)
    kind: str = facts.REAL
    admin: str = ""
    password: str = field(default="", repr=False)


def found(
    url: str, key_file: Path, actor: Actor, founding: Founding, *, clock: Clock = utc_now
) -> Store:
    """Make the database and its key file; the open store.

    Raises UsageError when it is there already, ConfigError, InvalidInput, StoreError.
    """
    hashed = ""
    if founding.admin:
        valid_username(founding.admin)
        hashed = hash_new(founding.password)
    made = _prepare_place(url)
    keys = create_key_file(key_file)
    store = Store(url, keys, clock=clock)
    try:
        if schema.revision(store.engine) is not None:
            raise UsageError(_("There is a database already; nothing was changed."))
        schema.upgrade(store.engine)
        with store.write(actor) as tx:
            _seed(tx, store, founding, hashed)
    except BaseException:
        store.close()
        for path in (key_file, *made):
            path.unlink(missing_ok=True)
        raise
    return store


def _prepare_place(url: str) -> list[Path]:
    """Make the private file of a SQLite database; what to remove when founding fails."""
    path = sqlite_path(url)
    if path is None:
        return []
    if path.exists():
        raise UsageError(_("{file}: there is a database already").format(file=path))
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)
    return [path]


def _seed(tx: Transaction, store: Store, founding: Founding, hashed: str) -> None:
    session = tx.session
    facts.put(session, facts.KIND, founding.kind)
    facts.put(session, facts.FINGERPRINT, store.keys.fingerprint())
    root = Branch(code=ROOT_CODE, name=ROOT_NAME)
    session.add(root)
    session.execute(insert(CalendarDay), published_days())
    seed_rules(session, founding.rules, at=tx.now)
    seed_complaint_rules(session, founding.complaints, at=tx.now)
    session.flush()
    if founding.admin:
        person = Staff(username=founding.admin, name=founding.admin, password_hash=hashed)
        session.add(person)
        session.flush()
        assert person.id is not None
        assert root.id is not None
        session.add(
            StaffRole(
                staff_id=person.id,
                branch_id=root.id,
                role=Role.SYSTEM_ADMIN.value,
                from_on=business_date(tx.now),
            )
        )
    tx.audit("database.init", fields={"kind": founding.kind, "admin": founding.admin})


def complete(store: Store, complaints: Mapping[str, Any], actor: Actor) -> None:
    """Give a database that is older than complaints their rule set 0.

    Raises ConfigError, StoreError.
    """
    with store.read() as session:
        if not none_stored(session):
            return
    with store.write(actor) as tx:
        if seed_complaint_rules(tx.session, complaints, at=tx.now):
            tx.audit("database.complete", fields={"added": "complaint_rules"})
        else:
            tx.unaudited("another session was first")


def published_days() -> list[dict[str, Any]]:
    """The shipped days off and make-up working days, 2004 to 2026."""
    text = files("crm_tui.db.seed").joinpath("calendar.csv").read_text("utf-8")
    return [
        {"day": date.fromisoformat(row["date"]), "kind": row["kind"], "name": row["name"]}
        for row in csv.DictReader(text.splitlines())
    ]
