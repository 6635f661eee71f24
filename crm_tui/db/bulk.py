"""Fast paths of imports: short steps, sets of keys, driver-level batches.

SQL is written once, with `?` for a value and these words:
`{ids}` is a set of ids passed by `Bulk.keys`; `{keys}` a joinable list of key tuples.
"""

from __future__ import annotations

import json
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import event
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from crm_tui.db.failures import translate
from crm_tui.db.store import open_engine

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Engine

    from crm_tui.db.store import Store

# Pages of 4 KiB (negative: KiB): index pages of a million customers are touched at random.
_SQLITE_PRAGMAS: Final = ("cache_size=-49152", "wal_autocheckpoint=0")
# Steps whose pages are copied from the log into the file together: pages of an index are written
# again and again, but the log must stay so short that no commit of a person has much to copy.
_STEPS_LOGGED: Final = 4
_ID_SET_SQLITE: Final = "IN (SELECT value FROM json_each(?))"
_ID_SET_POSTGRES: Final = "= ANY(CAST(? AS bigint[]))"


def checkpoint(connection: Connection) -> None:
    """Copy what SQLite has logged into the file, between two steps: nobody waits for it there.

    What cannot be copied, on a full disk perhaps, is stored all the same, and copied later.
    """
    driver: Any = connection.connection.driver_connection
    with suppress(driver.Error):
        driver.execute("PRAGMA wal_checkpoint(PASSIVE)").close()


def _give_back_freed() -> None:
    """Pages are freed in small pieces, which the C library keeps for pieces as small."""
    import ctypes

    with suppress(AttributeError):  # one that has no such call
        ctypes.CDLL(None).malloc_trim(0)


