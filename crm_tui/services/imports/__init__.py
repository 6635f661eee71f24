"""Files of the core bank on their way in (decisions.md, Import)."""

from crm_tui.services.imports.report import (
    ImportKind,
    ImportReport,
    Issue,
    Phase,
    Progress,
    Severity,
)
from crm_tui.services.imports.run import import_file, recover

__all__ = [
    "ImportKind",
    "ImportReport",
    "Issue",
    "Phase",
    "Progress",
    "Severity",
    "import_file",
    "recover",
]
