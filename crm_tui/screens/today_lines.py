"""The lines of Today in words."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from crm_tui import labels
from crm_tui.clock import business_date
from crm_tui.domain.complaints import ComplaintRow
from crm_tui.domain.diary import DiaryRow, ReturnedDay
from crm_tui.domain.drafts import Draft
from crm_tui.domain.kinds import DiaryState
from crm_tui.domain.roster import RosterRow
from crm_tui.domain.today import Birthday, Part
from crm_tui.i18n import N_, _
from crm_tui.keys import shown
from crm_tui.screens import complaint_lines, diary_lines, draft_lines
from crm_tui.screens.roster_columns import dated, gap_text
from crm_tui.text import clip, format_date, one_line, pad

if TYPE_CHECKING:
    from crm_tui.domain.today import DaySoFar, Line, Section
    from crm_tui.keys import Keymap

_PARTS: Final = {
    Part.DRAFTS: N_("Not finished yet"),
    Part.PROMISES: N_("Promised to customers"),
    Part.UNTRIAGED: N_("Complaints to triage"),
    Part.OVERDUE_CASES: N_("Complaints overdue"),
    Part.CASES: N_("My complaints"),
    Part.DUE: N_("To contact today"),
    Part.OVERDUE: N_("Contact overdue"),
    Part.QUALIFIES: N_("Qualifies for more than gold"),
    Part.UNREAD: N_("Diaries to read"),
    Part.RETURNED: N_("Diaries returned"),
    Part.MISSING: N_("Diary days missing"),
    Part.NEAR: N_("Near the next tier"),
    Part.BIRTHDAYS: N_("Birthdays today"),
}
NAME: Final = 12
LEFT: Final = 11
WHY: Final = 18


# Where all of a part is, when only its first lines stand here: an area and a view of it.
_ALL: Final = {
    Part.UNTRIAGED: ("area_complaints", "view_untriaged"),
    Part.OVERDUE_CASES: ("area_complaints", "view_overdue"),
    Part.CASES: ("area_complaints", "view_1"),
    Part.UNREAD: ("area_diary", "view_unread"),
    Part.DUE: ("area_customers", "view_7"),
    Part.OVERDUE: ("area_customers", "view_5"),
    Part.NEAR: ("area_customers", "view_3"),
}


def heading(section: Section, keymap: Keymap) -> str:
    """`Contact overdue (12)  the first 5, all: F3 5`."""
    total = f"{section.total:,}{'+' if section.more else ''}"
    head = f"{_(_PARTS[section.part])} ({total})"
    if section.total <= len(section.lines):
        return head
    keys = " ".join(shown(keymap.get(one).keys[0]) for one in _ALL.get(section.part, ()))
    first = _("the first {n}").format(n=len(section.lines))
    return f"{head}  {first}" + (_(", all: {keys}").format(keys=keys) if keys else "")


def words(line: Line, today: date, *, plain: bool) -> str:
    """What a line says; data in it is cut by the screen."""
    about = line.about
    if isinstance(about, Draft):
        return draft_lines.line(about, plain=plain)
    if isinstance(about, ComplaintRow):
        return _case(line, about, today, plain=plain)
    if isinstance(about, RosterRow):
        return _customer(line, about, today, plain=plain)
    if isinstance(about, Birthday):
        return "  ".join(
            (pad(one_line(about.name), NAME, ascii_only=plain), about.customer_no, about.manager)
        )
    if isinstance(about, date):
        return format_date(about)
    if isinstance(about, DiaryRow):
        return _("{author}, {day}: Enter reviews from the oldest on").format(
            author=one_line(about.author), day=format_date(about.day)
        )
    assert isinstance(about, ReturnedDay)
    said = _("returned by {name}: {text}").format(
        name=one_line(about.reviewer), text=one_line(about.comment)
    )
    return f"{diary_lines.mark(DiaryState.RETURNED, plain=plain)} {format_date(about.day)}  {said}"


def _case(line: Line, row: ComplaintRow, today: date, *, plain: bool) -> str:
    left = [pad(complaint_lines.left_text(row.clocks) if row.clocks else "", LEFT)]
    if line.part is Part.PROMISES and row.clocks and row.clocks.promise_at:
        promised = row.clocks.promise_at
        left = [pad(complaint_lines.moment_text(promised, today), LEFT)]
        left += [_("overdue")] if business_date(promised) < today else []
    who = pad(complaint_lines.customer(row), NAME, ascii_only=plain)
    # A source's own words may be long: the number and who has it stand on the line all the same.
    why = clip(complaint_lines.reason_text(row), WHY, ascii_only=plain)
    return "  ".join([*left, who, why, row.complaint_no, complaint_lines.people(row, plain=plain)])


def _customer(line: Line, row: RosterRow, today: date, *, plain: bool) -> str:
    parts = [pad(one_line(row.name), NAME, ascii_only=plain), pad(labels.tier(row.tier), 6)]
    if line.part in (Part.QUALIFIES, Part.NEAR):
        parts.append(_ahead(row))
    else:
        if row.contact_due_on is not None and row.contact_due_on < today:
            parts.append(_late(row, (today - row.contact_due_on).days))
        if row.last_contact_on is not None:
            parts.append(_("last {day}").format(day=dated(row.last_contact_on, today)))
        if row.near and row.gap is not None:
            parts.append(_ahead(row))
    return "  ".join(parts)


def _ahead(row: RosterRow) -> str:
    """What is missing to the next tier: nothing where that is earned and waits to be granted."""
    if row.qualifying > row.tier:
        return _("qualifies for {tier}").format(tier=labels.tier_card(row.qualifying))
    tier = labels.tier_card(row.gap.tier) if row.gap else ""
    return _("to {tier}: {gap}").format(tier=tier, gap=gap_text(row.gap))


def _late(row: RosterRow, days: int) -> str:
    """How late the contact is; who was never contacted is not late since a day long ago."""
    if row.last_contact_on is None:
        return _("never contacted")
    return _("overdue 1 day") if days == 1 else _("overdue {n} days").format(n=f"{days:,}")


def so_far(done: DaySoFar) -> str:
    """What the branch has done since midnight."""
    return _(
        "Today so far: contacts {contacts}  complaints in {registered}  closed {closed}  "
        "diaries {diaries}"
    ).format(
        contacts=done.contacts, registered=done.registered, closed=done.closed, diaries=done.diaries
    )
