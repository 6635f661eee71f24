"""Times of day as people type them: `17:00`, `11-24 17:00`, `+1`, `+1 9:30`."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from crm_tui.clock import SHANGHAI, business_date
from crm_tui.domain.dates import parse_coming, parse_done, parse_made
from crm_tui.domain.text_rules import fold_syntax
from crm_tui.errors import InvalidInput
from crm_tui.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable

# A day alone means until the counters close.
CLOSING: Final = time(17, 0)
LOGGED_WITHIN: Final = 31
"""Days within which a contact is logged: who looks at a closed month finds what they found."""
_NOW: Final = frozenset({"now", "现在"})
_TIME: Final = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
# `昨天15:30` as an input method gives it.
_JOINED: Final = re.compile(r"(?<=[天日号前一二三四五六])(?=[0-9]{1,2}:)")


def parse_promise(text: str, now: datetime, *, field: str) -> datetime | None:
    """An instant ahead: `17:00` today, a day (until 17:00), or both; empty is None.

    Raises InvalidInput.
    """
    typed = fold_syntax(text).strip()
    if not typed:
        return None
    wanted = _("Type 17:00, +1 9:30 or 11-24 17:00.")
    day, clock = _parts(typed, field, wanted)
    today = business_date(now)
    on = parse_coming(day, today, field=field, wanted=wanted) or today
    moment = datetime.combine(on, clock or CLOSING, SHANGHAI)
    if moment <= now:
        raise InvalidInput(field, _("That time has passed."))
    return moment


def parse_told(text: str, now: datetime, since: datetime, *, field: str) -> datetime:
    """An instant between `since` and now: `16:40` today, or a day and a time; empty and `now`
    are now. Raises InvalidInput.
    """
    if means_now(text):
        return now
    wanted = _("Type a time such as 16:40 or 11-24 16:40.")
    on, clock = _done(text, now, field, wanted, parse_done)
    if clock is None:
        raise InvalidInput(field, wanted)
    moment = _behind(on, clock, now, field)
    # Typed to the minute, stored to the second.
    if moment < since - timedelta(minutes=1):
        raise InvalidInput(field, _("That was before the decision."))
    return moment


def parse_begun(text: str, now: datetime, *, field: str) -> datetime | None:
    """When a contact was made that is logged afterwards: `15:30` today, `-1` or `11-24` (when the
    counters closed), or both, at most `LOGGED_WITHIN` days ago; None is now. Raises InvalidInput.
    """
    if means_now(text):
        return None
    wanted = _("Type 15:30, -1 or 11-24 15:30; leave it empty for now.")
    on, clock = _done(text, now, field, wanted, parse_made)
    today = business_date(now)
    if on == today and clock is None:
        return None
    moment = _behind(on, clock or CLOSING, now, field)
    if (today - on).days > LOGGED_WITHIN:
        said = _("{day} is more than {n} days ago.")
        raise InvalidInput(field, said.format(day=on.isoformat(), n=LOGGED_WITHIN))
    return moment


def means_now(text: str) -> bool:
    """Whether a time is the moment in which it is stored."""
    typed = fold_syntax(text).strip().lower()
    return not typed or typed in _NOW


def _done(
    text: str, now: datetime, field: str, wanted: str, parse: Callable[..., date | None]
) -> tuple[date, time | None]:
    """The day that `parse` finds, today without one, and the time of what was done."""
    day, clock = _parts(fold_syntax(text).strip(), field, wanted)
    today = business_date(now)
    return parse(day, today, field=field, wanted=wanted) or today, clock


def _behind(on: date, clock: time, now: datetime, field: str) -> datetime:
    moment = datetime.combine(on, clock, SHANGHAI)
    if moment > now:
        raise InvalidInput(field, _("That time lies ahead."))
    return moment


def _parts(typed: str, field: str, wanted: str) -> tuple[str, time | None]:
    words = _JOINED.sub(" ", typed).split()
    found = _TIME.fullmatch(words[-1])
    if found:
        words.pop()
    if len(words) > 1:
        raise InvalidInput(field, wanted)
    clock = time(int(found[1]), int(found[2])) if found else None
    return (words[0] if words else ""), clock
