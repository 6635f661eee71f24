"""Granting the tier that a customer qualifies for: one key, and one to take it back."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from crm_tui import labels
from crm_tui.i18n import _
from crm_tui.screens import acting

if TYPE_CHECKING:
    from crm_tui.domain.customers import Card
    from crm_tui.domain.kinds import Tier
    from crm_tui.office import Office
    from crm_tui.screens.base import RecordScreen


def grant(screen: RecordScreen[Any], office: Office, card: Card) -> None:
    """Grant it at once: undo takes it back."""
    acting.act(
        screen,
        partial(office.tiers.grant, card.customer_id, card.qualifying),
        lambda granted: _("{tier} granted.").format(tier=labels.tier_card(granted)),
        partial(_revoke, screen, office, card.customer_id),
        adds=True,
    )


def _revoke(screen: RecordScreen[Any], office: Office, customer_id: int, granted: Tier) -> None:
    acting.act(
        screen,
        partial(office.tiers.revoke, customer_id, granted),
        partial(_undone, granted),
        adds=True,
    )


def _undone(granted: Tier, held: Tier) -> str:
    """What was taken back, and what is held again, if anything."""
    text = _("The grant of the {tier} is undone.")
    if held:
        text = _("The grant of the {tier} is undone: {held} again.")
    return text.format(tier=labels.tier_card(granted), held=labels.tier_card(held))
