"""Making the demo bank month by month, through the services and importers of a real one.

The store's clock is moved through thirteen months, so that every row, tier and audit entry has
the time at which it would have come about.
"""

from __future__ import annotations

import tempfile
import uuid
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlmodel import col

from crm_tui.clock import SHANGHAI, business_date
from crm_tui.db.staff import by_username
from crm_tui.db.tables import Branch, Customer, TierHeld, assessment
from crm_tui.demo import cases, diaries, files, money, people, touches, work
from crm_tui.demo.dice import Dice
from crm_tui.demo.making import Making, MovingClock
from crm_tui.demo.staffing import DEPUTIES, PASSWORD, STAFF, SUPERVISORS
from crm_tui.domain.contacts import ContactForm
from crm_tui.domain.kinds import Tier
from crm_tui.domain.workdays import Calendar
from crm_tui.errors import CrmError
from crm_tui.i18n import _
from crm_tui.services import sign_in, staff
from crm_tui.services.contacts import Contacts
from crm_tui.services.imports import ImportKind, import_file
from crm_tui.services.passwords import hash_new
from crm_tui.services.setup import published_days
from crm_tui.services.tiers import TiersService, recompute

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from crm_tui.db.store import Store
    from crm_tui.demo import Watch
    from crm_tui.domain.audit import Actor
    from crm_tui.domain.periods import Window
    from crm_tui.domain.policy import Policy

SEED: Final = 20_261_123
CONTACT_DAYS: Final = 92
# One in so many customers is called upon in the program itself, the others by file.
_PERSONAL_EVERY: Final = 16
_PERSONAL_MOST: Final = 400
# Of those who have earned platinum, who is granted it in a month.
_GRANTED: Final = 0.6


def first_day(now: datetime) -> date:
    """The day on which a bank that is to be thirteen months old at `now` is founded."""
    return money.months_until(business_date(now))[0].start


def make(
    store: Store,
    clock: MovingClock,
    *,
    customers: int,
    now: datetime,
    actor: Actor,
    policy: Policy,
    watch: Watch,
    seed: int = SEED,
) -> None:
    """Fill a newly founded bank. Raises CrmError."""
    today = business_date(now)
    with tempfile.TemporaryDirectory(prefix="crm-tui-demo-") as directory:
        making = Making(
            store, clock, actor, policy, watch, seed, now,
            [people.customer(seed, number, today) for number in range(1, customers + 1)],
            money.months_until(today),
            Path(directory),
        )  # fmt: skip
        watch(_("branches and staff"), 0.0)
        hire(store, actor, policy, Path(directory))
        _plan_contacts(making, today)
        _live(making, today)


def hire(store: Store, actor: Actor, policy: Policy, directory: Path) -> None:
    """Branches, departments and staff by file; their passwords by command."""
    for kind, write in ((ImportKind.BRANCHES, files.branches), (ImportKind.STAFF, files.staff)):
        path = directory / f"{kind.value}.csv"
        write(path)
        _import(store, kind, path, actor, policy)
    for one in DEPUTIES:
        staff.add_role(store, actor, username=one.username, role=one.role, branch_code=one.place)
    _give_password(store, actor)


def _give_password(store: Store, actor: Actor) -> None:
    """Everybody the same one: hashed once, since hashing is made to be slow."""
    hashed = hash_new(PASSWORD)
    with store.write(actor) as tx:
        for one in STAFF:
            person = by_username(tx.session, one.username)
            assert person is not None
            person.password_hash = hashed
            tx.audit("staff.passwd", "staff", person.id)


