"""What a line of the queue shows, the counts above it, and what stands below about one case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.text import Text

from crm_tui import labels
from crm_tui.clock import SHANGHAI, business_date
from crm_tui.domain.complaint_clocks import in_words
from crm_tui.domain.complaint_kinds import Band, ComplaintState, Reason
from crm_tui.domain.complaints import QueueView
from crm_tui.domain.kinds import Tier
from crm_tui.i18n import N_, _
from crm_tui.labels_complaints import MARKS, short
from crm_tui.screens.roster_columns import dated
from crm_tui.text import NONE, cell_width, one_line, safe
from crm_tui.widgets.record_table import Column

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from crm_tui.domain.complaints import Clocks, ComplaintDetail, ComplaintRow, QueueStrip
    from crm_tui.screens.visit_lines import Room

VIEWS: Final[dict[QueueView | None, str]] = {
    QueueView.MINE: "view_1",
    QueueView.OPEN: "view_open",
    QueueView.UNTRIAGED: "view_untriaged",
    QueueView.OVERDUE: "view_overdue",
    QueueView.ENDED: "view_ended",
    None: "view_handlers",
}
_STYLES: Final = {Band.OVERDUE: "bold red", Band.RED: "red", Band.AMBER: "yellow"}
_LEFT: Final = {
    "overdue": N_("overdue {n}"),
    "today": N_("today"),
    "paused": N_("paused"),
    "left": N_("{n} days"),
}
# Beyond what the column has room for.
_LEFT_BEYOND: Final = {"overdue": N_("overdue>{n}"), "left": N_(">{n} days")}
_LEFT_LONG: Final = {
    "overdue": N_("{n} working days overdue"),
    "today": N_("due today"),
    "paused": N_("paused"),
    "left": N_("{n} working days left"),
}
LEFT: Final = "left"
# What a column says at most; below the list the days are told exactly.
MOST_DAYS: Final = 99
# Text is measured and wrapped up to what a pane can show, however long it is.
MOST_SHOWN: Final = 4_000


def columns(*, plain: bool) -> list[Column[ComplaintRow]]:
    """The columns at 80 cells; the least needed go first on a narrow screen."""
    tier = max(cell_width(labels.tier(one)) for one in Tier)
    state = max(cell_width(labels.label(one)) for one in ComplaintState)
    reason = max(cell_width(short(one)) for one in Reason)
    left = max(cell_width(_(text).format(n=MOST_DAYS)) for text in _LEFT.values()) + 1
    return [
        Column(LEFT, left_title(QueueView.OPEN), left, _left),
        Column("number", _("Case no."), 14, lambda row: row.complaint_no, priority=3),
        Column("customer", _("Customer"), 8, customer, flex=1),
        Column("tier", _("Tier"), tier,
               lambda row: labels.tier(row.tier) if row.tier else NONE, priority=5),
        Column("reason", _("Why"), reason, reason_text, priority=2),
        Column("people", _("First>Now"), 13, lambda row: people(row, plain=plain), flex=1),
        Column("state", _("State"), state, lambda row: labels.label(row.state), priority=1),
        Column("summary", _("Content"), 24, lambda row: one_line(row.summary), flex=6, priority=9),
    ]  # fmt: skip


def left_title(view: QueueView) -> str:
    """What the column of the time left shows: of who has ended it is the day."""
    return _("Ended") if view is QueueView.ENDED else _("Left")


def _left(row: ComplaintRow) -> Text:
    """`!overdue 2`, `-3 days`: the mark is the band, the words are working days."""
    if row.clocks is None:
        ended = business_date(row.ended_at) if row.ended_at else None
        return Text(f"{ended:%y-%m-%d}" if ended else NONE)
    band = row.clocks.band
    return Text(f"{MARKS[band]}{left_text(row.clocks)}", _STYLES.get(band, ""))


def left_text(clocks: Clocks, *, long: bool = False, most: int | None = MOST_DAYS) -> str:
    """The time left in words, short for a column, which has room for `most` days."""
    kind, n = in_words(clocks)
    if n == 1 and kind == "left" and not long:
        return _("1 day")
    if long:
        one = n == 1 and kind == "left"
        words = _("1 working day left") if one else _(_LEFT_LONG[kind]).format(n=f"{n:,}")
        return words if kind == "paused" else f"{words} ({_first_clock(clocks)})"
    if most is not None and n > most:
        return _(_LEFT_BEYOND[kind]).format(n=most)
    return _(_LEFT[kind]).format(n=f"{n:,}")


def _first_clock(clocks: Clocks) -> str:
    """Which date comes first: that of the promise, our own, or the regulator's."""
    if clocks.promise_at is not None and clocks.first_on == (
        clocks.promise_broken_on or business_date(clocks.promise_at)
    ):
        return _("promise")
    return _("internal") if clocks.internal_on == clocks.first_on else _("regulatory")


