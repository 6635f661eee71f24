"""What the queue of complaints lists: counts, views, search, pages. Its commands are elsewhere."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from textual.containers import Container
from textual.content import Content
from textual.widgets import Static

from crm_tui.domain.complaints import ComplaintCriteria, QueueView
from crm_tui.domain.staff import Permission
from crm_tui.i18n import _
from crm_tui.keys import label, shown
from crm_tui.screens import complaint_lines, paging
from crm_tui.screens.complaint_loads import ByHandler
from crm_tui.screens.complaint_pane import CasePane
from crm_tui.text import clip
from crm_tui.widgets.record_table import RecordTable
from crm_tui.widgets.rule import Rule
from crm_tui.widgets.search_box import SearchBox, SearchLine

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

    from crm_tui.domain.complaints import ComplaintDetail, ComplaintRow, QueueStrip
    from crm_tui.office import Office
    from crm_tui.widgets.context import Context
    from crm_tui.widgets.record_messages import Highlighted, Wanted
    from crm_tui.widgets.record_table import Page

WIDE: Final = 120
"""Cells from which the highlighted case stands beside the list."""
DETAIL_AFTER: Final = 0.15
"""Seconds on a row before its content is read: who walks on does not wait for it."""


class ComplaintList(ByHandler, inherit_bindings=False):
    """Counts, views, search, the cases in reach, the highlighted one."""

    WHERE = "complaints"
    HORIZONTAL_BREAKPOINTS = [(0, "-one"), (WIDE, "-wide")]
    DEFAULT_CSS: ClassVar[str] = """
    ComplaintList #strip, ComplaintList #views { height: 1; width: 1fr; }
    ComplaintList #body { height: 1fr; width: 1fr; layout: vertical; }
    ComplaintList.-triaging CasePane { height: 7; }
    ComplaintList.-wide #body { layout: horizontal; }
    ComplaintList.-wide #body Rule { display: none; }
    ComplaintList.-wide CasePane { height: 1fr; width: 44; border-left: ascii $foreground; }
    ComplaintList.-wide.-triaging #body { margin-bottom: 8; }
    ComplaintList RecordTable { height: 1fr; width: 1fr; }
    """

    def __init__(self, context: Context, office: Office) -> None:
        area = context.keymap.get("area_complaints")
        super().__init__(context, f"{label(area)} {shown(area.keys[0])}")
        self._office = office
        triages = office.person.may(Permission.TRIAGE_COMPLAINT)
        self._criteria = ComplaintCriteria(QueueView.OPEN if triages else QueueView.MINE)
        self._strip: QueueStrip | None = None
        self._total: int | None = None
        self._uncounted = {"count", "strip"}
        self._wanted_row: int | None = None

    def compose_body(self) -> Iterable[Widget]:
        """Counts, views, search, list, the highlighted case."""
        plain = self.context.plain
        yield Static(Content(""), id="strip", markup=False)
        yield Static(Content(""), id="views", markup=False)
        yield SearchLine(_("case number, customer as in F3, words of the content"))
        with Container(id="body"):
            yield RecordTable(
                complaint_lines.columns(plain=plain),
                lambda row: row.complaint_id,
                empty=self._empty(),
                ascii_glyphs=plain,
                id="cases",
            )
            yield self._handlers_table()
            yield Rule(plain=plain)
            yield CasePane(self._office.today, plain=plain)

    def on_mount(self) -> None:
        """The list has the keys, and asks for its first rows."""
        self._list.focus()
        self._list.reset()
        self._draw()

    def on_resize(self) -> None:
        """Lines are cut to the width."""
        self._draw()

    @property
    def _row(self) -> ComplaintRow | None:
        return self._list.row if self.is_mounted and not self._by_handler else None

    # --- reading ----------------------------------------------------------------------------

    def on_record_table_wanted(self, message: Wanted) -> None:
        """Fetch the rows that the table asks for."""
        if message.table is not self._list:
            self._read_loads(message)
            return
        fetch = partial(self._office.complaints.page, self._criteria)
        paging.read_page(self, message, fetch, partial(self._rows_came, message.table))

    def _rows_came(self, table: RecordTable[ComplaintRow], page: Page[ComplaintRow]) -> None:
        """Rows first, then the counts."""
        table.put_page(page)
        wanted, self._uncounted = self._uncounted, set()
        cases = self._office.complaints
        if "count" in wanted:
            self.run_read("count", partial(cases.count, self._criteria), self._show_total)
        if "strip" in wanted:
            self.run_read("strip", cases.strip, self._show_strip)

    def _show_total(self, total: int) -> None:
        self._total = total
        self._list.set_total(total)
        self._draw()

    def _show_strip(self, strip: QueueStrip) -> None:
        self._strip = strip
        self._draw()

    def on_record_table_highlighted(self, message: Highlighted) -> None:
        """Show the case; read its content when the cursor rests there."""
        message.stop()
        if message.table is not self._list:
            self._draw()
            self.refresh_keys()
            return
        row: ComplaintRow | None = message.row
        self.query_one(CasePane).show(row)
        self._draw()
        self.refresh_keys()
        if row is not None:
            self.set_timer(DETAIL_AFTER, partial(self._read_detail, row))

    def _read_detail(self, row: ComplaintRow) -> None:
        if self._row is row:
            read = partial(self._office.complaints.get, row.complaint_id)
            self.run_read("detail", read, partial(self._show_detail, row))

    def _show_detail(self, row: ComplaintRow, detail: ComplaintDetail) -> None:
        if self._row is row:
            self.query_one(CasePane).show(row, detail)

    def reload(self) -> None:
        """Rows and counts; the cursor on the case that is wanted, if one is."""
        self._uncounted = {"count", "strip"}
        wanted, self._wanted_row = self._wanted_row, None
        self._list.reload(wanted)
        if self._by_handler:
            self._handlers.reload()

    def _draw(self) -> None:
        width = max(0, self.app.size.width - 2)
        view = None if self._by_handler else self._criteria.view
        texts = {"views": complaint_lines.views_text(
            view, self._view_name, [self._only(), self._place()], width)}  # fmt: skip
        if self._strip is not None:
            texts["strip"] = complaint_lines.strip_text(
                self._strip, width, plain=self.context.plain
            )
        for name, text in texts.items():
            shown_text = Content(" " + clip(text, width, ascii_only=self.context.plain))
            self.query_one(f"#{name}", Static).update(shown_text, layout=False)

    def _view_name(self, command_id: str) -> str:
        command = self.context.keymap.get(command_id)
        return f"{shown(command.keys[0])}{label(command)}"

    def _place(self) -> str:
        table = self.table
        total = table.total if self._by_handler and table is not None else self._total
        if total is None or table is None:
            return ""
        position = table.position
        place = f"{position + 1:,}/" if position is not None and total else ""
        return f"{place}{total:,}"

    def _empty(self) -> str:
        typing = isinstance(self.focused, SearchBox)
        if self._criteria.handler_id is not None:
            return _("No such complaint: {what}. Esc leads back to the handlers.").format(
                what=self._only()
            )
        return complaint_lines.empty(self._criteria.view, self._criteria.search, typing=typing)

    def on_descendant_focus(self) -> None:
        """In the search box other keys help than on the list."""
        self._list.set_empty(self._empty())

    # --- views and search -------------------------------------------------------------------

    def _narrow(self, **changed: object) -> None:
        """Show another list."""
        self._criteria = replace(self._criteria, **changed)  # type: ignore[arg-type]
        self._total = None
        self._uncounted.add("count")
        view = self._criteria.view
        self._list.rename(complaint_lines.LEFT, complaint_lines.left_title(view))
        self._list.reset(empty=self._empty())
        self._draw()

    def search_for(self, text: str) -> None:
        """Another list, of cases."""
        if self._by_handler:
            self._show_handlers(shown=False)
        self._narrow(search=text)

    def list_like(self, other: ComplaintList) -> None:
        """View, person and search."""
        self._criteria, self._handler_name = other._criteria, other._handler_name
        self._narrow()
        if other._by_handler:
            self._show_handlers(shown=True)

    def _view(self, view: QueueView, **changed: object) -> None:
        if self._by_handler:
            self._show_handlers(shown=False)
        self._narrow(view=view, **changed)

    # A person's filter stays, and is named beside the views, until Esc; but for what is mine.

    def do_view_1(self) -> None:
        """What I handle, registered or was asked first, whoever handles it."""
        self._view(QueueView.MINE, handler_id=None)

    def do_view_open(self) -> None:
        """What is open in reach."""
        self._view(QueueView.OPEN)

    def do_view_untriaged(self) -> None:
        """What nobody has triaged."""
        self._view(QueueView.UNTRIAGED)

    def do_view_overdue(self) -> None:
        """What is late."""
        self._view(QueueView.OVERDUE)

    def do_view_ended(self) -> None:
        """What has ended, the latest first."""
        self._view(QueueView.ENDED)
