"""Roster rows as the screens get them: columns of a few ids into frozen values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, select
from sqlmodel import col

from crm_tui.db.complaint_open import open_count
from crm_tui.db.rules import in_force, known_rules
from crm_tui.db.tables import NEVER_DUE, Customer, Staff, assessment
from crm_tui.domain.kinds import CustomerKind, CustomerState, Tier
from crm_tui.domain.money import missing_fen
from crm_tui.domain.roster import Gap, RosterRow
from crm_tui.domain.tiers import HouseholdMode

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy import Select, Table
    from sqlmodel import Session

    from crm_tui.db.roster_source import Current
    from crm_tui.domain.roster import Key
    from crm_tui.domain.tiers import RuleSet


def rows(
    session: Session, now: Current, keys: Sequence[Key], ids: Sequence[int], today: date
) -> tuple[RosterRow, ...]:
    """The rows of `ids` in their order, each with its key; one that is gone is left out."""
    if not ids:
        return ()
    found = {row.customer_id: row for row in session.execute(_query(now).where(
        now.table.c.customer_id.in_(list(ids))
    ))}  # fmt: skip
    known = known_rules(session)
    rules = in_force(known, today).rules
    scales = {one.id: one.rules.scale for one in known}
    return tuple(
        _row(key, found[customer_id], rules, scales)
        for key, customer_id in zip(keys, ids, strict=True)
        if customer_id in found
    )


def _query(now: Current) -> Select[Any]:
    table: Table = now.table
    c = table.c
    assessed = and_(assessment.c.customer_id == c.customer_id, assessment.c.period == now.period)
    return (
        select(
            c.customer_id, c.branch_id, c.manager_id, c.tier_rank, c.qualifying_rank, c.assets,
            c.household_assets, c.near, c.state, c.last_contact_on, c.contact_due_on,
            col(Customer.customer_no), col(Customer.name), col(Customer.kind),
            col(Customer.mobile_mask), col(Customer.opened_on),
            col(Staff.name).label("manager_name"), assessment.c.own_sum,
            assessment.c.household_sum, assessment.c.members, assessment.c.days,
            assessment.c.rule_set_id, open_count(c.customer_id).label("open_complaints"),
        )
        .join(Customer, col(Customer.id) == c.customer_id)
        .outerjoin(Staff, col(Staff.id) == c.manager_id)
        .outerjoin(assessment, assessed)
    )  # fmt: skip


def _row(key: Key, found: Any, rules: RuleSet, scales: dict[int, int]) -> RosterRow:
    graded = found.qualifying_rank > 0
    return RosterRow(
        key=key,
        customer_id=found.customer_id,
        customer_no=found.customer_no,
        name=found.name,
        kind=CustomerKind(found.kind),
        mobile_mask=found.mobile_mask or "",
        tier=Tier(found.tier_rank),
        qualifying=Tier(found.qualifying_rank),
        assets=found.assets if graded else None,
        household_assets=found.household_assets,
        gap=_gap(found, rules, scales) if graded else None,
        manager_id=found.manager_id,
        manager_name=found.manager_name or "",
        branch_id=found.branch_id,
        state=CustomerState(found.state),
        opened_on=found.opened_on,
        last_contact_on=found.last_contact_on,
        contact_due_on=None if found.contact_due_on == NEVER_DUE else found.contact_due_on,
        near=found.near,
        open_complaints=found.open_complaints,
    )


def _gap(found: Any, rules: RuleSet, scales: dict[int, int]) -> Gap | None:
    """What the last assessment lacks to the tier above the held one, by the rules of today."""
    rule = rules.next_rule(Tier(found.tier_rank))
    if rule is None or found.own_sum is None:
        return None
    divisor = found.days * scales[found.rule_set_id]
    own = None if rule.individual is None else missing_fen(found.own_sum, divisor, rule.individual)
    shared = None
    if rule.household is not None and (found.members or 0) >= rules.min_members:
        mean = rules.household_mode is HouseholdMode.MEAN
        per_head = divisor * found.members if mean else divisor
        shared = missing_fen(found.household_sum, per_head, rule.household)
    return Gap(rule.tier, own, shared)
