"""The lines of the card: facts, household, accounts beside tiers, and one line per touch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.text import Text

from crm_tui import labels
from crm_tui.clock import SHANGHAI
from crm_tui.domain.complaint_kinds import ComplaintState
from crm_tui.domain.customers import UNDONE, TouchKind
from crm_tui.domain.kinds import TIER_BY_CODE, CustomerKind, Method, TierReason
from crm_tui.domain.money import format_fen
from crm_tui.domain.plausible import age_on
from crm_tui.i18n import _
from crm_tui.screens import complaint_lines, visit_lines
from crm_tui.screens.roster_columns import gap_text
from crm_tui.text import cell_width, clip, format_date, one_line, pad
from crm_tui.widgets.record_table import Column

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from crm_tui.domain.customers import AccountLine, Card, TierStep, Touch

BARS: Final = "▁▂▃▄▅▆▇█"
SHOWN_LINES: Final = 4
COMPLAINTS: Final = 2
TAIL: Final = 6
NAMED: Final = 17
"""Cells for an account's kind and the end of its number."""


def facts(card: Card, today: date, clear: Mapping[str, str]) -> list[str]:
    """Who it is, how to reach them, and the household, which a company cannot have. `clear`
    holds what is revealed now."""
    lines = [_who(card, today), _reach(card, clear), _averages(card)]
    return lines if card.kind is CustomerKind.CORPORATE else [*lines, _household(card)]


def _who(card: Card, today: date) -> str:
    parts = [labels.tier_card(card.tier), card.customer_no]
    if card.kind is CustomerKind.CORPORATE:
        parts.append(labels.label(card.kind))
    if card.gender is not None:
        parts.append(labels.label(card.gender))
    if card.birth_date is not None:
        parts.append(_("age {n}").format(n=age_on(card.birth_date, today)))
    parts += [card.branch_name, _("owner {name}").format(name=card.manager_name or "-")]
    parts.append(labels.label(card.state))
    return "  ".join(parts)


def _reach(card: Card, clear: Mapping[str, str]) -> str:
    mobile = clear.get("mobile") or card.mobile_mask or "-"
    number = clear.get("id_no") or card.id_no_mask or "-"
    paper = labels.label(card.id_type) if card.id_type else _("ID")
    opened = card.opened_on.isoformat() if card.opened_on else "-"
    return "  ".join(
        (
            _("mobile {number}").format(number=mobile),
            f"{paper} {number}",
            _("opened {day}").format(day=opened),
        )
    )


def _averages(card: Card) -> str:
    if card.average is None:
        return _("no assessment yet")
    period = f"{card.period:%Y-%m}" if card.period else ""
    parts = [_("average of {period}: own {amount}").format(
        period=period, amount=format_fen(card.average))]  # fmt: skip
    if card.household_average is not None:
        parts.append(_("fam. {amount}").format(amount=format_fen(card.household_average)))
    if card.qualifying > card.tier:
        text = _("qualifies for {tier}").format(tier=labels.tier_card(card.qualifying))
        parts.append(text + (_(" (y grants it)") if card.may_grant else ""))
    elif card.demotion_due:
        text = _("below its tier for {n} periods: a demotion is due")
        parts.append(text.format(n=card.periods_below))
    elif card.gap is not None and (card.gap.own is not None or card.gap.household is not None):
        gap = gap_text(card.gap)
        parts.append(_("to {tier}: {gap}").format(tier=labels.tier_card(card.gap.tier), gap=gap))
    return "  ".join(parts)


def _household(card: Card) -> str:
    if not card.household_no:
        return _("no household")
    members = [
        f"{member.name} {labels.tier(member.tier)}"
        + (f" {format_fen(member.average)}" if member.average is not None else "")
        for member in card.household
    ]
    return "  ".join([_("household {number}").format(number=card.household_no), *members])


def spark(values: Sequence[int], *, plain: bool) -> str:
    """A line of bars from the lowest to the highest; empty on plain terminals."""
    if plain or len(values) < 2:
        return ""
    low, high = min(values), max(values)
    step = (high - low) / (len(BARS) - 1) or 1
    return "".join(BARS[round((value - low) / step)] for value in values)


