"""The stored versions of the tier rules (decisions.md: versioned rows with an effective date)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import insert, select
from sqlmodel import col

from crm_tui.db.tables import RuleSetRow
from crm_tui.domain.audit import canonical
from crm_tui.domain.tier_settings import dump_rule_set, parse_rule_file
from crm_tui.errors import ConfigError, InvalidInput
from crm_tui.i18n import _

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlmodel import Session

    from crm_tui.domain.tiers import RuleSet

SINCE_EVER: Final = date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class StoredRules:
    """A rule set with its row's id and the date from which it is in force."""

    id: int
    effective_on: date
    rules: RuleSet


def rules_on(session: Session, day: date) -> StoredRules:
    """The rule set in force on `day`. Raises ConfigError when none is stored."""
    return in_force(known_rules(session), day)


def in_force(known: Sequence[StoredRules], day: date) -> StoredRules:
    """Of `known_rules` that of `day`. Raises ConfigError when there is none."""
    for stored in known:
        if stored.effective_on <= day:
            return stored
    raise ConfigError(_("The database holds no tier rules: run `crm-tui init`."))


def known_rules(session: Session) -> list[StoredRules]:
    """Every rule set, the one that came into force last first; there are few."""
    query = select(
        col(RuleSetRow.id), col(RuleSetRow.effective_on), col(RuleSetRow.rules)
    ).order_by(col(RuleSetRow.effective_on).desc())
    return [StoredRules(row[0], row[1], _parsed(row[2])) for row in session.execute(query)]


def rules_by_id(session: Session, rule_set_id: int) -> RuleSet:
    """The rule set by which something was graded."""
    text = session.execute(
        select(col(RuleSetRow.rules)).where(col(RuleSetRow.id) == rule_set_id)
    ).scalar_one()
    return _parsed(text)


def seed_rules(session: Session, mapping: Mapping[str, Any], *, at: datetime) -> bool:
    """Store `mapping` (Config.tier_mapping) as rule set 0, unless there is one. True when done.

    Raises ConfigError when the settings are wrong.
    """
    if session.execute(select(col(RuleSetRow.id)).limit(1)).first():
        return False
    rules = parse_rule_file(mapping, source="config.toml")
    return add_rules(session, rules, SINCE_EVER, at=at)


def add_rules(
    session: Session,
    rules: RuleSet,
    effective_on: date,
    *,
    at: datetime,
    batch_id: int | None = None,
) -> bool:
    """Store a rule set. False when the same one is there already.

    Raises InvalidInput when another one starts that day: assessments refer to it.
    """
    text = canonical(dump_rule_set(rules))
    stored = session.execute(
        select(col(RuleSetRow.rules)).where(col(RuleSetRow.effective_on) == effective_on)
    ).scalar()
    if stored is not None:
        if stored == text:
            return False
        raise InvalidInput(
            "effective_on", _("Other tier rules start on that date; choose another date.")
        )
    session.execute(
        insert(RuleSetRow).values(
            effective_on=effective_on, rules=text, created_at=at, batch_id=batch_id
        )
    )
    return True


@lru_cache(maxsize=32)
def _parsed(text: str) -> RuleSet:
    import json

    return parse_rule_file(json.loads(text), source="rule_set")
