"""Secondary indexes taken away while millions of rows come in, and made anew over all of them.

Making one over finished rows is a sort; keeping it up to date row by row is a random write each.
The full-text index of SQLite is filled by a trigger, which goes and comes back likewise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from crm_tui.db.bulk import Bulk

_SQLITE: Final = (
    "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? "
    "AND sql LIKE 'CREATE INDEX%' ORDER BY name"
)
_POSTGRES: Final = (
    "SELECT c.relname, pg_get_indexdef(c.oid) FROM pg_index AS i "
    "JOIN pg_class AS c ON c.oid = i.indexrelid JOIN pg_class AS t ON t.oid = i.indrelid "
    "JOIN pg_namespace AS n ON n.oid = t.relnamespace "
    "WHERE t.relname = ? AND n.nspname = current_schema() AND NOT i.indisunique ORDER BY 1"
)


def take_away(bulk: Bulk, table: str) -> list[str]:
    """Drop the indexes of `table` that keep nothing unique; the statements that bring them back."""
    found = bulk.rows(_SQLITE if bulk.is_sqlite else _POSTGRES, table)
    for name, _sql in found:
        bulk.run(f'DROP INDEX "{name}"')
    return [sql for _name, sql in found]


_TEXT_TRIGGER: Final = "customer_search_after_insert"
# Bytes that FTS5 gathers before it writes a segment: its default, and while it is rebuilt.
_GATHERED: Final = 1 << 20
_GATHERED_ONCE: Final = 64 << 20


def leave_text_out(bulk: Bulk) -> list[str]:
    """Keep new search texts out of SQLite's full-text index; what puts all of them in."""
    if not bulk.is_sqlite:
        return []
    found = bulk.rows("SELECT sql FROM sqlite_master WHERE name = ?", _TEXT_TRIGGER)
    bulk.run(f"DROP TRIGGER {_TEXT_TRIGGER}")
    gather = "INSERT INTO customer_fts(customer_fts, rank) VALUES ('hashsize', {size})"
    return [
        found[0][0],
        gather.format(size=_GATHERED_ONCE),
        "INSERT INTO customer_fts(customer_fts) VALUES ('rebuild')",
        gather.format(size=_GATHERED),
    ]