class BulkStore:
    """A store as an import uses it: an engine of its own, one transaction per step."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.is_sqlite = store.is_sqlite
        self._engine = open_engine(store.url, pool_size=1, busy_timeout=30)
        self._logged = 0

    @contextmanager
    def step(self) -> Iterator[Bulk]:
        """One short transaction; people wait for its end at the most. Raises StoreError."""
        with self.store.gate.exclusive(), translate(), Session(self._engine) as session:
            options = {"begin_immediate": True} if self.is_sqlite else {}
            session.connection(execution_options=options)
            yield Bulk(session, self.is_sqlite)
            session.commit()
        self._logged += 1
        if self.is_sqlite and self._logged % _STEPS_LOGGED == 0:
            with translate(), self._engine.connect() as connection:
                checkpoint(connection)

    @contextmanager
    def read(self) -> Iterator[Bulk]:
        """A short look at the database. Raises StoreError."""
        with translate(), Session(self._engine) as session:
            yield Bulk(session, self.is_sqlite)

    def prepare(self, *, by_key: bool = False) -> None:
        """Give every connection what it needs for a long run; call it before the first step.

        `by_key` when all is looked up by keys, as foreign keys are: PostgreSQL would read a table
        that grows from nothing whole for each of them, until it has counted it anew.
        """

        @event.listens_for(self._engine, "connect")
        def settle(connection: Any, _record: object) -> None:
            if self.is_sqlite:
                for pragma in _SQLITE_PRAGMAS:
                    connection.execute(f"PRAGMA {pragma}").close()
            elif by_key:
                connection.execute("SET SESSION enable_seqscan=off").close()
                connection.commit()

    def rest(self) -> None:
        """Give back the memory of pages that this connection will not need again."""
        if self.is_sqlite:
            with translate(), self._engine.connect() as connection:
                driver: Any = connection.connection.driver_connection
                driver.execute("PRAGMA shrink_memory").close()
            _give_back_freed()

    def close(self) -> None:
        """Give back the connection and its memory."""
        self._engine.dispose()

    @property
    def engine(self) -> Engine:
        """The engine, for what must outlive a transaction."""
        return self._engine


class Bulk:
    """One transaction of an import, in SQL."""

    def __init__(self, session: Session, is_sqlite: bool) -> None:
        self.session = session
        self.is_sqlite = is_sqlite
        self._connection = session.connection()

    def rows(self, sql: str, *values: Any) -> Sequence[Any]:
        """Every row of a query."""
        return self._connection.exec_driver_sql(self._sql(sql), values).all()

    def run(self, sql: str, *values: Any) -> int:
        """Execute, and say how many rows were touched."""
        return self._connection.exec_driver_sql(self._sql(sql), values).rowcount

    def run_many(self, sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
        """Execute once per row."""
        if rows:
            self._connection.exec_driver_sql(self._sql(sql), rows)

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert many rows; by COPY on PostgreSQL. Dates and instants may be ISO text."""
        if not rows:
            return
        named = ", ".join(columns)
        if self.is_sqlite:
            marks = ", ".join("?" * len(columns))
            self.run_many(f"INSERT INTO {table} ({named}) VALUES ({marks})", rows)  # noqa: S608
        else:
            self._copy(f"COPY {table} ({named}) FROM STDIN", rows)

    # SQLite's full-text index writes out what it holds at the start of every statement on a table
    # with triggers: row by row it would write, and merge, an index per row.

    def insert_as_one(
        self, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
    ) -> None:
        """Insert many rows of text and numbers, on SQLite by one statement."""
        if not (rows and self.is_sqlite):
            self.insert(table, columns, rows)
            return
        parts = ", ".join(f"json_extract(value, '$[{n}]')" for n in range(len(columns)))
        sql = f"INSERT INTO {table} ({', '.join(columns)}) SELECT {parts} FROM json_each(?)"  # noqa: S608
        self.run(sql, json.dumps(rows))

    def update_as_one(
        self, table: str, column: str, key: str, rows: Sequence[tuple[Any, Any]]
    ) -> None:
        """Set a column of many rows given as (value, key), on SQLite by one statement."""
        if self.is_sqlite:
            self.run(
                f"UPDATE {table} SET {column} = json_extract(given.value, '$[0]') "  # noqa: S608
                f"FROM json_each(?) AS given WHERE {key} = json_extract(given.value, '$[1]')",
                json.dumps(rows),
            )
        else:
            self.run_many(f"UPDATE {table} SET {column} = ? WHERE {key} = ?", rows)  # noqa: S608

    def reserve_ids(self, table: str, count: int) -> list[int]:
        """Ids of `table` that nobody else will get; a rolled-back step may leave a gap."""
        if count == 0:
            return []
        if not self.is_sqlite:
            named = f"{table}_id_seq"
            sql = "SELECT nextval(CAST(? AS regclass)) FROM generate_series(1, ?)"
            return [row[0] for row in self.rows(sql, named, count)]
        known = self.rows("SELECT seq FROM sqlite_sequence WHERE name = ?", table)
        first = (known[0][0] if known else 0) + 1
        return list(range(first, first + count))

    def keys(self, ids: Iterable[int]) -> Any:
        """The value for `{ids}`."""
        return json.dumps(list(ids)) if self.is_sqlite else list(ids)

    def key_list(
        self, alias: str, types: Sequence[str], tuples: Sequence[tuple[Any, ...]]
    ) -> tuple[str, tuple[Any, ...]]:
        """A FROM item `alias(i, k0, k1…)` of key tuples, and its values.

        `types` are PostgreSQL's. Join to it with CROSS JOIN and WHERE, so that SQLite starts
        from it.
        """
        if self.is_sqlite:
            parts = ", ".join(f"json_extract(value, '$[{n}]') AS k{n}" for n in range(len(types)))
            source = f"(SELECT key AS i, {parts} FROM json_each(?)) AS {alias}"  # noqa: S608
            return source, (json.dumps(tuples),)
        arrays = ", ".join(f"CAST(? AS {kind}[])" for kind in types)
        names = ", ".join(f"k{n}" for n in range(len(types)))
        values = tuple([key[n] for key in tuples] for n in range(len(types)))
        return f"unnest({arrays}) WITH ORDINALITY AS {alias}({names}, i)", values

    @property
    def first_place(self) -> int:
        """What `i` of the first tuple of `key_list` is."""
        return 0 if self.is_sqlite else 1

    def instant(self, at: datetime) -> str:
        """An aware UTC instant as text that either database stores as its own."""
        text = at.strftime("%Y-%m-%d %H:%M:%S.%f")
        return text if self.is_sqlite else f"{text}+00"

    def _sql(self, sql: str) -> str:
        if self.is_sqlite:
            return sql.replace("{ids}", _ID_SET_SQLITE)
        return sql.replace("{ids}", _ID_SET_POSTGRES).replace("?", "%s")

    def _copy(self, sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
        driver: Any = self._connection.connection.driver_connection
        dialect = self._connection.dialect
        assert dialect.dbapi is not None
        try:
            with driver.cursor() as cursor, cursor.copy(sql) as copy:
                for row in rows:
                    copy.write_row(row)
        except dialect.dbapi.Error as error:
            raise DBAPIError.instance(
                sql, None, error, dialect.dbapi.Error, hide_parameters=True, dialect=dialect
            ) from None
