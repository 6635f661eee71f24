"""Average daily assets of a whole bank in a few statements (domain.md 3).

An account's sum over a window is what it brings into it × the window's days, and for each entry
within it the change from the entry before × the days that are left: a day without an entry carries
the last one forward, days before the first count 0. What a superseded revision changed, its
successor on the same day changes again.
"""

from __future__ import annotations

from collections import Counter
from itertools import permutations
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    BigInteger,
    and_,
    case,
    cast,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    text,
    tuple_,
)
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from crm_tui.db.functions import day_of_month
from crm_tui.db.tables import Account, Customer, HouseholdMember, balance
from crm_tui.db.tier_shares import copy
from crm_tui.db.tier_work import grades, households, members, own_sums
from crm_tui.domain.kinds import CustomerKind, CustomerState
from crm_tui.errors import StoreError
from crm_tui.i18n import _

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Select, Table

    from crm_tui.db.grading import Grading
    from crm_tui.db.tier_shares import Shares
    from crm_tui.db.tier_work import Share, Work
    from crm_tui.domain.periods import Window
    from crm_tui.domain.tiers import RuleSet


def compute(shares: Shares, window: Window, grading: Grading) -> None:
    """Fill each share's temporary tables for a window. Raises StoreError beyond 64 bits."""
    rules = grading.rules

    def find(work: Work) -> None:
        _fill(work, members, _members(window))
        _fill(work, own_sums, _own(window, rules, work.share))

    def grade(work: Work) -> None:
        _fill(work, households, _households(rules.min_members))
        _fill(work, grades, _grades(window, grading, work.share))

    shares.at_once(find)
    # The members of a household may be customers of several shares.
    for source, target in permutations((shares.first, *shares.others), 2):
        copy(source, target, _OF_MEMBERS.format(share=source.share), own_sums.name)
    shares.at_once(grade)


_OF_MEMBERS: Final = (
    "SELECT customer_id, own_sum FROM work_own_sums JOIN work_members USING (customer_id) "
    "WHERE customer_id > {share.after} AND customer_id <= {share.upto}"
)


def _fill(work: Work, table: Table, rows: Select[Any]) -> None:
    names = [column.name for column in table.columns]
    with work.computing() as session:
        try:
            session.execute(insert(table).from_select(names, rows))
        except DBAPIError as error:
            if _overflowed(error):
                raise StoreError(
                    _("The balances of a customer add up to more than can be computed.")
                ) from None
            raise
        if not work.is_sqlite:
            # It knows nothing of a temporary table and would plan for a few rows.
            session.execute(text(f"ANALYZE {table.name}"))


def _overflowed(error: DBAPIError) -> bool:
    state = getattr(error.orig, "sqlstate", "")
    return state == "22003" or "integer overflow" in str(error.orig)


def _own(window: Window, rules: RuleSet, share: Share) -> Select[Any]:
    entry, carried, former = balance.c, balance.alias(), balance.alias()
    brought = _latest(
        carried, carried.c.account_id == col(Account.id), carried.c.day < window.start
    ).correlate(Account)
    before = _latest(
        former,
        former.c.account_id == entry.account_id,
        tuple_(former.c.day, former.c.revision) < tuple_(entry.day, entry.revision),
    ).correlate(balance)
    change = entry.amount - func.coalesce(before.scalar_subquery(), 0)
    changes = (
        select(_sum(change * (window.days + 1 - day_of_month(entry.day))))
        .where(entry.account_id == col(Account.id))
        .where(entry.day >= window.start, entry.day <= window.end)
        .correlate(Account)
    )
    total = func.coalesce(brought.scalar_subquery(), 0) * window.days
    total += func.coalesce(changes.scalar_subquery(), 0)
    owner: Any = col(Account.customer_id)
    weight = _weight(rules)
    return (
        select(owner, _sum(weight * total)).where(weight != 0, *share.within(owner)).group_by(owner)
    )


def _latest(entries: Any, *which: ColumnElement[bool]) -> Select[Any]:
    """The last amount of one account's entries: found by its place, nothing is sorted."""
    c = entries.c
    return select(c.amount).where(*which).order_by(c.day.desc(), c.revision.desc()).limit(1)


def _sum(expression: Any) -> ColumnElement[int]:
    return cast(func.sum(expression), BigInteger)


def _weight(rules: RuleSet) -> ColumnElement[int]:
    known = [(col(Account.category) == name, rules.weight(name)) for name in rules.coefficients]
    usual = literal(rules.scale, BigInteger)
    return case(*known, else_=usual) if known else usual


def _members(window: Window) -> Select[Any]:
    """Individuals by household on the last day; one household each."""
    began = or_(col(HouseholdMember.from_on).is_(None), col(HouseholdMember.from_on) <= window.end)
    lasts = or_(col(HouseholdMember.until_on).is_(None), col(HouseholdMember.until_on) > window.end)
    household: Any = func.max(col(HouseholdMember.household_id))
    return (
        select(col(HouseholdMember.customer_id), household)
        .join(Customer, col(Customer.id) == col(HouseholdMember.customer_id))
        .where(began, lasts, col(Customer.kind) == CustomerKind.INDIVIDUAL.value)
        .group_by(col(HouseholdMember.customer_id))
    )


def _households(least: int) -> Select[Any]:
    total = _sum(func.coalesce(own_sums.c.own_sum, 0))
    return (
        select(members.c.household_id, total, func.count())
        .select_from(members)
        .outerjoin(own_sums, own_sums.c.customer_id == members.c.customer_id)
        .group_by(members.c.household_id)
        .having(func.count() >= least)
    )


def _grades(window: Window, grading: Grading, share: Share) -> Select[Any]:
    own = func.coalesce(own_sums.c.own_sum, 0)
    qualifying = grading.qualifying(own, households.c.total, households.c.members)
    return (
        select(col(Customer.id), own, households.c.total, households.c.members, qualifying)
        .outerjoin(own_sums, own_sums.c.customer_id == col(Customer.id))
        .outerjoin(members, members.c.customer_id == col(Customer.id))
        .outerjoin(households, households.c.household_id == members.c.household_id)
        .where(
            and_(
                col(Customer.kind) == CustomerKind.INDIVIDUAL.value,
                col(Customer.state) == CustomerState.ACTIVE.value,
                col(Customer.opened_on) != null(),
                col(Customer.opened_on) <= window.end,
                *share.within(col(Customer.id)),
            )
        )
        .order_by(col(Customer.id))
    )


def counts(shares: Shares) -> Counter[int]:
    """How many qualify for each rank."""
    query = select(grades.c.qualifying_rank, func.count()).group_by(grades.c.qualifying_rank)

    def of_share(work: Work) -> Counter[int]:
        with work.computing() as session:
            return Counter({int(rank): int(count) for rank, count in session.execute(query)})

    return sum(shares.at_once(of_share), Counter[int]())
