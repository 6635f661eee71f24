"""Keyset walks over the roster: what is listed, in which order, along which index.

A page is one walk along an index. Customers of a few branches or managers are as many walks,
merged; of many branches it is a walk over all that leaves out the others.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, literal_column, select, tuple_, union_all

from crm_tui.db.functions import Along
from crm_tui.domain.kinds import CustomerState, Tier
from crm_tui.domain.roster import Move, Sort

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import ColumnElement, Select, Table
    from sqlmodel import Session

    from crm_tui.db.search import Match
    from crm_tui.domain.roster import Key

# More branches or managers than this are a filter on one walk.
MOST_PARTS: Final = 16


@dataclass(frozen=True, slots=True)
class Order:
    """Columns of an order, all in one direction, the last one unique."""

    name: str
    columns: tuple[str, ...]
    descending: bool = False


ORDERS: Mapping[Sort, Order] = {
    Sort.TIER: Order("tier", ("tier_rank", "assets", "tie"), descending=True),
    Sort.NAME: Order("name", ("name_key", "tie")),
    Sort.DUE: Order("due", ("contact_due_on", "tie")),
}


@dataclass(frozen=True, slots=True)
class Listing:
    """Criteria and scope in terms of the roster's columns. Nones do not filter."""

    table: Table
    order: Order
    branch_ids: frozenset[int] | None
    managers: frozenset[int] | None = None
    tiers: frozenset[Tier] | None = None
    state: CustomerState | None = None
    near: bool = False
    due_before: date | None = None
    due_on: date | None = None
    match: Match | None = field(default=None, repr=False)

    @property
    def empty(self) -> bool:
        """Whether nothing can be listed."""
        demands = (self.branch_ids, self.managers, self.tiers)
        return any(demand is not None and not demand for demand in demands)

    def parts(self) -> list[Part]:
        """The walks of which the list consists."""
        by_tier = self.order.name == "tier"
        if self.managers is not None and len(self.managers) <= MOST_PARTS:
            return [Part("manager_id", one, "manager_tier") for one in sorted(self.managers)]
        if self.near and by_tier:
            return [Part(None, 0, "near")]
        # Other orders have no index by branch: theirs carries the branch and is walked whole.
        if by_tier and self.branch_ids is not None and len(self.branch_ids) <= MOST_PARTS:
            return [Part("branch_id", one, "branch_tier") for one in sorted(self.branch_ids)]
        if by_tier and self.state not in (None, CustomerState.ACTIVE):
            return [Part(None, 0, "state")]
        return [Part(None, 0, self.order.name)]

    def bounds(self, c: Any, part: Part) -> list[ColumnElement[bool]]:
        """Conditions that the part's index serves: a walk meets only rows that fulfil them."""
        found: list[ColumnElement[bool]] = []
        if part.column is not None:
            found.append(c[part.column] == part.value)
        if part.index == "near":
            found.append(c.near)
        if part.index == "state" and self.state is not None:
            # Said in the words of the partial index, so that SQLite may use it.
            found += [c.state == self.state.value, c.state != literal_column("'active'")]
        if self.due_before is not None and self.order.name == "due":
            found.append(c.contact_due_on < self.due_before)
        if self._one_tier is not None:
            found.append(c.tier_rank == int(self._one_tier))
        return found

    @property
    def _one_tier(self) -> Tier | None:
        """The tier when there is just one and the list is ordered by it."""
        if self.order.name != "tier" or self.tiers is None or len(self.tiers) != 1:
            return None
        return next(iter(self.tiers))

    def conditions(self, c: Any, part: Part | None) -> list[ColumnElement[bool]]:
        """All but the search, over the columns `c`, without what the part fixes already."""
        fixed = part.column if part else None
        found: list[ColumnElement[bool]] = []
        if self.branch_ids is not None and fixed != "branch_id":
            found.append(c.branch_id.in_(sorted(self.branch_ids)))
        if self.managers is not None and fixed != "manager_id":
            found.append(c.manager_id.in_(sorted(self.managers)))
        if self.tiers is not None:
            ranks = sorted(int(tier) for tier in self.tiers)
            one = len(ranks) == 1
            found.append(c.tier_rank == ranks[0] if one else c.tier_rank.in_(ranks))
        if self.state is not None:
            found.append(c.state == self.state.value)
        if self.near:
            found.append(c.near)
        if self.due_before is not None:
            found.append(c.contact_due_on < self.due_before)
        if self.due_on is not None:
            found.append(c.contact_due_on == self.due_on)
        return found

    def beyond(self, c: Any, key: Key, *, backwards: bool) -> ColumnElement[bool]:
        """Rows after `key`, or before it, in the list's order."""
        names, values = list(self.order.columns), list(key)
        if self._one_tier is not None:
            # An equality and a row value on the same column would walk the whole tier.
            names, values = names[1:], values[1:]
        edge = [
            date.fromisoformat(str(value)) if name == "contact_due_on" else value
            for name, value in zip(names, values, strict=True)
        ]
        left: Any = tuple_(*(c[name] for name in names))
        right = tuple_(*edge, types=[c[name].type for name in names])
        falling = self.order.descending is not backwards
        return left < right if falling else left > right  # type: ignore[no-any-return]

    def sorting(self, c: Any, *, backwards: bool) -> list[Any]:
        """What to order by."""
        falling = self.order.descending is not backwards
        return [c[name].desc() if falling else c[name].asc() for name in self.order.columns]

    def key_of(self, values: Sequence[Any]) -> Key:
        """The key of a row from the order's columns."""
        return tuple(v.isoformat() if isinstance(v, date) else v for v in values)


