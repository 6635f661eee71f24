"""The index of open cases carries all that the queue's views and counts ask of a case."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_NAME = "ix_complaint_open"
_COLUMNS = (
    "sort_on", "id", "state", "received_at", "promise_at", "notified_at", "handler_id",
    "first_responder_id", "registrar_id", "accused_id", "branch_id", "customer_branch_id",
    "department_id",
)  # fmt: skip


def upgrade() -> None:
    """Apply this revision."""
    is_open = sa.text("is_open")
    op.drop_index(_NAME, table_name="complaint")
    op.create_index(
        _NAME, "complaint", list(_COLUMNS), sqlite_where=is_open, postgresql_where=is_open
    )
