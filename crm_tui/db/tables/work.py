"""What people write: contacts and drafts; and the calendar they work by."""

from datetime import date, datetime

from sqlalchemy import Column, Date, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from crm_tui.db.tables.base import AUTOINCREMENT, Id, UtcDateTime, one_of
from crm_tui.domain.kinds import ContactKind, DayKind, Method


class Contact(SQLModel, table=True):
    """A visit, callback or outreach. A withdrawn one stays and says so; `logged_at` is when it was
    logged, if that was not when it was made."""

    __table_args__ = (
        one_of("kind", ContactKind),
        one_of("method", Method),
        UniqueConstraint("customer_id", "staff_id", "started_at"),
        Index("ix_contact_customer_id_started_at", "customer_id", "started_at", "id"),
        Index("ix_contact_staff_id_started_at", "staff_id", "started_at", "id"),
        Index("ix_contact_branch_id_started_at", "branch_id", "started_at", "id"),
        Index("ix_contact_started_at", "started_at", "id"),
        AUTOINCREMENT,
    )

    id: int | None = Field(default=None, sa_column=Column(Id, primary_key=True))
    customer_id: int = Field(sa_column=Column(Id, ForeignKey("customer.id"), nullable=False))
    staff_id: int = Field(sa_column=Column(Id, ForeignKey("staff.id"), nullable=False))
    branch_id: int = Field(sa_column=Column(Id, ForeignKey("branch.id"), nullable=False))
    kind: str = Field(default=ContactKind.VISIT.value, max_length=16)
    method: str = Field(max_length=16)
    started_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    duration_seconds: int | None = None
    purpose: str = Field(default="", max_length=200, repr=False)
    content: str = Field(default="", sa_column=Column(Text, nullable=False), repr=False)
    direction: str = Field(default="", max_length=200, repr=False)
    expected_return: str = Field(default="", max_length=200, repr=False)
    risk_control: str = Field(default="", max_length=200, repr=False)
    risk_appetite: str = Field(default="", max_length=200, repr=False)
    result: str = Field(default="", max_length=200, repr=False)
    next_on: date | None = None
    before_opening: bool = False
    withdrawn_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    logged_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    request_key: str | None = Field(default=None, max_length=36, unique=True)
    version: int = 1
    import_base: bytes | None = Field(default=None, sa_column=Column(LargeBinary), repr=False)
    batch_id: int | None = Field(default=None, sa_column=Column(Id, nullable=True, index=True))


class Draft(SQLModel, table=True):
    """What somebody typed and has not saved, encrypted, by person, form and record."""

    staff_id: int = Field(
        sa_column=Column(Id, ForeignKey("staff.id"), primary_key=True, autoincrement=False)
    )
    form: str = Field(sa_column=Column(String(32), primary_key=True))
    record: str = Field(sa_column=Column(String(64), primary_key=True))
    payload: bytes = Field(sa_column=Column(LargeBinary, nullable=False), repr=False)
    saved_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    session_id: int = Field(sa_column=Column(Id, nullable=False))


class CalendarDay(SQLModel, table=True):
    """A day that departs from Monday to Friday; a year with any row is published."""

    __tablename__ = "calendar_day"
    __table_args__ = (one_of("kind", DayKind),)

    day: date = Field(sa_column=Column(Date, primary_key=True))
    kind: str = Field(max_length=8)
    name: str = Field(default="", max_length=100)
    batch_id: int | None = Field(default=None, sa_column=Column(Id, nullable=True, index=True))
