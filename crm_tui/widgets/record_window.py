"""The loaded rows of a long list: pages in, a window of bounded memory out. No UI here."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

R = TypeVar("R")


class Want(Enum):
    """Which rows a table asks for."""

    FIRST = "first"
    """The first `size` rows."""
    LAST = "last"
    """The last `size` rows, in list order."""
    AFTER = "after"
    """Up to `size` rows that follow `row`, without it."""
    BEFORE = "before"
    """Up to `size` rows that come before `row`, without it, in list order."""
    NEAR = "near"
    """`size` rows around position `position` of `total`, as near as is cheap."""
    AROUND = "around"
    """About `size` rows with the one of `key` amid them, or its place if it is gone."""


@dataclass(frozen=True, slots=True)
class PageRequest(Generic[R]):
    """One wish of a table. `generation` names it: the answer must carry the same number."""

    want: Want
    size: int
    generation: int
    row: R | None = field(default=None, repr=False)
    key: Hashable | None = field(default=None, repr=False)
    position: int | None = None
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[R]):
    """The answer to a request. `start` is the position of the first row (0 is the list's first)
    when it is known; the table works without."""

    rows: tuple[R, ...] = field(repr=False)
    start: int | None
    has_before: bool
    has_after: bool
    generation: int


class PageSource(Protocol[R]):
    """What the owner of a table asks, in a thread worker; it may block."""

    def page(self, request: PageRequest[R]) -> Page[R]:
        """The rows that `request` wants."""

    def count(self) -> int:
        """How many rows the list has."""


class RowWindow(Generic[R]):
    """Consecutive rows of a list, at most about `limit` of them."""

    def __init__(self, row_key: Callable[[R], Hashable], limit: int) -> None:
        self.rows: list[R] = []
        self.start: int | None = None
        self.has_before = False
        self.has_after = False
        self._row_key = row_key
        self._limit = limit

    def __len__(self) -> int:
        return len(self.rows)

    def key_of(self, row: R) -> Hashable:
        """The key of `row`."""
        return self._row_key(row)

    def find(self, key: Hashable) -> int | None:
        """Where the row of `key` is in the window."""
        return next((i for i, row in enumerate(self.rows) if self._row_key(row) == key), None)

    def replace(self, page: Page[R]) -> None:
        """Hold the rows of `page` and no others."""
        self.rows = list(page.rows)
        self.has_before = page.has_before
        self.has_after = page.has_after
        self.start = page.start if page.has_before else 0

    def append(self, page: Page[R], keep_from: int) -> int:
        """Add the rows that follow, let go of rows before `keep_from` beyond the limit.

        Returns how many rows were let go: all indexes shrink by it.
        """
        self.rows.extend(page.rows)
        self.has_after = page.has_after and bool(page.rows)
        gone = max(0, min(len(self.rows) - self._limit, keep_from))
        if gone:
            del self.rows[:gone]
            self.has_before = True
            if self.start is not None:
                self.start += gone
        return gone

    def prepend(self, page: Page[R], keep_to: int) -> int:
        """Add the rows that come before, let go of rows from `keep_to` on beyond the limit.

        Returns how many rows were added: all indexes grow by it.
        """
        added = len(page.rows)
        self.rows[:0] = page.rows
        self.has_before = page.has_before and bool(added)
        if not self.has_before:
            self.start = 0
        elif self.start is not None:
            self.start = max(1, self.start - added)
        gone = max(0, min(len(self.rows) - self._limit, len(self.rows) - added - keep_to))
        if gone:
            del self.rows[-gone:]
            self.has_after = True
        return added

    def learn_total(self, total: int | None) -> int | None:
        """Work out `start` from `total`, or a better total from the list's end."""
        if not self.has_after and self.start is not None:
            return self.start + len(self.rows)
        if total is not None and self.start is None and not self.has_after:
            self.start = max(0, total - len(self.rows))
        return total
