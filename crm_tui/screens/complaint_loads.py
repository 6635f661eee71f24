"""The queue by handler: who has how many open cases; Enter lists those of one, Esc leads back."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text

from crm_tui.domain.complaints import NOBODY, SOON_DAYS, HandlerLoad, QueueView
from crm_tui.i18n import _
from crm_tui.screens.base import RecordScreen
from crm_tui.text import one_line
from crm_tui.widgets.record_table import Column, Page, RecordTable

if TYPE_CHECKING:
    from crm_tui.domain.complaints import ComplaintCriteria
    from crm_tui.office import Office
    from crm_tui.widgets.record_messages import Wanted


class ByHandler(RecordScreen[None], inherit_bindings=False):
    """Two lists in one place, of which one is shown: the cases, or who has how many."""

    DEFAULT_CSS: ClassVar[str] = """
    ByHandler #handlers { display: none; }
    ByHandler.-handlers #handlers { display: block; }
    ByHandler.-handlers #cases, ByHandler.-handlers Rule, ByHandler.-handlers CasePane {
        display: none;
    }
    """
    _office: Office
    _criteria: ComplaintCriteria
    _handler_name = ""
    """Of the person whose cases are listed; which one it is, the criteria say."""
    _both: tuple[RecordTable[Any], RecordTable[HandlerLoad]] | None = None

    @abstractmethod
    def _narrow(self, **changed: object) -> None:
        """Show another list of cases."""

    @abstractmethod
    def _draw(self) -> None:
        """The lines above the list."""

    def _handlers_table(self) -> RecordTable[HandlerLoad]:
        return RecordTable(
            columns(),
            lambda row: row.handler_id,
            empty=_("No open complaints. n registers one, 6 shows the ended ones."),
            ascii_glyphs=self.context.plain,
            id="handlers",
        )

    @property
    def _by_handler(self) -> bool:
        return self.has_class("-handlers")

    @property
    def _tables(self) -> tuple[RecordTable[Any], RecordTable[HandlerLoad]]:
        # Every key asks several times, as in RecordScreen.table.
        if self._both is None:
            self._both = (
                self.query_one("#cases", RecordTable),
                self.query_one("#handlers", RecordTable),
            )
        return self._both

    @property
    def _list(self) -> RecordTable[Any]:
        return self._tables[0]

    @property
    def _handlers(self) -> RecordTable[HandlerLoad]:
        return self._tables[1]

    @property
    def table(self) -> RecordTable[Any] | None:
        """The list that is shown."""
        if self._both is None and not self.query(RecordTable):
            return None
        return self._handlers if self._by_handler else self._list

    def _read_loads(self, message: Wanted) -> None:
        """All at once: a bank has few who handle complaints."""
        message.stop()
        generation, table = message.request.generation, message.table

        def came(found: tuple[HandlerLoad, ...]) -> None:
            table.put_page(Page(found, 0, False, False, generation))
            table.set_total(len(found))
            self._draw()

        def failed(error: Exception) -> None:
            self.show_error(error)
            table.put_error(generation, self.status.message)

        self.run_read("loads", self._office.complaints.loads, came, failed)

    def do_view_handlers(self) -> None:
        """Who has how many cases, which no search narrows; on the person whose cases were
        listed."""
        if self._box is not None:
            self._box.load("")
        person = self._criteria.handler_id
        self._narrow(search="", handler_id=None)
        self._show_handlers(shown=True, person=person)

    def _show_handlers(self, *, shown: bool, person: int | None = None) -> None:
        self.set_class(shown, "-handlers")
        if shown:
            self._handlers.reload(person)
        table = self.table
        if table is not None and self.focused is not self._box:
            table.focus()
        self._draw()
        self.refresh_keys()

    def _list_of(self, load: HandlerLoad) -> None:
        """The open cases of one person, or those that nobody has."""
        self._handler_name = load.name
        self._show_handlers(shown=False)
        self._narrow(view=QueueView.OPEN, handler_id=load.handler_id)

    def _only(self) -> str:
        """Whose cases alone are listed; empty when it is not by person."""
        person = self._criteria.handler_id
        if person is None:
            return ""
        name = _("nobody") if person == NOBODY else one_line(self._handler_name)
        return _("only {what}").format(what=name)

    def narrowed(self) -> bool:
        """To a person, or to none of the lists of cases."""
        return self._by_handler or self._criteria.handler_id is not None

    def leave(self) -> None:
        """From a person's cases back to the people, from there to the open cases."""
        if self._by_handler:
            self._show_handlers(shown=False)
            self._narrow(view=QueueView.OPEN)
        elif self._criteria.handler_id is not None:
            self.do_view_handlers()
        else:
            super().leave()

    def why_not(self, command_id: str) -> str | None:
        """In the list of people a person is opened; nothing else is done with one."""
        if command_id == "open" and self._by_handler and self._handlers.row is None:
            return _("nobody is highlighted") if self.settled else None
        return super().why_not(command_id)


def columns() -> list[Column[HandlerLoad]]:
    """The columns at 80 cells."""
    return [
        Column("handler", _("Handler"), 16, handler, flex=1),
        Column("open", _("Open"), 8, lambda row: f"{row.open:>6,}"),
        Column("overdue", _("Overdue"), 9, _overdue),
        Column("soon", _("Within {n} working days").format(n=SOON_DAYS), 21,
               lambda row: f"{row.soon:>6,}" if row.soon else ""),
    ]  # fmt: skip


def handler(load: HandlerLoad) -> str:
    """The name, or that nobody has them."""
    return _("nobody yet") if load.handler_id == NOBODY else one_line(load.name)


def _overdue(load: HandlerLoad) -> Text:
    return Text(f"{f'!{load.overdue:,}':>7}" if load.overdue else "", "bold red")
