"""The rules of `domain.tiers` as SQL expressions; every number is an integer of 64 bits.

Bounds that do not change from row to row are computed here, without a limit of size; what
depends on the number of members is guarded, since SQLite turns an overflow into REAL silently.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, ColumnElement, SmallInteger, and_, case, false, literal, or_
from sqlalchemy import cast as as_type

from crm_tui.domain.kinds import Tier
from crm_tui.domain.tiers import HouseholdMode

if TYPE_CHECKING:
    from crm_tui.domain.tiers import RuleSet

LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Grading:
    """A rule set over windows of `days`. Sums are weighted: `RuleSet.scale` times the fen."""

    rules: RuleSet
    days: int

    @property
    def divisor(self) -> int:
        """What a weighted sum is divided by for its average."""
        return self.days * self.rules.scale

    def qualifying(self, own: Any, household: Any, members: Any) -> ColumnElement[int]:
        """The rank that the sums reach; `household` and `members` may be NULL."""
        steps = []
        for rule in reversed(self.rules.rules[1:]):
            reached = []
            if rule.individual is not None:
                reached.append(self._at_least(own, rule.individual * self.divisor))
            if rule.household is not None:
                reached.append(self._shared(household, members, rule.household * self.divisor, 1))
            if reached:
                steps.append((or_(*reached), literal(int(rule.tier), SmallInteger)))
        lowest = literal(int(self.rules.lowest), SmallInteger)
        return case(*steps, else_=lowest) if steps else lowest

    def near(self, held: Any, own: Any, household: Any, members: Any) -> ColumnElement[bool]:
        """Whether `near_percent` of the threshold above the held rank is reached."""
        steps = []
        for tier in list(Tier)[1:]:
            rule = self.rules.next_rule(tier)
            percent = self.rules.near_percent
            reached = []
            if rule is not None and rule.individual is not None:
                bound = -(-rule.individual * self.divisor * percent // 100)
                reached.append(self._at_least(own, bound))
            if rule is not None and rule.household is not None:
                bound = rule.household * self.divisor * percent
                reached.append(self._shared(household, members, bound, 100))
            if reached:
                steps.append(and_(held == int(tier), or_(*reached)))
        return or_(false(), *steps)

    def average(self, total: Any, members: Any = 1) -> ColumnElement[int]:
        """Fen, half away from zero, as `money.average_fen` rounds. NULL of NULL."""
        by_members = members if self.rules.household_mode is HouseholdMode.MEAN else 1
        divisor = as_type(literal(self.divisor, BigInteger) * by_members, BigInteger)
        # Integer division cuts towards zero on both databases, a remainder has the sum's sign.
        rest = 2 * (total % divisor)
        half = case((rest >= divisor, 1), (rest <= -divisor, -1), else_=0)
        rounded: ColumnElement[int] = total // divisor + half
        return rounded

    def _at_least(self, total: Any, bound: int) -> ColumnElement[bool]:
        return false() if bound > LARGEST else total >= literal(bound, BigInteger)

    def _shared(
        self, total: Any, members: Any, bound: int, denominator: int
    ) -> ColumnElement[bool]:
        """total ≥ bound × members ÷ denominator, exactly and without overflow."""
        whole, rest = divmod(bound, denominator)
        if self.rules.household_mode is not HouseholdMode.MEAN:
            return self._at_least(total, whole + (1 if rest else 0))
        if whole > LARGEST:
            return false()
        most = (LARGEST - 1_000_000) // max(whole, 1)
        needed = literal(whole, BigInteger) * members
        if rest:
            needed = needed + (rest * members + denominator - 1) // denominator
        return case((members <= min(most, 10_000), total >= needed), else_=false())
