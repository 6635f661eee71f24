"""Complaints of the demo bank: who brought which grievance, and what was done about it when."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from importlib import resources
from typing import TYPE_CHECKING, Final

from crm_tui.clock import SHANGHAI
from crm_tui.demo.dice import Dice
from crm_tui.demo.staffing import MANAGERS, STAFF, SUPERVISORS
from crm_tui.domain.complaint_kinds import Step
from crm_tui.domain.complaints import ComplaintForm, StepForm, TriageForm
from crm_tui.domain.kinds import CustomerState
from crm_tui.domain.staff import Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crm_tui.demo.people import Customer

# One in so many customers complains within the season.
EVERY: Final = 25
FEWEST: Final = 20


@dataclass(frozen=True, slots=True)
class Grievance:
    """Something that people complain about, and how it usually ends."""

    business: str
    reason: str
    channel: str
    demand: str
    complaint_class: str
    department: str
    content: str
    decision: str
    measure: str
    result: str


@dataclass(frozen=True, slots=True)
class Case:
    """One complaint; `other` is the case that it is merged into."""

    number: int
    customer: Customer = field(repr=False)
    grievance: Grievance = field(repr=False)
    registrar: str
    handler: str
    other: int = 0


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody does with a case at a time: registers it (no step), or takes a step."""

    at: datetime
    who: str
    case: Case
    step: Step | None = None
    form: ComplaintForm | TriageForm | StepForm = field(default_factory=StepForm, repr=False)


def _read_grievances() -> tuple[Grievance, ...]:
    text = resources.files("crm_tui.demo").joinpath("grievances.csv").read_text("utf-8")
    return tuple(
        Grievance(
            row["business"], row["reason"], row["channel"], row["demand"], row["class"],
            row["department"], row["content"], row["decision"], row["measure"], row["result"],
        )
        for row in csv.DictReader(text.splitlines())
    )  # fmt: skip


GRIEVANCES: Final = _read_grievances()
_CLERKS: Final = {one.place: one.username for one in STAFF if one.role is Role.CLERK}
# How far the cases have come, and how many working days ago they were received, in turn: every
# state is there, one has passed its limit, one is due, and most are over.
_FATES: Final[tuple[tuple[str, int, int], ...]] = (
    ("registered", 1, 1), ("closed", 12, 60), ("in_progress", 4, 6), ("closed", 12, 60),
    ("registered", 3, 4), ("closed", 12, 60), ("overdue", 16, 19), ("closed", 12, 60),
    ("triaged", 2, 3), ("closed", 12, 60), ("awaiting", 6, 8), ("closed", 12, 60),
    ("decided", 6, 7), ("reopened", 20, 30), ("notified", 8, 9), ("closed", 12, 60),
    ("withdrawn", 15, 50), ("closed", 12, 60), ("merged", 4, 5), ("promised", 2, 2),
)  # fmt: skip

# From a merged case back to the open one that it repeats, `decided`.
_SAID_BEFORE: Final = 6


