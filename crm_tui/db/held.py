"""The tier that somebody starts with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import exists, insert, select
from sqlmodel import col

from crm_tui.clock import business_date
from crm_tui.db.tables import TierHeld
from crm_tui.domain.kinds import Tier, TierReason

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session


def start_at_lowest(session: Session, customer_id: int, at: datetime) -> bool:
    """Silver for a graded customer who comes after the first recompute; whether it was given.

    Before that nobody holds a tier: the first recompute grants what it finds
    (decisions.md, Tiers).
    """
    first, held = session.execute(
        select(
            exists().where(col(TierHeld.id) > 0),
            exists().where(col(TierHeld.customer_id) == customer_id),
        )
    ).one()
    if not first or held:
        return False
    session.execute(
        insert(TierHeld).values(
            customer_id=customer_id,
            tier_rank=int(Tier.SILVER),
            from_on=business_date(at),
            reason=TierReason.REGISTERED.value,
            created_at=at,
        )
    )
    return True
