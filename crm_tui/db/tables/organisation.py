"""Branches, departments, staff and their roles, sessions."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, LargeBinary
from sqlmodel import Field, SQLModel

from crm_tui.db.tables.base import AUTOINCREMENT, Id, UtcDateTime, one_of
from crm_tui.domain.kinds import BranchKind
from crm_tui.domain.staff import Role


class Branch(SQLModel, table=True):
    """A node of the tree of branches and departments; the root is HQ."""

    __table_args__ = (one_of("kind", BranchKind), AUTOINCREMENT)

    id: int | None = Field(default=None, sa_column=Column(Id, primary_key=True))
    code: str = Field(max_length=32, unique=True)
    name: str = Field(max_length=200)
    kind: str = Field(default=BranchKind.BRANCH.value, max_length=16)
    parent_id: int | None = Field(
        default=None, sa_column=Column(Id, ForeignKey("branch.id"), index=True, nullable=True)
    )
    version: int = 1
    import_base: bytes | None = Field(default=None, sa_column=Column(LargeBinary), repr=False)
    batch_id: int | None = Field(default=None, sa_column=Column(Id, nullable=True, index=True))


class Staff(SQLModel, table=True):
    """A person who can sign in once a password is set."""

    __table_args__ = (AUTOINCREMENT,)

    id: int | None = Field(default=None, sa_column=Column(Id, primary_key=True))
    username: str = Field(max_length=64, unique=True)
    name: str = Field(max_length=200)
    name_key: str = Field(default="", max_length=400)
    password_hash: str | None = Field(default=None, max_length=255, repr=False)
    failures: int = 0
    locked_until: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    disabled: bool = False
    language: str | None = Field(default=None, max_length=8)
    version: int = 1
    import_base: bytes | None = Field(default=None, sa_column=Column(LargeBinary), repr=False)
    batch_id: int | None = Field(default=None, sa_column=Column(Id, nullable=True, index=True))


class StaffRole(SQLModel, table=True):
    """A role held at a branch between two dates, the last one excluded."""

    __tablename__ = "staff_role"
    __table_args__ = (
        one_of("role", Role),
        CheckConstraint("until_on IS NULL OR until_on >= from_on", name="dates"),
        Index("ix_staff_role_staff_id", "staff_id"),
        AUTOINCREMENT,
    )

    id: int | None = Field(default=None, sa_column=Column(Id, primary_key=True))
    staff_id: int = Field(sa_column=Column(Id, ForeignKey("staff.id"), nullable=False))
    branch_id: int = Field(
        sa_column=Column(Id, ForeignKey("branch.id"), nullable=False, index=True)
    )
    role: str = Field(max_length=20)
    from_on: date
    until_on: date | None = None
    batch_id: int | None = Field(default=None, sa_column=Column(Id, nullable=True, index=True))


class SignIn(SQLModel, table=True):
    """A session: from sign-in to sign-out, lock or a dropped line."""

    __tablename__ = "sign_in"
    __table_args__ = (AUTOINCREMENT,)

    id: int | None = Field(default=None, sa_column=Column(Id, primary_key=True))
    staff_id: int = Field(sa_column=Column(Id, ForeignKey("staff.id"), nullable=False, index=True))
    started_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    process: str = Field(default="", max_length=160)
    ended_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    ended_by: str | None = Field(default=None, max_length=20)
