"""Alembic's entry: runs on the connection that `crm_tui.db.schema` hands over."""

from alembic import context

from crm_tui.db.tables import metadata


def _is_ours(item: object, name: str | None, kind: str, reflected: bool, other: object) -> bool:
    """Leave out what SQLite's full-text index makes for itself, and expression indexes."""
    return not (reflected and name and name.startswith(("customer_fts", "ix_customer_search_")))


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=True,
    include_object=_is_ours,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
