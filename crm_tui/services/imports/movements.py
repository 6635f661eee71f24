"""End-of-day balances and transactions: the largest files, keyed by account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crm_tui.db import import_reads, import_writes
from crm_tui.db.targets import Field, Result, Target
from crm_tui.db.upsert import upsert
from crm_tui.domain.kinds import Initiator
from crm_tui.i18n import _
from crm_tui.services.imports import fields
from crm_tui.services.imports.base import Importer, Staged
from crm_tui.services.imports.fields import Column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crm_tui.db.bulk import Bulk
    from crm_tui.db.targets import Batch


class BalanceImporter(Importer):
    """account_no, date, balance. A corrected amount is a new revision; the latest wins."""

    target = Target(
        "balance",
        [("account_id", "bigint"), ("day", "date")],
        [Field("balance", ("amount",))],
        three_way=False,
    )
    widest_step = 20_000

    def make_columns(self) -> tuple[Column, ...]:
        """The columns of the file."""
        return (
            Column("account_no", fields.code(), fields.as_is),
            Column("date", fields.day(latest=self.context.today)),
            Column("balance", fields.amount),
        )

    def shape(self, line: int, values: list[Any]) -> Staged | None:
        """The account stays a number until its chunk is looked up."""
        return (values[0], values[1], line, values[2])

    def resolve(self, bulk: Bulk, rows: list[Staged]) -> list[Staged]:
        """Accounts by id."""
        known = import_reads.by_number(
            bulk, "account", "account_no", ["id"], (row[0] for row in rows)
        )
        found = []
        for number, day, line, amount in rows:
            account = known.get(number)
            if account is None:
                self.bad(line, "account_no", number, _("there is no such account"))
            else:
                found.append((account[0], day, line, amount))
        return found

    def starts(self, bulk: Bulk, rows: int) -> None:
        """Only imports write balances, and only one runs: an empty table stays empty."""
        self._first = import_reads.is_empty(bulk, "balance")

    def apply(self, bulk: Bulk, batch: Batch, rows: Sequence[Staged]) -> Result:
        """Write one part of the rows."""
        return import_writes.add_balances(bulk, batch, rows, none_yet=self._first)


class TransactionImporter(Importer):
    """transaction_no, account_no, booked_on, amount, initiator."""

    target = Target(
        "transactions",
        [("transaction_no", "text")],
        [
            Field("account_no", ("account_id",)),
            Field("booked_on", ("booked_on",)),
            Field("amount", ("amount",)),
            Field("initiator", ("initiator",)),
        ],
        three_way=False,
    )
    widest_step = 20_000

    def make_columns(self) -> tuple[Column, ...]:
        """The columns of the file."""
        return (
            Column("transaction_no", fields.code(64), fields.as_is),
            Column("account_no", fields.code(), fields.as_is),
            Column("booked_on", fields.day(latest=self.context.today)),
            Column("amount", fields.amount),
            Column("initiator", fields.choice(Initiator)),
        )

    def shape(self, line: int, values: list[Any]) -> Staged | None:
        """The account stays a number until its chunk is looked up."""
        return (values[0], line, *values[1:])

    def resolve(self, bulk: Bulk, rows: list[Staged]) -> list[Staged]:
        """Accounts by id."""
        known = import_reads.by_number(
            bulk, "account", "account_no", ["id"], (row[2] for row in rows)
        )
        found = []
        for row in rows:
            account = known.get(row[2])
            if account is None:
                self.bad(row[1], "account_no", row[2], _("there is no such account"))
            else:
                found.append((*row[:2], account[0], *row[3:]))
        return found

    def apply(self, bulk: Bulk, batch: Batch, rows: Sequence[Staged]) -> Result:
        """Write one part of the rows."""
        return upsert(bulk, self.target, rows, batch)
