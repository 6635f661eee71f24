"""The first line: where, for whom, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from crm_tui.clock import SHANGHAI
from crm_tui.i18n import N_, _
from crm_tui.widgets.status_line import cut

if TYPE_CHECKING:
    from datetime import date, datetime

    from crm_tui.widgets.context import Context

_WEEKDAYS: Final = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))
_REFRESH_SECONDS: Final = 20.0


def weekday(day: date) -> str:
    """`周一` or `Mon`."""
    return _(_WEEKDAYS[day.weekday()])


def header_line(context: Context, width: int, now: datetime, title: str, middle: str = "") -> str:
    """The line in `width` cells. `middle` (a place in a list) stands instead of the person.

    On a narrow screen branch, role, person, weekday and date go, in this order; the title stays.
    """
    local = now.astimezone(SHANGHAI)
    day = f"{local:%Y-%m-%d}"
    clock = f"{local:%H:%M}"
    week = weekday(local.date())
    role = "" if middle else context.role
    person = middle or context.person
    branch = "" if middle else context.branch
    for place, people, times in (
        (branch, (person, role), (day, week, clock)),
        ("", (person, role), (day, week, clock)),
        ("", (person,), (day, week, clock)),
        ("", (person,), (day, clock)),
        ("", (person,), (clock,)),
        ("", (), (clock,)),
    ):
        left = f" {title}  {place}" if place else f" {title}"
        right = "  ".join(filter(None, (" ".join(filter(None, people)), " ".join(times))))
        gap = width - cell_len(left) - cell_len(right) - 1
        if gap >= 1:
            return f"{left}{' ' * gap}{right} "
    return cut(f" {title}", width)


class HeaderLine(Widget):
    """Area, branch, person, role, date and time, on one line."""

    DEFAULT_CSS: ClassVar[str] = """
    HeaderLine { height: 1; width: 1fr; text-style: reverse; }
    """

    title: reactive[str] = reactive("")
    """Area and its key, then where in it: `客户 F3 › 张伟明`."""
    middle: reactive[str] = reactive("")
    """Place in a list, such as `[ 7/32 ]`, shown instead of the person."""

    def __init__(self, context: Context, title: str, middle: str = "") -> None:
        super().__init__()
        self._kit = context
        self.set_reactive(HeaderLine.title, title)
        self.set_reactive(HeaderLine.middle, middle)

    def on_mount(self) -> None:
        """The minute moves on."""
        self.set_interval(_REFRESH_SECONDS, self.refresh)

    def render(self) -> Content:
        """The line for now."""
        now = self._kit.clock()
        return Content(header_line(self._kit, self.size.width, now, self.title, self.middle))
