"""Working days: a year's published arrangement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crm_tui.db.complaint_events import rewrite_dates
from crm_tui.db.targets import Field, Result, Target
from crm_tui.db.upsert import upsert
from crm_tui.domain.kinds import DayKind
from crm_tui.services.imports import fields
from crm_tui.services.imports.base import Importer, Staged
from crm_tui.services.imports.fields import Column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crm_tui.db.bulk import Bulk, BulkStore
    from crm_tui.db.targets import Batch


class CalendarImporter(Importer):
    """date, kind, name: days off, and working days at a weekend."""

    target = Target(
        "calendar_day",
        [("day", "date")],
        [Field("kind", ("kind",)), Field("name", ("name",))],
        row_id="day",
        three_way=False,
    )

    def make_columns(self) -> tuple[Column, ...]:
        """The columns of the file."""
        return (
            Column("date", fields.day()),
            Column("kind", fields.choice(DayKind)),
            Column("name", fields.line(100, empty=""), optional=True),
        )

    def shape(self, line: int, values: list[Any]) -> Staged | None:
        """The date is the key."""
        return (values[0], line, values[1], values[2])

    def apply(self, bulk: Bulk, batch: Batch, rows: Sequence[Staged]) -> Result:
        """Write one part of the rows."""
        return upsert(bulk, self.target, rows, batch)

    def ends(self, bulk: BulkStore) -> None:
        """The due dates of complaints count these days."""
        rewrite_dates(bulk)
