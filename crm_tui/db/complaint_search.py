"""What a search text finds among complaints: numbers, customers, strangers, words of the content.

The content is looked through as it stands, without an index: one pass over the cases of a view,
which a search by a stranger's name or a part of a number makes anyway.
"""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import and_, func, or_, select
from sqlmodel import col

from crm_tui.db.complaint_numbers import numbers_ending_in
from crm_tui.db.functions import contains
from crm_tui.db.search import Match
from crm_tui.db.tables import Complaint, CustomerSearch
from crm_tui.domain.search import MAX_QUERY, MAX_TOKENS, query_tokens
from crm_tui.domain.text_rules import fold_syntax

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import ColumnElement
    from sqlmodel import Session

    from crm_tui.db.crypto import KeyRing

_NUMBER_FROM: Final = 3
# One letter, or a few digits, would find half of the queue; one Han character is a word.
_LETTERS_FROM: Final = 2
_DIGITS_FROM: Final = 4
_OF_A_NUMBER: Final = re.compile(r"[0-9]{1,6}")


class Found(NamedTuple):
    """What is found, and the cases among it that come first whatever their dates."""

    condition: ColumnElement[bool]
    first: tuple[int, ...] = ()


def found(session: Session, keys: KeyRing, today: date, typed: str, c: Any) -> Found:
    """By number, by the customer as in the roster, by a stranger's name, or by the content.
    Digits alone mean the case whose number ends in them before anybody's phone."""
    words = fold_syntax(typed[:MAX_QUERY]).strip()
    first = _numbered(session, words, today)
    tests: list[ColumnElement[bool]] = [contains(c.name, typed), *_of_content(words, c)]
    if first:
        tests.append(c.id.in_(first))
    if len(words) >= _NUMBER_FROM:
        tests.append(contains(func.upper(c.complaint_no), words.upper()))
    tests += _of_customers(session, keys, typed, c)
    return Found(or_(*tests), first)


def _numbered(session: Session, words: str, today: date) -> tuple[int, ...]:
    if not _OF_A_NUMBER.fullmatch(words):
        return ()
    numbers = numbers_ending_in(int(words), today.year)
    query = select(col(Complaint.id)).where(col(Complaint.complaint_no).in_(numbers))
    return tuple(session.execute(query).scalars())


def _of_content(words: str, c: Any) -> list[ColumnElement[bool]]:
    """All of the words, in whatever order; letters in either case."""
    if words.isascii() and len(words) < (_DIGITS_FROM if words.isdigit() else _LETTERS_FROM):
        return []
    return [and_(*(_has(c.content, word) for word in words.split()[:MAX_TOKENS]))]


def _has(text: Any, word: str) -> ColumnElement[bool]:
    lower = word.lower()
    return contains(text if lower == word.upper() else func.lower(text), lower)


def _of_customers(session: Session, keys: KeyRing, typed: str, c: Any) -> list[ColumnElement[bool]]:
    match = Match.of(session, keys, query_tokens(typed))
    if match is None:
        return []
    who = SimpleNamespace(doc=col(CustomerSearch.doc), tie=col(CustomerSearch.customer_id))
    customers = select(col(CustomerSearch.customer_id)).where(
        col(CustomerSearch.customer_id).in_(match.candidates()), match.condition(who)
    )
    return [c.customer_id.in_(customers)]
