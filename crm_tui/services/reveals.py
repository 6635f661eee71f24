"""The day's limit on reading numbers in clear, whosever they are."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select
from sqlmodel import col

from crm_tui.clock import business_date
from crm_tui.db import staff
from crm_tui.db.contacts import day_bounds
from crm_tui.db.tables import Audit
from crm_tui.errors import InvalidInput
from crm_tui.i18n import _

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from crm_tui.domain.policy import Policy
    from crm_tui.domain.staff import Person

OF_CUSTOMER: Final = "customer.reveal"
OF_STRANGER: Final = "complaint.reveal"


def check_limit(session: Session, person: Person, policy: Policy, now: datetime) -> None:
    """Raises InvalidInput when the person has revealed as many as a day allows."""
    staff.hold(session, person.staff_id)  # Or two sessions at once would both have the last one.
    used = done_today(session, person, now, OF_CUSTOMER, OF_STRANGER)
    if used >= policy.reveals_per_day:
        raise InvalidInput(
            "reveal", _("You have reached today's limit of {n} reveals.").format(n=used)
        )


def done_today(session: Session, person: Person, now: datetime, *actions: str) -> int:
    """How often the person has done any of `actions` today, by the audit."""
    query = select(func.count()).select_from(Audit).where(
        col(Audit.actor_id) == person.staff_id,
        col(Audit.action).in_(actions),
        col(Audit.at) >= day_bounds(business_date(now))[0].astimezone(UTC),
        col(Audit.outcome) == "done",
    )  # fmt: skip
    return int(session.execute(query).scalar_one())
