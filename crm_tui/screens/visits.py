"""The contacts (F4): by day, person, customer and method, newest first."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from textual.containers import Container
from textual.content import Content
from textual.widgets import Static

from crm_tui import labels
from crm_tui.domain.contacts import ContactCriteria, ContactRow, ContactWalk
from crm_tui.domain.staff import Role
from crm_tui.i18n import _
from crm_tui.keys import label, shown
from crm_tui.screens import paging, taking_back, visit_lines
from crm_tui.screens.base import RecordScreen
from crm_tui.screens.visit_filter import VisitFilter
from crm_tui.screens.visit_pane import ContactPane
from crm_tui.text import cell_width, clip, one_line
from crm_tui.widgets.record_table import RecordTable
from crm_tui.widgets.rule import Rule
from crm_tui.widgets.search_box import SearchLine
from crm_tui.widgets.wishes import Open

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from textual.widget import Widget

    from crm_tui.domain.contacts import ContactDetail
    from crm_tui.office import Office
    from crm_tui.widgets.context import Context
    from crm_tui.widgets.record_messages import Highlighted, Opened, Wanted

WIDE: Final = 120
"""Cells from which the highlighted contact stands beside the list."""
DETAIL_AFTER: Final = 0.15
"""Seconds on a row before its needs are read: who walks on does not wait for them."""
VIEWS: Final = ((True, "view_1"), (False, "view_2"))


class VisitsScreen(RecordScreen[None], inherit_bindings=False):
    """The list of all contacts with customers in reach."""

    WHERE = "visits"
    HORIZONTAL_BREAKPOINTS = [(0, "-one"), (WIDE, "-wide")]
    DEFAULT_CSS: ClassVar[str] = """
    VisitsScreen #views { height: 1; width: 1fr; }
    VisitsScreen #body { height: 1fr; width: 1fr; layout: vertical; }
    VisitsScreen.-wide #body { layout: horizontal; }
    VisitsScreen.-wide #body Rule { display: none; }
    VisitsScreen.-wide ContactPane {
        height: 1fr; width: 44; border-left: ascii $foreground;
    }
    VisitsScreen RecordTable { height: 1fr; width: 1fr; }
    """

    def __init__(self, context: Context, office: Office) -> None:
        area = context.keymap.get("area_visits")
        super().__init__(context, f"{label(area)} {shown(area.keys[0])}")
        self._office = office
        role = office.person.roles[0].role if office.person.roles else None
        everybody = role in (Role.SUPERVISOR, Role.HQ_SERVICE)
        self._criteria = ContactCriteria(mine=not everybody)
        self._staff_name = ""

    def compose_body(self) -> Iterable[Widget]:
        """Views and filters, search, list, the highlighted contact."""
        plain = self.context.plain
        yield Static(Content(""), id="views", markup=False)
        yield SearchLine(_("customer: name, pinyin, phone or ID tail, number"))
        with Container(id="body"):
            yield RecordTable(
                visit_lines.columns(self._office.today),
                lambda row: row.contact_id,
                empty=self._empty(),
                ascii_glyphs=plain,
            )
            yield Rule(plain=plain)
            yield ContactPane(self._office.today, plain=plain)

    def on_mount(self) -> None:
        """The list has the keys, and asks for its first rows."""
        self._list.focus()
        self._list.reset()
        self._show_views()

    def on_resize(self) -> None:
        """The line of views is cut to the width."""
        self._show_views()

    @property
    def _list(self) -> RecordTable[ContactRow]:
        return self.query_one(RecordTable)

    @property
    def _row(self) -> ContactRow | None:
        return self._list.row if self.is_mounted else None

    # --- reading ----------------------------------------------------------------------------

    def on_record_table_wanted(self, message: Wanted) -> None:
        """Fetch the rows that the table asks for."""
        paging.read_page(self, message, partial(self._office.contacts.page, self._criteria))

    def on_record_table_highlighted(self, message: Highlighted) -> None:
        """Show the contact; read its needs when the cursor rests there."""
        message.stop()
        row: ContactRow | None = message.row
        self.query_one(ContactPane).show(row)
        self.refresh_keys()
        if row is not None:
            self.set_timer(DETAIL_AFTER, partial(self._read_detail, row))

    def _read_detail(self, row: ContactRow) -> None:
        if self._row is row:
            read = partial(self._office.contacts.get, row.contact_id)
            self.run_read("detail", read, partial(self._show_detail, row))

    def _show_detail(self, row: ContactRow, detail: ContactDetail) -> None:
        if self._row is row:
            self.query_one(ContactPane).show(row, detail)

    def legend(self) -> dict[str, str]:
        """The marks of the list."""
        return visit_lines.legend()

    # --- the line of views ------------------------------------------------------------------

    def _show_views(self) -> None:
        parts = []
        for mine, command_id in VIEWS:
            command = self.context.keymap.get(command_id)
            text = f"{shown(command.keys[0])}{label(command)}"
            parts.append(f"[{text}]" if mine is self._criteria.mine else f" {text} ")
        left = "".join(parts)
        right = "  ".join([*self._filters(), _("newest first")])
        width = max(0, self.app.size.width - 2)
        gap = max(2, width - cell_width(left) - cell_width(right))
        text = clip(f"{left}{' ' * gap}{right}", width, ascii_only=self.context.plain)
        self.query_one("#views", Static).update(Content(f" {text}"))

    def _filters(self) -> list[str]:
        """What the list is narrowed to, in words."""
        criteria = self._criteria
        words = []
        if criteria.on is not None:
            words.append(visit_lines.day_text(criteria.on, self._office.today()))
        if criteria.method is not None:
            words.append(labels.label(criteria.method))
        if criteria.staff_id is not None:
            words.append(_("by {name}").format(name=one_line(self._staff_name)))
        return [_("only {what}").format(what=", ".join(words))] if words else []

    def _empty(self) -> str:
        criteria = self._criteria
        if criteria.search.strip() and self._filters():
            return _("No contacts with such a customer: {what}. Esc ends this filter.").format(
                what=", ".join(self._filters())
            )
        if criteria.search.strip():
            return _("No contacts with such a customer. Esc ends the search.")
        if self._filters():
            return _("No such contacts. f changes the filter, Esc ends it.")
        if criteria.mine:
            return _("You have logged no contact yet: F3, choose a customer, v. 2 shows all.")
        return _("No contacts yet: F3, choose a customer, v.")

    def _narrow(self, **changed: object) -> None:
        """Show another list."""
        self._criteria = replace(self._criteria, **changed)  # type: ignore[arg-type]
        self._list.reset(empty=self._empty())
        self._show_views()

    # --- commands ---------------------------------------------------------------------------

    def search_for(self, text: str) -> None:
        """Another list."""
        self._narrow(search=text)

    def list_like(self, other: VisitsScreen) -> None:
        """View, filter and search."""
        self._criteria, self._staff_name = other._criteria, other._staff_name
        self._narrow()

    def do_view_1(self) -> None:
        """What I have logged."""
        self._narrow(mine=True, staff_id=None)

    def do_view_2(self) -> None:
        """What everybody in reach has logged."""
        self._narrow(mine=False)

    def do_filter(self) -> None:
        """Method, person, day."""

        def chosen(answer: tuple[ContactCriteria, str] | None) -> None:
            if answer is not None:
                picked, self._staff_name = answer
                self._narrow(
                    mine=picked.mine, method=picked.method, staff_id=picked.staff_id, on=picked.on
                )

        name = self._staff_name if self._criteria.staff_id is not None else ""
        find = self._office.contacts.author
        self.app.push_screen(
            VisitFilter(self.context, self._criteria, name, find, self._office.today), chosen
        )

    def narrowed(self) -> bool:
        """By method, person or day."""
        return bool(self._filters())

    def leave(self) -> None:
        """End the filter first."""
        if self.narrowed():
            self._narrow(method=None, staff_id=None, on=None)
        else:
            super().leave()

    def on_record_table_opened(self, message: Opened) -> None:
        """The customer's card, which can walk the customers of this list."""
        message.stop()
        row: ContactRow = message.row
        walk = ContactWalk(self._criteria, row)
        self.post_message(Open("card", row.customer_id, walk=walk))

    def do_log_contact(self) -> None:
        """A new contact with that customer."""
        self._with_row("log_contact", lambda row: Open("contact_form", row.customer_id))

    def do_edit(self) -> None:
        """Edit one's own contact."""
        self._with_row("edit", lambda row: Open("edit_contact", row.contact_id))

    def do_take_back(self) -> None:
        """Take back one's own contact of today."""
        taking_back.ask(self, self._office, lambda: self._row.contact_id if self._row else None)

    def _with_row(self, command_id: str, wish: Callable[[ContactRow], Open]) -> None:
        """Do it with the row that earlier keys mean."""

        def act() -> None:
            row = self._row
            if row is not None:
                self.post_message(wish(row))

        self.when_settled(command_id, act)

    def reason_against(self, command_id: str) -> str | None:
        """Sorting makes no sense here, which is said rather than passed over."""
        if command_id == "sort":
            return _("contacts are always listed newest first")
        return super().reason_against(command_id)

    def why_not(self, command_id: str) -> str | None:
        """What needs a contact needs one; only its author edits it."""
        if not self.settled:
            return super().why_not(command_id)
        row = self._row
        if command_id in ("open", "log_contact", "edit", "take_back") and row is None:
            return _("no contact is highlighted")
        if command_id == "edit" and row is not None:
            if row.staff_id != self._office.person.staff_id:
                return _("only {name} may edit this contact").format(name=one_line(row.staff_name))
            if row.withdrawn:
                return _("this contact was taken back")
        if command_id == "take_back" and row is not None:
            return super().why_not(command_id) or taking_back.row_stays(row, self._office)
        return super().why_not(command_id)
