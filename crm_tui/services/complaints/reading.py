"""The queue, its counts, and one case in full."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crm_tui.db import complaint_detail, complaint_loads, complaint_pages
from crm_tui.domain.complaint_rules import steps
from crm_tui.domain.staff import Permission
from crm_tui.services.base import NotThere
from crm_tui.services.complaints.base import OBJECT, CaseService

if TYPE_CHECKING:
    from crm_tui.domain.complaints import (
        ComplaintCriteria,
        ComplaintDetail,
        ComplaintPage,
        HandlerLoad,
        QueueStrip,
    )
    from crm_tui.domain.roster import Move

LIST, OPEN = "complaint.list", "complaint.open"


class Reading(CaseService):
    """What is there."""

    def page(
        self, criteria: ComplaintCriteria, move: Move, key: tuple[str, int] | None, limit: int
    ) -> ComplaintPage:
        """One page of the queue. Raises Refused."""
        scope = self._scope(Permission.SEE_COMPLAINTS, LIST)
        with self._store.read() as session:
            return complaint_pages.page(session, self._asked(scope), criteria, move, key, limit)

    def count(self, criteria: ComplaintCriteria) -> int:
        """How many the queue has. Raises Refused."""
        scope = self._scope(Permission.SEE_COMPLAINTS, LIST)
        with self._store.read() as session:
            return complaint_pages.count(session, self._asked(scope), criteria)

    def strip(self) -> QueueStrip:
        """The counts above the queue. Raises Refused."""
        scope = self._scope(Permission.SEE_COMPLAINTS, LIST)
        with self._store.read() as session:
            return complaint_pages.strip(session, scope, self._today)

    def loads(self) -> tuple[HandlerLoad, ...]:
        """Who has how many of the open cases in reach. Raises Refused."""
        scope = self._scope(Permission.SEE_COMPLAINTS, LIST)
        with self._store.read() as session:
            return complaint_loads.loads(session, scope, self._today)

    def get(self, complaint_id: int) -> ComplaintDetail:
        """One case with its trail and what this person may do now. Raises Refused."""
        scope = self._scope(Permission.SEE_COMPLAINTS, OPEN)
        found = self._read(scope, complaint_id)
        if found is None:
            raise self._store.refuse(self._actor, OPEN, OBJECT, complaint_id)
        return found

    def _read(self, scope: Any, complaint_id: int) -> ComplaintDetail | None:
        with self._store.read() as session:
            try:
                opened = self._opened(session, scope, complaint_id)
            except NotThere:
                return None
            possible = steps(opened.case, self._standing(opened))
            return complaint_detail.detail(session, opened, possible, self._today)
