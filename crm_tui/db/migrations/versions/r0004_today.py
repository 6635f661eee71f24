"""Indexes for Today: whose birthday it is, by month and day; who has earned a higher tier."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_SQLITE = "CREATE INDEX ix_customer_birthday ON customer (substr(birth_date, 6, 5), branch_id)"
_POSTGRESQL = (
    "CREATE INDEX ix_customer_birthday ON customer "
    "((EXTRACT(month FROM birth_date) * 100 + EXTRACT(day FROM birth_date)), branch_id)"
)
_EARNED = "qualifying_rank > tier_rank"


def upgrade() -> None:
    """Apply this revision."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute(_SQLITE if sqlite else _POSTGRESQL)
    for roster in ("roster_a", "roster_b"):
        op.create_index(
            f"ix_{roster}_earned",
            roster,
            ["tier_rank", "assets", "tie", "branch_id"],
            unique=False,
            sqlite_where=sa.text(_EARNED),
            postgresql_where=sa.text(_EARNED),
        )