@dataclass(frozen=True, slots=True)
class Part:
    """One walk: the column that it fixes, if any, and its index."""

    column: str | None
    value: int
    index: str


@dataclass(frozen=True, slots=True)
class Step:
    """Which way a walk goes from where."""

    listing: Listing
    key: Key | None = None
    backwards: bool = False

    @classmethod
    def of(cls, listing: Listing, move: Move, key: Key | None) -> Step:
        """The step of a move; a key counts for those that start at one."""
        starts = move in (Move.AFTER, Move.BEFORE)
        return cls(listing, key if starts else None, move in (Move.BEFORE, Move.LAST))

    def walk(self, part: Part, extra: Sequence[str] = ()) -> Select[Any]:
        """The order's columns and `extra` along the part's index, without other filters."""
        table = Along(self.listing.table, f"ix_{self.listing.table.name}_{part.index}")
        names = [*self.listing.order.columns, *extra]
        query = select(*(table.c[name] for name in names))
        return self.placed(query, table.c, part)

    def placed(self, query: Select[Any], c: Any, part: Part | None) -> Select[Any]:
        """`query` restricted to its stretch of the index and beyond the key, in order."""
        if part is not None:
            query = query.where(*self.listing.bounds(c, part))
        if self.key is not None:
            query = query.where(self.listing.beyond(c, self.key, backwards=self.backwards))
        return query.order_by(*self.listing.sorting(c, backwards=self.backwards))

    def all_parts(self, limit: int) -> Select[Any]:
        """The first `limit` keys that meet every filter and the search, however far they are."""
        walks = []
        for part in self.listing.parts():
            table = Along(self.listing.table, f"ix_{self.listing.table.name}_{part.index}")
            query = select(*(table.c[name] for name in self.listing.order.columns))
            query = query.where(*self.filters(table.c, part))
            walks.append(self.placed(query, table.c, part).limit(limit))
        if len(walks) == 1:
            return walks[0]
        merged = union_all(*(select(walk.subquery()) for walk in walks)).subquery()
        return (
            select(merged)
            .order_by(*self.listing.sorting(merged.c, backwards=self.backwards))
            .limit(limit)
        )

    def filters(self, c: Any, part: Part | None) -> list[ColumnElement[bool]]:
        """Every filter and the search over `c`."""
        found = self.listing.conditions(c, part)
        if self.listing.match is not None:
            found.append(self.listing.match.condition(c))
        return found or [and_(True)]

    def keys(self, session: Session, query: Select[Any]) -> list[Key]:
        """The keys that a query gives, in the list's own order."""
        found = [self.listing.key_of(row) for row in session.execute(query)]
        return found[::-1] if self.backwards else found
