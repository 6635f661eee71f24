"""Comparing who is being registered with who is a customer already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from crm_tui.db import lookalikes, staff
from crm_tui.db.lookalikes import Sought
from crm_tui.domain.kinds import CustomerKind, IdType
from crm_tui.domain.masking import tail4
from crm_tui.domain.names import name_key
from crm_tui.errors import LooksAlike
from crm_tui.i18n import _
from crm_tui.services import reveals
from crm_tui.services.base import Service
from crm_tui.services.customer_values import PERSONAL
from crm_tui.services.personal import CONTEXTS
from crm_tui.services.pinyin import char_readings

if TYPE_CHECKING:
    from crm_tui.db.store import Transaction
    from crm_tui.domain.staff import Scope

ELSEWHERE: Final = "customer.elsewhere"


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

    def _compare(self, tx: Transaction, scope: Scope, checked: dict[str, Any]) -> None:
        """Raises LooksAlike for customers in scope, and for one beyond it with the same resident
        ID: that number checks itself, so nobody hits upon another's by chance."""
        sought = self._sought(checked)
        found = lookalikes.alike(tx.session, scope, sought)
        resident = checked["id_type"] == IdType.RESIDENT_ID
        if sought.id_no and resident and self._is_elsewhere(tx, scope, sought.id_no):
            message = _("A customer of another branch has this ID: ask head office for a transfer.")
            raise LooksAlike(message, found, elsewhere=True)
        if found:
            raise LooksAlike(_("This customer may be registered already."), found)

    def _is_elsewhere(self, tx: Transaction, scope: Scope, id_no: tuple[str, bytes]) -> bool:
        """Whether a branch beyond the reach has this ID. That nobody has it tells as much, so the
        look is audited, found or not; a day has as many as it has reveals, and then none."""
        if scope.branch_ids is None:
            return False
        staff.hold(tx.session, self._person.staff_id)
        looked = reveals.done_today(tx.session, self._person, tx.now, ELSEWHERE)
        if looked >= self._policy.reveals_per_day:
            return False
        customer_id, branch_id = lookalikes.elsewhere(tx.session, scope, id_no) or ("", None)
        tx.audit_anyway(ELSEWHERE, "customer", customer_id, branch_id=branch_id)
        return branch_id is not None