def plan(seed: int, customers: Sequence[Customer], days: Sequence[date], today: date) -> list[Deed]:
    """All that is done with the complaints of a season, by time. `days` are its working days."""
    wanted = [
        one
        for one in customers
        if one.manager and one.state is CustomerState.ACTIVE and one.opened_on < days[0]
    ]
    dice = Dice(seed, 9)
    count = max(FEWEST, len(customers) // EVERY)
    # Whom the first day looks for is among them, and nobody twice but who complains again.
    chosen = [one for one in wanted if one.is_head][: count // 2]
    chosen += dice.shuffled([one for one in wanted if one not in chosen])[: count - len(chosen)]
    deeds: list[Deed] = []
    for place, customer in enumerate(chosen):
        if _fate(place) == "merged":
            # The same draws give the same grievance: what was said before is said once more.
            customer = chosen[place - _SAID_BEFORE]  # noqa: PLW2901
        story = _Story(Dice(seed, 10, customer.number), customer, place, days, today)
        deeds += story.deeds()
    return sorted(deeds, key=lambda deed: (deed.at, deed.case.number))


def _fate(place: int) -> str:
    return _FATES[place % len(_FATES)][0]


class _Story:
    """One case from its registration as far as it has come."""

    def __init__(
        self, dice: Dice, customer: Customer, place: int, days: Sequence[date], today: date
    ) -> None:
        self._dice, self._days, self._today = dice, days, today
        self._fate, least, most = _FATES[place % len(_FATES)]
        self._day = max(0, len(days) - dice.whole(least, most))
        self._clock = time(9, dice.whole(0, 40))
        staff = MANAGERS[customer.branch]
        clerk = _CLERKS.get(customer.branch, customer.manager)
        registrar = dice.one((clerk, clerk, customer.manager))
        other = place if self._fate == "merged" else 0
        self._case = Case(
            place + 1, customer, dice.one(GRIEVANCES), registrar, dice.one((*staff, clerk)), other
        )
        self._found: list[Deed] = []

    def deeds(self) -> list[Deed]:
        """In their order."""
        self._register()
        getattr(self, f"_{self._fate}")()
        return self._found

    def _do(
        self, who: str, step: Step | None, form: ComplaintForm | TriageForm | StepForm,
        days: int = 1,
    ) -> None:  # fmt: skip
        """A deed `days` working days after the one before; what would be in the future is not."""
        self._day += days if step else 0
        if self._day >= len(self._days):
            return
        minutes = self._clock.hour * 60 + self._clock.minute + len(self._found) * 7
        at = datetime.combine(self._days[self._day], time(0), SHANGHAI) + timedelta(minutes=minutes)
        self._found.append(Deed(at, who, self._case, step, form))

    def _register(self) -> None:
        told = self._case.grievance
        promise = "+1" if self._dice.chance(0.3) else ""
        if self._fate == "promised":
            promise = f"{self._today.isoformat()} 17:00"
        form = ComplaintForm(
            content=told.content, channel=told.channel, business=told.business,
            reason=told.reason, demand=told.demand, promise=promise,
        )  # fmt: skip
        self._do(self._case.registrar, None, form)

    def _registered(self) -> None:
        """Nobody has looked at it yet."""

    def _triaged(self) -> None:
        told, case = self._case.grievance, self._case
        urgency = "urgent" if told.complaint_class == "major_economic" else "normal"
        form = TriageForm(told.complaint_class, told.department, case.handler, urgency, "simple")
        self._do(SUPERVISORS[case.customer.branch], Step.TRIAGE, form)

    def _promised(self) -> None:
        self._triaged()

    def _in_progress(self) -> None:
        self._triaged()
        self._do(self._case.handler, Step.NOTE, StepForm(text="已联系客户,正在核实。"))

    def _overdue(self) -> None:
        self._in_progress()

    def _awaiting(self) -> None:
        self._in_progress()
        self._do(self._case.handler, Step.AWAIT, StepForm(text="请客户补交易凭证。"))

    def _decided(self) -> None:
        self._in_progress()
        told = self._case.grievance
        form = StepForm(text=told.decision, measure=told.measure)
        self._do(self._case.handler, Step.DECIDE, form, self._dice.whole(1, 3))

    def _notified(self) -> None:
        self._decided()
        form = StepForm(text="电话告知处理决定,客户已知悉。", channel="phone", reached="yes")
        self._do(self._case.handler, Step.NOTIFY, form, 0)

    def _closed(self) -> None:
        self._notified()
        told = self._case.grievance
        form = StepForm(
            text=told.result, cause=told.reason, satisfaction=str(self._dice.whole(2, 5))
        )
        self._do(self._case.handler, Step.CLOSE, form)

    def _reopened(self) -> None:
        self._closed()
        supervisor = SUPERVISORS[self._case.customer.branch]
        self._do(supervisor, Step.REOPEN, StepForm(text="客户再次来电,费用又扣了一次。"), 2)
        self._do(self._case.handler, Step.NOTE, StepForm(text="重新核实扣费明细。"))

    def _withdrawn(self) -> None:
        self._in_progress()
        self._do(self._case.handler, Step.WITHDRAW, StepForm(text="客户来电说已自行解决。"))

    def _merged(self) -> None:
        self._triaged()
        self._do(
            SUPERVISORS[self._case.customer.branch],
            Step.MERGE,
            StepForm(text="同一问题,合并办理。"),
            0,
        )
