"""The demo bank's rows in the import formats, as a core bank would hand them over."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from typing import TYPE_CHECKING

from crm_tui.demo import money
from crm_tui.demo.staffing import BRANCHES, DEPARTMENTS, STAFF

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from crm_tui.demo.people import Customer
    from crm_tui.demo.touches import Touch
    from crm_tui.domain.periods import Window

Row = Sequence[object]

_BRANCHES = ("code", "name", "parent", "kind")
_STAFF = ("username", "name", "role", "branch")
_CUSTOMERS = (
    "customer_no", "kind", "name", "id_type", "id_no", "gender", "birth_date", "mobile", "branch",
    "account_manager", "opened_on", "state", "household_no", "card_type",
)  # fmt: skip
_ACCOUNTS = ("account_no", "customer_no", "category", "currency", "opened_on")
_BALANCES = ("account_no", "date", "balance")
_TRANSACTIONS = ("transaction_no", "account_no", "booked_on", "amount", "initiator")
_VISITS = (
    "customer_no", "staff", "method", "started_at", "duration_seconds", "purpose", "content",
    "result",
)  # fmt: skip


def branches(path: Path) -> int:
    """Write branches and departments; how many."""
    rows = ((one.code, one.name, one.parent, one.kind.value) for one in (*BRANCHES, *DEPARTMENTS))
    return _write(path, _BRANCHES, rows)


def staff(path: Path) -> int:
    """Write everybody who works there; how many."""
    rows = ((one.username, one.name, one.role.value, one.place) for one in STAFF)
    return _write(path, _STAFF, rows)


def customers(path: Path, found: Iterable[Customer]) -> int:
    """Write customers; how many."""
    rows = (
        (
            one.customer_no, one.kind.value, one.name, one.id_type.value, one.id_no, one.gender,
            one.birth_date or "", one.mobile, one.branch, one.manager, one.opened_on,
            one.state.value, one.household_no, "",
        )
        for one in found
    )  # fmt: skip
    return _write(path, _CUSTOMERS, rows)


def accounts(path: Path, found: Iterable[money.Account]) -> int:
    """Write accounts; how many."""
    rows = (
        (one.account_no, one.customer.customer_no, one.category, "CNY", one.opened_on)
        for one in found
    )
    return _write(path, _ACCOUNTS, rows)


def balances(path: Path, found: Iterable[money.Movement]) -> int:
    """Write end-of-day balances; how many."""
    rows = ((one.account_no, one.day, _yuan(one.balance)) for one in found)
    return _write(path, _BALANCES, rows)


def transactions(path: Path, found: Iterable[money.Movement]) -> int:
    """Write booked movements; how many."""
    rows = (
        (
            f"T{one.account_no}{one.nth:04d}", one.account_no, one.day, _yuan(one.amount),
            one.initiator.value,
        )
        for one in found
    )  # fmt: skip
    return _write(path, _TRANSACTIONS, rows)


def visits(path: Path, found: Iterable[Touch]) -> int:
    """Write contacts; how many."""
    rows = (
        (
            one.customer.customer_no, one.staff, one.talk.method.value,
            one.started_at.strftime("%Y-%m-%dT%H:%M:%S"), one.seconds, one.talk.purpose,
            one.talk.content, one.talk.result.value,
        )
        for one in found
    )  # fmt: skip
    return _write(path, _VISITS, rows)


def by_month(
    seed: int, found: Iterable[money.Account], months: Sequence[Window]
) -> dict[Window, list[money.Movement]]:
    """Every movement of the accounts, sorted into its month."""
    sorted_in: dict[Window, list[money.Movement]] = {month: [] for month in months}
    place = {(month.start.year, month.start.month): month for month in months}
    for account in found:
        for movement in money.movements(seed, account, months):
            sorted_in[place[movement.day.year, movement.day.month]].append(movement)
    return sorted_in


def _yuan(fen: int) -> str:
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def _write(path: Path, header: Row, rows: Iterable[Row]) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        for row in rows:
            writer.writerow(row)
            count += 1
    return count
