"""Which importer reads which kind of file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from crm_tui.services.imports.accounts import AccountImporter
from crm_tui.services.imports.branches import BranchImporter
from crm_tui.services.imports.calendar import CalendarImporter
from crm_tui.services.imports.complaints import ComplaintImporter
from crm_tui.services.imports.customers import CustomerImporter
from crm_tui.services.imports.movements import BalanceImporter, TransactionImporter
from crm_tui.services.imports.report import ImportKind
from crm_tui.services.imports.staff import StaffImporter
from crm_tui.services.imports.visits import VisitImporter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crm_tui.services.imports.base import Importer

# Tiers and regimes are rule sets, not rows: `rule_files` reads them.
IMPORTERS: Final[Mapping[ImportKind, type[Importer]]] = {
    ImportKind.BRANCHES: BranchImporter,
    ImportKind.STAFF: StaffImporter,
    ImportKind.CUSTOMERS: CustomerImporter,
    ImportKind.ACCOUNTS: AccountImporter,
    ImportKind.BALANCES: BalanceImporter,
    ImportKind.TRANSACTIONS: TransactionImporter,
    ImportKind.VISITS: VisitImporter,
    ImportKind.COMPLAINTS: ComplaintImporter,
    ImportKind.CALENDAR: CalendarImporter,
}
