"""The steps of a case as a person chooses them: their digits, and why one cannot be taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from crm_tui import labels
from crm_tui.domain.complaint_kinds import FROM, ComplaintState, EventKind, Step
from crm_tui.domain.complaint_rules import STARTING
from crm_tui.i18n import _
from crm_tui.text import one_line

if TYPE_CHECKING:
    from crm_tui.domain.complaints import ComplaintDetail

# A digit keeps its meaning; steps that never stand side by side share one.
_PLACES: Final = (
    ("1", (Step.NOTE,)),
    ("2", (Step.AWAIT, Step.RESUME)),
    ("3", (Step.DECIDE, Step.SOLVE)),
    ("4", (Step.NOTIFY,)),
    ("6", (Step.CLOSE, Step.START, Step.REOPEN)),
    ("7", (Step.REASSIGN,)),
    ("8", (Step.PROMISE,)),
    ("9", (Step.WITHDRAW,)),
    ("0", (Step.MERGE,)),
)
FAILED: Final = ("5", Step.NOTIFY)
"""The customer was not reached: telling, with another answer filled in."""
_TRIAGERS: Final = frozenset({Step.TRIAGE, Step.REASSIGN, Step.REOPEN})


class Choice(NamedTuple):
    """One line of the choice; `reason` says why it cannot be taken, empty when it can."""

    digit: str
    step: Step
    reached: str
    text: str
    reason: str


def choices(detail: ComplaintDetail) -> list[Choice]:
    """Every step, in the order of the digits."""
    found = []
    for digit, steps in _PLACES:
        step = next((one for one in steps if one in detail.steps), _nearest(detail, steps))
        text = labels.label(step)
        found.append(Choice(digit, step, "", text, why_not(detail, step)))
    digit, step = FAILED
    text = _("failed attempt to tell the customer")
    found.append(Choice(digit, step, "no", text, why_not(detail, step)))
    order = "1234567890"
    return sorted(found, key=lambda one: order.index(one.digit))


def _nearest(detail: ComplaintDetail, steps: tuple[Step, ...]) -> Step:
    """Of steps that share a digit the one that the state would allow, else the first."""
    return next((one for one in steps if _fits(detail, one)), steps[0])


def _fits(detail: ComplaintDetail, step: Step) -> bool:
    state = detail.row.state
    if state is ComplaintState.TRIAGED and step in STARTING:
        return True
    return state in FROM[EventKind(step.value)]


def ended(state: ComplaintState, *, triages: bool) -> str:
    """Why an ended case has no next step, and whose step would change that."""
    if state is not ComplaintState.CLOSED:
        return _("the case has ended")
    if triages:
        return _("the case has ended; o can reopen it")
    return _("the case has ended; only who triages can reopen it")


def why_not(detail: ComplaintDetail, step: Step) -> str:
    """Why this person cannot take the step now, in words; empty when it can be taken."""
    if step in detail.steps:
        return ""
    state = detail.row.state
    if not state.is_open and step is not Step.REOPEN:
        return _("the case has ended")
    if not _fits(detail, step):
        return _("not while it is {state}").format(state=labels.label(state))
    if step in _TRIAGERS:
        return _("for those who triage")
    if step is Step.NOTIFY and detail.row.state is ComplaintState.NOTIFIED:
        return _("the customer has been told")
    if detail.row.handler:
        return _("only {name} may").format(name=one_line(detail.row.handler))
    return _("nobody handles it yet")
