"""The closed lists of the domain, by the codes that the database stores."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class BranchKind(StrEnum):
    """A branch that serves customers, or a department that does not."""

    BRANCH = "branch"
    DEPARTMENT = "department"


class CustomerKind(StrEnum):
    """A41."""

    INDIVIDUAL = "individual"
    CORPORATE = "corporate"


class CustomerState(StrEnum):
    """The six states of A44."""

    NON_CUSTOMER = "non_customer"
    PROSPECT = "prospect"
    TARGET = "target"
    ACTIVE = "active"
    LOST = "lost"
    PERMANENTLY_LOST = "permanently_lost"


# Who is to be contacted at the interval of the tier held (decisions.md, Keys: overdue contact).
KEPT_IN_TOUCH = (CustomerState.PROSPECT, CustomerState.TARGET, CustomerState.ACTIVE)


class IdType(StrEnum):
    """What identifies a customer."""

    RESIDENT_ID = "resident_id"
    PASSPORT = "passport"
    USCC = "uscc"
    OTHER = "other"


class Gender(StrEnum):
    """As the import files write it."""

    FEMALE = "F"
    MALE = "M"


class Tier(IntEnum):
    """Held tiers by rank, A52; 0 is not graded (未评)."""

    NONE = 0
    SILVER = 1
    GOLD = 2
    PLATINUM = 3
    BLACK_GOLD = 4

    @property
    def code(self) -> str:
        """The code that files and settings use; empty for none."""
        return self.name.lower() if self else ""


TIER_BY_CODE = {tier.code: tier for tier in Tier if tier}


class TierReason(StrEnum):
    """Why a tier is held."""

    INITIAL = "initial"
    REGISTERED = "registered"
    RECOMPUTE = "recompute"
    GRANTED = "granted"


class ContactKind(StrEnum):
    """decisions.md, Visits."""

    VISIT = "visit"
    CALLBACK = "callback"
    OUTREACH = "outreach"


class Method(StrEnum):
    """The eight methods of ux.md, in the order of their digits."""

    HOME_VISIT = "home_visit"
    SITE_ROUND = "site_round"
    PHONE = "phone"
    EMAIL = "email"
    SMS = "sms"
    AT_BRANCH = "at_branch"
    SOCIAL = "social"
    ONLINE = "online"


class Result(StrEnum):
    """How a contact ended, in the order of their digits."""

    AGREED = "agreed"
    SOLD = "sold"
    DECLINED = "declined"
    NO_ANSWER = "no_answer"
    OTHER = "other"


class RevealField(StrEnum):
    """What can be shown in clear for a while."""

    MOBILE = "mobile"
    ID_NO = "id_no"


class RevealReason(StrEnum):
    """Why somebody reads a number in clear, in the order of their digits."""

    CALL = "call"
    IDENTIFY = "identify"
    CORRECT = "correct"
    OTHER = "other"


class Initiator(StrEnum):
    """Who caused a transaction."""

    CUSTOMER = "customer"
    INSTITUTION = "institution"


class DayKind(StrEnum):
    """A day that departs from Monday to Friday."""

    OFF = "off"
    WORK = "work"


class DiaryState(StrEnum):
    """domain.md 8."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    REVIEWED = "reviewed"


class Outcome(StrEnum):
    """How an audited action ended."""

    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"
