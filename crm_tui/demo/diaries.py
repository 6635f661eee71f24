"""Diaries of the demo bank: written on most evenings, read on most mornings, with gaps."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from importlib import resources
from typing import TYPE_CHECKING, Final

from crm_tui.clock import SHANGHAI
from crm_tui.demo.dice import Dice
from crm_tui.demo.staffing import MANAGERS, SUPERVISORS

if TYPE_CHECKING:
    from collections.abc import Sequence

# Parts of the working days on which nothing was written, something was written late, or what
# was written came back.
MISSED, LATE, RETURNED = 0.06, 0.05, 0.04
# Working days whose entries are still to be read.
_UNREAD: Final = 3


@dataclass(frozen=True, slots=True)
class Page:
    """Something that happens to the entry of `day`: `write`, `read` or `return`."""

    at: datetime
    who: str
    author: str
    day: date
    what: str
    method: str = ""
    insight: str = ""
    reflection: str = ""
    comment: str = ""


def _read_thoughts() -> dict[str, list[str]]:
    text = resources.files("crm_tui.demo").joinpath("thoughts.csv").read_text("utf-8")
    found: dict[str, list[str]] = {}
    for row in csv.DictReader(text.splitlines()):
        found.setdefault(row["part"], []).append(row["text"])
    return found


THOUGHTS: Final = _read_thoughts()


def plan(seed: int, days: Sequence[date]) -> list[Page]:
    """All that happens to the diaries of the working days `days`, by time."""
    pages = []
    for branch, managers in MANAGERS.items():
        for author in managers:
            for nth, day in enumerate(days):
                dice = Dice(seed, 11, sum(author.encode()), day.toordinal())
                unread = nth >= len(days) - _UNREAD
                pages += _entry(dice, author, SUPERVISORS[branch], day, unread=unread)
    return sorted(pages, key=lambda page: (page.at, page.author))


def _entry(dice: Dice, author: str, reader: str, day: date, *, unread: bool) -> list[Page]:
    if dice.chance(MISSED):
        return []
    evening = datetime.combine(day, time(17, 5), SHANGHAI) + timedelta(minutes=dice.whole(0, 50))
    morning = datetime.combine(day + timedelta(days=1), time(8, 31), SHANGHAI)
    written = evening if unread or not dice.chance(LATE) else morning + timedelta(hours=6)
    write = Page(
        written, author, author, day, "write",
        dice.one(THOUGHTS["method"]), dice.one(THOUGHTS["insight"]),
        dice.one(THOUGHTS["reflection"]),
    )  # fmt: skip
    if unread:
        return [write]
    read_at = max(morning, written + timedelta(hours=1)) + timedelta(minutes=dice.whole(0, 20))
    if dice.chance(RETURNED):
        comment = dice.one(THOUGHTS["return"])
        return [write, Page(read_at, reader, author, day, "return", comment=comment)]
    comment = dice.one(THOUGHTS["comment"]) if dice.chance(0.4) else ""
    return [write, Page(read_at, reader, author, day, "read", comment=comment)]
