"""A small program on `SafeApp` for tests in a pty: `python -m tests.terminal.program MODE DIR`."""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
from pathlib import Path

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Input, Static

from crm_tui.terminal.incident import JsonFormatter
from crm_tui.terminal.safe_app import SafeApp
from crm_tui.widgets.password_input import PasswordInput
from crm_tui.widgets.record_table import RecordTable
from tests.support.fake_rows import FakeRow, FakeSource, columns

SECRET = "张伟明13800138000"


class Program(SafeApp[None]):
    """Shows READY, echoes keys, and fails in the way that a letter asks for."""

    BINDINGS = [Binding("ctrl+q", "command('quit')", priority=True)]

    def __init__(self, mode: str, place: Path) -> None:
        idle = 0.4 if mode == "idle" else None
        fresh = (sys.executable, "-m", "tests.terminal.program", "fresh", str(place))
        super().__init__(idle_seconds=idle, fresh_argv=fresh)
        self.mode, self.place = mode, place
        self.draft = ""

    def compose(self) -> ComposeResult:
        yield Static("READY" if self.mode != "fresh" else "FRESH SIGN-IN", id="head", markup=False)
        yield Static("", id="keys", markup=False)
        yield PasswordInput(id="password") if self.mode == "password" else Input(id="text")

    def action_command(self, name: str) -> None:
        if name == "quit":
            self.exit(return_code=0)

    def on_resize(self, event: events.Resize) -> None:
        self.query_one("#keys", Static).update(f"SIZE {event.size.width}x{event.size.height}")

    @on(Input.Changed)
    def changed(self, event: Input.Changed) -> None:
        self.draft = event.value
        if self.mode == "crash" and event.value:
            customer = SECRET
            raise ValueError(f"cannot show {customer}")
        if self.mode == "worker" and event.value:
            self.fail(SECRET)
        if self.mode == "thread" and event.value:
            threading.Thread(target=lambda secret=SECRET: 1 / len(secret[:0])).start()
            self.query_one("#head", Static).update("THREAD DIED")
        if self.mode == "hang" and event.value:
            self.wait_for_ever()
            self.query_one("#head", Static).update("HANGING")

    @work(thread=True)
    def fail(self, customer: str) -> None:
        raise KeyError(customer)

    @work(thread=True)
    def wait_for_ever(self) -> None:
        threading.Event().wait()

    async def save_and_leave(self, reason: str) -> None:
        if self.mode == "slow":
            await asyncio.sleep(60)
        (self.place / "saved").write_text(f"{reason}:{self.draft}", encoding="utf-8")


class TableProgram(SafeApp[None]):
    """A record table over a million rows."""

    BINDINGS = [
        Binding("down", "cursor_down"),
        Binding("pagedown", "page_down"),
        Binding("end", "end"),
        Binding("ctrl+q", "command('quit')"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.source = FakeSource(1_000_000)
        self.table: RecordTable[FakeRow] = RecordTable(columns(), lambda row: row.number)

    def compose(self) -> ComposeResult:
        yield self.table

    def on_mount(self) -> None:
        self.table.reset()
        self.table.focus()

    def on_record_table_wanted(self, event: RecordTable.Wanted) -> None:
        self.table.put_page(self.source.page(event.request))

    def action_cursor_down(self) -> None:
        self.table.action_cursor_down()

    def action_page_down(self) -> None:
        self.table.action_page_down()

    def action_end(self) -> None:
        self.table.action_end()

    def action_command(self, name: str) -> None:
        self.exit()


def main() -> int:
    """Run; the log is `DIR/log`."""
    mode, place = sys.argv[1], Path(sys.argv[2])
    handler = logging.FileHandler(place / "log", encoding="utf-8")
    handler.setFormatter(JsonFormatter())
    logging.getLogger("crm_tui").addHandler(handler)
    app: SafeApp[None] = TableProgram() if mode == "table" else Program(mode, place)
    app.run()
    return app.return_code or 0


if __name__ == "__main__":
    sys.exit(main())
