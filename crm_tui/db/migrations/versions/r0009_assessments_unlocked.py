"""On PostgreSQL an assessment locks neither its customer nor its rule set."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision. SQLite looks both up in next to no time, and keeps them."""
    if op.get_bind().dialect.name == "postgresql":
        for name in ("fk_assessment_customer_id", "fk_assessment_rule_set_id"):
            op.execute(f"ALTER TABLE assessment DROP CONSTRAINT IF EXISTS {name}")
