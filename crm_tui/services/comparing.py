"""Comparing who is being registered with who is a customer already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from crm_tui.db import lookalikes
from crm_tui.db.lookalikes import Sought
from crm_tui.domain.kinds import CustomerKind, IdType
from crm_tui.domain.masking import tail4
from crm_tui.domain.names import name_key
from crm_tui.errors import LooksAlike
from crm_tui.i18n import _
from crm_tui.services.base import Service
from crm_tui.services.customer_values import PERSONAL
from crm_tui.services.personal import CONTEXTS
from crm_tui.services.pinyin import char_readings

if TYPE_CHECKING:
    from sqlmodel import Session

    from crm_tui.domain.customers import Lookalike
    from crm_tui.domain.staff import Scope

ELSEWHERE: Final = "customer.elsewhere"


class AlikeFound(Exception):
    """Raised inside the transaction: customers in scope, and (id, branch) of one beyond it."""

    def __init__(self, found: tuple[Lookalike, ...], beyond: tuple[int, int] | None) -> None:
        super().__init__()
        self.found = found
        self.beyond = beyond


class Comparing(Service):
    """What a registration asks before it inserts."""

    def _sought(self, checked: dict[str, Any]) -> Sought:
        numbers = {
            name: (tail4(checked[name]), self._store.keys.blind(checked[name], CONTEXTS[name]))
            for name in PERSONAL if checked[name]
        }  # fmt: skip
        name = checked["name"]
        person = checked["kind"] == CustomerKind.INDIVIDUAL
        return Sought(
            name,
            name_key(name, char_readings, person=person),
            numbers.get("id_no"),
            numbers.get("mobile"),
            checked["birth_date"] if person else None,
        )

    def _compare(self, session: Session, scope: Scope, checked: dict[str, Any]) -> None:
        """Raises AlikeFound for customers in scope, and for one beyond it with the same resident
        ID: that number checks itself, so nobody hits upon another's by chance."""
        sought = self._sought(checked)
        found = lookalikes.alike(session, scope, sought)
        beyond = None
        if sought.id_no is not None and checked["id_type"] == IdType.RESIDENT_ID:
            beyond = lookalikes.elsewhere(session, scope, sought.id_no)
        if found or beyond:
            raise AlikeFound(found, beyond)

    def _tell(self, alike: AlikeFound) -> LooksAlike:
        """What the registrar is told. That somebody is a customer of another branch is a look
        beyond their reach: it is audited first."""
        if alike.beyond is None:
            return LooksAlike(_("This customer may be registered already."), alike.found)
        customer_id, branch_id = alike.beyond
        with self._writing(ELSEWHERE, "customer", customer_id) as tx:
            tx.audit(ELSEWHERE, "customer", customer_id, branch_id=branch_id)
        message = _("A customer of another branch has this ID: ask head office for a transfer.")
        return LooksAlike(message, alike.found, elsewhere=True)
