"""${message}."""

import sqlalchemy as sa
from alembic import op

from crm_tui.db.tables.base import Id, Ordered, UtcDateTime

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    ${upgrades if upgrades else "pass"}
