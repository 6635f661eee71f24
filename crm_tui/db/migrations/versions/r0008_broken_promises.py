"""Broken promises stay on the case; what was withdrawn or merged is neither on time nor late."""

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# Shanghai as of then: no summer time since 1991.
_SHANGHAI = timezone(timedelta(hours=8))
_CASE = sa.table(
    "complaint",
    sa.column("id", sa.BigInteger),
    sa.column("promise_broken_on", sa.Date),
    sa.column("sort_on", sa.Date),
)
_EVENT = sa.table(
    "complaint_event",
    sa.column("complaint_id", sa.BigInteger),
    sa.column("seq", sa.BigInteger),
    sa.column("at", sa.DateTime(timezone=True)),
    sa.column("kind", sa.String),
    sa.column("payload", sa.Text),
)


@dataclass
class _Promise:
    """What the events of a case say of its promise, as the fold of this revision reads them."""

    on: date | None = None
    broken_on: date | None = None
    told: bool = False
    worked: bool = False

    def hear(self, kind: str, at: datetime, payload: str) -> None:
        """Of one more event."""
        if kind == "imported" and self.worked:
            return  # what was received was corrected, not its course
        if kind in ("registered", "imported"):
            self.on = _promised(payload)
            return
        self.worked = True
        if kind == "reopen":
            self.on, self.broken_on, self.told = None, None, False
        elif kind == "notify":
            self.told = True
        elif kind == "promise":
            if self.broken_on is None and self.on is not None and not self.told:
                self.broken_on = self.on if self.on < _day(at) else None
            self.on = _promised(payload)


def upgrade() -> None:
    """Apply this revision."""
    op.add_column("complaint", sa.Column("promise_broken_on", sa.Date(), nullable=True))
    op.execute("UPDATE complaint SET on_time = NULL WHERE state IN ('withdrawn', 'merged')")
    for case_id, promise in _promises().items():
        if promise.broken_on is not None:
            broken_on, sort_on = promise.broken_on, _CASE.c.sort_on
            waits = sa.case((sort_on > broken_on, broken_on), else_=sort_on)
            op.execute(
                sa.update(_CASE)
                .where(_CASE.c.id == case_id)
                .values(promise_broken_on=broken_on, sort_on=sort_on if promise.told else waits)
            )


def _promises() -> dict[int, _Promise]:
    """Of the cases that were promised anything after their registration."""
    again = sa.select(_EVENT.c.complaint_id).where(_EVENT.c.kind == "promise")
    query = (
        sa.select(_EVENT.c.complaint_id, _EVENT.c.kind, _EVENT.c.at, _EVENT.c.payload)
        .where(_EVENT.c.complaint_id.in_(again))
        .order_by(_EVENT.c.complaint_id, _EVENT.c.seq)
    )
    found: dict[int, _Promise] = defaultdict(_Promise)
    for case_id, *event in op.get_bind().execute(query):
        found[case_id].hear(*event)
    return found


def _promised(payload: str) -> date | None:
    said = json.loads(payload).get("promise_at")
    return _day(datetime.fromisoformat(said)) if said else None


def _day(at: datetime) -> date:
    """The date in Shanghai; SQLite keeps instants as naive UTC."""
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(_SHANGHAI).date()
