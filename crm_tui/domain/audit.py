"""Who acts, what an audited action says, and the hash that chains the rows."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from crm_tui.domain.kinds import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a signed-in person, or `operator:<os user>` at the command line."""

    name: str
    staff_id: int | None = None
    role: str = ""
    session_id: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """An action to be audited. Field names are kept, values only in the encrypted image."""

    action: str
    object_kind: str = ""
    object_id: str = ""
    branch_id: int | None = None
    outcome: Outcome = Outcome.DONE
    fields: Mapping[str, Any] = field(default_factory=dict)
    image: Mapping[str, Any] | None = field(default=None, repr=False)


def canonical(value: Mapping[str, Any]) -> str:
    """JSON with sorted keys, no spaces and instants in UTC: equal values, equal text."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def instant(at: datetime) -> str:
    """The form in which an instant enters the hash, equal on both databases."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def chain_hash(previous: str, row: Mapping[str, Any]) -> str:
    """SHA-256 of the hash before and the row's canonical JSON."""
    return hashlib.sha256(f"{previous}\n{canonical(row)}".encode()).hexdigest()


def digest(payload: bytes) -> str:
    """SHA-256 of an encrypted image."""
    return hashlib.sha256(payload).hexdigest()