def customer(row: ComplaintRow) -> str:
    """The name, or that none was given."""
    return one_line(row.customer_name) or _("anonymous")


def reason_text(row: ComplaintRow) -> str:
    """Short; a source's own words where they are all that is known."""
    own = one_line(row.reason_text)
    return own if own and row.reason is Reason.OTHER else short(row.reason)


def people(row: ComplaintRow, *, plain: bool) -> str:
    """First responder and handler, always both."""
    now = one_line(row.handler) or one_line(row.department) or _("nobody")
    return f"{one_line(row.first_responder)}{'->' if plain else '→'}{now}"


def strip_text(strip: QueueStrip, width: int, *, plain: bool) -> str:
    """The counts, all within reach; the share on time of what ended this month. Where it is
    narrow, first the gaps go, then words, then of how many the share is."""
    ended = strip.ended_this_month
    share = ("-" if plain else "—") if not ended else f"{strip.on_time_this_month / ended:.0%}"
    of_how_many = f"({strip.on_time_this_month:,}/{ended:,})" if ended else ""
    parts = [
        _("open {n}").format(n=f"{strip.open:,}"),
        _("overdue {n}").format(n=f"{strip.overdue:,}"),
        _("due today {n}").format(n=f"{strip.due_today:,}"),
        _("untriaged {n}").format(n=f"{strip.untriaged:,}"),
        _("promised today {n}").format(n=f"{strip.promised_today:,}"),
    ]
    brief = [*parts[:-1], _("promised {n}").format(n=f"{strip.promised_today:,}")]
    long, short_ = (_("on time {share}").format(share=one) for one in (share + of_how_many, share))
    tries = (("   ".join(parts), long), ("  ".join(parts), long),
             ("  ".join(brief), long), ("  ".join(brief), short_))  # fmt: skip
    fits = (one for one in tries if cell_width(one[0]) + cell_width(one[1]) + 1 <= width)
    left, right = next(fits, tries[-1])
    gap = max(1, width - cell_width(left) - cell_width(right))
    return f"{left}{' ' * gap}{right}"


def empty(view: QueueView, search: str, *, typing: bool) -> str:
    """What is missing and which key helps; `typing` in the search box digits are text."""
    if search.strip():
        if view is QueueView.OPEN:
            if typing:
                return _("No such open complaint. Esc, then 6 searches the ended ones.")
            return _("No such open complaint. 6 searches the ended ones, Esc ends the search.")
        if typing:
            return _("No such complaint here. Esc, then 2 searches all open ones.")
        return _("No such complaint here. 2 searches all open ones, Esc ends the search.")
    return {
        QueueView.MINE: _("No complaint waits for you. 2 shows all open ones, n registers one."),
        QueueView.OPEN: _("No open complaints. n registers one, 6 shows the ended ones."),
        QueueView.UNTRIAGED: _("Everything is triaged. 2 shows all open ones."),
        QueueView.OVERDUE: _("Nothing is overdue. 2 shows all open ones."),
        QueueView.ENDED: _("No complaint has ended yet. 2 shows the open ones."),
    }[view]


def moment_text(at: datetime, today: date) -> str:
    """`11-21 16:40`, with its year when that is another."""
    local = at.astimezone(SHANGHAI)
    return f"{local:%m-%d %H:%M}" if local.year == today.year else f"{local:%Y-%m-%d %H:%M}"


def times(clocks: Clocks, today: date, width: int, *, plain: bool) -> str:
    """The time left and the three dates on a line; where it is narrow with short words, then
    without weekdays."""
    for brief in (0, 1, 2):
        parts = dates(clocks, today, plain=plain, brief=brief)
        text = "  ".join([left_text(clocks, long=not brief, most=None), *parts])
        if cell_width(text) <= width:
            break
    return text


