"""The form of a step (z, o): few fields, the result of what was done with a case."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual.content import Content
from textual.widgets import Static

from crm_tui import labels
from crm_tui.domain.complaint_kinds import Step
from crm_tui.domain.complaints import StepForm
from crm_tui.errors import InvalidInput, StoredOtherwise
from crm_tui.i18n import _
from crm_tui.screens import case_fields, case_lines, case_steps, complaint_lines
from crm_tui.screens.case_dialogs import WIDTH, MeanwhileDialog
from crm_tui.screens.case_fields import IRREVERSIBLE, Start, load
from crm_tui.screens.dialogs import ConfirmDialog
from crm_tui.screens.form_base import FormScreen
from crm_tui.screens.form_keeping import keeping
from crm_tui.screens.visit_lines import Room
from crm_tui.text import clip, one_line, safe
from crm_tui.widgets.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from textual.widget import Widget

    from crm_tui.domain.complaints import ComplaintDetail, ComplaintRow
    from crm_tui.errors import Conflict
    from crm_tui.office import Office
    from crm_tui.widgets.context import Context
    from crm_tui.widgets.form_work import FormWork, Submission

__all__ = ["build", "load"]

# How far the trail was known when the form was opened travels with the draft.
_SEQ: Final = "_seq"


def build(
    context: Context,
    office: Office,
    start: Start,
    draft: Mapping[str, str] | None = None,
) -> CaseFormScreen:
    """On the loop: the form. `draft` is one that was just discarded and is wanted back."""
    return CaseFormScreen(context, office, start, draft)


class CaseFormScreen(FormScreen, inherit_bindings=False):
    """The fields of one step; the case stands below."""

    WHERE = "case_form"
    DEFAULT_CSS: ClassVar[str] = """
    CaseFormScreen #known, CaseFormScreen #others { height: auto; width: 1fr; }
    CaseFormScreen FieldRow .note { max-width: 70%; }
    """

    def __init__(
        self, context: Context, office: Office, start: Start, draft: Mapping[str, str] | None
    ) -> None:
        kept = start.draft
        values = draft or (kept.values if kept else None)
        super().__init__(
            context,
            _title(start),
            case_fields.rows(office, start),
            _work(office, start),
            original=case_fields.defaults(start),
            version=start.detail.version,
            draft=values,
            read_only=bool(kept and kept.elsewhere and draft is None),
            draft_stored=draft is None,
        )
        self._office = office
        self._start = start
        seq = (values or {}).get(_SEQ, "")
        self._known_seq = int(seq) if seq.isdigit() else start.detail.trail[-1].seq

    def on_mount(self) -> None:
        """Say that a draft goes on, or why the step cannot be taken any more."""
        if self._start.obstacle:
            self.say(self._start.obstacle, "warning")
        else:
            self.say_goes_on(self._start.draft)

    def compose_facts(self) -> Iterable[Widget]:
        """The case: how it stands, what is complained of, what was done last; to merge it, the
        numbers of the customer's other cases."""
        detail, plain = self._start.detail, self.context.plain
        width = max(20, self.app.size.width - 2)
        today = self._office.today()
        room = Room(width, 2, plain)
        said = one_line(detail.content[: case_lines.MOST_SHOWN])
        lines = [
            case_lines.times(detail, today, width, plain=plain),
            *room.first(room.wrap(said), 2),
            case_lines.trail_text(detail.trail[-1]),
        ]
        yield from self._block("known", complaint_lines.customer(detail.row), lines)
        others = self._start.others
        if others.lines:
            caption = _("open already, and {n} more") if others.more else _("open already")
            yield from self._block("others", caption.format(n=others.more), others.lines)

    def _block(self, name: str, caption: str, lines: Iterable[str]) -> Iterable[Widget]:
        plain, width = self.context.plain, max(20, self.app.size.width - 2)
        yield Rule(plain=plain, caption=caption)
        text = "\n".join(" " + clip(safe(line), width, ascii_only=plain) for line in lines)
        yield Static(Content(text), id=name, markup=False)

    def draft_values(self) -> dict[str, str]:
        """Also how far the trail was known."""
        return {**super().draft_values(), _SEQ: str(self._known_seq)}

    def why_not(self, command_id: str) -> str | None:
        """A draft of a step that has become impossible can only be read; one that may be stored
        is sent again all the same: perhaps it was what made itself impossible."""
        if command_id == "save" and self._start.obstacle and not self._frozen:
            return self._start.obstacle
        return super().why_not(command_id)

    def do_save(self) -> None:
        """Ask first where there is no way back; what may be stored already is only sent again."""
        if self._frozen or self._start.step not in IRREVERSIBLE or not self.form.check():
            super().do_save()
            return
        self.marks_seen()
        if self._start.step is Step.MERGE:
            self._find_target()
        else:
            self._ask_first()

    def _find_target(self) -> None:
        """What this case would go into is known before anything is asked."""
        app: Any = self.app
        let_go = app.hold_keys()
        typed = self.form.values()["other_no"]
        case = self._start.detail.row.complaint_id

        def found(target: ComplaintRow) -> None:
            whole = {**self.form.values(), "other_no": target.complaint_no}
            self.form.load(whole, clean=False)
            self._ask_first(target)
            let_go()

        def failed(error: Exception) -> None:
            if isinstance(error, InvalidInput) and self.form.show_error(error.field, error.message):
                self.say(_("mend what is marked with !"), "error")
            else:
                self.show_error(error)
            let_go()

        read = partial(self._office.complaints.merge_target, case, typed)
        self.run_read("target", read, found, failed)

    def _ask_first(self, target: ComplaintRow | None = None) -> None:
        def confirmed(yes: bool | None) -> None:
            if yes:
                self._start_submit()

        row, plain = self._start.detail.row, self.context.plain
        question = _("{step}: {number}?").format(
            step=labels.label(self._start.step), number=row.complaint_no
        )
        lines = [case_lines.about(row, WIDTH, plain=plain)]
        if target is not None:
            lines.append(_("into {number}").format(number=one_line(target.complaint_no)))
            lines.append(case_lines.about(target, WIDTH, plain=plain))
        lines.append(_("The case ends with it. This cannot be undone."))
        self.app.push_screen(ConfirmDialog(self.context, question, "\n".join(lines)), confirmed)

    def _settle(self, conflict: Conflict) -> None:
        """The case was worked on meanwhile: show what, and let this person decide."""
        read = partial(self._office.complaints.get, self._start.detail.row.complaint_id)
        heading = conflict.message if isinstance(conflict, StoredOtherwise) else ""
        self.run_read("meanwhile", read, partial(self._show_meanwhile, heading))

    def _show_meanwhile(self, heading: str, now: ComplaintDetail) -> None:
        lines = [line for line in now.trail if line.seq > self._known_seq]
        obstacle = case_steps.why_not(now, self._start.step)

        def decided(go_on: bool | None) -> None:
            # Of one's own step all is said by now: what is saved next is another one.
            if go_on or (heading and not obstacle):
                self._known_seq, self._version = now.trail[-1].seq, now.version
            if go_on:
                self._start_submit()
            elif obstacle:
                self.say(obstacle, "warning")

        me = self._office.person.staff_id
        dialog = MeanwhileDialog(self.context, lines, obstacle, me=me, heading=heading)
        self.app.push_screen(dialog, decided)


def _title(start: Start) -> str:
    number = start.detail.row.complaint_no
    return _("{number} > {step}").format(number=number, step=labels.label(start.step))


def _work(office: Office, start: Start) -> FormWork:
    key, row = start.key, start.detail.row
    title = f"{row.complaint_no} {one_line(row.customer_name)}"

    def submit(said: Submission) -> object:
        form = StepForm(**said.values)
        office.complaints.take(
            row.complaint_id, said.version, start.step, form, said.request_key, key
        )
        return start.step.value

    return keeping(office, key, submit, start.draft, title)
