"""What every screen of records shares: reading, writing, errors, undo, moving, going back."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from crm_tui.i18n import _
from crm_tui.key_table import MOVES
from crm_tui.keys import shown
from crm_tui.screens.undoing import Undoing
from crm_tui.widgets.footer import KeyFooter
from crm_tui.widgets.header import HeaderLine
from crm_tui.widgets.record_table import RecordTable
from crm_tui.widgets.search_box import SearchBox
from crm_tui.widgets.status_line import StatusLine
from crm_tui.widgets.wishes import Go, Open

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from textual.app import ComposeResult
    from textual.widget import Widget

    from crm_tui.widgets.context import Context

T = TypeVar("T")


class RecordScreen(Undoing[T], Generic[T], inherit_bindings=False):
    """Header, body, status line and footer; subclasses compose the body.

    How it reads, writes and tells errors is in `Working`, how it takes back in `Undoing`.
    """

    CSS_PATH = Path(__file__).with_name("base.tcss")
    SEARCHED: ClassVar[tuple[str, ...]] = ("area_customers", "area_complaints")
    """Areas that the search leads to without a box here: the first that the person may see."""

    def __init__(self, context: Context, header: str = "") -> None:
        """`header` is the text of the first line, such as `客户 F3`."""
        super().__init__(context)
        self._header = header
        self._found_table: RecordTable[Any] | None = None

    # --- composing --------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        """The frame of every screen."""
        yield HeaderLine(self.context, self._header)
        yield from self.compose_body()
        yield StatusLine()
        yield KeyFooter(self.context, self.WHERE, self.reason_against)

    def compose_body(self) -> Iterable[Widget]:
        """What stands between header and status line."""
        return ()

    @property
    def subject(self) -> tuple[int, str] | None:
        """Id and name of the customer whom this screen is about; a list is about nobody."""
        return None

    def show_title(self, title: str, place: tuple[int, int] | None = None) -> None:
        """Change the header; `place` is (7, 32) for the seventh of 32 records."""
        header = self.query_one(HeaderLine)
        header.title = title
        header.middle = f"[ {place[0]:,}/{place[1]:,} ]" if place else ""

    # --- another language -------------------------------------------------------------------

    def go_on_from(self, other: Any) -> None:
        """Show what `other`, this area in another language, showed: list, search, row."""
        box, theirs = self._box, other._box  # noqa: SLF001 (one of its own kind)
        if box is not None and theirs is not None:
            box.load(theirs.value)
            if theirs.has_focus:
                box.focus()
        self.list_like(other)
        if self.table is not None and other.table.row is not None:
            self.table.begin_at(other.table.row)
        self.reload()

    def list_like(self, other: Any) -> None:
        """Take over what `other`, one of its own kind, lists."""

    # --- what can act -----------------------------------------------------------------------

    def came_back(self, *, saved: bool = False) -> None:
        """A screen above was closed, a form perhaps that `saved`: the same row, read anew. The
        keys are the list's: a search that has led somewhere is over."""
        if self.table is not None and isinstance(self.focused, SearchBox):
            self.table.focus()
        self.reload()

    def why_not(self, command_id: str) -> str | None:
        """Esc needs something that lies behind."""
        if command_id == "back" and self._at_the_bottom():
            return _("nothing lies behind this list; {key} leads elsewhere").format(
                key=shown(self.context.keymap.get("go").all_keys[0])
            )
        return super().why_not(command_id)

    def narrowed(self) -> bool:
        """Whether a filter is in force, which Esc would end."""
        return False

    def _at_the_bottom(self) -> bool:
        """Whether Esc has no search to end, no filter, and no screen to go back to."""
        box = self._box
        searching = box is not None and (self.focused is box or bool(box.value))
        return not (searching or self.narrowed()) and self.app.is_screen_installed(self)

    def on_descendant_focus(self) -> None:
        """Esc leads elsewhere from the search box."""
        self.refresh_keys()

    def outlived(self, kind: str, command_id: str) -> bool:
        """In the list of an area also what was said of one row, once the cursor goes to another;
        but not how to take back what was done."""
        moves = command_id in MOVES or command_id.startswith("view_")
        return super().outlived(kind, command_id) or (moves and self._said_of_a_row(kind))

    def _said_of_a_row(self, kind: str) -> bool:
        return kind == "info" and self._undo is None and self.app.is_screen_installed(self)

    # --- moving -----------------------------------------------------------------------------

    @property
    def table(self) -> RecordTable[Any] | None:
        """The list of this screen, if it has one."""
        # Every key asks several times, and a search through all widgets is a fifth of a key.
        if self._found_table is None or not self._found_table.is_attached:
            self._found_table = next(iter(self.query(RecordTable)), None)
        return self._found_table

    def _table_do(self, action: str) -> None:
        if self.table is not None:
            getattr(self.table, f"action_{action}")()

    def do_up(self) -> None:
        """One row up, also while searching."""
        self._table_do("cursor_up")

    def do_down(self) -> None:
        """One row down, also while searching."""
        self._table_do("cursor_down")

    def do_page_up(self) -> None:
        """One page up."""
        self._table_do("page_up")

    def do_page_down(self) -> None:
        """One page down."""
        self._table_do("page_down")

    def do_first(self) -> None:
        """To the first row."""
        self._table_do("home")

    def do_last(self) -> None:
        """To the last row."""
        self._table_do("end")

    def when_settled(self, command_id: str, act: Callable[[], object]) -> None:
        """`act` for `command_id` on the row that the keys so far mean, when it is there; it may be
        another than stands there now. What is typed meanwhile is meant for what that leads to."""
        table = self.table
        if table is None or table.settled:
            act()
            return
        app: Any = self.app
        let_go = app.hold_keys()

        def drop() -> None:
            app.drop_keys()
            let_go()

        def run() -> None:
            reason = self.why_not(command_id)
            if reason is not None:
                self.say(reason, "warning")
                drop()
            else:
                act()
                let_go()

        table.when_settled(run, drop)

    def refused(self, command_id: str) -> None:
        """Keys typed behind a search for what it opens mean nothing when it finds nothing."""
        if command_id == "open" and isinstance(self.focused, SearchBox):
            app: Any = self.app
            app.drop_keys()

    @property
    def settled(self) -> bool:
        """Whether the list shows the row that the keys so far mean, which why_not may speak of."""
        return not self.is_mounted or self.table is None or self.table.settled

    def do_open(self) -> None:
        """Open the highlighted row, also from the search box."""
        self.when_settled("open", partial(self._table_do, "open"))

    def do_complain(self) -> None:
        """Register a complaint of the highlighted row's customer."""
        self.when_settled("complain", self._complain)

    def _complain(self) -> None:
        customer_id = getattr(self.table.row if self.table else None, "customer_id", None)
        if customer_id is None:
            self.say(_("no customer is highlighted"), "warning")
        else:
            self.post_message(Open("complaint_form", customer_id))

    def do_search(self) -> None:
        """Into the search box, for a new search; where there is none, into that of an area."""
        for box in self.query(SearchBox):
            box.focus()
            box.clear_search()
            return
        keys = self.context.keymap
        area = next((one for one in self.SEARCHED if self.context.may(keys.get(one))), None)
        if area is not None:
            self.post_message(Go(area, search=True))

    def do_reload(self) -> None:
        """Ask again: what failed last, and everything, since more may have failed with it."""
        retry, self._retry = self._retry, None
        self.status.clear()
        if retry is not None:
            retry()
        self.reload()

    def reload(self) -> None:
        """Read everything anew; screens that show more than a table override it."""
        self._table_do("reload")

    def do_back(self) -> None:
        """Out of the search box to the same row; then end the search; then leave."""
        box, table = self._box, self.table
        if box is not None and self.focused is box:
            if table is not None:
                table.focus()
        elif self.narrowed() and table is not None and table.settled and table.row is None:
            self.leave()  # a filter that hides all, also what is searched for, ends first
        elif box is None or not box.clear_search():
            self.leave()

    @property
    def _box(self) -> SearchBox | None:
        return next(iter(self.query(SearchBox)), None)

    def on_search_box_sought(self, message: SearchBox.Sought) -> None:
        """Another list with every key."""
        message.stop()
        self.search_for(message.text)

    def search_for(self, text: str) -> None:
        """List what `text` finds; screens with a search box do."""

    def to_list(self) -> None:
        """Where an area's key leads, letters are commands, nothing is hidden by a search of
        before, and what was done elsewhere shows. The cursor stays on its row."""
        box = self._box
        if box is not None and self.focused is box and self.table is not None:
            self.table.focus()
        if box is not None and box.value:
            box.load("")
            self.search_for("")
        if self._said_of_a_row(self.status.kind):
            self.status.clear()
        self.reload()

    def widen(self) -> None:
        """Where `/` leads from elsewhere, no view and no filter of before hides who is meant."""

    def leave(self) -> None:
        """Back to where this screen was opened from; the list of an area stays."""
        if len(self.app.screen_stack) > 1 and not self.app.is_screen_installed(self):
            self.dismiss(None)
