"""Which importer reads which kind of file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from crm_tui.services.imports.branches import BranchImporter
from crm_tui.services.imports.customers import CustomerImporter
from crm_tui.services.imports.report import ImportKind
from crm_tui.services.imports.staff import StaffImporter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crm_tui.services.imports.base import Importer

IMPORTERS: Final[Mapping[ImportKind, type[Importer]]] = {
    ImportKind.BRANCHES: BranchImporter,
    ImportKind.STAFF: StaffImporter,
    ImportKind.CUSTOMERS: CustomerImporter,
}
