"""How a page of the roster is found, with a search or without (design.md, Search).

A search first walks the roster's index with a substring test: what it meets is the answer in
order. Where that finds too few, the full-text index says which rows to ask.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select

from crm_tui.db.search import count_up_to

if TYPE_CHECKING:
    from sqlalchemy import Select
    from sqlmodel import Session

    from crm_tui.db.walk import Listing, Part, Step
    from crm_tui.domain.roster import Key

# Entries of the roster's index that a search walks before it asks the full-text index.
WALK: Final = 20_000
# Ids that are worth fetching; more are so frequent that walking on finds a page sooner.
MOST_IDS: Final = 20_000


def find(session: Session, step: Step, limit: int) -> list[Key]:
    """The first `limit` keys of a step, exactly."""
    match = step.listing.match
    if match is None:
        return step.keys(session, step.all_parts(limit))
    if len(step.listing.parts()) == 1:
        found = step.keys(session, _near_walk(step, limit))
        if len(found) == limit or _exhausted(session, step):
            return found
    elif not match.rare:
        return step.keys(session, step.all_parts(limit))
    if count_up_to(session, match.candidates(), MOST_IDS + 1) > MOST_IDS:
        return step.keys(session, step.all_parts(limit))
    return step.keys(session, _by_ids(step, limit))


def _near_walk(step: Step, limit: int) -> Select[Any]:
    """Hits among the next WALK entries of the index."""
    (part,) = step.listing.parts()
    order = step.listing.order.columns
    extra = [name for name in _asked(step.listing, part) if name not in order]
    entries = step.walk(part, extra).limit(WALK).subquery()
    return (
        select(*(entries.c[name] for name in order))
        .where(*step.filters(entries.c, part))
        .order_by(*step.listing.sorting(entries.c, backwards=step.backwards))
        .limit(limit)
    )


def _asked(listing: Listing, part: Part) -> list[str]:
    """Columns that the filters look at; those outside the index cost a look at the table."""
    asked = {
        "doc": True,
        "branch_id": listing.branch_ids is not None and part.column != "branch_id",
        "manager_id": listing.managers is not None and part.column != "manager_id",
        "tier_rank": listing.tiers is not None,
        "state": listing.state is not None,
        "near": listing.near,
        "contact_due_on": listing.due_before is not None,
    }
    return [name for name, needed in asked.items() if needed]


def _exhausted(session: Session, step: Step) -> bool:
    """Whether the walk has come to the end of the list."""
    (part,) = step.listing.parts()
    return session.execute(step.walk(part).offset(WALK).limit(1)).first() is None


def _by_ids(step: Step, limit: int) -> Select[Any]:
    """Hits among the ids of the full-text index, sorted."""
    hits = _hits(step).offset(0).subquery()  # PostgreSQL then sorts the few, not walks the many
    return (
        select(hits).order_by(*step.listing.sorting(hits.c, backwards=step.backwards)).limit(limit)
    )


def _hits(step: Step) -> Select[Any]:
    assert step.listing.match is not None
    table = step.listing.table
    query = (
        select(*(table.c[name] for name in step.listing.order.columns))
        .where(table.c.customer_id.in_(step.listing.match.candidates()))
        .where(*step.filters(table.c, None))
    )
    return step.placed(query, table.c, None).order_by(None)


def count_all(session: Session, step: Step) -> int:
    """How many rows a step has ahead of it."""
    if step.listing.match is not None:
        sources = [_hits(step)]
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
