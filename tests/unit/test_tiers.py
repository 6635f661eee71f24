from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.domain.kinds import TIER_BY_CODE, Tier
from crm_tui.domain.money import format_plain, parse_amount
from crm_tui.domain.periods import Window, is_closed, last_closed_month, month_of
from crm_tui.domain.tiers import HouseholdMode, RuleSet, TierRule, weighted_sum

RULES = RuleSet(
    rules=(
        TierRule(Tier.SILVER),
        TierRule(Tier.GOLD, 10_000_000, 8_000_000),
        TierRule(Tier.PLATINUM, 30_000_000, 25_000_000),
        TierRule(Tier.BLACK_GOLD),
    )
)
sums = st.integers(-(10**13), 10**13)
month_days = st.integers(28, 31)


def _rules_of(settings: dict) -> RuleSet:
    rules = [TierRule(Tier.SILVER)] + [
        TierRule(TIER_BY_CODE[code], settings[code][0] * 100, settings[code][1] * 100)
        for code in ("gold", "platinum", "black_gold")
    ]
    return RuleSet(rules=tuple(rules))


def test_the_worked_examples(vectors) -> None:
    rules = _rules_of(vectors["tier_settings"])
    for case in vectors["tier"]:
        total = parse_amount(case["adb"]) * 28
        assert rules.qualify_individual(total, 28).code == case["personal"]
        assert rules.qualify_household([total, total], 28).code == case["family_member_mean"]


def test_worked_averages(vectors) -> None:
    for case in vectors["average_daily_assets"]:
        window = Window(*map(date.fromisoformat, case["window"]))
        balances = [(date.fromisoformat(d), yuan * 100) for d, yuan in case["eod_balances"]]
        total = weighted_sum(balances, window)
        assert total == int(case["sum"]) * 100
        assert window.days == case["days"]
        assert format_plain(RULES.own_average(total, window.days)) == case["adb"]
        assert RULES.qualify_individual(total, window.days).code == case["tier_personal"]


def test_a_threshold_that_is_not_set_is_never_reached() -> None:
    assert RULES.qualify_individual(10**14, 28) is Tier.PLATINUM
    distance = RULES.distance_to_next(Tier.PLATINUM, 10**10, [], 28)
    assert distance is not None
    assert (distance.tier, distance.known) == (Tier.BLACK_GOLD, False)
    assert RULES.distance_to_next(Tier.BLACK_GOLD, 0, [], 28) is None


def test_a_negative_average_still_has_the_lowest_tier() -> None:
    assert RULES.qualify(-5, [-5, -5], 28) is Tier.SILVER


def test_a_household_needs_two_members_and_counts_an_empty_one() -> None:
    rich = 16_000_000 * 28
    assert RULES.qualify_household([rich], 28) is Tier.SILVER
    assert RULES.qualify_household([rich, 0], 28) is Tier.GOLD
    assert RULES.qualify_household([rich - 1, 0], 28) is Tier.SILVER
    assert RULES.household_average([rich], 28) is None
    assert RULES.household_average([rich, 0], 28) == 8_000_000


def test_household_sum_mode() -> None:
    rules = RuleSet(rules=RULES.rules, household_mode=HouseholdMode.SUM)
    half = 4_000_000 * 30
    assert rules.qualify_household([half, half], 30) is Tier.GOLD
    assert RULES.qualify_household([half, half], 30) is Tier.SILVER


def test_the_higher_of_both_is_earned() -> None:
    own, other = 9_000_000 * 28, 45_000_000 * 28
    assert RULES.qualify_individual(own, 28) is Tier.SILVER
    assert RULES.qualify(own, [own, other], 28) is Tier.PLATINUM
    assert RULES.qualify(other, [own, 0], 28) is Tier.PLATINUM


