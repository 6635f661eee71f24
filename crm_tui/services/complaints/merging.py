"""What may be merged into what: nothing that a case of its own would have is lost by it.

The case that another goes into is named by its number, by the serial of one of our own, or by
the end of any where only one open case in reach ends so.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select
from sqlmodel import col

from crm_tui.db import complaint_events
from crm_tui.db.complaint_numbers import numbers_ending_in
from crm_tui.db.complaint_pages import within
from crm_tui.db.tables import Complaint
from crm_tui.domain.text_rules import NAME_LIMIT, clean_line, fold_syntax
from crm_tui.errors import InvalidInput
from crm_tui.i18n import _

if TYPE_CHECKING:
    from datetime import date

    from sqlmodel import Session

    from crm_tui.domain.staff import Scope

# The serial of one of our own numbers, and the least that is looked for at the end of any other.
_OWN: Final = re.compile(r"[0-9]{1,6}")
_LEAST: Final = 3


def target(session: Session, scope: Scope, typed: str, source_id: int, today: date) -> int:
    """The open case that `typed` names; an open one is merged into nothing, so that merging
    makes no circle. Raises InvalidInput."""
    number = clean_line(fold_syntax(typed), field="other_no", limit=NAME_LIMIT, required=True)
    found = _named(session, scope, number, today)
    others = [one for one, is_open in found if is_open and one != source_id]
    if len(others) == 1:
        return others[0]
    if others:
        text = _("{n} open complaints end in that: type more of the number.")
        raise InvalidInput("other_no", text.format(n=f"{len(others):,}"))
    if any(one == source_id for one, _is_open in found):
        raise InvalidInput("other_no", _("A complaint cannot be merged into itself."))
    if found:
        raise InvalidInput("other_no", _("That complaint has ended."))
    raise InvalidInput("other_no", _("There is no such complaint in reach."))


def named(session: Session, scope: Scope, typed: str, today: date) -> int | None:
    """The one case that `typed` names, ended or not, when there is one. Raises InvalidInput."""
    number = clean_line(fold_syntax(typed), field="other_no", limit=NAME_LIMIT, required=True)
    found = _named(session, scope, number, today)
    return found[0][0] if len(found) == 1 else None


def locked_target(session: Session, scope: Scope, typed: str, source_id: int, today: date) -> int:
    """The same, both cases locked, in order of id. Raises InvalidInput."""
    found = target(session, scope, typed, source_id, today)
    for one in sorted((found, source_id)):
        complaint_events.lock(session, one)
    still = select(col(Complaint.is_open)).where(col(Complaint.id) == found)
    if not session.execute(still).scalar_one():
        raise InvalidInput("other_no", _("That complaint has ended."))
    return found


def _named(session: Session, scope: Scope, number: str, today: date) -> list[tuple[int, bool]]:
    """Cases in reach by the whole number, else by the serial of our own, else by its end;
    capitals matter only where two differ by them."""
    own, upper = col(Complaint.complaint_no), func.upper(col(Complaint.complaint_no))
    tests = [own == number, upper == number.upper()]
    if _OWN.fullmatch(number):
        tests.append(own.in_(numbers_ending_in(int(number), today.year)))
    if len(number) >= _LEAST:
        tests.append(upper.endswith(number.upper(), autoescape=True))
    for test in tests:
        query = select(col(Complaint.id), col(Complaint.is_open)).where(test, within(scope))
        found = [(int(one), bool(is_open)) for one, is_open in session.execute(query)]
        if found:
            return found
    return []


def check(session: Session, source_id: int, target_id: int, now: datetime) -> None:
    """Both are locked. Raises InvalidInput for the first rule that forbids it.

    The target is handled on, so the recusal, the limits and the promise of the source have to hold
    there. A source that is about nobody has no recusal to lose.
    """
    target, source = _read(session, target_id), _read(session, source_id)
    if _handles_accused(target, source) or _handles_accused(source, target):
        raise InvalidInput("other_no", _("Its handler is complained about in the other one."))
    if source.accused_id is not None and source.accused_id != target.accused_id:
        raise InvalidInput("other_no", _("That complaint is not about the same person."))
    if source.customer_id != target.customer_id:
        raise InvalidInput("other_no", _("That complaint is of another customer."))
    if target.due_on > source.due_on:
        raise InvalidInput(
            "other_no", _("That complaint is due later; merge it into this one instead.")
        )
    # What was promised for a time that has passed is broken, and cannot be promised there.
    if now < _promise(source) < _promise(target):
        raise InvalidInput(
            "other_no", _("An earlier answer was promised here: promise it there first.")
        )


def _promise(one: Any) -> datetime:
    """Until when an answer is promised; the end of time when none is, or it was given."""
    open_still = one.promise_at is not None and one.notified_at is None
    return one.promise_at if open_still else datetime.max.replace(tzinfo=UTC)


def _handles_accused(one: Any, other: Any) -> bool:
    return one.handler_id is not None and one.handler_id == other.accused_id


def _read(session: Session, complaint_id: int) -> Any:
    query = select(
        col(Complaint.customer_id),
        col(Complaint.accused_id),
        col(Complaint.handler_id),
        col(Complaint.due_on),
        col(Complaint.promise_at),
        col(Complaint.notified_at),
    )
    return session.execute(query.where(col(Complaint.id) == complaint_id)).one()
