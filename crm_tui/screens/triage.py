"""Triage (t): one line below the list; Enter takes the proposal and goes on to the next case."""

from __future__ import annotations

import uuid
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from crm_tui import labels
from crm_tui.domain.complaint_kinds import ComplaintClass, ComplaintState, Step
from crm_tui.errors import Conflict, InvalidInput, OutcomeUnknown, StoredOtherwise
from crm_tui.i18n import _
from crm_tui.labels_complaints import short
from crm_tui.screens import case_steps, complaint_lines
from crm_tui.screens.case_dialogs import MeanwhileDialog
from crm_tui.screens.triage_line import TriageLine
from crm_tui.screens.triage_start import following
from crm_tui.screens.visit_lines import Room
from crm_tui.text import clip, one_line, safe
from crm_tui.widgets.footer import KeyFooter
from crm_tui.widgets.form_work import FormOutcome
from crm_tui.widgets.rule import Rule
from crm_tui.widgets.status_line import StatusLine
from crm_tui.widgets.working import Working

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult

    from crm_tui.domain.complaints import ComplaintDetail, ComplaintRow, TriageForm
    from crm_tui.office import Office
    from crm_tui.screens.triage_start import Start
    from crm_tui.widgets.context import Context

CASE_LINES: Final = 3


def build(
    context: Context,
    office: Office,
    start: Start,
    went_on: Callable[[int], object] | None = None,
    instead_of: str = "",
) -> TriageScreen:
    """On the loop. `went_on` is told which case is next; without it there is only this one.
    `instead_of` is the number of a highlighted case that does not wait."""
    return TriageScreen(context, office, start, went_on, instead_of)


