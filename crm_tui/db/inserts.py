"""INSERT as the database at hand has it, with ON CONFLICT; only its own dialect is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlmodel import Session


def insert_into(session: Session, table: Any) -> Any:
    """An INSERT that knows `on_conflict_do_update` and `on_conflict_do_nothing`."""
    if session.get_bind().dialect.name == "sqlite":
        from sqlalchemy.dialects.sqlite import insert as lite

        return lite(table)
    from sqlalchemy.dialects.postgresql import insert

    return insert(table)
