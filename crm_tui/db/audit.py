"""The audit chain: each row carries the hash of the one before."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import TypeDecorator, insert, select, type_coerce, update
from sqlmodel import Session, col

from crm_tui.db.tables import Audit, AuditHead, AuditImage
from crm_tui.db.tables.base import UtcDateTime
from crm_tui.domain.audit import GENESIS, Actor, Entry, canonical, chain_hash, digest, instant
from crm_tui.errors import AuditBroken
from crm_tui.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence

    from crm_tui.db.crypto import KeyRing

IMAGE_CONTEXT = "audit_image"
_CHAINED = (
    "seq",
    "at",
    "actor",
    "actor_id",
    "role",
    "session_id",
    "action",
    "object_kind",
    "object_id",
    "branch_id",
    "outcome",
    "fields",
    "image_digest",
)


def append(
    session: Session, keys: KeyRing, actor: Actor, at: datetime, entries: Sequence[Entry]
) -> None:
    """Add `entries` to the chain. Call it last: it locks the head until commit."""
    seq, previous = head(session, lock=True)
    rows, images = [], []
    for entry in entries:
        seq += 1
        sealed = keys.encrypt(canonical(entry.image), IMAGE_CONTEXT) if entry.image else None
        row = _row(seq, actor, at, entry, digest(sealed) if sealed else "")
        row["prev_hash"] = previous
        row["hash"] = previous = chain_hash(previous, _chained(row))
        rows.append(row)
        if sealed:
            images.append({"seq": seq, "payload": sealed})
    session.execute(insert(Audit), rows)
    if images:
        session.execute(insert(AuditImage), images)
    session.execute(update(AuditHead).where(col(AuditHead.id) == 1).values(seq=seq, hash=previous))


def _row(seq: int, actor: Actor, at: datetime, entry: Entry, image_digest: str) -> dict[str, Any]:
    return {
        "seq": seq,
        "at": at,
        "actor": actor.name,
        "actor_id": actor.staff_id,
        "role": actor.role,
        "session_id": actor.session_id,
        "action": entry.action,
        "object_kind": entry.object_kind,
        "object_id": entry.object_id,
        "branch_id": entry.branch_id,
        "outcome": entry.outcome.value,
        "fields": canonical(entry.fields) if entry.fields else "",
        "image_digest": image_digest,
    }


class _Read(TypeDecorator[datetime]):
    """An instant as it is stored; None for what somebody has written there that is none."""

    impl = UtcDateTime
    cache_ok = True

    def result_processor(self, dialect: Any, coltype: Any) -> Callable[[Any], datetime | None]:
        """As its kind of column is read, without an error."""
        read = super().result_processor(dialect, coltype)

        def lenient(value: Any) -> datetime | None:
            try:
                return read(value) if read else value
            except (TypeError, ValueError):
                return None

        return lenient


def _chained(row: Mapping[str, Any]) -> dict[str, Any]:
    chained = {name: row[name] for name in _CHAINED}
    chained["at"] = instant(row["at"]) if row["at"] else ""
    return chained


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `verify` found: rows read, and the first bad one with what is wrong, or None."""

    rows: int
    head_hash: str
    bad_seq: int | None = None
    problem: str = ""


def head(session: Session, *, lock: bool = False) -> tuple[int, str]:
    """Number and hash of the last row. Raises AuditBroken when nobody knows them any more."""
    query = select(col(AuditHead.seq), col(AuditHead.hash)).where(col(AuditHead.id) == 1)
    row = session.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise AuditBroken(_("The audit chain has lost its end; nothing is written without one."))
    return row[0], row[1]


def _ends_at(session: Session, seq: int, last: str) -> bool:
    try:
        return head(session) == (seq, last)
    except AuditBroken:
        return False


def verify(session: Session, anchor: tuple[int, str] | None = None) -> Verdict:
    """Walk the chain from its first row.

    Problems: gap, link, hash, image, tail, and anchor: the row that an earlier
    `head` named is missing or another one.
    """
    previous, expected = GENESIS, 1
    with closing(_walk(session)) as rows:  # the server's cursor goes at the first bad row
        for row, payload in rows:
            problem = _problem(row, payload, previous, expected)
            if problem is None and anchor and anchor[0] == expected and anchor[1] != row["hash"]:
                problem = "anchor"
            if problem:
                return Verdict(expected - 1, previous, row["seq"], problem)
            previous, expected = row["hash"], expected + 1
    if not _ends_at(session, expected - 1, previous):
        return Verdict(expected - 1, previous, expected, "tail")
    if anchor and anchor[0] >= expected:
        return Verdict(expected - 1, previous, expected, "anchor")
    return Verdict(expected - 1, previous)


def _walk(session: Session) -> Generator[tuple[dict[str, Any], bytes | None]]:
    columns: list[Any] = [getattr(Audit, name) for name in (*_CHAINED, "prev_hash", "hash")]
    columns[_CHAINED.index("at")] = type_coerce(col(Audit.at), _Read()).label("at")
    query = (
        select(*columns, col(AuditImage.payload))
        .outerjoin(AuditImage, col(AuditImage.seq) == col(Audit.seq))
        .order_by(col(Audit.seq))
        .execution_options(yield_per=1000)
    )
    with session.execute(query) as found:
        for record in found.mappings():
            row = dict(record)
            yield row, row.pop("payload")


def _problem(
    row: Mapping[str, Any], payload: bytes | None, previous: str, expected: int
) -> str | None:
    if row["seq"] != expected:
        return "gap"
    if row["prev_hash"] != previous:
        return "link"
    if chain_hash(previous, _chained(row)) != row["hash"]:
        return "hash"
    if (digest(payload) if payload else "") != row["image_digest"]:
        return "image"
    return None
