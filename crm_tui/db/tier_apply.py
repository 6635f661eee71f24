"""From the grades of a period to assessments, held tiers and the other roster table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Date,
    Integer,
    SmallInteger,
    String,
    and_,
    case,
    delete,
    exists,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlmodel import col

from crm_tui.db.inserts import insert_into
from crm_tui.db.tables import Customer, TierHeld, assessment
from crm_tui.db.tables.base import UtcDateTime
from crm_tui.db.tier_work import grades
from crm_tui.domain.audit import Entry
from crm_tui.domain.kinds import Tier, TierReason

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlmodel import Session

    from crm_tui.domain.periods import Window

_HELD = ["customer_id", "tier_rank", "from_on", "reason", "period", "created_at"]


@dataclass(frozen=True, slots=True)
class Period:
    """What is being written: the window, by which rule set, when."""

    window: Window
    rule_set_id: int
    now: datetime


def _within(column: Any, after: int, upto: int) -> ColumnElement[bool]:
    return and_(column > after, column <= upto)


def write_assessments(session: Session, period: Period, after: int, upto: int) -> None:
    """Assess the customers of a range; whoever is graded no longer loses the period's row."""
    c, start = assessment.c, period.window.start
    rows = (
        select(
            grades.c.customer_id, literal(start, Date), grades.c.own_sum, grades.c.household_sum,
            grades.c.members, literal(period.window.days, SmallInteger),
            grades.c.qualifying_rank, literal(period.rule_set_id, Integer),
        )
        # Whose import was taken back since they were graded is no customer any more.
        .join(Customer, col(Customer.id) == grades.c.customer_id)
        .where(_within(grades.c.customer_id, after, upto), _within(col(Customer.id), after, upto))
    )  # fmt: skip
    names = [column.name for column in assessment.columns]
    here = and_(_within(c.customer_id, after, upto), c.period == start)
    if session.execute(select(c.customer_id).where(here).limit(1)).first() is None:
        # A new period, as nearly always: no row need be asked whether it is there.
        session.execute(insert(assessment).from_select(names, rows))
        return
    graded = exists().where(grades.c.customer_id == c.customer_id)
    session.execute(delete(assessment).where(here, ~graded))
    statement = insert_into(session, assessment).from_select(names, rows)
    new = statement.excluded
    found = [name for name in names if name not in ("customer_id", "period")]
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["customer_id", "period"],
            set_={name: new[name] for name in found},
            where=or_(*(c[name].is_distinct_from(new[name]) for name in found)),
        )
    )


def _start_holding(
    session: Session, period: Period, rank: Any, reason: TierReason, since: Any, where: Any
) -> int:
    rows = (
        select(
            grades.c.customer_id, rank, since, literal(reason.value, String),
            literal(period.window.start, Date), literal(period.now, UtcDateTime),
        )
        .join(Customer, col(Customer.id) == grades.c.customer_id)
        .where(where)
    )  # fmt: skip
    statement = insert_into(session, TierHeld).from_select(_HELD, rows).on_conflict_do_nothing()
    counted = statement.execution_options(preserve_rowcount=True)
    made: Any = session.execute(counted)
    return int(made.rowcount)


def grant_initial(session: Session, period: Period, after: int, upto: int) -> int:
    """Grant what was found to whoever of a range holds nothing; how many."""
    return _start_holding(
        session,
        period,
        grades.c.qualifying_rank,
        TierReason.INITIAL,
        literal(period.window.end, Date),
        _holds_nothing(after, upto),
    )


def start_newcomers(session: Session, period: Period, after: int, upto: int) -> int:
    """Who came later starts at the lowest tier, from the opening on; how many."""
    return _start_holding(
        session,
        period,
        literal(int(Tier.SILVER), SmallInteger),
        TierReason.REGISTERED,
        col(Customer.opened_on),
        _holds_nothing(after, upto),
    )


def _holds_nothing(after: int, upto: int) -> ColumnElement[bool]:
    """Whoever of a range has no tier. The range is said of each table: PostgreSQL concludes
    nothing from one for the others, and would read them from their beginning."""
    held = exists().where(
        col(TierHeld.customer_id) == grades.c.customer_id,
        _within(col(TierHeld.customer_id), after, upto),
        col(TierHeld.until_on).is_(None),
    )
    return and_(
        _within(grades.c.customer_id, after, upto), _within(col(Customer.id), after, upto), ~held
    )


def promote_to_gold(session: Session, period: Period, after: int, upto: int) -> list[Entry]:
    """Gold to whoever of a range qualifies and holds less; an audit entry for each."""
    query = (
        select(grades.c.customer_id, col(TierHeld.tier_rank), col(Customer.branch_id),
               col(TierHeld.id))
        .join(TierHeld, col(TierHeld.customer_id) == grades.c.customer_id)
        .join(Customer, col(Customer.id) == grades.c.customer_id)
        .where(
            _within(grades.c.customer_id, after, upto),
            _within(col(TierHeld.customer_id), after, upto),
            grades.c.qualifying_rank >= int(Tier.GOLD),
            col(TierHeld.until_on).is_(None),
            col(TierHeld.tier_rank) < int(Tier.GOLD),
        )
        .order_by(grades.c.customer_id)
        .with_for_update(of=TierHeld)
    )  # fmt: skip
    found = session.execute(query).all()
    for start in range(0, len(found), 500):
        _replace_by_gold(session, period, [row[3] for row in found[start : start + 500]])
    fields = {"to": Tier.GOLD.code, "period": period.window.code}
    return [
        Entry("tier.change", "customer", str(row[0]), branch_id=row[2],
              fields={"from": Tier(row[1]).code, **fields})
        for row in found
    ]  # fmt: skip


def _replace_by_gold(session: Session, period: Period, held_ids: list[int]) -> None:
    end = literal(period.window.end, Date)
    # A tier that began after the period's end is not ended before it began.
    since = case((col(TierHeld.from_on) > end, col(TierHeld.from_on)), else_=end)
    chosen = col(TierHeld.id).in_(held_ids)
    session.execute(update(TierHeld).where(chosen).values(until_on=since))
    rows = select(
        col(TierHeld.customer_id),
        literal(int(Tier.GOLD), SmallInteger),
        col(TierHeld.until_on),
        literal(TierReason.RECOMPUTE.value, String),
        literal(period.window.start, Date),
        literal(period.now, UtcDateTime),
    ).where(chosen)
    session.execute(insert(TierHeld).from_select(_HELD, rows))
