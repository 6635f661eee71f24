"""How a page of the roster is found, with a search or without (design.md, Search).

A search first walks the roster's index with a substring test: what it meets is the answer in
order. Where that finds too few, the full-text index says which rows to ask.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import ARRAY, BigInteger, any_, func, literal, select

from crm_tui.db.search import count_up_to

if TYPE_CHECKING:
    from sqlalchemy import Select
    from sqlmodel import Session

    from crm_tui.db.search import Match
    from crm_tui.db.walk import Listing, Part, Step
    from crm_tui.domain.roster import Key

# Entries of the roster's index that a search walks before it asks the full-text index.
WALK: Final = 20_000
# Ids that are worth fetching; more are so frequent that walking on finds a page sooner.
MOST_IDS: Final = 20_000
# By name or due date, the index has no search text: each entry costs a look at the table, and
# those who match may all stand at the end.
WALK_BARE: Final = 4_000
# A list of fewer entries has come to its end with the walk. A longer one may have, but to know
# that costs as much again; so few hits in it are no frequent word, and their ids are few.
SHORT: Final = 2_000
MOST_IDS_BARE: Final = 150_000


def find(session: Session, step: Step, limit: int) -> list[Key]:
    """The first `limit` keys of a step, exactly."""
    match = step.listing.match
    if match is None:
        return step.keys(session, step.all_parts(limit))
    if len(step.listing.parts()) > 1:
        # A few branches or managers: short enough to be walked to their ends.
        return step.keys(session, step.all_parts(limit))
    found = step.keys(session, _near_walk(step, limit))
    if len(found) == limit or _is_short(session, step):
        return found
    most = MOST_IDS if _covered(step) else MOST_IDS_BARE
    candidates = _candidates(session, step, match, most)
    if candidates is None:
        return step.keys(session, step.all_parts(limit))
    return step.keys(session, _by_ids(step, candidates, limit))


def _covered(step: Step) -> bool:
    """Whether the walked index carries the search text."""
    (part,) = step.listing.parts()
    return part.index in ("tier", "branch_tier")


def _candidates(session: Session, step: Step, match: Match, most: int) -> Any:
    """A condition: to be among the ids worth asking. None when they are more than `most`."""
    customer_id = step.listing.table.c.customer_id
    ids = match.candidates()
    if match.is_sqlite:
        return customer_id.in_(ids) if count_up_to(session, ids, most + 1) <= most else None
    # Fetched first: PostgreSQL cannot tell how few they are and would read the whole roster.
    fetched = list(session.execute(ids.limit(most + 1)).scalars())
    if len(fetched) > most:
        return None
    return customer_id == any_(literal(fetched, ARRAY(BigInteger)))


def _near_walk(step: Step, limit: int) -> Select[Any]:
    """Hits among the next WALK entries of the index."""
    (part,) = step.listing.parts()
    order = step.listing.order.columns
    extra = [name for name in _asked(step.listing, part) if name not in order]
    entries = step.walk(part, extra).limit(_stretch(step)).subquery()
    return (
        select(*(entries.c[name] for name in order))
        .where(*step.filters(entries.c, part))
        .order_by(*step.listing.sorting(entries.c, backwards=step.backwards))
        .limit(limit)
    )


def _stretch(step: Step) -> int:
    return WALK if _covered(step) else WALK_BARE


def _asked(listing: Listing, part: Part) -> list[str]:
    """Columns that the filters look at; those outside the index cost a look at the table."""
    asked = {
        "doc": True,
        "branch_id": listing.branch_ids is not None and part.column != "branch_id",
        "manager_id": listing.managers is not None and part.column != "manager_id",
        "tier_rank": listing.tiers is not None,
        "state": listing.state is not None,
        "near": listing.near,
        "contact_due_on": (listing.due_before or listing.due_on) is not None,
    }
    return [name for name, needed in asked.items() if needed]


def _is_short(session: Session, step: Step) -> bool:
    """Whether the walk has surely come to the end of the list."""
    (part,) = step.listing.parts()
    entries = min(SHORT, _stretch(step))
    return session.execute(step.walk(part).offset(entries).limit(1)).first() is None


def _by_ids(step: Step, among: Any, limit: int) -> Select[Any]:
    """Hits among the ids of the full-text index, sorted."""
    # Behind an OFFSET, PostgreSQL sorts the few and does not walk the many.
    hits = _hits(step, among).offset(0).subquery()
    sorting = step.listing.sorting(hits.c, backwards=step.backwards)
    return select(hits).order_by(*sorting).limit(limit)


def _hits(step: Step, among: Any) -> Select[Any]:
    table = step.listing.table
    query = select(*(table.c[name] for name in step.listing.order.columns))
    query = query.where(among, *step.filters(table.c, None))
    return step.placed(query, table.c, None).order_by(None)


def count_all(session: Session, step: Step) -> int:
    """How many rows a step has ahead of it."""
    if step.listing.match is not None:
        ids = step.listing.match.candidates()
        sources = [_hits(step, step.listing.table.c.customer_id.in_(ids))]
    else:
        sources = []
        for part in step.listing.parts():
            query = step.walk(part)
            c = query.get_final_froms()[0].c
            sources.append(query.where(*step.listing.conditions(c, part)).order_by(None))
    return sum(
        int(session.execute(select(func.count()).select_from(source.subquery())).scalar_one())
        for source in sources
    )
