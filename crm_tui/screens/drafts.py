"""Drafts of a dropped line, offered right after signing in: Enter goes on with the first."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from crm_tui.clock import SHANGHAI
from crm_tui.domain.complaint_kinds import Step
from crm_tui.domain.drafts import TITLE
from crm_tui.i18n import N_, _
from crm_tui.labels import label
from crm_tui.text import clip, format_date, one_line
from crm_tui.widgets.commanding import CommandDialog
from crm_tui.widgets.footer import KeyFooter
from crm_tui.widgets.status_line import StatusLine
from crm_tui.widgets.wishes import Open

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from crm_tui.domain.drafts import Draft
    from crm_tui.office import Office
    from crm_tui.widgets.context import Context

MOST_SHOWN: Final = 12
WIDTH: Final = 70
# The form of a draft, what it is called, and the target that goes on with it.
FORMS: Final = {
    "contact": (N_("log a contact"), "contact_form"),
    "contact_edit": (N_("edit a contact"), "edit_contact"),
    "customer": (N_("customer"), "customer_form"),
    "complaint": (N_("complaint"), "complaint_form"),
    "diary": (N_("diary"), "diary"),
}
# The form of a step of a case is named by it: `case_close`.
STEP: Final = "case_"


class DraftsDialog(CommandDialog[Open]):
    """Dismisses with where to go on, or None for later."""

    WHERE = "choice"
    CSS_PATH = Path(__file__).with_name("base.tcss")

    def __init__(self, context: Context, office: Office, drafts: Sequence[Draft]) -> None:
        super().__init__(context)
        self._office = office
        self._drafts = [draft for draft in drafts if _known(draft.key.form)]
        self._at = 0

    def compose(self) -> ComposeResult:
        """One line a draft."""
        with Vertical(id="frame"):
            yield Static(Content(_("Not finished yet. Enter goes on, Esc leaves it for later.")),
                         markup=False)  # fmt: skip
            yield Static(Content(""), id="lines", markup=False)
            yield StatusLine()
            yield KeyFooter(self.context, self.WHERE, self.reason_against)

    def on_mount(self) -> None:
        """The newest is highlighted."""
        self._draw()

    def _draw(self) -> None:
        first = max(0, self._at - MOST_SHOWN + 1)
        shown = self._drafts[first : first + MOST_SHOWN]
        mark = ">" if self.context.plain else "▸"
        lines = [
            clip(
                f"{mark if first + place == self._at else ' '} {_line(draft)}",
                WIDTH,
                ascii_only=self.context.plain,
            )
            for place, draft in enumerate(shown)
        ]
        self.query_one("#lines", Static).update(Content("\n".join(lines)))

    def do_up(self) -> None:
        """The draft above."""
        self._at = max(0, self._at - 1)
        self._draw()

    def do_down(self) -> None:
        """The draft below."""
        self._at = min(len(self._drafts) - 1, self._at + 1)
        self._draw()

    def why_not(self, command_id: str) -> str | None:
        """What another session is writing is thrown away there."""
        if command_id == "discard" and self._drafts[self._at].elsewhere:
            return _("another session of yours is writing this")
        return super().why_not(command_id)

    def do_confirm(self) -> None:
        """Go on with the highlighted one."""
        key = self._drafts[self._at].key
        record = int(key.record) if key.record.isdigit() else 0
        if key.form.startswith(STEP):
            self.dismiss(Open("case_form", record, step=key.form.removeprefix(STEP)))
        else:
            self.dismiss(Open(FORMS[key.form][1], record))

    def do_discard(self) -> None:
        """Throw the highlighted one away."""
        self.run_worker(
            partial(self._office.drafts.discard, self._drafts[self._at].key),
            thread=True, exclusive=False, exit_on_error=False, description="discard a draft",
        )  # fmt: skip
        del self._drafts[self._at]
        if not self._drafts:
            self.dismiss(None)
            return
        self._at = min(self._at, len(self._drafts) - 1)
        self._draw()


def _known(form: str) -> bool:
    return form in FORMS or form in {f"{STEP}{step.value}" for step in Step}


def _form_text(form: str) -> str:
    if form in FORMS:
        return _(FORMS[form][0])
    return label(Step(form.removeprefix(STEP)))


def _line(draft: Draft) -> str:
    local = draft.saved_at.astimezone(SHANGHAI)
    form = _form_text(draft.key.form)
    title = one_line(draft.values.get(TITLE, ""))
    when = f"{format_date(local.date())} {local:%H:%M}"
    elsewhere = _(" (open in another session)") if draft.elsewhere else ""
    return f"{form}  {title}  {when}{elsewhere}"
