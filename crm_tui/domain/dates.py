"""Dates as people type them: `+14`, `12-07`, `1207`, `2026-12-07`, `12月7日`."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from types import MappingProxyType

from crm_tui.domain.text_rules import fold_syntax
from crm_tui.errors import InvalidInput
from crm_tui.i18n import _

FARTHEST_DAYS = 3660
MOST_COUNTED = 1096
"""Days ahead that somebody counts: of what lies farther the date is known, not the number."""
JUST_PASSED_DAYS = 60
"""A month and day that was within them is hardly meant for next year; one that comes within as
many is hardly meant for last year."""
_DAYS = re.compile(r"\+[0-9]{1,4}|[0-9]{1,3}")
_OFFSET = re.compile(r"[+-][0-9]{1,4}|0")
_MONTH_DAY = re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})")
_BARE = re.compile(r"([0-9]{2})([0-9]{2})")
_FULL = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})")
_COMPACT = re.compile(r"([0-9]{4})[-/.]?([0-9]{2})[-/.]?([0-9]{2})")
_NAMED = MappingProxyType({"前天": -2, "昨天": -1, "今天": 0, "明天": 1, "后天": 2, "大后天": 3})
_AHEAD = re.compile(r"\+?([0-9]{1,3}) ?(?:d|D|天后?)")
_AGO = re.compile(r"([0-9]{1,3}) ?天前")
_WEEKS = re.compile(r"\+?([0-9]{1,3}) ?(?:w|W|周后?)")
_WEEKDAY_PAST = re.compile(r"(上?)(?:周|星期|礼拜)([一二三四五六日天])")
_WEEKDAY = re.compile(r"(下?)(?:周|星期|礼拜)([一二三四五六日天])")
_WRITTEN = re.compile(r"(?:([0-9]{4}) ?年 ?)?([0-9]{1,2}) ?月 ?([0-9]{1,2}) ?[日号]?")
LEAP_YEAR = 2024
"""Any one: in it every day exists that exists at all."""


def parse_coming(text: str, today: date, *, field: str, wanted: str = "") -> date | None:
    """A day from today on: `+14` or `14` days ahead, or a date; empty is None. `2w` and `2周` are
    weeks, `周五` the next Friday, and `下周五` that of the next week, which begins on its Monday.

    A month and day without a year, `12-07` or `1207`, is the next such day, unless it has just
    passed. What is no day is answered by `wanted`, if there is more to type than a day: four
    bare digits may be a time then. Raises InvalidInput.
    """
    typed = _in_days(_as_digits(text), today)
    if not typed:
        return None
    if wanted and _BARE.fullmatch(typed):
        raise InvalidInput(field, wanted)
    day = _days_ahead(typed, today, field) or _dated(typed, today)
    if day is None:
        raise InvalidInput(
            field, _no_such_day(typed) or wanted or _("Type +14, 12-07 or 2026-12-07.")
        )
    _refuse_just_passed(typed, day, today, field)
    if day < today:
        raise InvalidInput(field, _("{day} has passed.").format(day=day.isoformat()))
    if (day - today).days > FARTHEST_DAYS:
        raise InvalidInput(field, _("More than ten years ahead."))
    return day


def parse_past(text: str, today: date, *, field: str) -> date | None:
    """A full date up to today, such as a birth date; empty is None. Raises InvalidInput."""
    typed = _as_digits(text)
    if not typed:
        return None
    day = _in_full(typed)
    if day is None:
        no_such = _no_such_day(typed) if _full(typed) else ""
        raise InvalidInput(field, no_such or _("Type a date such as 1980-05-01."))
    if day > today:
        raise InvalidInput(field, _("{day} lies ahead.").format(day=day.isoformat()))
    return day


def parse_listed(text: str, today: date, *, field: str, wanted: str = "") -> date | None:
    """A day to list by: `-1`, `0` and `+1` count from today, or a date; empty is None.

    A month and day without a year is the latest such day up to today; `wanted` as in
    `parse_coming`. Raises InvalidInput.
    """
    typed = _as_digits(text)
    if not typed:
        return None
    if _OFFSET.fullmatch(typed):
        return today + timedelta(days=int(typed))
    if wanted and _BARE.fullmatch(typed):
        raise InvalidInput(field, wanted)
    day = _in_full(typed) or _latest(typed, today)
    if day is None:
        no_such = _no_such_day(typed)
        raise InvalidInput(field, no_such or wanted or _("Type -1, 11-20 or 2026-11-20."))
    return day


def parse_done(text: str, today: date, *, field: str, wanted: str = "") -> date | None:
    """A day on which something was done, as `parse_listed`; but a month and day that comes soon
    is hardly meant for last year: the caller says that it lies ahead. Raises InvalidInput.
    """
    day = parse_listed(text, today, field=field, wanted=wanted)
    short = _MONTH_DAY.fullmatch(_as_digits(text))
    coming = _dated(short[0], today) if short else None
    soon = coming is not None and (coming - today).days <= JUST_PASSED_DAYS
    return coming if soon else day


def parse_made(text: str, today: date, *, field: str, wanted: str = "") -> date | None:
    """As `parse_done`; `周五` is the latest Friday too, and `上周五` that of the week before this
    one, which began on its Monday. Raises InvalidInput.
    """
    named = _WEEKDAY_PAST.fullmatch(fold_syntax(text).strip())
    if not named:
        return parse_done(text, today, field=field, wanted=wanted)
    back = today.weekday() - _weekday(named[2])
    return today - timedelta(days=back + 7 if named[1] or back < 0 else back)


def _as_digits(text: str) -> str:
    """A day in words, as an input method gives it without being left, in the form with digits."""
    typed = fold_syntax(text).strip()
    if typed in _NAMED:
        return f"{_NAMED[typed]:+}" if _NAMED[typed] else "0"
    ahead, ago, written = (one.fullmatch(typed) for one in (_AHEAD, _AGO, _WRITTEN))
    if ahead:
        return f"+{ahead[1]}"
    if ago:
        return f"-{ago[1]}"
    return "-".join(filter(None, written.groups())) if written else typed


def _in_days(typed: str, today: date) -> str:
    """Weeks, and a day of the week to come, as a number of days."""
    weeks, named = _WEEKS.fullmatch(typed), _WEEKDAY.fullmatch(typed)
    if weeks:
        return f"+{int(weeks[1]) * 7}"
    if not named:
        return typed
    days = _weekday(named[2]) - today.weekday()
    return f"+{days + 7 if named[1] or days <= 0 else days}"


def _weekday(name: str) -> int:
    """Monday is 0; Sunday has two names."""
    return min("一二三四五六日天".index(name), 6)


def _refuse_just_passed(typed: str, day: date, today: date, field: str) -> None:
    """Raises InvalidInput when `typed` names no year and was meant for a day just passed."""
    before = _latest(typed, today)
    if before is None or before == today or (today - before).days > JUST_PASSED_DAYS:
        return
    text = _("{typed} has passed; write {day} for next year")
    if day.year == today.year:
        text = _("{typed} has passed; write {day} for this year")
    raise InvalidInput(field, text.format(typed=typed, day=day.isoformat()))


def _no_such_day(typed: str) -> str:
    """What does not exist of a date in the right form; empty when it has not that form."""
    full = _full(typed)
    year, month, day = full or (LEAP_YEAR, *(_month_day(typed) or (0, 0)))
    if not full and not _month_day(typed):
        return ""
    if not 1 <= month <= 12:
        return _("There is no month {n}.").format(n=month)
    most = monthrange(year, month)[1]
    if not 1 <= day <= most:
        named = f"{year:04}-{month:02}" if full else f"{month:02}"
        text = _("There is no day {day} in {month}: it has {n} days.")
        return text.format(day=day, month=named, n=most)
    return ""


def _full(typed: str) -> tuple[int, int, int] | None:
    found = _FULL.fullmatch(typed) or _COMPACT.fullmatch(typed)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def _month_day(typed: str) -> tuple[int, int] | None:
    found = _MONTH_DAY.fullmatch(typed) or _BARE.fullmatch(typed)
    return (int(found[1]), int(found[2])) if found else None


def _in_full(typed: str) -> date | None:
    full = _full(typed)
    return _real(*full) if full else None


def _latest(typed: str, today: date) -> date | None:
    short = _month_day(typed)
    if not short:
        return None
    # Far enough to find a 29th of February.
    days = (_real(year, *short) for year in range(today.year, today.year - 9, -1))
    return next((found for found in days if found and found <= today), None)


def _days_ahead(typed: str, today: date, field: str) -> date | None:
    if not _DAYS.fullmatch(typed):
        return None
    if int(typed) > MOST_COUNTED:
        raise InvalidInput(field, _("More than three years ahead: type the date."))
    return today + timedelta(days=int(typed))


def _dated(typed: str, today: date) -> date | None:
    short = _month_day(typed)
    if not short:
        return _in_full(typed)
    # Far enough to find a 29th of February.
    days = (_real(year, *short) for year in range(today.year, today.year + 9))
    return next((found for found in days if found and found >= today), None)


def _real(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
