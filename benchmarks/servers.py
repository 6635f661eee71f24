"""PostgreSQL for the measurements: a cluster in the cache, durable as a bank would run it."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from benchmarks import places
from benchmarks.places import Bank
from tests.support.postgres import OWNER_ROLE, PostgresServer, connect, find_binaries

SETTINGS: Final = (
    "listen_addresses=",
    "unix_socket_permissions=0700",
    # Room for all that the screens read, on the 24 GiB that such a server would have at least.
    "shared_buffers=2GB",
    "max_wal_size=4GB",
    "max_connections=40",
    "log_min_messages=warning",
)


class Postgres:
    """The server, started when it is first needed; use as a context, which stops it."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._server: PostgresServer | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._server is not None:
            self._server.stop()

    def version(self) -> str:
        """The server's, as in `15.18`."""
        return str(self._ask("SHOW server_version")[0][0]).partition(" ")[0]

    def bank(self, customers: int) -> Bank:
        """The bank of this size, made on first use."""
        directory = places.bank_directory(customers, "postgres")
        name = f"bank_{customers}_{places.generator()}"
        self._drop_old(f"bank_{customers}_", name)
        bank = Bank(directory, self._started().url(name))
        made = directory / "made"
        if not made.exists():
            self._ask(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            self._ask(f"CREATE DATABASE {name} OWNER {OWNER_ROLE}")
            places.make_bank(bank, customers, self._say)
            with connect(self._started().url(name)) as connection:
                connection.execute("VACUUM (ANALYZE)")
            made.touch()
        self._warm(name)
        return bank

    def _warm(self, name: str) -> None:
        """Bring the database into memory: a branch's server has been at work since morning."""
        with contextlib.closing(connect(self._started().url(name, "postgres"))) as connection:
            connection.execute("CREATE EXTENSION IF NOT EXISTS pg_prewarm")
            connection.execute(
                "SELECT sum(pg_prewarm(oid::regclass)) FROM pg_class "
                "WHERE relkind IN ('r', 'i') AND relnamespace = 'public'::regnamespace"
            )

    @contextlib.contextmanager
    def copied(self, bank: Bank) -> Iterator[Bank]:
        """A copy of a bank that may be changed, gone afterwards."""
        original = bank.url.partition("@/")[2].partition("?")[0]
        name = f"copy_{os.getpid()}"
        self._alone(original)
        self._ask(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self._ask(f"CREATE DATABASE {name} TEMPLATE {original} OWNER {OWNER_ROLE}")
        self._ask("CHECKPOINT")
        try:
            yield Bank(bank.directory, self._started().url(name))
        finally:
            self._ask(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _alone(self, name: str) -> None:
        """Wait until programs that were killed have left the database."""
        query = f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}'"
        end = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        while self._ask(query)[0][0]:
            self._ask(end)
            time.sleep(0.05)

    def _drop_old(self, prefix: str, kept: str) -> None:
        for (name,) in self._ask(f"SELECT datname FROM pg_database WHERE datname ~ '^{prefix}'"):
            if name != kept:
                self._ask(f"DROP DATABASE {name} WITH (FORCE)")

    def _ask(self, sql: str) -> list[Any]:
        with contextlib.closing(connect(self._started().admin_url)) as connection:
            answer = connection.execute(sql)
            return answer.fetchall() if answer.description else []

    def _started(self) -> PostgresServer:
        if self._server is None:
            binaries = find_binaries()
            if binaries is None:
                raise RuntimeError("no PostgreSQL server found; see tests/support/postgres.py")
            root = _directory() / f"postgres-{_major(binaries)}"
            root.mkdir(exist_ok=True)
            root.chmod(0o711)
            copies = sorted(root.glob("pg/*/*/bin"))
            self._server = PostgresServer(
                root, copies[0] if copies else binaries, settings=SETTINGS
            )
            if (root / "data" / "PG_VERSION").exists():
                self._server.start()
            else:
                self._server.initialise()
        return self._server


def _directory() -> Path:
    """Where the server's user may go: for root not below root's home."""
    if os.geteuid() != 0:
        return places.cache_directory()
    path = Path("/var/tmp/crm-tui-bench")
    path.mkdir(exist_ok=True)
    if path.stat().st_uid != 0:
        raise RuntimeError(f"{path} belongs to somebody else")
    path.chmod(0o711)
    return path


def _major(binaries: Path) -> str:
    asked = subprocess.run(
        [str(binaries / "postgres"), "--version"], check=True, capture_output=True, text=True
    )
    return asked.stdout.split()[2].partition(".")[0]
