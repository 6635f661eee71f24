"""What triage begins with: a case, what is proposed, what can be chosen, and which case is next."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from crm_tui.domain.complaint_kinds import ComplaintState, Step
from crm_tui.domain.complaints import ComplaintCriteria, Proposal, QueueView, TriageForm
from crm_tui.domain.roster import Move
from crm_tui.errors import UsageError
from crm_tui.screens import case_steps

if TYPE_CHECKING:
    from crm_tui.domain.complaints import ComplaintDetail, ComplaintRow, TriageChoices
    from crm_tui.office import Office

# The next case is nearly always the first of the page.
_AT_ONCE: Final = 5
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Start:
    """A case to triage, what is proposed, and whom it can be given to."""

    detail: ComplaintDetail = field(repr=False)
    proposal: Proposal
    departments: Pairs
    handlers: Pairs


def load(office: Office, complaint_id: int) -> Start:
    """In a thread. A case that was triaged before begins with what it has.

    Raises UsageError when the case is not to be triaged by this person.
    """
    detail = office.complaints.get(complaint_id)
    reason = case_steps.why_not(detail, Step.TRIAGE)
    if reason:
        raise UsageError(reason)
    return _start(office, detail)


def following(office: Office, row: ComplaintRow) -> Start | None:
    """In a thread: the untriaged case after `row`, else the first; None when none is left.

    Cases that this person may not triage are passed over: she may be complained about.
    """
    criteria = ComplaintCriteria(QueueView.UNTRIAGED)
    move, wrapped = Move.AFTER, False
    key: tuple[str, int] | None = row.key
    while True:
        page = office.complaints.page(criteria, move, key, _AT_ONCE)
        for one in page.rows:
            detail = office.complaints.get(one.complaint_id)
            if Step.TRIAGE in detail.steps:
                return _start(office, detail)
        if page.has_after:
            move, key = Move.AFTER, page.rows[-1].key
        elif wrapped:
            return None
        else:
            move, key, wrapped = Move.FIRST, None, True


def _start(office: Office, detail: ComplaintDetail) -> Start:
    choices = office.complaints.triage_choices(detail.row.complaint_id)
    proposal = choices.proposal
    if detail.row.state is not ComplaintState.REGISTERED:
        proposal = Proposal(_as_it_is(detail, choices), 0)
    return Start(detail, proposal, choices.departments, choices.handlers)


def _as_it_is(detail: ComplaintDetail, choices: TriageChoices) -> TriageForm:
    row = detail.row
    codes = (code for code, name in choices.departments if name == row.department)
    return TriageForm(
        complaint_class=detail.complaint_class.value if detail.complaint_class else "",
        department=next(codes, ""),
        handler=next((user for user, name in choices.handlers if name == row.handler), ""),
        urgency=row.urgency.value,
        complexity=detail.complexity.value,
    )
