"""On PostgreSQL an assessment locks neither its customer nor its rule set."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision. SQLite looks both up in next to no time, and keeps them."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("fk_assessment_customer_id", "assessment", type_="foreignkey")
        op.drop_constraint("fk_assessment_rule_set_id", "assessment", type_="foreignkey")
