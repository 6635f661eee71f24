"""Which tier a customer has earned (domain.md 3, decisions.md Tiers; A53–A56).

All comparisons are integer: Σ fen ≥ threshold × days. Sums are *weighted*: each balance times its
category's weight, so that they are `RuleSet.scale` times the fen (1 unless a coefficient has
decimals). The same numbers are computed in SQL; `weighted_sum` here is its oracle.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from crm_tui.domain.money import average_fen, meets, missing_fen

if TYPE_CHECKING:
    from crm_tui.domain.kinds import Tier
    from crm_tui.domain.periods import Window

# Loans are no assets (domain.md 3); a setting may say otherwise.
DEFAULT_COEFFICIENTS: Final[Mapping[str, Decimal]] = MappingProxyType({"loan": Decimal(0)})
# Two decimals keep a month of 10^15 fen within 64 bits, where SQLite would go to REAL silently.
COEFFICIENT_SCALE: Final = 100


class HouseholdMode(StrEnum):
    """Whether the household's threshold is for the mean of its members or for their sum."""

    MEAN = "mean"
    SUM = "sum"


class GoldMode(StrEnum):
    """Whether gold is applied by the recompute or waits for an acceptance."""

    DIRECT = "direct"
    ACCEPT = "accept"


@dataclass(frozen=True, slots=True)
class TierRule:
    """Average daily assets in fen from which a tier is earned; None is not set."""

    tier: Tier
    individual: int | None = None
    household: int | None = None


@dataclass(frozen=True, slots=True)
class Distance:
    """Fen of average still missing to `tier`, rounded up; 0 is reached, None is not set."""

    tier: Tier
    individual: int | None = field(repr=False)
    household: int | None = field(repr=False)

    @property
    def known(self) -> bool:
        """False when the next tier has no thresholds yet (待定)."""
        return self.individual is not None or self.household is not None


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The rules in force on a date; `rules` ascend and the first has no minimum."""

    rules: tuple[TierRule, ...]
    household_mode: HouseholdMode = HouseholdMode.MEAN
    min_members: int = 2
    period: str = "month"
    coefficients: Mapping[str, Decimal] = field(default_factory=lambda: DEFAULT_COEFFICIENTS)
    demote_after: int = 3
    near_percent: int = 85
    gold: GoldMode = GoldMode.DIRECT

    @property
    def lowest(self) -> Tier:
        """The tier that every graded customer has at least."""
        return self.rules[0].tier

    @property
    def scale(self) -> int:
        """How many units of a weighted sum make one fen."""
        whole = all(c == c.to_integral_value() for c in self.coefficients.values())
        return 1 if whole else COEFFICIENT_SCALE

    def weight(self, category: str) -> int:
        """The integer that a balance of this category is multiplied by."""
        return int(self.coefficients.get(category, Decimal(1)) * self.scale)

    def qualify_individual(self, weighted: int, days: int) -> Tier:
        """The highest tier that the customer's own average reaches."""
        reached = self.lowest
        for rule in self.rules[1:]:
            if rule.individual is not None and meets(weighted, days * self.scale, rule.individual):
                reached = rule.tier
        return reached

    def qualify_household(self, sums: Sequence[int], days: int) -> Tier:
        """The highest tier that the household reaches; `sums` are its members', 0 included.

        The lowest tier for a household of fewer than `min_members`.
        """
        reached = self.lowest
        if len(sums) < self.min_members:
            return reached
        for rule in self.rules[1:]:
            if rule.household is not None and meets(
                sum(sums), self.household_divisor(len(sums), days), rule.household
            ):
                reached = rule.tier
        return reached

    def qualify(self, weighted: int, household: Sequence[int], days: int) -> Tier:
        """The higher of both; `household` is empty for a customer without one."""
        return max(self.qualify_individual(weighted, days), self.qualify_household(household, days))

    def household_divisor(self, members: int, days: int) -> int:
        """What the household's summed sums are divided by for the compared average."""
        per_day = days * self.scale
        return per_day * members if self.household_mode is HouseholdMode.MEAN else per_day

    def own_average(self, weighted: int, days: int) -> int:
        """Fen for display."""
        return average_fen(weighted, days * self.scale)

    def household_average(self, sums: Sequence[int], days: int) -> int | None:
        """Fen for display, None for fewer than `min_members`."""
        if len(sums) < self.min_members:
            return None
        return average_fen(sum(sums), self.household_divisor(len(sums), days))

    def next_rule(self, tier: Tier) -> TierRule | None:
        """The rule above `tier`, None at the top."""
        return next((rule for rule in self.rules if rule.tier > tier), None)

    def distance_to_next(
        self, tier: Tier, weighted: int, household: Sequence[int], days: int
    ) -> Distance | None:
        """What is missing to the tier above the one that is held, None at the top."""
        rule = self.next_rule(tier)
        if rule is None:
            return None
        own = rule.individual
        shared = rule.household if len(household) >= self.min_members else None
        divisor = self.household_divisor(len(household), days)
        return Distance(
            tier=rule.tier,
            individual=None if own is None else missing_fen(weighted, days * self.scale, own),
            household=None if shared is None else missing_fen(sum(household), divisor, shared),
        )

    def is_near(self, tier: Tier, weighted: int, household: Sequence[int], days: int) -> bool:
        """Whether `near_percent` of the next threshold is reached, alone or as a household."""
        rule = self.next_rule(tier)
        if rule is None:
            return False
        if rule.individual is not None and self._near(weighted, days * self.scale, rule.individual):
            return True
        if rule.household is None or len(household) < self.min_members:
            return False
        divisor = self.household_divisor(len(household), days)
        return self._near(sum(household), divisor, rule.household)

    def _near(self, total: int, divisor: int, threshold: int) -> bool:
        return total * 100 >= threshold * divisor * self.near_percent


def weighted_sum(balances: Sequence[tuple[date, int]], window: Window, weight: int = 1) -> int:
    """Σ over the window's days of one account's end-of-day balance × `weight`.

    A day without an entry carries the last balance forward; before the first it is 0. Entries
    ascend by date, later ones for the same day win. (domain.md 3; the oracle of the SQL.)
    """
    total, carried, entry = 0, 0, 0
    for ordinal in range(window.start.toordinal(), window.end.toordinal() + 1):
        while entry < len(balances) and balances[entry][0].toordinal() <= ordinal:
            carried = balances[entry][1]
            entry += 1
        total += carried
    return total * weight
