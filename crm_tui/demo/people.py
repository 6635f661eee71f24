"""The demo bank's customers, each made from its number alone, whatever the bank's size.

Every ten customers are a block of one branch and manager; its first ones may be a family, its
last one may be a firm. IDs, codes and phones are valid and invented: the county `00` of an ID
is given to nobody.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from crm_tui.demo import naming
from crm_tui.demo.dice import Dice
from crm_tui.demo.staffing import BRANCHES, MANAGERS
from crm_tui.domain.identifiers import organisation_check, resident_id_check, uscc_check
from crm_tui.domain.kinds import CustomerKind, CustomerState, IdType

BLOCK: Final = 10
# Median and spread (of the natural logarithm) of a customer's assets in yuan: the upper fifth
# then holds four fifths, a sixteenth of all earns gold and a seventieth platinum.
MEDIAN: Final = 7_300.0
SPREAD: Final = 1.7
_PREFIXES: Final = (
    "130", "131", "133", "135", "136", "137", "138", "139", "150", "151", "158", "159", "177",
    "180", "182", "186", "187", "189",
)  # fmt: skip
# Yuan and monthly growth of those whom the first hour looks for: near a tier, above it, falling,
# and such as reach platinum in the newest month.
_KNOWN_WEALTH: Final = {
    "张伟明": (412_006, 1.01), "单雪梅": (388_120, 1.0), "欧阳志远": (345_442, 1.12),
    "仇英": (284_300, 1.01), "解珍": (231_015, 0.87), "查良才": (204_998, 1.0),
    "覃辉": (171_260, 1.02), "翟志明": (97_400, 1.0), "缪文轩": (90_120, 1.0),
    "曾国梁": (61_004, 1.0), "盖玉兰": (128_000, 1.07), "朴淑慧": (7_310, 1.0),
    "区家豪": (342_000, 1.13), "尉迟敬安": (352_000, 1.05), "王建国": (92_500, 1.03),
    "万俟晓东": (366_000, 1.13),
}  # fmt: skip
# The families of known customers have little, so that the head's own money decides.
_FAMILY_OF_KNOWN: Final = 20_000.0


@dataclass(frozen=True, slots=True)
class Customer:
    """A row of the customers' file, and the money that its accounts are made from."""

    number: int
    kind: CustomerKind
    name: str = field(repr=False)
    id_no: str = field(repr=False)
    gender: str
    birth_date: date | None = field(repr=False)
    mobile: str = field(repr=False)
    branch: str
    manager: str
    opened_on: date
    state: CustomerState
    household_no: str
    # Yuan at the end, and what one month multiplies it by.
    wealth: float = field(repr=False)
    growth: float = field(repr=False)

    @property
    def customer_no(self) -> str:
        """`C0000001`."""
        return f"C{self.number:07d}"

    @property
    def is_head(self) -> bool:
        """The first of its block, whose money hardly wavers; the known ones are."""
        return self.number % BLOCK == 1

    @property
    def id_type(self) -> IdType:
        """What identifies it."""
        return IdType.RESIDENT_ID if self.kind is CustomerKind.INDIVIDUAL else IdType.USCC


@dataclass(frozen=True, slots=True)
class _Block:
    """What ten customers share."""

    branch: str
    manager: str
    family: int
    surname: str
    known: str
    known_gender: str


@lru_cache(maxsize=64)
def _block(seed: int, block: int) -> _Block:
    dice = Dice(seed, 1, block)
    known, gender = naming.KNOWN[block] if block < len(naming.KNOWN) else ("", "")
    place = BRANCHES[0] if known else dice.one(BRANCHES[:1] * 5 + BRANCHES[1:2] * 3 + BRANCHES[2:])
    managers = MANAGERS[place.code]
    # Lina, as whom the demo opens, knows two of three.
    manager = managers[-1 if block % 3 == 2 else 0] if known else dice.one(managers)
    if not known and dice.chance(0.02):
        manager = ""
    family = dice.one((0, 0, 0, 2, 2, 3, 4))
    return _Block(place.code, manager, family, naming.surname(dice), known, gender)


