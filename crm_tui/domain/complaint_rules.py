"""Who may do what with a case, and what each step asks for (decisions.md, Complaints).

The work of the handler in `triaged` needs no step of its own: noting, asking, deciding there
writes a START event first, so that each event stays one transition. A note of somebody who only
verifies or registered the case starts nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from crm_tui.domain.complaint_kinds import FROM, ComplaintState, EventKind, Step

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crm_tui.domain.complaint_fold import Case

# The fields of `StepForm` (of `TriageForm` for triage) without which a step is refused, in the
# order of a form. The time of telling is the present unless given.
NEEDS: Final[Mapping[Step, tuple[str, ...]]] = MappingProxyType(
    {
        Step.TRIAGE: ("complaint_class", "handler"),
        Step.SOLVE: ("complaint_class", "text", "measure"),
        Step.START: (),
        Step.NOTE: ("text",),
        Step.AWAIT: ("text",),
        Step.RESUME: (),
        Step.DECIDE: ("text", "measure"),
        Step.NOTIFY: ("channel",),
        Step.CLOSE: ("text", "cause", "satisfaction"),
        Step.REASSIGN: ("handler",),
        Step.PROMISE: ("promise",),
        Step.WITHDRAW: ("text",),
        Step.MERGE: ("other_no",),
        Step.REOPEN: ("text",),
    }
)
# What a form of the step may hold besides.
MAY_HOLD: Final[Mapping[Step, tuple[str, ...]]] = MappingProxyType(
    {
        Step.TRIAGE: ("department", "urgency", "complexity"),
        Step.SOLVE: (),
        Step.START: ("text",),
        Step.NOTE: (),
        Step.AWAIT: (),
        Step.RESUME: ("text",),
        Step.DECIDE: (),
        Step.NOTIFY: ("notified_at", "reached", "text"),
        Step.CLOSE: ("responsible",),
        Step.REASSIGN: ("department", "text"),
        Step.PROMISE: ("text",),
        Step.WITHDRAW: (),
        Step.MERGE: ("text",),
        Step.REOPEN: ("handler", "complaint_class"),
    }
)
_S = ComplaintState
_USUAL: Final[Mapping[ComplaintState, Step]] = MappingProxyType(
    {
        _S.REGISTERED: Step.TRIAGE,
        _S.TRIAGED: Step.DECIDE,
        _S.IN_PROGRESS: Step.DECIDE,
        _S.AWAITING_CUSTOMER: Step.RESUME,
        _S.DECIDED: Step.NOTIFY,
        _S.NOTIFIED: Step.CLOSE,
    }
)
# Steps that in `triaged` start the work by themselves.
STARTING: Final = frozenset({Step.NOTE, Step.AWAIT, Step.DECIDE})

# decisions.md: "triage, reassign, reopen" is a permission of its own.
TRIAGERS_ONLY: Final = frozenset({Step.TRIAGE, Step.REASSIGN, Step.REOPEN})
_TRIAGING: Final = TRIAGERS_ONLY | {Step.WITHDRAW, Step.MERGE}
_HANDLING: Final = frozenset(
    {
        Step.START, Step.NOTE, Step.AWAIT, Step.RESUME, Step.DECIDE, Step.NOTIFY, Step.CLOSE,
        Step.PROMISE, Step.WITHDRAW, Step.MERGE,
    }
)  # fmt: skip
# What its registrar may do with a case that nobody handles yet.
_REGISTERING: Final = frozenset({Step.SOLVE, Step.NOTE, Step.PROMISE, Step.WITHDRAW})


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody is to a case. Permissions and reach are already in it."""

    handles: bool = False
    triages: bool = False
    verifies: bool = False
    registered: bool = False
    accused: bool = False


def usual_next(state: ComplaintState) -> Step | None:
    """What most cases in this state need next."""
    return _USUAL.get(state)


def steps(case: Case, standing: Standing) -> tuple[Step, ...]:
    """What the person may do with the case now, the usual next step first.

    The accused may do nothing: neither handle, nor triage, nor close.
    """
    if standing.accused:
        return ()
    allowed = frozenset[Step]()
    if standing.triages:
        allowed |= _TRIAGING
    if standing.handles:
        allowed |= _HANDLING
    if standing.registered and case.state is _S.REGISTERED:
        allowed |= _REGISTERING
    if standing.verifies:
        allowed |= {Step.NOTE}
    usual = usual_next(case.state)
    possible = [step for step in Step if step in allowed and _possible(case, step, standing)]
    return tuple(sorted(possible, key=lambda step: step is not usual))


def starts_first(case: Case, step: Step, standing: Standing) -> bool:
    """Whether the step begins the handler's work, which an event of its own says."""
    return case.state is _S.TRIAGED and standing.handles and step in STARTING


def _possible(case: Case, step: Step, standing: Standing) -> bool:
    if step is Step.NOTIFY and case.reached:
        return False
    state = _S.IN_PROGRESS if starts_first(case, step, standing) else case.state
    return state in FROM[EventKind(step.value)]
