"""The fields of each step of a case, and what a step begins with, read off the loop."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from crm_tui import labels
from crm_tui.domain.complaint_kinds import Channel, ComplaintClass, Measure, Reason, Step
from crm_tui.domain.complaint_rules import usual_next
from crm_tui.domain.drafts import DraftKey
from crm_tui.domain.text_rules import COMPLAINT_LIMIT
from crm_tui.errors import UsageError
from crm_tui.i18n import N_, _
from crm_tui.labels_complaints import satisfaction, short
from crm_tui.screens import case_steps
from crm_tui.screens.complaint_fields import OpenCases, open_cases
from crm_tui.screens.promise_field import PromiseField, ToldField
from crm_tui.widgets.fields import CodeField
from crm_tui.widgets.form import FieldRow
from crm_tui.widgets.note_field import NoteField
from crm_tui.widgets.option_field import OptionField
from crm_tui.widgets.pick_field import PickField

if TYPE_CHECKING:
    from crm_tui.domain.complaints import ComplaintDetail, ComplaintRow
    from crm_tui.domain.drafts import Draft
    from crm_tui.domain.workdays import Calendar
    from crm_tui.office import Office
    from crm_tui.widgets.fields import Control

FORM: Final = "case_"
IRREVERSIBLE: Final = frozenset({Step.WITHDRAW, Step.MERGE})
# The fields of a step in their order, the common path first.
_FIELDS: Final[dict[Step, tuple[str, ...]]] = {
    Step.SOLVE: ("text", "measure", "complaint_class"),
    Step.START: ("text",),
    Step.NOTE: ("text",),
    Step.AWAIT: ("text",),
    Step.RESUME: ("text",),
    Step.DECIDE: ("text", "measure"),
    Step.NOTIFY: ("channel", "reached", "notified_at", "text"),
    Step.CLOSE: ("text", "cause", "satisfaction", "responsible"),
    Step.REASSIGN: ("handler", "department", "text"),
    Step.PROMISE: ("promise", "text"),
    Step.WITHDRAW: ("text",),
    Step.MERGE: ("other_no", "text"),
    Step.REOPEN: ("text", "handler", "complaint_class"),
}
# What the text of a step is; a remark where nothing is said of it.
_TEXTS: Final = {
    Step.SOLVE: N_("Decision"),
    Step.NOTE: N_("Note"),
    Step.AWAIT: N_("Question"),
    Step.RESUME: N_("Answer"),
    Step.DECIDE: N_("Decision"),
    Step.CLOSE: N_("Result"),
    Step.WITHDRAW: N_("Why"),
    Step.REOPEN: N_("Why"),
}
_OPTIONAL_TEXT: Final = frozenset(
    {Step.START, Step.RESUME, Step.NOTIFY, Step.REASSIGN, Step.PROMISE, Step.MERGE}
)
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Start:
    """A case, the step to take, what can be chosen; `obstacle` says why it cannot be taken."""

    detail: ComplaintDetail = field(repr=False)
    step: Step
    reached: str
    handlers: Pairs
    departments: Pairs
    causes: tuple[Reason, ...]
    draft: Draft | None
    obstacle: str
    working: Calendar | None
    others: OpenCases = field(default=OpenCases(), repr=False)
    """Into which of the customer's cases this one may be merged."""

    @property
    def key(self) -> DraftKey:
        """Where the draft of this form is kept."""
        return DraftKey(f"{FORM}{self.step.value}", str(self.detail.row.complaint_id))


