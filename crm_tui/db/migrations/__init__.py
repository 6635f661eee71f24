"""Alembic revisions; `crm_tui.db.schema` runs them."""
