"""The lines above the roster: the pyramid, views and filters; and what an empty list says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from crm_tui import labels
from crm_tui.domain.roster import Sort, View
from crm_tui.i18n import N_, _
from crm_tui.text import cell_width, one_line

if TYPE_CHECKING:
    from crm_tui.domain.roster import RosterCriteria, Strip, TierShare

VIEWS: Final = {
    View.MINE: ("1", N_("mine")),
    View.BRANCH: ("2", N_("all")),
    View.NEAR: ("3", N_("near")),
    View.OVERDUE: ("5", N_("overdue")),
    View.RECENT: ("6", N_("recent")),
    View.DUE: ("7", N_("today")),
}
SORTS: Final = {
    Sort.TIER: N_("by tier"),
    Sort.NAME: N_("by name"),
    Sort.DUE: N_("by overdue"),
}


def strip_text(strip: Strip, width: int) -> str:
    """How many hold each tier and which part of the assets; what the top fifth holds.

    In a narrow place the gaps go first, then those without a tier; the top fifth stays.
    """
    tiers = [_share(one) for one in strip.tiers if one.tier]
    rest = [_share(one) for one in strip.tiers if not one.tier and one.customers]
    last = []
    if strip.top_fifth is not None:
        last.append(_("top fifth {share}").format(share=f"{strip.top_fifth:.0%}"))
    if strip.importing:
        last.append(_("importing"))
    shown = "   ".join([*tiers, *rest, *last])
    for parts in ([*tiers, *rest, *last], [*tiers, *last]):
        if cell_width(shown) > width:
            shown = "  ".join(parts)
    return shown


def _share(one: TierShare) -> str:
    name = labels.tier(one.tier) if one.tier else _("not graded")
    share = "" if one.share is None or not one.customers else f" {one.share:.0%}"
    return f"{name} {one.customers:,}{share}"


def views_text(criteria: RosterCriteria, manager: str, place: str, width: int) -> str:
    """The views, the one in force in brackets; on the right filter, order and place.

    A view keeps its cells whether it is in force or not.
    """
    texts = {view: f"{digit}{_(name)}" for view, (digit, name) in VIEWS.items()}
    left = "".join(
        f"[{text}]" if view is criteria.view else f" {text} " for view, text in texts.items()
    )
    narrowed = filters(criteria, manager)
    only = _("only {what}").format(what=", ".join(narrowed)) if narrowed else ""
    right = "  ".join(filter(None, [only, order(criteria), place]))
    gap = max(1, width - cell_width(left) - cell_width(right))
    return f"{left}{' ' * gap}{right}"


def order(criteria: RosterCriteria) -> str:
    """What stands first. Of who was opened lately that is always the last."""
    return _("last opened") if criteria.view is View.RECENT else _(SORTS[criteria.sort])


def filters(criteria: RosterCriteria, manager: str) -> list[str]:
    """What the list is narrowed to, in words; `manager` is the name of the owner asked for,
    empty when that is oneself."""
    shown = []
    if criteria.tier is not None:
        shown.append(labels.tier_card(criteria.tier))
    if criteria.state is not None:
        shown.append(labels.label(criteria.state))
    if criteria.manager_id is not None:
        owner = _("owner {name}").format(name=one_line(manager))
        shown.append(owner if manager else _("mine"))
    return shown


def empty(criteria: RosterCriteria, manager: str, reach: str, *, typing: bool) -> str:
    """What is missing and which key helps; `typing` in the search box digits are text. `manager`
    is the owner asked for, `reach` the branch beyond which nothing is searched, if any."""
    if criteria.search.strip() in ("@", "＠"):
        return _("After @ comes an owner: user name, name or pinyin.")
    if criteria.search.strip():
        return _not_found(criteria, manager, reach, typing=typing)
    if filters(criteria, ""):
        return _("Nobody fits the filter. f changes it, Esc ends it.")
    return {
        View.MINE: _("No customer is yours yet. 2 shows everybody, n registers one."),
        View.BRANCH: _("No customers yet. n registers one; crm-tui import brings a file in."),
        View.NEAR: _("Nobody is near the next tier. 2 shows everybody."),
        View.OVERDUE: _("Nobody is overdue for contact. 2 shows everybody."),
        View.DUE: _("None of your own customers is to be contacted today. 5 shows who is overdue."),
        View.RECENT: _("You have opened nobody lately. 2 shows everybody."),
    }[criteria.view]


def _not_found(criteria: RosterCriteria, manager: str, reach: str, *, typing: bool) -> str:
    """What hid a customer who may well exist comes before registering a new one."""
    narrowed = ", ".join(filters(criteria, manager))
    if narrowed:
        text = (
            _("Nobody found: only {what} is listed. Esc Esc ends this filter.")
            if typing
            else _("Nobody found: only {what} is listed. Esc ends this filter.")
        )
        return text.format(what=narrowed)
    if criteria.view is not View.BRANCH:
        if typing:
            return _("Nobody found here. Esc, then 2 searches everybody.")
        return _("Nobody found here. 2 searches everybody, Esc ends the search.")
    if reach:
        text = (
            _("Nobody found in {branch}. Ctrl+N registers a new customer.")
            if typing
            else _("Nobody found in {branch}. Esc ends the search, n registers a new customer.")
        )
        return text.format(branch=one_line(reach))
    if typing:
        return _("Nobody found. Ctrl+N registers a new customer.")
    return _("Nobody found. Esc ends the search, n registers a new customer.")
