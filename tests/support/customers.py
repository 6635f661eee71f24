"""Customers for the tests of services, registered through the service."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from crm_tui.domain.customers import CustomerForm

if TYPE_CHECKING:
    from tests.support.people import Bank

MOBILE = "13800138000"
ID_NO = "11010519491231002X"


def register(bank: Bank, username: str = "lina", **fields: str) -> int:
    """Register a customer as `username`; the id."""
    from crm_tui.services.registration import Registration

    given = {"name": "张伟明", "mobile": MOBILE, "id_no": ID_NO, "state": "active", **fields}
    service = Registration(bank.store, bank.person(username), bank.policy)
    return service.register(CustomerForm(**given), uuid.uuid4().hex, knowing=True)
