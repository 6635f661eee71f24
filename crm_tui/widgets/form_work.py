"""What a form takes and gives, and how two versions of a record are merged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Submission:
    """What is saved: texts by field, the key that makes a repeat harmless, the version shown."""

    values: dict[str, str] = field(repr=False)
    request_key: str
    version: int


@dataclass(frozen=True, slots=True)
class FormWork:
    """What a form does outside itself; each runs in a thread and may raise CrmError.

    `take_over` makes this session the writer of the draft and gives its values, or raises
    DraftGone; `begin_draft` saves one only where there is none, and else raises DraftTaken.
    `claim` says that the draft is open here, and raises DraftTaken when it is elsewhere by now;
    `give_up` that it was left.
    """

    submit: Callable[[Submission], object]
    save_draft: Callable[[dict[str, str]], object]
    discard_draft: Callable[[], object]
    take_over: Callable[[], Mapping[str, str]] | None = None
    begin_draft: Callable[[dict[str, str]], object] | None = None
    claim: Callable[[], object] | None = None
    give_up: Callable[[], object] | None = None


@dataclass(frozen=True, slots=True)
class FormOutcome:
    """How a form was left. `values` are what was in it, to open it again on undo; `said` is
    what to say when it is more than that it was saved."""

    how: Literal["saved", "left", "discarded"]
    result: Any = field(default=None, repr=False)
    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    said: str = ""


def merge(
    mine: Mapping[str, str], now: Mapping[str, str], was: Mapping[str, str]
) -> tuple[dict[str, str], list[str]]:
    """`mine`, with what only the other changed taken from `now`; and the keys both changed."""
    merged = {key: now[key] if mine[key] == was[key] else mine[key] for key in mine}
    both = [key for key in mine if mine[key] not in (was[key], now[key]) and now[key] != was[key]]
    return merged, both


def stored_text(value: object) -> str:
    """A stored value as a form holds it."""
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)
