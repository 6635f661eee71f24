"""Edits that notice another edit: `UPDATE … WHERE id AND version`, row count checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import CursorResult, update
from sqlmodel import col

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlmodel import Session, SQLModel


def update_shown(
    session: Session, table: type[SQLModel], row_id: int, shown: int, values: Mapping[str, Any]
) -> bool:
    """Write `values` and the next version if the row is still at version `shown`."""
    row: Any = table
    result = session.execute(
        update(table)
        .where(col(row.id) == row_id, col(row.version) == shown)
        .values(**values, version=shown + 1)
    )
    return cast("CursorResult[Any]", result).rowcount == 1
