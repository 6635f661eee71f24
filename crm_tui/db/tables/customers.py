"""Customers, their households, the search text and the two roster tables."""

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy import Boolean as SaBoolean
from sqlalchemy import Date as SaDate
from sqlmodel import Field, SQLModel

from crm_tui.db.tables.base import AUTOINCREMENT, Id, Ordered, UtcDateTime, metadata, one_of, only
from crm_tui.domain.kinds import CustomerKind, CustomerState, Gender, IdType


class Customer(SQLModel, table=True):
    """A person or a company. Phone and ID exist only encrypted, masked, hashed and by tail.

    `import_base`, here and elsewhere, holds keyed marks of the values last imported.
    """

    __table_args__ = (
        one_of("kind", CustomerKind),
        one_of("state", CustomerState),
        one_of("id_type", IdType, nullable=True),
        one_of("gender", Gender, nullable=True),
        # Serves the tail alone and the whole number, whose tail is known: each random index
        # costs an import two pages per row.
        Index("ix_customer_mobile", "mobile_tail", "mobile_hash"),
        Index("ix_customer_id_no", "id_no_tail", "id_no_hash"),
        AUTOINCREMENT,
    )

    id: int | None = Field(default=None, sa_column=Column(Id, primary_key=True))
    customer_no: str = Field(max_length=32, unique=True)
    kind: str = Field(default=CustomerKind.INDIVIDUAL.value, max_length=16)
    name: str = Field(max_length=200, repr=False)
    name_key: str = Field(sa_column=Column(Ordered, nullable=False), repr=False)
    id_type: str | None = Field(default=None, max_length=16)
    id_no_enc: bytes | None = Field(default=None, sa_column=Column(LargeBinary), repr=False)
    id_no_mask: str | None = Field(default=None, max_length=64)
    id_no_hash: bytes | None = Field(default=None, sa_column=Column(LargeBinary), repr=False)
    id_no_tail: str | None = Field(default=None, max_length=4, repr=False)
    mobile_enc: bytes | None = Field(default=None, sa_column=Column(LargeBinary), repr=False)
    mobile_mask: str | None = Field(default=None, max_length=32)
    mobile_hash: bytes | None = Field(default=None, sa_column=Column(LargeBinary), repr=False)
    mobile_tail: str | None = Field(default=None, max_length=4, repr=False)
    gender: str | None = Field(default=None, max_length=1)
    birth_date: date | None = Field(default=None, repr=False)
    card_type: str | None = Field(default=None, max_length=32)
    branch_id: int = Field(
        sa_column=Column(Id, ForeignKey("branch.id"), nullable=False, index=True)
    )
    manager_id: int | None = Field(
        default=None, sa_column=Column(Id, ForeignKey("staff.id"), nullable=True, index=True)
    )
    opened_on: date | None = None
    state: str = Field(default=CustomerState.ACTIVE.value, max_length=20)
    request_key: str | None = Field(default=None, max_length=36, unique=True)
    version: int = 1
    import_base: bytes | None = Field(default=None, sa_column=Column(LargeBinary), repr=False)
    batch_id: int | None = Field(default=None, sa_column=Column(Id, nullable=True, index=True))


class Household(SQLModel, table=True):
    """A family whose members' averages count together."""

    __table_args__ = (AUTOINCREMENT,)

    id: int | None = Field(default=None, sa_column=Column(Id, primary_key=True))
    household_no: str = Field(max_length=32, unique=True)
    batch_id: int | None = Field(default=None, sa_column=Column(Id, nullable=True, index=True))


class HouseholdMember(SQLModel, table=True):
    """Membership between two dates, the last one excluded; one household at a time."""

    __tablename__ = "household_member"
    __table_args__ = (
        Index(
            "uq_household_member_current",
            "customer_id",
            unique=True,
            **only("until_on IS NULL"),
        ),
        AUTOINCREMENT,
    )

    id: int | None = Field(default=None, sa_column=Column(Id, primary_key=True))
    household_id: int = Field(
        sa_column=Column(Id, ForeignKey("household.id"), nullable=False, index=True)
    )
    customer_id: int = Field(
        sa_column=Column(Id, ForeignKey("customer.id"), nullable=False, index=True)
    )
    from_on: date | None = None
    until_on: date | None = None
    batch_id: int | None = Field(default=None, sa_column=Column(Id, nullable=True, index=True))


