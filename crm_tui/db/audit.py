"""The audit chain: each row carries the hash of the one before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update
from sqlmodel import Session, col

from crm_tui.db.tables import Audit, AuditHead, AuditImage
from crm_tui.domain.audit import GENESIS, Actor, Entry, canonical, chain_hash, digest, instant

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

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
    head = session.execute(
        select(col(AuditHead.seq), col(AuditHead.hash))
        .where(col(AuditHead.id) == 1)
        .with_for_update()
    ).one()
    seq, previous = head
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


def _chained(row: Mapping[str, Any]) -> dict[str, Any]:
    chained = {name: row[name] for name in _CHAINED}
    chained["at"] = instant(row["at"])
    return chained


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `verify` found: rows read, and the first bad one with what is wrong, or None."""

    rows: int
    head_hash: str
    bad_seq: int | None = None
    problem: str = ""


def head(session: Session) -> tuple[int, str]:
    """Number and hash of the last row."""
    row = session.execute(select(col(AuditHead.seq), col(AuditHead.hash))).one()
    return row[0], row[1]


def verify(session: Session, anchor: tuple[int, str] | None = None) -> Verdict:
    """Walk the chain from its first row.

    Problems: gap, link, hash, image, tail, and anchor: the row that an earlier
    `head` named is missing or another one.
    """
    previous, expected = GENESIS, 1
    for row, payload in _walk(session):
        problem = _problem(row, payload, previous, expected)
        if problem is None and anchor and anchor[0] == expected and anchor[1] != row["hash"]:
            problem = "anchor"
        if problem:
            return Verdict(expected - 1, previous, row["seq"], problem)
        previous, expected = row["hash"], expected + 1
    if head(session) != (expected - 1, previous):
        return Verdict(expected - 1, previous, expected, "tail")
    if anchor and anchor[0] >= expected:
        return Verdict(expected - 1, previous, expected, "anchor")
    return Verdict(expected - 1, previous)


def _walk(session: Session) -> Iterator[tuple[dict[str, Any], bytes | None]]:
    columns: list[Any] = [getattr(Audit, name) for name in (*_CHAINED, "prev_hash", "hash")]
    query = (
        select(*columns, col(AuditImage.payload))
        .outerjoin(AuditImage, col(AuditImage.seq) == col(Audit.seq))
        .order_by(col(Audit.seq))
        .execution_options(yield_per=1000)
    )
    for record in session.execute(query).mappings():
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
