"""Complaints of a large demo bank in bulk: trails by the same fold as those made one by one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from crm_tui.clock import SHANGHAI, business_date
from crm_tui.db.complaint_rules import complaint_rules_on, working_days
from crm_tui.demo.cases import GRIEVANCES, Grievance
from crm_tui.demo.dice import Dice
from crm_tui.demo.staffing import MANAGERS, SUPERVISORS
from crm_tui.domain.complaint_clocks import columns
from crm_tui.domain.complaint_events import (
    SCHEMA,
    Close,
    Decide,
    Notify,
    Payload,
    Registered,
    Said,
    Triage,
    dump,
)
from crm_tui.domain.complaint_fold import Event, after, begin
from crm_tui.domain.complaint_kinds import (
    Business,
    Channel,
    ComplaintClass,
    Demand,
    EventKind,
    Measure,
    Reason,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crm_tui.db.bulk import Bulk
    from crm_tui.demo.big_rows import House
    from crm_tui.domain.complaint_fold import Case
    from crm_tui.domain.workdays import Calendar

# One customer in so many complains; one case in so many is still open.
EVERY: Final = 5
OPEN_EVERY: Final = 20
_EVENT: Final = (
    "complaint_id", "seq", "at", "actor_id", "actor", "kind", "payload", "payload_schema",
    "batch_id",
)  # fmt: skip
# Working steps of a case in their order, and days between them.
_STEPS: Final = (
    EventKind.TRIAGE, EventKind.START, EventKind.DECIDE, EventKind.NOTIFY, EventKind.CLOSE,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Complainant:
    """A customer as a case needs them."""

    customer_id: int
    number: int
    branch: str


class CaseRows:
    """Makes and stores the cases of one part of the customers."""

    def __init__(self, bulk: Bulk, house: House) -> None:
        self._bulk, self._house = bulk, house
        stored = complaint_rules_on(bulk.session, house.today)
        self._rules, self._rule_set_id = stored.rules, stored.id
        self._calendar: Calendar = working_days(bulk.session)

    def write(self, people: Sequence[Complainant]) -> None:
        """One case for each of them that complains."""
        wanted = [one for one in people if one.number % EVERY == 0]
        if not wanted:
            return
        ids = self._bulk.reserve_ids("complaint", len(wanted))
        rows: list[dict[str, Any]] = []
        events: list[tuple[Any, ...]] = []
        for complaint_id, one in zip(ids, wanted, strict=True):
            trail, case = self._case(one)
            rows.append(
                {
                    "id": complaint_id,
                    "complaint_no": f"CP-{self._house.today.year}-{complaint_id:06d}",
                    **columns(case, self._rules, self._calendar),
                    "customer_branch_id": self._house.branches[one.branch],
                    "version": len(trail),
                    "batch_id": self._house.batch_id,
                }
            )
            events += [self._event_row(complaint_id, event) for event in trail]
        self._bulk.insert(
            "complaint", tuple(rows[0]), [tuple(map(self._bound, row.values())) for row in rows]
        )
        self._bulk.insert("complaint_event", _EVENT, events)

    def _case(self, one: Complainant) -> tuple[list[Event], Case]:
        dice = Dice(self._house.seed, 12, one.number)
        told = dice.one(GRIEVANCES)
        is_open = one.number // EVERY % OPEN_EVERY == 0
        received = self._instant(dice.whole(0, 25) if is_open else dice.whole(30, 390), dice)
        handler = self._house.staff[dice.one(MANAGERS[one.branch])]
        first = Event(
            1, received, EventKind.REGISTERED, self._registered(one, told, received, handler),
            handler,
        )  # fmt: skip
        trail, case = [first], begin(first)
        for step in _STEPS[: dice.whole(0, 3) if is_open else len(_STEPS)]:
            at = trail[-1].at + timedelta(hours=dice.whole(2, 30))
            who = self._house.staff[SUPERVISORS[one.branch]] if step is _STEPS[0] else handler
            event = Event(len(trail) + 1, at, step, _payload(step, told, handler, at, dice), who)
            trail.append(event)
            case = after(case, event)
        return trail, case

    def _registered(
        self, one: Complainant, told: Grievance, received: datetime, first: int
    ) -> Registered:
        branch = self._house.branches[one.branch]
        business, day = Business(told.business), business_date(received)
        return Registered(
            branch_id=branch, customer_id=one.customer_id,
            received_at=received, first_responder_id=first, registrar_id=first,
            regime=self._rules.regime_for(business, day).code, rule_set_id=self._rule_set_id,
            channel=Channel(told.channel), business=business, reason=Reason(told.reason),
            demand=Demand(told.demand), content=told.content,
        )  # fmt: skip

    def _instant(self, days_ago: int, dice: Dice) -> datetime:
        day: date = self._house.today - timedelta(days=days_ago + 1)
        morning = datetime.combine(day, time(9, 0), SHANGHAI).astimezone(UTC)
        return morning + timedelta(seconds=dice.whole(0, 25_200))

    def _event_row(self, complaint_id: int, event: Event) -> tuple[Any, ...]:
        return (
            complaint_id, event.seq, self._bulk.instant(event.at), event.actor_id, "demo",
            event.kind.value, dump(event.payload), SCHEMA, self._house.batch_id,
        )  # fmt: skip

    def _bound(self, value: Any) -> Any:
        if isinstance(value, datetime):
            return self._bulk.instant(value.astimezone(UTC))
        return value.isoformat() if isinstance(value, date) else value


def _payload(step: EventKind, told: Grievance, handler: int, at: datetime, dice: Dice) -> Payload:
    if step is EventKind.TRIAGE:
        return Triage(complaint_class=ComplaintClass(told.complaint_class), handler_id=handler)
    if step is EventKind.DECIDE:
        return Decide(decision=told.decision, measure=Measure(told.measure))
    if step is EventKind.NOTIFY:
        return Notify(channel=Channel.PHONE, told_at=at, person_id=handler)
    if step is EventKind.CLOSE:
        return Close(result=told.result, cause=Reason(told.reason), satisfaction=dice.whole(1, 5))
    return Said()
