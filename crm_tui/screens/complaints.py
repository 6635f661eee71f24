"""The queue of complaints (F5), by the date that comes first."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from crm_tui.domain.complaint_kinds import ComplaintState
from crm_tui.domain.complaints import ComplaintCriteria, QueueView
from crm_tui.domain.roster import Move
from crm_tui.i18n import _
from crm_tui.screens import case_steps
from crm_tui.screens.case_dialogs import StepsDialog
from crm_tui.screens.complaint_list import ComplaintList
from crm_tui.screens.complaint_pane import CaseWalk
from crm_tui.widgets.wishes import Open

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from crm_tui.domain.complaints import ComplaintDetail, ComplaintRow
    from crm_tui.widgets.form_work import FormOutcome
    from crm_tui.widgets.record_messages import Opened


class ComplaintsScreen(ComplaintList, inherit_bindings=False):
    """What can be done with the cases in reach."""

    def on_record_table_opened(self, message: Opened) -> None:
        """The case in full, which can walk this list."""
        message.stop()
        if message.table is not self._list:
            self._list_of(message.row)
            return
        row: ComplaintRow = message.row
        walk = CaseWalk(self._criteria, row, message.table.position, self._total)
        self.post_message(Open("case", row.complaint_id, walk=walk))

    def do_new_complaint(self) -> None:
        """Register a complaint."""
        self.post_message(Open("complaint_form", 0))

    def do_complain(self) -> None:
        """Another complaint of the customer of the case; of whom else, the form asks."""
        self.when_settled("complain", self._complain)

    def _complain(self) -> None:
        customer_id = self._row.customer_id if self._row is not None else None
        self.post_message(Open("complaint_form", customer_id or 0))

    def after_form(
        self, outcome: FormOutcome | None, reopen: Callable[[Mapping[str, str]], object]
    ) -> None:
        """A new complaint is highlighted."""
        super().after_form(outcome, reopen)
        if outcome is not None and outcome.how == "saved" and isinstance(outcome.result, int):
            self._wanted_row = outcome.result
            self.reload()

    def do_log_contact(self) -> None:
        """A contact with the customer of the case."""
        self._with_row("log_contact", lambda row: Open("contact_form", row.customer_id or 0))

    def do_open_customer(self) -> None:
        """Who complained: number, phone and what else is known of them."""
        self._with_row("open_customer", lambda row: Open("card", row.customer_id or 0))

    def do_next_step(self) -> None:
        """The form of what the case needs next."""
        self._with_row("next_step", self._next_step)

    def _next_step(self, row: ComplaintRow) -> Open:
        if row.state is ComplaintState.REGISTERED and self.reason_against("triage") is None:
            return self._triage_of(row.complaint_id)
        return Open("case_form", row.complaint_id)

    def do_other_step(self) -> None:
        """A choice of the other steps."""
        self._with_row("other_step", self._ask_steps)

    def _ask_steps(self, row: ComplaintRow) -> None:
        read = partial(self._office.complaints.get, row.complaint_id)
        self.run_read("steps", read, self._choose_step)

    def _choose_step(self, detail: ComplaintDetail) -> None:
        def chosen(choice: dict[str, str] | None) -> None:
            if choice is not None:
                self.post_message(Open("case_form", detail.row.complaint_id, **choice))

        self.app.push_screen(StepsDialog(self.context, detail), chosen)

    def do_triage(self) -> None:
        """Triage the highlighted case, or the next one that waits for it."""
        self.when_settled("triage", self._start_triage)

    def _start_triage(self) -> None:
        row = self._row
        if row is not None and row.state is ComplaintState.REGISTERED:
            self.post_message(self._triage_of(row.complaint_id))
            return
        criteria = ComplaintCriteria(QueueView.UNTRIAGED)
        read = partial(self._office.complaints.page, criteria, Move.FIRST, None, 1)
        self.run_read("untriaged", read, lambda page: self._triage_first(page.rows, row))

    def _triage_first(self, rows: tuple[ComplaintRow, ...], meant: ComplaintRow | None) -> None:
        if rows:
            self.triage_went_on(rows[0].complaint_id)
            meant_no = meant.complaint_no if meant is not None else ""
            self.post_message(self._triage_of(rows[0].complaint_id, instead_of=meant_no))
        else:
            self.say(_("nothing waits for triage"))

    def _triage_of(self, complaint_id: int, **more: str) -> Open:
        self.add_class("-triaging")
        return Open("triage", complaint_id, went_on=self.triage_went_on, **more)

    def triage_went_on(self, complaint_id: int) -> None:
        """Triage has come to that case: the list shows it."""
        self._wanted_row = complaint_id
        self.reload()

    def came_back(self, *, saved: bool = False) -> None:
        """A screen above was closed: the same row, read anew."""
        self.remove_class("-triaging")
        super().came_back(saved=saved)

    def _with_row(self, command_id: str, act: Callable[[ComplaintRow], Open | None]) -> None:
        """Do it with the row that earlier keys mean."""

        def run() -> None:
            row = self._row
            if row is not None and (wish := act(row)) is not None:
                self.post_message(wish)

        self.when_settled(command_id, run)

    def legend(self) -> dict[str, str]:
        """The marks before the time left."""
        return {
            "!": _("overdue, or due within a working day"),
            "~": _("due soon"),
            "→": _("from who was asked first to who works on it"),
        }

    def why_not(self, command_id: str) -> str | None:
        """What needs a case needs one."""
        if not self.settled:
            return super().why_not(command_id)
        row = self._row
        of_customer = command_id in ("log_contact", "open_customer")
        needs_case = of_customer or command_id in ("next_step", "other_step")
        if (needs_case or (command_id == "open" and not self._by_handler)) and row is None:
            return _("no complaint is highlighted")
        if of_customer and row is not None and row.customer_id is None:
            return _("it is a stranger's complaint")
        if command_id == "next_step" and row is not None and not row.state.is_open:
            triages = self.context.may(self.context.keymap.get("triage"))
            return case_steps.ended(row.state, triages=triages)
        return super().why_not(command_id)