class CustomerSearch(SQLModel, table=True):
    """The token text of a customer; the full-text index of either database hangs on it."""

    __tablename__ = "customer_search"

    customer_id: int = Field(
        sa_column=Column(Id, ForeignKey("customer.id"), primary_key=True, autoincrement=False)
    )
    doc: str = Field(sa_column=Column(Text, nullable=False), repr=False)


# Below every average, so that customers who are not graded end their tier.
NOT_GRADED = -(2**62)
NEVER_DUE = date(9999, 12, 31)


def _roster(letter: str) -> Table:
    """One of the two tables of which `roster_current` names the one in force.

    It repeats what the list sorts, filters and searches by, so that a page is
    one walk along an index. `tie` copies the id: SQLite ignores a rowid in row
    values. `assets` and `household_assets` are averages in fen; who is not graded
    has NOT_GRADED. A contact is overdue after `contact_due_on`, NEVER_DUE without one:
    row values do not compare nulls.
    """
    name = f"roster_{letter}"
    table = Table(
        name,
        metadata,
        # A unique index but no key: rows lie as they were filled, in the order of the tiers.
        Column("customer_id", BigInteger, nullable=False),
        Column("tie", BigInteger, nullable=False),
        Column("branch_id", BigInteger, nullable=False),
        Column("manager_id", BigInteger, nullable=True),
        Column("tier_rank", SmallInteger, nullable=False),
        Column("qualifying_rank", SmallInteger, nullable=False),
        Column("assets", BigInteger, nullable=False),
        Column("household_assets", BigInteger, nullable=True),
        Column("near", SaBoolean, nullable=False),
        Column("state", Ordered, nullable=False),
        Column("name_key", Ordered, nullable=False),
        Column("last_contact_on", SaDate, nullable=True),
        Column("contact_due_on", SaDate, nullable=False),
        Column("doc", Ordered, nullable=False),
    )
    near = only("near = 1", postgresql="near")
    # Nearly everybody is active: an index for the others costs nearly nothing.
    rare = only("state <> 'active'")
    earned = only("qualifying_rank > tier_rank")
    Index(f"uq_{name}_customer_id", "customer_id", unique=True, _table=table)
    Index(f"ix_{name}_tier", "tier_rank", "assets", "tie", "branch_id", "doc", _table=table)
    Index(f"ix_{name}_branch_tier", "branch_id", "tier_rank", "assets", "tie", "doc", _table=table)
    Index(f"ix_{name}_name", "name_key", "tie", "branch_id", _table=table)
    Index(f"ix_{name}_manager_tier", "manager_id", "tier_rank", "assets", "tie", _table=table)
    Index(f"ix_{name}_due", "contact_due_on", "tie", "branch_id", _table=table)
    Index(f"ix_{name}_near", "tier_rank", "assets", "tie", "branch_id", _table=table, **near)
    Index(f"ix_{name}_earned", "tier_rank", "assets", "tie", "branch_id", _table=table, **earned)
    Index(f"ix_{name}_state", "state", "tier_rank", "assets", "tie", _table=table, **rare)
    return table


roster_a = _roster("a")
roster_b = _roster("b")


class RosterCurrent(SQLModel, table=True):
    """One row: which roster table is in force, and whether the other one is being built."""

    __tablename__ = "roster_current"
    __table_args__ = (one_of("letter", ["a", "b"]),)

    id: int = Field(default=1, primary_key=True)
    letter: str = Field(default="a", max_length=1)
    building: bool = False
    period: date | None = None
    computed_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))


class RosterTouched(SQLModel, table=True):
    """Customers whose roster row changed while the other table was being built."""

    __tablename__ = "roster_touched"
    __table_args__ = (UniqueConstraint("customer_id"), AUTOINCREMENT)

    id: int | None = Field(default=None, sa_column=Column(Id, primary_key=True))
    customer_id: int = Field(sa_column=Column(Id, nullable=False))
