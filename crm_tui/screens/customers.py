"""The roster by tier (F3): strip, views, search box, list, and the highlighted customer."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.widgets import Static

from crm_tui import labels
from crm_tui.domain.roster import RosterCriteria, RosterRow, Sort, View, Walk
from crm_tui.domain.staff import Role
from crm_tui.i18n import N_, _
from crm_tui.screens import paging, roster_columns
from crm_tui.screens.base import RecordScreen
from crm_tui.screens.roster_filter import FilterDialog
from crm_tui.text import cell_width, clip
from crm_tui.widgets.record_table import RecordTable
from crm_tui.widgets.rule import Rule
from crm_tui.widgets.search_box import SearchBox, SearchLine
from crm_tui.widgets.wishes import Open

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

    from crm_tui.domain.roster import Strip
    from crm_tui.office import Office
    from crm_tui.widgets.context import Context
    from crm_tui.widgets.record_messages import Highlighted, Opened, Wanted

VIEWS = {
    View.MINE: ("1", N_("mine")),
    View.BRANCH: ("2", N_("all")),
    View.NEAR: ("3", N_("near")),
    View.OVERDUE: ("5", N_("overdue")),
    View.RECENT: ("6", N_("recent")),
}
SORTS = {
    Sort.TIER: N_("by assets"),
    Sort.NAME: N_("by name"),
    Sort.DUE: N_("by overdue"),
}


class CustomersScreen(RecordScreen[None], inherit_bindings=False):
    """The list that everything starts from."""

    WHERE = "customers"
    DEFAULT_CSS: ClassVar[str] = """
    CustomersScreen #strip, CustomersScreen #views { height: 1; width: 1fr; }
    CustomersScreen #detail { height: 2; width: 1fr; }
    CustomersScreen RecordTable { height: 1fr; }
    """

    def __init__(self, context: Context, office: Office) -> None:
        super().__init__(context, _("Customers F3"))
        self._office = office
        mine = office.person.roles[0].role is Role.ACCOUNT_MANAGER
        self._criteria = RosterCriteria(view=View.MINE if mine else View.BRANCH)
        self._total: int | None = None
        self._manager_name = ""

    def compose_body(self) -> Iterable[Widget]:
        """Strip, views, search, list, detail."""
        hint = _("name, pinyin, initials, phone or ID tail, number, @owner, tier")
        yield Static(Content(""), id="strip", markup=False)
        yield Static(Content(""), id="views", markup=False)
        yield SearchLine(hint)
        yield RecordTable(
            roster_columns.columns(self._office.today()),
            lambda row: row.customer_id,
            empty=self._empty(),
            ascii_glyphs=self.context.plain,
        )
        yield Rule(plain=self.context.plain)
        yield Static(Content(""), id="detail", markup=False)

    def on_mount(self) -> None:
        """The list has the keys; strip and total come when they are counted."""
        table = self.query_one(RecordTable)
        table.focus()
        table.reset()
        self._show_views()
        self._count()

    # --- reading ----------------------------------------------------------------------------

    def on_record_table_wanted(self, message: Wanted) -> None:
        """Fetch the rows that the table asks for."""
        message.stop()
        request, criteria = message.request, self._criteria
        table = message.table

        def failed(error: Exception) -> None:
            self.show_error(error)
            table.put_error(request.generation, self.status.message)

        # A group for each direction: rows before and after may be asked for at once.
        self.run_read(
            f"page {request.want.value}",
            lambda: paging.answer(request, partial(self._office.roster.page, criteria)),
            table.put_page,
            failed,
        )

    def _count(self) -> None:
        """Counts run beside the list and never hold it up."""
        criteria = self._criteria
        self.run_read("count", lambda: self._office.roster.count(criteria), self._show_total)
        self.run_read("strip", self._office.roster.strip, self._show_strip)

    def _show_total(self, total: int) -> None:
        self._total = total
        self.query_one(RecordTable).set_total(total)
        self._show_views()

    def _show_strip(self, strip: Strip) -> None:
        parts = []
        for one in strip.tiers:
            if not one.tier and not one.customers:
                continue
            share = "" if one.share is None else f" {one.share:.0%}"
            name = labels.tier(one.tier) if one.tier else _("not graded")
            parts.append(f"{name} {one.customers:,}{share}")
        if strip.top_fifth is not None:
            share = f"{strip.top_fifth:.0%}"
            parts.append(_("top fifth {share}").format(share=share))
        if strip.importing:
            parts.append(_("importing"))
        self._put("strip", "   ".join(parts))

    def _show_views(self) -> None:
        shown = []
        for view, (digit, name) in VIEWS.items():
            text = f"{digit}{_(name)}"
            shown.append(f"[{text}]" if view is self._criteria.view else text)
        left = " ".join(shown)
        right = "  ".join(filter(None, [*self._filters(), _(SORTS[self._criteria.sort]),
                                        self._place()]))  # fmt: skip
        room = self.app.size.width - 2
        gap = max(2, room - cell_width(left) - cell_width(right))
        self._put("views", f"{left}{' ' * gap}{right}")

    def _filters(self) -> list[str]:
        criteria = self._criteria
        shown = []
        if criteria.tier is not None:
            shown.append(labels.tier_card(criteria.tier))
        if criteria.state is not None:
            shown.append(labels.label(criteria.state))
        if criteria.manager_id is not None:
            shown.append(f"@{self._manager_name}")
        return [f"<{' '.join(shown)}>"] if shown else []

    def _place(self) -> str:
        if self._total is None:
            return ""
        table = self.query_one(RecordTable)
        place = f"{table.position + 1:,}/" if table.position is not None and self._total else ""
        return f"{place}{self._total:,}"

    def _put(self, name: str, text: str) -> None:
        self.query_one(f"#{name}", Static).update(
            Content(" " + clip(text, max(0, self.app.size.width - 2)))
        )

    # --- the list ---------------------------------------------------------------------------

    def on_record_table_highlighted(self, message: Highlighted) -> None:
        """What the highlighted customer needs, below the list."""
        message.stop()
        row: RosterRow | None = message.row
        lines = roster_columns.detail(row, self._office.today()) if row else ("", "")
        width = max(0, self.app.size.width - 2)
        text = "\n".join(" " + clip(line, width) for line in lines)
        self.query_one("#detail", Static).update(Content(text))
        self._show_views()
        self.refresh_keys()

    def on_record_table_opened(self, message: Opened) -> None:
        """Open the card, which can walk this list."""
        message.stop()
        row: RosterRow = message.row
        self.post_message(
            Open(
                "card",
                row.customer_id,
                walk=Walk(self._criteria, row, message.table.position, self._total),
            )
        )

    def on_search_box_sought(self, message: SearchBox.Sought) -> None:
        """Another list with every key."""
        message.stop()
        self._list(search=message.text)

    def on_resize(self) -> None:
        """Lines are cut to the width."""
        self._show_views()

    def reload(self) -> None:
        """Rows and counts."""
        self.query_one(RecordTable).reload()
        self._count()

    # --- commands ---------------------------------------------------------------------------

    def _list(self, **changed: object) -> None:
        """Show another list."""
        self._criteria = replace(self._criteria, **changed)  # type: ignore[arg-type]
        self._total = None
        self.query_one(RecordTable).reset(empty=self._empty())
        self._show_views()
        criteria = self._criteria
        self.run_read("count", lambda: self._office.roster.count(criteria), self._show_total)

    def _view(self, view: View) -> None:
        sort = Sort.DUE if view is View.OVERDUE else Sort.TIER
        self._list(view=view, sort=sort)

    def do_view_1(self) -> None:
        """My own customers."""
        self._view(View.MINE)

    def do_view_2(self) -> None:
        """Everybody in reach."""
        self._view(View.BRANCH)

    def do_view_3(self) -> None:
        """Near the next tier."""
        self._view(View.NEAR)

    def do_view_5(self) -> None:
        """Overdue for contact."""
        self._view(View.OVERDUE)

    def do_view_6(self) -> None:
        """Whose card was open lately."""
        self._view(View.RECENT)

    def do_sort(self) -> None:
        """The next order."""
        orders = list(SORTS)
        following = orders[(orders.index(self._criteria.sort) + 1) % len(orders)]
        self._list(sort=following)

    def do_filter(self) -> None:
        """Tier, state and owner."""

        def chosen(answer: tuple[RosterCriteria, str] | None) -> None:
            if answer is not None:
                self._manager_name = answer[1]
                picked = answer[0]
                self._list(tier=picked.tier, state=picked.state, manager_id=picked.manager_id)

        dialog = FilterDialog(
            self.context, self._criteria, self._manager_name, self._office.roster.managers
        )
        self.app.push_screen(dialog, chosen)

    def do_new(self) -> None:
        """Register a customer."""
        self.post_message(Open("customer_form", 0))

    def do_edit(self) -> None:
        """Edit the highlighted customer."""
        self._with_row("customer_form")

    def do_log_contact(self) -> None:
        """Log a contact with the highlighted customer."""
        self._with_row("contact_form")

    def _with_row(self, target: str) -> None:
        row = self.query_one(RecordTable).row
        if row is not None:
            self.post_message(Open(target, row.customer_id))

    def why_not(self, command_id: str) -> str | None:
        """What needs a row needs a row."""
        needs_row = ("open", "edit", "log_contact")
        if command_id in needs_row and self.is_mounted and self.query_one(RecordTable).row is None:
            return _("no customer is highlighted")
        return super().why_not(command_id)

    def _empty(self) -> str:
        criteria = self._criteria
        if criteria.search.strip():
            return _("Nobody found. Esc ends the search, 2 searches everybody.")
        if criteria.tier is not None or criteria.state is not None or criteria.manager_id:
            return _("Nobody fits the filter. f changes it.")
        return {
            View.MINE: _("No customer is yours yet. 2 shows everybody, n registers one."),
            View.BRANCH: _("No customers yet. n registers one; crm-tui import brings a file in."),
            View.NEAR: _("Nobody is near the next tier. 2 shows everybody."),
            View.OVERDUE: _("Nobody is overdue for contact. 2 shows everybody."),
            View.RECENT: _("You have opened nobody lately. 2 shows everybody."),
        }[criteria.view]
