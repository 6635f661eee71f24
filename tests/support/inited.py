"""What `crm-tui init` leaves on a host, for the tests of other commands."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from crm_tui.db.store import parse_url
from tests.support.postgres import PostgresServer


class Inited:
    """Made by the command itself, once per worker and database; every other test gets a copy."""

    def __init__(
        self, directory: Path, database: str, server: Callable[[], PostgresServer]
    ) -> None:
        self._directory, self._database, self._server = directory, database, server

    def put(self, host: Path, database_url: str, init: Callable[[], object]) -> None:
        """The database and the key, `crm.*`, on a host that has neither."""
        url = parse_url(database_url)
        on_server = url.get_backend_name() != "sqlite"
        made = self._directory / url.get_backend_name()
        if not made.exists():
            init()
            made.mkdir()
            _copy(host, made)
            if on_server:
                self._server().create(self._database, url.database)
            return
        _copy(made, host)
        if on_server:
            self._server().create(str(url.database), self._database)


def _copy(source: Path, target: Path) -> None:
    for file in source.glob("crm.*"):
        shutil.copy2(file, target)


@pytest.fixture(scope="session")
def inited(
    tmp_path_factory: pytest.TempPathFactory, worker_id: str, request: pytest.FixtureRequest
) -> Inited:
    """What `init` leaves, for the tests of this worker."""
    return Inited(
        tmp_path_factory.mktemp("init"),
        f"template_{worker_id}_init",
        lambda: request.getfixturevalue("pg_server"),
    )
