"""Rules of complaints from TOML: what is accepted, and how a fault is named."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from crm_tui.config import Config
from crm_tui.domain.audit import canonical
from crm_tui.domain.complaint_kinds import Complexity, Urgency
from crm_tui.domain.complaint_settings import (
    ComplaintRules,
    DayCount,
    dump_complaint_rules,
    parse_complaint_rules,
)
from crm_tui.errors import ConfigError

REGIME: dict[str, Any] = {"code": "own", "simple": 5, "complex": 9, "count": "working"}


def parse(data: dict[str, Any]) -> ComplaintRules:
    return parse_complaint_rules(data, source="rules.toml")


def test_the_settings_as_shipped_are_the_rules_as_shipped() -> None:
    assert parse({}) == parse(Config().complaint_mapping()) == ComplaintRules()


def test_rules_survive_the_json_that_is_stored() -> None:
    own = parse(
        {
            "complaint_regimes": [
                REGIME, {"code": "new", "simple": 1, "since": date(2027, 1, 1), "earlier": "own"},
            ],
            "complaint_rules": {"regime": "new", "lines": {"loan": "own"}, "amber": 0, "red": 0},
        }
    )  # fmt: skip
    for rules in (own, ComplaintRules()):
        assert parse(json.loads(canonical(dump_complaint_rules(rules)))) == rules
    assert own.regimes["own"].count is DayCount.WORKING
    assert own.regimes["new"].complex == 1


def test_limits_and_targets() -> None:
    rules = ComplaintRules()
    regime = rules.regimes["nfra_2020"]
    assert [regime.limit(one) for one in Complexity] == [15, 30]
    assert [rules.target(one) for one in Urgency] == [10, 3]


@pytest.mark.parametrize(
    ("data", "named"),
    [
        ({"regimes": []}, "regimes"),
        ({"complaint_rules": 1}, "complaint_rules"),
        ({"complaint_rules": {"colour": 1}}, "complaint_rules.colour"),
        ({"complaint_rules": {"amber": -1}}, "complaint_rules.amber"),
        ({"complaint_rules": {"amber": True}}, "complaint_rules.amber"),
        ({"complaint_rules": {"amber": 2, "red": 3}}, "complaint_rules.red"),
        ({"complaint_rules": {"urgent": 0}}, "complaint_rules.urgent"),
        ({"complaint_rules": {"normal": "ten"}}, "complaint_rules.normal"),
        ({"complaint_rules": {"regime": "none"}}, "complaint_rules.regime"),
        ({"complaint_rules": {"lines": []}}, "complaint_rules.lines"),
        ({"complaint_rules": {"lines": {"cars": "nfra_2020"}}}, "complaint_rules.lines.cars"),
        ({"complaint_rules": {"lines": {"loan": "x"}}}, "complaint_rules.lines.loan"),
        ({"complaint_regimes": []}, "complaint_regimes"),
        ({"complaint_regimes": [1]}, "complaint_regimes[1]"),
        ({"complaint_regimes": [REGIME | {"x": 1}]}, "complaint_regimes[1].x"),
        ({"complaint_regimes": [REGIME | {"code": ""}]}, "complaint_regimes[1].code"),
        ({"complaint_regimes": [REGIME, REGIME]}, "complaint_regimes[2].code"),
        ({"complaint_regimes": [REGIME | {"count": "moon"}]}, "complaint_regimes[1].count"),
        ({"complaint_regimes": [REGIME | {"simple": 0}]}, "complaint_regimes[1].simple"),
        ({"complaint_regimes": [REGIME | {"complex": 4}]}, "complaint_regimes[1].complex"),
        ({"complaint_regimes": [REGIME | {"since": "soon"}]}, "complaint_regimes[1].since"),
        (
            {"complaint_regimes": [REGIME | {"since": "2027-01-01"}]},
            "complaint_regimes.own.earlier",
        ),
        (
            {"complaint_regimes": [REGIME | {"since": "2027-01-01", "earlier": "own"}]},
            "complaint_regimes.own.earlier",
        ),
    ],
)
def test_a_fault_is_named_by_its_key(data: dict[str, Any], named: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(data)
    assert caught.value.message.startswith(f"rules.toml: {named}: ")