def two_columns(card: Card, width: int, *, plain: bool = False) -> list[str]:
    """Accounts on the left, tier history on the right."""
    half = max(20, width * 57 // 100)
    left = [_account(one, half - 1, plain=plain) for one in card.accounts] or [_("no accounts")]
    right = [_step(one) for one in card.tiers] or [_("no tier yet")]
    return [
        pad(_nth(left, place), half, ascii_only=plain)
        + clip(_nth(right, place), width - half, ascii_only=plain)
        for place in range(min(SHOWN_LINES, max(len(left), len(right))))
    ]


def complaints(card: Card, *, plain: bool) -> list[str]:
    """What is open of the customer: number, reason, who has it, how it stands, the time left."""
    shown = []
    for row in card.open_complaints[:COMPLAINTS]:
        left = complaint_lines.left_text(row.clocks, long=True) if row.clocks else ""
        parts = (row.complaint_no, complaint_lines.reason_text(row), left,
                 complaint_lines.people(row, plain=plain), labels.label(row.state))  # fmt: skip
        shown.append(_("complaint {what}").format(what="  ".join(filter(None, parts))))
    if len(card.open_complaints) > COMPLAINTS:
        more = _("and {n} more").format(n=len(card.open_complaints) - COMPLAINTS)
        shown[-1] = f"{shown[-1]}  {more}"
    return shown


def _nth(lines: Sequence[str], place: int) -> str:
    """The line, or how many more there are on the last one shown."""
    if place == SHOWN_LINES - 1 and len(lines) > SHOWN_LINES:
        return _("and {n} more").format(n=len(lines) - place)
    return lines[place] if place < len(lines) else ""


def _account(line: AccountLine, width: int, *, plain: bool) -> str:
    """The kind is cut before the number; the day goes where it does not fit whole."""
    tail = _tail(line.account_no)
    room = NAMED - 1 - cell_width(tail)
    kind = clip(labels.category(line.category), room, ascii_only=plain)
    name = pad(f"{kind} {tail}", NAMED)
    amount = "-" if line.balance is None else format_fen(line.balance)
    shown = f"{name} {pad(amount, 13, 'right')}"
    day = f" {line.balance_on:%Y-%m-%d}" if line.balance_on else ""
    return shown + day if cell_width(shown + day) <= width else shown


def _tail(number: str) -> str:
    """The end of a long account number: it is what people compare."""
    return number if len(number) <= TAIL + 3 else f"*{number[-TAIL:]}"


def _step(step: TierStep) -> str:
    by = f" {step.by}" if step.by else ""
    reason = _("again") if step.undone else _reason(step.reason.value)
    return f"{step.from_on.isoformat()} {labels.tier_card(step.tier)} {reason}{by}"


def _reason(code: str) -> str:
    return _("grant undone") if code == UNDONE else labels.label(TierReason(code))


def columns() -> list[Column[Touch]]:
    """The timeline at 80 cells."""
    return [
        Column("day", _("Day"), 10, _day),
        Column("kind", _("How"), 6, _kind),
        Column("by", _("Who"), 7, lambda touch: touch.by, priority=2),
        Column("text", _("What"), 20, _text, flex=1),
        Column("end", _("Result"), 11, _end, priority=1),
    ]


def _day(touch: Touch) -> str:
    return f"{touch.at.astimezone(SHANGHAI):%Y-%m-%d}"


def _kind(touch: Touch) -> str:
    if touch.kind is TouchKind.TIER:
        return _("Tier")
    if touch.kind is TouchKind.COMPLAINT:
        return _("Cmpl.")
    return labels.label(Method(touch.label))


def _text(touch: Touch) -> Text:
    if touch.kind is TouchKind.TIER:
        tier = labels.tier_card(TIER_BY_CODE[touch.label])
        return Text(f"{tier} {_reason(touch.text)}")
    words = one_line(touch.text)
    if touch.withdrawn:
        return Text(_("[taken back] {text}").format(text=words), "dim")
    if touch.kind is TouchKind.COMPLAINT:
        handler = one_line(touch.result) or _("nobody")
        return Text(_("now {name}: {text}").format(name=handler, text=words))
    if touch.before_opening:
        return Text(_("[before opening] {text}").format(text=words))
    return Text(words)


def touch_text(touch: Touch) -> str:
    """What was said, and below it what the customer wants, for a touch that is read in full."""
    needs = "\n".join(visit_lines.needs(touch.needs))
    return "\n\n".join(filter(None, (touch.text, needs)))


def touch_end(touch: Touch) -> str:
    """What came of a touch that is read in full: its result, and the next contact."""
    ends = [labels.result(touch.result)] if touch.result else []
    if touch.next_on is not None and not touch.withdrawn:
        ends.append(_("next {day}").format(day=touch.next_on.isoformat()))
    return "  ".join(ends)


def _end(touch: Touch) -> str:
    if touch.withdrawn:
        return ""
    if touch.next_on is not None:
        return _("next {day}").format(day=visit_lines.next_day(touch.next_on, touch.at))
    if touch.kind is TouchKind.COMPLAINT:
        return labels.label(ComplaintState(touch.label))
    return one_line(labels.result(touch.result))


def touch_title(touch: Touch) -> str:
    """The heading of one touch read in full."""
    local = touch.at.astimezone(SHANGHAI)
    return f"{format_date(local.date())} {local:%H:%M} {_kind(touch)} {touch.by}"
