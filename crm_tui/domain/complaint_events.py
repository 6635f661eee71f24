"""What the events of a complaint say: one frozen payload per kind, and its JSON (schema 1).

People, branches and cases are named by their ids; a stranger's phone is only here sealed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from crm_tui.domain.complaint_kinds import (
    Business,
    Channel,
    ComplaintClass,
    Complexity,
    Demand,
    EventKind,
    Measure,
    Reason,
    Urgency,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEMA: Final = 1
# In payloads of earlier versions: where the customer was then. The row says where they are.
_LEFT_OUT: Final = frozenset({"customer_branch_id"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """How a case begins. `regime` and `rule_set_id` are frozen on it.

    `phone` is the sealed number in base64. The `…_text` keep a source's own words beside
    other; a first responder never changes after.
    """

    branch_id: int
    received_at: datetime
    first_responder_id: int
    regime: str
    rule_set_id: int
    registrar_id: int | None = None
    customer_id: int | None = None
    name: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    phone_mask: str = ""
    accused_id: int | None = None
    channel: Channel = Channel.OTHER
    channel_text: str = ""
    business: Business = Business.OTHER
    business_text: str = ""
    reason: Reason = Reason.OTHER
    reason_text: str = field(default="", repr=False)
    jrt0169_code: str | None = None
    demand: Demand = Demand.OTHER
    complaint_class: ComplaintClass | None = None
    people: int = 1
    content: str = field(default="", repr=False)
    promise_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported(Registered):
    """A case from a file; with `answered_on` it is closed by this event alone.

    `on_time` and `disputed` are the source's word. `original` has the file's own texts of
    the columns whose values were translated.
    """

    answered_on: date | None = None
    result: str = field(default="", repr=False)
    on_time: bool | None = None
    disputed: bool | None = None
    answered_before: bool = False
    original: dict[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Triage:
    """Class, limits, and who handles it."""

    complaint_class: ComplaintClass
    handler_id: int
    department_id: int | None = None
    complexity: Complexity = Complexity.SIMPLE
    urgency: Urgency = Urgency.NORMAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Solve:
    """Decided on the spot by the registrar, who thereby becomes the handler."""

    complaint_class: ComplaintClass
    handler_id: int
    decision: str = field(repr=False)
    measure: Measure


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A text alone: a start, note, question to the customer, answer or withdrawal."""

    text: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decide:
    """The decision and what is done about it."""

    decision: str = field(repr=False)
    measure: Measure


@dataclass(frozen=True, slots=True, kw_only=True)
class Notify:
    """The customer was told, or was not reached: how, when, by whom."""

    channel: Channel
    told_at: datetime
    person_id: int
    text: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """How it ended; satisfaction 1–5, or 0 for not stated."""

    result: str = field(repr=False)
    cause: Reason
    satisfaction: int
    responsible_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reassign:
    """Another handler or department, and why."""

    handler_id: int
    department_id: int | None = None
    text: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """The time that the customer was told, instead of the one before."""

    promise_at: datetime
    text: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """Goes on in another case."""

    into_id: int
    text: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopen:
    """Taken up again; class and handler as they are from now on."""

    complaint_class: ComplaintClass
    handler_id: int
    text: str = field(default="", repr=False)


Payload = (
    Registered | Triage | Solve | Said | Decide | Notify | Close | Reassign | Promise | Merge
    | Reopen
)  # fmt: skip

PAYLOADS: Final[Mapping[EventKind, type[Payload]]] = MappingProxyType(
    {
        EventKind.REGISTERED: Registered,
        EventKind.IMPORTED: Imported,
        EventKind.TRIAGE: Triage,
        EventKind.SOLVE: Solve,
        EventKind.START: Said,
        EventKind.NOTE: Said,
        EventKind.AWAIT: Said,
        EventKind.RESUME: Said,
        EventKind.DECIDE: Decide,
        EventKind.NOTIFY: Notify,
        EventKind.NOTIFY_FAILED: Notify,
        EventKind.CLOSE: Close,
        EventKind.REASSIGN: Reassign,
        EventKind.PROMISE: Promise,
        EventKind.WITHDRAW: Said,
        EventKind.MERGE: Merge,
        EventKind.REOPEN: Reopen,
    }
)
_CODES: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "channel": Channel,
        "business": Business,
        "reason": Reason,
        "demand": Demand,
        "complaint_class": ComplaintClass,
        "complexity": Complexity,
        "urgency": Urgency,
        "measure": Measure,
        "cause": Reason,
    }
)


def dump(payload: Payload) -> str:
    """The payload as canonical JSON: sorted keys, no spaces, instants in UTC."""
    values = {one.name: getattr(payload, one.name) for one in fields(payload)}
    return json.dumps(
        values, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_text
    )


def load(kind: EventKind, schema: int, text: str) -> Payload:
    """The payload of a stored event. Raises ValueError for a schema that is not known."""
    if schema != SCHEMA:
        raise ValueError(f"event payload of schema {schema}")
    found = json.loads(text).items()
    values = {name: _value(name, value) for name, value in found if name not in _LEFT_OUT}
    return PAYLOADS[kind](**values)


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def _value(name: str, value: Any) -> Any:
    """By the name of the field: `…_at` is an instant, `…_on` a date, some are codes."""
    if value is None:
        return None
    if name.endswith("_at"):
        return datetime.fromisoformat(value)
    if name.endswith("_on"):
        return date.fromisoformat(value)
    return _CODES[name](value) if name in _CODES else value
