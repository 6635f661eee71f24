"""The stored versions of the complaint rules, and the working days that their clocks count."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import insert, select
from sqlmodel import col

from crm_tui.db.rules import SINCE_EVER
from crm_tui.db.tables import CalendarDay, ComplaintRuleSet
from crm_tui.domain.audit import canonical
from crm_tui.domain.complaint_settings import dump_complaint_rules, parse_complaint_rules
from crm_tui.domain.workdays import Calendar
from crm_tui.errors import ConfigError, InvalidInput
from crm_tui.i18n import _

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from sqlmodel import Session

    from crm_tui.domain.complaint_settings import ComplaintRules


class StoredComplaintRules(NamedTuple):
    """Rules with the id of their row."""

    id: int
    rules: ComplaintRules


def complaint_rules_on(session: Session, day: date) -> StoredComplaintRules:
    """The rules in force on `day`. Raises ConfigError when none are stored."""
    row = session.execute(
        select(col(ComplaintRuleSet.id), col(ComplaintRuleSet.rules))
        .where(col(ComplaintRuleSet.effective_on) <= day)
        .order_by(col(ComplaintRuleSet.effective_on).desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        raise _no_rules()
    return StoredComplaintRules(row[0], _parsed(row[1]))


def complaint_rules_since(session: Session) -> list[tuple[date, StoredComplaintRules]]:
    """Every stored version with the day from which it is in force, earliest first.

    Raises ConfigError when none are stored.
    """
    query = select(
        col(ComplaintRuleSet.effective_on), col(ComplaintRuleSet.id), col(ComplaintRuleSet.rules)
    ).order_by(col(ComplaintRuleSet.effective_on))
    found = [
        (row[0], StoredComplaintRules(row[1], _parsed(row[2]))) for row in session.execute(query)
    ]
    if not found:
        raise _no_rules()
    return found


def complaint_rules_by_id(session: Session) -> dict[int, ComplaintRules]:
    """Every stored version, for cases that were received under different ones."""
    query = select(col(ComplaintRuleSet.id), col(ComplaintRuleSet.rules))
    return {row[0]: _parsed(row[1]) for row in session.execute(query)}


def none_stored(session: Session) -> bool:
    """Whether there is no version yet."""
    return session.execute(select(col(ComplaintRuleSet.id)).limit(1)).first() is None


def seed_complaint_rules(session: Session, mapping: Mapping[str, Any], *, at: datetime) -> bool:
    """Store `mapping` (Config.complaint_mapping) as rule set 0, unless there is one.

    True when done. Raises ConfigError when the settings are wrong.
    """
    if not none_stored(session):
        return False
    rules = parse_complaint_rules(mapping, source="config.toml")
    return add_complaint_rules(session, rules, SINCE_EVER, at=at)


def add_complaint_rules(
    session: Session,
    rules: ComplaintRules,
    effective_on: date,
    *,
    at: datetime,
    batch_id: int | None = None,
) -> bool:
    """Store rules for cases received from a day on. False when the same are there already.

    Raises InvalidInput when others start that day: cases refer to them.
    """
    text = canonical(dump_complaint_rules(rules))
    stored = session.execute(
        select(col(ComplaintRuleSet.rules)).where(
            col(ComplaintRuleSet.effective_on) == effective_on
        )
    ).scalar()
    if stored is not None:
        if stored == text:
            return False
        raise InvalidInput(
            "effective_on", _("Other complaint rules start on that date; choose another date.")
        )
    session.execute(
        insert(ComplaintRuleSet).values(
            effective_on=effective_on, rules=text, created_at=at, batch_id=batch_id
        )
    )
    return True


def working_days(
    session: Session, first: date | None = None, last: date | None = None
) -> Calendar:  # fmt: skip
    """The stored calendar; of a part of it, when told, only whether days are worked is known."""
    query = select(col(CalendarDay.day), col(CalendarDay.kind))
    if first is not None and last is not None:
        query = query.where(col(CalendarDay.day).between(first, last))
    return Calendar.of({row[0]: row[1] for row in session.execute(query)})


def _no_rules() -> ConfigError:
    return ConfigError(_("The database holds no complaint rules: start crm-tui once."))


@lru_cache(maxsize=32)
def _parsed(text: str) -> ComplaintRules:
    return parse_complaint_rules(json.loads(text), source="complaint_rule_set")
