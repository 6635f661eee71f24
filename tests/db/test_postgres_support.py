"""The suite's own PostgreSQL: databases of a test are its own, in whatever worker it runs."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest

from tests.support.postgres import NewDatabase, PostgresServer, connect

pytestmark = pytest.mark.postgres


def test_databases_do_not_see_each_other(new_pg_database: NewDatabase) -> None:
    first, second = new_pg_database(), new_pg_database(empty=True)
    with connect(first) as one:
        one.execute("CREATE TABLE only_here (id integer)")
    with connect(second) as two:
        found = two.execute("SELECT to_regclass('only_here')").fetchone()
    assert found == (None,)


def test_the_owner_of_a_database_is_no_superuser(new_pg_database: NewDatabase) -> None:
    with connect(new_pg_database()) as connection:
        row = connection.execute(
            "SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
    assert row == (False, False)


def test_text_is_utf_8(new_pg_database: NewDatabase) -> None:
    with connect(new_pg_database(empty=True)) as connection:
        assert connection.execute("SELECT length('𠮷野家')").fetchone() == (3,)


def test_a_server_of_its_own_comes_back_with_its_data(
    own_pg_server: Callable[[], PostgresServer],
) -> None:
    server = own_pg_server()
    with connect(server.admin_url) as connection:
        connection.execute("CREATE TABLE kept (id integer)")
    server.stop()
    with pytest.raises(psycopg.OperationalError):
        connect(server.admin_url)
    server.start()
    with connect(server.admin_url) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)
