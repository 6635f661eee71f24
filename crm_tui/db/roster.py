"""The roster: keeping its rows, and listing them by keyset pages.

A service that changes what a row repeats (customer, tier held, contact, search text) calls
`refresh` in its transaction. While a recompute fills the other table, `refresh` also notes whom
it wrote, and the recompute writes them once more before it turns the tables round.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import false, literal, select
from sqlmodel import col

from crm_tui.db import roster_read, search
from crm_tui.db.find import count_all, find
from crm_tui.db.roster_source import RowSource, current, note_touched, reach, write_rows
from crm_tui.db.search import Match
from crm_tui.db.tables import Audit, Customer
from crm_tui.db.walk import ORDERS, Listing, Step
from crm_tui.domain.roster import Move, RosterPage, Sort, View
from crm_tui.domain.search import query_tokens

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sqlalchemy import ColumnElement
    from sqlmodel import Session

    from crm_tui.db.crypto import KeyRing
    from crm_tui.db.roster_source import Current
    from crm_tui.domain.kinds import Tier
    from crm_tui.domain.policy import Policy
    from crm_tui.domain.roster import Key, RosterCriteria, RosterRow
    from crm_tui.domain.search import SearchQuery
    from crm_tui.domain.staff import Scope

# Customer ids in one statement; SQLite takes 32,766 values.
CHUNK: Final = 2_000
MOST_NAMED: Final = 500
RECENT: Final = 100
OPEN_ACTION: Final = "customer.open"


def refresh(session: Session, customer_ids: Iterable[int], *, policy: Policy) -> None:
    """Write these customers' rows anew, in the caller's transaction. Raises StoreError."""
    wanted = sorted(set(customer_ids))
    if not wanted:
        return
    session.flush()
    now = current(session, hold=True)
    source = RowSource.of(session, now.period, policy)
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[start : start + CHUNK]
        write_rows(session, now.table, source.rows().where(col(Customer.id).in_(chunk)))
        if now.building:
            note_touched(session, chunk)


def row_of(session: Session, customer_id: int, *, today: date) -> RosterRow | None:
    """One customer's row, whoever asks: the caller has checked the scope."""
    found = roster_read.rows(session, current(session), [(customer_id,)], [customer_id], today)
    return found[0] if found else None


def page(
    session: Session,
    keys: KeyRing,
    scope: Scope,
    criteria: RosterCriteria,
    move: Move,
    key: Key | None,
    limit: int,
    today: date,
) -> RosterPage:
    """One page in scope. `scope.staff_id` is whose view `mine` and `recent` are."""
    now = current(session)
    listing = _listing(session, now, keys, scope, criteria, today)
    if listing.empty:
        return RosterPage((), has_before=False, has_after=False)
    if criteria.view is View.RECENT:
        found = _recent(session, listing, scope.staff_id)
        return _cut(session, now, found, move, key, limit, today)
    step = Step.of(listing, move, key)
    found = find(session, step, limit + 1)
    more = len(found) > limit
    if step.backwards:
        found = found[-limit:]
        before, after = more, move is Move.BEFORE
    else:
        found = found[:limit]
        before, after = move is Move.AFTER, more
    rows = roster_read.rows(session, now, found, [int(one[-1]) for one in found], today)
    return RosterPage(rows, has_before=before, has_after=after)


def count(
    session: Session, keys: KeyRing, scope: Scope, criteria: RosterCriteria, today: date
) -> int:
    """How many the criteria list in scope."""
    listing = _listing(session, current(session), keys, scope, criteria, today)
    if listing.empty:
        return 0
    if criteria.view is View.RECENT:
        return len(_recent(session, listing, scope.staff_id))
    return count_all(session, Step(listing))


def position(
    session: Session,
    keys: KeyRing,
    scope: Scope,
    criteria: RosterCriteria,
    key: Key,
    today: date,
) -> int:
    """The place of the row with `key` in its list, from 1."""
    listing = _listing(session, current(session), keys, scope, criteria, today)
    if listing.empty:
        return 1
    if criteria.view is View.RECENT:
        found = _recent(session, listing, scope.staff_id)
        return 1 + sum(one > key for one in found)
    return 1 + count_all(session, Step(listing, key, backwards=True))


def ids(session: Session, keys: KeyRing, scope: Scope, text: str, limit: int) -> list[int]:
    """At most `limit` customers in scope whom a search finds, the first of the roster."""
    now = current(session)
    listing = _narrowed(session, now, keys, scope, query_tokens(text))
    if listing.empty or (listing.match is None and listing.managers is None and not listing.tiers):
        return []
    return [int(key[-1]) for key in find(session, Step(listing), limit)]


