"""The demo bank's house: three branches under head office, departments, fourteen people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from crm_tui.domain.kinds import BranchKind
from crm_tui.domain.staff import Role

PASSWORD: Final = "demo-demo-demo"  # noqa: S105 (everybody is told)
DEFAULT_USER: Final = "lina"


@dataclass(frozen=True, slots=True)
class Place:
    """A branch or department."""

    code: str
    name: str
    kind: BranchKind = BranchKind.BRANCH
    parent: str = "HQ"


@dataclass(frozen=True, slots=True)
class Employee:
    """Somebody who works there."""

    username: str
    name: str
    role: Role
    place: str


BRANCHES: Final = (
    Place("CD01", "成都支行"),
    Place("MY01", "绵阳支行"),
    Place("LS01", "乐山支行"),
)
DEPARTMENTS: Final = (
    Place("TECH", "技术部", BranchKind.DEPARTMENT),
    Place("COMP", "合规部", BranchKind.DEPARTMENT),
)
STAFF: Final = (
    Employee("lina", "李娜", Role.ACCOUNT_MANAGER, "CD01"),
    Employee("wangqiang", "王强", Role.ACCOUNT_MANAGER, "CD01"),
    Employee("chenjing", "陈静", Role.ACCOUNT_MANAGER, "MY01"),
    Employee("hemin", "何敏", Role.ACCOUNT_MANAGER, "LS01"),
    Employee("zhoutao", "周涛", Role.CLERK, "CD01"),
    Employee("sunlei", "孙蕾", Role.CLERK, "MY01"),
    Employee("zhaomin", "赵敏", Role.SUPERVISOR, "CD01"),
    Employee("liuyang", "刘洋", Role.SUPERVISOR, "MY01"),
    Employee("linxia", "林霞", Role.HQ_SERVICE, "HQ"),
    Employee("pengbo", "彭博文", Role.DEPARTMENT, "TECH"),
    Employee("wujun", "吴君", Role.COMPLIANCE, "COMP"),
    Employee("zhengkai", "郑凯", Role.SYSTEM_ADMIN, "HQ"),
    Employee("fengyan", "冯燕", Role.SECURITY_ADMIN, "HQ"),
    Employee("dongjie", "董洁", Role.AUDITOR, "HQ"),
)
# A small branch without a supervisor of its own: the neighbour's stands in.
DEPUTIES: Final = (Employee("liuyang", "刘洋", Role.SUPERVISOR, "LS01"),)
MANAGERS: Final = {
    place.code: tuple(
        one.username
        for one in STAFF
        if one.place == place.code and one.role is Role.ACCOUNT_MANAGER
    )
    for place in BRANCHES
}
SUPERVISORS: Final = {"CD01": "zhaomin", "MY01": "liuyang", "LS01": "liuyang"}
