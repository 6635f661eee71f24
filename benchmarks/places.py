"""Where data sets, peers and results lie: the cache directory, outside the tree.

A data set is named by what generates it and by its size; a changed generator makes a new one.
"""

from __future__ import annotations

import contextlib
import csv
import hashlib
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.report import ROOT
from crm_tui import config
from crm_tui.domain.audit import Actor

if TYPE_CHECKING:
    from crm_tui.config import Settings

# Raised when a data set must be made anew although its generator's text is as before.
VERSION: Final = 1
# The bank's clock: a Monday morning; the last closed month is October.
NOW: Final = datetime(2026, 11, 23, 1, 14, tzinfo=UTC)
NOW_TEXT: Final = "2026-11-23T09:14"
ACTOR: Final = Actor("operator:bench")
# Head office: everybody is in reach.
USER: Final = "linxia"
_GENERATORS: Final = ("crm_tui/demo", "crm_tui/db/migrations")


def cache_directory() -> Path:
    """`$XDG_CACHE_HOME/crm-tui-bench`, made on first use."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    path = Path(base) / "crm-tui-bench"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


@cache
def generator() -> str:
    """Changes whenever a demo bank would come out differently."""
    digest = hashlib.sha256(str(VERSION).encode())
    for directory in _GENERATORS:
        for path in sorted((ROOT / directory).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:10]


@dataclass(frozen=True, slots=True)
class Bank:
    """A demo bank: where its key lies, and its database."""

    directory: Path
    url: str

    @property
    def key_file(self) -> Path:
        """The key that phones and IDs are encrypted with."""
        return self.directory / "demo.key"

    @property
    def file(self) -> Path:
        """The SQLite file."""
        return self.directory / "demo.db"

    def settings(self) -> Settings:
        """The shipped settings, on this bank."""
        from dataclasses import replace

        return replace(config.load(None), database_url=self.url, key_file=self.key_file)

    def command(self, user: str = USER) -> list[str]:
        """What opens it as somebody, head office by default, at the roster."""
        url = ["--url", self.url] if self.url.startswith("postgresql") else []
        return [
            *PROGRAM, "--config", str(_settings_file()), "demo", "--directory",
            str(self.directory), *url, "--as", user, "--now", NOW_TEXT,
        ]  # fmt: skip


def _settings_file() -> Path:
    """Settings that open the roster first: it is what the peers show too."""
    path = cache_directory() / "config.toml"
    path.write_text('[ui]\nfirst_area = "customers"\n', "utf-8")
    path.chmod(0o600)
    return path


PROGRAM: Final = (str(ROOT / ".venv" / "bin" / "crm-tui"),)


def bank_directory(customers: int, kind: str) -> Path:
    """The directory of a data set; older ones of the same kind and size are removed."""
    path = cache_directory() / f"{kind}-{customers}-{generator()}"
    for old in cache_directory().glob(f"{kind}-{customers}-*"):
        if old != path:
            shutil.rmtree(old)
    path.mkdir(exist_ok=True, mode=0o700)
    return path


def sqlite_bank(customers: int, say: Callable[[str], None]) -> Bank:
    """The SQLite bank of this size, made on first use."""
    directory = bank_directory(customers, "sqlite")
    bank = Bank(directory, f"sqlite:///{directory / 'demo.db'}")
    make_bank(bank, customers, say)
    return bank


def make_bank(bank: Bank, customers: int, say: Callable[[str], None]) -> None:
    """Make it unless it is there."""
    from crm_tui.demo.place import Order, Place, is_there, make

    place = Place(bank.directory, bank.url if bank.url.startswith("postgresql") else "")
    if is_there(place):
        return
    say(f"making a bank of {customers:,} customers, once; this is not measured")
    settings = config.load(None)
    order = Order(
        customers, NOW, settings.config.tier_mapping(), config.policy(settings.config), ACTOR
    )
    said = [""]

    def watch(what: str, part: float) -> None:
        if what != said[0]:
            say(f"  {part:4.0%} {what}")
            said[0] = what

    make(place, order, watch)
    if not bank.url.startswith("postgresql"):
        # The write-ahead log goes into the file, so that the file alone can be copied.
        with closing(sqlite3.connect(bank.file)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextlib.contextmanager
def copied(bank: Bank) -> Iterator[Bank]:
    """A copy of a SQLite bank that may be changed, gone afterwards."""
    directory = cache_directory() / f"copy-{os.getpid()}"
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(mode=0o700)
    try:
        shutil.copyfile(bank.file, directory / "demo.db")
        shutil.copyfile(bank.key_file, directory / "demo.key")
        (directory / "demo.key").chmod(0o600)
        os.sync()
        yield Bank(directory, f"sqlite:///{directory / 'demo.db'}")
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def roster_csv(bank: Bank) -> Path:
    """The roster as a file for programs that read no database: what its screen shows."""
    path = bank.directory / "roster.csv"
    if path.exists():
        return path
    part = path.with_suffix(".part")
    with closing(sqlite3.connect(bank.file)) as connection, part.open("w", newline="") as file:
        rows = connection.execute(roster_sql(bank))
        writer = csv.writer(file)
        writer.writerow([column[0] for column in rows.description])
        writer.writerows(rows)
    part.rename(path)
    return path


def roster_sql(bank: Bank) -> str:
    """The roster in its order, as a query that any client could send."""
    with closing(sqlite3.connect(bank.file)) as connection:
        (letter,) = connection.execute("SELECT letter FROM roster_current").fetchone()
    return (
        "SELECT r.tier_rank, c.customer_no, c.name, c.mobile_mask, r.assets, b.name AS branch, "
        "s.name AS owner, c.opened_on, c.state "
        f"FROM roster_{letter} AS r JOIN customer AS c ON c.id = r.customer_id "
        "JOIN branch AS b ON b.id = c.branch_id LEFT JOIN staff AS s ON s.id = c.manager_id "
        "ORDER BY r.tier_rank DESC, r.assets DESC, r.tie DESC"
    )
