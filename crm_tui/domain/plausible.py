"""What cannot be true of a customer: a name without a letter, a life too long, two birth dates.

Forms refuse it. An import refuses only such a name: dates that cannot be true are real and
harmless defects, loaded and marked. What is stored so is no reason to refuse the rest of an edit:
the callers ask only about what is new.
"""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import Final

from crm_tui.domain.dates import parse_past
from crm_tui.domain.names import is_han
from crm_tui.errors import InvalidInput
from crm_tui.i18n import _

OLDEST: Final = 120
"""Completed years; more is a mistyped year."""


def age_on(born: date, today: date) -> int:
    """Completed years; who was born on a 29th of February completes one on the 1st of March."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def check_name(name: str, *, field: str) -> None:
    """A letter of any script, or a Han character, one that banks keep in private use included.

    Raises InvalidInput.
    """
    if not any(ch.isalpha() or is_han(ch) or unicodedata.category(ch) == "Co" for ch in name):
        raise InvalidInput(
            field, _("A name has a letter or a character, not only digits or signs.")
        )


def check_age(born: date, today: date, *, field: str) -> None:
    """Raises InvalidInput for somebody older than people become."""
    if age_on(born, today) > OLDEST:
        raise InvalidInput(field, _("More than {n} years ago: look at the year.").format(n=OLDEST))


def check_births(born: date, told_by_id: date, *, field: str) -> None:
    """Raises InvalidInput, without either date, when they differ."""
    if born != told_by_id:
        raise InvalidInput(
            field, _("The ID number has another birth date: correct whichever is wrong.")
        )


def parse_birth(text: str, today: date, *, field: str) -> date | None:
    """A birth date of somebody who can be alive; empty is None. Raises InvalidInput."""
    born = parse_past(text, today, field=field)
    if born is not None:
        check_age(born, today, field=field)
    return born
