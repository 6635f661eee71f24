"""The database's revision: reading it is one SQL, changing it needs Alembic."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from crm_tui.db.failures import translate
from crm_tui.errors import SchemaMismatch, StoreError
from crm_tui.i18n import _

if TYPE_CHECKING:
    from datetime import datetime

    from alembic.config import Config

# The newest revision; a test compares it with Alembic's own head.
HEAD: Final = "0010"
MIGRATIONS: Final = Path(__file__).parent / "migrations"
# Foreign keys that only SQLite keeps; see the tables.
_UNCHECKED: Final = (
    ("assessment", "customer_id", "customer"),
    ("assessment", "rule_set_id", "rule_set"),
)


def revision(engine: Engine) -> str | None:
    """The revision of the database, or None when it has none (empty or not ours)."""
    with translate(), engine.connect() as connection:
        try:
            return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        except DBAPIError as error:
            if error.connection_invalidated or "exist" not in str(error.orig).replace(
                "no such table", "exist"
            ):
                raise
            return None


def require_head(engine: Engine) -> None:
    """Raises SchemaMismatch saying what to run when the database is not at HEAD."""
    found = revision(engine)
    if found == HEAD:
        return
    if found is None:
        raise SchemaMismatch(_("The database is empty: run `crm-tui init`."))
    if found in known_revisions():
        raise SchemaMismatch(_("The database is of an older version: run `crm-tui db upgrade`."))
    raise SchemaMismatch(
        _("The database is of a newer version ({found}): update crm-tui.").format(found=found)
    )


def known_revisions() -> list[str]:
    """Every revision of this program, newest first."""
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(_alembic_config())
    return [script.revision for script in scripts.walk_revisions()]


def upgrade(engine: Engine, target: str = "head") -> None:
    """Bring the database to `target`, in one transaction. Refuses a newer schema."""
    from alembic import command

    found = revision(engine)
    if found is not None and found not in known_revisions():
        raise SchemaMismatch(
            _("The database is of a newer version ({found}): update crm-tui.").format(found=found)
        )
    with translate(), engine.begin() as connection:
        command.upgrade(_alembic_config(connection), target)


def backup(database: Path, at: datetime) -> Path:
    """Copy a SQLite file while it is in use; the copy's path (0600, a new file).

    Raises StoreError when it cannot be written.
    """
    copy = database.with_name(f"{database.name}.{at:%Y%m%d-%H%M%S}.bak")
    try:
        os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600))
        with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target, pages=4096)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(
            _("{file}: the backup cannot be written: {why}").format(file=copy, why=error)
        ) from None
    return copy


def integrity_problem(engine: Engine) -> str | None:
    """What the database itself finds wrong, or None."""
    with translate(), engine.connect() as connection:
        if connection.dialect.name != "sqlite":
            return _orphan(connection)
        said = connection.execute(text("PRAGMA integrity_check(1)")).scalar()
        if said != "ok":
            return str(said)
        broken = connection.execute(text("PRAGMA foreign_key_check")).first()
        return f"foreign key: {broken[0]}" if broken else None


def _orphan(connection: Connection) -> str | None:
    """The first kind of row that belongs to nothing, of those that PostgreSQL does not check."""
    for table, column, owner in _UNCHECKED:
        lost = connection.execute(
            text(
                f"SELECT {column} FROM {table} AS t WHERE NOT EXISTS "  # noqa: S608
                f"(SELECT 1 FROM {owner} AS o WHERE o.id = t.{column}) LIMIT 1"
            )
        ).scalar()
        if lost is not None:
            return f"foreign key: {table}"
    return None


def _alembic_config(connection: Connection | None = None) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    if connection is not None:
        config.attributes["connection"] = connection
    return config
