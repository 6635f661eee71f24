"""A demo bank made by the command line, and the real program on it in a pseudo terminal."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.support.once import once_per_run

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.pty_session import PtySession

# Not that of every demo bank, which is in the program.
PASSWORD = "lange Parole 4711"
PEOPLE = ("lina", "zhaomin", "zhoutao")
NOW = "2026-03-02T10:00"
CRM = (sys.executable, "-m", "crm_tui")


def run(*words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """A command to its end."""
    return subprocess.run(
        [*CRM, *words], input=stdin, capture_output=True, text=True, check=True, env=os.environ
    )


def made() -> Path:
    """Twenty customers, and three people with passwords of their own; the directory of the bank,
    to be copied."""
    return once_per_run("real bank", _make)


def _make(directory: Path) -> None:
    run("demo", "--customers", "20", "--make-only", "--directory", str(directory), "--now", NOW)
    bank = RealBank(directory, _nothing)
    for username in PEOPLE:
        words = ("--config", str(bank.config()), "staff", "passwd", username, "--password-stdin")
        run(*words, stdin=f"{PASSWORD}\n")


def _nothing(*_words: object) -> PtySession:
    raise AssertionError("the original of the bank is not opened")


@dataclass(slots=True)
class RealBank:
    """A copy of the bank for one test, with a config file of its own."""

    directory: Path
    start: Callable[..., PtySession]
    # What opens after signing in.
    area: str = "customers"

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.directory / "demo.db"

    @property
    def log(self) -> str:
        """What the program has logged."""
        path = self.directory / "log"
        return path.read_text("utf-8") if path.exists() else ""

    def config(self, **security: int) -> Path:
        """The settings file."""
        path = self.directory / "config.toml"
        lines = [
            "[database]", f'url = "sqlite:///{self.database}"', "busy_timeout = 1",
            "[security]", f'key_file = "{self.directory / "demo.key"}"',
            *(f"{key} = {value}" for key, value in security.items()),
            "[ui]", f'first_area = "{self.area}"',
            "[log]", f'file = "{self.directory / "log"}"',
        ]  # fmt: skip
        path.write_text("\n".join(lines) + "\n", "utf-8")
        path.chmod(0o600)
        return path

    def open(self, *, minute: float | None = None, **more: Any) -> PtySession:
        """The program at its sign-in; `minute` is how long a minute of the idle lock is."""
        command = [*CRM, "--config", str(self.config(**more.pop("security", {})))]
        if minute is not None:
            code = (
                "import sys, crm_tui.app\n"
                f"crm_tui.app.MINUTE = {minute}\n"
                "from crm_tui.cli import main\n"
                "sys.exit(main(sys.argv[1:]))"
            )
            command = [sys.executable, "-c", code, *command[3:]]
        session = self.start(command, **more)
        session.wait_for("User name")
        return session

    def sign_in(self, username: str = "lina", *, shown: str = "Customers F3") -> PtySession:
        """The program, somebody signed in by keys."""
        return sign_in(self.open(), username, shown=shown)

    def ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of the database, past the program."""
        with closing(sqlite3.connect(self.database)) as connection:
            return connection.execute(query, values).fetchall()

    def do(self, statement: str, *values: object) -> None:
        """Change the database past the program."""
        with closing(sqlite3.connect(self.database)) as connection, connection:
            connection.execute(statement, values)

    def customers(self, username: str = "lina") -> list[tuple[int, str, str]]:
        """Id, number and name of somebody's own customers, in the order of numbers."""
        return self.ask(
            "SELECT c.id, c.customer_no, c.name FROM customer c JOIN staff s ON s.id = c.manager_id"
            " WHERE s.username = ? AND c.kind = 'individual' ORDER BY c.customer_no",
            username,
        )  # type: ignore[return-value]


def copied(directory: Path, start: Callable[..., PtySession]) -> RealBank:
    """A bank of a test's own."""
    shutil.copytree(made(), directory)
    return RealBank(directory, start)


def sign_in(session: PtySession, username: str, *, shown: str = "Customers F3") -> PtySession:
    """Sign in by keys."""
    session.type(f"{username}\r{PASSWORD}\r")
    session.wait_for(shown)
    return session
