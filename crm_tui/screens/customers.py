"""The roster by tier (F3): strip, views, search box, list, and the highlighted customer."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Container
from textual.content import Content
from textual.widgets import Static

from crm_tui.domain.contacts import ContactCriteria
from crm_tui.domain.roster import Move, RosterCriteria, RosterRow, Sort, View, Walk
from crm_tui.domain.staff import Role
from crm_tui.i18n import _
from crm_tui.screens import roster_columns, roster_head
from crm_tui.screens.roster_filter import FilterDialog
from crm_tui.screens.roster_pane import CONTACTS, READ_AFTER, WIDE, RosterPane
from crm_tui.screens.roster_reading import RosterReading
from crm_tui.widgets.record_table import RecordTable
from crm_tui.widgets.rule import Rule
from crm_tui.widgets.search_box import SearchBox, SearchLine
from crm_tui.widgets.wishes import Open

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

    from crm_tui.domain.contacts import ContactPage
    from crm_tui.widgets.record_messages import Highlighted, Opened


class CustomersScreen(RosterReading, inherit_bindings=False):
    """The list that everything starts from."""

    WHERE = "customers"
    HORIZONTAL_BREAKPOINTS = [(0, "-one"), (WIDE, "-wide")]
    DEFAULT_CSS: ClassVar[str] = """
    CustomersScreen #strip, CustomersScreen #views { height: 1; width: 1fr; }
    CustomersScreen #body { height: 1fr; width: 1fr; layout: vertical; }
    CustomersScreen.-wide #body { layout: horizontal; }
    CustomersScreen.-wide #body Rule { display: none; }
    CustomersScreen.-wide RosterPane {
        height: 1fr; width: 44; border-left: ascii $foreground;
    }
    CustomersScreen RecordTable { height: 1fr; width: 1fr; }
    """

    def compose_body(self) -> Iterable[Widget]:
        """Strip, views, search, list, detail."""
        hint = _("name, pinyin, initials, phone or ID tail, number, @owner, tier")
        yield Static(Content(""), id="strip", markup=False)
        yield Static(Content(""), id="views", markup=False)
        yield SearchLine(hint)
        with Container(id="body"):
            yield RecordTable(
                roster_columns.columns(self._office.today()),
                lambda row: row.customer_id,
                empty=self._empty(),
                ascii_glyphs=self.context.plain,
            )
            yield Rule(plain=self.context.plain)
            yield RosterPane(self._office.today(), plain=self.context.plain)

    def on_mount(self) -> None:
        """The list has the keys; strip and total come when they are counted."""
        table = self.query_one(RecordTable)
        table.focus()
        table.reset()
        self._show_views()

    # --- the list ---------------------------------------------------------------------------

    def on_record_table_highlighted(self, message: Highlighted) -> None:
        """What the highlighted customer needs; the last contacts when the cursor rests there."""
        message.stop()
        row: RosterRow | None = message.row
        self.query_one(RosterPane).show(row)
        self._show_views()
        self.refresh_keys()
        self.set_timer(READ_AFTER, partial(self._read_contacts, row))

    def _read_contacts(self, row: RosterRow | None) -> None:
        """Only a wide screen has room for them."""
        pane = self.query_one(RosterPane)
        if row is not None and pane.row is row and pane.roomy:
            criteria = ContactCriteria(customer_id=row.customer_id)
            read = partial(self._office.contacts.page, criteria, Move.FIRST, None, CONTACTS)
            self.run_read("contacts", read, partial(self._show_contacts, row))

    def _show_contacts(self, row: RosterRow, found: ContactPage) -> None:
        pane = self.query_one(RosterPane)
        if pane.row is row:
            pane.show(row, found.rows)

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

    def search_for(self, text: str) -> None:
        """Another list."""
        self._list(search=text)

    def on_resize(self) -> None:
        """Lines are cut to the width."""
        self._draw_strip()
        self._show_views()
        self.set_timer(READ_AFTER, partial(self._read_contacts, self.query_one(RosterPane).row))

    def reload(self) -> None:
        """Rows and counts."""
        self._uncounted = {"count", "strip"}
        self.query_one(RecordTable).reload()

    # --- commands ---------------------------------------------------------------------------

    def _list(self, **changed: object) -> None:
        """Show another list."""
        self._criteria = replace(self._criteria, **changed)  # type: ignore[arg-type]
        self._total = None
        self._uncounted.add("count")
        self.query_one(RecordTable).reset(empty=self._empty())
        self._show_views()

    def list_like(self, other: CustomersScreen) -> None:
        """View, order, filter and search."""
        self._criteria, self._manager_name = other._criteria, other._manager_name
        self._list()

    def _view(self, view: View) -> None:
        """What waits for an account manager is that of their own, as Today counts it."""
        sort = Sort.DUE if view is View.OVERDUE else Sort.TIER
        owner, own = self._criteria.manager_id, self._office.person.staff_id
        if self._office.person.holds(Role.ACCOUNT_MANAGER) and owner in (None, own):
            owner = own if view in (View.NEAR, View.OVERDUE) else None
            self._manager_name = ""
        self._list(view=view, sort=sort, manager_id=owner)

    def do_view_1(self) -> None:
        """My own customers."""
        self._view(View.MINE)

    def do_view_2(self) -> None:
        """Everybody in reach."""
        self._view(View.BRANCH)

    def do_view_3(self) -> None:
        """Near the next tier; an account manager's own, until Esc widens it."""
        self._view(View.NEAR)

    def do_view_5(self) -> None:
        """Overdue for contact; an account manager's own, until Esc widens it."""
        self._view(View.OVERDUE)

    def do_view_6(self) -> None:
        """Whose card was open lately."""
        self._view(View.RECENT)

    def do_view_7(self) -> None:
        """My own customers to contact today, as agreed or by the interval of their tier."""
        self._view(View.DUE)

    def do_sort(self) -> None:
        """The next order."""
        orders = list(roster_head.SORTS)
        following = orders[(orders.index(self._criteria.sort) + 1) % len(orders)]
        self._list(sort=following)

    def do_filter(self) -> None:
        """Tier, state and owner."""

        def chosen(answer: tuple[RosterCriteria, str] | None) -> None:
            if answer is not None:
                picked, name = answer
                own = picked.manager_id == self._office.person.staff_id
                self._manager_name = "" if own else name
                self._list(tier=picked.tier, state=picked.state, manager_id=picked.manager_id)

        person, criteria = self._office.person, self._criteria
        own = criteria.manager_id == person.staff_id
        owner = person.name if own else self._manager_name
        dialog = FilterDialog(self.context, criteria, owner, self._office.roster.managers)
        self.app.push_screen(dialog, chosen)

    def do_new(self) -> None:
        """Register a customer."""
        self.post_message(Open("customer_form", 0, sought=self._criteria.search))

    def do_edit(self) -> None:
        """Edit the highlighted customer."""
        self.when_settled("edit", partial(self._with_row, "customer_form"))

    def do_log_contact(self) -> None:
        """Log a contact with the highlighted customer."""
        self.when_settled("log_contact", partial(self._with_row, "contact_form"))

    def _with_row(self, target: str) -> None:
        row = self.query_one(RecordTable).row
        if row is not None:
            self.post_message(Open(target, row.customer_id))

    def legend(self) -> dict[str, str]:
        """The marks of the roster."""
        return roster_columns.legend()

    def why_not(self, command_id: str) -> str | None:
        """What needs a row needs a row."""
        needs_row = command_id in ("open", "edit", "log_contact") and self.settled
        if needs_row and self.table is not None and self.table.row is None:
            return _("no customer is highlighted")
        if command_id == "sort" and self._criteria.view is View.RECENT:
            return _("this view has one order: {order}").format(
                order=roster_head.order(self._criteria)
            )
        return super().why_not(command_id)

    def widen(self) -> None:
        """To the view that the list begins with, unless all are shown; without a filter."""
        if self.narrowed() or self._criteria.view not in (View.MINE, View.BRANCH):
            self._manager_name = ""
            self._list(
                view=self._begins_with, sort=Sort.TIER, tier=None, state=None, manager_id=None
            )

    def narrowed(self) -> bool:
        """By tier, state or owner."""
        return bool(roster_head.filters(self._criteria, ""))

    def leave(self) -> None:
        """End the filter first."""
        if self.narrowed():
            self._list(tier=None, state=None, manager_id=None)
        else:
            super().leave()

    def on_descendant_focus(self) -> None:
        """In the search box other keys help than on the list."""
        self.query_one(RecordTable).set_empty(self._empty())

    def _empty(self) -> str:
        return roster_head.empty(
            self._criteria,
            self._manager_name,
            self._reach,
            typing=isinstance(self.focused, SearchBox),
        )
