"""From what a record table asks to what a service answers: keyset pages."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from crm_tui.domain.roster import Move
from crm_tui.widgets.record_window import Page, PageRequest, Want

if TYPE_CHECKING:
    from collections.abc import Callable

    from crm_tui.widgets.record_messages import Wanted
    from crm_tui.widgets.working import Working

R = TypeVar("R")

_MOVES = {
    Want.FIRST: Move.FIRST,
    Want.LAST: Move.LAST,
    Want.AFTER: Move.AFTER,
    Want.BEFORE: Move.BEFORE,
}


class Rows(Protocol):
    """What every paged service answers."""

    @property
    def rows(self) -> tuple[Any, ...]: ...

    @property
    def has_before(self) -> bool: ...

    @property
    def has_after(self) -> bool: ...


def answer(
    request: PageRequest[R],
    fetch: Callable[[Move, Any, int], Rows],
    at: Callable[[int], Rows] | None = None,
) -> Page[R]:
    """The page that `request` wants, in a thread. Rows carry their place as `key`.

    `at` fetches around a position of the list; without it a jump goes to the nearer end.
    """
    if request.want is Want.AROUND:
        return _around(request, fetch)
    if request.want is Want.NEAR:
        return _near(request, fetch, at)
    edge: Any = request.row
    move = _MOVES[request.want]
    found = fetch(move, edge.key if edge is not None else None, request.size)
    start = 0 if request.want is Want.FIRST else None
    if request.want is Want.LAST and request.total is not None:
        start = max(0, request.total - len(found.rows))
    return _page(request, found, start)


def read_page(
    screen: Working[Any],
    message: Wanted,
    fetch: Callable[[Move, Any, int], Rows],
    came: Callable[[Any], object] | None = None,
) -> None:
    """Read what a table asks for; `came` gets the page instead of the table itself.

    Rows before and after may be on their way at once; a jump makes those on their way needless.
    """
    message.stop()
    request, table = message.request, message.table

    def failed(error: Exception) -> None:
        screen.show_error(error)
        table.put_error(request.generation, screen.status.message)

    group = request.want.value if request.want in (Want.AFTER, Want.BEFORE) else "jump"
    read = partial(answer, request, fetch)
    screen.run_read(f"page {group}", read, came or table.put_page, failed)


def _around(request: PageRequest[R], fetch: Callable[[Move, Any, int], Rows]) -> Page[R]:
    """Half a page before the row, and from there on: the row itself may be gone."""
    row: Any = request.row
    if row is None:
        return _page(request, fetch(Move.FIRST, None, request.size), 0)
    before = fetch(Move.BEFORE, row.key, request.size // 2)
    if not before.rows:
        return _page(request, fetch(Move.FIRST, None, request.size), 0)
    edge: Any = before.rows[-1]
    after = fetch(Move.AFTER, edge.key, request.size - len(before.rows))
    return Page(
        rows=(*before.rows, *after.rows),
        start=None,
        has_before=before.has_before,
        has_after=after.has_after,
        generation=request.generation,
    )


def _near(
    request: PageRequest[R],
    fetch: Callable[[Move, Any, int], Rows],
    at: Callable[[int], Rows] | None,
) -> Page[R]:
    position, total = request.position or 0, request.total or 0
    if at is not None:
        start = max(0, position - request.size // 2)
        return _page(request, at(start), start)
    if position * 2 > total:
        found = fetch(Move.LAST, None, request.size)
        return _page(request, found, max(0, total - len(found.rows)))
    return _page(request, fetch(Move.FIRST, None, request.size), 0)


def _page(request: PageRequest[R], found: Rows, start: int | None) -> Page[R]:
    return Page(
        rows=found.rows,
        start=start,
        has_before=found.has_before,
        has_after=found.has_after,
        generation=request.generation,
    )