def finds(
    session: Session, keys: KeyRing, scope: Scope, text: str, customer_id: ColumnElement[int]
) -> ColumnElement[bool]:
    """Whether a search in scope finds the customer that a row of another table names.

    Few are named by their ids. Of words that find many, each row asks for its own customer, and
    the first page has come before most are asked.
    """
    found = ids(session, keys, scope, text, MOST_NAMED + 1)
    if len(found) <= MOST_NAMED:
        return customer_id.in_(found) if found else false()
    listing = _narrowed(session, current(session), keys, scope, query_tokens(text))
    c = listing.table.c
    tests = listing.conditions(c, None)
    if listing.match is not None:
        tests.append(listing.match.condition(c))
    # Behind an OFFSET, PostgreSQL looks them up one by one and does not read the roster whole.
    return select(literal(1)).where(c.customer_id == customer_id, *tests).offset(0).exists()


def _listing(
    session: Session,
    now: Current,
    keys: KeyRing,
    scope: Scope,
    criteria: RosterCriteria,
    today: date,
) -> Listing:
    view, overdue = criteria.view, criteria.view is View.OVERDUE
    query = query_tokens(criteria.search)
    hopeless = query.empty and bool(criteria.search.strip())
    managers = [{criteria.manager_id}] if criteria.manager_id is not None else []
    managers += [{scope.staff_id}] if view in (View.MINE, View.DUE) else []
    narrowed = _narrowed(
        session,
        now,
        keys,
        scope,
        query,
        managers=managers,
        tiers=[{criteria.tier}] if criteria.tier is not None else [],
    )
    return Listing(
        table=narrowed.table,
        order=ORDERS[Sort.DUE if overdue else criteria.sort],
        branch_ids=frozenset() if hopeless else narrowed.branch_ids,
        managers=narrowed.managers,
        tiers=narrowed.tiers,
        state=criteria.state,
        near=view is View.NEAR,
        due_before=today if overdue else None,
        due_on=today if view is View.DUE else None,
        match=narrowed.match,
    )


def _narrowed(
    session: Session,
    now: Current,
    keys: KeyRing,
    scope: Scope,
    query: SearchQuery,
    *,
    managers: list[set[int]] | None = None,
    tiers: list[set[Tier]] | None = None,
) -> Listing:
    """Scope and search; several demands on managers or tiers must all be met."""
    heads: list[Any] = list(managers or [])
    if scope.own_only:
        heads.append({scope.staff_id})
    if query.manager:
        heads.append(search.manager_ids(session, query.manager))
    ranks: list[Any] = list(tiers or [])
    if query.tiers:
        ranks.append(query.tiers)
    return Listing(
        table=now.table,
        order=ORDERS[Sort.TIER],
        branch_ids=reach(session, scope),
        managers=frozenset.intersection(*map(frozenset, heads)) if heads else None,
        tiers=frozenset.intersection(*map(frozenset, ranks)) if ranks else None,
        match=Match.of(session, keys, query),
    )


def _recent(session: Session, listing: Listing, staff_id: int) -> list[Key]:
    """Keys (place in the audit, id) of the customers this person opened last, newest first."""
    opened: dict[int, int] = {}
    query = (
        select(col(Audit.object_id), col(Audit.seq))
        .where(col(Audit.actor_id) == staff_id, col(Audit.action) == OPEN_ACTION)
        .where(col(Audit.outcome) == "done")
        .order_by(col(Audit.at).desc())
        .limit(RECENT * 10)
    )
    for object_id, seq in session.execute(query):
        if len(opened) < RECENT and object_id.isdecimal():
            opened[int(object_id)] = max(seq, opened.get(int(object_id), 0))
    c = listing.table.c
    wanted = select(c.customer_id).where(c.customer_id.in_(list(opened)))
    found = session.execute(wanted.where(*Step(listing).filters(c, None))).scalars()
    return sorted(((opened[one], one) for one in found), reverse=True)


def _cut(
    session: Session,
    now: Current,
    found: list[Key],
    move: Move,
    key: Key | None,
    limit: int,
    today: date,
) -> RosterPage:
    """A page out of a short list of keys that falls."""
    start, end = 0, len(found)
    if move is Move.AFTER and key is not None:
        start = sum(one >= key for one in found)
    elif move is Move.BEFORE and key is not None:
        end = sum(one > key for one in found)
    if move in (Move.BEFORE, Move.LAST):
        start = max(0, end - limit)
    end = min(end, start + limit)
    keys = found[start:end]
    rows = roster_read.rows(session, now, keys, [int(one[-1]) for one in keys], today)
    return RosterPage(rows, has_before=start > 0, has_after=end < len(found))
