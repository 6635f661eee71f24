"""The closed lists of complaints, by the codes that the database stores (domain.md 1), and which
event may come in which state (decisions.md, Complaints)."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class ComplaintState(StrEnum):
    """The states of decisions.md, Complaints, in their order."""

    REGISTERED = "registered"
    TRIAGED = "triaged"
    IN_PROGRESS = "in_progress"
    AWAITING_CUSTOMER = "awaiting_customer"
    DECIDED = "decided"
    NOTIFIED = "notified"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something."""
        return self not in ENDED


ENDED = frozenset({ComplaintState.CLOSED, ComplaintState.WITHDRAWN, ComplaintState.MERGED})


class ComplaintClass(StrEnum):
    """The three categories of A102, in the order of their digits."""

    GENERAL = "general"
    MAJOR_ECONOMIC = "major_economic"
    WITHOUT_CAUSE = "without_cause"


class Complexity(StrEnum):
    """Which of a regime's two limits holds."""

    SIMPLE = "simple"
    COMPLEX = "complex"


class Urgency(StrEnum):
    """Which internal target holds."""

    NORMAL = "normal"
    URGENT = "urgent"


class Channel(StrEnum):
    """Where the complaint came in (JR/T 0169-2018), in the order of their digits."""

    BRANCH = "branch"
    PHONE = "phone"
    MOBILE_APP = "mobile_app"
    WEB = "web"
    SOCIAL = "social"
    SMS = "sms"
    MACHINE = "machine"
    THIRD_PARTY = "third_party"
    BACK_OFFICE = "back_office"
    OTHER = "other"


class Business(StrEnum):
    """What it is about (JR/T 0169-2018)."""

    SAVINGS = "savings"
    LOAN = "loan"
    DEBIT_CARD = "debit_card"
    CREDIT_CARD = "credit_card"
    PAYMENT = "payment"
    OWN_WEALTH = "own_wealth"
    AGENCY = "agency"
    PRECIOUS_METAL = "precious_metal"
    FOREIGN_EXCHANGE = "foreign_exchange"
    TREASURY = "treasury"
    CASH = "cash"
    PERSONAL_DATA = "personal_data"
    COLLECTION = "collection"
    OTHER_INTERMEDIARY = "other_intermediary"
    OTHER = "other"


class Reason(StrEnum):
    """Why somebody complains, and what proved to be the cause (JR/T 0169-2018)."""

    SERVICE = "service"
    SYSTEMS = "systems"
    RULES = "rules"
    MARKETING = "marketing"
    DISCLOSURE = "disclosure"
    CHOICE = "choice"
    PRICING = "pricing"
    RETURNS = "returns"
    CONTRACT = "contract"
    FUND_SAFETY = "fund_safety"
    DATA_SAFETY = "data_safety"
    COLLECTION = "collection"
    OTHER = "other"


class Demand(StrEnum):
    """What the complainant wants, in the order of their digits."""

    REFUND = "refund"
    VERIFY = "verify"
    ANSWER = "answer"
    ENQUIRE = "enquire"
    COMPENSATE = "compensate"
    STOP_HARASSMENT = "stop_harassment"
    SPEED_UP = "speed_up"
    RESTORE = "restore"
    OTHER = "other"


class Measure(StrEnum):
    """What was done about it (A105), in the order of their digits."""

    APOLOGY = "apology"
    COMPENSATION = "compensation"
    IMPROVEMENT = "improvement"
    EXPLANATION = "explanation"
    OTHER = "other"


class Step(StrEnum):
    """What somebody does with a case; each writes one event of that kind."""

    TRIAGE = "triage"
    SOLVE = "solve"
    START = "start"
    NOTE = "note"
    AWAIT = "await"
    RESUME = "resume"
    DECIDE = "decide"
    NOTIFY = "notify"
    CLOSE = "close"
    REASSIGN = "reassign"
    PROMISE = "promise"
    WITHDRAW = "withdraw"
    MERGE = "merge"
    REOPEN = "reopen"


class EventKind(StrEnum):
    """Kinds of events: the registration, the steps, and what a file brought."""

    REGISTERED = "registered"
    IMPORTED = "imported"
    TRIAGE = "triage"
    SOLVE = "solve"
    START = "start"
    NOTE = "note"
    AWAIT = "await"
    RESUME = "resume"
    DECIDE = "decide"
    NOTIFY = "notify"
    NOTIFY_FAILED = "notify_failed"
    CLOSE = "close"
    REASSIGN = "reassign"
    PROMISE = "promise"
    WITHDRAW = "withdraw"
    MERGE = "merge"
    REOPEN = "reopen"


_S, _K = ComplaintState, EventKind
_WORKED: Final = frozenset({_S.TRIAGED, _S.IN_PROGRESS, _S.AWAITING_CUSTOMER})
_OPEN: Final = frozenset(state for state in ComplaintState if state.is_open)
# The states in which each event may come.
FROM: Final = {
    _K.TRIAGE: frozenset({_S.REGISTERED}) | _WORKED,
    _K.SOLVE: frozenset({_S.REGISTERED}),
    _K.START: frozenset({_S.TRIAGED}),
    _K.NOTE: _OPEN,
    _K.AWAIT: frozenset({_S.IN_PROGRESS}),
    _K.RESUME: frozenset({_S.AWAITING_CUSTOMER}),
    _K.DECIDE: frozenset({_S.IN_PROGRESS}),
    _K.NOTIFY: frozenset({_S.DECIDED, _S.NOTIFIED}),
    _K.NOTIFY_FAILED: frozenset({_S.DECIDED, _S.NOTIFIED}),
    _K.CLOSE: frozenset({_S.NOTIFIED}),
    _K.REASSIGN: _OPEN - {_S.REGISTERED},
    _K.PROMISE: _OPEN,
    _K.WITHDRAW: _OPEN,
    _K.MERGE: _OPEN,
    _K.REOPEN: frozenset({_S.CLOSED}),
}


class Band(StrEnum):
    """How near the limit is, in working days (settings)."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    OVERDUE = "overdue"
    NONE = "none"
