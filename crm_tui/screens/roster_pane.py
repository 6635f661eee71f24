"""The highlighted customer: two lines below the roster, or a pane beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual.content import Content
from textual.widget import Widget

from crm_tui import labels
from crm_tui.clock import business_date
from crm_tui.domain.money import format_fen
from crm_tui.i18n import _
from crm_tui.screens import roster_columns
from crm_tui.screens.visit_lines import Room
from crm_tui.text import clip, one_line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from crm_tui.domain.contacts import ContactRow
    from crm_tui.domain.roster import RosterRow

WIDE: Final = 120
"""Cells from which the highlighted customer stands beside the list."""
FEW_LINES: Final = 2
CONTACTS: Final = 5
"""How many of the last contacts the pane shows."""
LINES_EACH: Final = 3
READ_AFTER: Final = 0.15
"""Seconds on a row before its contacts are read: who walks on does not wait for them."""


class RosterPane(Widget):
    """What the highlighted customer needs, so that most need not be opened."""

    DEFAULT_CSS: ClassVar[str] = """
    RosterPane { height: 2; width: 1fr; padding: 0 1; }
    """

    def __init__(self, today: date, *, plain: bool = False) -> None:
        super().__init__()
        self._today = today
        self._plain = plain
        self.row: RosterRow | None = None
        self.contacts: Sequence[ContactRow] = ()

    @property
    def roomy(self) -> bool:
        """Whether there is room for the last contacts."""
        return self.size.height > FEW_LINES

    def show(self, row: RosterRow | None, contacts: Sequence[ContactRow] = ()) -> None:
        """Show `row`, and its last contacts when they are read."""
        self.row, self.contacts = row, contacts
        self.refresh()

    def render(self) -> Content:
        """As much as fits."""
        if self.row is None:
            return Content("")
        room = Room(self.content_size.width, self.content_size.height, self._plain)
        if self.roomy:
            lines = full(self.row, self.contacts, self._today, room)
        else:
            lines = list(roster_columns.detail(self.row, self._today))
        return Content("\n".join(clip(line, room.width, ascii_only=room.plain) for line in lines))


def full(row: RosterRow, contacts: Sequence[ContactRow], today: date, room: Room) -> list[str]:
    """Who it is, the assets, the next contact, then the last contacts."""
    facts = [
        f"{one_line(row.name)}  {row.customer_no}",
        f"{labels.label(row.kind)}  {labels.label(row.state)}  {row.mobile_mask or '-'}",
        _("owner {name}").format(name=one_line(row.manager_name) or "-"),
        "",
        *_assets(row),
        "",
        *roster_columns.contact(row, today),
    ]
    lines = [part for fact in facts for part in (room.wrap(fact) or [""])]
    for one in contacts:
        if one.withdrawn:
            continue
        day = roster_columns.dated(business_date(one.started_at), today)
        head = f"{day} {labels.label(one.method)} {one_line(one.staff_name)}"
        said = room.wrap(one_line(one.content) or labels.result(one.result))
        lines += ["", head, *room.first(said, LINES_EACH)]
    return room.first(lines, room.height)


def _assets(row: RosterRow) -> list[str]:
    tier = labels.tier_card(row.tier)
    lines = [tier if row.assets is None else f"{tier}  {format_fen(row.assets)}"]
    if row.household_assets is not None:
        amount = format_fen(row.household_assets)
        lines.append(_("family average {amount}").format(amount=amount))
    return [*lines, *roster_columns.outlook(row)]
