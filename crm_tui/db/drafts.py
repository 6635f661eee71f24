"""Drafts in the database: encrypted, one per person, form and record."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import and_, delete, select, update
from sqlmodel import Session, col

from crm_tui.db.inserts import insert_into
from crm_tui.db.tables import Draft as Row
from crm_tui.db.tables import SignIn
from crm_tui.domain.drafts import DraftKey

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import ColumnElement

    from crm_tui.db.crypto import KeyRing

CONTEXT = "draft.payload"
NOBODY = 0
"""The session of a draft whose form was left: anyone of the same person goes on with it."""


def save(
    session: Session,
    keys: KeyRing,
    staff_id: int,
    session_id: int,
    key: DraftKey,
    values: Mapping[str, str],
    at: datetime,
    *,
    over: bool = True,
) -> bool:
    """Write the draft, `over` the one before or only where there is none; whether it was."""
    blob = keys.encrypt(json.dumps(dict(values), ensure_ascii=False), CONTEXT)
    changed = {"payload": blob, "saved_at": at, "session_id": session_id}
    row = {"staff_id": staff_id, "form": key.form, "record": key.record, **changed}
    written = insert_into(session, Row).values(row).returning(col(Row.form))
    written = (
        written.on_conflict_do_update(index_elements=["staff_id", "form", "record"], set_=changed)
        if over
        else written.on_conflict_do_nothing()
    )
    return session.execute(written).first() is not None


class Writer(NamedTuple):
    """The session that wrote a draft last: when it ended, its process, and when it wrote."""

    session_id: int
    ended_at: datetime | None
    process: str
    saved_at: datetime


class Kept(NamedTuple):
    """A draft as stored, and who wrote it last."""

    key: DraftKey
    values: dict[str, str]
    writer: Writer


_WRITER = (col(Row.session_id), col(SignIn.ended_at), col(SignIn.process), col(Row.saved_at))


def lock(session: Session, staff_id: int, key: DraftKey) -> None:
    """Let no other session write or take over the draft until this transaction ends.

    SQLite lets one transaction write at a time; there the row needs no lock.
    """
    session.execute(select(col(Row.session_id)).where(_of(staff_id, key)).with_for_update())


def writer(session: Session, staff_id: int, key: DraftKey) -> Writer | None:
    """Who wrote the draft of `key` last; None when there is none."""
    row = session.execute(
        select(*_WRITER)
        .outerjoin(SignIn, col(SignIn.id) == col(Row.session_id))
        .where(_of(staff_id, key))
    ).one_or_none()
    return _writer(*row) if row else None


def _of(staff_id: int, key: DraftKey) -> ColumnElement[bool]:
    """The one draft of a person, form and record."""
    return and_(
        col(Row.staff_id) == staff_id, col(Row.form) == key.form, col(Row.record) == key.record
    )


def _mine(staff_id: int, session_id: int, key: DraftKey) -> ColumnElement[bool]:
    """That draft, as long as `session_id` writes it."""
    return and_(_of(staff_id, key), col(Row.session_id) == session_id)


def _writer(
    session_id: int, ended_at: datetime | None, process: str | None, saved_at: datetime
) -> Writer:
    return Writer(session_id, ended_at, process or "", saved_at)


def load(session: Session, keys: KeyRing, staff_id: int, key: DraftKey | None = None) -> list[Kept]:
    """The person's drafts, newest first; only that of `key` when given."""
    query = (
        select(col(Row.form), col(Row.record), col(Row.payload), *_WRITER)
        .outerjoin(SignIn, col(SignIn.id) == col(Row.session_id))
        .where(col(Row.staff_id) == staff_id)
        .order_by(col(Row.saved_at).desc())
    )
    if key is not None:
        query = query.where(_of(staff_id, key))
    return [
        Kept(DraftKey(form, record), json.loads(keys.decrypt(payload, CONTEXT)), _writer(*written))
        for form, record, payload, *written in session.execute(query)
    ]


def discard(session: Session, staff_id: int, session_id: int, key: DraftKey) -> None:
    """Delete the draft, if `session_id` is the one that writes it."""
    session.execute(delete(Row).where(_mine(staff_id, session_id, key)))


def take_over(session: Session, staff_id: int, session_id: int, key: DraftKey) -> int:
    """Make `session_id` the one that writes the draft; how many there were."""
    done = session.execute(update(Row).where(_of(staff_id, key)).values(session_id=session_id))
    return int(done.rowcount)  # type: ignore[attr-defined]


def give_up(session: Session, staff_id: int, session_id: int, key: DraftKey) -> None:
    """Let nobody be the one that writes the draft, if `session_id` is."""
    mine = _mine(staff_id, session_id, key)
    session.execute(update(Row).where(mine).values(session_id=NOBODY))
