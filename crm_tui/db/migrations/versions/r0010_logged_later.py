"""A contact that was logged after it was made says when."""

import sqlalchemy as sa
from alembic import op

from crm_tui.db.tables.base import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision. What is stored so far was logged when it was made, or imported."""
    op.add_column("contact", sa.Column("logged_at", UtcDateTime, nullable=True))
