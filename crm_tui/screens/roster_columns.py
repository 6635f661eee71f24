"""What a line of the roster shows, and what stands below the list about the highlighted one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from crm_tui import labels
from crm_tui.domain.kinds import CustomerKind, Tier
from crm_tui.domain.money import format_fen
from crm_tui.i18n import _
from crm_tui.text import cell_width, days_ago, format_date, missing_amount, one_line, short_amount
from crm_tui.widgets.record_table import Column

if TYPE_CHECKING:
    from datetime import date

    from crm_tui.domain.roster import Gap, RosterRow

_TIER_STYLES = {
    Tier.GOLD: "yellow",
    Tier.PLATINUM: "bold",
    Tier.BLACK_GOLD: "bold yellow",
}
NEW_DAYS = 30
DAYS_SHOWN = 1000


def columns(today: date) -> list[Column[RosterRow]]:
    """The columns at 80 cells; the least needed go first on a narrow screen."""
    tier_width = max(cell_width(labels.tier(tier)) for tier in Tier)
    return [
        Column("tier", _("Tier"), tier_width,
               lambda row: Text(labels.tier(row.tier), _style(row.tier))),
        Column("number", _("Number"), 8, lambda row: row.customer_no, priority=4),
        Column("name", _("Name"), 8, lambda row: row.name, flex=1),
        Column("mobile", _("Mobile"), 11, lambda row: row.mobile_mask or "-", priority=3),
        Column("assets", _("Avg assets"), 12, _assets, align="right"),
        Column("gap", _("To next"), 10, _to_next, priority=2),
        Column("since", _("Last"), 5, lambda row: since(row.last_contact_on, today),
               align="right", priority=1),
        Column("manager", _("Owner"), 6, lambda row: row.manager_name or "-", priority=5),
        Column("marks", _("Flag"), 4, lambda row: marks(row, today)),
    ]  # fmt: skip


def _style(tier: Tier) -> str:
    return _TIER_STYLES.get(tier, "")


def since(day: date | None, today: date) -> str:
    """Days since the last contact; years when there are many."""
    if day is not None and (today - day).days >= DAYS_SHOWN:
        return _("{n}y").format(n=(today - day).days // 365)
    return days_ago(day, today)


def dated(day: date, today: date) -> str:
    """With its weekday, or with its year when that is another."""
    return format_date(day) if day.year == today.year else day.isoformat()


def _assets(row: RosterRow) -> str:
    return "-" if row.assets is None else format_fen(row.assets)


def _to_next(row: RosterRow) -> str:
    """Nothing is missing where a higher tier is earned and waits to be granted."""
    if row.qualifying > row.tier:
        return _("due {tier}").format(tier=labels.tier(row.qualifying))
    return gap_text(row.gap)


def gap_text(gap: Gap | None) -> str:
    """What is missing to the next tier, the nearer of own and household."""
    if gap is None:
        return "-"
    if gap.own is None and gap.household is None:
        return _("{tier} ?").format(tier=labels.tier(gap.tier))
    if gap.own is None or (gap.household is not None and gap.household < gap.own):
        return _("f. -{amount}").format(amount=short_amount(gap.household or 0))
    return missing_amount(gap.own)


def marks(row: RosterRow, today: date) -> str:
    """诉 open complaint, 联 overdue contact, 升 near the next tier, 新 new: words, not colours."""
    shown = []
    if row.open_complaints:
        shown.append(_("P!"))
    if row.contact_due_on is not None and row.contact_due_on < today:
        shown.append(_("C!"))
    if row.near:
        shown.append(_("N^"))
    if row.opened_on is not None and 0 <= (today - row.opened_on).days <= NEW_DAYS:
        shown.append(_("new"))
    return "".join(shown[:2])


def legend() -> dict[str, str]:
    """What the marks mean, in the words of the language in force."""
    return {
        _("P!"): _("has an open complaint"),
        _("C!"): _("the agreed contact is overdue"),
        _("N^"): _("near the next tier"),
        _("new"): _("a customer since at most 30 days"),
        _("{tier} ?").format(tier="..."): _("what is missing to that tier is not known"),
        _("f. -{amount}").format(amount="..."): _("missing to the next tier, by the household"),
    }


def detail(row: RosterRow, today: date) -> tuple[str, str]:
    """Two lines about the highlighted customer, so that most need not be opened."""
    first = [one_line(row.name), labels.tier_card(row.tier), labels.label(row.state)]
    if row.kind is CustomerKind.CORPORATE:
        first.append(labels.label(row.kind))
    if row.qualifying > row.tier:
        first += outlook(row)
    if row.household_assets is not None:
        average = format_fen(row.household_assets)
        first.append(_("family average {amount}").format(amount=average))
    second = contact(row, today) + ([] if row.qualifying > row.tier else outlook(row))
    return "  ".join(first), "  ".join(second)


def contact(row: RosterRow, today: date) -> list[str]:
    """The last contact, and when the next one is due or was."""
    last = dated(row.last_contact_on, today) if row.last_contact_on else _("never")
    said = [_("last contact {day}").format(day=last)]
    if row.contact_due_on is not None:
        late = (today - row.contact_due_on).days
        said.append(
            _("contact overdue by {n} days").format(n=f"{late:,}")
            if late > 0
            else _("next by {day}").format(day=dated(row.contact_due_on, today))
        )
    return said


def outlook(row: RosterRow) -> list[str]:
    """The tier that is earned and waits to be granted, or what is missing to the next."""
    if row.qualifying > row.tier:
        return [_("qualifies for {tier}").format(tier=labels.tier_card(row.qualifying))]
    shown = []
    if row.gap is not None and row.gap.own is not None:
        text = _("to {tier}: own {amount} short")
        tier = labels.tier_card(row.gap.tier)
        shown.append(text.format(tier=tier, amount=short_amount(row.gap.own)))
    if row.gap is not None and row.gap.household is not None:
        shown.append(_("family {amount} short").format(amount=short_amount(row.gap.household)))
    return shown
