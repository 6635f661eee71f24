"""Branches and departments; a parent may stand below its children in the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crm_tui.db.staff import ROOT_CODE
from crm_tui.db.targets import Field, Result, Target
from crm_tui.db.upsert import upsert
from crm_tui.domain.kinds import BranchKind
from crm_tui.domain.text_rules import NAME_LIMIT
from crm_tui.i18n import _
from crm_tui.services.imports import fields
from crm_tui.services.imports.base import Importer, Staged
from crm_tui.services.imports.fields import Column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crm_tui.db.bulk import Bulk
    from crm_tui.db.staging import Staging
    from crm_tui.db.targets import Batch

_PARENT = 4


class BranchImporter(Importer):
    """code, name, parent, and kind where there are departments."""

    target = Target(
        "branch",
        [("code", "text")],
        [
            Field("name", ("name",)),
            Field("kind", ("kind",)),
            Field("parent", ("parent_id",)),
        ],
    )

    def make_columns(self) -> tuple[Column, ...]:
        """The columns of the file."""
        return (
            Column("code", fields.code(), fields.as_is),
            Column("name", fields.line(NAME_LIMIT, required=True)),
            Column("parent", fields.code(required=False), fields.as_is),
            Column("kind", _kind, optional=True),
        )

    def shape(self, line: int, values: list[Any]) -> Staged | None:
        """The parent stays a code until its branch is there."""
        code, name, parent, kind = values
        if code == ROOT_CODE and parent:
            self.bad(line, "parent", parent, _("the root has no parent"))
            return None
        if code != ROOT_CODE and not parent:
            self.bad(
                line,
                "parent",
                "",
                _("must not be empty; the root is {code}").format(code=ROOT_CODE),
            )
            return None
        if code == parent:
            self.bad(line, "parent", parent, _("a branch cannot be its own parent"))
            return None
        return (code, line, name, kind, parent)

    def review(self, staging: Staging) -> None:
        """Every branch must hang on the root when the file is in."""
        rows = {row[0]: row for row in staging.in_order().take(staging.count)}
        by_id = {ref.id: code for code, ref in self.context.branches.items()}
        parents: dict[str, str | None] = {
            code: by_id.get(ref.parent_id) if ref.parent_id else None
            for code, ref in self.context.branches.items()
        }
        parents.update({code: row[_PARENT] for code, row in rows.items()})
        lost = []
        for code, row in rows.items():
            reason = _lost(code, parents)
            if reason:
                lost.append(row[1])
                self.bad(row[1], "parent", row[_PARENT], reason)
        if lost:
            staging.drop(lost)

    def apply(self, bulk: Bulk, batch: Batch, rows: Sequence[Staged]) -> Result:
        """Level by level, since a branch names its parent by id."""
        ids = {code: ref.id for code, ref in self.context.branches.items()}
        waiting = list(rows)
        total = Result()
        while waiting:
            ready = [row for row in waiting if not row[_PARENT] or row[_PARENT] in ids]
            waiting = [row for row in waiting if row[_PARENT] and row[_PARENT] not in ids]
            known = [(*row[:_PARENT], ids.get(row[_PARENT])) for row in ready]
            result = upsert(bulk, self.target, known, batch)
            ids.update({str(written.key[0]): written.row_id for written in result.written})
            total.written += result.written
            total.added += result.added
            total.changed += result.changed
            total.unchanged += result.unchanged
            total.conflicts += result.conflicts
        return total


def _kind(text: str) -> str:
    return fields.choice(BranchKind)(text) if text.strip() else BranchKind.BRANCH.value


def _lost(code: str, parents: dict[str, str | None]) -> str:
    seen = {code}
    parent = parents[code]
    while parent is not None:
        if parent not in parents:
            return _("there is no such branch")
        if parent in seen:
            return _("the parents go round in a circle")
        seen.add(parent)
        parent = parents[parent]
    return ""