def customer(seed: int, number: int, today: date) -> Customer:
    """Customer `number` (from 1) of the bank of `seed`, as it is on `today`."""
    block_number, place = divmod(number - 1, BLOCK)
    block = _block(seed, block_number)
    dice = Dice(seed, 2, number)
    if place == BLOCK - 1 and dice.chance(0.5):
        return _firm(dice, block, number, today)
    relative = place < block.family
    gender, name = _named(dice, block, place, relative=relative)
    age = dice.whole(19, 34) if relative and place > 1 else dice.whole(36 if relative else 24, 78)
    birth = _birth_date(today, age, dice, number)
    wealth, growth = _money(dice, name if not place else "")
    if relative and place and block.known:
        wealth, growth = min(wealth, _FAMILY_OF_KNOWN), 1.0
    return Customer(
        number=number,
        kind=CustomerKind.INDIVIDUAL,
        name=name,
        id_no=_resident_id(number, birth, gender),
        gender=gender,
        birth_date=birth,
        mobile="" if dice.chance(0.01) else _mobile(dice, seed, number),
        branch=block.branch,
        manager=block.manager,
        opened_on=_opened(dice, today, birth, lately=0.0 if place == 0 else 0.03),
        state=CustomerState.ACTIVE if place == 0 else _state(dice),
        household_no=f"H{block_number + 1:06d}" if relative else "",
        wealth=wealth,
        growth=growth,
    )


def _named(dice: Dice, block: _Block, place: int, *, relative: bool) -> tuple[str, str]:
    if place == 0 and block.known:
        return block.known_gender, block.known
    gender = dice.one("FM")
    if place == 1 and relative and block.known:
        gender = "M" if block.known_gender == "F" else "F"
    # The head of a family and the children share the surname, the spouse has another.
    if relative and place != 1:
        surname = block.known[: 2 if len(block.known) == 4 else 1] or block.surname
        return gender, surname + naming.given_name(dice, gender)
    return gender, naming.person(dice, gender)


def _firm(dice: Dice, block: _Block, number: int, today: date) -> Customer:
    body = f"91510100MA{number * 7919 % 1_000_000:06d}"
    body += organisation_check(body[8:])
    return Customer(
        number=number,
        kind=CustomerKind.CORPORATE,
        name=naming.firm(dice),
        id_no=body + uscc_check(body),
        gender="",
        birth_date=None,
        mobile=_mobile(dice, 0, number),
        branch=block.branch,
        manager=block.manager,
        opened_on=_opened(dice, today, date(1990, 1, 1)),
        state=CustomerState.ACTIVE,
        household_no="",
        wealth=dice.log_normal(60_000.0, 1.4),
        growth=1.0,
    )


def _birth_date(today: date, age: int, dice: Dice, number: int) -> date:
    """About `age` years ago. Two customers with one region and sequence differ in the day."""
    day = today.toordinal() - age * 365 - dice.whole(0, 360)
    return date.fromordinal(day - day % 64 + number // 50_000 % 64)


def _resident_id(number: int, birth: date, gender: str) -> str:
    region = f"51{number // 500 % 100:02d}00"
    sequence = number % 500 * 2 + (gender == "M")
    first17 = f"{region}{birth:%Y%m%d}{sequence:03d}"
    return first17 + resident_id_check(first17)


def _mobile(dice: Dice, seed: int, number: int) -> str:
    # 48271 has no factor in common with 10^8: no two customers get the same eight digits.
    return f"{dice.one(_PREFIXES)}{(number * 48_271 + seed * 977) % 100_000_000:08d}"


def _opened(dice: Dice, today: date, birth: date, lately: float = 0.03) -> date:
    """Mostly years ago; a part of `lately` came in the last two months."""
    if dice.chance(lately):
        return today - timedelta(days=dice.whole(1, 60))
    earliest = max(date(2006, 1, 4), birth + timedelta(days=16 * 366))
    return date.fromordinal(dice.whole(earliest.toordinal(), today.toordinal() - 500))


def _state(dice: Dice) -> CustomerState:
    roll = dice.part()
    if roll < 0.94:
        return CustomerState.ACTIVE
    if roll < 0.97:
        return CustomerState.PROSPECT
    return dice.one((CustomerState.TARGET, CustomerState.LOST, CustomerState.LOST))


def _money(dice: Dice, name: str) -> tuple[float, float]:
    if name in _KNOWN_WEALTH:
        return _KNOWN_WEALTH[name]
    wealth = min(dice.log_normal(MEDIAN, SPREAD), 5_000_000.0)
    roll = dice.part()
    if roll < 0.2:
        return wealth, 1.02 + 0.1 * dice.part()
    return wealth, 0.8 + 0.14 * dice.part() if roll > 0.95 else 1.0
