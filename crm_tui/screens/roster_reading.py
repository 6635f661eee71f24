"""What the roster lists, and the reading of it: pages, counts, the strip, the lines above."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from textual.content import Content
from textual.widgets import Static

from crm_tui.domain.roster import RosterCriteria, RosterRow, View
from crm_tui.domain.staff import Permission, Role
from crm_tui.i18n import _
from crm_tui.screens import paging, roster_head
from crm_tui.screens.base import RecordScreen
from crm_tui.text import clip
from crm_tui.widgets.record_table import RecordTable

if TYPE_CHECKING:
    from crm_tui.domain.roster import Strip
    from crm_tui.office import Office
    from crm_tui.widgets.context import Context
    from crm_tui.widgets.record_messages import Wanted
    from crm_tui.widgets.record_window import Page

COUNT_AFTER: Final = 0.5
"""Seconds without a key after which the hits of a search are counted: who chooses characters in
an input method pauses that long, and a count takes longer than the rows of the next key."""


class RosterReading(RecordScreen[None], inherit_bindings=False):
    """The reading half of `CustomersScreen`."""

    def __init__(self, context: Context, office: Office) -> None:
        super().__init__(context, _("Customers F3"))
        self._office = office
        mine = office.person.roles[0].role is Role.ACCOUNT_MANAGER
        self._begins_with = View.MINE if mine else View.BRANCH
        self._criteria = RosterCriteria(view=self._begins_with)
        self._total: int | None = None
        self._manager_name = ""
        scope = office.person.scope(Permission.SEE_CUSTOMERS)
        everybody = office.person.is_head_office or (scope is not None and scope.branch_ids is None)
        self._reach = "" if everybody else office.person.branch_name
        self._pyramid: Strip | None = None
        self._uncounted = {"count", "strip"}

    def on_record_table_wanted(self, message: Wanted) -> None:
        """Fetch the rows that the table asks for."""
        fetch = partial(self._office.roster.page, self._criteria)
        paging.read_page(self, message, fetch, partial(self._rows_came, message.table))

    def _rows_came(self, table: RecordTable[RosterRow], page: Page[RosterRow]) -> None:
        """Counting a million takes longer than a key: rows first, and while somebody types a
        search, no count of what is typed over at once."""
        table.put_page(page)
        if self._uncounted and self._criteria.search:
            self.set_timer(COUNT_AFTER, partial(self._count, self._criteria))
        elif self._uncounted:
            self._count(self._criteria)

    def _count(self, criteria: RosterCriteria) -> None:
        """Count what is still listed and not counted."""
        if criteria is not self._criteria:
            return
        if "count" in self._uncounted:
            self.run_read("count", lambda: self._office.roster.count(criteria), self._show_total)
        if "strip" in self._uncounted:
            self.run_read("strip", self._office.roster.strip, self._show_strip)
        self._uncounted = set()

    def _show_total(self, total: int) -> None:
        self._total = total
        self.query_one(RecordTable).set_total(total)
        self._show_views()

    def _show_strip(self, strip: Strip) -> None:
        self._pyramid = strip
        self._draw_strip()

    def _draw_strip(self) -> None:
        if self._pyramid is not None:
            self._put("strip", roster_head.strip_text(self._pyramid, self._width))

    def _show_views(self) -> None:
        self._put("views", roster_head.views_text(
            self._criteria, self._manager_name, self._place(), self._width))  # fmt: skip

    @property
    def _width(self) -> int:
        return max(0, self.app.size.width - 2)

    def _place(self) -> str:
        if self._total is None:
            return ""
        table = self.query_one(RecordTable)
        place = f"{table.position + 1:,}/" if table.position is not None and self._total else ""
        return f"{place}{self._total:,}"

    def _put(self, name: str, text: str) -> None:
        self.query_one(f"#{name}", Static).update(
            Content(" " + clip(text, self._width, ascii_only=self.context.plain)), layout=False
        )
