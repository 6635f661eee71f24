"""Rule sets, assessments per period, and the history of held tiers."""

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
)
from sqlmodel import Field, SQLModel

from crm_tui.db.tables.base import AUTOINCREMENT, Id, UtcDateTime, metadata, one_of, only
from crm_tui.domain.kinds import TierReason


class RuleSetRow(SQLModel, table=True):
    """A version of the tier rules, in force from a date; `rules` is canonical JSON."""

    __tablename__ = "rule_set"
    __table_args__ = (AUTOINCREMENT,)

    id: int | None = Field(default=None, sa_column=Column(Id, primary_key=True))
    effective_on: date = Field(unique=True)
    rules: str = Field(sa_column=Column(Text, nullable=False))
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    batch_id: int | None = Field(default=None, sa_column=Column(Id, nullable=True, index=True))


# What a recompute found for one customer and period. Sums are Σ fen over the days of
# the period; the household's is over its members. Averages are sums over `days`.
assessment = Table(
    "assessment",
    metadata,
    Column("customer_id", Id, primary_key=True, autoincrement=False),
    Column("period", Date, primary_key=True),
    Column("own_sum", BigInteger, nullable=False),
    Column("household_sum", BigInteger, nullable=True),
    Column("members", Integer, nullable=True),
    Column("days", SmallInteger, nullable=False),
    Column("qualifying_rank", SmallInteger, nullable=False),
    Column("rule_set_id", Id, nullable=False),
    # Of a million rows made from the customers themselves, PostgreSQL would look each one up and
    # lock it: nearly half of a recompute's time, and of its log. `schema.integrity_problem` looks.
    ForeignKeyConstraint(["customer_id"], ["customer.id"]).ddl_if(dialect="sqlite"),
    ForeignKeyConstraint(["rule_set_id"], ["rule_set.id"]).ddl_if(dialect="sqlite"),
    sqlite_with_rowid=False,
)


class TierHeld(SQLModel, table=True):
    """A tier held from a date; the row without an end is the one in force."""

    __tablename__ = "tier_held"
    __table_args__ = (
        one_of("reason", TierReason),
        CheckConstraint("tier_rank BETWEEN 1 AND 4", name="tier_rank"),
        Index(
            "uq_tier_held_current",
            "customer_id",
            unique=True,
            **only("until_on IS NULL"),
        ),
        Index(
            "ix_tier_held_batch_id",
            "batch_id",
            **only("batch_id IS NOT NULL"),
        ),
        AUTOINCREMENT,
    )

    id: int | None = Field(default=None, sa_column=Column(Id, primary_key=True))
    customer_id: int = Field(
        sa_column=Column(Id, ForeignKey("customer.id"), nullable=False, index=True)
    )
    tier_rank: int = Field(sa_column=Column(SmallInteger, nullable=False))
    from_on: date
    until_on: date | None = None
    reason: str = Field(max_length=16)
    period: date | None = None
    staff_id: int | None = Field(
        default=None, sa_column=Column(Id, ForeignKey("staff.id"), nullable=True)
    )
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    batch_id: int | None = Field(default=None, sa_column=Column(Id, nullable=True))
