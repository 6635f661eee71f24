"""Identity, company, card and phone numbers (domain.md 6).

Checks are written here because known libraries reject valid county codes or take full-width
digits. Every `parse_*` raises InvalidInput without the number in its message.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from crm_tui.domain.kinds import IdType
from crm_tui.errors import InvalidInput
from crm_tui.i18n import N_, _

_ID_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS: Final = "10X98765432"
_ID_18: Final = re.compile(r"[0-9]{17}[0-9X]")
_ID_15: Final = re.compile(r"[0-9]{15}")
# Provinces, residence permits of Hong Kong, Macao and Taiwan (81–83), foreigners (9x).
_REGIONS: Final = frozenset(
    str(code)
    for first, last in (
        (11, 15),
        (21, 23),
        (31, 37),
        (41, 46),
        (50, 54),
        (61, 65),
        (71, 71),
        (81, 83),
    )
    for code in range(first, last + 1)
)
_USCC_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS: Final = tuple(pow(3, i, 31) for i in range(17))
_ORG_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
_MOBILE: Final = re.compile(r"1[3-9][0-9]{9}")
# How a mobile number is written elsewhere: the country in front, groups apart.
_COUNTRY: Final = re.compile(r"(?:\+|00)?86(?=1)")
_GROUPING: Final = str.maketrans("", "", " -()")
_CARD: Final = re.compile(r"[0-9]{13,19}")


class Problem(StrEnum):
    """Why a number is not valid."""

    FORM = "form"
    BIRTH_DATE = "birth_date"
    ORGANISATION = "organisation"
    CHECK = "check"
    MOBILE = "mobile"


_MESSAGES: Final = {
    Problem.FORM: N_("wrong length or characters"),
    Problem.BIRTH_DATE: N_("no such birth date"),
    Problem.ORGANISATION: N_("the organisation code's check digit is wrong"),
    Problem.CHECK: N_("the check digit is wrong"),
    Problem.MOBILE: N_("a mobile number has 11 digits and begins with 13 to 19"),
}


@dataclass(frozen=True, slots=True)
class ResidentId:
    """A valid resident ID of 18 places; an unknown region is worth a warning, no more."""

    number: str = field(repr=False)
    birth_date: date = field(repr=False)
    gender: str
    region_known: bool


@dataclass(frozen=True, slots=True)
class BankCard:
    """A card number; `luhn_ok` False is worth a warning, no more."""

    number: str = field(repr=False)
    luhn_ok: bool


def normalize(text: str) -> str:
    """NFKC, without outer blanks, upper case."""
    return unicodedata.normalize("NFKC", text).strip().upper()


def resident_id_check(first17: str) -> str:
    """The 18th place that belongs to 17 digits (GB 11643)."""
    total = sum(w * int(d) for w, d in zip(_ID_WEIGHTS, first17, strict=True))
    return _ID_CHECKS[total % 11]


def resident_id_problem(text: str, today: date) -> Problem | None:
    """What is wrong with a resident ID of 15 or 18 places, None when it is valid."""
    number = _to_18(normalize(text))
    if not _ID_18.fullmatch(number):
        return Problem.FORM
    birth = _birth_date(number)
    if birth is None or birth > today:
        return Problem.BIRTH_DATE
    if resident_id_check(number[:17]) != number[17]:
        return Problem.CHECK
    return None


def parse_resident_id(text: str, *, field: str, today: date) -> ResidentId:
    """A resident ID as 18 places; one of 15 is lengthened. Raises InvalidInput."""
    _refuse(field, resident_id_problem(text, today))
    number = _to_18(normalize(text))
    birth = _birth_date(number)
    assert birth is not None
    return ResidentId(
        number=number,
        birth_date=birth,
        gender="M" if int(number[16]) % 2 else "F",
        region_known=number[:2] in _REGIONS or number[0] == "9",
    )


def _to_18(number: str) -> str:
    if not _ID_15.fullmatch(number):
        return number
    first17 = f"{number[:6]}19{number[6:]}"
    return first17 + resident_id_check(first17)


def _birth_date(number: str) -> date | None:
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def uscc_check(first17: str) -> str:
    """The 18th place of a unified social credit code (GB 32100)."""
    total = sum(w * _USCC_ALPHABET.index(c) for w, c in zip(_USCC_WEIGHTS, first17, strict=True))
    return _USCC_ALPHABET[(31 - total % 31) % 31]


def organisation_check(first8: str) -> str:
    """The ninth place of an organisation code; its letters count A = 10 to Z = 35."""
    total = sum(w * int(c, 36) for w, c in zip(_ORG_WEIGHTS, first8, strict=True))
    return "0123456789X0"[11 - total % 11]


def uscc_problem(text: str) -> Problem | None:
    """What is wrong with a unified social credit code, None when it is valid."""
    code = normalize(text)
    if len(code) != 18 or not all(c in _USCC_ALPHABET for c in code):
        return Problem.FORM
    if not (code[2:8].isascii() and code[2:8].isdecimal()):
        return Problem.FORM
    if uscc_check(code[:17]) != code[17]:
        return Problem.CHECK
    if organisation_check(code[8:16]) != code[16]:
        return Problem.ORGANISATION
    return None


def parse_uscc(text: str, *, field: str) -> str:
    """A unified social credit code in upper case. Raises InvalidInput."""
    _refuse(field, uscc_problem(text))
    return normalize(text)


def luhn_ok(digits: str) -> bool:
    """Whether ASCII digits pass the Luhn check."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit)
        if place % 2:
            value = value * 2 - 9 if value > 4 else value * 2
        total += value
    return total % 10 == 0


def parse_bank_card(text: str, *, field: str) -> BankCard:
    """A card number of 13 to 19 digits, groups joined. Raises InvalidInput on any other form."""
    number = normalize(text).replace(" ", "")
    if not _CARD.fullmatch(number):
        _refuse(field, Problem.FORM)
    return BankCard(number=number, luhn_ok=luhn_ok(number))


def parse_mobile(text: str, *, field: str) -> str:
    """A mobile number of 11 digits. Raises InvalidInput."""
    number = normalize(text)
    if not _MOBILE.fullmatch(number):
        _refuse(field, Problem.MOBILE)
    return number


def typed_mobile(text: str, *, field: str) -> str:
    """A mobile number as somebody types it, in groups or with +86. Raises InvalidInput."""
    digits = normalize(text).translate(_GROUPING)
    return parse_mobile(_COUNTRY.sub("", digits, count=1), field=field)


def check_number(text: str, id_type: str, *, field: str, today: date) -> None:
    """Raises InvalidInput for a number that is none of its type; of other papers any is one."""
    if id_type == IdType.RESIDENT_ID:
        parse_resident_id(text, field=field, today=today)
    elif id_type == IdType.USCC:
        parse_uscc(text, field=field)


def _refuse(field: str, problem: Problem | None) -> None:
    if problem is not None:
        raise InvalidInput(field, _(_MESSAGES[problem]))
