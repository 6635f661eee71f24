"""Typed values of the forms of complaints: codes, numbers, people. Each raises InvalidInput."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeVar

from crm_tui.db import complaint_people
from crm_tui.domain.text_rules import (
    COMPLAINT_LIMIT,
    NAME_LIMIT,
    clean_line,
    clean_text,
    fold_syntax,
)
from crm_tui.errors import InvalidInput
from crm_tui.i18n import _

if TYPE_CHECKING:
    from collections.abc import Sequence
    from enum import StrEnum

    from sqlmodel import Session

    from crm_tui.db.complaint_people import Someone

    Code = TypeVar("Code", bound=StrEnum)

MOST_PEOPLE: Final = 100_000
_PHONE: Final = re.compile(r"\+?[0-9]{5,20}")
_GAPS: Final = re.compile(r"[ ()-]")


def code(field: str, typed: str, allowed: type[Code]) -> Code:
    """One of a closed list."""
    if typed not in {one.value for one in allowed}:
        raise InvalidInput(field, _("Choose one of those shown."))
    return allowed(typed)


def code_or(field: str, typed: str, default: Code) -> Code:
    """One of a closed list, or the default when nothing is typed."""
    return code(field, typed, type(default)) if typed else default


def long_text(field: str, typed: str, *, required: bool = True) -> str:
    """Text of several lines."""
    return clean_text(typed, field=field, limit=COMPLAINT_LIMIT, required=required)


def how_many(field: str, typed: str) -> int:
    """Complainants: one unless said."""
    folded = fold_syntax(typed).strip() or "1"
    number = int(folded) if folded.isascii() and folded.isdigit() and len(folded) < 7 else 0
    if not 1 <= number <= MOST_PEOPLE:
        raise InvalidInput(
            field, _("a whole number from {low} to {high}").format(low=1, high=MOST_PEOPLE)
        )
    return number


def satisfaction(field: str, typed: str) -> int:
    """1 to 5, or 0 for not stated."""
    folded = fold_syntax(typed).strip()
    if folded not in tuple("012345"):
        raise InvalidInput(field, _("1 to 5, or 0 when the customer does not say."))
    return int(folded)


def phone(field: str, typed: str) -> str:
    """Any telephone number, a landline too; empty for none."""
    folded = _GAPS.sub("", fold_syntax(typed))
    if folded and not _PHONE.fullmatch(folded):
        raise InvalidInput(field, _("Digits only, at least 5."))
    return folded


def somebody(session: Session, field: str, typed: str) -> Someone | None:
    """Anybody of the bank by user name or name; None when nothing is typed."""
    name = clean_line(typed, field=field, limit=NAME_LIMIT)
    if not name:
        return None
    found = complaint_people.named(session, name)
    if not found:
        raise InvalidInput(field, _("There is nobody of that name here."))
    if len(found) > 1:
        raise InvalidInput(field, _("Several people have that name: type the user name."))
    return found[0]


def chosen(field: str, typed: str, among: Sequence[Someone]) -> Someone:
    """One of these people by user name, or by a name that only one of them has."""
    wanted = typed.strip()
    found = [one for one in among if one.username == wanted.lower()]
    found = found or [one for one in among if one.name == wanted]
    if len(found) != 1:
        raise InvalidInput(field, _("Choose one of those shown."))
    return found[0]


def place_id(session: Session, field: str, typed: str) -> int | None:
    """A branch or department by its code; None when nothing is typed."""
    wanted = clean_line(typed, field=field, limit=NAME_LIMIT)
    if not wanted:
        return None
    found = complaint_people.place(session, wanted)
    if found is None:
        raise InvalidInput(field, _("There is no such branch."))
    return found.id
