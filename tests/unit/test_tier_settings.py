from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
import tomli

from crm_tui.domain.kinds import Tier
from crm_tui.domain.tier_settings import dump_rule_set, parse_rule_file
from crm_tui.domain.tiers import GoldMode, HouseholdMode, TierRule
from crm_tui.errors import ConfigError

ROOT = Path(__file__).parents[2]
BANK = ROOT.parent / "shared" / "data" / "bank" / "tiers.toml"
GOOD = """
[[tiers]]
code = "silver"
[[tiers]]
code = "gold"
individual = 100000
household = 80000.5
[[tiers]]
code = "platinum"
[[tiers]]
code = "black_gold"
individual = 1000000

[tier_rules]
household_mode = "sum"
gold = "accept"
near_percent = 90
coefficients = { fund = 0.85 }
"""


def test_a_whole_rule_set() -> None:
    rules = parse_rule_file(tomli.loads(GOOD), source="t.toml")
    assert rules.rules[0] == TierRule(Tier.SILVER)
    assert rules.rules[1] == TierRule(Tier.GOLD, 10_000_000, 8_000_050)
    assert rules.rules[2] == TierRule(Tier.PLATINUM)
    assert (rules.household_mode, rules.gold) == (HouseholdMode.SUM, GoldMode.ACCEPT)
    assert (rules.near_percent, rules.min_members, rules.demote_after) == (90, 2, 3)
    assert rules.coefficients == {"loan": Decimal(0), "fund": Decimal("0.85")}


def test_it_is_stored_and_read_again_through_json() -> None:
    rules = parse_rule_file(tomli.loads(GOOD), source="t.toml")
    stored = json.loads(json.dumps(dump_rule_set(rules)))
    assert parse_rule_file(stored, source="stored") == rules


def test_the_shipped_settings_parse() -> None:
    settings = tomli.loads((ROOT / "config.toml").read_text(encoding="utf-8"))
    part = {key: settings[key] for key in ("tiers", "tier_rules")}
    rules = parse_rule_file(part, source="config.toml")
    assert rules.rules[1] == TierRule(Tier.GOLD, 10_000_000, 8_000_000)
    assert rules.rules[3] == TierRule(Tier.BLACK_GOLD)


@pytest.mark.real_data
def test_the_rules_of_the_real_bank() -> None:
    if not BANK.is_file():
        pytest.skip("the real bank is not beside the project")
    rules = parse_rule_file(tomli.loads(BANK.read_text(encoding="utf-8")), source="tiers.toml")
    assert rules.rules == (
        TierRule(Tier.SILVER),
        TierRule(Tier.GOLD, 4_000_000, 3_200_000),
        TierRule(Tier.PLATINUM, 7_000_000, 5_800_000),
    )


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (("individual = 100000\n", "individual = -1\n"), "tiers[2].individual"),
        (("individual = 100000\n", 'individual = "100000"\n'), "tiers[2].individual"),
        (("individual = 100000\n", "individual = true\n"), "tiers[2].individual"),
        (("80000.5", "80000.555"), "tiers[2].household"),
        (("80000.5", "nan"), "tiers[2].household"),
        (("80000.5", "inf"), "tiers[2].household"),
        (("80000.5", "99999999999999"), "tiers[2].household"),
        (("individual = 1000000", "individual = 100000"), "tiers.black_gold.individual"),
        (('code = "platinum"', 'code = "gold"'), "tiers.code"),
        (('code = "platinum"', 'code = "diamond"'), "tiers[3].code"),
        (('code = "platinum"', "code = 3"), "tiers[3].code"),
        (('code = "silver"\n', 'code = "silver"\nindividual = 1\n'), "tiers[1]"),
        (('[[tiers]]\ncode = "silver"\n', ""), "tiers.code"),
        (('code = "silver"\n', 'code = "silver"\nlevel = 1\n'), "tiers[1].level"),
        (('"sum"', '"median"'), "tier_rules.household_mode"),
        (('"sum"', "1"), "tier_rules.household_mode"),
        (('"accept"', '"never"'), "tier_rules.gold"),
        (("= 90", "= 49"), "tier_rules.near_percent"),
        (("= 90", "= 90.0"), "tier_rules.near_percent"),
        (("= 90", "= true"), "tier_rules.near_percent"),
        (("near_percent", "near_per_cent"), "tier_rules.near_per_cent"),
        (("near_percent = 90", 'period = "week"'), "tier_rules.period"),
        (("0.85", "0.855"), "tier_rules.coefficients.fund"),
        (("0.85", "1.5"), "tier_rules.coefficients.fund"),
        (("0.85", "nan"), "tier_rules.coefficients.fund"),
        (("{ fund = 0.85 }", "1"), "tier_rules.coefficients"),
        (("[tier_rules]", "[rules]"), "rules"),
    ],
)
def test_a_wrong_value_names_file_and_key(change: tuple[str, str], key: str) -> None:
    assert change[0] in GOOD
    with pytest.raises(ConfigError) as caught:
        parse_rule_file(tomli.loads(GOOD.replace(*change, 1)), source="t.toml")
    assert caught.value.message.startswith(f"t.toml: {key}: ")


@pytest.mark.parametrize("data", [{}, {"tiers": []}, {"tiers": {}}, {"tiers": [1]}, {"tiers": "x"}])
def test_no_tiers_at_all(data: dict) -> None:
    with pytest.raises(ConfigError):
        parse_rule_file(data, source="t.toml")


def test_tier_rules_must_be_a_table() -> None:
    with pytest.raises(ConfigError, match="tier_rules"):
        parse_rule_file({"tiers": [{"code": "silver"}], "tier_rules": 1}, source="t.toml")
