"""What to keep of the list of contacts: method, person, day."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from crm_tui import labels
from crm_tui.domain.dates import parse_listed
from crm_tui.domain.kinds import Method
from crm_tui.domain.text_rules import fold_syntax
from crm_tui.errors import CrmError
from crm_tui.i18n import _
from crm_tui.widgets.commanding import CommandDialog
from crm_tui.widgets.fields import DateField, LineField
from crm_tui.widgets.footer import KeyFooter
from crm_tui.widgets.form import FieldRow, FormView
from crm_tui.widgets.option_field import OptionField

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from textual.app import ComposeResult

    from crm_tui.domain.contacts import ContactCriteria
    from crm_tui.widgets.context import Context


class VisitFilter(CommandDialog["tuple[ContactCriteria, str]"]):
    """Dismisses with the criteria and the person's name. Enter applies, Delete clears a choice."""

    CSS_PATH = Path(__file__).with_name("base.tcss")
    CSS = "VisitFilter #frame { width: 80; } VisitFilter #frame .note { width: auto; }"

    def __init__(
        self,
        context: Context,
        criteria: ContactCriteria,
        person: str,
        find_person: Callable[[str], tuple[int, str]],
        today: Callable[[], date],
    ) -> None:
        """`person` is what was typed last; `find_person` gives id and name, or InvalidInput."""
        super().__init__(context)
        self._criteria = criteria
        self._person = person
        self._find_person = find_person
        self._today = today
        methods = [(method.value, labels.label(method)) for method in Method]
        self.form = FormView(
            [
                FieldRow("method", _("How"), OptionField(methods)),
                FieldRow("person", _("By"), LineField(limit=64, hint=_("@user name or name"))),
                FieldRow("on", _("Day"), DateField(today, parse=parse_listed,
                                                   hint=_("0 today, -1 yesterday, 11-20"))),
            ]
        )  # fmt: skip

    def compose(self) -> ComposeResult:
        """The three choices."""
        with Vertical(id="frame"):
            yield Static(Content(_("Show only")), markup=False)
            yield self.form
            yield KeyFooter(self.context, self.WHERE, self.reason_against)

    def on_mount(self) -> None:
        """What is in force now."""
        self.form.styles.height = "auto"
        criteria = self._criteria
        self.form.load(
            {
                "method": criteria.method.value if criteria.method else "",
                "person": self._person,
                "on": criteria.on.isoformat() if criteria.on else "",
            }
        )
        self.form.focus_first()

    def do_save(self) -> None:
        """Ctrl+S applies too."""
        self.do_confirm()

    def do_confirm(self) -> None:
        """Apply."""
        if self.form.check():
            self.run_worker(self._apply(), exclusive=True, exit_on_error=False)

    async def _apply(self) -> None:
        values = self.form.values()
        typed = fold_syntax(values["person"]).strip().removeprefix("@").strip()
        staff_id, name = None, ""
        if typed and typed == self._person and self._criteria.staff_id is not None:
            staff_id, name = self._criteria.staff_id, self._person
        elif typed:
            try:
                staff_id, name = await asyncio.to_thread(self._find_person, typed)
            except CrmError as error:
                self.form.show_error("person", error.message)
                return
        method = Method(values["method"]) if values["method"] else None
        on = parse_listed(values["on"], self._today(), field="on")
        mine = self._criteria.mine and staff_id is None
        picked = replace(self._criteria, method=method, staff_id=staff_id, on=on, mine=mine)
        self.dismiss((picked, name))