def _plan_contacts(making: Making, today: date) -> None:
    calendar = Calendar.of({row["day"]: row["kind"] for row in published_days()})
    season = [today - timedelta(days=ago) for ago in range(CONTACT_DAYS, 0, -1)]
    days = [day for day in season if calendar.is_working(day)]
    count = min(_PERSONAL_MOST, len(making.customers) // _PERSONAL_EVERY)
    making.personal = touches.personal(making.seed, making.customers, days, today, count)
    mass = touches.mass(making.seed, making.customers, days)
    making.visits = touches.without_later(mass, making.personal)
    making.tasks = work.plan(
        cases.plan(making.seed, making.customers, days, today), diaries.plan(making.seed, days),
        making.now,
    )  # fmt: skip


def _live(making: Making, today: date) -> None:
    owned = [one for each in making.customers for one in money.accounts(making.seed, each)]
    booked = files.by_month(making.seed, owned, making.months)
    for done, month in enumerate(making.months):
        closing = month.end + timedelta(days=1)
        making.watch(_("the month {month}").format(month=month.code), done / len(making.months))
        _talk_until(making, closing)
        making.clock.set(closing, time(20, 0))
        _arrivals(making, owned, closing)
        _hear_of(making, closing)
        _bring_in(making, ImportKind.BALANCES, files.balances, booked[month])
        _bring_in(making, ImportKind.TRANSACTIONS, files.transactions, booked[month])
        _grade(making, month)
    making.watch(_("the current month"), 0.97)
    _talk_until(making, today + timedelta(days=1))
    making.clock.at = making.now
    _arrivals(making, owned, today)
    _hear_of(making, today)
    _leave(making)


def _arrivals(making: Making, owned: Sequence[money.Account], day: date) -> None:
    """Customers and accounts opened since the last time, up to and with `day`."""
    since, making.seen = making.seen, day
    new = [one for one in making.customers if since < one.opened_on <= day]
    _bring_in(making, ImportKind.CUSTOMERS, files.customers, new)
    accounts = [one for one in owned if since < one.opened_on <= day]
    _bring_in(making, ImportKind.ACCOUNTS, files.accounts, accounts)


def _talk_until(making: Making, day: date) -> None:
    """The contacts, cases and diaries before `day`, each done at its own time."""
    due = _before(making.personal, day)
    making.personal = making.personal[len(due) :]
    limit = datetime.combine(day, time(0), SHANGHAI)
    tasks = [one for one in making.tasks if one.at < limit]
    making.tasks = making.tasks[len(tasks) :]
    everything: list[touches.Touch | work.Task] = [*due, *tasks]
    for one in sorted(everything, key=_when):
        if isinstance(one, touches.Touch):
            _log(making, one)
        else:
            making.set_clock(one.at)
            making.bench.do(one)


def _when(one: touches.Touch | work.Task) -> datetime:
    return one.started_at if isinstance(one, touches.Touch) else one.at


def _hear_of(making: Making, day: date) -> None:
    """The contacts before `day` that other systems hand over as a file."""
    due = _before(making.visits, day)
    making.visits = making.visits[len(due) :]
    _bring_in(making, ImportKind.VISITS, files.visits, due)


def _before(ordered: Sequence[touches.Touch], day: date) -> Sequence[touches.Touch]:
    limit = datetime.combine(day, time(0), SHANGHAI)
    return [one for one in ordered if one.started_at < limit]


def _log(making: Making, touch: touches.Touch) -> None:
    """One contact as its account manager logs it; the next date is what the file cannot say."""
    making.set_clock(touch.started_at)
    contacts = Contacts(making.store, making.person(touch.staff), making.policy)
    form = ContactForm(
        method=touch.talk.method.value,
        content=touch.talk.content,
        next_on=f"+{touch.next_days}" if touch.next_days else "",
        result=touch.talk.result.value,
        **touch.needs,
    )
    key = str(uuid.UUID(int=making.seed << 64 | touch.customer.number))
    contacts.log(work.customer_id(making.store, touch.customer.customer_no), form, key)


def _leave(making: Making) -> None:
    """Everybody signs out; the store stays open."""
    for person in making.people.values():
        sign_in.sign_out(making.store, person, "sign_out")


def _bring_in(
    making: Making, kind: ImportKind, write: Callable[..., int], rows: Iterable[object]
) -> None:
    """Write a file and import it; nothing when there are no rows."""
    path = making.directory / f"{kind.value}.csv"
    if write(path, rows):
        _import(making.store, kind, path, making.actor, making.policy)


def _import(store: Store, kind: ImportKind, path: Path, actor: Actor, policy: Policy) -> None:
    report = import_file(store, kind, path, actor=actor, policy=policy)
    if report.bad_rows or not report.loaded:
        found = "; ".join(f"{one.column}: {one.reason}" for one in report.first_issues[:3])
        raise CrmError(
            _("The demo bank's own {kind} were rejected: {why}").format(kind=kind.value, why=found)
        )


def _grade(making: Making, month: Window) -> None:
    """The month's assessment; next morning the supervisors look at who has earned platinum.

    Of the newest month nothing is granted yet: that is left to who tries the program.
    """
    recompute(making.store, making.actor, month.start, policy=making.policy)
    if month == making.months[-1]:
        return
    making.clock.set(month.end + timedelta(days=2), time(8, 45))
    for customer_id, branch in _earned_platinum(making.store, month):
        if Dice(making.seed, 8, customer_id, month.end.toordinal()).chance(_GRANTED):
            supervisor = making.person(SUPERVISORS[branch])
            TiersService(making.store, supervisor, making.policy).grant(customer_id, Tier.PLATINUM)


def _earned_platinum(store: Store, month: Window) -> list[tuple[int, str]]:
    """Customers who qualify and hold less, with their branch's code."""
    query = (
        select(col(Customer.id), col(Branch.code))
        .join(Branch, col(Branch.id) == col(Customer.branch_id))
        .join(assessment, assessment.c.customer_id == col(Customer.id))
        .join(TierHeld, col(TierHeld.customer_id) == col(Customer.id))
        .where(
            assessment.c.period == month.start,
            assessment.c.qualifying_rank == int(Tier.PLATINUM),
            col(TierHeld.until_on).is_(None),
            col(TierHeld.tier_rank) < int(Tier.PLATINUM),
        )
        .order_by(col(Customer.id))
    )
    with store.read() as session:
        return [(row[0], row[1]) for row in session.execute(query)]
