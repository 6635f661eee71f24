"""Contacts with customers. One before the account was opened is loaded and marked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from crm_tui.clock import business_date
from crm_tui.db import import_reads, roster
from crm_tui.db.targets import Field, Result, Target
from crm_tui.db.upsert import upsert
from crm_tui.domain.kinds import ContactKind, Method
from crm_tui.domain.text_rules import NOTE_LIMIT
from crm_tui.i18n import _
from crm_tui.services.imports import fields
from crm_tui.services.imports.base import Importer, Staged
from crm_tui.services.imports.fields import Column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crm_tui.db.bulk import Bulk
    from crm_tui.db.targets import Batch

_SHORT: Final = 200
_CUSTOMER, _LINE = 0, 3


class VisitImporter(Importer):
    """customer_no, staff, method, started_at, duration_seconds, purpose, content, result."""

    target = Target(
        "contact",
        [("customer_id", "bigint"), ("staff_id", "bigint"), ("started_at", "timestamptz")],
        [
            Field("method", ("method",)),
            Field("duration_seconds", ("duration_seconds",)),
            Field("purpose", ("purpose",)),
            Field("content", ("content",)),
            Field("result", ("result",)),
        ],
        fixed=(
            "kind", "branch_id", "before_opening",
            "direction", "expected_return", "risk_control", "risk_appetite",
        ),
    )  # fmt: skip

    def make_columns(self) -> tuple[Column, ...]:
        """The columns of the file."""
        return (
            Column("customer_no", fields.code(), fields.as_is),
            Column("staff", fields.code(64), fields.as_is),
            Column("method", fields.choice(Method)),
            Column("started_at", fields.moment(latest=self.context.today)),
            Column("duration_seconds", fields.whole),
            Column("purpose", fields.line(_SHORT, empty=""), fields.hidden_text),
            Column("content", fields.long_text(NOTE_LIMIT), fields.hidden_text),
            Column("result", fields.line(_SHORT, empty=""), fields.hidden_text),
        )

    def shape(self, line: int, values: list[Any]) -> Staged | None:
        """The customer stays a number until its chunk is looked up."""
        number, username, method, started, seconds, purpose, content, result = values
        staff_id = self.context.staff.get(username)
        if staff_id is None:
            self.bad(line, "staff", username, _("there is no such user name"))
            return None
        return (number, staff_id, started, line, method, seconds, purpose, content, result)

    def resolve(self, bulk: Bulk, rows: list[Staged]) -> list[Staged]:
        """Customers by id; the contact belongs to the customer's branch."""
        known = import_reads.by_number(
            bulk,
            "customer",
            "customer_no",
            ["id", "branch_id", "opened_on"],
            (row[_CUSTOMER] for row in rows),
        )
        found = []
        for row in rows:
            customer = known.get(row[_CUSTOMER])
            if customer is None:
                self.bad(row[_LINE], "customer_no", row[0], _("there is no such customer"))
                continue
            customer_id, branch_id, opened = customer
            day = business_date(row[2]).isoformat()
            early = opened is not None and day < str(opened)
            self.context.issues.note_early(early=early)
            found.append(
                (
                    customer_id,
                    row[1],
                    bulk.instant(row[2]),
                    *row[_LINE:],
                    *(ContactKind.VISIT.value, branch_id, early, "", "", "", ""),
                )
            )
        return found

    def apply(self, bulk: Bulk, batch: Batch, rows: Sequence[Staged]) -> Result:
        """Contacts, then what the roster repeats of them."""
        result = upsert(bulk, self.target, rows, batch)
        customers = {one.key[0] for one in result.written}
        roster.refresh(bulk.session, customers, policy=self.context.policy)
        return result
