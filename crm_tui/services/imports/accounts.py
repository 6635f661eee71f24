"""Accounts; in CNY only until there are rates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from crm_tui.db import import_reads
from crm_tui.db.targets import Field, Result, Target
from crm_tui.db.upsert import upsert
from crm_tui.errors import InvalidInput
from crm_tui.i18n import _
from crm_tui.services.imports import fields
from crm_tui.services.imports.base import Importer, Staged
from crm_tui.services.imports.fields import Column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crm_tui.db.bulk import Bulk
    from crm_tui.db.targets import Batch

_CURRENCY: Final = "CNY"
_CUSTOMER: Final = 2


class AccountImporter(Importer):
    """account_no, customer_no, category, currency, opened_on."""

    target = Target(
        "account",
        [("account_no", "text")],
        [
            Field("customer_no", ("customer_id",)),
            Field("category", ("category",)),
            Field("currency", ("currency",)),
            Field("opened_on", ("opened_on",)),
        ],
        three_way=False,
    )

    def make_columns(self) -> tuple[Column, ...]:
        """The columns of the file."""
        return (
            Column("account_no", fields.code(), fields.as_is),
            Column("customer_no", fields.code(), fields.as_is),
            Column("category", fields.code()),
            Column("currency", _currency),
            Column("opened_on", fields.day(required=False)),
        )

    def shape(self, line: int, values: list[Any]) -> Staged | None:
        """The customer stays a number until its chunk is looked up."""
        return (values[0], line, *values[1:])

    def resolve(self, bulk: Bulk, rows: list[Staged]) -> list[Staged]:
        """Customers by id."""
        known = import_reads.by_number(
            bulk, "customer", "customer_no", ["id"], (row[_CUSTOMER] for row in rows)
        )
        found = []
        for row in rows:
            customer = known.get(row[_CUSTOMER])
            if customer is None:
                self.bad(row[1], "customer_no", row[_CUSTOMER], _("there is no such customer"))
            else:
                found.append((*row[:_CUSTOMER], customer[0], *row[_CUSTOMER + 1 :]))
        return found

    def apply(self, bulk: Bulk, batch: Batch, rows: Sequence[Staged]) -> Result:
        """Write one part of the rows."""
        return upsert(bulk, self.target, rows, batch)


def _currency(text: str) -> str:
    if text.strip().upper() != _CURRENCY:
        raise InvalidInput(
            "", _("only {code} until exchange rates can be imported").format(code=_CURRENCY)
        )
    return _CURRENCY
