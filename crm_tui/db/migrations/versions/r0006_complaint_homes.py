"""Cases go to the branch that their customer is at now: who moved before was not followed."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_HOME = "(SELECT c.branch_id FROM customer AS c WHERE c.id = complaint.customer_id)"


def upgrade() -> None:
    """Apply this revision."""
    op.execute(
        f"UPDATE complaint SET customer_branch_id = {_HOME} "
        f"WHERE customer_id IS NOT NULL AND customer_branch_id <> {_HOME}"
    )
