"""Customers who stay when a batch is taken back, since somebody has changed them meanwhile.

All of theirs stays with them: a search text or a household of before would not be theirs, and the
next import, which compares with what the customer says of the last one, would not mend it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from crm_tui.db.bulk import Bulk

BEFORE_CUSTOMERS: Final = ("customer_search", "household_member")
"""Taken back before the customers: the roster repeats them, and the images of the customers tell
who stays."""


def of_kept_customers(
    session: Bulk, batch_id: int, table: str, row_keys: Sequence[str]
) -> set[str]:
    """Which of these rows belong to a customer whom somebody has changed since."""
    if table not in BEFORE_CUSTOMERS:
        return set()
    key = "id" if table == "household_member" else "customer_id"
    owners = session.rows(
        f"SELECT {key}, customer_id FROM {table} WHERE {key} {{ids}}",  # noqa: S608
        session.keys(map(int, row_keys)),
    )
    stay = {row[0] for row in session.rows(
        "SELECT c.id FROM customer AS c JOIN import_image AS i ON i.batch_id = ? "
        "AND i.table_name = 'customer' AND i.row_key = CAST(c.id AS TEXT) "
        "WHERE c.version <> i.version_after AND c.id {ids}",
        batch_id,
        session.keys({customer_id for _row_id, customer_id in owners}),
    )}  # fmt: skip
    return {str(row_id) for row_id, customer_id in owners if customer_id in stay}


def release(session: Bulk, batch_id: int, kept: Collection[int]) -> None:
    """What the batch made for customers who stay is not the batch's any more."""
    for table in ("household_member", "tier_held"):
        session.run(
            f"UPDATE {table} SET batch_id = NULL WHERE batch_id = ? AND customer_id {{ids}}",  # noqa: S608
            batch_id,
            session.keys(kept),
        )
