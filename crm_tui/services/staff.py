"""Staff by the host's operator: add, set a password, disable. Audited as `operator:…`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlalchemy import select, update
from sqlmodel import col

from crm_tui.clock import business_date
from crm_tui.db import staff as queries
from crm_tui.db.tables import Branch, SignIn, Staff, StaffRole
from crm_tui.domain.staff import ADMINISTRATORS, Role
from crm_tui.domain.text_rules import NAME_LIMIT, clean_line
from crm_tui.errors import InvalidInput, UsageError
from crm_tui.i18n import _
from crm_tui.services.passwords import hash_new

if TYPE_CHECKING:
    from crm_tui.db.store import Store, Transaction
    from crm_tui.domain.audit import Actor

USERNAME = re.compile(r"[a-z][a-z0-9._-]{0,31}")


def valid_username(username: str) -> str:
    """`username`, or InvalidInput: a lower-case letter, then letters, digits, `.`, `_`, `-`."""
    if not USERNAME.fullmatch(username):
        raise InvalidInput(
            "username",
            _(
                "A user name is a small letter, then small letters, digits, dot, - or _; "
                "32 at the most."
            ),
        )
    return username


def add(
    store: Store,
    actor: Actor,
    *,
    username: str,
    name: str,
    role: Role,
    branch_code: str,
    password: str,
) -> int:
    """Add a person with one role; the new id. Raises InvalidInput, UsageError."""
    valid_username(username)
    name = clean_line(name, field="name", limit=NAME_LIMIT, required=True)
    hashed = hash_new(password)
    with store.write(actor) as tx:
        if queries.by_username(tx.session, username):
            raise UsageError(_("{name}: there is such a user name already").format(name=username))
        person = Staff(username=username, name=name, password_hash=hashed)
        tx.session.add(person)
        tx.session.flush()
        assert person.id is not None
        _give_role(tx, person.id, role, branch_code)
        tx.audit("staff.add", "staff", person.id, fields={"role": role.value})
        return person.id


def set_password(store: Store, actor: Actor, *, username: str, password: str) -> None:
    """Set a new password, which also unlocks and enables. Raises UsageError, InvalidInput."""
    hashed = hash_new(password)
    with store.write(actor) as tx:
        person = _known(tx, username)
        person.password_hash = hashed
        person.failures, person.locked_until, person.disabled = 0, None, False
        tx.audit("staff.passwd", "staff", person.id)


def disable(store: Store, actor: Actor, *, username: str) -> None:
    """Keep a person from signing in, and end their sessions. Raises UsageError."""
    with store.write(actor) as tx:
        person = _known(tx, username)
        person.disabled = True
        tx.session.execute(
            update(SignIn)
            .where(col(SignIn.staff_id) == person.id, col(SignIn.ended_at).is_(None))
            .values(ended_at=tx.now, ended_by="disabled")
        )
        tx.audit("staff.disable", "staff", person.id)


def add_role(store: Store, actor: Actor, *, username: str, role: Role, branch_code: str) -> None:
    """Give a further role. The three administrators exclude each other: UsageError."""
    with store.write(actor) as tx:
        person = _known(tx, username)
        assert person.id is not None
        _give_role(tx, person.id, role, branch_code)
        tx.audit("staff.role", "staff", person.id, fields={"role": role.value})


def _known(tx: Transaction, username: str) -> Staff:
    person = queries.by_username(tx.session, username)
    if person is None:
        raise UsageError(_("{name}: there is no such user name").format(name=username))
    return person


def _give_role(tx: Transaction, staff_id: int, role: Role, branch_code: str) -> None:
    branch_id = tx.session.execute(
        select(col(Branch.id)).where(col(Branch.code) == branch_code)
    ).scalar()
    if branch_id is None:
        raise UsageError(_("{code}: there is no such branch").format(code=branch_code))
    held = set(
        tx.session.execute(
            select(col(StaffRole.role)).where(
                col(StaffRole.staff_id) == staff_id,
                # A role that begins later excludes the others already.
                col(StaffRole.until_on).is_(None)
                | (col(StaffRole.until_on) > business_date(tx.now)),
            )
        ).scalars()
    )
    if role in ADMINISTRATORS and held & {other.value for other in ADMINISTRATORS - {role}}:
        raise UsageError(
            _("System administrator, security administrator and auditor exclude each other.")
        )
    tx.session.add(
        StaffRole(
            staff_id=staff_id, branch_id=branch_id, role=role.value, from_on=business_date(tx.now)
        )
    )
