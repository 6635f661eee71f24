"""What a cell may hold: parsers from text to the value that is stored.

Each raises InvalidInput whose message is the reason and never holds the value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final

from crm_tui.clock import SHANGHAI, business_date
from crm_tui.domain import masking
from crm_tui.domain.identifiers import parse_mobile
from crm_tui.domain.money import parse_amount
from crm_tui.domain.text_rules import clean_line, clean_text, fold_syntax
from crm_tui.errors import InvalidInput
from crm_tui.i18n import _

Parser = Callable[[str], Any]
Mask = Callable[[str], str]

_CODE: Final = re.compile(r"[0-9A-Za-z_./-]+")
_AMOUNT: Final = re.compile(r"-?[0-9]{1,12}\.[0-9]{2}")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)"
    r"(Z|[+-][0-9]{2}:[0-9]{2})?"
)
_FIRST_YEAR: Final = 1900
_LAST_YEAR: Final = 2999
_DIGITS: Final = re.compile(r"[0-9]{5,}")
_SHOWN: Final = 40
_YES: Final = ("yes", "true", "1", "是")
_NO: Final = ("no", "false", "0", "否")


def shown(text: str) -> str:
    """A value for the list of bad rows: a slipped name or number in it stays hidden."""
    if not text.isascii():
        return masking.mask_name(text[:_SHOWN])
    hidden = _DIGITS.sub(lambda run: run[0][:2] + "*" * (len(run[0]) - 4) + run[0][-2:], text)
    return hidden[:_SHOWN]


def hidden_text(text: str) -> str:
    """A long text: its length only."""
    return _("({n} characters)").format(n=len(text))


def as_is(text: str) -> str:
    """A public number, in full so that the row can be found."""
    return text[:_SHOWN]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file; an optional one may be absent from its header."""

    name: str
    parse: Parser
    mask: Mask = shown
    optional: bool = False


def code(limit: int = 32, *, required: bool = True) -> Parser:
    """A public number: letters, digits, `_ . / -`."""

    def parse(text: str) -> str | None:
        value = text.strip()
        if not value and not required:
            return None
        if not value:
            raise InvalidInput("", _("must not be empty"))
        if len(value) > limit:
            raise InvalidInput(
                "",
                _("{length} characters are too many: at most {limit}").format(
                    length=len(value), limit=limit
                ),
            )
        if not _CODE.fullmatch(value):
            raise InvalidInput("", _("only letters, digits and _ . / - are allowed"))
        return value

    return parse


def line(limit: int, *, required: bool = False, empty: str | None = None) -> Parser:
    """One line of text; `empty` is stored when there is none."""

    def parse(text: str) -> str | None:
        return clean_line(text, field="", limit=limit, required=required) or empty

    return parse


def long_text(limit: int) -> Parser:
    """Text that may have line ends."""

    def parse(text: str) -> str:
        return clean_text(text, field="", limit=limit)

    return parse


def choice(kind: type[StrEnum], *, required: bool = True) -> Parser:
    """One of a list's codes."""
    codes = {member.value: member.value for member in kind}

    def parse(text: str) -> str | None:
        value = codes.get(text) or codes.get(text.strip())
        if value is None and (required or text.strip()):
            listed = ", ".join(codes)
            raise InvalidInput("", _("allowed are {codes}").format(codes=listed))
        return value

    return parse


@lru_cache(maxsize=16_384)
def _iso_day(text: str) -> str:
    folded = fold_syntax(text).strip()
    if not folded:
        raise InvalidInput("", _("must not be empty"))
    if not _DAY.fullmatch(folded):
        raise InvalidInput("", _("not a date: YYYY-MM-DD"))
    try:
        found = date.fromisoformat(folded)
    except ValueError:
        raise InvalidInput("", _("there is no such date")) from None
    if not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        raise InvalidInput("", _("there is no such date"))
    return folded


def day(*, required: bool = True, latest: date | None = None) -> Parser:
    """A date as ISO text, `latest` at the most."""
    last = latest.isoformat() if latest else "9999"

    def parse(text: str) -> str | None:
        if not required and not text.strip():
            return None
        found = _iso_day(text)
        if found > last:
            raise InvalidInput("", _("lies in the future"))
        return found

    return parse


def moment(*, latest: date) -> Parser:
    """An instant on `latest` at the most; without a zone it is Shanghai's."""

    def parse(text: str) -> datetime:
        found = _instant(text)
        if business_date(found) > latest:
            raise InvalidInput("", _("lies in the future"))
        return found

    return parse


def _instant(text: str) -> datetime:
    match = _MOMENT.fullmatch(fold_syntax(text).strip())
    if match is None:
        raise InvalidInput("", _("not a time: YYYY-MM-DD HH:MM:SS"))
    _iso_day(match[1])
    try:
        found = datetime.fromisoformat(f"{match[1]}T{match[2]}{(match[3] or '')}")
    except ValueError:
        raise InvalidInput("", _("there is no such time")) from None
    if match[3] is None:
        found = found.replace(tzinfo=SHANGHAI)
    return found.astimezone(UTC)


def amount(text: str) -> int:
    """Yuan as fen."""
    if _AMOUNT.fullmatch(text):
        return int(text.replace(".", ""))
    return parse_amount(text)


def whole(text: str) -> int | None:
    """A whole number from 0 on, or nothing."""
    value = fold_syntax(text).strip()
    if not value:
        return None
    if not (value.isascii() and value.isdecimal() and len(value) <= 9):
        raise InvalidInput("", _("not a whole number from 0 on"))
    return int(value)


def yes_or_no(text: str) -> int | None:
    """1, 0, or nothing."""
    value = fold_syntax(text).strip().lower()
    if value and value not in _YES + _NO:
        raise InvalidInput("", _("allowed are {codes}").format(codes="yes, no"))
    return int(value in _YES) if value else None


def mobile(text: str) -> str | None:
    """A mobile number, or nothing."""
    return parse_mobile(text, field="") if text.strip() else None


def parse_row(
    columns: Sequence[Column], cells: Sequence[str], bad: Callable[[Column, str, str], None]
) -> list[Any] | None:
    """The values of a row, or None after every bad cell was told to `bad`."""
    values: list[Any] = []
    failed = False
    for column, text in zip(columns, cells, strict=True):
        try:
            values.append(column.parse(text))
        except InvalidInput as error:
            failed = True
            bad(column, text, error.message)
    return None if failed else values
