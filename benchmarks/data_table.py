"""Textual's own DataTable with some rows of a CSV: `python -m benchmarks.data_table FILE N`."""

from __future__ import annotations

import csv
import itertools
import sys
from pathlib import Path

from rich.text import Text
from textual.app import App, ComposeResult
from textual.widgets import DataTable


class Rows(App[None]):
    """One table, the cursor on whole rows."""

    def compose(self) -> ComposeResult:
        """The table."""
        yield DataTable(cursor_type="row")

    def on_mount(self) -> None:
        """Fill it."""
        table = self.query_one(DataTable)
        with Path(sys.argv[1]).open(newline="", encoding="utf-8") as file:
            rows = csv.reader(file)
            table.add_columns(*next(rows))
            for row in itertools.islice(rows, int(sys.argv[2])):
                table.add_row(*(Text(cell) for cell in row))
        table.focus()


if __name__ == "__main__":
    Rows().run()
