"""What writing and reviewing a diary share."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from crm_tui.db import diaries as queries
from crm_tui.domain.diary import PARTS, DiaryEntry, DiaryForm
from crm_tui.domain.diary_proposals import Proposed
from crm_tui.domain.diary_rules import OPEN, missing_days
from crm_tui.domain.kinds import DiaryState
from crm_tui.errors import Conflict
from crm_tui.i18n import _
from crm_tui.services.base import Service

if TYPE_CHECKING:
    from sqlmodel import Session

    from crm_tui.domain.workdays import Calendar

OBJECT = "diary"
# How far back missing days are looked for, and an entry may begin.
LOOK_BACK = timedelta(days=31)


class DiaryService(Service):
    """Base of the parts of `Diaries`."""

    def _entry(
        self, session: Session, found: Any, touches: tuple[Any, ...], *, working: bool
    ) -> DiaryEntry:
        state, mine = DiaryState(found.state), found.staff_id == self._person.staff_id
        return DiaryEntry(
            diary_id=found.id, version=found.version, staff_id=found.staff_id,
            author=found.author, day=found.day, state=state,
            form=_form(found), touches=touches,
            submitted_at=found.submitted_at, late=found.late, reviewer=found.reviewer or "",
            reviewed_at=found.reviewed_at, comment=found.comment, exemplary=found.exemplary,
            addenda=queries.addenda(session, found.id), working=working,
            may_write=mine and state in OPEN,
            may_review=not mine and state is DiaryState.SUBMITTED,
        )  # fmt: skip

    def _first_wanted(self, since: date, in_use: date | None) -> date:
        """Nothing is missing before the diary came into use here, nor for ever after."""
        return max(since, in_use or self._today, self._today - LOOK_BACK)

    def _gaps(self, first: date, calendar: Calendar, written: set[date]) -> tuple[date, ...]:
        """Up to yesterday: today's is not due yet."""
        return missing_days(first, self._today - timedelta(days=1), calendar, written)


def _form(found: Any) -> DiaryForm:
    parts = {part: getattr(found, part) for part in PARTS}
    return DiaryForm(**parts, proposed=Proposed.of(found.proposed))


def conflict(found: Any, *, own: bool = False) -> Conflict:
    """What another session has stored meanwhile, the author's `own` perhaps."""
    stored = {part: getattr(found, part) for part in PARTS}
    if own:
        text = _("You have changed this in another session meanwhile.")
        return Conflict(text, stored, found.version, own=True)
    return Conflict(_("Somebody else has changed this meanwhile."), stored, found.version)
