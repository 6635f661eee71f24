"""The audit chain, import batches with their images, and facts about the database itself."""

from datetime import datetime

from sqlalchemy import Column, Index, LargeBinary, String, Text
from sqlmodel import Field, SQLModel

from crm_tui.db.tables.base import AUTOINCREMENT, Id, UtcDateTime, one_of
from crm_tui.domain.kinds import Outcome


class Audit(SQLModel, table=True):
    """One audited action; `hash` covers the row and the hash before it.

    Refuses UPDATE, DELETE and REPLACE by triggers of the migration.
    """

    __table_args__ = (
        one_of("outcome", Outcome),
        Index("ix_audit_actor_id_action_at", "actor_id", "action", "at"),
        Index("ix_audit_object", "object_kind", "object_id"),
    )

    seq: int = Field(sa_column=Column(Id, primary_key=True, autoincrement=False))
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    actor: str = Field(max_length=100)
    actor_id: int | None = Field(default=None, sa_column=Column(Id, nullable=True))
    role: str = Field(default="", max_length=20)
    session_id: int | None = Field(default=None, sa_column=Column(Id, nullable=True))
    action: str = Field(max_length=40)
    object_kind: str = Field(default="", max_length=32)
    object_id: str = Field(default="", max_length=64)
    branch_id: int | None = Field(default=None, sa_column=Column(Id, nullable=True))
    outcome: str = Field(default=Outcome.DONE.value, max_length=8)
    fields: str = Field(default="", sa_column=Column(Text, nullable=False))
    image_digest: str = Field(default="", max_length=64)
    prev_hash: str = Field(max_length=64)
    hash: str = Field(max_length=64)


class AuditImage(SQLModel, table=True):
    """Before and after of an audited change, encrypted; its digest is in the chain."""

    __tablename__ = "audit_image"

    seq: int = Field(sa_column=Column(Id, primary_key=True, autoincrement=False))
    payload: bytes = Field(sa_column=Column(LargeBinary, nullable=False), repr=False)


class AuditHead(SQLModel, table=True):
    """The end of the chain; its one row is locked as the last statement before commit."""

    __tablename__ = "audit_head"

    id: int = Field(default=1, primary_key=True)
    seq: int = Field(default=0, sa_column=Column(Id, nullable=False))
    hash: str = Field(default="", max_length=64)


class ImportBatch(SQLModel, table=True):
    """One file on its way in: applying, then done; or taking_back, then taken_back.

    A file that is still being checked has no row: killed then, nothing of it is there.
    """

    __tablename__ = "import_batch"
    __table_args__ = (
        one_of("state", ["applying", "done", "taking_back", "taken_back"]),
        AUTOINCREMENT,
    )

    id: int | None = Field(default=None, sa_column=Column(Id, primary_key=True))
    kind: str = Field(max_length=20)
    state: str = Field(max_length=16)
    owner: str = Field(max_length=100)
    file_hash: str = Field(default="", max_length=64)
    started_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    ended_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    rows: int = 0


class ImportImage(SQLModel, table=True):
    """What a row was before a batch changed it (encrypted), and the version it left it at.

    Rows that a batch made carry its `batch_id` and need no image. Gone when the batch is done.
    """

    __tablename__ = "import_image"

    batch_id: int = Field(sa_column=Column(Id, primary_key=True, autoincrement=False))
    table: str = Field(sa_column=Column("table_name", String(32), primary_key=True))
    row: str = Field(sa_column=Column("row_key", String(64), primary_key=True))
    before: bytes = Field(sa_column=Column(LargeBinary, nullable=False), repr=False)
    version_after: int | None = None


class StoreFact(SQLModel, table=True):
    """A fact about the database: `kind` = real or demo, `key_check`, and the like."""

    __tablename__ = "store_fact"

    name: str = Field(sa_column=Column(String(32), primary_key=True))
    value: str = Field(sa_column=Column(Text, nullable=False))
