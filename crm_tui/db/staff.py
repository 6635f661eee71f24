"""Queries about branches, staff, their roles and sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import or_, select
from sqlmodel import Session, col

from crm_tui.db.tables import Branch, Staff, StaffRole
from crm_tui.domain.staff import Role, RoleAt, Scope

if TYPE_CHECKING:
    from datetime import date

ROOT_CODE = "HQ"


class BranchNode(NamedTuple):
    """A branch and its place in the tree."""

    id: int
    code: str
    name: str
    parent_id: int | None


def branches(session: Session) -> list[BranchNode]:
    """Every branch and department, by code."""
    query = select(col(Branch.id), col(Branch.code), col(Branch.name), col(Branch.parent_id))
    return [BranchNode(*row) for row in session.execute(query.order_by(col(Branch.code)))]


def subtree(nodes: list[BranchNode], root: int) -> frozenset[int]:
    """`root` and everything below it."""
    children: dict[int | None, list[int]] = {}
    for node in nodes:
        children.setdefault(node.parent_id, []).append(node.id)
    found, waiting = set(), [root]
    while waiting:
        branch = waiting.pop()
        if branch not in found:
            found.add(branch)
            waiting += children.get(branch, [])
    return frozenset(found)


def by_username(session: Session, username: str) -> Staff | None:
    """The staff row of a user name, for a write."""
    return session.execute(
        select(Staff).where(col(Staff.username) == username)
    ).scalar_one_or_none()


def hold(session: Session, staff_id: int) -> None:
    """Let other transactions that hold the same person wait until this one ends.

    SQLite lets one transaction write at a time; there the row needs no lock.
    """
    row = select(col(Staff.id)).where(col(Staff.id) == staff_id)
    session.execute(row.with_for_update(key_share=True))


def roles_on(session: Session, staff_id: int, day: date, nodes: list[BranchNode]) -> list[RoleAt]:
    """The roles that somebody holds on `day`, in the order they were given."""
    query = (
        select(col(StaffRole.role), col(StaffRole.branch_id))
        .where(
            col(StaffRole.staff_id) == staff_id,
            col(StaffRole.from_on) <= day,
            or_(col(StaffRole.until_on).is_(None), col(StaffRole.until_on) > day),
        )
        .order_by(col(StaffRole.id))
    )
    return [
        RoleAt(Role(role), branch, subtree(nodes, branch))
        for role, branch in session.execute(query)
    ]


def managers_named(session: Session, scope: Scope, wanted: str, today: date) -> list[int]:
    """Account managers of today in scope with that user name, else with that name."""
    query = (
        select(col(Staff.id), col(Staff.username) == wanted.lower())
        .join(StaffRole, col(StaffRole.staff_id) == col(Staff.id))
        .where(
            or_(col(Staff.username) == wanted.lower(), col(Staff.name) == wanted),
            col(Staff.disabled).is_(False),
            col(StaffRole.role) == Role.ACCOUNT_MANAGER.value,
            col(StaffRole.from_on) <= today,
            or_(col(StaffRole.until_on).is_(None), col(StaffRole.until_on) > today),
        )
        .distinct()
    )
    if scope.branch_ids is not None:
        query = query.where(col(StaffRole.branch_id).in_(sorted(scope.branch_ids)))
    found = session.execute(query).all()
    return [int(row[0]) for row in ([row for row in found if row[1]] or found)]
