"""A step that comes again under its key, after a save whose answer was lost: what was stored is
not changed any more, and other words must not be lost silently."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crm_tui.db import complaint_events
from crm_tui.domain.complaint_fold import fold
from crm_tui.domain.complaint_kinds import Step
from crm_tui.errors import InvalidInput
from crm_tui.services.complaints import merging
from crm_tui.services.complaints.payloads import Maker

if TYPE_CHECKING:
    from sqlmodel import Session

    from crm_tui.domain.staff import Person, Scope


def same(
    session: Session, person: Person, scope: Scope, stored: tuple[int, int], step: Step, form: Any
) -> bool:
    """Whether the form makes the stored event of a case, (case, number), as of when it was
    stored: times are typed as of the moment."""
    complaint_id, seq = stored
    trail = complaint_events.trail(session, complaint_id)
    event = trail[seq - 1]
    maker = Maker(session, person, scope, event.at)
    try:
        other = None
        if step is Step.MERGE:
            other = merging.named(session, scope, form.other_no, maker.today)
            if other is None:
                return False
        made = maker.make(step, form, fold(trail[: seq - 1]), other)
    except InvalidInput:
        return False
    return made == (event.kind, event.payload)
