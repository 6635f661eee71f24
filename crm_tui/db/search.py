"""Finding customers: the token text, its two full-text indexes, numbers by their columns.

Whichever way a search takes, it asks the same question of a row: `Match.condition`. The
full-text index only says which rows are worth asking.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, cast

from sqlalchemy import (
    String,
    and_,
    column,
    exists,
    func,
    literal_column,
    or_,
    select,
    table,
    union,
)
from sqlalchemy import cast as as_type
from sqlmodel import col

from crm_tui.db.functions import contains
from crm_tui.db.inserts import insert_into
from crm_tui.db.tables import Account, Customer, CustomerSearch, Staff
from crm_tui.domain.masking import tail4
from crm_tui.domain.names import NAME_DOTS, search_tokens

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import ColumnElement, Select
    from sqlmodel import Session

    from crm_tui.db.crypto import KeyRing
    from crm_tui.domain.names import Readings
    from crm_tui.domain.search import SearchQuery

MOBILE_CONTEXT: Final = "customer.mobile"
ID_NO_CONTEXT: Final = "customer.id_no"
_FTS = table("customer_fts", column("rowid"), column("customer_fts", String))
# As the index of revision 0001 has it, or PostgreSQL would not use it.
_VECTOR = "array_to_tsvector(string_to_array(btrim(customer_search.doc), ' '))"
# A name key is pinyin, 0 and the character's number in four places, per character.
_SYLLABLE: Final = re.compile(r"([a-z]+)0[0-9a-z]{4}")


def index_customer(
    session: Session,
    customer_id: int,
    *,
    name: str,
    customer_no: str,
    branch_code: str,
    person: bool,
    readings: Readings,
) -> None:
    """Write a customer's search text; `roster.refresh` is to follow. Raises StoreError."""
    doc = search_tokens(name, customer_no, branch_code, readings, person=person)
    statement = insert_into(session, CustomerSearch).values(customer_id=customer_id, doc=doc)
    session.execute(
        statement.on_conflict_do_update(index_elements=["customer_id"], set_={"doc": doc})
    )


@dataclass(frozen=True)
class Match:
    """A search text as a question to a row, and as ids worth asking."""

    query: SearchQuery = field(repr=False)
    hashes: Mapping[str, bytes] = field(repr=False)
    is_sqlite: bool = False

    @classmethod
    def of(cls, session: Session, keys: KeyRing, query: SearchQuery) -> Match | None:
        """None when only the manager or the tier is asked for."""
        if not query.has_words:
            return None
        hashes = {}
        if query.full_mobile:
            hashes["mobile_hash"] = keys.blind(query.full_mobile, MOBILE_CONTEXT)
        if query.full_id:
            hashes["id_no_hash"] = keys.blind(query.full_id, ID_NO_CONTEXT)
        return cls(query, hashes, session.get_bind().dialect.name == "sqlite")

    def condition(self, c: Any) -> ColumnElement[bool]:
        """Whether the row with the roster's columns `c` is found."""
        found = self._has_tokens(c, self.query.tokens)
        if self.query.has_number:
            beside = self._has_tokens(c, self.query.tokens_beside_number)
            found = or_(found, and_(beside, or_(*(c.tie.in_(ids) for ids in self._numbered))))
        found = and_(found, *(contains(c.doc, f" {one} ") for one in self.query.characters))
        for part in self.query.name_contains:
            named = exists().where(col(Customer.id) == c.tie, contains(_undotted(), part))
            found = and_(found, named)
        return found

    def candidates(self) -> Select[Any]:
        """Ids of all whom `condition` can be true for, and of others."""
        indexed = self._indexed()
        if not self.query.has_number:
            return indexed
        both = union(indexed, *self._numbered).subquery()
        return select(both.c[0])

    def _has_tokens(self, c: Any, tokens: tuple[str, ...]) -> ColumnElement[bool]:
        tests = [contains(c.doc, f" {token}") for token in tokens]
        return and_(literal_column("1 = 1"), *tests)

    def _indexed(self) -> Select[Any]:
        if self.is_sqlite:
            begun = [f'"{token}"*' for token in self.query.tokens]
            terms = " AND ".join([*begun, *(f'"{one}"' for one in self.query.characters)])
            return select(_FTS.c.rowid).where(_FTS.c.customer_fts.op("MATCH")(terms))
        from sqlalchemy.dialects.postgresql import TSQUERY

        begun = [f"'{token}':*" for token in self.query.tokens]
        terms = " & ".join([*begun, *(f"'{one}'" for one in self.query.characters)])
        vector: Any = literal_column(_VECTOR)
        return select(col(CustomerSearch.customer_id)).where(
            vector.op("@@")(as_type(terms, TSQUERY))
        )

    @cached_property
    def _numbered(self) -> list[Select[Any]]:
        """Ids of customers who have the whole number, or the tail, in its own column."""
        query = self.query
        found: list[ColumnElement[bool]] = []
        # The tail leads the index.
        if query.full_mobile:
            tail = col(Customer.mobile_tail) == tail4(query.full_mobile)
            found.append(and_(tail, col(Customer.mobile_hash) == self.hashes["mobile_hash"]))
        if query.full_id:
            tail = col(Customer.id_no_tail) == tail4(query.full_id)
            found.append(and_(tail, col(Customer.id_no_hash) == self.hashes["id_no_hash"]))
        if query.tail4:
            found.append(col(Customer.mobile_tail) == query.tail4)
            found.append(col(Customer.id_no_tail) == query.tail4)
        # One select each: an OR would keep SQLite from its indexes.
        selects: list[Any] = [select(col(Customer.id)).where(one) for one in found]
        if query.full_card:
            account = col(Account.account_no) == query.full_card
            selects.append(select(col(Account.customer_id)).where(account))
        return selects


def _undotted() -> ColumnElement[str]:
    """A customer's name without the dots between its parts."""
    name: Any = col(Customer.name)
    for dot in NAME_DOTS:
        name = func.replace(name, dot, "")
    return cast("ColumnElement[str]", name)


def manager_ids(session: Session, text: str) -> frozenset[int]:
    """Staff whose username, name, pinyin or initials start with `text`; the exact one alone."""
    found = set()
    query = select(col(Staff.id), col(Staff.username), col(Staff.name), col(Staff.name_key))
    for staff_id, username, name, key in session.execute(query):
        if username == text:
            return frozenset({staff_id})
        syllables = _SYLLABLE.findall(key)
        forms = (username, name.lower(), "".join(syllables), "".join(s[0] for s in syllables))
        if any(form.startswith(text) for form in forms):
            found.add(staff_id)
    return frozenset(found)


def count_up_to(session: Session, ids: Select[Any], most: int) -> int:
    """How many ids a query gives, counted to `most`."""
    limited = ids.limit(most).subquery()
    return int(session.execute(select(func.count()).select_from(limited)).scalar_one())
