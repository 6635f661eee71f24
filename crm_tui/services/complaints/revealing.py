"""The phone of a stranger in clear, to call back: only the case knows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlmodel import col

from crm_tui.db.tables import Complaint
from crm_tui.domain.kinds import RevealReason
from crm_tui.domain.staff import Permission
from crm_tui.domain.text_rules import NAME_LIMIT, clean_line
from crm_tui.services import reveals
from crm_tui.services.base import NotThere
from crm_tui.services.complaints.base import OBJECT, CaseService
from crm_tui.services.complaints.registering import PHONE_CONTEXT

if TYPE_CHECKING:
    from crm_tui.services.complaints.base import Opened


class Revealing(CaseService):
    """Numbers in clear."""

    def reveal(self, complaint_id: int, reason: RevealReason, text: str = "") -> str:
        """The number, once its audit row is stored; empty when none was given.

        For the handler, and for who may reveal a customer's at the branch. Raises Refused,
        InvalidInput over the day's limit or without a reason.
        """
        scope = self._scope(Permission.SEE_COMPLAINTS, reveals.OF_STRANGER)
        said = clean_line(
            text, field="reason", limit=NAME_LIMIT, required=reason is RevealReason.OTHER
        )
        with self._writing(reveals.OF_STRANGER, OBJECT, complaint_id) as tx:
            opened = self._opened(tx.session, scope, complaint_id)
            if not self._may_reveal(opened):
                raise NotThere
            reveals.check_limit(tx.session, self._person, self._policy, tx.now)
            blob = tx.session.execute(
                select(col(Complaint.phone_enc)).where(col(Complaint.id) == complaint_id)
            ).scalar()
            tx.audit(
                reveals.OF_STRANGER,
                OBJECT,
                complaint_id,
                branch_id=opened.case.begun.branch_id,
                fields={"reason": reason.value},
                image={"text": said} if said else None,
            )
        return self._store.keys.decrypt(blob, PHONE_CONTEXT) if blob else ""

    def _may_reveal(self, opened: Opened) -> bool:
        standing, scope = self._standing(opened), self._person.scope(Permission.REVEAL)
        if standing.accused:
            return False
        return standing.handles or (
            scope is not None and scope.covers(opened.case.begun.branch_id, manager_id=None)
        )
