"""The lines of a case: facts, dates, how its content begins, and one line per event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from crm_tui import labels
from crm_tui.clock import SHANGHAI
from crm_tui.domain.complaint_kinds import (
    Channel,
    ComplaintClass,
    Complexity,
    EventKind,
    Measure,
    Reason,
    Urgency,
)
from crm_tui.i18n import N_, _
from crm_tui.labels_complaints import satisfaction, short
from crm_tui.screens import complaint_lines
from crm_tui.text import cell_width, clip, one_line, safe
from crm_tui.widgets.record_table import Column

if TYPE_CHECKING:
    from datetime import date

    from crm_tui.domain.complaints import ComplaintDetail, ComplaintRow, TrailLine

MOST_SHOWN: Final = 4_000
# What the fields of an event are called; those whose values are codes say which.
_FACTS: Final = {
    "first_responder": N_("first responder"),
    "accused": N_("complained about"),
    "promise_at": N_("promised"),
    "handler": N_("handler"),
    "department": N_("department"),
    "complaint_class": N_("class"),
    "complexity": N_("complexity"),
    "urgency": N_("urgency"),
    "measure": N_("measure"),
    "channel": N_("channel"),
    "told_at": N_("at"),
    "person": N_("by"),
    "cause": N_("cause"),
    "satisfaction": N_("satisfaction"),
    "responsible": N_("responsible"),
    "into": N_("into"),
    "answered_on": N_("answered"),
}
_CODES: Final[dict[str, Any]] = {
    "complaint_class": ComplaintClass,
    "complexity": Complexity,
    "urgency": Urgency,
    "measure": Measure,
    "channel": Channel,
    "cause": Reason,
}


def facts(detail: ComplaintDetail, today: date, *, plain: bool) -> list[str]:
    """Who complains of what, who has it, how it stands; in three lines."""
    row = detail.row
    first = [complaint_lines.customer(row)]
    if row.tier:
        first.append(labels.tier_card(row.tier))
    if detail.phone_mask:
        first.append(detail.phone_mask)
    came = complaint_lines.moment_text(row.received_at, today)
    first += [f"{complaint_lines.channel(detail)} {came}"]
    if detail.people > 1:
        first.append(_("{n} people").format(n=f"{detail.people:,}"))
    if detail.accused:
        first.append(_("about {name}").format(name=one_line(detail.accused)))
    second = [_business(detail), _reason(detail)]
    second.append(_("wants {what}").format(what=labels.label(detail.demand)))
    return ["  ".join(first), "  ".join(second), "  ".join(_standing(detail, plain=plain))]


def _business(detail: ComplaintDetail) -> str:
    own = one_line(detail.business_text)
    return own or short(detail.row.business)


def _reason(detail: ComplaintDetail) -> str:
    row = detail.row
    own = one_line(row.reason_text)
    return own if own and row.reason is Reason.OTHER else labels.label(row.reason)


def _standing(detail: ComplaintDetail, *, plain: bool) -> list[str]:
    row = detail.row
    shown = [labels.label(row.state)]
    shown.append(_("first {people}").format(people=complaint_lines.people(row, plain=plain)))
    if row.department and row.handler:
        shown.append(one_line(row.department))
    if detail.complaint_class is not None:
        shown.append(short(detail.complaint_class))
    if detail.complexity is Complexity.COMPLEX:
        shown.append(labels.label(detail.complexity))
    if row.urgency is Urgency.URGENT:
        shown.append(labels.label(row.urgency))
    if row.imported:
        shown.append(_("imported"))
    return shown


def times(detail: ComplaintDetail, today: date, width: int, *, plain: bool) -> str:
    """The time left and the three dates; of an ended case how and when it ended."""
    row = detail.row
    if row.clocks is not None:
        return complaint_lines.times(row.clocks, today, width, plain=plain)
    shown = [labels.label(row.state)]
    if row.ended_at is not None:
        shown.append(complaint_lines.moment_text(row.ended_at, today))
    if detail.on_time is not None:
        shown.append(_("on time") if detail.on_time else _("too late"))
    if detail.disputed:
        shown.append(_("disputed"))
    if detail.answered_before:
        shown.append(_("answered before it was received"))
    if detail.merged_into:
        shown.append(_("merged into {number}").format(number=detail.merged_into))
    return "  ".join(shown)


def about(row: ComplaintRow, width: int, *, plain: bool) -> str:
    """Whose case it is and what it is about, on a line of a question."""
    parts = [complaint_lines.customer(row), complaint_lines.reason_text(row), one_line(row.summary)]
    return clip(safe("  ".join(filter(None, parts))), width, ascii_only=plain)


def columns() -> list[Column[TrailLine]]:
    """The trail at 80 cells, the newest first."""
    kind = max(cell_width(labels.label(one)) for one in EventKind)
    return [
        Column("at", _("Time"), 11, lambda line: f"{line.at.astimezone(SHANGHAI):%m-%d %H:%M}"),
        Column("kind", _("Event"), kind, lambda line: labels.label(line.kind)),
        Column("by", _("By"), 8, lambda line: one_line(line.by), priority=1),
        Column("text", _("Content"), 20, _said, flex=1),
    ]


def _said(line: TrailLine) -> str:
    """The text, then what else the event says."""
    return "  ".join(filter(None, [one_line(line.text[:MOST_SHOWN]), *fact_texts(line)]))


def fact_texts(line: TrailLine) -> list[str]:
    """The fields of an event in words; a source's own as they are."""
    shown = []
    for name, value in line.facts:
        title = _(_FACTS[name]) if name in _FACTS else one_line(name)
        shown.append(f"{title} {one_line(_value(name, value))}")
    return shown


def _value(name: str, value: str) -> str:
    if name == "satisfaction":
        return dict(satisfaction()).get(value, value)
    kind = _CODES.get(name)
    known = kind is not None and value in {one.value for one in kind}
    return labels.label(kind(value)) if kind is not None and known else value


def trail_text(line: TrailLine) -> str:
    """One event on a line, for a dialog."""
    at = f"{line.at.astimezone(SHANGHAI):%m-%d %H:%M}"
    return f"{at} {labels.label(line.kind)} {one_line(line.by)}  {_said(line)}"


def trail_heading(line: TrailLine) -> list[str]:
    """Above one event read in full."""
    at = f"{line.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    return [f"{at}  {labels.label(line.kind)}  {one_line(line.by)}", *fact_texts(line)]
