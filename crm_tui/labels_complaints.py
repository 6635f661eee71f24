"""What the codes of complaints are called (JR/T 0169-2018 and domain.md 9), in either language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from crm_tui.domain.complaint_kinds import (
    Band,
    Business,
    Channel,
    ComplaintClass,
    ComplaintState,
    Complexity,
    Demand,
    EventKind,
    Measure,
    Reason,
    Step,
    Urgency,
)
from crm_tui.i18n import N_, _

if TYPE_CHECKING:
    from collections.abc import Mapping
    from enum import Enum

TEXTS: Final[Mapping[type[Enum], Mapping[Enum, str]]] = {
    # A state says what the case waits for.
    ComplaintState: {
        ComplaintState.REGISTERED: N_("untriaged"),
        ComplaintState.TRIAGED: N_("triaged"),
        ComplaintState.IN_PROGRESS: N_("in work"),
        ComplaintState.AWAITING_CUSTOMER: N_("awaiting"),
        ComplaintState.DECIDED: N_("to notify"),
        ComplaintState.NOTIFIED: N_("to close"),
        ComplaintState.CLOSED: N_("closed"),
        ComplaintState.WITHDRAWN: N_("withdrawn"),
        ComplaintState.MERGED: N_("merged"),
    },
    ComplaintClass: {
        ComplaintClass.GENERAL: N_("General"),
        ComplaintClass.MAJOR_ECONOMIC: N_("Major economic"),
        ComplaintClass.WITHOUT_CAUSE: N_("Without just cause"),
    },
    Complexity: {Complexity.SIMPLE: N_("simple"), Complexity.COMPLEX: N_("complex")},
    Urgency: {Urgency.NORMAL: N_("normal"), Urgency.URGENT: N_("urgent")},
    Channel: {
        Channel.BRANCH: N_("At a branch"),
        Channel.PHONE: N_("Hotline"),
        Channel.MOBILE_APP: N_("Mobile app"),
        Channel.WEB: N_("Online banking"),
        Channel.SOCIAL: N_("Public account"),
        Channel.SMS: N_("Text message"),
        Channel.MACHINE: N_("Machine"),
        Channel.THIRD_PARTY: N_("Third party"),
        Channel.BACK_OFFICE: N_("Back office"),
        Channel.OTHER: N_("Other"),
    },
    Business: {
        Business.SAVINGS: N_("RMB savings"),
        Business.LOAN: N_("Loans"),
        Business.DEBIT_CARD: N_("Debit card"),
        Business.CREDIT_CARD: N_("Credit card"),
        Business.PAYMENT: N_("Payments"),
        Business.OWN_WEALTH: N_("Own wealth products"),
        Business.AGENCY: N_("Agency business"),
        Business.PRECIOUS_METAL: N_("Precious metals"),
        Business.FOREIGN_EXCHANGE: N_("Foreign exchange"),
        Business.TREASURY: N_("Treasury"),
        Business.CASH: N_("RMB cash"),
        Business.PERSONAL_DATA: N_("Personal financial data"),
        Business.COLLECTION: N_("Debt collection"),
        Business.OTHER_INTERMEDIARY: N_("Other intermediary"),
        Business.OTHER: N_("Other"),
    },
    Reason: {
        Reason.SERVICE: N_("Service attitude and quality"),
        Reason.SYSTEMS: N_("Facilities, equipment and systems"),
        Reason.RULES: N_("Rules and procedures"),
        Reason.MARKETING: N_("Ways of marketing"),
        Reason.DISCLOSURE: N_("Disclosure"),
        Reason.CHOICE: N_("Freedom of choice"),
        Reason.PRICING: N_("Pricing and fees"),
        Reason.RETURNS: N_("Product returns"),
        Reason.CONTRACT: N_("Contract terms"),
        Reason.FUND_SAFETY: N_("Safety of funds"),
        Reason.DATA_SAFETY: N_("Safety of data"),
        Reason.COLLECTION: N_("Ways of collecting debts"),
        Reason.OTHER: N_("Other"),
    },
    Demand: {
        Demand.REFUND: N_("refund"),
        Demand.VERIFY: N_("verification"),
        Demand.ANSWER: N_("answer"),
        Demand.ENQUIRE: N_("enquiry"),
        Demand.COMPENSATE: N_("compensation"),
        Demand.STOP_HARASSMENT: N_("stop harassment"),
        Demand.SPEED_UP: N_("speed up"),
        Demand.RESTORE: N_("restore use"),
        Demand.OTHER: N_("other"),
    },
    Measure: {
        Measure.APOLOGY: N_("apology"),
        Measure.COMPENSATION: N_("indemnity"),
        Measure.IMPROVEMENT: N_("improvement"),
        Measure.EXPLANATION: N_("explanation"),
        Measure.OTHER: N_("other"),
    },
    Step: {
        Step.TRIAGE: N_("triage"),
        Step.SOLVE: N_("solve on the spot"),
        Step.START: N_("begin the work"),
        Step.NOTE: N_("note"),
        Step.AWAIT: N_("await the customer"),
        Step.RESUME: N_("resume"),
        Step.DECIDE: N_("decide"),
        Step.NOTIFY: N_("tell the customer"),
        Step.CLOSE: N_("close"),
        Step.REASSIGN: N_("reassign"),
        Step.PROMISE: N_("promise a time"),
        Step.WITHDRAW: N_("withdraw"),
        Step.MERGE: N_("merge into another"),
        Step.REOPEN: N_("reopen"),
    },
    EventKind: {
        EventKind.REGISTERED: N_("Registered"),
        EventKind.IMPORTED: N_("Imported"),
        EventKind.TRIAGE: N_("Triaged"),
        EventKind.SOLVE: N_("Solved"),
        EventKind.START: N_("Begun"),
        EventKind.NOTE: N_("Noted"),
        EventKind.AWAIT: N_("Awaiting"),
        EventKind.RESUME: N_("Resumed"),
        EventKind.DECIDE: N_("Decided"),
        EventKind.NOTIFY: N_("Told"),
        EventKind.NOTIFY_FAILED: N_("Not reached"),
        EventKind.CLOSE: N_("Closed"),
        EventKind.REASSIGN: N_("Reassigned"),
        EventKind.PROMISE: N_("Promised"),
        EventKind.WITHDRAW: N_("Withdrawn"),
        EventKind.MERGE: N_("Merged"),
        EventKind.REOPEN: N_("Reopened"),
    },
}
# Where a column or a choice by digit has no room for the standard's own words.
_SHORT: Final[Mapping[type[Enum], Mapping[Enum, str]]] = {
    ComplaintClass: {ComplaintClass.WITHOUT_CAUSE: N_("No just cause")},
    Business: {
        Business.OWN_WEALTH: N_("Own wealth"),
        Business.AGENCY: N_("Agency"),
        Business.PERSONAL_DATA: N_("Personal data"),
        Business.OTHER_INTERMEDIARY: N_("Intermediary"),
    },
    Reason: {
        Reason.SERVICE: N_("Service"),
        Reason.SYSTEMS: N_("Systems"),
        Reason.RULES: N_("Rules"),
        Reason.MARKETING: N_("Marketing"),
        Reason.CHOICE: N_("Choice"),
        Reason.PRICING: N_("Pricing"),
        Reason.RETURNS: N_("Returns"),
        Reason.CONTRACT: N_("Contract"),
        Reason.FUND_SAFETY: N_("Fund safety"),
        Reason.DATA_SAFETY: N_("Data safety"),
        Reason.COLLECTION: N_("Collection"),
    },
}
# Beside the words, so that a band does not hang on colour.
MARKS: Final = {Band.OVERDUE: "!", Band.RED: "!", Band.AMBER: "~", Band.GREEN: " ", Band.NONE: " "}
_SATISFACTION: Final = {
    "1": N_("very dissatisfied"),
    "2": N_("dissatisfied"),
    "3": N_("neutral"),
    "4": N_("satisfied"),
    "5": N_("very satisfied"),
    "0": N_("not stated"),
}


def short(code: Enum) -> str:
    """A code of complaints in few cells; its full name where that is short already."""
    kind = type(code)
    return _(_SHORT.get(kind, {}).get(code) or TEXTS[kind][code])


def satisfaction() -> list[tuple[str, str]]:
    """What the customer may say, in the order of the digits; the last is nothing."""
    return [(value, _(text)) for value, text in _SATISFACTION.items()]
