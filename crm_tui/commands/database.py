"""`crm-tui db upgrade|backup|check`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crm_tui.errors import UsageError
from crm_tui.i18n import _

if TYPE_CHECKING:
    import argparse

    from crm_tui.commands.context import Context
    from crm_tui.db.store import Store


def add_parser(subparsers: Any) -> None:
    """Declare the commands."""
    parser = subparsers.add_parser("db", help=_("upgrade, back up or check the database"))
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("upgrade", help=_("bring it to this program's version; backs up first"))
    actions.add_parser("backup", help=_("copy a SQLite database while it is in use"))
    actions.add_parser("check", help=_("look for damage"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, context: Context) -> int:
    """Do one of the actions."""
    from crm_tui.office import open_unchecked

    store = open_unchecked(context.settings)
    try:
        return {"upgrade": _upgrade, "backup": _backup, "check": _check}[args.action](
            store, context
        )
    finally:
        store.close()


def _upgrade(store: Store, context: Context) -> int:
    from crm_tui.db import schema

    if schema.revision(store.engine) == schema.HEAD:
        context.say(_("The database is up to date ({revision}).").format(revision=schema.HEAD))
        return 0
    if store.path is not None:
        _say_backup(store, context)
    schema.upgrade(store.engine)
    with store.write(context.actor) as tx:
        tx.audit("database.upgrade", fields={"revision": schema.HEAD})
    context.say(_("Upgraded to {revision}.").format(revision=schema.HEAD))
    return 0


def _backup(store: Store, context: Context) -> int:
    if store.path is None:
        raise UsageError(_("PostgreSQL is backed up by its own tools: pg_dump or a replica."))
    _say_backup(store, context)
    return 0


def _say_backup(store: Store, context: Context) -> None:
    from crm_tui.db import schema

    assert store.path is not None
    copy = schema.backup(store.path, store.clock())
    context.say(_("Backed up to {file}; it needs the same key file.").format(file=copy))


def _check(store: Store, context: Context) -> int:
    from crm_tui.db import schema
    from crm_tui.db.facts import check_keys

    schema.require_head(store.engine)
    check_keys(store)
    problem = schema.integrity_problem(store.engine)
    if problem:
        context.say(_("The database is damaged: {problem}").format(problem=problem))
        return 1
    context.say(_("The database is sound, revision {revision}.").format(revision=schema.HEAD))
    return 0
