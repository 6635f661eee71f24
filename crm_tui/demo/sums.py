"""Accounts and money of many customers at once, as SQL that both databases answer alike.

Amounts scatter by whole-number arithmetic on ids: 6,000 yuan over a fraction that is spread
evenly, so that the upper fifth holds four fifths, as in a bank.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from crm_tui.domain.kinds import CustomerState, Initiator

if TYPE_CHECKING:
    from datetime import date

    from crm_tui.db.bulk import Bulk

_PRIME: Final = 2_147_483_647
# Fen times the evenly spread fraction's denominator.
_LEAST: Final = 60_000_000_000
# Of a hundred customers so many have a second account.
_SECOND: Final = 32


def scattered(key: str, salt: int) -> str:
    """SQL of a number from 0 to 2^31 - 2 for the column `key`; the square stays in 64 bits."""
    mixed = f"(({key} * 48271 + {salt}) % {_PRIME})"
    return f"({mixed} * {mixed} % {_PRIME})"


class Sums:
    """Writes within one transaction; ranges are ids, both ends included."""

    def __init__(self, bulk: Bulk, batch_id: int, start: date, end: date) -> None:
        self._bulk = bulk
        self._batch_id = batch_id
        self._start = start
        self._days = (end - start).days + 1

    def accounts(self, low: int, high: int, first: int) -> tuple[int, int]:
        """One account for each customer, for some a second; their range of ids.

        `first` is the id of customer number 1.
        """
        before = self._last_account()
        number = f"CAST(62000000000000 + (c.id - {first} + 1) * 100 + k.place AS text)"
        self._run(
            "INSERT INTO account "  # noqa: S608
            "(account_no, customer_id, category, currency, opened_on, batch_id) "
            f"SELECT {number}, c.id, k.category, 'CNY', c.opened_on, ? "
            "FROM customer AS c CROSS JOIN (SELECT 1 AS place, 'deposit' AS category "
            "UNION ALL SELECT 2, 'wealth') AS k "
            "WHERE c.id BETWEEN ? AND ? AND c.state NOT IN (?, ?) "
            f"AND (k.place = 1 OR {scattered('c.id', 11)} % 100 < {_SECOND}) "
            "ORDER BY c.id, k.place",
            self._batch_id, low, high,
            CustomerState.PROSPECT.value, CustomerState.TARGET.value,
        )  # fmt: skip
        return before + 1, self._last_account()

    def balances(self, low: int, high: int, changes: int) -> None:
        """`changes` of each account: one thirteen months ago, then in each of the last months."""
        steps = " UNION ALL ".join(f"SELECT {nth} AS nth" for nth in range(changes))
        back = f"{self._days - 1} - ({changes - 1} - m.nth) * 30 - {scattered('a.id', 23)} % 30"
        offset = f"CASE m.nth WHEN 0 THEN 0 ELSE {back} END"
        wealth = f"{_LEAST} / (100 + {scattered('a.id', 37)} % 100000)"
        part = scattered("(a.id * 8 + m.nth)", 41)
        self._run(
            "INSERT INTO balance (account_id, day, revision, amount, batch_id) "  # noqa: S608
            "SELECT id, day, 0, amount, ? FROM ("
            f"SELECT a.id, a.opened_on, {self._plus(offset)} AS day, "
            f"{wealth} * (80 + {part} % 41) / 100 AS amount "
            f"FROM account AS a CROSS JOIN ({steps}) AS m WHERE a.id BETWEEN ? AND ?"
            ") AS found WHERE day >= opened_on ORDER BY id, day",
            self._batch_id, self._start.isoformat(), low, high,
        )  # fmt: skip

    def transactions(self, low: int, high: int, *, last_only: bool) -> None:
        """Every change of a balance as a movement, or each account's last."""
        wanted = "WHERE later = 1 " if last_only else ""
        self._run(
            "INSERT INTO transactions "  # noqa: S608
            "(transaction_no, account_id, booked_on, amount, initiator, batch_id) "
            "SELECT 'T' || account_no || '000' || CAST(nth AS text), account_id, day, amount, "
            f"CASE WHEN {scattered('(account_id * 8 + nth)', 53)} % 10 < 8 THEN ? ELSE ? END, ? "
            "FROM (SELECT a.account_no, b.account_id, b.day, "
            "b.amount - coalesce(lag(b.amount) OVER booked, 0) AS amount, "
            "row_number() OVER booked AS nth, "
            "row_number() OVER (PARTITION BY b.account_id ORDER BY b.day DESC) AS later "
            "FROM balance AS b JOIN account AS a ON a.id = b.account_id "
            "WHERE b.account_id BETWEEN ? AND ? "
            "WINDOW booked AS (PARTITION BY b.account_id ORDER BY b.day)"
            f") AS movement {wanted}ORDER BY account_id, day",
            Initiator.CUSTOMER.value, Initiator.INSTITUTION.value, self._batch_id, low, high,
        )  # fmt: skip

    def _last_account(self) -> int:
        return int(self._bulk.rows("SELECT coalesce(max(id), 0) FROM account")[0][0])

    def _plus(self, days: str) -> str:
        if self._bulk.is_sqlite:
            return f"date(?, '+' || ({days}) || ' days')"
        return f"(CAST(? AS date) + CAST({days} AS integer))"

    def _run(self, sql: str, *values: Any) -> None:
        # A percent sign begins a parameter in PostgreSQL's driver.
        self._bulk.run(sql if self._bulk.is_sqlite else sql.replace("%", "%%"), *values)
