"""Fields for a time of day: a promise ahead, when a customer was told, when a contact was made."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from crm_tui.clock import SHANGHAI, business_date
from crm_tui.domain.moments import means_now, parse_begun, parse_promise, parse_told
from crm_tui.errors import InvalidInput
from crm_tui.i18n import _
from crm_tui.screens.roster_columns import dated
from crm_tui.widgets.field_base import told
from crm_tui.widgets.fields import LineField
from crm_tui.widgets.header import weekday

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from crm_tui.domain.workdays import Calendar

LIMIT = 30


class _MomentField(LineField):
    """One line that means an instant; shows which."""

    IN_WORDS = False

    def __init__(
        self, now: Callable[[], datetime], read: Callable[[str, datetime], datetime | None],
        *, required: bool = False, hint: str = "",
    ) -> None:  # fmt: skip
        """`read` is given what was typed and the time it is."""
        super().__init__(limit=LIMIT, required=required, hint=hint)
        self._now, self._read = now, read

    def moment(self) -> datetime | None:
        """The instant typed, None for none. Raises InvalidInput."""
        return self._read(self.value, self._now())

    def field_text(self) -> str:
        """In full, so that a draft of `+1` means the same day tomorrow."""
        try:
            at = self.moment()
        except InvalidInput:
            return self.value
        return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if at and self.value.strip() else ""

    def problem(self) -> str:
        """Not a time, passed, or missing."""
        return told(self.moment) or super().problem()

    def note(self) -> str:
        """`-> 11-24 Tue 17:00`, with the year when it is another."""
        try:
            at = self.moment()
        except InvalidInput:
            return ""
        if at is None or not self.value.strip():
            return ""
        local, now = at.astimezone(SHANGHAI), self._now().astimezone(SHANGHAI)
        day = f"{local:%m-%d}" if local.year == now.year else f"{local:%Y-%m-%d}"
        return f"-> {day} {weekday(local.date())} {local:%H:%M}"


class PromiseField(_MomentField):
    """`17:00`, `11-24 17:00`, `+1`: ahead. What is hardly meant is said beside it."""

    def __init__(
        self, now: Callable[[], datetime], working: Calendar | None, due_on: date | None = None,
        *, required: bool = False, hint: str = "",
    ) -> None:  # fmt: skip
        """`working` are the days on which people work, None where nothing can be promised;
        `due_on` is the regulatory date, if it is known."""
        read = partial(parse_promise, field="")
        super().__init__(now, read, required=required, hint=hint)
        self._working = working
        self._due_on = due_on

    def note(self) -> str:
        """Also that nobody works on that day, and that it is later than the regulator allows."""
        shown = super().note()
        at = self.moment() if shown else None
        if at is None:
            return ""
        day = business_date(at)
        off = self._working is not None and not self._working.is_working(day)
        shown += _(", a day off") if off else ""
        if self._due_on is not None and day > self._due_on:
            due = dated(self._due_on, business_date(self._now()))
            shown += _(", after reg. {day}").format(day=due)
        return shown


class ToldField(_MomentField):
    """`16:40` or `11-24 16:40`, up to now; empty and `now` are now."""

    def __init__(self, now: Callable[[], datetime], since: datetime, *, hint: str = "") -> None:
        super().__init__(now, partial(parse_told, since=since, field=""), hint=hint)

    def field_text(self) -> str:
        """Now stays now: the time at which it is stored, also when it is sent once more."""
        return "" if means_now(self.value) else super().field_text()


class BegunField(_MomentField):
    """`15:30`, `-1`, `11-24 15:30`: before now; empty and `now` are now."""

    def __init__(self, now: Callable[[], datetime], *, hint: str = "") -> None:
        super().__init__(now, partial(parse_begun, field=""), hint=hint)
