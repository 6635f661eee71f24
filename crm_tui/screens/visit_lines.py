"""What a line of the list of contacts shows, and what stands beside it about one contact."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple

from rich.text import Text

from crm_tui import labels
from crm_tui.clock import SHANGHAI
from crm_tui.domain.contacts import NEEDS
from crm_tui.domain.kinds import Method
from crm_tui.i18n import N_, _
from crm_tui.text import (
    ASCII_ELLIPSIS,
    ELLIPSIS,
    NONE,
    beginning,
    cell_width,
    clip,
    format_date,
    one_line,
    safe,
)
from crm_tui.widgets.header import weekday
from crm_tui.widgets.record_table import Column

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from crm_tui.domain.contacts import ContactDetail, ContactRow

_NEEDS: Final = {
    "purpose": N_("purpose: {text}"),
    "direction": N_("invest in: {text}"),
    "expected_return": N_("return: {text}"),
    "risk_control": N_("risk control: {text}"),
    "risk_appetite": N_("risk appetite: {text}"),
}
MOST_DAYS: Final = 335
"""A day so far off needs its year: its month and day alone read as those just passed or near."""
# Text is measured and wrapped up to what a pane can show, however long it is.
MOST_SHOWN: Final = 10_000


def columns(today: Callable[[], date]) -> list[Column[ContactRow]]:
    """The columns at 80 cells; the least needed go first on a narrow screen."""
    marks_width = max(cell_width(_(mark)) for mark in _MARKS)
    when_width = cell_width(_short(date(2000, 1, 1))) + cell_width(" 00:00")
    method_width = max(cell_width(labels.label(method)) for method in Method)
    return [
        Column("when", _("Time"), when_width,
               _cell(lambda row: when(row.started_at, today())), priority=1),
        Column("method", _("How"), method_width, _cell(lambda row: labels.label(row.method))),
        Column("number", _("Number"), 8, _cell(lambda row: row.customer_no), priority=4),
        Column("name", _("Name"), 8, _cell(lambda row: row.customer_name), flex=1),
        Column("staff", _("By"), 6, _cell(lambda row: row.staff_name), priority=5),
        Column("content", _("Content"), 10, _cell(_said), flex=4),
        Column("next", _("Due"), 5, _cell(_next), priority=3),
        Column("marks", _("Marks"), marks_width,
               _cell(lambda row: " ".join(_(mark) for mark in marks(row, today()))), priority=2),
    ]  # fmt: skip


def _cell(text: Callable[[ContactRow], str]) -> Callable[[ContactRow], str | Text]:
    """A withdrawn contact is struck through; its mark says it in words."""

    def render(row: ContactRow) -> str | Text:
        shown = one_line(text(row)[:MOST_SHOWN])
        return Text(shown, style="dim strike") if row.withdrawn else shown

    return render


def _said(row: ContactRow) -> str:
    return row.content or labels.result(row.result)


def _next(row: ContactRow) -> str:
    """`12-07`; the year alone where that would not tell which day it is."""
    if row.next_on is None or row.withdrawn:
        return NONE
    return next_day(row.next_on, row.started_at)


def next_day(on: date, begun: datetime) -> str:
    """The next contact of one that was `begun` then, in five cells: `12-07`, or the year."""
    apart = abs((on - _day(begun)).days)
    return f"{on:%m-%d}" if apart < MOST_DAYS else f"{on:%Y}"


_WITHDRAWN: Final = N_("withdrawn")
_OVERDUE: Final = N_("overdue")
_EARLY: Final = N_("early")
_LATER: Final = N_("later")
_MARKS: Final = (_WITHDRAWN, _OVERDUE, _EARLY, _LATER)


def marks(row: ContactRow, today: date) -> list[str]:
    """Msgids of what is special, the most important first."""
    shown = [_WITHDRAWN] if row.withdrawn else []
    if overdue_days(row, today) > 0:
        shown.append(_OVERDUE)
    if row.before_opening:
        shown.append(_EARLY)
    if logged_later(row) is not None:
        shown.append(_LATER)
    return shown


def legend() -> dict[str, str]:
    """What the marks mean, in the words of the language in force."""
    return {
        _(_WITHDRAWN): _("taken back; it counts no more"),
        _(_OVERDUE): _("the next contact is due, and nobody has made it"),
        _(_EARLY): _("before the account was opened"),
        _(_LATER): _("logged on a later day"),
    }


def logged_later(row: ContactRow) -> date | None:
    """The day on which it was logged, if it was made on an earlier one."""
    day = _day(row.logged_at) if row.logged_at else None
    return None if day == _day(row.started_at) else day


def overdue_days(row: ContactRow, today: date) -> int:
    """How long the next contact has been due and nobody has made it; 0 when it is not."""
    if row.next_on is None or row.withdrawn or row.followed:
        return 0
    return max(0, (today - row.next_on).days)


def when(at: datetime, today: date) -> str:
    """`11-20 五 09:14`; another year's by its full date."""
    day = _day(at)
    if day.year != today.year:
        return f"{day:%Y-%m-%d}"
    return f"{_short(day)} {at.astimezone(SHANGHAI):%H:%M}"


