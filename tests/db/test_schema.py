"""Migrations: every past revision reaches the newest, and it is what the models say."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, insert, text

from crm_tui.db import schema
from crm_tui.db.store import open_engine, parse_url
from crm_tui.db.tables import assessment, metadata
from crm_tui.errors import SchemaMismatch
from tests.support.bank import OPERATOR, Bank

if TYPE_CHECKING:
    from pathlib import Path

    from crm_tui.db.store import Store

REVISIONS = list(reversed(schema.known_revisions()))


def test_head_is_alembics_own() -> None:
    assert schema.known_revisions()[0] == schema.HEAD


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
@pytest.mark.parametrize("start", [None, *REVISIONS])
@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_every_past_revision_upgrades(
    start: str | None, kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = (
        f"sqlite:///{tmp_path}/crm.db"
        if kind == "sqlite"
        else request.getfixturevalue("new_pg_database")(empty=True)
    )
    engine = open_engine(parse_url(url))
    if start is not None:
        schema.upgrade(engine, start)
    schema.upgrade(engine)
    schema.require_head(engine)
    # What SQLAlchemy does not express: full text, and indexes on expressions.
    aside = ["customer_fts", "ix_customer_search_", "ix_customer_birthday"]
    if kind == "postgres":
        # Alembic does not ask whether a key is for this dialect.
        aside += ["fk_assessment_customer_id", "fk_assessment_rule_set_id"]
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = [
            change
            for change in compare_metadata(context, metadata)
            if not any(name in str(change) for name in aside)
        ]
    engine.dispose()
    assert found == []


def test_an_empty_database_says_what_to_run(tmp_path: Path) -> None:
    engine = open_engine(parse_url(f"sqlite:///{tmp_path}/crm.db"))
    with pytest.raises(SchemaMismatch, match="crm-tui init"):
        schema.require_head(engine)
    engine.dispose()


def test_a_newer_database_is_refused(store: Store) -> None:
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for act in (schema.require_head, schema.upgrade):
        with pytest.raises(SchemaMismatch, match="newer"):
            act(store.engine)


def test_a_backup_is_whole_and_private(store: Store) -> None:
    if store.path is None:
        pytest.skip("PostgreSQL has its own tools")
    copy = schema.backup(store.path, store.clock())
    assert copy.stat().st_mode & 0o777 == 0o600
    engine = open_engine(parse_url(f"sqlite:///{copy}"))
    assert schema.revision(engine) == schema.HEAD
    assert schema.integrity_problem(engine) is None
    engine.dispose()


@pytest.mark.parametrize("lost", ["customer_id", "rule_set_id"])
def test_an_assessment_of_nothing_is_damage(store: Store, lost: str) -> None:
    """PostgreSQL takes it in: else a recompute would look up and lock every customer."""
    bank = Bank(store).open()
    with store.write(OPERATOR) as tx:
        ids = {"customer_id": bank.customer(tx.session, 1), "rule_set_id": 1, lost: 99}
        tx.audit("test")
    row = {"period": date(2026, 2, 1), "own_sum": 0, "days": 28, "qualifying_rank": 1, **ids}
    # On SQLite only a client that does not ask for its foreign keys can do that.
    careless = create_engine(store.url)
    with careless.begin() as connection:
        connection.execute(insert(assessment).values(row))
    careless.dispose()
    assert schema.integrity_problem(store.engine) == "foreign key: assessment"


def test_the_index_that_no_model_can_name_is_there(store: Store) -> None:
    """An index on an expression, which `compare_metadata` passes over."""
    listed = "SELECT name FROM sqlite_master WHERE type = 'index'"
    query = listed if store.is_sqlite else "SELECT indexname FROM pg_indexes"
    with store.engine.connect() as connection:
        assert "ix_customer_birthday" in set(connection.execute(text(query)).scalars())
