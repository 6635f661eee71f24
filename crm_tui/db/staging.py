"""Where an import keeps its checked rows until all of them are known to be good.

A database without a name: SQLite unlinks its file as soon as it is made, so that nothing of it
stays behind, however the process ends. Phones and IDs come here encrypted.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

from crm_tui.errors import StoreError
from crm_tui.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_CACHE_KIB = 16_384


class Staging:
    """Rows in the order of their key: `keys` values first, then the line, then the others."""

    def __init__(self, keys: int, others: int) -> None:
        self._keys = [f"k{n}" for n in range(keys)]
        names = [*self._keys, "line", *(f"v{n}" for n in range(others))]
        self._connection = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode=OFF", "synchronous=OFF", f"cache_size=-{_CACHE_KIB}"):
            self._connection.execute(f"PRAGMA {pragma}").close()
        primary = ", ".join([*self._keys, "line"])
        self._connection.execute(
            f"CREATE TABLE staged ({', '.join(names)}, PRIMARY KEY ({primary})) WITHOUT ROWID"
        )
        self._insert = f"INSERT INTO staged VALUES ({', '.join('?' * len(names))})"  # noqa: S608
        self.count = 0

    def add(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Keep rows. Raises StoreError when the disk is full."""
        try:
            self._connection.execute("BEGIN")
            self._connection.executemany(self._insert, rows)
            self._connection.execute("COMMIT")
        except sqlite3.OperationalError:
            raise StoreError(
                _("The disk for temporary files is full; set TMPDIR to a larger one.")
            ) from None
        self.count += len(rows)

    def drop_duplicates(self) -> Iterator[tuple[int, int]]:
        """Give (line, first line) of every row whose key came before, and forget these rows."""
        keys = ", ".join(self._keys)
        again = f"SELECT {keys}, min(line) FROM staged GROUP BY {keys} HAVING count(*) > 1"  # noqa: S608
        same = " AND ".join(f"{key} = ?" for key in self._keys)
        later = f"SELECT line FROM staged WHERE {same} AND line > ? ORDER BY line"  # noqa: S608
        gone = f"DELETE FROM staged WHERE {same} AND line > ?"  # noqa: S608
        # The list is read to its end first: a table must not change under its own scan.
        self._connection.execute(f"CREATE TEMP TABLE again AS {again}")
        for found in self._connection.execute("SELECT * FROM again"):
            for (line,) in self._connection.execute(later, found):
                yield line, found[-1]
            self.count -= self._connection.execute(gone, found).rowcount

    def drop(self, lines: Iterable[int]) -> None:
        """Forget rows by line; for small files, since it reads them all."""
        wanted = set(lines)
        rows = self._connection.execute("SELECT * FROM staged").fetchall()
        place = len(self._keys)
        kept = [row for row in rows if row[place] not in wanted]
        self._connection.execute("DELETE FROM staged")
        self.count = 0
        self.add(kept)

    def in_order(self) -> RowReader:
        """The rows in the order of their key."""
        return RowReader(self._connection.execute("SELECT * FROM staged"))

    def close(self) -> None:
        """Forget everything."""
        self._connection.close()


class RowReader:
    """Hands out rows in parts whose size the caller decides each time."""

    def __init__(self, cursor: sqlite3.Cursor) -> None:
        self._cursor = cursor

    def take(self, count: int) -> list[tuple[Any, ...]]:
        """The next rows; empty at the end."""
        return self._cursor.fetchmany(count)
