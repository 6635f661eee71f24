"""What the codes of the domain are called on the screens, in either language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from crm_tui.domain.kinds import (
    CustomerKind,
    CustomerState,
    DiaryState,
    Gender,
    IdType,
    Method,
    Result,
    RevealReason,
    Tier,
    TierReason,
)
from crm_tui.domain.staff import Role
from crm_tui.i18n import N_, _
from crm_tui.labels_complaints import TEXTS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from enum import Enum

_TIERS: Final = {
    Tier.NONE: "-",
    Tier.SILVER: N_("Silver"),
    Tier.GOLD: N_("Gold"),
    Tier.PLATINUM: N_("Plat."),
    Tier.BLACK_GOLD: N_("Black"),
}
_TIERS_LONG: Final = {
    Tier.NONE: N_("not graded"),
    Tier.SILVER: N_("Silver card"),
    Tier.GOLD: N_("Gold card"),
    Tier.PLATINUM: N_("Platinum card"),
    Tier.BLACK_GOLD: N_("Black-gold card"),
}
# By enum: members of two enums may be the same text, such as `other`.
_TEXTS: Final[Mapping[type[Enum], Mapping[Enum, str]]] = {
    Role: {
        Role.CLERK: N_("Clerk"),
        Role.ACCOUNT_MANAGER: N_("Account manager"),
        Role.SUPERVISOR: N_("Supervisor"),
        Role.HQ_SERVICE: N_("Head office service"),
        Role.DEPARTMENT: N_("Department"),
        Role.COMPLIANCE: N_("Compliance"),
        Role.SYSTEM_ADMIN: N_("System administrator"),
        Role.SECURITY_ADMIN: N_("Security administrator"),
        Role.AUDITOR: N_("Auditor"),
    },
    Method: {
        Method.HOME_VISIT: N_("Visit"),
        Method.SITE_ROUND: N_("Round"),
        Method.PHONE: N_("Phone"),
        Method.EMAIL: N_("E-mail"),
        Method.SMS: N_("SMS"),
        Method.AT_BRANCH: N_("Branch"),
        Method.SOCIAL: N_("WeChat"),
        Method.ONLINE: N_("Online"),
    },
    Result: {
        Result.AGREED: N_("agreed"),
        Result.SOLD: N_("sold"),
        Result.DECLINED: N_("declined"),
        Result.NO_ANSWER: N_("no answer"),
        Result.OTHER: N_("other"),
    },
    CustomerKind: {
        CustomerKind.INDIVIDUAL: N_("individual"),
        CustomerKind.CORPORATE: N_("company"),
    },
    CustomerState: {
        CustomerState.NON_CUSTOMER: N_("not a customer"),
        CustomerState.PROSPECT: N_("prospect"),
        CustomerState.TARGET: N_("target"),
        CustomerState.ACTIVE: N_("active"),
        CustomerState.LOST: N_("lost"),
        CustomerState.PERMANENTLY_LOST: N_("permanently lost"),
    },
    IdType: {
        IdType.RESIDENT_ID: N_("resident ID"),
        IdType.PASSPORT: N_("passport"),
        IdType.USCC: N_("credit code"),
        IdType.OTHER: N_("other paper"),
    },
    Gender: {
        Gender.FEMALE: N_("female"),
        Gender.MALE: N_("male"),
    },
    TierReason: {
        TierReason.INITIAL: N_("first assessment"),
        TierReason.REGISTERED: N_("at registration"),
        TierReason.RECOMPUTE: N_("by assessment"),
        TierReason.GRANTED: N_("granted"),
    },
    Tier: {one: text for one, text in _TIERS.items() if one},
    DiaryState: {
        DiaryState.DRAFT: N_("draft"),
        DiaryState.SUBMITTED: N_("unread"),
        DiaryState.RETURNED: N_("returned"),
        DiaryState.REVIEWED: N_("read"),
    },
    RevealReason: {
        RevealReason.CALL: N_("to call"),
        RevealReason.IDENTIFY: N_("to identify"),
        RevealReason.CORRECT: N_("to correct"),
        RevealReason.OTHER: N_("other reason"),
    },
    **TEXTS,
}
_CATEGORIES: Final = {
    "deposit": N_("deposits"),
    "wealth": N_("wealth products"),
    "fund": N_("funds"),
    "bond": N_("bonds"),
    "insurance": N_("insurance"),
    "securities": N_("securities"),
    "loan": N_("loan"),
}


def tier(held: Tier) -> str:
    """Short, for a column: 白金."""
    return _(_TIERS[held]) if held else _TIERS[held]


def tier_card(held: Tier) -> str:
    """In full: 白金卡; 未评 for none."""
    return _(_TIERS_LONG[held])


def label(code: Enum) -> str:
    """The text of a role, method, state and the like."""
    return _(_TEXTS[type(code)][code])


def result(text: str) -> str:
    """A contact's result: one of ours by its label, the source's own words as they are."""
    known = {code.value: code for code in Result}
    return label(known[text]) if text in known else text


def category(code: str) -> str:
    """An account's category; an unknown one in the source's own word."""
    return _(_CATEGORIES[code]) if code in _CATEGORIES else code
