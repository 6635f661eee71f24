"""Times of day as people type them: `17:00`, `11-24 17:00`, `+1`, `+1 9:30`."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import Final

from crm_tui.clock import SHANGHAI, business_date
from crm_tui.domain.dates import parse_coming, parse_done
from crm_tui.domain.text_rules import fold_syntax
from crm_tui.errors import InvalidInput
from crm_tui.i18n import _

# A day alone means until the counters close.
CLOSING: Final = time(17, 0)
LOGGED_WITHIN: Final = 31
"""Days within which a contact is logged: who looks at a closed month finds what they found."""
_NOW: Final = frozenset({"now", "现在"})
_TIME: Final = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
# `昨天15:30` as an input method gives it.
_JOINED: Final = re.compile(r"(?<=[天日号])(?=[0-9]{1,2}:)")


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
    typed = fold_syntax(text).strip()
    wanted = _("Type a time such as 16:40 or 11-24 16:40.")
    day, clock = _parts(typed, field, wanted)
    today = business_date(now)
    on = parse_done(day, today, field=field, wanted=wanted) or today
    if clock is None:
        raise InvalidInput(field, wanted)
    moment = datetime.combine(on, clock, SHANGHAI)
    if moment > now:
        raise InvalidInput(field, _("That time lies ahead."))
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
    typed = fold_syntax(text).strip()
    wanted = _("Type 15:30, -1 or 11-24 15:30; leave it empty for now.")
    day, clock = _parts(typed, field, wanted)
    today = business_date(now)
    on = parse_done(day, today, field=field, wanted=wanted) or today
    if on == today and clock is None:
        return None
    moment = datetime.combine(on, clock or CLOSING, SHANGHAI)
    if moment > now:
        raise InvalidInput(field, _("That time lies ahead."))
    if (today - on).days > LOGGED_WITHIN:
        text = _("{day} is more than {n} days ago.")
        raise InvalidInput(field, text.format(day=on.isoformat(), n=LOGGED_WITHIN))
    return moment


def means_now(text: str) -> bool:
    """Whether a time is the moment in which it is stored."""
    typed = fold_syntax(text).strip().lower()
    return not typed or typed in _NOW


def _parts(typed: str, field: str, wanted: str) -> tuple[str, time | None]:
    words = _JOINED.sub(" ", typed).split()
    found = _TIME.fullmatch(words[-1])
    if found:
        words.pop()
    if len(words) > 1:
        raise InvalidInput(field, wanted)
    clock = time(int(found[1]), int(found[2])) if found else None
    return (words[0] if words else ""), clock
