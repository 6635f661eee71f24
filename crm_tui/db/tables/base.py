"""What every table shares: naming of constraints, column types, the editable row."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    Integer,
    String,
    TypeDecorator,
    text,
)
from sqlalchemy.engine import Dialect
from sqlmodel import SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

# Rows of tables are not validated by pydantic, so that its schemas need not be built at each start.
SQLModel.model_config["defer_build"] = True

metadata = SQLModel.metadata

# SQLite counts ids by itself only in a column of exactly INTEGER.
Id = BigInteger().with_variant(Integer, "sqlite")

# Byte order on both databases: what sorts alike must be stored alike.
Ordered = String().with_variant(String(collation="C"), "postgresql")

_LATER = "postgresql_where"

# SQLite would give the id of a deleted last row to the next one without this.
AUTOINCREMENT = {"sqlite_autoincrement": True}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant; SQLite keeps it as naive UTC, PostgreSQL with its zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """UTC for the database. Raises ValueError for a naive instant."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant without a zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """An aware UTC instant from the database."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def only(where: str, *, postgresql: str = "") -> dict[str, Any]:
    """Arguments of an Index over the rows of which `where` is true, on both databases.

    To name a dialect loads all of it: PostgreSQL's share waits for `know_postgresql`, so that a
    session on SQLite is two megabytes smaller.
    """
    return {"sqlite_where": text(where), "info": {_LATER: text(postgresql or where)}}


def know_postgresql() -> None:
    """Before anything is asked of PostgreSQL: its share of the partial indexes."""
    for table in metadata.tables.values():
        for index in table.indexes:
            if _LATER in index.info:
                index.dialect_options["postgresql"]["where"] = index.info[_LATER]


def one_of(column: str, values: Any, *, nullable: bool = False) -> CheckConstraint:
    """A check that `column` holds one of the enum's or list's values."""
    listed = ", ".join(f"'{getattr(value, 'value', value)}'" for value in values)
    rule = f"{column} IN ({listed})"
    return CheckConstraint(f"{column} IS NULL OR {rule}" if nullable else rule, name=column)
