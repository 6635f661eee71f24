"""The two roster tables: which one is in force, and how their rows follow from the truth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table, and_, case, cast, func, inspect, literal, select, true
from sqlalchemy.types import BigInteger, Boolean, Date, SmallInteger
from sqlmodel import col

from crm_tui.db.functions import plus_days, shanghai_day
from crm_tui.db.grading import Grading
from crm_tui.db.inserts import insert_into
from crm_tui.db.rules import rules_on
from crm_tui.db.tables import (
    NEVER_DUE,
    NOT_GRADED,
    Branch,
    Contact,
    Customer,
    CustomerSearch,
    RosterCurrent,
    RosterTouched,
    TierHeld,
    assessment,
    roster_a,
    roster_b,
)
from crm_tui.domain.kinds import KEPT_IN_TOUCH, CustomerState, Tier
from crm_tui.domain.periods import month_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import ColumnElement, Select, Subquery
    from sqlmodel import Session

    from crm_tui.db.tier_work import Share
    from crm_tui.domain.policy import Policy
    from crm_tui.domain.staff import Scope

TABLES: Mapping[str, Table] = {"a": roster_a, "b": roster_b}
_LATEST_FIRST = (col(Contact.started_at).desc(), col(Contact.id).desc())


@dataclass(frozen=True, slots=True)
class Current:
    """What `roster_current` says: the table in force and the period it shows."""

    letter: str
    building: bool
    period: date | None

    @property
    def table(self) -> Table:
        """The table that people read."""
        return TABLES[self.letter]

    @property
    def other(self) -> Table:
        """The table that the next recompute fills."""
        return TABLES["b" if self.letter == "a" else "a"]


def current(session: Session, *, hold: bool = False) -> Current:
    """The table in force. `hold` keeps a recompute from starting or ending meanwhile."""
    query = select(
        col(RosterCurrent.letter), col(RosterCurrent.building), col(RosterCurrent.period)
    )
    if hold:
        query = query.with_for_update(read=True)
    return Current(*session.execute(query).one())


def write_rows(session: Session, table: Table, rows: Select[Any]) -> None:
    """Insert `rows` (columns in the table's order) or overwrite the rows that are there."""
    names = [column.name for column in table.columns]
    statement = insert_into(session, table).from_select(names, rows)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["customer_id"],
            set_={name: statement.excluded[name] for name in names if name != "customer_id"},
        )
    )


def note_touched(session: Session, ids: Sequence[int]) -> None:
    """Let the recompute that is under way write these customers once more."""
    statement = insert_into(session, RosterTouched).on_conflict_do_nothing()
    session.execute(statement, [{"customer_id": customer_id} for customer_id in ids])


