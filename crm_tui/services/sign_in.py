"""Signing in and out. A wrong name and a wrong password look alike and cost the same."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlmodel import col

from crm_tui.clock import business_date
from crm_tui.db import staff as queries
from crm_tui.db.tables import SignIn, Staff
from crm_tui.domain.audit import Actor
from crm_tui.domain.kinds import Outcome
from crm_tui.domain.staff import Person, RoleAt
from crm_tui.errors import SignInFailed
from crm_tui.i18n import _
from crm_tui.services import liveness
from crm_tui.services.passwords import matches

if TYPE_CHECKING:
    from sqlmodel import Session

    from crm_tui.db.store import Store
    from crm_tui.domain.policy import Policy

NOBODY = Actor("sign-in")


def sign_in(store: Store, username: str, password: str, policy: Policy) -> Person:
    """The person with a new session. Raises SignInFailed, the same for every cause but a lock."""
    username = username.strip().lower()[:64]
    with store.read() as session:
        found = queries.by_username(session, username)
        stored = found.password_hash if found and not found.disabled else None
        locked = found is not None and _is_locked(found, store.clock())
    # The costly part runs outside any transaction, and for a stranger too.
    right = matches(stored, password)
    if found is None or not right or locked:
        _note_failure(store, found.id if found else None, policy, locked)
        raise SignInFailed(_("Name or password is wrong, or the account is locked for a while."))
    return open_session(store, found.username, how="password")


def open_session(store: Store, username: str, *, how: str) -> Person:
    """Start the session of a known, enabled person. Raises SignInFailed."""
    with store.write(NOBODY) as tx:
        found = queries.by_username(tx.session, username)
        if found is None or found.id is None or found.disabled:
            raise SignInFailed(
                _("Name or password is wrong, or the account is locked for a while.")
            )
        found.failures, found.locked_until = 0, None
        row = SignIn(staff_id=found.id, started_at=tx.now, process=liveness.own())
        tx.session.add(row)
        tx.session.flush()
        assert row.id is not None
        person = _person(tx.session, found, row.id, tx.now)
        tx.actor = actor_of(person)
        tx.audit(
            "sign_in", "staff", found.id, branch_id=person.branch_id or None, fields={"how": how}
        )
        return person


def sign_out(store: Store, person: Person, ended_by: str) -> None:
    """End the session: `sign_out`, `lock`, `line_lost` or `idle`."""
    with store.write(actor_of(person)) as tx:
        row = tx.session.get(SignIn, person.session_id)
        if row is not None and row.ended_at is None:
            row.ended_at, row.ended_by = tx.now, ended_by
        tx.audit("sign_out", "staff", person.staff_id, fields={"by": ended_by})


def is_open(session: Session, person: Person) -> bool:
    """Whether nobody has ended the person's session."""
    ended = session.execute(
        select(col(SignIn.ended_at)).where(col(SignIn.id) == person.session_id)
    ).scalar()
    return ended is None


def still_in(store: Store, person: Person) -> bool:
    """The same, asked by itself. Raises StoreError."""
    with store.read() as session:
        return is_open(session, person)


def speak(store: Store, person: Person, language: str) -> None:
    """Keep the person's own choice of language, `zh_CN` or `en`. Raises StoreError."""
    with store.write(actor_of(person)) as tx:
        row = tx.session.get(Staff, person.staff_id)
        assert row is not None
        row.language = language
        tx.audit("staff.language", "staff", person.staff_id, fields={"language": language})


def actor_of(person: Person) -> Actor:
    """The person as the audit names them."""
    role = person.roles[0].role.value if person.roles else ""
    return Actor(person.username, person.staff_id, role, person.session_id)


def _is_locked(found: Staff, now: datetime) -> bool:
    return found.locked_until is not None and found.locked_until > now


def _note_failure(store: Store, staff_id: int | None, policy: Policy, locked: bool) -> None:
    """Count in a transaction of its own: a failure that is not stored would not count."""
    with store.write(NOBODY) as tx:
        if staff_id is not None and not locked:
            # Attempts at the same time wait for each other here, or their counts would be lost.
            found = tx.session.get(Staff, staff_id, with_for_update={"key_share": True})
            assert found is not None
            found.failures += 1
            if found.failures >= policy.lock_after_failures:
                found.failures = 0
                found.locked_until = tx.now + timedelta(minutes=policy.lock_minutes)
                tx.audit("sign_in.lock", "staff", staff_id)
        tx.audit("sign_in", "staff", staff_id or "", outcome=Outcome.FAILED)


def _person(session: Session, found: Staff, session_id: int, now: datetime) -> Person:
    assert found.id is not None
    nodes = queries.branches(session)
    roles: tuple[RoleAt, ...] = tuple(
        queries.roles_on(session, found.id, business_date(now), nodes)
    )
    home = next((node for node in nodes if roles and node.id == roles[0].branch_id), None)
    return Person(
        staff_id=found.id,
        username=found.username,
        name=found.name,
        roles=roles,
        branch_id=home.id if home else 0,
        branch_name=home.name if home else "",
        branch_code=home.code if home else "",
        session_id=session_id,
        is_head_office=bool(home and home.code == queries.ROOT_CODE),
        language=found.language,
    )
