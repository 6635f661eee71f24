"""Which cases are open, and how many of a customer: little enough for the roster to load."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import func, select, text
from sqlmodel import col

from crm_tui.db.tables import Complaint

# As the partial indexes have it: SQLite would not take `is_open = 1` for the same.
OPEN: Final = text("complaint.is_open")
ENDED: Final = text("NOT complaint.is_open")


def open_count(customer_id: Any) -> Any:
    """How many open cases the customer of a row has, for the mark. The row is in scope."""
    query = select(func.count()).select_from(Complaint)
    return query.where(col(Complaint.customer_id) == customer_id, OPEN).scalar_subquery()
