"""The versioned rules of complaints: regimes, bands, internal targets; read strictly from TOML.

The shape: `[[complaint_regimes]]` and `[complaint_rules]`, as in `config.toml`. Every error names
the key and what is allowed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from crm_tui.domain.complaint_kinds import Business, Complexity, Urgency
from crm_tui.errors import ConfigError
from crm_tui.i18n import _

LONGEST: Final = 365


class DayCount(StrEnum):
    """How the days of a limit are counted."""

    NATURAL = "natural"
    WORKING = "working"


@dataclass(frozen=True, slots=True)
class Regime:
    """The limits of one regulation, in days from the receipt.

    A case received before `since` goes by the regime that `earlier` names.
    """

    code: str
    simple: int
    complex: int
    count: DayCount = DayCount.NATURAL
    since: date | None = None
    earlier: str = ""

    def limit(self, complexity: Complexity) -> int:
        """The days that a case of this complexity has."""
        return self.complex if complexity is Complexity.COMPLEX else self.simple


# domain.md 1; CBIRC 2020 No. 3 is in force since 2020-03-01.
SHIPPED_REGIMES: Final = (
    Regime("nfra_2020", 15, 30, since=date(2020, 3, 1), earlier="bank_2012"),
    Regime("bank_2012", 15, 15, DayCount.WORKING),
    Regime("listed_60_30", 60, 60),
)


@dataclass(frozen=True, slots=True)
class ComplaintRules:
    """One version of all of it; `lines` names the regime of a line of business that has its own."""

    regimes: Mapping[str, Regime] = field(
        default_factory=lambda: MappingProxyType({one.code: one for one in SHIPPED_REGIMES})
    )
    regime: str = "nfra_2020"
    lines: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    amber: int = 3
    red: int = 1
    urgent: int = 3
    normal: int = 10

    def regime_for(self, business: Business, received_on: date) -> Regime:
        """The regime of a line of business on the day of the receipt."""
        found = self.regimes[self.lines.get(business.value, self.regime)]
        while found.since is not None and received_on < found.since and found.earlier:
            found = self.regimes[found.earlier]
        return found

    def target(self, urgency: Urgency) -> int:
        """Working days until the internal target."""
        return self.urgent if urgency is Urgency.URGENT else self.normal


_KEYS: Final = ("complaint_regimes", "complaint_rules")
_REGIME_KEYS: Final = ("code", "simple", "complex", "count", "since", "earlier")
_RULE_KEYS: Final = ("regime", "lines", "amber", "red", "urgent", "normal")


def parse_complaint_rules(data: Mapping[str, Any], *, source: str) -> ComplaintRules:
    """The rules of a file; what is not given is as shipped. Raises ConfigError."""
    reader = _Reader(source)
    reader.only(data, _KEYS, "")
    shipped = ComplaintRules()
    given = data.get("complaint_rules", {})
    if not isinstance(given, Mapping):
        raise reader.wrong("complaint_rules", _("a table"))
    reader.only(given, _RULE_KEYS, "complaint_rules.")
    regimes = shipped.regimes
    if "complaint_regimes" in data:
        regimes = reader.regimes(data["complaint_regimes"])
    amber = reader.whole(given, "complaint_rules.amber", shipped.amber, 0, 30)
    return ComplaintRules(
        regimes=regimes,
        regime=reader.known(given.get("regime", shipped.regime), "complaint_rules.regime", regimes),
        lines=reader.lines(given.get("lines", {}), regimes),
        amber=amber,
        red=reader.whole(given, "complaint_rules.red", min(shipped.red, amber), 0, amber),
        urgent=reader.whole(given, "complaint_rules.urgent", shipped.urgent, 1, LONGEST),
        normal=reader.whole(given, "complaint_rules.normal", shipped.normal, 1, LONGEST),
    )


def dump_complaint_rules(rules: ComplaintRules) -> dict[str, Any]:
    """The mapping that `parse_complaint_rules` reads back to equal rules; JSON can carry it."""
    return {
        "complaint_regimes": [_dumped(one) for _code, one in sorted(rules.regimes.items())],
        "complaint_rules": {
            "regime": rules.regime,
            "lines": dict(sorted(rules.lines.items())),
            "amber": rules.amber,
            "red": rules.red,
            "urgent": rules.urgent,
            "normal": rules.normal,
        },
    }


def _dumped(regime: Regime) -> dict[str, Any]:
    values: dict[str, Any] = {
        "code": regime.code,
        "simple": regime.simple,
        "complex": regime.complex,
        "count": regime.count.value,
    }
    if regime.since is not None:
        values |= {"since": regime.since.isoformat(), "earlier": regime.earlier}
    return values


class _Reader:
    """Takes values out of the mappings; each error names the source and the key."""

    def __init__(self, source: str) -> None:
        self._source = source

    def wrong(self, key: str, allowed: str) -> ConfigError:
        message = _("{source}: {key}: allowed is {allowed}")
        return ConfigError(message.format(source=self._source, key=key, allowed=allowed))

    def only(self, given: Mapping[Any, Any], allowed: tuple[str, ...], prefix: str) -> None:
        for key in given:
            if key not in allowed:
                message = _("{source}: {key}: unknown; allowed are {allowed}")
                raise ConfigError(
                    message.format(
                        source=self._source, key=f"{prefix}{key}", allowed=", ".join(allowed)
                    )
                )

    def whole(
        self, given: Mapping[str, Any], key: str, default: int | None, low: int, high: int
    ) -> int:
        value = given.get(key.rpartition(".")[2], default)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise self.wrong(
                key, _("a whole number from {low} to {high}").format(low=low, high=high)
            )
        return value

    def regimes(self, given: Any) -> Mapping[str, Regime]:
        if not isinstance(given, list) or not given:
            raise self.wrong("complaint_regimes", _("a list of tables"))
        found: dict[str, Regime] = {}
        for number, entry in enumerate(given, 1):
            regime = self._regime(entry, f"complaint_regimes[{number}]")
            if regime.code in found:
                raise self.wrong(f"complaint_regimes[{number}].code", _("each once"))
            found[regime.code] = regime
        for regime in found.values():
            self._goes_back(regime, found)
        return MappingProxyType(found)

    def _regime(self, entry: Any, key: str) -> Regime:
        if not isinstance(entry, Mapping):
            raise self.wrong(key, _("a table"))
        self.only(entry, _REGIME_KEYS, f"{key}.")
        code = entry.get("code")
        if not isinstance(code, str) or not code or len(code) > 32:
            raise self.wrong(f"{key}.code", _("a name of at most 32 letters"))
        count = entry.get("count", DayCount.NATURAL.value)
        if count not in set(DayCount):
            raise self.wrong(f"{key}.count", ", ".join(DayCount))
        simple = self.whole(entry, f"{key}.simple", None, 1, LONGEST)
        return Regime(
            code,
            simple,
            self.whole(entry, f"{key}.complex", simple, simple, LONGEST),
            DayCount(count),
            self._day(entry.get("since"), f"{key}.since"),
            str(entry.get("earlier", "")),
        )

    def _goes_back(self, regime: Regime, found: Mapping[str, Regime]) -> None:
        """A regime that began some day says what held before, and the chain ends."""
        seen = {regime.code}
        while regime.since is not None:
            key = f"complaint_regimes.{regime.code}.earlier"
            if regime.earlier not in set(found) - seen:
                raise self.wrong(key, ", ".join(sorted(set(found) - seen)))
            seen.add(regime.earlier)
            regime = found[regime.earlier]

    def _day(self, value: Any, key: str) -> date | None:
        """TOML gives a date, JSON its text."""
        if value is None or (isinstance(value, date) and type(value) is date):
            return value
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            raise self.wrong(key, _("a date")) from None

    def known(self, value: Any, key: str, regimes: Mapping[str, Regime]) -> str:
        if not isinstance(value, str) or value not in regimes:
            raise self.wrong(key, ", ".join(sorted(regimes)))
        return value

    def lines(self, given: Any, regimes: Mapping[str, Regime]) -> Mapping[str, str]:
        if not isinstance(given, Mapping):
            raise self.wrong("complaint_rules.lines", _("a table"))
        self.only(given, tuple(Business), "complaint_rules.lines.")
        return MappingProxyType(
            {
                str(line): self.known(code, f"complaint_rules.lines.{line}", regimes)
                for line, code in given.items()
            }
        )
