"""Contacts: by which of the eight methods, what for, what was said and how it ended."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from importlib import resources
from typing import TYPE_CHECKING, Final

from crm_tui.clock import SHANGHAI
from crm_tui.demo.dice import Dice
from crm_tui.domain.kinds import CustomerState, Method, Result

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from crm_tui.demo.people import Customer


@dataclass(frozen=True, slots=True)
class Talk:
    """Something that may have been said; minutes are what it takes about."""

    method: Method
    purpose: str
    content: str
    result: Result
    minutes: int


@dataclass(frozen=True, slots=True)
class Touch:
    """One contact; with `next_days` it is logged in the program, else it comes by file."""

    customer: Customer = field(repr=False)
    staff: str
    started_at: datetime
    seconds: int
    talk: Talk = field(repr=False)
    next_days: int | None = None
    needs: dict[str, str] = field(default_factory=dict, repr=False)


def _read_talks() -> tuple[Talk, ...]:
    text = resources.files("crm_tui.demo").joinpath("talks.csv").read_text("utf-8")
    return tuple(
        Talk(
            Method(row["method"]), row["purpose"], row["content"], Result(row["result"]),
            int(row["minutes"]),
        )
        for row in csv.DictReader(text.splitlines())
    )  # fmt: skip


TALKS: Final = _read_talks()
_MASS: Final = tuple(talk for talk in TALKS if talk.method is Method.SMS)
_SPOKEN: Final = tuple(talk for talk in TALKS if talk.content and talk.method is not Method.SMS)
_NEEDS: Final = {
    "direction": ("保本为主", "一年期以内", "养老", "子女教育金", "随时能用"),
    "expected_return": ("年化 3%", "年化 3.5% 左右", "比定期高就行"),
    "risk_control": ("不接受本金亏损", "最多回撤 3%", "单只产品不超过两成"),
    "risk_appetite": ("稳健", "保守", "平衡"),
}
# Working days back from today on which talks with a next date took place.
_LATELY: Final = 25
_NEVER: Final = datetime.max.replace(tzinfo=SHANGHAI)


def mass(seed: int, customers: Sequence[Customer], days: Sequence[date]) -> Iterator[Touch]:
    """Messages and talks of a season: nearly everybody got one, the wealthy several."""
    for customer in customers:
        if customer.state is CustomerState.LOST or not customer.manager:
            continue
        dice = Dice(seed, 5, customer.number)
        usable = [day for day in days if day > customer.opened_on]
        if not usable or dice.chance(0.02):
            continue
        yield _touch(dice, customer, dice.one(usable), dice.one(_MASS))
        for _nth in range(_talks(dice, customer.wealth)):
            yield _touch(dice, customer, dice.one(usable), dice.one(TALKS))


def _talks(dice: Dice, wealth: float) -> int:
    if wealth >= 300_000:
        return dice.whole(2, 4)
    if wealth >= 80_000:
        return dice.whole(0, 2)
    return int(dice.chance(0.35))


def personal(
    seed: int, customers: Sequence[Customer], days: Sequence[date], today: date, most: int
) -> list[Touch]:
    """Talks after which somebody is to be contacted again, by time, `most` of them.

    Of every four next dates one is today, one has passed, and two are to come.
    """
    found = []
    dice = Dice(seed, 6)
    wanted = [
        one
        for one in customers
        if one.manager and one.state is CustomerState.ACTIVE and one.opened_on < days[0]
    ]
    # Whom the first hour looks for is always among them.
    known = [one for one in wanted if one.is_head][: most // 3]
    others = dice.shuffled([one for one in wanted if one.wealth > 5_000 and one not in known])
    for place, customer in enumerate([*known, *others][:most]):
        touch = _touch(dice, customer, dice.one(days[-_LATELY:]), dice.one(_SPOKEN))
        away = (today - touch.started_at.date()).days
        ahead = (
            away,
            max(1, away - dice.whole(1, 9)),
            away + dice.whole(1, 7),
            away + dice.whole(8, 30),
        )
        needs = {name: dice.one(choices) for name, choices in _NEEDS.items() if dice.chance(0.4)}
        found.append(replace(touch, next_days=ahead[place % 4], needs=needs))
    return sorted(found, key=lambda touch: (touch.started_at, touch.customer.number))


def without_later(mass: Iterable[Touch], asked: Iterable[Touch]) -> list[Touch]:
    """The contacts of `mass`, by time, but for those that would have met a next date of `asked`."""
    since = {one.customer.number: one.started_at for one in asked}
    kept = [one for one in mass if one.started_at < since.get(one.customer.number, _NEVER)]
    return sorted(kept, key=lambda one: (one.started_at, one.customer.number))


def _touch(dice: Dice, customer: Customer, day: date, talk: Talk) -> Touch:
    started = datetime.combine(day, time(9, 0), SHANGHAI) + timedelta(
        seconds=dice.whole(0, 8 * 3600)
    )
    seconds = max(20, int(talk.minutes * 60 * (0.5 + dice.part())))
    return Touch(customer, customer.manager, started, seconds, talk)
