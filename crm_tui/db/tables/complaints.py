"""Complaints: the case as it stands, the events that made it so, and the rules they go by."""

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    Text,
)
from sqlmodel import Field, SQLModel

from crm_tui.db.tables.base import AUTOINCREMENT, Id, UtcDateTime, one_of, only
from crm_tui.domain.complaint_kinds import (
    Business,
    Channel,
    ComplaintClass,
    ComplaintState,
    Complexity,
    Demand,
    EventKind,
    Measure,
    Reason,
    Urgency,
)

_TARGETS = only("is_open")


class Complaint(SQLModel, table=True):
    """A case: the projection of its events, rewritten in the transaction that adds one.

    `due_on`, `internal_on`, `sort_on` follow from events and calendar, never from a key.
    `branch_id` registered it; `customer_branch_id` is the customer's now, which sees it too: it
    follows the customer, and is no part of what the events make.
    """

    __table_args__ = (
        one_of("state", ComplaintState),
        one_of("channel", Channel),
        one_of("business", Business),
        one_of("reason", Reason),
        one_of("demand", Demand),
        one_of("complaint_class", ComplaintClass, nullable=True),
        one_of("complexity", Complexity),
        one_of("urgency", Urgency),
        one_of("measure", Measure, nullable=True),
        one_of("cause", Reason, nullable=True),
        CheckConstraint(
            "satisfaction IS NULL OR satisfaction BETWEEN 0 AND 5", name="satisfaction"
        ),
        CheckConstraint(
            "handler_id IS NULL OR accused_id IS NULL OR handler_id <> accused_id", name="recusal"
        ),
        # All that the queue's views and counts ask of an open case: its row, with its content, is
        # read only for the page that is shown.
        Index(
            "ix_complaint_open",
            "sort_on",
            "id",
            "state",
            "received_at",
            "promise_at",
            "notified_at",
            "handler_id",
            "first_responder_id",
            "registrar_id",
            "accused_id",
            "branch_id",
            "customer_branch_id",
            "department_id",
            **_TARGETS,
        ),
        Index("ix_complaint_open_branch", "branch_id", "sort_on", "id", **_TARGETS),
        Index("ix_complaint_open_handler", "handler_id", "sort_on", "id", **_TARGETS),
        Index("ix_complaint_ended", "ended_at", "id"),
        Index("ix_complaint_customer", "customer_id", "received_at", "id"),
        Index("ix_complaint_branch_ended", "branch_id", "ended_at"),
        Index("ix_complaint_first_responder_id", "first_responder_id"),
        Index(
            "ix_complaint_like",
            "business",
            "reason",
            "id",
            **only("complaint_class IS NOT NULL"),
        ),
        AUTOINCREMENT,
    )

    id: int | None = Field(default=None, sa_column=Column(Id, primary_key=True))
    complaint_no: str = Field(max_length=32, unique=True)
    customer_id: int | None = Field(
        default=None, sa_column=Column(Id, ForeignKey("customer.id"), nullable=True)
    )
    name: str = Field(default="", max_length=200, repr=False)
    phone_enc: bytes | None = Field(default=None, sa_column=Column(LargeBinary), repr=False)
    phone_mask: str = Field(default="", max_length=32)
    branch_id: int = Field(sa_column=Column(Id, ForeignKey("branch.id"), nullable=False))
    customer_branch_id: int | None = Field(
        default=None, sa_column=Column(Id, ForeignKey("branch.id"), nullable=True, index=True)
    )
    received_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    registrar_id: int | None = Field(
        default=None, sa_column=Column(Id, ForeignKey("staff.id"), nullable=True)
    )
    first_responder_id: int = Field(sa_column=Column(Id, ForeignKey("staff.id"), nullable=False))
    handler_id: int | None = Field(
        default=None, sa_column=Column(Id, ForeignKey("staff.id"), nullable=True)
    )
    department_id: int | None = Field(
        default=None, sa_column=Column(Id, ForeignKey("branch.id"), nullable=True)
    )
    accused_id: int | None = Field(
        default=None, sa_column=Column(Id, ForeignKey("staff.id"), nullable=True)
    )
    state: str = Field(default=ComplaintState.REGISTERED.value, max_length=20)
    is_open: bool = True
    complaint_class: str | None = Field(default=None, max_length=16)
    complexity: str = Field(default=Complexity.SIMPLE.value, max_length=8)
    urgency: str = Field(default=Urgency.NORMAL.value, max_length=8)
    channel: str = Field(default=Channel.OTHER.value, max_length=16)
    channel_text: str = Field(default="", max_length=200)
    business: str = Field(default=Business.OTHER.value, max_length=24)
    business_text: str = Field(default="", max_length=200)
    reason: str = Field(default=Reason.OTHER.value, max_length=16)
    reason_text: str = Field(default="", max_length=200, repr=False)
    jrt0169_code: str | None = Field(default=None, max_length=16)
    demand: str = Field(default=Demand.OTHER.value, max_length=20)
    content: str = Field(default="", sa_column=Column(Text, nullable=False), repr=False)
    people: int = 1
    regime: str = Field(max_length=32)
    rule_set_id: int = Field(
        sa_column=Column(Id, ForeignKey("complaint_rule_set.id"), nullable=False)
    )
    warn_on: date
    due_on: date
    due_estimated: bool = False
    internal_on: date | None = None
    paused_since: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    promise_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    promise_broken_on: date | None = None
    sort_on: date
    decision: str = Field(default="", sa_column=Column(Text, nullable=False), repr=False)
    measure: str | None = Field(default=None, max_length=16)
    decided_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    notified_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    result: str = Field(default="", sa_column=Column(Text, nullable=False), repr=False)
    cause: str | None = Field(default=None, max_length=16)
    satisfaction: int | None = Field(default=None, sa_column=Column(SmallInteger, nullable=True))
    responsible_id: int | None = Field(
        default=None, sa_column=Column(Id, ForeignKey("branch.id"), nullable=True)
    )
    ended_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    merged_into_id: int | None = Field(
        default=None, sa_column=Column(Id, ForeignKey("complaint.id"), nullable=True)
    )
    imported: bool = False
    on_time: bool | None = None
    disputed: bool | None = None
    answered_before: bool = False
    last_seq: int = 1
    request_key: str | None = Field(default=None, max_length=36, unique=True)
    version: int = 1
    import_base: bytes | None = Field(default=None, sa_column=Column(LargeBinary), repr=False)
    batch_id: int | None = Field(default=None, sa_column=Column(Id, nullable=True, index=True))


