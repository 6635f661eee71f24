"""Who and what can be chosen for a case: handlers, departments, colleagues, what is likely."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import func, or_, select
from sqlmodel import col

from crm_tui.db.complaint_open import OPEN
from crm_tui.db.complaint_pages import within
from crm_tui.db.tables import Branch, Complaint, Staff, StaffRole
from crm_tui.domain.complaint_kinds import ComplaintClass, Reason
from crm_tui.domain.kinds import BranchKind
from crm_tui.domain.staff import GRANTS, Permission, Reach

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy import Select
    from sqlmodel import Session

    from crm_tui.domain.staff import Scope

# From how many of the last like cases a proposal is made, and from how many handlers of them.
LAST: Final = 200
_TOP_HANDLERS: Final = 3
_LIKELY_CAUSES: Final = 8
_SOMEONE: tuple[Any, ...] = (col(Staff.id), col(Staff.username), col(Staff.name))


class Someone(NamedTuple):
    """A person who can be chosen."""

    id: int
    username: str
    name: str


class Place(NamedTuple):
    """A branch or department that can be chosen."""

    id: int
    code: str
    name: str


class Likely(NamedTuple):
    """What like cases were given; None where there is nothing to go by."""

    like_cases: int
    complaint_class: ComplaintClass | None
    department_id: int | None
    handler: Someone | None
    handler_open: int


def _roles_with(permission: Permission, reach: Reach | None = None) -> list[str]:
    found = []
    for role, grants in GRANTS.items():
        given = grants.get(permission)
        if given is not None and reach in (None, given):
            found.append(role.value)
    return found


def handlers(
    session: Session, scope: Scope, today: date, accused_id: int | None
) -> tuple[Someone, ...]:
    """Who may handle a case that somebody of this scope triages: their people, and those who
    serve the whole bank. Never the accused, nobody whose role or account has ended."""
    query = _holding(_roles_with(Permission.WORK_COMPLAINT), today)
    if scope.branch_ids is not None:
        bank_wide = _roles_with(Permission.SEE_COMPLAINTS, Reach.ALL)
        query = query.where(
            or_(
                col(StaffRole.branch_id).in_(sorted(scope.branch_ids)),
                col(StaffRole.role).in_(bank_wide),
            )
        )
    if accused_id is not None:
        query = query.where(col(Staff.id) != accused_id)
    return tuple(Someone(*row) for row in session.execute(query))


def colleagues(session: Session, branch_id: int, today: date) -> tuple[Someone, ...]:
    """Who may have been asked first at a branch."""
    query = _holding(_roles_with(Permission.REGISTER_COMPLAINT), today)
    query = query.where(col(StaffRole.branch_id) == branch_id)
    return tuple(Someone(*row) for row in session.execute(query))


def _holding(roles: Sequence[str], today: date) -> Select[Any]:
    query: Select[Any] = (
        select(*_SOMEONE)
        .join(StaffRole, col(StaffRole.staff_id) == col(Staff.id))
        .where(
            col(StaffRole.role).in_(roles),
            col(StaffRole.from_on) <= today,
            or_(col(StaffRole.until_on).is_(None), col(StaffRole.until_on) > today),
            col(Staff.disabled).is_(False),
        )
        .distinct()
        .order_by(col(Staff.username))
    )
    return query


def named(session: Session, text: str) -> list[Someone]:
    """Everybody of a user name, else of a name, in the whole bank."""
    wanted = text.strip()
    query = select(*_SOMEONE).where(
        or_(col(Staff.username) == wanted.lower(), col(Staff.name) == wanted)
    )
    found = [Someone(*row) for row in session.execute(query)]
    return [one for one in found if one.username == wanted.lower()] or found


def username(session: Session, staff_id: int | None) -> str:
    """The user name of somebody, empty for nobody."""
    query = select(col(Staff.username)).where(col(Staff.id) == staff_id)
    return session.execute(query).scalar() or ""


def code_of(session: Session, branch_id: int | None) -> str:
    """The code of a branch or department, empty for none."""
    query = select(col(Branch.code)).where(col(Branch.id) == branch_id)
    return session.execute(query).scalar() or ""


def departments(session: Session) -> tuple[Place, ...]:
    """Every department, by code."""
    query = (
        select(col(Branch.id), col(Branch.code), col(Branch.name))
        .where(col(Branch.kind) == BranchKind.DEPARTMENT.value)
        .order_by(col(Branch.code))
    )
    return tuple(Place(*row) for row in session.execute(query))


def place(session: Session, code: str) -> Place | None:
    """A branch or department by its code."""
    query = select(col(Branch.id), col(Branch.code), col(Branch.name)).where(
        col(Branch.code) == code.strip()
    )
    row = session.execute(query).one_or_none()
    return Place(*row) if row else None


def likely(
    session: Session, scope: Scope, business: str, reason: str, allowed: Sequence[Someone]
) -> Likely:
    """What the last like cases in scope were given: the most frequent class and department,
    and of its most frequent handlers among `allowed` the one with the fewest open cases."""
    query = (
        select(
            col(Complaint.complaint_class), col(Complaint.department_id), col(Complaint.handler_id)
        )
        .where(
            col(Complaint.business) == business,
            col(Complaint.reason) == reason,
            col(Complaint.complaint_class).is_not(None),
            col(Complaint.handler_id).is_not(None),
            within(scope),
        )
        .order_by(col(Complaint.id).desc())
        .limit(LAST)
    )
    like = session.execute(query).all()
    if not like:
        return Likely(0, None, None, None, 0)
    by_id = {one.id: one for one in allowed}
    department_id = _most([row[1] for row in like])
    frequent = Counter(row[2] for row in like if row[1] == department_id and row[2] in by_id)
    top = [one for one, _n in frequent.most_common(_TOP_HANDLERS)]
    loads = open_cases(session, top)
    handler = min(top, key=lambda one: (loads.get(one, 0), top.index(one)), default=None)
    return Likely(
        len(like),
        ComplaintClass(_most([row[0] for row in like])),
        department_id,
        None if handler is None else by_id[handler],
        0 if handler is None else loads.get(handler, 0),
    )


def open_cases(session: Session, staff_ids: Sequence[int]) -> dict[int, int]:
    """How many open cases each of these people handles."""
    query = (
        select(col(Complaint.handler_id), func.count())
        .where(col(Complaint.handler_id).in_(list(staff_ids)), OPEN)
        .group_by(col(Complaint.handler_id))
    )
    return {int(row[0]): int(row[1]) for row in session.execute(query)}


def likely_causes(session: Session, scope: Scope) -> tuple[Reason, ...]:
    """Every cause, the likeliest of the last closed cases in scope first."""
    last = (
        select(col(Complaint.cause))
        .where(col(Complaint.ended_at).is_not(None), within(scope))
        .order_by(col(Complaint.ended_at).desc(), col(Complaint.id).desc())
        .limit(LAST)
    )
    seen = Counter(cause for cause in session.execute(last).scalars() if cause)
    first = [Reason(cause) for cause, _n in seen.most_common(_LIKELY_CAUSES)]
    return (*first, *(one for one in Reason if one not in first))


def _most(values: Sequence[Any]) -> Any:
    """The most frequent value; of equals the one seen last in time."""
    return Counter(values).most_common(1)[0][0]
