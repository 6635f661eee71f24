"""The roster after a large file: filled anew beside the one in force, then turned round.

Row by row every index of the roster is touched at random places; for many rows at once it is
several times faster to fill the other table in order, as a recompute does.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from sqlalchemy import select, update
from sqlmodel import col

from crm_tui.db import roster, roster_fill, tier_shares
from crm_tui.db.roster_source import RowSource
from crm_tui.db.tables import RosterCurrent
from crm_tui.errors import StoreBusy, StoreError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crm_tui.db.bulk import BulkStore
    from crm_tui.domain.policy import Policy

# A file of fewer rows writes each roster row with its customer.
LARGE_FILE: Final = 20_000
# Written customers whose roster rows are caught up with one by one.
MOST_IDS: Final = 10_000
_STEP: Final = 400


def write(bulk: BulkStore, policy: Policy, ids: Sequence[int] | None) -> None:
    """Bring the roster in step with these customers, or with all when None. Raises StoreError."""
    if ids is not None:
        _one_by_one(bulk, policy, ids)
        return
    try:
        _all(bulk, policy)
    except StoreBusy:
        # Tiers are being recomputed: the other table is theirs.
        _in_order_of_ids(bulk, policy)


def _one_by_one(bulk: BulkStore, policy: Policy, ids: Sequence[int]) -> None:
    for start in range(0, len(ids), _STEP):
        with bulk.step() as step:
            roster.refresh(step.session, ids[start : start + _STEP], policy=policy)


def _in_order_of_ids(bulk: BulkStore, policy: Policy) -> None:
    last = 0
    while True:
        with bulk.read() as session:
            found = session.rows(
                "SELECT id FROM customer WHERE id > ? ORDER BY id LIMIT ?", last, _STEP
            )
        if not found:
            return
        _one_by_one(bulk, policy, [row[0] for row in found])
        last = found[-1][0]


def _all(bulk: BulkStore, policy: Policy) -> None:
    bulk.rest()
    with tier_shares.opened(bulk.store) as shares:
        work = shares.first
        now = roster_fill.begin(work)
        try:
            with work.computing() as session:
                source = RowSource.of(session, now.period, policy)
                computed_at = session.execute(select(col(RosterCurrent.computed_at))).scalar()
            roster_fill.fill(shares, now, source)
            roster_fill.catch_up(work, now, source)
            with work.step() as session:
                roster_fill.turn(session, now, source, now.period, computed_at)
        except BaseException:
            with suppress(StoreError), work.step() as session:
                session.execute(update(RosterCurrent).values(building=False))
            raise
