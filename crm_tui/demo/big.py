"""A demo bank of more than 20,000 customers, for benchmarks: the same kind of rows in bulk.

Text and encrypted columns are written in batches, accounts and money by SQL over sets, all as
one audited batch. Amounts are whole-number arithmetic on the customer's id, so that both
databases hold the same.
"""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from crm_tui.clock import business_date
from crm_tui.db import audit, import_reads
from crm_tui.db.batches import only_importer
from crm_tui.db.bulk import BulkStore
from crm_tui.demo import bank, big_rows, indexes, money
from crm_tui.demo.big_cases import CaseRows
from crm_tui.demo.sums import Sums
from crm_tui.domain.audit import Entry
from crm_tui.i18n import _
from crm_tui.services.tiers import recompute

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from crm_tui.db.bulk import Bulk
    from crm_tui.db.store import Store
    from crm_tui.demo import Watch
    from crm_tui.domain.audit import Actor
    from crm_tui.domain.policy import Policy

# From here on a bank is made in bulk.
SMALLEST: Final = 20_001
# Changes of each account's balance; 1,250,000 accounts of a million customers have five million.
CHANGES: Final = 4
# What part of the customers was contacted in the last three months.
CONTACTED: Final = 0.41
_CHUNK: Final = 10_000
_MONEY_CHUNK: Final = 50_000
# Above it only the last movement of an account is booked as a transaction.
_ALL_BOOKED: Final = 100_000
_TABLES: Final = (
    "customer", "customer_search", "household_member", "account", "transactions", "contact",
    "complaint", "complaint_event",
)  # fmt: skip
_LONG: Final = "SET LOCAL statement_timeout = 0"
_SORT_MEMORY: Final = "SET LOCAL maintenance_work_mem = '256MB'"


@dataclass(frozen=True, slots=True)
class Plan:
    """How much there is to be."""

    customers: int
    changes: int = CHANGES
    contacted: float = CONTACTED


def build(
    store: Store,
    customers: int,
    *,
    actor: Actor,
    policy: Policy,
    watch: Watch,
    seed: int = bank.SEED,
    changes: int = CHANGES,
    contacted: float = CONTACTED,
) -> None:
    """Fill a newly founded demo bank as of the store's clock. Raises CrmError."""
    plan = Plan(customers, changes, contacted)
    watch(_("branches and staff"), 0.0)
    with tempfile.TemporaryDirectory(prefix="crm-tui-demo-") as directory:
        bank.hire(store, actor, policy, Path(directory))
    bulk = BulkStore(store)
    try:
        bulk.prepare()
        with only_importer(bulk):
            _Builder(bulk, store, plan, actor, watch, seed).run()
    finally:
        bulk.close()
    recompute(
        store,
        actor,
        policy=policy,
        progress=lambda _phase, part: watch(_("tiers"), 0.85 + 0.15 * part),
    )


@dataclass(slots=True)
class _Builder:
    """One bank on its way in."""

    bulk: BulkStore
    store: Store
    plan: Plan
    actor: Actor
    watch: Watch
    seed: int

    def run(self) -> None:
        """Everything but the tiers, in short transactions."""
        now = self.store.clock()
        today = business_date(now)
        with self.bulk.step() as step:
            batch_id = step.reserve_ids("import_batch", 1)[0]
            house = self._house(step, batch_id, today)
            statements = [sql for table in _TABLES for sql in indexes.take_away(step, table)]
            statements += indexes.leave_text_out(step)
        first = self._people(house)
        self._money(house, first)
        for done, sql in enumerate(statements):
            self.watch(_("indexes"), 0.7 + 0.15 * done / len(statements))
            with self._long_step() as step:
                step.run(sql)
        self._finish(batch_id)

    def _house(self, step: Bulk, batch_id: int, today: date) -> big_rows.House:
        branches = {code: ref.id for code, ref in import_reads.branches(step).items()}
        return big_rows.House(
            self.store.keys, branches, import_reads.staff(step), batch_id, self.seed, today,
            step.instant,
        )  # fmt: skip

    def _people(self, house: big_rows.House) -> int:
        """Customers with all that is text; the first one's id."""
        count = self.plan.customers
        start = 0
        for number in range(1, count + 1, _CHUNK):
            self.watch(_("customers"), 0.45 * number / count)
            with self._long_step() as step:
                ids = step.reserve_ids("customer", min(_CHUNK, count - number + 1))
                rows = big_rows.chunk(house, number, ids, self.plan.contacted)
                step.insert("customer", big_rows.CUSTOMER, rows.customers)
                step.insert("customer_search", ("customer_id", "doc"), rows.docs)
                step.insert("contact", big_rows.CONTACT, rows.contacts)
                CaseRows(step, house).write(rows.complainants)
                _families(step, house, rows.members)
            start = start or ids[0]
        return start

    def _money(self, house: big_rows.House, first: int) -> None:
        """Accounts, balances and transactions of every customer, by ranges."""
        window = money.months_until(house.today)
        count = self.plan.customers
        for done in range(0, count, _MONEY_CHUNK):
            self.watch(_("accounts and money"), 0.45 + 0.25 * done / count)
            low, high = first + done, first + min(done + _MONEY_CHUNK, count) - 1
            with self._long_step() as step:
                sums = Sums(step, house.batch_id, window[0].start, window[-1].end)
                accounts = sums.accounts(low, high, first)
                sums.balances(*accounts, self.plan.changes)
                sums.transactions(*accounts, last_only=count > _ALL_BOOKED)

    def _finish(self, batch_id: int) -> None:
        """The batch is there as a whole; one audit row says so."""
        now = self.store.clock()
        with self._long_step() as step:
            counts = {table: _count(step, table) for table in (*_TABLES, "balance")}
            at = step.instant(now)
            step.insert(
                "import_batch",
                ("id", "kind", "state", "owner", "file_hash", "started_at", "ended_at", "rows"),
                [(batch_id, "demo", "done", self.actor.name, "", at, at, sum(counts.values()))],
            )
            if not self.bulk.is_sqlite:
                step.run("ANALYZE")
            entry = Entry("demo.generate", "import_batch", str(batch_id), fields=counts)
            audit.append(step.session, self.store.keys, self.actor, now, [entry])

    @contextmanager
    def _long_step(self) -> Iterator[Bulk]:
        """A step that PostgreSQL lets run as long as it takes."""
        with self.bulk.step() as step:
            if not self.bulk.is_sqlite:
                step.run(_LONG)
                step.run(_SORT_MEMORY)
            yield step


def _families(step: Bulk, house: big_rows.House, members: Sequence[tuple[str, int, str]]) -> None:
    """A family never reaches into the next part: parts hold whole blocks of ten."""
    numbers = sorted({number for number, _customer, _since in members})
    ids = dict(zip(numbers, step.reserve_ids("household", len(numbers)), strict=True))
    batch = house.batch_id
    step.insert(
        "household", ("id", "household_no", "batch_id"), [(ids[no], no, batch) for no in numbers]
    )
    step.insert(
        "household_member",
        big_rows.MEMBER,
        [(ids[number], customer, since, batch) for number, customer, since in members],
    )


def _count(step: Bulk, table: str) -> int:
    return int(step.rows(f"SELECT count(*) FROM {table}")[0][0])  # noqa: S608