def _short(day: date) -> str:
    return format_date(day).replace("周", "")


def day_text(day: date, today: date) -> str:
    """`11-20 周五`, with the year when it is another."""
    return format_date(day) if day.year == today.year else f"{day:%Y-%m-%d} {weekday(day)}"


def _day(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()


def head(row: ContactRow, today: date) -> list[str]:
    """Who, when and how, for a pane that stands apart from the list."""
    time = f"{day_text(_day(row.started_at), today)} {row.started_at.astimezone(SHANGHAI):%H:%M}"
    return [
        f"{one_line(row.customer_name)}  {one_line(row.customer_no)}",
        f"{time}  {labels.label(row.method)}  {one_line(row.staff_name)}",
        "",
    ]


def tail(row: ContactRow, detail: ContactDetail | None, today: date) -> list[str]:
    """Result, next contact, what is special, and the needs once they are read."""
    parts = []
    if row.withdrawn:
        parts.append(_("taken back by its author"))
    if row.before_opening:
        parts.append(_("before the account was opened"))
    logged = logged_later(row)
    if logged is not None:
        parts.append(_("logged on {day}").format(day=day_text(logged, today)))
    if row.result and row.content:
        parts.append(_("result: {text}").format(text=one_line(labels.result(row.result))))
    if row.next_on is not None and not row.withdrawn:
        parts.append(_("next contact {day}").format(day=day_text(row.next_on, today)))
    late = overdue_days(row, today)
    if late:
        parts.append(_("overdue by {n} days").format(n=f"{late:,}"))
    if detail is not None:
        parts += needs((name, getattr(detail, name)) for name in NEEDS)
    return parts


def needs(said: Iterable[tuple[str, str]]) -> list[str]:
    """What the customer wants, each in words of its own; what has no text is left out."""
    lines = ((name, one_line(text)) for name, text in said)
    return [_(_NEEDS[name]).format(text=text) for name, text in lines if text]


class Room(NamedTuple):
    """The cells and lines that a pane has; `plain` is a terminal without `…`."""

    width: int
    height: int
    plain: bool = False

    def wrap(self, text: str) -> list[str]:
        """`text` in lines that fit, broken at blanks where there are some.

        At most one line more than there is room for: enough to know that something follows.
        """
        lines: list[str] = []
        rest = text.strip()
        while rest and len(lines) <= self.height and self.width > 1:
            line = beginning(rest, self.width + 1)
            if cell_width(line) > self.width:
                # `clip` puts its mark in the cell behind, once there is more than that cell.
                line = clip(f"{line}  ", self.width + 1, ascii_only=True)[:-1]
                blank = line.rfind(" ")
                if blank > len(line) // 2 and rest[len(line)] != " ":
                    line = line[:blank]
            lines.append(line.rstrip())
            rest = rest[len(line) :].lstrip()
        return lines

    def first(self, lines: list[str], most: int) -> list[str]:
        """The first `most` lines; a mark at the end where more follow."""
        if len(lines) <= most or most <= 0:
            return lines[: max(0, most)]
        mark = ASCII_ELLIPSIS if self.plain else ELLIPSIS
        last = lines[most - 1]
        if cell_width(last) >= self.width:
            last = clip(last + " " * self.width, self.width, ascii_only=True)[:-1]
        return [*lines[: most - 1], f"{last.rstrip()}{mark}"]


def brief(row: ContactRow, detail: ContactDetail | None, today: date, room: Room) -> list[str]:
    """What was said and what follows, in few lines below the list."""
    return in_few(_said(row), tail(row, detail, today), room)


def in_few(text: str, further: Iterable[str], room: Room) -> list[str]:
    """The beginning of `text`, and of what is `further` to say at least one line."""
    said = room.wrap(one_line(text[:MOST_SHOWN]))
    more = room.wrap("  ".join(further))
    below = min(len(more), max(1, room.height - len(said)))
    return [*room.first(said, room.height - below), *room.first(more, below)]


def full(row: ContactRow, detail: ContactDetail | None, today: date, room: Room) -> list[str]:
    """The contact in a pane of its own: who, what was said line by line, what follows."""
    above = [clip(line, room.width, ascii_only=room.plain) for line in head(row, today)]
    below = [line for part in tail(row, detail, today) for line in room.wrap(part)]
    said = [
        line
        for part in safe(_said(row)[:MOST_SHOWN], lines=True).split("\n")[: room.height]
        for line in room.wrap(part) or [""]
    ]
    left = max(1, room.height - len(above) - 1 - len(below))
    return [*above, *room.first(said, left), "", *below][: room.height]
