"""Complaints: cases, their append-only events, versioned regimes."""

import sqlalchemy as sa
from alembic import op

from crm_tui.db.tables.base import Id, UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# An import that is taken back removes the events of its own batch, and only those.
_SQLITE = (
    """CREATE TRIGGER complaint_event_no_update BEFORE UPDATE ON complaint_event BEGIN
        SELECT RAISE(ABORT, 'complaint events are append-only'); END""",
    """CREATE TRIGGER complaint_event_no_delete BEFORE DELETE ON complaint_event
        WHEN old.batch_id IS NULL BEGIN
        SELECT RAISE(ABORT, 'complaint events are append-only'); END""",
    """CREATE TRIGGER complaint_event_no_replace BEFORE INSERT ON complaint_event
        WHEN EXISTS (SELECT 1 FROM complaint_event
                     WHERE complaint_id = new.complaint_id AND seq = new.seq) BEGIN
        SELECT RAISE(ABORT, 'complaint events are append-only'); END""",
    """CREATE TRIGGER complaint_first_responder BEFORE UPDATE OF first_responder_id ON complaint
        WHEN new.first_responder_id <> old.first_responder_id AND old.batch_id IS NULL BEGIN
        SELECT RAISE(ABORT, 'the first responder never changes'); END""",
)
_POSTGRESQL = (
    """CREATE FUNCTION complaint_event_append_only() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'complaint events are append-only'; END $$""",
    """CREATE TRIGGER complaint_event_no_update BEFORE UPDATE ON complaint_event
        FOR EACH ROW EXECUTE FUNCTION complaint_event_append_only()""",
    """CREATE TRIGGER complaint_event_no_delete BEFORE DELETE ON complaint_event
        FOR EACH ROW WHEN (old.batch_id IS NULL)
        EXECUTE FUNCTION complaint_event_append_only()""",
    """CREATE TRIGGER complaint_event_no_truncate BEFORE TRUNCATE ON complaint_event
        FOR EACH STATEMENT EXECUTE FUNCTION complaint_event_append_only()""",
    """CREATE FUNCTION complaint_first_responder() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'the first responder never changes'; END $$""",
    """CREATE TRIGGER complaint_first_responder BEFORE UPDATE OF first_responder_id ON complaint
        FOR EACH ROW
        WHEN (new.first_responder_id <> old.first_responder_id AND old.batch_id IS NULL)
        EXECUTE FUNCTION complaint_first_responder()""",
)