def dates(clocks: Clocks, today: date, *, plain: bool, brief: int = 0) -> list[str]:
    """The three dates: regulatory as counted and as rolled, internal, promised. `brief` of 1 has
    short words, of 2 no weekdays either."""
    day_text = _without_weekday if brief > 1 else dated
    arrow = "->" if plain else "→"
    due = day_text(clocks.due_on, today)
    if clocks.due_on != clocks.warn_on:
        due = f"{day_text(clocks.warn_on, today)}{arrow}{due}"
    regulatory = _("reg. {day}") if brief else _("regulatory {day}")
    shown = [regulatory.format(day=due)]
    if clocks.estimated:
        shown[0] += _(" (estimated)")
    if clocks.internal_on is not None:
        internal = _("int. {day}") if brief else _("internal {day}")
        internal = internal.format(day=day_text(clocks.internal_on, today))
        shown.append(internal + (_(" (paused)") if clocks.paused else ""))
    if clocks.promise_at is not None:
        shown.append(_("promised {time}").format(time=moment_text(clocks.promise_at, today)))
    if clocks.promise_broken_on is not None:
        broken = day_text(clocks.promise_broken_on, today)
        shown[-1] += _(" ({day} was not kept)").format(day=broken)
    return shown


def _without_weekday(day: date, today: date) -> str:
    return f"{day:%m-%d}" if day.year == today.year else day.isoformat()


def heading(row: ComplaintRow, detail: ComplaintDetail | None, today: date, plain: bool) -> str:
    """The case on one line: number, reason, customer, how and when it came, who has it."""
    parts = [row.complaint_no, reason_text(row), customer(row)]
    if row.tier:
        parts[-1] += f" {labels.tier(row.tier)}"
    came = moment_text(row.received_at, today)
    if detail is not None:
        came = f"{channel(detail)} {came}"
    parts += [came, _("first {people}").format(people=people(row, plain=plain))]
    return "  ".join(parts)


def channel(detail: ComplaintDetail) -> str:
    """Where it came in; a source's own word where ours has none."""
    return one_line(detail.channel_text) or short(detail.channel)


def brief(row: ComplaintRow, detail: ComplaintDetail | None, today: date, room: Room) -> list[str]:
    """Three lines below the list: the case, how its content begins, the three dates."""
    said = one_line((detail.content if detail else row.summary)[:MOST_SHOWN])
    head = room.first(room.wrap(heading(row, detail, today, room.plain)), 1)
    below = room.first(room.wrap(_ends(row, detail, today, room)), 1)
    content = room.first(room.wrap(said), room.height - len(head) - len(below))
    return [*head, *content, *below]


def _ends(row: ComplaintRow, detail: ComplaintDetail | None, today: date, room: Room) -> str:
    if row.clocks is not None:
        return times(row.clocks, today, room.width, plain=room.plain)
    return "  ".join(_tail(row, detail, today, plain=room.plain))


def _tail(
    row: ComplaintRow, detail: ComplaintDetail | None, today: date, *, plain: bool
) -> list[str]:
    if row.clocks is not None:
        return [left_text(row.clocks, long=True), *dates(row.clocks, today, plain=plain)]
    ended = moment_text(row.ended_at, today) if row.ended_at else NONE
    said = one_line(detail.result[:MOST_SHOWN]) if detail else ""
    return [f"{labels.label(row.state)} {ended}", said]


def full(row: ComplaintRow, detail: ComplaintDetail | None, today: date, room: Room) -> list[str]:
    """The case in a pane of its own."""
    facts = [row.complaint_no, f"{reason_text(row)}  {short(row.business)}", customer(row)]
    if row.tier:
        facts[-1] += f"  {labels.tier_card(row.tier)}"
    facts.append(moment_text(row.received_at, today))
    if detail is not None:
        facts[-1] += f"  {channel(detail)}"
    facts.append(_("first {people}").format(people=people(row, plain=room.plain)))
    above = [line for fact in facts for line in room.wrap(fact)]
    below = [line for part in _tail(row, detail, today, plain=room.plain)
             for line in room.wrap(part)]  # fmt: skip
    text = (detail.content if detail else row.summary)[:MOST_SHOWN]
    said = [
        line
        for part in safe(text, lines=True).split("\n")[: room.height]
        for line in room.wrap(part) or [""]
    ]
    left = max(1, room.height - len(above) - len(below) - 2)
    return [*above, "", *room.first(said, left), "", *below][: room.height]


def views_text(
    view: QueueView | None, names: Callable[[str], str], more: list[str], width: int
) -> str:
    """The views, the one in force in brackets, None by handler; on the right `more`, after the
    order where there is room for it."""
    texts = {one: names(command_id) for one, command_id in VIEWS.items()}
    left = "".join(f"[{text}]" if one is view else f" {text} " for one, text in texts.items())
    order = _("last ended first") if view is QueueView.ENDED else _("by due date")
    right = "  ".join(filter(None, [order, *more]))
    if view is None or cell_width(left) + cell_width(right) + 1 > width:
        right = "  ".join(filter(None, more))
    gap = max(1, width - cell_width(left) - cell_width(right))
    return f"{left}{' ' * gap}{right}"