class TriageScreen(Working[FormOutcome], ModalScreen[FormOutcome], inherit_bindings=False):
    """The case in three lines, the line, what is proposed. Esc ends it."""

    WHERE = "triage"
    RETRY_COMMAND = "confirm"
    CSS_PATH = Path(__file__).with_name("base.tcss")
    DEFAULT_CSS: ClassVar[str] = """
    TriageScreen #case { height: 3; width: 1fr; padding: 0 1; }
    """

    def __init__(
        self,
        context: Context,
        office: Office,
        start: Start,
        went_on: Callable[[int], object] | None,
        instead_of: str = "",
    ) -> None:
        super().__init__(context)
        self._office = office
        self._start = start
        self._went_on = went_on
        self._instead_of = instead_of
        self._request_key = uuid.uuid4().hex
        self._busy = False

    def compose(self) -> ComposeResult:
        """Over the lower lines of the screen below."""
        plain = self.context.plain
        with Vertical(id="panel"):
            yield Rule(plain=plain)
            yield Static(Content(""), id="case", markup=False)
            yield Rule(plain=plain, caption=_("triage"))
            yield TriageLine()
            yield StatusLine()
            yield KeyFooter(self.context, self.WHERE, self.reason_against)

    def on_mount(self) -> None:
        """The line has the keys. The list may have no room for the case that it is about."""
        self.query_one(TriageLine).focus()
        self._begin(self._start)
        if self._instead_of:
            said = _("{number} does not wait for triage; this is the first that does")
            self.say(said.format(number=self._instead_of))

    def on_resize(self) -> None:
        """Lines are cut to the width."""
        self._draw()

    def _begin(self, start: Start) -> None:
        self._start, self._request_key = start, uuid.uuid4().hex
        self.query_one(TriageLine).begin(start.proposal, start.departments, start.handlers)
        self._draw()

    def _draw(self) -> None:
        detail, plain = self._start.detail, self.context.plain
        width = max(0, self.app.size.width - 2)
        room = Room(width, CASE_LINES, plain)
        lines = complaint_lines.brief(detail.row, detail, self._office.today(), room)
        shown = "\n".join(clip(safe(line), width, ascii_only=plain) for line in lines)
        self.query_one("#case", Static).update(Content(shown))
        caption = clip(self._proposed(), max(0, width - 4), ascii_only=plain)
        list(self.query(Rule))[-1].caption(caption)
        self.refresh_keys()

    def _proposed(self) -> str:
        """What is proposed, and from how many like cases."""
        proposal = self._start.proposal
        title = labels.label(Step.TRIAGE)
        if self._start.detail.row.state is not ComplaintState.REGISTERED:
            return _("triage anew: {number}").format(number=self._start.detail.row.complaint_no)
        if not proposal.like_cases or not proposal.form.handler:
            return _("{triage}: no like case to go by").format(triage=title)
        kind = _known_class(proposal.form.complaint_class)
        parts = [kind, one_line(proposal.department_name), one_line(proposal.handler_name)]
        return _("proposed from {n} like cases: {what} ({open} open)").format(
            n=proposal.like_cases,
            what=" · ".join(filter(None, parts))
            if not self.context.plain
            else ", ".join(filter(None, parts)),
            open=proposal.handler_open,
        )

    def on_triage_line_edited(self, message: TriageLine.Edited) -> None:
        """What was wrong with the key before says nothing of this one."""
        message.stop()
        if self.status.kind == "warning":
            self.status.clear()

    def on_triage_line_refused(self, message: TriageLine.Refused) -> None:
        """A key that chose nothing must not pass for a choice."""
        message.stop()
        self.say(_("there is no such choice"), "warning")

    # --- commands ---------------------------------------------------------------------------

    def do_next_field(self) -> None:
        """To the next choice."""
        self.query_one(TriageLine).step(1)

    def do_previous_field(self) -> None:
        """To the choice before."""
        self.query_one(TriageLine).step(-1)

    def do_back(self) -> None:
        """Leave; what was triaged stays triaged."""
        self.dismiss(None)

    def why_not(self, command_id: str) -> str | None:
        """One at a time."""
        return _("saving ...") if command_id == "confirm" and self._busy else None

    def do_confirm(self) -> None:
        """Store what is picked and go on to the next case."""
        line = self.query_one(TriageLine)
        if not line.settle():
            self.say(_("choose one by its digit"), "warning")
            return
        form = line.values()
        for name in ("complaint_class", "handler"):
            if not getattr(form, name):
                line.complain(name)
                self.say(_("choose one by its digit"), "warning")
                return
        self._store(form, self._start.detail.version)

    def _store(self, form: TriageForm, version: int) -> None:
        self._busy = True
        app: Any = self.app
        # What is typed meanwhile is meant for the next case.
        let_go = app.hold_keys()
        detail, key, walks = self._start.detail, self._request_key, self._went_on is not None
        office = self._office

        def write() -> None:
            office.complaints.triage(detail.row.complaint_id, version, form, key)

        def done(_none: None) -> None:
            said = self._said(detail, form)
            if walks:
                self._walk_on(detail.row, said, let_go)
            else:
                self.dismiss(FormOutcome("saved", said=said))
                let_go()

        def failed(error: Exception) -> None:
            self._busy = False
            self._failed_to_store(error, form)
            let_go()

        self.run_write(write, done, failed)

    def _said(self, detail: ComplaintDetail, form: TriageForm) -> str:
        handler = dict(self._start.handlers).get(form.handler, form.handler)
        text = _("{number} goes to {name}; o there reassigns it")
        return text.format(number=one_line(detail.row.complaint_no), name=one_line(handler))

    def _walk_on(self, row: ComplaintRow, said: str, let_go: Callable[[], object]) -> None:
        """Read the next case. The one before is stored whatever becomes of this."""

        def done(next_one: Start | None) -> None:
            self._busy = False
            if next_one is None or self._went_on is None:
                self.dismiss(FormOutcome("saved", said=said))
            else:
                self._went_on(next_one.detail.row.complaint_id)
                self._begin(next_one)
                self.say(said)
            let_go()

        def failed(_error: Exception) -> None:
            self._busy = False
            self.dismiss(FormOutcome("saved", said=_("saved; the next case could not be read")))
            let_go()

        self.run_read("following", partial(following, self._office, row), done, failed)

    def _failed_to_store(self, error: Exception, form: TriageForm) -> None:
        if not isinstance(error, OutcomeUnknown):
            self._request_key = uuid.uuid4().hex
        if isinstance(error, Conflict):
            read = partial(self._office.complaints.get, self._start.detail.row.complaint_id)
            heading = error.message if isinstance(error, StoredOtherwise) else ""
            self.run_read("meanwhile", read, partial(self._settle, form, heading))
            return
        if isinstance(error, InvalidInput):
            self.query_one(TriageLine).complain(error.field)
        self.show_error(error)

    def _settle(self, form: TriageForm, heading: str, now: ComplaintDetail) -> None:
        """Somebody else worked on the case: show what, and let this person decide."""
        known = self._start.detail.trail[-1].seq
        lines = [line for line in now.trail if line.seq > known]

        def decided(go_on: bool | None) -> None:
            if go_on:
                self._store(form, now.version)

        obstacle = case_steps.why_not(now, Step.TRIAGE)
        me = self._office.person.staff_id
        dialog = MeanwhileDialog(self.context, lines, obstacle, me=me, heading=heading)
        self.app.push_screen(dialog, decided)


def _known_class(code: str) -> str:
    return short(ComplaintClass(code)) if code else ""