def load(office: Office, complaint_id: int, step: str = "", reached: str = "") -> Start:
    """In a thread; without a `step`, the usual next one.

    Raises UsageError when it cannot be taken; a draft of it opens all the same, so that what
    was typed can be read.
    """
    cases = office.complaints
    detail = cases.get(complaint_id)
    wanted = Step(step) if step else usual_next(detail.row.state)
    if wanted is None:
        raise UsageError(_("the case has ended"))
    if wanted is Step.TRIAGE:
        raise UsageError(_("it waits for triage by a supervisor; o has other steps"))
    draft = office.drafts.load(DraftKey(f"{FORM}{wanted.value}", str(complaint_id)))
    obstacle = case_steps.why_not(detail, wanted)
    if obstacle and draft is None:
        raise UsageError(f"{labels.label(wanted)}: {obstacle}")
    names = _FIELDS[wanted]
    chooses = "handler" in names and not obstacle
    return Start(
        detail,
        wanted,
        reached or "yes",
        cases.handlers(complaint_id) if chooses else _kept_handler(draft),
        cases.departments() if {"department", "responsible"} & set(names) else (),
        cases.causes() if "cause" in names else (),
        draft,
        obstacle,
        cases.working_days() if "promise" in names else None,
        _others(office, detail.row) if wanted is Step.MERGE else OpenCases(),
    )


def _others(office: Office, row: ComplaintRow) -> OpenCases:
    if row.customer_id is None:
        return OpenCases()
    return open_cases(office, row.customer_id, but=row.complaint_id)


def _kept_handler(draft: Draft | None) -> Pairs:
    """Where nobody can be chosen any more, whom a draft names: to be read, and to be sent again
    as it was."""
    name = draft.values.get("handler") if draft else None
    return ((name, name),) if name else ()


def rows(office: Office, start: Start) -> list[FieldRow]:
    """The fields of the step."""
    return [
        FieldRow(name, _title(start.step, name), _control(office, start, name))
        for name in _FIELDS[start.step]
    ]


def defaults(start: Start) -> dict[str, str]:
    """What the fields begin with."""
    row = start.detail.row
    code = {name: code for code, name in start.departments}.get(row.department, "")
    handler = {name: user for user, name in start.handlers}.get(row.handler, "")
    known = start.detail.complaint_class
    values = {
        "reached": start.reached,
        "responsible": code,
        "department": code,
        "complaint_class": known.value if known else "",
        "handler": handler if start.step is Step.REOPEN else "",
    }
    return {name: values.get(name, "") for name in _FIELDS[start.step]}


def _title(step: Step, name: str) -> str:
    if name == "text":
        return _(_TEXTS.get(step, N_("Remark")))
    return {
        "measure": _("Measure"),
        "complaint_class": _("Class"),
        "channel": _("Told by"),
        "reached": _("Reached"),
        "notified_at": _("At"),
        "cause": _("Cause"),
        "satisfaction": _("Satisfied"),
        "responsible": _("Due to"),
        "handler": _("Handler"),
        "department": _("Dept"),
        "promise": _("Promise"),
        "other_no": _("Into"),
    }[name]


def _control(office: Office, start: Start, name: str) -> Control:
    places = [("", _("the handler's branch")), *start.departments]
    match name:
        case "text":
            return NoteField(
                limit=COMPLAINT_LIMIT, required=start.step not in _OPTIONAL_TEXT, lines=5
            )
        case "measure":
            return OptionField([(one.value, labels.label(one)) for one in Measure], required=True)
        case "complaint_class":
            known = [(one.value, short(one)) for one in ComplaintClass]
            return OptionField(known, required=start.step is Step.SOLVE)
        case "channel":
            return PickField([(one.value, short(one)) for one in Channel], required=True)
        case "reached":
            return OptionField([("yes", _("yes")), ("no", _("no, tried"))], required=True)
        case "notified_at":
            since = start.detail.row.received_at
            return ToldField(office.now, since, hint=_("now, 16:40 or 11-24 16:40"))
        case "cause":
            return PickField([(one.value, short(one)) for one in start.causes], required=True)
        case "satisfaction":
            return OptionField(satisfaction(), required=True)
        case "responsible" | "department":
            return PickField(places)
        case "handler":
            return PickField(start.handlers, required=start.step is Step.REASSIGN)
        case "promise":
            clocks, hint = start.detail.row.clocks, _("17:00, +1, +1 9:30")
            due_on = clocks.due_on if clocks else None
            return PromiseField(office.now, start.working, due_on, required=True, hint=hint)
    return CodeField(limit=32, required=True, hint=_("CP-2026-000123 or its end"))
