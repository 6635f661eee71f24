"""Filling the other roster table in the order of the tiers, and turning the two round."""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Table, delete, func, insert, select, text, update
from sqlalchemy.schema import CreateIndex, DropIndex
from sqlmodel import col

from crm_tui.db.failures import translate
from crm_tui.db.roster_source import Current, RowSource, current, write_rows
from crm_tui.db.tables import Customer, RosterCurrent, RosterTouched
from crm_tui.db.tier_work import next_roster, unsorted_roster

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlmodel import Session

    from crm_tui.db.tier_shares import Shares
    from crm_tui.db.tier_work import Work

# Touched rows that the turning step itself may still write.
_FEW: Final = 500
# What PostgreSQL sorts a share of a million rows in; it takes no more than it needs.
_SORT_MEMORY: Final = "256MB"
# Indexes that rows in the order of the tiers meet at their ends only. The others are made
# afterwards, each by a sort: kept up to date row by row they would be random writes.
_IN_ORDER: Final = ("tier", "branch_tier", "manager_tier", "near", "state")


def begin(work: Work) -> Current:
    """Empty the other table; from now on `refresh` notes whom it writes."""
    with work.step() as session:
        session.execute(update(RosterCurrent).values(building=True))
        session.execute(delete(RosterTouched))
        now = current(session)
    # Emptied together with its indexes, the table would hold up SQLite for seconds.
    for index in _indexes(now.other):
        with work.step() as session:
            session.execute(DropIndex(index, if_exists=True))
    with work.step() as session:
        session.execute(delete(now.other) if work.is_sqlite else _truncate(now.other))
    if work.is_sqlite:
        _index(work, now.other, in_order=True)
    return now


def _indexes(table: Table) -> list[Any]:
    return sorted(table.indexes, key=lambda index: str(index.name))


def _index(work: Work, table: Table, *, in_order: bool) -> None:
    names = {f"ix_{table.name}_{name}" for name in _IN_ORDER}
    for index in _indexes(table):
        if (str(index.name) in names) is in_order:
            with work.step() as session:
                session.execute(CreateIndex(index))


def _truncate(table: Table) -> Any:
    return text(f"TRUNCATE {table.name}")


def fill(shares: Shares, now: Current, source: RowSource) -> None:
    """Write every customer's row into the other table, in the order of the tiers."""
    if shares.is_sqlite:
        _fill_in_steps(shares.first, now, source)
    else:
        _fill_at_once(shares, now.other, source)


def _fill_in_steps(work: Work, now: Current, source: RowSource) -> None:
    names = [column.name for column in now.other.columns]
    with work.computing() as session:
        # Read and sorted at once, SQLite would read the customers in the order of an index.
        session.execute(insert(unsorted_roster).from_select(names, source.rows()))
        rows = select(unsorted_roster).order_by(*_order(unsorted_roster.c))
        session.execute(insert(next_roster).from_select(names, rows))
    chosen = [next_roster.c[name] for name in names]
    place = next_roster.c.place

    def write(session: Session, after: int, upto: int) -> None:
        part = select(*chosen).where(place > after, place <= upto).order_by(place)
        session.execute(insert(now.other).from_select(names, part))

    work.each_range(place, write)
    _index(work, now.other, in_order=False)


def _order(c: Any) -> list[Any]:
    # Upwards: SQLite appends at the right end of an index several times faster than at the left.
    return [c["tier_rank"], c["assets"], c["tie"]]


def _fill_at_once(shares: Shares, other: Table, source: RowSource) -> None:
    """Nobody reads or writes the other table, and PostgreSQL lets everybody go on."""
    names = [column.name for column in other.columns]
    to_build = deque(_indexes(other))

    def write(work: Work) -> None:
        rows = source.rows(of_share=work.share).subquery()
        named = dict(zip(names, rows.c, strict=True))
        with work.step() as session:
            session.execute(text(f"SET LOCAL work_mem='{_SORT_MEMORY}'"))
            session.execute(insert(other).from_select(names, select(rows).order_by(*_order(named))))

    def build(work: Work) -> None:
        with suppress(IndexError):  # none is left
            while True:
                index = to_build.popleft()
                with work.step() as session:
                    session.execute(CreateIndex(index))

    shares.at_once(write)
    shares.at_once(build)
    with translate(), shares.first.connection.engine.connect() as connection:
        alone = connection.execution_options(isolation_level="AUTOCOMMIT")
        alone.exec_driver_sql("SET statement_timeout=0")
        # A walk then reads the index alone.
        alone.exec_driver_sql(f"VACUUM (ANALYZE) {other.name}")


def catch_up(work: Work, now: Current, source: RowSource) -> None:
    """Write once more whoever changed meanwhile, until a few are left."""
    while True:
        with work.step() as session:
            if _touched(session) <= _FEW:
                return
            _write_touched(session, now, source, _FEW * 2)


def turn(
    session: Session,
    now: Current,
    source: RowSource,
    period: date | None,
    at: datetime | None,
) -> None:
    """Write the last touched and let everybody read the other table, in the caller's step."""
    session.execute(select(col(RosterCurrent.id)).with_for_update())
    _write_touched(session, now, source, None)
    letter = "b" if now.letter == "a" else "a"
    session.execute(
        update(RosterCurrent).values(letter=letter, building=False, period=period, computed_at=at)
    )


def _touched(session: Session) -> int:
    query = select(func.count()).select_from(RosterTouched)
    return int(session.execute(query).scalar_one())


def _write_touched(session: Session, now: Current, source: RowSource, most: int | None) -> None:
    # Held, so that nobody changes a customer between this step's reading and forgetting.
    session.execute(select(col(RosterCurrent.id)).with_for_update())
    ids = list(
        session.execute(
            select(col(RosterTouched.customer_id)).order_by(col(RosterTouched.id)).limit(most)
        ).scalars()
    )
    for start in range(0, len(ids), 2_000):
        chunk = ids[start : start + 2_000]
        write_rows(session, now.other, source.rows().where(col(Customer.id).in_(chunk)))
        session.execute(delete(RosterTouched).where(col(RosterTouched.customer_id).in_(chunk)))
