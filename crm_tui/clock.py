"""The one clock: UTC instants and Shanghai business dates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


def business_date(instant: datetime) -> date:
    """The date in Shanghai at `instant`."""
    return instant.astimezone(SHANGHAI).date()


def shifted(start: datetime, base: Callable[[], datetime] = utc_now) -> Clock:
    """A clock that says `start` now and runs on from there (the demo's `--now`)."""
    offset = start - base()
    return lambda: base() + offset
