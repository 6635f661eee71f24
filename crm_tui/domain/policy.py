"""The settings that decide results but are not versioned with the tier rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time
from types import MappingProxyType
from typing import TYPE_CHECKING

from crm_tui.domain.kinds import Tier

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_INTERVALS: Mapping[Tier, int] = MappingProxyType(
    {Tier.NONE: 365, Tier.SILVER: 365, Tier.GOLD: 180, Tier.PLATINUM: 90, Tier.BLACK_GOLD: 30}
)


@dataclass(frozen=True, slots=True)
class Policy:
    """Contact intervals in days by tier held, lockout, the limits on reveals, and the time of
    the next day after which a diary is late."""

    contact_intervals: Mapping[Tier, int] = field(default_factory=lambda: DEFAULT_INTERVALS)
    reveals_per_day: int = 50
    reveal_seconds: int = 30
    lock_after_failures: int = 5
    lock_minutes: int = 30
    diary_late_after: time = time(12, 0)
