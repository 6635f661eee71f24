"""What an import found and did; the list of bad rows."""

from __future__ import annotations

import csv
from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import IO, TYPE_CHECKING, Final

from crm_tui.domain.text_rules import without_forbidden
from crm_tui.errors import ImportRejected, why_failed
from crm_tui.i18n import _
from crm_tui.services.files_out import cannot_write, new_private_file, safe_cell

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FIRST_ISSUES: Final = 10


class ImportKind(StrEnum):
    """What a file holds."""

    BRANCHES = "branches"
    STAFF = "staff"
    CUSTOMERS = "customers"
    ACCOUNTS = "accounts"
    BALANCES = "balances"
    TRANSACTIONS = "transactions"
    VISITS = "visits"
    COMPLAINTS = "complaints"
    TIERS = "tiers"
    REGIMES = "regimes"
    CALENDAR = "calendar"


class Severity(StrEnum):
    """A bad row is not loaded; a conflict kept the program's value; a warning was loaded."""

    ERROR = "error"
    CONFLICT = "conflict"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Issue:
    """Something about one line of the file; `value` is masked."""

    line: int
    column: str
    value: str
    reason: str
    severity: Severity = Severity.ERROR


class Phase(StrEnum):
    """What an import is at."""

    READING = "reading"
    CHECKING = "checking"
    APPLYING = "applying"


@dataclass(frozen=True, slots=True)
class Progress:
    """Rows done in this phase and the part of it that is over (0–1)."""

    phase: Phase
    rows: int
    fraction: float


Watch = Callable[[Progress], None]


@dataclass(slots=True)
class ImportReport:
    """What became of a file. `loaded` is False when it was only checked or was rejected."""

    kind: ImportKind
    sha256: str = ""
    rows: int = 0
    bad_rows: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    conflicts: int = 0
    before_opening: int = 0
    answered_before: int = 0
    no_reason: int = 0
    loaded: bool = False
    batch_id: int | None = None
    notes: list[str] = field(default_factory=list)
    first_issues: list[Issue] = field(default_factory=list)
    issues: int = 0

    def counts(self) -> dict[str, int]:
        """What the audit keeps."""
        return {
            "rows": self.rows,
            "bad": self.bad_rows,
            "added": self.added,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "conflicts": self.conflicts,
        }


class Issues:
    """Collects issues: the first few in memory, all of them in a file if one was named."""

    def __init__(self, report: ImportReport, path: Path | None) -> None:
        """Raises ImportRejected when the file is there already or cannot be made."""
        self._report = report
        self._path = path
        self._file: IO[str] | None = None
        self._bad_lines = 0
        self._last_bad = 0
        if path is not None:
            try:
                self._file = new_private_file(path)
            except OSError as error:
                raise ImportRejected(
                    _("{file}: the list of bad rows cannot be made: {why}").format(
                        file=path, why=why_failed(error)
                    )
                ) from None
            self._writer = csv.writer(self._file, quoting=csv.QUOTE_ALL)
            self._writer.writerow(["line", "column", "value", "reason", "kind"])

    def add(self, issue: Issue) -> None:
        """Note one; a row counts as bad once."""
        report = self._report
        report.issues += 1
        if issue.severity is Severity.ERROR and issue.line != self._last_bad:
            self._last_bad = issue.line
            report.bad_rows += 1
        if issue.severity is Severity.CONFLICT:
            report.conflicts += 1
        if len(report.first_issues) < FIRST_ISSUES:
            report.first_issues.append(issue)
        if self._file is not None:
            cells = (issue.column, issue.value, issue.reason, issue.severity.value)
            with self._writing(self._path):
                self._writer.writerow(
                    [str(issue.line), *map(safe_cell, map(without_forbidden, cells))]
                )

    def note_early(self, *, early: bool) -> None:
        """Count a contact before the account was opened."""
        self._report.before_opening += early

    def note_case(self, *, answered_before: bool, no_reason: bool) -> None:
        """Count a complaint answered before it was received, or without a reason."""
        self._report.answered_before += answered_before
        self._report.no_reason += no_reason

    def say(self, text: str) -> None:
        """Something about the file as a whole."""
        self._report.notes.append(text)

    def close(self) -> None:
        """Finish the file; an empty list leaves none behind. Raises ImportRejected."""
        if self._file is None or self._path is None:
            return
        with self._writing(self._path):
            self._file.close()
        self._file = None
        if not self._report.issues:
            self._path.unlink()

    @contextmanager
    def _writing(self, path: Path | None) -> Iterator[None]:
        """A list without an end would look like a whole one: it goes, and the import with it."""
        try:
            yield
        except OSError as error:
            assert path is not None
            assert self._file is not None
            path.unlink(missing_ok=True)
            with suppress(OSError):
                self._file.close()
            self._file = None
            raise ImportRejected(cannot_write(path, error).message) from None
