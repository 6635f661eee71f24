"""What the day has proposed for a diary: unknown in entries of before."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    op.add_column("diary", sa.Column("proposed", sa.Text(), nullable=True))