def test_distance_and_near() -> None:
    total = 9_999_996 * 28
    distance = RULES.distance_to_next(Tier.SILVER, total, [total, 0], 28)
    assert distance is not None
    assert (distance.tier, distance.individual, distance.household) == (Tier.GOLD, 4, 3_000_002)
    assert RULES.is_near(Tier.SILVER, 8_500_000 * 28, [], 28)
    assert not RULES.is_near(Tier.SILVER, 8_500_000 * 28 - 1, [], 28)
    assert RULES.is_near(Tier.SILVER, 0, [6_800_000 * 28, 6_800_000 * 28], 28)
    assert not RULES.is_near(Tier.SILVER, 0, [6_800_000 * 28], 28)
    assert not RULES.is_near(Tier.PLATINUM, 10**13, [], 28)
    assert "individual" not in repr(distance)


def test_coefficients() -> None:
    assert (RULES.scale, RULES.weight("deposit"), RULES.weight("loan")) == (1, 1, 0)
    rules = RuleSet(rules=RULES.rules, coefficients={"fund": Decimal("0.85"), "loan": Decimal(0)})
    assert (rules.scale, rules.weight("fund"), rules.weight("deposit")) == (100, 85, 100)
    gold = rules.weight("fund") * 100_000_00 * 28 + rules.weight("deposit") * 15_000_00 * 28
    assert rules.qualify_individual(gold, 28) is Tier.GOLD
    assert rules.qualify_individual(gold - 1, 28) is Tier.SILVER
    assert rules.own_average(gold, 28) == 100_000_00
    assert rules.weight("deposit") * 10**15 * 31 < 2**63


@given(sums, st.lists(sums, max_size=5), month_days)
def test_comparison_is_that_of_exact_averages(own: int, household: list[int], days: int) -> None:
    average = Decimal(own) / days
    expected = Tier.SILVER
    for rule in RULES.rules[1:]:
        if rule.individual is not None and average >= rule.individual:
            expected = rule.tier
    assert RULES.qualify_individual(own, days) is expected
    if len(household) >= 2:
        mean = Decimal(sum(household)) / len(household) / days
        assert (RULES.qualify_household(household, days) >= Tier.GOLD) == (mean >= 8_000_000)
    assert RULES.qualify(own, household, days) >= expected


@given(sums, st.lists(sums, max_size=5), month_days, st.sampled_from(list(TIER_BY_CODE.values())))
def test_nothing_is_missing_exactly_when_the_next_tier_is_earned(
    own: int, household: list[int], days: int, held: Tier
) -> None:
    distance = RULES.distance_to_next(held, own, household, days)
    if distance is None or not distance.known:
        return
    earned = RULES.qualify(own, household, days) > held
    assert earned == (0 in (distance.individual, distance.household))
    if earned:
        assert RULES.is_near(held, own, household, days)


@given(
    st.dictionaries(st.dates(date(2026, 1, 1), date(2026, 4, 30)), sums, max_size=12),
    st.sampled_from([1, 2, 3, 4]),
)
def test_carrying_forward_equals_asking_every_day(found: dict[date, int], month: int) -> None:
    window = month_of(date(2026, month, 15))
    balances = sorted(found.items())
    expected = 0
    for n in range(window.days):
        day = window.start + timedelta(n)
        known = [fen for on, fen in balances if on <= day]
        expected += known[-1] if known else 0
    assert weighted_sum(balances, window) == expected
    assert weighted_sum(balances, window, 85) == expected * 85


def test_months() -> None:
    assert month_of(date(2024, 2, 29)) == Window(date(2024, 2, 1), date(2024, 2, 29))
    assert month_of(date(1994, 2, 1)).code == "1994-02"
    assert last_closed_month(date(2026, 1, 31)) == month_of(date(2025, 12, 1))
    assert is_closed(month_of(date(2026, 1, 1)), date(2026, 2, 1))
    assert not is_closed(month_of(date(2026, 1, 1)), date(2026, 1, 31))
    assert date(2026, 1, 31) in month_of(date(2026, 1, 1))
    assert date(2026, 2, 1) not in month_of(date(2026, 1, 1))


@given(st.dates(date(1990, 1, 1), date(2040, 12, 31)))
def test_months_join_without_gap(day: date) -> None:
    window = month_of(day)
    assert day in window
    assert month_of(window.end + timedelta(1)).start == window.end + timedelta(1)
    assert last_closed_month(window.end + timedelta(1)) == window


def test_weights_need_a_window_of_days() -> None:
    with pytest.raises(ValueError, match="0"):
        RULES.own_average(1, 0)
