"""Queries about one customer; the scope is checked by the caller on branch and manager."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, func, select, tuple_
from sqlmodel import col

from crm_tui.db.tables import (
    Account,
    Audit,
    Branch,
    Contact,
    Customer,
    Household,
    HouseholdMember,
    Staff,
    TierHeld,
    balance,
)
from crm_tui.db.tiers import assessed
from crm_tui.domain.contacts import NEEDS
from crm_tui.domain.customers import AccountLine, Member, TierStep
from crm_tui.domain.kinds import Outcome, Tier, TierReason

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlmodel import Session

    from crm_tui.domain.staff import Scope

EDIT: Final = "customer.edit"


@dataclass(frozen=True, slots=True)
class Facts:
    """The customer's own row, without anything in clear but the name."""

    values: dict[str, Any] = field(repr=False)

    def __getattr__(self, name: str) -> Any:
        return self.values[name]


def facts(session: Session, scope: Scope, customer_id: int) -> Facts | None:
    """The customer in scope, or None: not there and not allowed look the same."""
    manager = Staff.__table__.alias("manager")  # type: ignore[attr-defined]
    query = (
        select(
            col(Customer.id), col(Customer.version), col(Customer.customer_no),
            col(Customer.name), col(Customer.kind), col(Customer.state), col(Customer.id_type),
            col(Customer.id_no_mask), col(Customer.mobile_mask), col(Customer.gender),
            col(Customer.birth_date), col(Customer.branch_id), col(Customer.manager_id),
            col(Customer.opened_on), col(Branch.name).label("branch_name"),
            col(Branch.code).label("branch_code"), manager.c.name.label("manager_name"),
            manager.c.username.label("manager_username"),
        )
        .join(Branch, col(Branch.id) == col(Customer.branch_id))
        .outerjoin(manager, manager.c.id == col(Customer.manager_id))
        .where(col(Customer.id) == customer_id)
    )  # fmt: skip
    row = session.execute(query).mappings().one_or_none()
    if row is None or not scope.covers(row["branch_id"], row["manager_id"]):
        return None
    return Facts(dict(row))


def accounts(session: Session, customer_id: int) -> tuple[AccountLine, ...]:
    """The customer's accounts with their latest end-of-day balance."""
    latest = (
        select(
            balance.c.account_id, balance.c.amount, balance.c.day,
            func.row_number().over(
                partition_by=balance.c.account_id,
                order_by=(balance.c.day.desc(), balance.c.revision.desc()),
            ).label("nth"),
        )
        .join(Account, col(Account.id) == balance.c.account_id)
        .where(col(Account.customer_id) == customer_id)
        .subquery()
    )  # fmt: skip
    query = (
        select(
            col(Account.account_no), col(Account.category), col(Account.currency),
            col(Account.opened_on), latest.c.amount, latest.c.day,
        )
        .outerjoin(latest, and_(latest.c.account_id == col(Account.id), latest.c.nth == 1))
        .where(col(Account.customer_id) == customer_id)
        .order_by(col(Account.account_no))
    )  # fmt: skip
    return tuple(AccountLine(*row) for row in session.execute(query))


def tier_history(session: Session, customer_id: int) -> tuple[TierStep, ...]:
    """Held tiers, the newest first."""
    query = (
        select(
            col(TierHeld.tier_rank), col(TierHeld.from_on), col(TierHeld.until_on),
            col(TierHeld.reason), col(Staff.name),
        )
        .outerjoin(Staff, col(Staff.id) == col(TierHeld.staff_id))
        .where(col(TierHeld.customer_id) == customer_id)
        .order_by(col(TierHeld.from_on).desc(), col(TierHeld.id).desc())
    )  # fmt: skip
    rows = session.execute(query).all()
    before = [*(row[0] for row in rows[1:]), 0]
    return tuple(
        TierStep(
            Tier(rank), start, end, TierReason(reason), by or "",
            undone=Tier(earlier) if reason == TierReason.GRANTED and rank < earlier else None,
        )
        for (rank, start, end, reason, by), earlier in zip(rows, before, strict=False)
    )  # fmt: skip


def household(session: Session, scope: Scope, customer_id: int) -> tuple[str, tuple[Member, ...]]:
    """The household's number and its other members in scope; empty without one."""
    mine = session.execute(
        select(col(Household.id), col(Household.household_no))
        .join(HouseholdMember, col(HouseholdMember.household_id) == col(Household.id))
        .where(col(HouseholdMember.customer_id) == customer_id,
               col(HouseholdMember.until_on).is_(None))
    ).one_or_none()  # fmt: skip
    if mine is None:
        return "", ()
    query = (
        select(
            col(Customer.id), col(Customer.name), col(Customer.branch_id),
            col(Customer.manager_id), col(TierHeld.tier_rank),
        )
        .join(HouseholdMember, col(HouseholdMember.customer_id) == col(Customer.id))
        .outerjoin(TierHeld, and_(col(TierHeld.customer_id) == col(Customer.id),
                                  col(TierHeld.until_on).is_(None)))
        .where(col(HouseholdMember.household_id) == mine[0],
               col(HouseholdMember.until_on).is_(None), col(Customer.id) != customer_id)
        .order_by(col(Customer.customer_no))
    )  # fmt: skip
    return mine[1], tuple(
        Member(member, name, Tier(rank or 0), _latest_average(session, member))
        for member, name, branch_id, manager_id, rank in session.execute(query).all()
        if scope.covers(branch_id, manager_id)
    )


def _latest_average(session: Session, customer_id: int) -> int | None:
    latest = assessed(session, customer_id, 1)
    return latest[0].own if latest else None


def contact_touches(
    session: Session,
    customer_id: int,
    edge: tuple[datetime, int] | None,
    limit: int,
    *,
    older: bool,
) -> Sequence[Any]:
    """Contacts of the timeline beyond `edge`: the next older ones, or the next newer ones.

    The needs are the last columns.
    """
    order = tuple_(col(Contact.started_at), col(Contact.id))
    query = (
        select(
            col(Contact.id), col(Contact.started_at), col(Contact.method), col(Contact.content),
            col(Contact.result), col(Contact.next_on), col(Contact.before_opening),
            col(Contact.withdrawn_at), col(Contact.logged_at), col(Staff.name),
            col(Contact.staff_id),
            *(getattr(Contact, name) for name in NEEDS),
        )
        .join(Staff, col(Staff.id) == col(Contact.staff_id))
        .where(col(Contact.customer_id) == customer_id)
        .limit(limit)
    )  # fmt: skip
    if edge is not None:
        query = query.where(order < tuple_(*edge) if older else order > tuple_(*edge))
    if older:
        query = query.order_by(col(Contact.started_at).desc(), col(Contact.id).desc())
    else:
        query = query.order_by(col(Contact.started_at).asc(), col(Contact.id).asc())
    return session.execute(query).all()


def last_editor(session: Session, customer_id: int) -> str:
    """The name of who edited the customer last, empty when nobody has."""
    query = (
        select(col(Staff.name))
        .join(Audit, col(Audit.actor_id) == col(Staff.id))
        .where(
            col(Audit.object_kind) == "customer",
            col(Audit.object_id) == str(customer_id),
            col(Audit.action) == EDIT,
            col(Audit.outcome) == Outcome.DONE.value,
        )
        .order_by(col(Audit.seq).desc())
        .limit(1)
    )
    return session.execute(query).scalar() or ""
