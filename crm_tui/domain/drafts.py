"""Drafts: what somebody typed and has not saved yet."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class DraftKey:
    """The form and the record (or, for a new one, its parent) that a draft belongs to."""

    form: str
    record: str


@dataclass(frozen=True, slots=True)
class Draft:
    """Typed values, when they were kept, and whether another session is writing them."""

    key: DraftKey
    values: Mapping[str, str] = field(repr=False)
    saved_at: datetime
    elsewhere: bool


NEW = "new"
"""The record of a draft that has none yet; a second one is `new-` and a word of its own."""


def another_new() -> str:
    """The record of one more draft of something new."""
    return f"{NEW}-{uuid.uuid4().hex[:8]}"


# What a draft says beside its fields: shown where drafts are offered, never saved with a record.
TITLE = "_title"
REQUEST_KEY = "_request_key"
BASE_VERSION = "_version"
FOCUS = "_focus"
"""The field in which the person stopped."""
