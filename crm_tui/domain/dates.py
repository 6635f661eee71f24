"""Dates as people type them: `+14`, `12-07`, `2026-12-07`."""

from __future__ import annotations

import re
from datetime import date, timedelta

from crm_tui.domain.text_rules import fold_syntax
from crm_tui.errors import InvalidInput
from crm_tui.i18n import _

FARTHEST_DAYS = 3660
JUST_PASSED_DAYS = 60
"""A month and day that was within them is hardly meant for next year; one that comes within as
many is hardly meant for last year."""
_DAYS = re.compile(r"\+?([0-9]{1,4})")
_OFFSET = re.compile(r"[+-][0-9]{1,4}|0")
_MONTH_DAY = re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})")
_FULL = re.compile(r"([0-9]{4})[-/.]?([0-9]{2})[-/.]?([0-9]{2})")


def parse_coming(text: str, today: date, *, field: str, wanted: str = "") -> date | None:
    """A day from today on: `+14` or `14` days ahead, or a date; empty is None.

    A month and day without a year is the next such day, unless it has just passed. What is no
    day is answered by `wanted`, if there is more to type than a day. Raises InvalidInput.
    """
    typed = fold_syntax(text).strip()
    if not typed:
        return None
    day = _days_ahead(typed, today) or _dated(typed, today)
    if day is None:
        raise InvalidInput(field, wanted or _("Type +14, 12-07 or 2026-12-07."))
    _refuse_just_passed(typed, day, today, field)
    if day < today:
        raise InvalidInput(field, _("{day} has passed.").format(day=day.isoformat()))
    if (day - today).days > FARTHEST_DAYS:
        raise InvalidInput(field, _("More than ten years ahead."))
    return day


def parse_past(text: str, today: date, *, field: str) -> date | None:
    """A full date up to today, such as a birth date; empty is None. Raises InvalidInput."""
    typed = fold_syntax(text).strip()
    if not typed:
        return None
    full = _FULL.fullmatch(typed)
    day = _real(*map(int, full.groups())) if full else None
    if day is None:
        raise InvalidInput(field, _("Type a date such as 1980-05-01."))
    if day > today:
        raise InvalidInput(field, _("{day} lies ahead.").format(day=day.isoformat()))
    return day


def parse_listed(text: str, today: date, *, field: str, wanted: str = "") -> date | None:
    """A day to list by: `-1`, `0` and `+1` count from today, or a date; empty is None.

    A month and day without a year is the latest such day up to today; `wanted` as in
    `parse_coming`. Raises InvalidInput.
    """
    typed = fold_syntax(text).strip()
    if not typed:
        return None
    if _OFFSET.fullmatch(typed):
        return today + timedelta(days=int(typed))
    full = _FULL.fullmatch(typed)
    day = _real(*map(int, full.groups())) if full else _latest(typed, today)
    if day is None:
        raise InvalidInput(field, wanted or _("Type -1, 11-20 or 2026-11-20."))
    return day


def parse_done(text: str, today: date, *, field: str, wanted: str = "") -> date | None:
    """A day on which something was done, as `parse_listed`; but a month and day that comes soon
    is hardly meant for last year: the caller says that it lies ahead. Raises InvalidInput.
    """
    day = parse_listed(text, today, field=field, wanted=wanted)
    short = _MONTH_DAY.fullmatch(fold_syntax(text).strip())
    coming = _dated(short[0], today) if short else None
    soon = coming is not None and (coming - today).days <= JUST_PASSED_DAYS
    return coming if soon else day


def _refuse_just_passed(typed: str, day: date, today: date, field: str) -> None:
    """Raises InvalidInput when `typed` names no year and was meant for a day just passed."""
    before = _latest(typed, today)
    if before is None or before == today or (today - before).days > JUST_PASSED_DAYS:
        return
    text = _("{typed} has passed; write {day} for next year")
    if day.year == today.year:
        text = _("{typed} has passed; write {day} for this year")
    raise InvalidInput(field, text.format(typed=typed, day=day.isoformat()))


def _latest(typed: str, today: date) -> date | None:
    short = _MONTH_DAY.fullmatch(typed)
    if not short:
        return None
    month, day = map(int, short.groups())
    # Far enough to find a 29th of February.
    days = (_real(year, month, day) for year in range(today.year, today.year - 9, -1))
    return next((found for found in days if found and found <= today), None)


def _days_ahead(typed: str, today: date) -> date | None:
    found = _DAYS.fullmatch(typed)
    return today + timedelta(days=int(found[1])) if found else None


def _dated(typed: str, today: date) -> date | None:
    full = _FULL.fullmatch(typed)
    if full:
        return _real(*map(int, full.groups()))
    short = _MONTH_DAY.fullmatch(typed)
    if not short:
        return None
    month, day = map(int, short.groups())
    # Far enough to find a 29th of February.
    years = range(today.year, today.year + 9)
    days = (_real(year, month, day) for year in years)
    return next((found for found in days if found and found >= today), None)


def _real(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
