"""Granting a tier that is earned, and the tiers of one customer (decisions.md, Tiers)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select
from sqlmodel import col

from crm_tui.clock import business_date
from crm_tui.db import customers, roster
from crm_tui.db import tiers as queries
from crm_tui.db.roster_source import current
from crm_tui.db.tables import Customer, assessment
from crm_tui.domain.kinds import CustomerState, Tier, TierReason
from crm_tui.domain.staff import Permission
from crm_tui.errors import Conflict, InvalidInput, Refused
from crm_tui.i18n import _
from crm_tui.services.base import NotThere, Service
from crm_tui.services.recompute import RecomputeReport, recompute

if TYPE_CHECKING:
    from datetime import date

    from sqlmodel import Session

    from crm_tui.db.store import Transaction
    from crm_tui.domain.customers import TierStep
    from crm_tui.domain.staff import Scope

__all__ = ["RecomputeReport", "TiersService", "periods_below", "recompute"]

GRANT: Final = "tier.grant"
REVOKE: Final = "tier.revoke"
_SEE: Final = "tier.history"


class _ForHeadOffice(Exception):
    """Raised inside the transaction when only head office may grant the tier."""


class TiersService(Service):
    """Tiers of customers in this person's reach."""

    def grant(self, customer_id: int, expected: Tier) -> Tier:
        """Grant the tier for which the customer qualifies, in one step; that tier.

        `expected` is the qualifying tier that the person saw. Raises Refused out of reach,
        InvalidInput when nothing higher is earned, Conflict when it is another tier by now.
        """
        scope = self._scope(Permission.GRANT_TIER, GRANT)
        try:
            with self._writing(GRANT, "customer", customer_id) as tx:
                return self._grant(tx, scope, customer_id, expected)
        except _ForHeadOffice:
            self._store.refuse(self._actor, GRANT, "customer", customer_id, reason="head office")
            raise Refused(_("Only head office grants the black-gold tier.")) from None

    def revoke(self, customer_id: int, granted: Tier) -> Tier:
        """Undo a grant of one's own of today, while nothing has followed it; the tier held again.

        The history keeps both steps. Raises Refused out of reach, InvalidInput when that grant
        is not the last step any more.
        """
        scope = self._scope(Permission.GRANT_TIER, REVOKE)
        with self._writing(REVOKE, "customer", customer_id) as tx:
            branch_id = _locked(tx.session, scope, customer_id)
            held = queries.held(tx.session, customer_id)
            before = queries.held_before(tx.session, customer_id, held) if held else Tier.NONE
            if held is None or not self._may_revoke(held, before, granted, business_date(tx.now)):
                raise InvalidInput("tier", _("This grant can no longer be undone."))
            self._hold(tx, customer_id, before, held)
            fields = {"from": granted.code, "to": before.code}
            tx.audit(REVOKE, "customer", customer_id, branch_id=branch_id, fields=fields)
            return before

    def _may_revoke(self, held: Any, before: Tier, granted: Tier, today: date) -> bool:
        """Whether `held` is a rise to `granted` that this person made today."""
        own = held.reason == TierReason.GRANTED and held.staff_id == self._person.staff_id
        rise = before < granted == held.tier_rank
        return own and rise and business_date(held.created_at) == today

    def history(self, customer_id: int) -> tuple[TierStep, ...]:
        """Tiers held, the newest first. Raises Refused."""
        scope = self._scope(Permission.SEE_CUSTOMERS, _SEE)
        with self._store.read() as session:
            if customers.facts(session, scope, customer_id) is not None:
                return customers.tier_history(session, customer_id)
        raise self._store.refuse(self._actor, _SEE, "customer", customer_id)

    def periods_below(self, customer_id: int) -> int:
        """How many of the last periods in a row lay below the tier held. Raises Refused."""
        scope = self._scope(Permission.SEE_CUSTOMERS, _SEE)
        with self._store.read() as session:
            if customers.facts(session, scope, customer_id) is not None:
                held = queries.held(session, customer_id)
                rank = Tier(held.tier_rank) if held else Tier.NONE
                return periods_below(queries.assessed(session, customer_id, 24), rank)
        raise self._store.refuse(self._actor, _SEE, "customer", customer_id)

    def _grant(self, tx: Transaction, scope: Scope, customer_id: int, expected: Tier) -> Tier:
        branch_id = _locked(tx.session, scope, customer_id)
        _check_wanted(tx.session, customer_id)
        held = queries.held(tx.session, customer_id)
        holds = Tier(held.tier_rank) if held else Tier.NONE
        earned = _qualifying(tx.session, customer_id)
        if earned <= holds:
            raise InvalidInput("tier", _("The customer qualifies for no higher tier."))
        if earned is not expected:
            raise Conflict(
                _("The customer qualifies for another tier by now; look again."),
                {"qualifying": earned.code},
                int(earned),
            )
        if earned is Tier.BLACK_GOLD and scope.branch_ids is not None:
            raise _ForHeadOffice
        self._hold(tx, customer_id, earned, held)
        tx.audit(
            GRANT,
            "customer",
            customer_id,
            branch_id=branch_id,
            fields={"from": holds.code, "to": earned.code},
        )
        return earned

    def _hold(self, tx: Transaction, customer_id: int, tier: Tier, held: Any) -> None:
        """Let `tier` follow what is `held`, by this person's hand."""
        today = business_date(tx.now)
        since = max(today, held.from_on) if held else today
        queries.replace(
            tx.session, customer_id, tier, since, staff_id=self._person.staff_id, now=tx.now
        )
        roster.refresh(tx.session, [customer_id], policy=self._policy)


def _locked(session: Session, scope: Scope, customer_id: int) -> int:
    """The branch of a customer in scope, locked, so that of two who act at once the second sees
    what the first has done. Raises NotThere."""
    found = session.execute(
        select(col(Customer.branch_id), col(Customer.manager_id))
        .where(col(Customer.id) == customer_id)
        .with_for_update()
    ).one_or_none()
    if found is None or not scope.covers(found[0], found[1]):
        raise NotThere
    return int(found[0])


def _check_wanted(session: Session, customer_id: int) -> None:
    """Raises InvalidInput for a customer who was given up for good."""
    query = select(col(Customer.state)).where(col(Customer.id) == customer_id)
    if session.execute(query).scalar_one() == CustomerState.PERMANENTLY_LOST:
        raise InvalidInput("tier", _("The customer was given up for good: no tier is granted."))


def _qualifying(session: Session, customer_id: int) -> Tier:
    """What the newest period says; nothing when it did not grade the customer."""
    rank = session.execute(
        select(assessment.c.qualifying_rank).where(
            assessment.c.customer_id == customer_id,
            assessment.c.period == current(session).period,
        )
    ).scalar()
    return Tier(rank or 0)


def periods_below(history: list[queries.Assessed], held: Tier) -> int:
    """How many of the newest periods, months without a gap, did not reach the tier held."""
    count = 0
    for place, one in enumerate(history):
        if one.qualifying >= held:
            break
        following = history[place - 1].period if place else None
        if following is not None and (following - timedelta(days=1)).replace(day=1) != one.period:
            break
        count += 1
    return count
