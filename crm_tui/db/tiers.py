"""Held tiers and assessments of single customers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Date, SmallInteger, and_, exists, func, insert, literal, select, update
from sqlmodel import col

from crm_tui.clock import business_date
from crm_tui.db.grading import Grading
from crm_tui.db.rules import rules_by_id
from crm_tui.db.tables import Customer, TierHeld, assessment
from crm_tui.domain.kinds import CustomerKind, CustomerState, Tier, TierReason
from crm_tui.domain.money import average_fen

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlmodel import Session


@dataclass(frozen=True, slots=True)
class Assessed:
    """What a recompute found for a period (its first day); averages in fen, rounded."""

    period: date
    own: int
    household: int | None
    qualifying: Tier


def any_held(session: Session) -> bool:
    """Whether a tier is held at all: before the first recompute none is."""
    return session.execute(select(col(TierHeld.id)).limit(1)).first() is not None


def held(session: Session, customer_id: int) -> Any:
    """The row of the tier held now, or None."""
    return session.execute(
        select(
            col(TierHeld.id), col(TierHeld.tier_rank), col(TierHeld.from_on),
            col(TierHeld.reason), col(TierHeld.staff_id), col(TierHeld.created_at),
        ).where(col(TierHeld.customer_id) == customer_id, col(TierHeld.until_on).is_(None))
    ).one_or_none()  # fmt: skip


def held_before(session: Session, customer_id: int, held: Any) -> Tier:
    """The tier held until the row `held` began; what ended before that was no longer held."""
    row = session.execute(
        select(col(TierHeld.tier_rank), col(TierHeld.until_on))
        .where(col(TierHeld.customer_id) == customer_id, col(TierHeld.id) < held.id)
        .order_by(col(TierHeld.id).desc())
        .limit(1)
    ).one_or_none()
    return Tier(row[0]) if row and row[1] == held.from_on else Tier.NONE


def start_at_lowest(session: Session, customer_ids: Sequence[int], now: datetime) -> None:
    """Let active individuals who came later start at silver; nothing before the first recompute."""
    if not any_held(session):
        return
    today = business_date(now)
    rows = select(
        col(Customer.id),
        literal(int(Tier.SILVER), SmallInteger),
        func.coalesce(col(Customer.opened_on), literal(today, Date)),
        literal(TierReason.REGISTERED.value),
        literal(now, TierHeld.__table__.c.created_at.type),  # type: ignore[attr-defined]
    ).where(
        col(Customer.id).in_(list(customer_ids)),
        col(Customer.kind) == CustomerKind.INDIVIDUAL.value,
        col(Customer.state) == CustomerState.ACTIVE.value,
        ~exists().where(col(TierHeld.customer_id) == col(Customer.id)),
    )
    names = ["customer_id", "tier_rank", "from_on", "reason", "created_at"]
    session.execute(insert(TierHeld).from_select(names, rows))


def replace(
    session: Session, customer_id: int, tier: Tier, on: date, *, staff_id: int | None, now: datetime
) -> None:
    """End the tier held and start `tier`, granted by a person; none starts where it is NONE.

    A grant only raises: a lower tier by a person is what a grant that was undone left.
    """
    session.execute(
        update(TierHeld)
        .where(and_(col(TierHeld.customer_id) == customer_id, col(TierHeld.until_on).is_(None)))
        .values(until_on=on)
    )
    if tier is Tier.NONE:
        return
    session.execute(
        insert(TierHeld).values(
            customer_id=customer_id,
            tier_rank=int(tier),
            from_on=on,
            reason=TierReason.GRANTED.value,
            staff_id=staff_id,
            created_at=now,
        )
    )


def assessed(session: Session, customer_id: int, limit: int = 12) -> list[Assessed]:
    """The last assessed periods, newest first, averages as their rule sets count them."""
    c = assessment.c
    query = (
        select(c.period, c.own_sum, c.household_sum, c.members, c.days, c.qualifying_rank,
               c.rule_set_id)
        .where(c.customer_id == customer_id)
        .order_by(c.period.desc())
        .limit(limit)
    )  # fmt: skip
    found = []
    for period, own, shared, members, days, rank, rule_set_id in session.execute(query).all():
        rules = rules_by_id(session, rule_set_id)
        divisor = Grading(rules, days).divisor
        household = None
        if shared is not None:
            household = average_fen(shared, rules.household_divisor(members, days))
        found.append(Assessed(period, average_fen(own, divisor), household, Tier(rank)))
    return found
