"""Whose birthday it is, by an index on month and day."""

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


def upgrade() -> None:
    """Apply this revision."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute(_SQLITE if sqlite else _POSTGRESQL)