def upgrade() -> None:
    """Apply this revision."""
    op.create_table(
        "complaint_rule_set",
        sa.Column("id", Id, nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("batch_id", Id, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_rule_set")),
        sa.UniqueConstraint("effective_on", name=op.f("uq_complaint_rule_set_effective_on")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_complaint_rule_set_batch_id"), "complaint_rule_set", ["batch_id"], unique=False
    )
    op.create_table(
        "complaint",
        sa.Column("id", Id, nullable=False),
        sa.Column("complaint_no", sa.String(length=32), nullable=False),
        sa.Column("customer_id", Id, nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("phone_enc", sa.LargeBinary(), nullable=True),
        sa.Column("phone_mask", sa.String(length=32), nullable=False),
        sa.Column("branch_id", Id, nullable=False),
        sa.Column("customer_branch_id", Id, nullable=True),
        sa.Column("received_at", UtcDateTime, nullable=False),
        sa.Column("registrar_id", Id, nullable=True),
        sa.Column("first_responder_id", Id, nullable=False),
        sa.Column("handler_id", Id, nullable=True),
        sa.Column("department_id", Id, nullable=True),
        sa.Column("accused_id", Id, nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("complaint_class", sa.String(length=16), nullable=True),
        sa.Column("complexity", sa.String(length=8), nullable=False),
        sa.Column("urgency", sa.String(length=8), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("channel_text", sa.String(length=200), nullable=False),
        sa.Column("business", sa.String(length=24), nullable=False),
        sa.Column("business_text", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("reason_text", sa.String(length=200), nullable=False),
        sa.Column("jrt0169_code", sa.String(length=16), nullable=True),
        sa.Column("demand", sa.String(length=20), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("regime", sa.String(length=32), nullable=False),
        sa.Column("rule_set_id", Id, nullable=False),
        sa.Column("warn_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("due_estimated", sa.Boolean(), nullable=False),
        sa.Column("internal_on", sa.Date(), nullable=True),
        sa.Column("paused_since", UtcDateTime, nullable=True),
        sa.Column("promise_at", UtcDateTime, nullable=True),
        sa.Column("sort_on", sa.Date(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("measure", sa.String(length=16), nullable=True),
        sa.Column("decided_at", UtcDateTime, nullable=True),
        sa.Column("notified_at", UtcDateTime, nullable=True),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("cause", sa.String(length=16), nullable=True),
        sa.Column("satisfaction", sa.SmallInteger(), nullable=True),
        sa.Column("responsible_id", Id, nullable=True),
        sa.Column("ended_at", UtcDateTime, nullable=True),
        sa.Column("merged_into_id", Id, nullable=True),
        sa.Column("imported", sa.Boolean(), nullable=False),
        sa.Column("on_time", sa.Boolean(), nullable=True),
        sa.Column("disputed", sa.Boolean(), nullable=True),
        sa.Column("answered_before", sa.Boolean(), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("request_key", sa.String(length=36), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("import_base", sa.LargeBinary(), nullable=True),
        sa.Column("batch_id", Id, nullable=True),
        sa.CheckConstraint(
            "business IN ('savings', 'loan', 'debit_card', 'credit_card', 'payment', 'own_wealth', 'agency', 'precious_metal', 'foreign_exchange', 'treasury', 'cash', 'personal_data', 'collection', 'other_intermediary', 'other')",
            name=op.f("ck_complaint_business"),
        ),
        sa.CheckConstraint(
            "cause IS NULL OR cause IN ('service', 'systems', 'rules', 'marketing', 'disclosure', 'choice', 'pricing', 'returns', 'contract', 'fund_safety', 'data_safety', 'collection', 'other')",
            name=op.f("ck_complaint_cause"),
        ),
        sa.CheckConstraint(
            "channel IN ('branch', 'phone', 'mobile_app', 'web', 'social', 'sms', 'machine', 'third_party', 'back_office', 'other')",
            name=op.f("ck_complaint_channel"),
        ),
        sa.CheckConstraint(
            "complaint_class IS NULL OR complaint_class IN ('general', 'major_economic', 'without_cause')",
            name=op.f("ck_complaint_complaint_class"),
        ),
        sa.CheckConstraint(
            "complexity IN ('simple', 'complex')", name=op.f("ck_complaint_complexity")
        ),
        sa.CheckConstraint(
            "demand IN ('refund', 'verify', 'answer', 'enquire', 'compensate', 'stop_harassment', 'speed_up', 'restore', 'other')",
            name=op.f("ck_complaint_demand"),
        ),
        sa.CheckConstraint(
            "measure IS NULL OR measure IN ('apology', 'compensation', 'improvement', 'explanation', 'other')",
            name=op.f("ck_complaint_measure"),
        ),
        sa.CheckConstraint(
            "reason IN ('service', 'systems', 'rules', 'marketing', 'disclosure', 'choice', 'pricing', 'returns', 'contract', 'fund_safety', 'data_safety', 'collection', 'other')",
            name=op.f("ck_complaint_reason"),
        ),
        sa.CheckConstraint(
            "state IN ('registered', 'triaged', 'in_progress', 'awaiting_customer', 'decided', 'notified', 'closed', 'withdrawn', 'merged')",
            name=op.f("ck_complaint_state"),
        ),
        sa.CheckConstraint("urgency IN ('normal', 'urgent')", name=op.f("ck_complaint_urgency")),
        sa.CheckConstraint(
            "handler_id IS NULL OR accused_id IS NULL OR handler_id <> accused_id",
            name=op.f("ck_complaint_recusal"),
        ),
        sa.CheckConstraint(
            "satisfaction IS NULL OR satisfaction BETWEEN 0 AND 5",
            name=op.f("ck_complaint_satisfaction"),
        ),
        sa.ForeignKeyConstraint(["accused_id"], ["staff.id"], name=op.f("fk_complaint_accused_id")),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_complaint_branch_id")),
        sa.ForeignKeyConstraint(
            ["customer_branch_id"], ["branch.id"], name=op.f("fk_complaint_customer_branch_id")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_complaint_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["branch.id"], name=op.f("fk_complaint_department_id")
        ),
        sa.ForeignKeyConstraint(
            ["first_responder_id"], ["staff.id"], name=op.f("fk_complaint_first_responder_id")
        ),
        sa.ForeignKeyConstraint(["handler_id"], ["staff.id"], name=op.f("fk_complaint_handler_id")),
        sa.ForeignKeyConstraint(
            ["merged_into_id"], ["complaint.id"], name=op.f("fk_complaint_merged_into_id")
        ),
        sa.ForeignKeyConstraint(
            ["registrar_id"], ["staff.id"], name=op.f("fk_complaint_registrar_id")
        ),
        sa.ForeignKeyConstraint(
            ["responsible_id"], ["branch.id"], name=op.f("fk_complaint_responsible_id")
        ),
        sa.ForeignKeyConstraint(
            ["rule_set_id"], ["complaint_rule_set.id"], name=op.f("fk_complaint_rule_set_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint")),
        sa.UniqueConstraint("complaint_no", name=op.f("uq_complaint_complaint_no")),
        sa.UniqueConstraint("request_key", name=op.f("uq_complaint_request_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_complaint_batch_id"), "complaint", ["batch_id"], unique=False)
    op.create_index(
        "ix_complaint_branch_ended", "complaint", ["branch_id", "ended_at"], unique=False
    )
    op.create_index(
        "ix_complaint_customer", "complaint", ["customer_id", "received_at", "id"], unique=False
    )
    op.create_index(
        op.f("ix_complaint_customer_branch_id"), "complaint", ["customer_branch_id"], unique=False
    )
    op.create_index("ix_complaint_ended", "complaint", ["ended_at", "id"], unique=False)
    op.create_index(
        "ix_complaint_first_responder_id", "complaint", ["first_responder_id"], unique=False
    )
    op.create_index(
        "ix_complaint_like",
        "complaint",
        ["business", "reason", "id"],
        unique=False,
        sqlite_where=sa.text("complaint_class IS NOT NULL"),
        postgresql_where=sa.text("complaint_class IS NOT NULL"),
    )
    op.create_index(
        "ix_complaint_open",
        "complaint",
        ["sort_on", "id"],
        unique=False,
        sqlite_where=sa.text("is_open"),
        postgresql_where=sa.text("is_open"),
    )
    op.create_index(
        "ix_complaint_open_branch",
        "complaint",
        ["branch_id", "sort_on", "id"],
        unique=False,
        sqlite_where=sa.text("is_open"),
        postgresql_where=sa.text("is_open"),
    )
    op.create_index(
        "ix_complaint_open_handler",
        "complaint",
        ["handler_id", "sort_on", "id"],
        unique=False,
        sqlite_where=sa.text("is_open"),
        postgresql_where=sa.text("is_open"),
    )
    op.create_table(
        "complaint_event",
        sa.Column("complaint_id", Id, autoincrement=False, nullable=False),
        sa.Column("seq", Id, autoincrement=False, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("actor_id", Id, nullable=True),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("payload_schema", sa.SmallInteger(), nullable=False),
        sa.Column("request_key", sa.String(length=36), nullable=True),
        sa.Column("batch_id", Id, nullable=True),
        sa.CheckConstraint(
            "kind IN ('registered', 'imported', 'triage', 'solve', 'start', 'note', 'await', 'resume', 'decide', 'notify', 'notify_failed', 'close', 'reassign', 'promise', 'withdraw', 'merge', 'reopen')",
            name=op.f("ck_complaint_event_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["staff.id"], name=op.f("fk_complaint_event_actor_id")
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_complaint_event_complaint_id")
        ),
        sa.PrimaryKeyConstraint("complaint_id", "seq", name=op.f("pk_complaint_event")),
        sa.UniqueConstraint("request_key", name=op.f("uq_complaint_event_request_key")),
    )
    op.create_index(
        "ix_complaint_event_actor_id_at", "complaint_event", ["actor_id", "at"], unique=False
    )
    op.create_index(
        "ix_complaint_event_batch_id",
        "complaint_event",
        ["batch_id"],
        unique=False,
        sqlite_where=sa.text("batch_id IS NOT NULL"),
        postgresql_where=sa.text("batch_id IS NOT NULL"),
    )

    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _SQLITE if sqlite else _POSTGRESQL:
        op.execute(statement)
