"""Staff with one role at one branch each. Nobody of them can sign in before `staff passwd`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crm_tui.db import import_reads, import_writes
from crm_tui.db.targets import Field, Result, Target
from crm_tui.db.upsert import upsert
from crm_tui.domain.names import name_key
from crm_tui.domain.staff import ADMINISTRATORS, Role
from crm_tui.domain.text_rules import NAME_LIMIT
from crm_tui.errors import InvalidInput
from crm_tui.i18n import _
from crm_tui.services.imports import fields
from crm_tui.services.imports.base import Importer, Staged
from crm_tui.services.imports.fields import Column
from crm_tui.services.pinyin import char_readings
from crm_tui.services.staff import valid_username

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crm_tui.db.bulk import Bulk
    from crm_tui.db.targets import Batch, Values, Written

_IMPORTED_ROLE = (
    "(SELECT r.role || ':' || r.branch_id FROM staff_role AS r WHERE r.staff_id = t.id "
    "AND r.batch_id IS NOT NULL AND r.until_on IS NULL ORDER BY r.id DESC LIMIT 1)"
)


class StaffImporter(Importer):
    """username, name, role, branch."""

    target = Target(
        "staff",
        [("username", "text")],
        [Field("name", ("name",)), Field("role", ("role",), kept=_IMPORTED_ROLE)],
        derived=("name_key",),
        fixed=("failures", "disabled"),
    )

    def make_columns(self) -> tuple[Column, ...]:
        """The columns of the file."""
        return (
            Column("username", _username, fields.as_is),
            Column("name", fields.line(NAME_LIMIT, required=True)),
            Column("role", fields.choice(Role)),
            Column("branch", fields.code(), fields.as_is),
        )

    def prepare(self, bulk: Bulk) -> None:
        """Branches, staff and who is an administrator."""
        super().prepare(bulk)
        self._administrators = import_reads.roles_of_staff(bulk, ADMINISTRATORS)

    def shape(self, line: int, values: list[Any]) -> Staged | None:
        """Role and branch are one value: a person's place."""
        username, name, role, code = values
        branch = self.context.branches.get(code)
        if branch is None:
            self.bad(line, "branch", code, _("there is no such branch"))
            return None
        if role in ADMINISTRATORS and self._administrators.get(username, set()) - {role}:
            self.bad(line, "role", role, _("the three administrators exclude each other"))
            return None
        place = f"{role}:{branch.id}"
        return (username, line, name, place, *_name_key((username,), (name, place)), 0, False)

    def apply(self, bulk: Bulk, batch: Batch, rows: Sequence[Staged]) -> Result:
        """People, then their roles."""
        result = upsert(bulk, self.target, rows, batch, _name_key)
        moves = [_move(one) for one in result.written if "role" in one.changed]
        import_writes.move_roles(bulk, batch, moves)
        return result


def _username(text: str) -> str:
    try:
        return valid_username(text.strip())
    except InvalidInput:
        raise InvalidInput(
            "", _("a small letter, then small letters, digits, dot, - or _; 32 at the most")
        ) from None


def _name_key(_key: Values, values: Values) -> Values:
    return (name_key(str(values[0]), char_readings),)


def _move(written: Written) -> import_writes.RoleMove:
    role, _colon, branch = str(written.values[1]).partition(":")
    return import_writes.RoleMove(written.row_id, role, int(branch), written.before is None)
