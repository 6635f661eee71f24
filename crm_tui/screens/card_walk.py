"""What a card shows, and walking to the next along the list that the first was opened from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from crm_tui.domain.contacts import ContactWalk
from crm_tui.domain.roster import Move, Walk
from crm_tui.errors import UsageError
from crm_tui.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable

    from crm_tui.domain.customers import Card
    from crm_tui.office import Office
    from crm_tui.screens.base import RecordScreen

R = TypeVar("R")

AnyWalk = Walk | ContactWalk
# Contacts read at once while looking for one with another customer.
_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Shown:
    """A card and, when it was opened from a list, its place there; `done` is told below it."""

    card: Card
    walk: AnyWalk | None
    done: str = ""


def load(
    office: Office, customer_id: int, walk: AnyWalk | None = None, *, registered: bool = False
) -> Shown:
    """In a thread: the card, audited as opened."""
    card = office.customers.card(customer_id)
    done = _("{number} registered.").format(number=card.customer_no) if registered else ""
    return Shown(card, walk, done)


def step(office: Office, walk: AnyWalk, by: int) -> AnyWalk:
    """In a thread: the walk one customer further. Raises UsageError at the end of the list."""
    move = Move.AFTER if by > 0 else Move.BEFORE
    if isinstance(walk, Walk):
        page = office.roster.page(walk.criteria, move, walk.row.key, 1)
        if not page.rows:
            raise UsageError(end(by))
        place = None if walk.position is None else walk.position + by
        return replace(walk, row=page.rows[0], position=place)
    return replace(walk, row=_other_customer(office, walk, move, by))


def _other_customer(office: Office, walk: ContactWalk, move: Move, by: int) -> Any:
    """The next contact with somebody else: one customer may have several in a row."""
    key = walk.row.key
    while True:
        page = office.contacts.page(walk.criteria, move, key, _AT_ONCE)
        rows = page.rows if by > 0 else tuple(reversed(page.rows))
        for row in rows:
            if row.customer_id != walk.row.customer_id:
                return row
        if not rows or not (page.has_after if by > 0 else page.has_before):
            raise UsageError(end(by))
        key = rows[-1].key


def no_step(walk: AnyWalk | None, by: int) -> str | None:
    """Why there is nobody after or before, as far as is known without asking."""
    if walk is None:
        return _("this card was not opened from a list of customers")
    if isinstance(walk, ContactWalk) or walk.position is None:
        return None
    last = -1 if walk.total is None else walk.total - 1
    return end(by) if walk.position == (0 if by < 0 else last) else None


def end(by: int) -> str:
    """Said at either end of the list."""
    return _("This is the last one.") if by > 0 else _("This is the first one.")


def go(screen: RecordScreen[Any], read: Callable[[], R], walked: Callable[[R], object]) -> None:
    """Read whom `[` or `]` asks for; what is typed from now on is meant for them, and for nobody
    when they cannot be read."""
    app: Any = screen.app
    let_go = app.hold_keys()

    def done(shown: R) -> None:
        walked(shown)
        let_go()

    def failed(error: Exception) -> None:
        app.drop_keys()
        let_go()
        screen.read_failed(partial(go, screen, read, walked), error)

    screen.run_read("walk", read, done, failed)
