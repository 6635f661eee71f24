"""`crm-tui staff add|passwd|role|disable`: by the operator of the host, audited as such."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crm_tui.domain.staff import Role
from crm_tui.i18n import _

if TYPE_CHECKING:
    import argparse

    from crm_tui.commands.context import Context


def add_parser(subparsers: Any) -> None:
    """Declare the commands."""
    parser = subparsers.add_parser("staff", help=_("add people, set passwords, disable"))
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    add = _action(actions, "add", _("add a person"))
    add.add_argument("--name", required=True, help=_("the person's name"))
    add.add_argument("--role", required=True, choices=[role.value for role in Role])
    add.add_argument("--branch", default="HQ", metavar="CODE", help=_("where the role is held"))
    add.add_argument("--password-stdin", action="store_true", help=_("read it from stdin"))
    passwd = _action(actions, "passwd", _("set a new password; unlocks and enables"))
    passwd.add_argument("--password-stdin", action="store_true", help=_("read it from stdin"))
    role = _action(actions, "role", _("give a further role"))
    role.add_argument("--role", required=True, choices=[role.value for role in Role])
    role.add_argument("--branch", default="HQ", metavar="CODE", help=_("where the role is held"))
    _action(actions, "disable", _("keep a person from signing in"))
    parser.set_defaults(run=run)


def _action(actions: Any, name: str, help_text: str) -> Any:
    parser = actions.add_parser(name, help=help_text)
    parser.add_argument("username", metavar="USER")
    return parser


def run(args: argparse.Namespace, context: Context) -> int:
    """Do one of the actions."""
    from crm_tui.services import staff

    # Asked for before the database is opened: nobody waits for somebody typing.
    asks = args.action in ("add", "passwd")
    password = context.password(from_stdin=args.password_stdin) if asks else ""
    with context.open_store() as store:
        if args.action == "add":
            staff.add(
                store, context.actor, username=args.username, name=args.name,
                role=Role(args.role), branch_code=args.branch, password=password,
            )  # fmt: skip
        elif args.action == "passwd":
            staff.set_password(store, context.actor, username=args.username, password=password)
        elif args.action == "role":
            staff.add_role(
                store, context.actor, username=args.username, role=Role(args.role),
                branch_code=args.branch,
            )  # fmt: skip
        else:
            staff.disable(store, context.actor, username=args.username)
    context.say(_("Done: {user}").format(user=args.username))
    return 0
