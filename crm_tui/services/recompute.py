"""Recomputing every tier of the bank for a month (decisions.md, Tiers; design.md, Bulk).

Computed at once into temporary tables, then written in short steps while people keep working:
assessments, tiers held, and the other roster table, which the last step puts in force. On
PostgreSQL all but the tiers held is done for two shares of the customers at once. Killed in
between, the same recompute again completes it: every step writes what is missing only.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete
from sqlmodel import col

from crm_tui.clock import business_date
from crm_tui.db import facts, roster_fill, tier_apply, tier_sums
from crm_tui.db.grading import Grading
from crm_tui.db.roster_source import RowSource, current
from crm_tui.db.rules import StoredRules, rules_on
from crm_tui.db.tables import StoreFact
from crm_tui.db.tier_shares import Shares, opened
from crm_tui.db.tier_work import grades
from crm_tui.db.tiers import any_held
from crm_tui.domain.audit import Entry
from crm_tui.domain.kinds import Tier
from crm_tui.domain.periods import Window, is_closed, last_closed_month, month_of
from crm_tui.domain.tiers import GoldMode
from crm_tui.errors import UsageError
from crm_tui.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from sqlmodel import Session

    from crm_tui.db.store import Store
    from crm_tui.db.tier_work import Work
    from crm_tui.domain.audit import Actor
    from crm_tui.domain.policy import Policy

    Progress = Callable[[str, float], None]

# While initial grants are being written: a recompute that goes on with them is the first, too.
_INITIAL_FACT: Final = "tiers_initial"


@dataclass(frozen=True, slots=True)
class RecomputeReport:
    """What a recompute found and did; `counts` are of the qualifying tier."""

    window: Window
    rule_set_id: int
    counts: Mapping[Tier, int]
    provisional: bool
    seconds: float
    initial: int = 0
    started: int = 0
    promoted: int = 0

    @property
    def graded(self) -> int:
        """How many customers were assessed."""
        return sum(self.counts.values())


def recompute(
    store: Store,
    actor: Actor,
    as_of: date | None = None,
    *,
    policy: Policy,
    provisional: bool = False,
    progress: Progress | None = None,
) -> RecomputeReport:
    """Compute the month that holds `as_of`, or the last closed one, and apply what follows.

    `provisional` computes any month and stores nothing. `progress` is told a phase and how much
    of the whole (0–1) lies behind. Raises UsageError for a month that is not over, StoreBusy
    while another recompute runs, StoreError.
    """
    today = business_date(store.clock())
    window = month_of(as_of) if as_of else last_closed_month(today)
    if not provisional and not is_closed(window, today):
        raise UsageError(
            _("{month} is not over yet: --provisional shows it and stores nothing.").format(
                month=window.code
            )
        )
    with opened(store) as shares:
        run = _Run(shares, actor, policy, window, progress or (lambda _phase, _done: None))
        return run.look() if provisional else run.apply()


@dataclass(slots=True)
class _Run:
    shares: Shares
    actor: Actor
    policy: Policy
    window: Window
    progress: Progress
    started_at: float = field(default_factory=time.monotonic)
    did: Counter[str] = field(default_factory=Counter)

    @property
    def work(self) -> Work:
        """Where what is not shared is done."""
        return self.shares.first

    def look(self) -> RecomputeReport:
        """Compute only."""
        stored, counts = self._compute()
        return self._report(stored, counts, provisional=True)

    def apply(self) -> RecomputeReport:
        """Compute and write."""
        stored, counts = self._compute()
        period = tier_apply.Period(self.window, stored.id, self.work.store.clock())
        self.progress(_("assessments"), 0.3)
        self._assess(period)
        with self.work.computing() as session:
            shown = current(session).period
        if shown is not None and self.window.start < shown:
            # An older month is corrected: tiers and roster follow the newest one.
            with self.work.step() as session:
                self.work.audited(session, self.actor, [self._entry(stored, counts)])
            return self._report(stored, counts, provisional=False)
        self.progress(_("tiers held"), 0.45)
        self._hold(period, stored)
        self.progress(_("roster"), 0.6)
        self._turn_roster(period, stored, counts)
        self.progress(_("roster"), 1.0)
        return self._report(stored, counts, provisional=False)

    def _compute(self) -> tuple[StoredRules, dict[Tier, int]]:
        self.progress(_("balances"), 0.0)
        with self.work.computing() as session:
            stored = rules_on(session, self.window.end)
        tier_sums.compute(self.shares, self.window, Grading(stored.rules, self.window.days))
        found = tier_sums.counts(self.shares)
        return stored, {tier: found[int(tier)] for tier in list(Tier)[1:]}

    def _assess(self, period: tier_apply.Period) -> None:
        def write(session: Session, after: int, upto: int) -> None:
            tier_apply.write_assessments(session, period, after, upto)

        self.shares.at_once(lambda work: work.each_range(grades.c.customer_id, write))

    def _hold(self, period: tier_apply.Period, stored: StoredRules) -> None:
        with self.work.step() as session:
            initial = facts.get(session, _INITIAL_FACT) is not None
            if not initial and not any_held(session):
                initial = True
                facts.put(session, _INITIAL_FACT, self.window.code)
        direct = stored.rules.gold is GoldMode.DIRECT

        def hold(work: Work) -> Counter[str]:
            did: Counter[str] = Counter()

            def write(session: Session, after: int, upto: int) -> None:
                if initial:
                    did["initial"] += tier_apply.grant_initial(session, period, after, upto)
                    return
                did["started"] += tier_apply.start_newcomers(session, period, after, upto)
                if direct:
                    entries = tier_apply.promote_to_gold(session, period, after, upto)
                    did["promoted"] += len(entries)
                    work.audited(session, self.actor, entries)

            work.each_range(grades.c.customer_id, write)
            return did

        # One after the other: ids and audit rows in the order of the customers, each time alike.
        for work in (self.shares.first, *self.shares.others):
            self.did += hold(work)

    def _turn_roster(
        self, period: tier_apply.Period, stored: StoredRules, counts: dict[Tier, int]
    ) -> None:
        now = roster_fill.begin(self.work)
        grading = Grading(stored.rules, self.window.days)
        source = RowSource(self.window.start, grading, self.policy.contact_intervals, grades)
        roster_fill.fill(self.shares, now, source)
        self.progress(_("roster"), 0.95)
        # Of whoever changed meanwhile, a share would know its own grades only.
        source = replace(source, grades=None)
        roster_fill.catch_up(self.work, now, source)
        with self.work.step() as session:
            roster_fill.turn(session, now, source, self.window.start, period.now)
            entries = [self._entry(stored, counts)]
            if facts.get(session, _INITIAL_FACT) is not None:
                session.execute(delete(StoreFact).where(col(StoreFact.name) == _INITIAL_FACT))
                held = {"granted": self.did["initial"], "period": self.window.code}
                entries.append(Entry("tiers.initial", "period", self.window.code, fields=held))
            self.work.audited(session, self.actor, entries)

    def _entry(self, stored: StoredRules, counts: dict[Tier, int]) -> Entry:
        fields = {
            "rule_set": stored.id,
            "graded": sum(counts.values()),
            "qualifying": {tier.code: count for tier, count in counts.items()},
            "started": self.did["started"],
            "promoted": self.did["promoted"],
        }
        return Entry("tiers.recompute", "period", self.window.code, fields=fields)

    def _report(
        self, stored: StoredRules, counts: dict[Tier, int], *, provisional: bool
    ) -> RecomputeReport:
        return RecomputeReport(
            window=self.window,
            rule_set_id=stored.id,
            counts=counts,
            provisional=provisional,
            seconds=time.monotonic() - self.started_at,
            initial=self.did["initial"],
            started=self.did["started"],
            promoted=self.did["promoted"],
        )
