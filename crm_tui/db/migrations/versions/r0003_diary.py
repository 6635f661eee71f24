"""The work diary and corrections to it."""

import sqlalchemy as sa
from alembic import op

from crm_tui.db.tables.base import Id, UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    op.create_table(
        "diary",
        sa.Column("id", Id, nullable=False),
        sa.Column("staff_id", Id, nullable=False),
        sa.Column("branch_id", Id, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("insight", sa.Text(), nullable=False),
        sa.Column("reflection", sa.Text(), nullable=False),
        sa.Column("submitted_at", UtcDateTime, nullable=True),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("reviewer_id", Id, nullable=True),
        sa.Column("reviewed_at", UtcDateTime, nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("exemplary", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("batch_id", Id, nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'returned', 'reviewed')", name=op.f("ck_diary_state")
        ),
        sa.CheckConstraint(
            "reviewer_id IS NULL OR reviewer_id <> staff_id", name=op.f("ck_diary_reviewer")
        ),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_diary_branch_id")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["staff.id"], name=op.f("fk_diary_reviewer_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_diary_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_diary")),
        sa.UniqueConstraint("staff_id", "day", name=op.f("uq_diary_staff_id_day")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_diary_batch_id"), "diary", ["batch_id"], unique=False)
    op.create_index(
        "ix_diary_branch_id_state_day", "diary", ["branch_id", "state", "day", "id"], unique=False
    )
    op.create_index("ix_diary_state_day", "diary", ["state", "day", "id"], unique=False)
    op.create_table(
        "diary_addendum",
        sa.Column("id", Id, nullable=False),
        sa.Column("diary_id", Id, nullable=False),
        sa.Column("staff_id", Id, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("request_key", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(
            ["diary_id"], ["diary.id"], name=op.f("fk_diary_addendum_diary_id")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_diary_addendum_staff_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_diary_addendum")),
        sa.UniqueConstraint("request_key", name=op.f("uq_diary_addendum_request_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_diary_addendum_diary_id"), "diary_addendum", ["diary_id"], unique=False
    )
