"""The pyramid of a scope: counts and shares by tier held, and what the top 20 % have."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import case, func, select, union_all
from sqlmodel import col

from crm_tui.db.functions import Along
from crm_tui.db.roster_source import current, reach
from crm_tui.db.tables import NOT_GRADED, ImportBatch
from crm_tui.domain.kinds import Tier
from crm_tui.domain.roster import Strip, TierShare

if TYPE_CHECKING:
    from sqlalchemy import Select, Table
    from sqlmodel import Session

    from crm_tui.domain.staff import Scope

# Of branch and tier: more sorted runs are not merged but sorted (SQLite takes 500).
_MOST_RUNS: Final = 100


def strip(session: Session, scope: Scope) -> Strip:
    """Tiers from the top down, who holds none last. Shares are of the sum of all averages."""
    table = current(session).table
    scope = replace(scope, branch_ids=reach(session, scope))
    found = {rank: (n, int(total), graded) for rank, n, total, graded in session.execute(
        _by_tier(table, scope)
    )}  # fmt: skip
    assets = sum(total for _n, total, _graded in found.values())
    graded = sum(graded for _n, _total, graded in found.values())
    tiers = []
    for tier in sorted(Tier, reverse=True):
        count, total, _graded = found.get(int(tier), (0, 0, 0))
        tiers.append(TierShare(tier, count, _share(total, assets) if tier else None))
    top = _top_sum(session, table, scope, graded // 5) if graded >= 5 else None
    return Strip(
        tiers=tuple(tiers),
        total=sum(count for count, _total, _graded in found.values()),
        top_fifth=None if top is None else _share(top, assets),
        importing=_importing(session),
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole > 0 else None


def _along(table: Table, scope: Scope) -> Along:
    if scope.own_only:
        return Along(table, f"ix_{table.name}_manager_tier")
    part = "tier" if scope.branch_ids is None else "branch_tier"
    return Along(table, f"ix_{table.name}_{part}")


def _scoped(query: Select[Any], c: Any, scope: Scope) -> Select[Any]:
    if scope.branch_ids is not None:
        query = query.where(c.branch_id.in_(sorted(scope.branch_ids)))
    if scope.own_only:
        query = query.where(c.manager_id == scope.staff_id)
    return query


def _by_tier(table: Table, scope: Scope) -> Select[Any]:
    source = _along(table, scope)
    c = source.c
    graded = c.assets > NOT_GRADED
    query = select(
        c.tier_rank,
        func.count(),
        func.sum(case((graded, c.assets), else_=0)),
        func.sum(case((graded, 1), else_=0)),
    ).group_by(c.tier_rank)
    return _scoped(query, c, scope)


def _top_sum(session: Session, table: Table, scope: Scope, count: int) -> int:
    """The sum of the `count` largest averages: runs sorted by their index are merged."""
    c = _along(table, scope).c
    branches: list[int | None] = [None]
    if scope.branch_ids is not None and not scope.own_only:
        branches = [*sorted(scope.branch_ids)]
    if scope.own_only or len(branches) * len(Tier) > _MOST_RUNS:
        runs = [_scoped(select(c.assets), c, scope)]
    else:
        runs = [
            select(c.assets).where(
                c.tier_rank == int(tier), *([] if one is None else [c.branch_id == one])
            )
            for one in branches
            for tier in Tier
        ]
    merged = union_all(*runs) if len(runs) > 1 else runs[0]
    ordered: Any = merged.order_by(merged.selected_columns.assets.desc()).limit(count)
    largest = ordered.subquery()
    return int(session.execute(select(func.sum(largest.c.assets))).scalar_one())


def _importing(session: Session) -> bool:
    query = select(col(ImportBatch.id)).where(
        col(ImportBatch.state).in_(("applying", "taking_back"))
    )
    return session.execute(query.limit(1)).first() is not None
