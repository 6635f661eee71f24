"""Expressions that the two databases write differently, and a table read along one index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Date, Integer, TableClause, column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.sql.visitors import InternalTraversal

if TYPE_CHECKING:
    from sqlalchemy import Table
    from sqlalchemy.sql.compiler import SQLCompiler


class plus_days(GenericFunction[Any]):  # noqa: N801 (named as in SQL)
    """`plus_days(date, days)`: the date so many days later."""

    type = Date()
    inherit_cache = True
    name = "plus_days"


@compiles(plus_days, "sqlite")
def _plus_days_sqlite(element: Any, compiler: SQLCompiler, **kw: Any) -> str:
    day, days = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"date({day}, '+' || ({days}) || ' days')"


@compiles(plus_days, "postgresql")
def _plus_days_postgresql(element: Any, compiler: SQLCompiler, **kw: Any) -> str:
    day, days = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"({day} + ({days})::integer)"


class shanghai_day(GenericFunction[Any]):  # noqa: N801 (named as in SQL)
    """`shanghai_day(instant)`: its business date; UTC+8 as since 1992, on both alike."""

    type = Date()
    inherit_cache = True
    name = "shanghai_day"


@compiles(shanghai_day, "sqlite")
def _shanghai_day_sqlite(element: Any, compiler: SQLCompiler, **kw: Any) -> str:
    return f"date({compiler.process(element.clauses, **kw)}, '+8 hours')"


@compiles(shanghai_day, "postgresql")
def _shanghai_day_postgresql(element: Any, compiler: SQLCompiler, **kw: Any) -> str:
    at = compiler.process(element.clauses, **kw)
    return f"(({at}) AT TIME ZONE 'UTC' + interval '8 hours')::date"


class day_of_month(GenericFunction[Any]):  # noqa: N801 (named as in SQL)
    """`day_of_month(date)`: 1 to 31."""

    type = Integer()
    inherit_cache = True
    name = "day_of_month"


@compiles(day_of_month, "sqlite")
def _day_of_month_sqlite(element: Any, compiler: SQLCompiler, **kw: Any) -> str:
    return f"CAST(substr({compiler.process(element.clauses, **kw)}, 9, 2) AS INTEGER)"


@compiles(day_of_month, "postgresql")
def _day_of_month_postgresql(element: Any, compiler: SQLCompiler, **kw: Any) -> str:
    return f"extract(day from {compiler.process(element.clauses, **kw)})::integer"


class contains(GenericFunction[Any]):  # noqa: N801 (named as in SQL)
    """`contains(text, part)`: whether the part occurs, byte by byte, without wildcards."""

    inherit_cache = True
    name = "contains"


@compiles(contains, "sqlite")
def _contains_sqlite(element: Any, compiler: SQLCompiler, **kw: Any) -> str:
    return f"(instr({compiler.process(element.clauses, **kw)}) > 0)"


@compiles(contains, "postgresql")
def _contains_postgresql(element: Any, compiler: SQLCompiler, **kw: Any) -> str:
    return f"(strpos({compiler.process(element.clauses, **kw)}) > 0)"


class Along(TableClause):
    """A table that SQLite reads along the named index; PostgreSQL plans for itself.

    SQLite has no statistics here and would take the wrong index for a filter.
    """

    inherit_cache = True
    _traverse_internals = [
        *TableClause._traverse_internals,  # noqa: SLF001 (how SQLAlchemy keys its cache)
        ("along", InternalTraversal.dp_string),
    ]

    def __init__(self, table: Table, index: str) -> None:
        super().__init__(table.name, *(column(c.name, c.type) for c in table.columns))
        self.along = index


@compiles(Along)
def _along_plain(element: Any, compiler: SQLCompiler, **kw: Any) -> str:
    return str(compiler.visit_table(element, **kw))  # type: ignore[no-untyped-call]


@compiles(Along, "sqlite")
def _along_sqlite(element: Any, compiler: SQLCompiler, **kw: Any) -> str:
    text = _along_plain(element, compiler, **kw)
    if not kw.get("asfrom"):
        return text
    return f"{text} INDEXED BY {element.along}"
