"""The first schema: people, customers, assets, tiers, contacts, audit, imports."""

import sqlalchemy as sa
from alembic import op

from crm_tui.db.migrations import search_ddl
from crm_tui.db.tables.base import Id, Ordered, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this revision."""
    op.create_table(
        "audit",
        sa.Column("seq", Id, autoincrement=False, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("actor_id", Id, nullable=True),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("session_id", Id, nullable=True),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("object_kind", sa.String(length=32), nullable=False),
        sa.Column("object_id", sa.String(length=64), nullable=False),
        sa.Column("branch_id", Id, nullable=True),
        sa.Column("outcome", sa.String(length=8), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("image_digest", sa.String(length=64), nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('done', 'refused', 'failed')", name=op.f("ck_audit_outcome")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit")),
    )
    op.create_index(
        "ix_audit_actor_id_action_at", "audit", ["actor_id", "action", "at"], unique=False
    )
    op.create_index("ix_audit_object", "audit", ["object_kind", "object_id"], unique=False)
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seq", Id, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "audit_image",
        sa.Column("seq", Id, autoincrement=False, nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_image")),
    )
    op.create_table(
        "branch",
        sa.Column("id", Id, nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("parent_id", Id, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("import_base", sa.LargeBinary(), nullable=True),
        sa.Column("batch_id", Id, nullable=True),
        sa.CheckConstraint("kind IN ('branch', 'department')", name=op.f("ck_branch_kind")),
        sa.ForeignKeyConstraint(["parent_id"], ["branch.id"], name=op.f("fk_branch_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_branch")),
        sa.UniqueConstraint("code", name=op.f("uq_branch_code")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_branch_batch_id"), "branch", ["batch_id"], unique=False)
    op.create_index(op.f("ix_branch_parent_id"), "branch", ["parent_id"], unique=False)
    op.create_table(
        "calendar_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("batch_id", Id, nullable=True),
        sa.CheckConstraint("kind IN ('off', 'work')", name=op.f("ck_calendar_day_kind")),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_calendar_day")),
    )
    op.create_index(op.f("ix_calendar_day_batch_id"), "calendar_day", ["batch_id"], unique=False)
    op.create_table(
        "household",
        sa.Column("id", Id, nullable=False),
        sa.Column("household_no", sa.String(length=32), nullable=False),
        sa.Column("batch_id", Id, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household")),
        sa.UniqueConstraint("household_no", name=op.f("uq_household_household_no")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_household_batch_id"), "household", ["batch_id"], unique=False)
    op.create_table(
        "import_batch",
        sa.Column("id", Id, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("owner", sa.String(length=100), nullable=False),
        sa.Column("file_hash", sa.String(length=64), nullable=False),
        sa.Column("started_at", UtcDateTime, nullable=False),
        sa.Column("ended_at", UtcDateTime, nullable=True),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('applying', 'done', 'taking_back', 'taken_back')",
            name=op.f("ck_import_batch_state"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "import_image",
        sa.Column("batch_id", Id, autoincrement=False, nullable=False),
        sa.Column("table_name", sa.String(length=32), nullable=False),
        sa.Column("row_key", sa.String(length=64), nullable=False),
        sa.Column("before", sa.LargeBinary(), nullable=False),
        sa.Column("version_after", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("batch_id", "table_name", "row_key", name=op.f("pk_import_image")),
    )
    op.create_table(
        "roster_a",
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("tie", sa.BigInteger(), nullable=False),
        sa.Column("branch_id", sa.BigInteger(), nullable=False),
        sa.Column("manager_id", sa.BigInteger(), nullable=True),
        sa.Column("tier_rank", sa.SmallInteger(), nullable=False),
        sa.Column("qualifying_rank", sa.SmallInteger(), nullable=False),
        sa.Column("assets", sa.BigInteger(), nullable=False),
        sa.Column("household_assets", sa.BigInteger(), nullable=True),
        sa.Column("near", sa.Boolean(), nullable=False),
        sa.Column("state", Ordered, nullable=False),
        sa.Column("name_key", Ordered, nullable=False),
        sa.Column("last_contact_on", sa.Date(), nullable=True),
        sa.Column("contact_due_on", sa.Date(), nullable=False),
        sa.Column("doc", Ordered, nullable=False),
    )
    op.create_index(
        "ix_roster_a_branch_tier",
        "roster_a",
        ["branch_id", "tier_rank", "assets", "tie", "doc"],
        unique=False,
    )
    op.create_index(
        "ix_roster_a_due", "roster_a", ["contact_due_on", "tie", "branch_id"], unique=False
    )
    op.create_index(
        "ix_roster_a_manager_tier",
        "roster_a",
        ["manager_id", "tier_rank", "assets", "tie"],
        unique=False,
    )
    op.create_index("ix_roster_a_name", "roster_a", ["name_key", "tie", "branch_id"], unique=False)
    op.create_index(
        "ix_roster_a_near",
        "roster_a",
        ["tier_rank", "assets", "tie", "branch_id"],
        unique=False,
        sqlite_where=sa.text("near = 1"),
        postgresql_where=sa.text("near"),
    )
    op.create_index(
        "ix_roster_a_state",
        "roster_a",
        ["state", "tier_rank", "assets", "tie"],
        unique=False,
        sqlite_where=sa.text("state <> 'active'"),
        postgresql_where=sa.text("state <> 'active'"),
    )
    op.create_index(
        "ix_roster_a_tier",
        "roster_a",
        ["tier_rank", "assets", "tie", "branch_id", "doc"],
        unique=False,
    )
    op.create_index("uq_roster_a_customer_id", "roster_a", ["customer_id"], unique=True)
    op.create_table(
        "roster_b",
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("tie", sa.BigInteger(), nullable=False),
        sa.Column("branch_id", sa.BigInteger(), nullable=False),
        sa.Column("manager_id", sa.BigInteger(), nullable=True),
        sa.Column("tier_rank", sa.SmallInteger(), nullable=False),
        sa.Column("qualifying_rank", sa.SmallInteger(), nullable=False),
        sa.Column("assets", sa.BigInteger(), nullable=False),
        sa.Column("household_assets", sa.BigInteger(), nullable=True),
        sa.Column("near", sa.Boolean(), nullable=False),
        sa.Column("state", Ordered, nullable=False),
        sa.Column("name_key", Ordered, nullable=False),
        sa.Column("last_contact_on", sa.Date(), nullable=True),
        sa.Column("contact_due_on", sa.Date(), nullable=False),
        sa.Column("doc", Ordered, nullable=False),
    )
    op.create_index(
        "ix_roster_b_branch_tier",
        "roster_b",
        ["branch_id", "tier_rank", "assets", "tie", "doc"],
        unique=False,
    )
    op.create_index(
        "ix_roster_b_due", "roster_b", ["contact_due_on", "tie", "branch_id"], unique=False
    )
    op.create_index(
        "ix_roster_b_manager_tier",
        "roster_b",
        ["manager_id", "tier_rank", "assets", "tie"],
        unique=False,
    )
    op.create_index("ix_roster_b_name", "roster_b", ["name_key", "tie", "branch_id"], unique=False)
    op.create_index(
        "ix_roster_b_near",
        "roster_b",
        ["tier_rank", "assets", "tie", "branch_id"],
        unique=False,
        sqlite_where=sa.text("near = 1"),
        postgresql_where=sa.text("near"),
    )
    op.create_index(
        "ix_roster_b_state",
        "roster_b",
        ["state", "tier_rank", "assets", "tie"],
        unique=False,
        sqlite_where=sa.text("state <> 'active'"),
        postgresql_where=sa.text("state <> 'active'"),
    )
    op.create_index(
        "ix_roster_b_tier",
        "roster_b",
        ["tier_rank", "assets", "tie", "branch_id", "doc"],
        unique=False,
    )
    op.create_index("uq_roster_b_customer_id", "roster_b", ["customer_id"], unique=True)
    op.create_table(
        "roster_current",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("letter", sa.String(length=1), nullable=False),
        sa.Column("building", sa.Boolean(), nullable=False),
        sa.Column("period", sa.Date(), nullable=True),
        sa.Column("computed_at", UtcDateTime, nullable=True),
        sa.CheckConstraint("letter IN ('a', 'b')", name=op.f("ck_roster_current_letter")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_current")),
    )
    op.create_table(
        "roster_touched",
        sa.Column("id", Id, nullable=False),
        sa.Column("customer_id", Id, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_touched")),
        sa.UniqueConstraint("customer_id", name=op.f("uq_roster_touched_customer_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "rule_set",
        sa.Column("id", Id, nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("batch_id", Id, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_set")),
        sa.UniqueConstraint("effective_on", name=op.f("uq_rule_set_effective_on")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_rule_set_batch_id"), "rule_set", ["batch_id"], unique=False)
    op.create_table(
        "staff",
        sa.Column("id", Id, nullable=False),
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_key", sa.String(length=400), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", UtcDateTime, nullable=True),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("import_base", sa.LargeBinary(), nullable=True),
        sa.Column("batch_id", Id, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("username", name=op.f("uq_staff_username")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_staff_batch_id"), "staff", ["batch_id"], unique=False)
    op.create_table(
        "store_fact",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_store_fact")),
    )
    op.create_table(
        "customer",
        sa.Column("id", Id, nullable=False),
        sa.Column("customer_no", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_key", Ordered, nullable=False),
        sa.Column("id_type", sa.String(length=16), nullable=True),
        sa.Column("id_no_enc", sa.LargeBinary(), nullable=True),
        sa.Column("id_no_mask", sa.String(length=64), nullable=True),
        sa.Column("id_no_hash", sa.LargeBinary(), nullable=True),
        sa.Column("id_no_tail", sa.String(length=4), nullable=True),
        sa.Column("mobile_enc", sa.LargeBinary(), nullable=True),
        sa.Column("mobile_mask", sa.String(length=32), nullable=True),
        sa.Column("mobile_hash", sa.LargeBinary(), nullable=True),
        sa.Column("mobile_tail", sa.String(length=4), nullable=True),
        sa.Column("gender", sa.String(length=1), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("card_type", sa.String(length=32), nullable=True),
        sa.Column("branch_id", Id, nullable=False),
        sa.Column("manager_id", Id, nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("request_key", sa.String(length=36), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("import_base", sa.LargeBinary(), nullable=True),
        sa.Column("batch_id", Id, nullable=True),
        sa.CheckConstraint(
            "gender IS NULL OR gender IN ('F', 'M')", name=op.f("ck_customer_gender")
        ),
        sa.CheckConstraint(
            "id_type IS NULL OR id_type IN ('resident_id', 'passport', 'uscc', 'other')",
            name=op.f("ck_customer_id_type"),
        ),
        sa.CheckConstraint("kind IN ('individual', 'corporate')", name=op.f("ck_customer_kind")),
        sa.CheckConstraint(
            "state IN ('non_customer', 'prospect', 'target', 'active', 'lost', 'permanently_lost')",
            name=op.f("ck_customer_state"),
        ),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_customer_branch_id")),
        sa.ForeignKeyConstraint(["manager_id"], ["staff.id"], name=op.f("fk_customer_manager_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
        sa.UniqueConstraint("customer_no", name=op.f("uq_customer_customer_no")),
        sa.UniqueConstraint("request_key", name=op.f("uq_customer_request_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_customer_batch_id"), "customer", ["batch_id"], unique=False)
    op.create_index(op.f("ix_customer_branch_id"), "customer", ["branch_id"], unique=False)
    op.create_index("ix_customer_id_no", "customer", ["id_no_tail", "id_no_hash"], unique=False)
    op.create_index(op.f("ix_customer_manager_id"), "customer", ["manager_id"], unique=False)
    op.create_index("ix_customer_mobile", "customer", ["mobile_tail", "mobile_hash"], unique=False)
    op.create_table(
        "draft",
        sa.Column("staff_id", Id, autoincrement=False, nullable=False),
        sa.Column("form", sa.String(length=32), nullable=False),
        sa.Column("record", sa.String(length=64), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", UtcDateTime, nullable=False),
        sa.Column("session_id", Id, nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_draft_staff_id")),
        sa.PrimaryKeyConstraint("staff_id", "form", "record", name=op.f("pk_draft")),
    )
    op.create_table(
        "sign_in",
        sa.Column("id", Id, nullable=False),
        sa.Column("staff_id", Id, nullable=False),
        sa.Column("started_at", UtcDateTime, nullable=False),
        sa.Column("process", sa.String(length=160), nullable=False),
        sa.Column("ended_at", UtcDateTime, nullable=True),
        sa.Column("ended_by", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_sign_in_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_sign_in_staff_id"), "sign_in", ["staff_id"], unique=False)
    op.create_table(
        "staff_role",
        sa.Column("id", Id, nullable=False),
        sa.Column("staff_id", Id, nullable=False),
        sa.Column("branch_id", Id, nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("batch_id", Id, nullable=True),
        sa.CheckConstraint(
            "role IN ('clerk', 'account_manager', 'supervisor', 'hq_service', 'department', 'compliance', 'system_admin', 'security_admin', 'auditor')",
            name=op.f("ck_staff_role_role"),
        ),
        sa.CheckConstraint(
            "until_on IS NULL OR until_on >= from_on", name=op.f("ck_staff_role_dates")
        ),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_staff_role_branch_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_role_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_role")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_staff_role_batch_id"), "staff_role", ["batch_id"], unique=False)
    op.create_index(op.f("ix_staff_role_branch_id"), "staff_role", ["branch_id"], unique=False)
    op.create_index("ix_staff_role_staff_id", "staff_role", ["staff_id"], unique=False)
    op.create_table(
        "account",
        sa.Column("id", Id, nullable=False),
        sa.Column("account_no", sa.String(length=32), nullable=False),
        sa.Column("customer_id", Id, nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("batch_id", Id, nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_account_customer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("account_no", name=op.f("uq_account_account_no")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_account_batch_id"), "account", ["batch_id"], unique=False)
    op.create_index(op.f("ix_account_customer_id"), "account", ["customer_id"], unique=False)
    op.create_table(
        "assessment",
        sa.Column("customer_id", Id, autoincrement=False, nullable=False),
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("own_sum", sa.BigInteger(), nullable=False),
        sa.Column("household_sum", sa.BigInteger(), nullable=True),
        sa.Column("members", sa.Integer(), nullable=True),
        sa.Column("days", sa.SmallInteger(), nullable=False),
        sa.Column("qualifying_rank", sa.SmallInteger(), nullable=False),
        sa.Column("rule_set_id", Id, nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_assessment_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["rule_set_id"], ["rule_set.id"], name=op.f("fk_assessment_rule_set_id")
        ),
        sa.PrimaryKeyConstraint("customer_id", "period", name=op.f("pk_assessment")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "contact",
        sa.Column("id", Id, nullable=False),
        sa.Column("customer_id", Id, nullable=False),
        sa.Column("staff_id", Id, nullable=False),
        sa.Column("branch_id", Id, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("method", sa.String(length=16), nullable=False),
        sa.Column("started_at", UtcDateTime, nullable=False),
        sa.Column("duration_seconds", sa.Integer(), nullable=True),
        sa.Column("purpose", sa.String(length=200), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("direction", sa.String(length=200), nullable=False),
        sa.Column("expected_return", sa.String(length=200), nullable=False),
        sa.Column("risk_control", sa.String(length=200), nullable=False),
        sa.Column("risk_appetite", sa.String(length=200), nullable=False),
        sa.Column("result", sa.String(length=200), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("before_opening", sa.Boolean(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime, nullable=True),
        sa.Column("request_key", sa.String(length=36), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("import_base", sa.LargeBinary(), nullable=True),
        sa.Column("batch_id", Id, nullable=True),
        sa.CheckConstraint(
            "kind IN ('visit', 'callback', 'outreach')", name=op.f("ck_contact_kind")
        ),
        sa.CheckConstraint(
            "method IN ('home_visit', 'site_round', 'phone', 'email', 'sms', 'at_branch', 'social', 'online')",
            name=op.f("ck_contact_method"),
        ),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_contact_branch_id")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_contact_customer_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_contact_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        sa.UniqueConstraint(
            "customer_id",
            "staff_id",
            "started_at",
            name=op.f("uq_contact_customer_id_staff_id_started_at"),
        ),
        sa.UniqueConstraint("request_key", name=op.f("uq_contact_request_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_contact_batch_id"), "contact", ["batch_id"], unique=False)
    op.create_index(
        "ix_contact_branch_id_started_at",
        "contact",
        ["branch_id", "started_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_contact_customer_id_started_at",
        "contact",
        ["customer_id", "started_at", "id"],
        unique=False,
    )
    op.create_index(
        "ix_contact_staff_id_started_at", "contact", ["staff_id", "started_at", "id"], unique=False
    )
    op.create_index("ix_contact_started_at", "contact", ["started_at", "id"], unique=False)
    op.create_table(
        "customer_search",
        sa.Column("customer_id", Id, autoincrement=False, nullable=False),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_customer_search_customer_id")
        ),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_customer_search")),
    )
    op.create_table(
        "household_member",
        sa.Column("id", Id, nullable=False),
        sa.Column("household_id", Id, nullable=False),
        sa.Column("customer_id", Id, nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("batch_id", Id, nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_household_member_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_household_member_household_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_member")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_household_member_batch_id"), "household_member", ["batch_id"], unique=False
    )
    op.create_index(
        op.f("ix_household_member_customer_id"), "household_member", ["customer_id"], unique=False
    )
    op.create_index(
        op.f("ix_household_member_household_id"), "household_member", ["household_id"], unique=False
    )
    op.create_index(
        "uq_household_member_current",
        "household_member",
        ["customer_id"],
        unique=True,
        sqlite_where=sa.text("until_on IS NULL"),
        postgresql_where=sa.text("until_on IS NULL"),
    )
    op.create_table(
        "tier_held",
        sa.Column("id", Id, nullable=False),
        sa.Column("customer_id", Id, nullable=False),
        sa.Column("tier_rank", sa.SmallInteger(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("period", sa.Date(), nullable=True),
        sa.Column("staff_id", Id, nullable=True),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("batch_id", Id, nullable=True),
        sa.CheckConstraint(
            "reason IN ('initial', 'registered', 'recompute', 'granted')",
            name=op.f("ck_tier_held_reason"),
        ),
        sa.CheckConstraint("tier_rank BETWEEN 1 AND 4", name=op.f("ck_tier_held_tier_rank")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_tier_held_customer_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_tier_held_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tier_held")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_tier_held_batch_id",
        "tier_held",
        ["batch_id"],
        unique=False,
        sqlite_where=sa.text("batch_id IS NOT NULL"),
        postgresql_where=sa.text("batch_id IS NOT NULL"),
    )
    op.create_index(op.f("ix_tier_held_customer_id"), "tier_held", ["customer_id"], unique=False)
    op.create_index(
        "uq_tier_held_current",
        "tier_held",
        ["customer_id"],
        unique=True,
        sqlite_where=sa.text("until_on IS NULL"),
        postgresql_where=sa.text("until_on IS NULL"),
    )
    op.create_table(
        "balance",
        sa.Column("account_id", Id, autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("revision", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("batch_id", Id, nullable=True),
        sa.CheckConstraint(
            "amount BETWEEN -1000000000000000 AND 1000000000000000", name=op.f("ck_balance_amount")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_balance_account_id")),
        sa.PrimaryKeyConstraint("account_id", "day", "revision", name=op.f("pk_balance")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "transactions",
        sa.Column("id", Id, nullable=False),
        sa.Column("transaction_no", sa.String(length=64), nullable=False),
        sa.Column("account_id", Id, nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("initiator", sa.String(length=16), nullable=False),
        sa.Column("batch_id", Id, nullable=True),
        sa.CheckConstraint(
            "initiator IN ('customer', 'institution')", name=op.f("ck_transactions_initiator")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_transactions_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transactions")),
        sa.UniqueConstraint("transaction_no", name=op.f("uq_transactions_transaction_no")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_transactions_account_id_booked_on",
        "transactions",
        ["account_id", "booked_on"],
        unique=False,
    )
    op.create_index(op.f("ix_transactions_batch_id"), "transactions", ["batch_id"], unique=False)

    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in search_ddl.SQLITE if sqlite else search_ddl.POSTGRESQL:
        op.execute(statement)
