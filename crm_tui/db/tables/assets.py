"""Accounts, end-of-day balances and transactions; amounts in fen."""

from datetime import date

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    SmallInteger,
    Table,
)
from sqlmodel import Field, SQLModel

from crm_tui.db.tables.base import AUTOINCREMENT, Id, metadata, one_of
from crm_tui.domain.kinds import Initiator


class Account(SQLModel, table=True):
    """An account of a customer; `category` decides its coefficient."""

    __table_args__ = (AUTOINCREMENT,)

    id: int | None = Field(default=None, sa_column=Column(Id, primary_key=True))
    account_no: str = Field(max_length=32, unique=True)
    customer_id: int = Field(
        sa_column=Column(Id, ForeignKey("customer.id"), nullable=False, index=True)
    )
    category: str = Field(max_length=32)
    currency: str = Field(default="CNY", max_length=3)
    opened_on: date | None = None
    batch_id: int | None = Field(default=None, sa_column=Column(Id, nullable=True, index=True))


# End-of-day balances, only on days with a movement; a correction is a new revision
# of (account, day) and the latest wins. Without a rowid: five million rows or more.
balance = Table(
    "balance",
    metadata,
    Column("account_id", Id, ForeignKey("account.id"), primary_key=True, autoincrement=False),
    Column("day", Date, primary_key=True),
    Column("revision", SmallInteger, primary_key=True, autoincrement=False),
    Column("amount", BigInteger, nullable=False),
    Column("batch_id", Id, nullable=True),
    # So that a month of any balance times its coefficient stays within 64 bits.
    CheckConstraint("amount BETWEEN -1000000000000000 AND 1000000000000000", name="amount"),
    sqlite_with_rowid=False,
)


class Transaction(SQLModel, table=True):
    """A booked movement on an account."""

    __tablename__ = "transactions"
    __table_args__ = (
        one_of("initiator", Initiator),
        Index("ix_transactions_account_id_booked_on", "account_id", "booked_on"),
        AUTOINCREMENT,
    )

    id: int | None = Field(default=None, sa_column=Column(Id, primary_key=True))
    transaction_no: str = Field(max_length=64, unique=True)
    account_id: int = Field(sa_column=Column(Id, ForeignKey("account.id"), nullable=False))
    booked_on: date
    amount: int = Field(sa_column=Column(BigInteger, nullable=False))
    initiator: str = Field(max_length=16)
    batch_id: int | None = Field(default=None, sa_column=Column(Id, nullable=True, index=True))
