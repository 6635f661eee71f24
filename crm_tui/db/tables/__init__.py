"""The SQLModel tables, by noun. `metadata` holds them all."""

from crm_tui.db.tables.assets import Account, Transaction, balance
from crm_tui.db.tables.base import metadata
from crm_tui.db.tables.complaints import Complaint, ComplaintEvent, ComplaintRuleSet
from crm_tui.db.tables.customers import (
    NEVER_DUE,
    NOT_GRADED,
    Customer,
    CustomerSearch,
    Household,
    HouseholdMember,
    RosterCurrent,
    RosterTouched,
    roster_a,
    roster_b,
)
from crm_tui.db.tables.diary import Diary, DiaryAddendum
from crm_tui.db.tables.organisation import Branch, SignIn, Staff, StaffRole
from crm_tui.db.tables.tiers import RuleSetRow, TierHeld, assessment
from crm_tui.db.tables.trail import (
    Audit,
    AuditHead,
    AuditImage,
    ImportBatch,
    ImportImage,
    StoreFact,
)
from crm_tui.db.tables.work import CalendarDay, Contact, Draft

__all__ = [
    "NEVER_DUE",
    "NOT_GRADED",
    "Account",
    "Audit",
    "AuditHead",
    "AuditImage",
    "Branch",
    "CalendarDay",
    "Complaint",
    "ComplaintEvent",
    "ComplaintRuleSet",
    "Contact",
    "Customer",
    "CustomerSearch",
    "Diary",
    "DiaryAddendum",
    "Draft",
    "Household",
    "HouseholdMember",
    "ImportBatch",
    "ImportImage",
    "RosterCurrent",
    "RosterTouched",
    "RuleSetRow",
    "SignIn",
    "Staff",
    "StaffRole",
    "StoreFact",
    "TierHeld",
    "Transaction",
    "assessment",
    "balance",
    "metadata",
    "roster_a",
    "roster_b",
]