@dataclass(frozen=True, slots=True)
class RowSource:
    """How a roster row follows from the truth: `period` is assessed by `grading`.

    `grades` are the period's assessments while they are being written.
    """

    period: date | None
    grading: Grading | None
    intervals: Mapping[Tier, int]
    grades: Table | None = None

    @classmethod
    def of(cls, session: Session, period: date | None, policy: Policy) -> RowSource:
        """With the rules in force on the period's last day."""
        if period is None:
            return cls(None, None, policy.contact_intervals)
        window = month_of(period)
        grading = Grading(rules_on(session, window.end).rules, window.days)
        return cls(period, grading, policy.contact_intervals)

    def rows(self, *, of_share: Share | None = None) -> Select[Any]:
        """One row per customer, columns in the order of the roster tables.

        Of all customers the latest contact is looked up one by one; of those of a share all
        contacts are read once.
        """
        held = func.coalesce(col(TierHeld.tier_rank), 0)
        now_held = and_(
            col(TierHeld.customer_id) == col(Customer.id), col(TierHeld.until_on).is_(None)
        )
        found = self._found
        if of_share is not None:
            shown: Any = _latest_of_share(of_share)
            is_shown = and_(shown.c.customer_id == col(Customer.id), shown.c.place == 1)
        else:
            shown, is_shown = inspect(Contact).local_table, _latest_of_one()
        contacted = shanghai_day(shown.c.started_at)
        return (
            select(
                col(Customer.id),
                cast(col(Customer.id), BigInteger),
                cast(col(Customer.branch_id), BigInteger),
                cast(col(Customer.manager_id), BigInteger),
                cast(held, SmallInteger),
                cast(func.coalesce(found.c.qualifying_rank, 0), SmallInteger),
                *self._averages(held),
                col(Customer.state),
                col(Customer.name_key),
                contacted,
                self._due(held, contacted, shown.c.next_on),
                func.coalesce(col(CustomerSearch.doc), ""),
            )
            .outerjoin(CustomerSearch, col(CustomerSearch.customer_id) == col(Customer.id))
            .outerjoin(TierHeld, now_held)
            .outerjoin(
                found,
                and_(
                    found.c.customer_id == col(Customer.id),
                    true() if self.grades is not None else found.c.period == self.period,
                ),
            )
            .outerjoin(shown, is_shown)
            .where(*(of_share.within(col(Customer.id)) if of_share else ()))
        )

    @property
    def _found(self) -> Table:
        return assessment if self.grades is None else self.grades

    def _averages(self, held: ColumnElement[int]) -> tuple[ColumnElement[Any], ...]:
        """assets, household_assets, near."""
        if self.grading is None:
            none = cast(literal(None), BigInteger)
            return literal(NOT_GRADED, BigInteger), none, literal(False, Boolean)
        found = self._found.c
        own, shared, members = found.own_sum, found.household_sum, found.members
        near = self.grading.near(held, own, shared, members)
        return (
            func.coalesce(self.grading.average(own), literal(NOT_GRADED, BigInteger)),
            self.grading.average(shared, members),
            func.coalesce(near, literal(False, Boolean)),
        )

    def _due(self, held: ColumnElement[int], contacted: Any, next_on: Any) -> ColumnElement[date]:
        """The next-contact date, else an interval after the last contact or the opening.

        Who is no customer (any more) waits for no contact but one that was agreed, and who is
        lost for good not even for that.
        """
        interval = case(
            *((held == int(tier), days) for tier, days in self.intervals.items()),
            else_=self.intervals[Tier.NONE],
        )
        since = func.coalesce(contacted, col(Customer.opened_on))
        regular = case(
            (col(Customer.state).in_(KEPT_IN_TOUCH), plus_days(since, interval)), else_=None
        )
        due = func.coalesce(next_on, regular, literal(NEVER_DUE, Date))
        lost = col(Customer.state) == CustomerState.PERMANENTLY_LOST.value
        return case((lost, literal(NEVER_DUE, Date)), else_=due)


def _latest_of_one() -> ColumnElement[bool]:
    """Whether a contact is the one that its customer's row shows."""
    newest = (
        select(col(Contact.id))
        .where(col(Contact.customer_id) == col(Customer.id))
        .where(col(Contact.withdrawn_at).is_(None))
        .order_by(*_LATEST_FIRST)
        .limit(1)
        .correlate(Customer)
        .scalar_subquery()
    )
    return col(Contact.id) == newest


def _latest_of_share(share: Share) -> Subquery:
    """The contact that each customer's row shows, from one reading of a share's contacts."""
    place = func.row_number().over(partition_by=col(Contact.customer_id), order_by=_LATEST_FIRST)
    return (
        select(
            col(Contact.customer_id), col(Contact.started_at), col(Contact.next_on),
            place.label("place"),
        )
        .where(col(Contact.withdrawn_at).is_(None), *share.within(col(Contact.customer_id)))
        .subquery()
    )  # fmt: skip


def reach(session: Session, scope: Scope) -> frozenset[int] | None:
    """The branches of a scope; None, which restricts nothing, when it holds every one."""
    if scope.branch_ids is None:
        return None
    outside = select(col(Branch.id)).where(col(Branch.id).not_in(scope.branch_ids)).limit(1)
    return None if session.execute(outside).first() is None else scope.branch_ids
