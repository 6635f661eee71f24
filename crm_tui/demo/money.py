"""Accounts and what happened on them: every change of a balance is one transaction."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final

from crm_tui.demo.dice import Dice
from crm_tui.domain.kinds import CustomerKind, CustomerState, Initiator
from crm_tui.domain.periods import Window, last_closed_month

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crm_tui.demo.people import Customer

MONTHS: Final = 13
DEPOSIT, WEALTH, BOND, FUND, LOAN = "deposit", "wealth", "bond", "fund", "loan"


@dataclass(frozen=True, slots=True)
class Account:
    """A row of the accounts' file; `share` of its customer's assets lies here."""

    account_no: str
    customer: Customer = field(repr=False)
    category: str
    opened_on: date
    share: float


@dataclass(frozen=True, slots=True)
class Movement:
    """A booked movement and the end-of-day balance that it leaves; fen."""

    account_no: str
    nth: int
    day: date
    amount: int
    balance: int
    initiator: Initiator


def months_until(today: date, count: int = MONTHS) -> list[Window]:
    """The last `count` closed months, oldest first."""
    found = [last_closed_month(today)]
    while len(found) < count:
        found.append(last_closed_month(found[-1].start))
    return found[::-1]


def accounts(seed: int, customer: Customer) -> Iterator[Account]:
    """One to four accounts; whoever is no customer yet has none."""
    if customer.state in (CustomerState.PROSPECT, CustomerState.TARGET):
        return
    dice = Dice(seed, 3, customer.number)
    kinds = [DEPOSIT]
    if customer.wealth > 20_000 and dice.chance(0.7):
        kinds.append(WEALTH)
    if customer.wealth > 50_000 and dice.chance(0.5):
        kinds.append(BOND)
    if customer.wealth > 80_000 and dice.chance(0.4):
        kinds.append(FUND)
    shares = [dice.part() + 0.2 for _kind in kinds]
    for place, (kind, share) in enumerate(zip(kinds, shares, strict=True), 1):
        yield _account(customer, place, kind, share / sum(shares))
    if customer.kind is CustomerKind.INDIVIDUAL and dice.chance(0.06):
        yield _account(customer, 9, LOAN, -2.0 - 3 * dice.part())


def _account(customer: Customer, place: int, kind: str, share: float) -> Account:
    number = f"62{customer.number:010d}{place:02d}"
    return Account(number, customer, kind, customer.opened_on, share)


def movements(seed: int, account: Account, months: Sequence[Window]) -> Iterator[Movement]:
    """What was booked in `months`, by day; the last balances lie about the wealth's share."""
    dice = Dice(seed, 4, int(account.account_no))
    customer = account.customer
    balance = nth = 0
    lively = 0.25 if account.category != DEPOSIT else 0.9
    for age, month in zip(range(len(months) - 1, -1, -1), months, strict=True):
        if account.opened_on > month.end:
            continue
        aim = int(100 * customer.wealth * account.share * customer.growth**-age)
        for day in _days(dice, account, month, lively=lively, first=not nth):
            goal = _goal(dice, aim, account)
            if goal == balance:
                continue
            nth += 1
            customer_did = account.category == DEPOSIT or nth == 1 or dice.chance(0.7)
            who = Initiator.CUSTOMER if customer_did else Initiator.INSTITUTION
            yield Movement(account.account_no, nth, day, goal - balance, goal, who)
            balance = goal


def _goal(dice: Dice, aim: int, account: Account) -> int:
    if account.category == DEPOSIT:
        wavers = 0.02 if account.customer.is_head else 0.1
        return int(aim * (1 + wavers * (2 * dice.part() - 1)))
    # Products, bonds and loans come in round sums.
    return round(aim, -4)


def _days(dice: Dice, account: Account, month: Window, *, lively: float, first: bool) -> list[date]:
    """Days of a month with a movement; an account's first one at its opening or at once."""
    start = max(month.start, account.opened_on)
    if first:
        return [start]
    if not dice.chance(lively):
        return []
    count = 2 if account.category == DEPOSIT and dice.chance(0.35) else 1
    low, high = start.toordinal(), month.end.toordinal()
    return [date.fromordinal(day) for day in sorted({dice.whole(low, high) for _n in range(count)})]
