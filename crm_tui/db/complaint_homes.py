"""The branch of a case's customer, which sees the case too: where the customer is today.

It is in the row and not in the trail: who moves does nothing to the case, and yet the new branch
has to see it and the old one no more. Whoever moves customers calls `follow` in the same
transaction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlmodel import col

from crm_tui.db.tables import Customer

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from sqlmodel import Session

    from crm_tui.db.bulk import Bulk
    from crm_tui.domain.complaint_fold import Case


def homes(session: Session, cases: Iterable[Case]) -> dict[int | None, int]:
    """The branches of the customers of these cases; a stranger has none."""
    ids = sorted({one for case in cases if (one := case.begun.customer_id) is not None})
    query = select(col(Customer.id), col(Customer.branch_id)).where(col(Customer.id).in_(ids))
    return {row[0]: row[1] for row in session.execute(query)}


def follow(bulk: Bulk, customer_ids: Collection[int]) -> None:
    """Bring the cases of customers who have moved to the branch that they are at now."""
    if customer_ids:
        bulk.run(
            "UPDATE complaint SET customer_branch_id = "
            "(SELECT c.branch_id FROM customer AS c WHERE c.id = complaint.customer_id) "
            "WHERE customer_id {ids}",
            bulk.keys(customer_ids),
        )
