"""What the importers of all nouns share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from crm_tui.db import import_reads
from crm_tui.services.imports.report import Issue, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from crm_tui.db.bulk import Bulk, BulkStore
    from crm_tui.db.crypto import KeyRing
    from crm_tui.db.staging import Staging
    from crm_tui.db.targets import Batch, Result, Target
    from crm_tui.domain.policy import Policy
    from crm_tui.services.imports.fields import Column
    from crm_tui.services.imports.report import Issues
    from crm_tui.services.imports.word_lists import WordLists

Staged = tuple[Any, ...]


@dataclass(slots=True)
class Context:
    """What a run gives its importer."""

    keys: KeyRing
    today: date
    issues: Issues
    policy: Policy
    branches: dict[str, import_reads.BranchRef] = field(default_factory=dict)
    staff: dict[str, int] = field(default_factory=dict)
    actor: str = ""
    words: WordLists = field(default_factory=dict)


class Importer(ABC):
    """One kind of file: its columns, its checks, its writes."""

    target: Target
    widest_step = 4_000
    # Whether the rows cost so much that those of a large file are shaped by several processes.
    helped = False
    # Values staged behind those of the target: what a new row means for other tables.
    staged_beside = 0
    # Columns of our own export that say what the program makes of a row: they are not read.
    passed_over: frozenset[str] = frozenset()

    def __init__(self, context: Context) -> None:
        self.context = context
        self.columns = self.make_columns()
        self._by_name = {column.name: column for column in self.columns}
        self.noted: list[Issue] = []

    @abstractmethod
    def make_columns(self) -> tuple[Column, ...]:
        """The columns of the file."""

    @abstractmethod
    def shape(self, line: int, values: list[Any]) -> Staged | None:
        """Key, line and values to be staged; None when the row is bad, which was noted.

        From the line and what `prepare` has read alone: in a large file, in another process.
        """

    @property
    def staged_width(self) -> tuple[int, int]:
        """How many staged values are the key, and how many stand behind the line."""
        target = self.target
        stored = target.width + len(target.derived) + len(target.fixed)
        return len(target.keys), stored + self.staged_beside

    @property
    def key_name(self) -> str:
        """The column that names a row in the list of bad ones."""
        return self.columns[0].name

    def prepare(self, bulk: Bulk) -> None:
        """Load what the whole run needs to know."""
        self.context.branches = import_reads.branches(bulk)
        self.context.staff = import_reads.staff(bulk)

    def resolve(self, bulk: Bulk, rows: list[Staged]) -> list[Staged]:
        """References of shaped rows, looked up together; bad ones are noted and left out."""
        return rows

    def review(self, staging: Staging) -> None:  # noqa: B027 (most have nothing to review)
        """Look at the whole file before anything is written."""

    def starts(self, bulk: Bulk, rows: int) -> None:  # noqa: B027 (most have nothing to prepare)
        """Called once before the first step of so many rows."""

    def ends(self, bulk: BulkStore) -> None:  # noqa: B027 (most have nothing left to do)
        """Called once after the last step, before the batch is done."""

    @abstractmethod
    def apply(self, bulk: Bulk, batch: Batch, rows: Sequence[Staged]) -> Result:
        """Write one part of the rows."""

    def bad(self, line: int, column: str, value: str, reason: str) -> None:
        """Note a bad row; `value` is masked as its column demands."""
        known = self._by_name.get(column)
        shown = known.mask(value) if known else ""
        self.noted.append(Issue(line, column, shown, reason))

    def warn(self, line: int, column: str, reason: str) -> None:
        """Note what is loaded all the same."""
        self.noted.append(Issue(line, column, "", reason, Severity.WARNING))

    def take_noted(self) -> list[Issue]:
        """What was noted since the last call."""
        noted, self.noted = self.noted, []
        return noted
