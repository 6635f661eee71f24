"""Read a rule set from what TOML gives, strictly; every error names the key and what is allowed.

The shape: `[[tiers]]` with `code`, `individual`, `household` in yuan, and `[tier_rules]`.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Final, TypeVar

from crm_tui.domain.kinds import TIER_BY_CODE, Tier
from crm_tui.domain.money import MAX_FEN, fen_of
from crm_tui.domain.tiers import (
    DEFAULT_COEFFICIENTS,
    GoldMode,
    HouseholdMode,
    RuleSet,
    TierRule,
)
from crm_tui.errors import ConfigError
from crm_tui.i18n import _

_Choice = TypeVar("_Choice", bound=StrEnum)
PERIODS: Final = ("month",)
_TIER_KEYS: Final = ("code", "individual", "household")
_RULE_KEYS: Final = (
    "household_mode", "min_members", "period", "coefficients", "demote_after", "near_percent",
    "gold",
)  # fmt: skip


def parse_rule_file(data: Mapping[str, object], *, source: str) -> RuleSet:
    """A rule set from a file of its own; `source` names it in errors. Raises ConfigError."""
    _only_keys(data, ("tiers", "tier_rules"), source, "")
    return parse_rule_set(data.get("tiers", []), data.get("tier_rules", {}), source=source)


def parse_rule_set(tiers: object, tier_rules: object, *, source: str) -> RuleSet:
    """A rule set from the two parts of the settings. Raises ConfigError."""
    reader = _Reader(source)
    if not isinstance(tier_rules, Mapping):
        raise reader.wrong("tier_rules", _("a table"))
    _only_keys(tier_rules, _RULE_KEYS, source, "tier_rules.")
    given: dict[str, Any] = dict(tier_rules)
    return RuleSet(
        rules=reader.rules(tiers),
        household_mode=reader.choice(given, "household_mode", HouseholdMode.MEAN),
        min_members=reader.whole(given, "min_members", 2, 2, 10),
        period=reader.period(given.get("period", PERIODS[0])),
        coefficients=reader.coefficients(given.get("coefficients", {})),
        demote_after=reader.whole(given, "demote_after", 3, 1, 24),
        near_percent=reader.whole(given, "near_percent", 85, 50, 99),
        gold=reader.choice(given, "gold", GoldMode.DIRECT),
    )


def dump_rule_set(rules: RuleSet) -> dict[str, Any]:
    """The mapping that `parse_rule_file` reads back to an equal rule set; JSON can carry it."""
    tiers: list[dict[str, Any]] = []
    for rule in rules.rules:
        entry: dict[str, Any] = {"code": rule.tier.code}
        for name, fen in (("individual", rule.individual), ("household", rule.household)):
            if fen is not None:
                entry[name] = fen // 100 if fen % 100 == 0 else fen / 100
        tiers.append(entry)
    return {
        "tiers": tiers,
        "tier_rules": {
            "household_mode": rules.household_mode.value,
            "min_members": rules.min_members,
            "period": rules.period,
            "coefficients": {k: float(v) for k, v in sorted(rules.coefficients.items())},
            "demote_after": rules.demote_after,
            "near_percent": rules.near_percent,
            "gold": rules.gold.value,
        },
    }


class _Reader:
    """Takes values out of the mappings; each error names the source and the key."""

    def __init__(self, source: str) -> None:
        self._source = source

    def wrong(self, key: str, allowed: str) -> ConfigError:
        message = _("{source}: {key}: allowed is {allowed}")
        return ConfigError(message.format(source=self._source, key=key, allowed=allowed))

    def rules(self, tiers: object) -> tuple[TierRule, ...]:
        if not isinstance(tiers, list) or not tiers:
            raise self.wrong("tiers", _("a list of tables"))
        rules = [self._rule(entry, f"tiers[{n}]") for n, entry in enumerate(tiers, 1)]
        codes = [rule.tier for rule in rules]
        if codes != sorted(set(codes)) or codes[0] is not Tier.SILVER:
            ranks = ", ".join(TIER_BY_CODE)
            raise self.wrong(
                "tiers.code", _("each once, from the lowest: {codes}").format(codes=ranks)
            )
        if rules[0].individual or rules[0].household:
            raise self.wrong("tiers[1]", _("no minimum for the lowest tier"))
        rules[0] = TierRule(codes[0])
        self._ascend(rules, "individual", [rule.individual for rule in rules])
        self._ascend(rules, "household", [rule.household for rule in rules])
        return tuple(rules)

    def _rule(self, entry: object, key: str) -> TierRule:
        if not isinstance(entry, Mapping):
            raise self.wrong(key, _("a table"))
        _only_keys(entry, _TIER_KEYS, self._source, f"{key}.")
        code = entry.get("code")
        if not isinstance(code, str) or code not in TIER_BY_CODE:
            raise self.wrong(f"{key}.code", ", ".join(TIER_BY_CODE))
        return TierRule(
            TIER_BY_CODE[code],
            self._yuan(entry.get("individual"), f"{key}.individual"),
            self._yuan(entry.get("household"), f"{key}.household"),
        )

    def _ascend(self, rules: list[TierRule], name: str, values: list[int | None]) -> None:
        highest = 0
        for rule, value in zip(rules[1:], values[1:], strict=True):
            if value is None:
                continue
            if value <= highest:
                key = f"tiers.{rule.tier.code}.{name}"
                raise self.wrong(key, _("more than the tier below"))
            highest = value

    def _yuan(self, value: object, key: str) -> int | None:
        if value is None:
            return None
        number = _decimal(value)
        try:
            fen = -1 if number is None else fen_of(number)
        except ValueError:
            fen = -1
        if not 0 <= fen <= MAX_FEN:
            raise self.wrong(key, _("an amount in yuan with at most two decimals"))
        return fen

    def whole(
        self, given: Mapping[str, object], name: str, default: int, low: int, high: int
    ) -> int:
        value = given.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            message = _("a whole number from {low} to {high}").format(low=low, high=high)
            raise self.wrong(f"tier_rules.{name}", message)
        return value

    def choice(self, given: Mapping[str, object], name: str, default: _Choice) -> _Choice:
        value = given.get(name, default.value)
        kind = type(default)
        if not isinstance(value, str) or value not in set(kind):
            raise self.wrong(f"tier_rules.{name}", ", ".join(kind))
        return kind(value)

    def period(self, value: object) -> str:
        if not isinstance(value, str) or value not in PERIODS:
            raise self.wrong("tier_rules.period", ", ".join(PERIODS))
        return value

    def coefficients(self, value: object) -> Mapping[str, Decimal]:
        if not isinstance(value, Mapping):
            raise self.wrong("tier_rules.coefficients", _("a table"))
        found = dict(DEFAULT_COEFFICIENTS)
        for category, given in value.items():
            number = _decimal(given)
            if number is None or not 0 <= number <= 1 or number.scaleb(2) % 1:
                key = f"tier_rules.coefficients.{category}"
                raise self.wrong(key, _("a number from 0 to 1 with at most two decimals"))
            found[str(category)] = number
        return found


def _decimal(value: object) -> Decimal | None:
    """A TOML number exactly as written, None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    try:
        number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _only_keys(
    given: Mapping[Any, Any], allowed: tuple[str, ...], source: str, prefix: str
) -> None:
    for key in given:
        if key not in allowed:
            message = _("{source}: {key}: unknown; allowed are {allowed}")
            raise ConfigError(
                message.format(source=source, key=f"{prefix}{key}", allowed=", ".join(allowed))
            )
