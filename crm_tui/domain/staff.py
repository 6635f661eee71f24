"""Who may do what: roles, scopes and the permission table of decisions.md."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """Roles of domain.md 7."""

    CLERK = "clerk"
    ACCOUNT_MANAGER = "account_manager"
    SUPERVISOR = "supervisor"
    HQ_SERVICE = "hq_service"
    DEPARTMENT = "department"
    COMPLIANCE = "compliance"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDITOR = "auditor"


ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR})


class Permission(StrEnum):
    """Use cases that a role may or may not have."""

    SEE_CUSTOMERS = "see_customers"
    REVEAL = "reveal"
    EDIT_CUSTOMER = "edit_customer"
    LOG_CONTACT = "log_contact"
    GRANT_TIER = "grant_tier"
    GIVE_UP = "give_up"
    SEE_COMPLAINTS = "see_complaints"
    REGISTER_COMPLAINT = "register_complaint"
    TRIAGE_COMPLAINT = "triage_complaint"
    VERIFY_COMPLAINT = "verify_complaint"
    WORK_COMPLAINT = "work_complaint"
    WRITE_DIARY = "write_diary"
    REVIEW_DIARY = "review_diary"
    AUDIT = "audit"


class Reach(StrEnum):
    """How far a permission goes: what was passed on to oneself or one's department, one's own
    customers, the branch's subtree, everything."""

    PASSED = "passed"
    OWN = "own"
    BRANCH = "branch"
    ALL = "all"


_B, _O, _A = Reach.BRANCH, Reach.OWN, Reach.ALL
_P = Permission
# What everybody who may register complaints may do with them.
_BRANCH_CASES = {
    _P.SEE_COMPLAINTS: _B,
    _P.REGISTER_COMPLAINT: _B,
    _P.VERIFY_COMPLAINT: Reach.PASSED,
    _P.WORK_COMPLAINT: Reach.PASSED,
}
_ALL_CASES = _BRANCH_CASES | {
    _P.SEE_COMPLAINTS: _A,
    _P.REGISTER_COMPLAINT: _A,
    _P.TRIAGE_COMPLAINT: _A,
}

# decisions.md, "Who may do what"; a pair that is absent is refused.
GRANTS: MappingProxyType[Role, MappingProxyType[Permission, Reach]] = MappingProxyType(
    {
        Role.CLERK: MappingProxyType(
            {
                _P.SEE_CUSTOMERS: _B,
                _P.REVEAL: _B,
                _P.EDIT_CUSTOMER: _B,
                _P.LOG_CONTACT: _B,
                **_BRANCH_CASES,
            }
        ),
        Role.ACCOUNT_MANAGER: MappingProxyType(
            {
                _P.SEE_CUSTOMERS: _B,
                _P.REVEAL: _O,
                _P.EDIT_CUSTOMER: _O,
                _P.LOG_CONTACT: _B,
                **_BRANCH_CASES,
                _P.WRITE_DIARY: _O,
            }
        ),
        Role.SUPERVISOR: MappingProxyType(
            {
                _P.SEE_CUSTOMERS: _B,
                _P.REVEAL: _B,
                _P.EDIT_CUSTOMER: _B,
                _P.LOG_CONTACT: _B,
                _P.GRANT_TIER: _B,
                _P.GIVE_UP: _B,
                **_BRANCH_CASES,
                _P.TRIAGE_COMPLAINT: _B,
                _P.WRITE_DIARY: _O,
                _P.REVIEW_DIARY: _B,
            }
        ),
        Role.HQ_SERVICE: MappingProxyType(
            {
                _P.SEE_CUSTOMERS: _A,
                _P.REVEAL: _A,
                _P.EDIT_CUSTOMER: _A,
                _P.LOG_CONTACT: _A,
                _P.GRANT_TIER: _A,
                _P.GIVE_UP: _A,
                **_ALL_CASES,
                _P.REVIEW_DIARY: _A,
            }
        ),
        Role.DEPARTMENT: MappingProxyType(
            {_P.SEE_COMPLAINTS: Reach.PASSED, _P.VERIFY_COMPLAINT: Reach.PASSED}
        ),
        Role.COMPLIANCE: MappingProxyType(_ALL_CASES),
        Role.AUDITOR: MappingProxyType({_P.AUDIT: _A}),
    }
)


@dataclass(frozen=True, slots=True)
class RoleAt:
    """A role held at a branch; `branch_ids` is the branch's subtree at sign-in."""

    role: Role
    branch_id: int
    branch_ids: frozenset[int]


@dataclass(frozen=True, slots=True)
class Scope:
    """What of a table a permission reaches.

    `branch_ids` None means every branch; `own_only` means rows of `staff_id` alone. What was
    `passed` on reaches, in any branch, what `staff_id` handles or the departments in
    `department_ids` were given.
    """

    branch_ids: frozenset[int] | None
    staff_id: int
    own_only: bool = False
    passed: bool = False
    department_ids: frozenset[int] = frozenset()

    def covers(self, branch_id: int, manager_id: int | None) -> bool:
        """Whether a customer of that branch and manager lies within."""
        if self.branch_ids is not None and branch_id not in self.branch_ids:
            return False
        return not self.own_only or manager_id == self.staff_id


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in, fixed at sign-in."""

    staff_id: int
    username: str
    name: str
    roles: tuple[RoleAt, ...]
    branch_id: int
    branch_name: str
    branch_code: str
    session_id: int
    is_head_office: bool = False
    language: str | None = None

    @property
    def role(self) -> Role:
        """The role that the screens show: the first held."""
        return self.roles[0].role

    def holds(self, role: Role) -> bool:
        """Whether `role` is among the person's."""
        return any(held.role is role for held in self.roles)

    def scope(self, permission: Permission) -> Scope | None:
        """How far `permission` goes for this person, or None when it is refused.

        Several roles add up: everything beats branches, branches beat own, own beats passed on.
        A role held at head office reaches its subtree, which is every branch.
        """
        wide: set[int] = set()
        own: set[int] = set()
        passed: set[int] = set()
        for held in self.roles:
            reach = GRANTS.get(held.role, MappingProxyType({})).get(permission)
            if reach is Reach.ALL:
                return Scope(None, self.staff_id)
            if reach is Reach.BRANCH:
                wide |= held.branch_ids
            elif reach is Reach.OWN:
                own |= held.branch_ids
            elif reach is Reach.PASSED:
                passed |= held.branch_ids
        if wide:
            return Scope(frozenset(wide), self.staff_id)
        if own:
            return Scope(frozenset(own), self.staff_id, own_only=True)
        if passed:
            return Scope(None, self.staff_id, passed=True, department_ids=frozenset(passed))
        return None

    def may(self, permission: Permission) -> bool:
        """Whether `permission` reaches anything at all."""
        return self.scope(permission) is not None
