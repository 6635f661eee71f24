"""Make the sessions of a SQLite bank those of processes that were killed."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path


def lose_lines(database: Path) -> int:
    """Let every open session seem to be of a process that is gone; how many."""
    with closing(sqlite3.connect(database)) as connection, connection:
        rows = connection.execute(
            "SELECT id, process FROM sign_in WHERE ended_at IS NULL AND process != ''"
        ).fetchall()
        for row_id, process in rows:
            host, pid, started = process.split(" ")
            gone = f"{host} {pid} {int(started) - 1}"
            connection.execute("UPDATE sign_in SET process = ? WHERE id = ?", (gone, row_id))
    return len(rows)
