"""The work diary: one entry per person and working day, and corrections after its review."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from crm_tui.db.tables.base import AUTOINCREMENT, Id, UtcDateTime, one_of
from crm_tui.domain.kinds import DiaryState


class Diary(SQLModel, table=True):
    """One day of one person. What is being typed lives in `draft` until it is saved."""

    __table_args__ = (
        one_of("state", DiaryState),
        UniqueConstraint("staff_id", "day"),
        CheckConstraint("reviewer_id IS NULL OR reviewer_id <> staff_id", name="reviewer"),
        Index("ix_diary_branch_id_state_day", "branch_id", "state", "day", "id"),
        Index("ix_diary_state_day", "state", "day", "id"),
        AUTOINCREMENT,
    )

    id: int | None = Field(default=None, sa_column=Column(Id, primary_key=True))
    staff_id: int = Field(sa_column=Column(Id, ForeignKey("staff.id"), nullable=False))
    branch_id: int = Field(sa_column=Column(Id, ForeignKey("branch.id"), nullable=False))
    day: date
    state: str = Field(default=DiaryState.DRAFT.value, max_length=12)
    content: str = Field(default="", sa_column=Column(Text, nullable=False), repr=False)
    method: str = Field(default="", sa_column=Column(Text, nullable=False), repr=False)
    insight: str = Field(default="", sa_column=Column(Text, nullable=False), repr=False)
    reflection: str = Field(default="", sa_column=Column(Text, nullable=False), repr=False)
    # Which touches of the day were proposed for it, as JSON; unknown in entries of before.
    proposed: str | None = Field(default=None, sa_column=Column(Text), repr=False)
    submitted_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    late: bool = False
    reviewer_id: int | None = Field(
        default=None, sa_column=Column(Id, ForeignKey("staff.id"), nullable=True)
    )
    reviewed_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    comment: str = Field(default="", sa_column=Column(Text, nullable=False), repr=False)
    exemplary: bool = False
    version: int = 1
    batch_id: int | None = Field(default=None, sa_column=Column(Id, nullable=True, index=True))


class DiaryAddendum(SQLModel, table=True):
    """A correction to a reviewed entry, whose own text is never changed."""

    __tablename__ = "diary_addendum"
    __table_args__ = (AUTOINCREMENT,)

    id: int | None = Field(default=None, sa_column=Column(Id, primary_key=True))
    diary_id: int = Field(sa_column=Column(Id, ForeignKey("diary.id"), nullable=False, index=True))
    staff_id: int = Field(sa_column=Column(Id, ForeignKey("staff.id"), nullable=False))
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    text: str = Field(sa_column=Column(Text, nullable=False), repr=False)
    request_key: str | None = Field(default=None, max_length=36, unique=True)
