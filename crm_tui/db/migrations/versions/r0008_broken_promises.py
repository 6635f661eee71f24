"""Broken promises stay on the case, and what was withdrawn is neither on time nor late."""

import json
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
    sa.column("is_open", sa.Boolean),
    sa.column("promise_at", sa.DateTime(timezone=True)),
    sa.column("notified_at", sa.DateTime(timezone=True)),
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


def upgrade() -> None:
    """Apply this revision."""
    op.add_column("complaint", sa.Column("promise_broken_on", sa.Date(), nullable=True))
    op.execute("UPDATE complaint SET on_time = NULL WHERE state = 'withdrawn'")
    for case_id, broken_on in _broken().items():
        op.execute(
            sa.update(_CASE)
            .where(_CASE.c.id == case_id)
            .values(
                promise_broken_on=broken_on,
                sort_on=sa.case((_CASE.c.sort_on > broken_on, broken_on), else_=_CASE.c.sort_on),
            )
        )


def _broken() -> dict[int, date]:
    """The first broken promise of each open case that was promised anew and not told since."""
    promised = sa.select(_EVENT.c.complaint_id).where(_EVENT.c.kind == "promise")
    query = (
        sa.select(_EVENT.c.complaint_id, _EVENT.c.at, _EVENT.c.kind, _EVENT.c.payload)
        .join(_CASE, _CASE.c.id == _EVENT.c.complaint_id)
        .where(
            _CASE.c.is_open,
            _CASE.c.notified_at.is_(None),
            _CASE.c.promise_at.is_not(None),
            _EVENT.c.kind.in_(["registered", "imported", "promise", "reopen"]),
            _EVENT.c.complaint_id.in_(promised),
        )
        .order_by(_EVENT.c.complaint_id, _EVENT.c.seq)
    )
    found: dict[int, date] = {}
    promises: dict[int, date | None] = {}
    for case_id, at, kind, payload in op.get_bind().execute(query):
        before = promises.get(case_id)
        if kind == "reopen":
            found.pop(case_id, None)
        elif kind == "promise" and before is not None and before < _day(at):
            found.setdefault(case_id, before)
        said = json.loads(payload).get("promise_at")
        promises[case_id] = _day(datetime.fromisoformat(said)) if said else None
    return found


def _day(at: datetime) -> date:
    """The date in Shanghai; SQLite keeps instants as naive UTC."""
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(_SHANGHAI).date()