class ComplaintEvent(SQLModel, table=True):
    """What happened to a case. Append-only: the migration's triggers refuse the rest."""

    __tablename__ = "complaint_event"
    __table_args__ = (
        one_of("kind", EventKind),
        Index("ix_complaint_event_actor_id_at", "actor_id", "at"),
        Index(
            "ix_complaint_event_batch_id",
            "batch_id",
            **only("batch_id IS NOT NULL"),
        ),
    )

    complaint_id: int = Field(
        sa_column=Column(Id, ForeignKey("complaint.id"), primary_key=True, autoincrement=False)
    )
    seq: int = Field(sa_column=Column(Id, primary_key=True, autoincrement=False))
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    actor_id: int | None = Field(
        default=None, sa_column=Column(Id, ForeignKey("staff.id"), nullable=True)
    )
    actor: str = Field(max_length=100)
    kind: str = Field(max_length=16)
    payload: str = Field(sa_column=Column(Text, nullable=False), repr=False)
    payload_schema: int = Field(default=1, sa_column=Column(SmallInteger, nullable=False))
    request_key: str | None = Field(default=None, sa_column=Column(String(36), unique=True))
    batch_id: int | None = Field(default=None, sa_column=Column(Id, nullable=True))


class ComplaintRuleSet(SQLModel, table=True):
    """A version of the complaint regimes, in force from a date; `rules` is canonical JSON."""

    __tablename__ = "complaint_rule_set"
    __table_args__ = (AUTOINCREMENT,)

    id: int | None = Field(default=None, sa_column=Column(Id, primary_key=True))
    effective_on: date = Field(unique=True)
    rules: str = Field(sa_column=Column(Text, nullable=False))
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    batch_id: int | None = Field(default=None, sa_column=Column(Id, nullable=True, index=True))
