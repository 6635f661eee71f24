"""Diaries and complaints full of hostile text: as the services take it, or past their rules."""

from __future__ import annotations

import shutil
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final
from unittest import mock

from sqlalchemy import update
from sqlmodel import col

from crm_tui.db.crypto import KeyRing
from crm_tui.db.store import Store
from crm_tui.db.tables import Branch, Staff
from crm_tui.domain.complaint_kinds import Step
from crm_tui.domain.complaints import StepForm
from crm_tui.domain.diary import PARTS, DiaryForm
from crm_tui.domain.drafts import TITLE, DraftKey
from crm_tui.services import contact_values
from crm_tui.services.complaints import fields, registering
from crm_tui.services.diaries import reviewing, writing
from crm_tui.services.drafts import Drafts
from tests.support.complaints import register, staffed, take, triage
from tests.support.desk import log, populate
from tests.support.hostile import TEXTS
from tests.support.people import OPERATOR, Bank, found_bank
from tests.support.stores import SetClock

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

EVENING: Final = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
TODAY: Final = date(2026, 3, 2)
# What becomes of the diary of a day: it waits, it came back, it was read and corrected.
WAITS, RETURNED, READ = range(3)
# The steps of a case from triage on, by whom; each with the same text.
_COURSE: Final[tuple[tuple[str, Step, dict[str, str]], ...]] = (
    ("wangqiang", Step.PROMISE, {"promise": "+2 16:00"}),
    ("wangqiang", Step.NOTE, {}),
    ("wangqiang", Step.AWAIT, {}),
    ("wangqiang", Step.RESUME, {}),
    ("zhaomin", Step.REASSIGN, {"handler": "wangqiang", "department": "TECH"}),
    ("wangqiang", Step.DECIDE, {"measure": "compensation"}),
    ("wangqiang", Step.NOTIFY, {"channel": "phone", "reached": "no"}),
    ("wangqiang", Step.NOTIFY, {"channel": "phone"}),
    ("wangqiang", Step.CLOSE, {"cause": "pricing", "satisfaction": "5", "responsible": "B001"}),
    ("zhaomin", Step.REOPEN, {}),
    ("wangqiang", Step.WITHDRAW, {}),
)


@dataclass(slots=True, repr=False)
class HostileWork:
    """The bank; diaries as (author, day, text) by what became of them; cases by their text."""

    bank: Bank
    customers: list[int]
    diaries: dict[int, list[tuple[str, date, str]]] = field(default_factory=dict)
    cases: list[tuple[int, str]] = field(default_factory=list)


@contextmanager
def no_rules() -> Iterator[None]:
    """Text goes in as it is, as of an older program or by another hand."""
    with ExitStack() as stack:
        for module in (contact_values, fields, writing, reviewing):
            stack.enter_context(mock.patch.object(module, "clean_text", _as_it_is))
        for module in (contact_values, registering):
            stack.enter_context(mock.patch.object(module, "clean_line", _as_it_is))
        yield


def _as_it_is(text: str, **_rule: Any) -> str:
    return text


def make(directory: Path, template: Path, texts: Sequence[str], *, past: bool) -> HostileWork:
    """A bank with a diary, a case and a contact of today for each text; `past` the rules, with
    names of people, branches and drafts to match."""
    path = directory / "work.db"
    shutil.copyfile(template, path)
    store = Store(f"sqlite:///{path}", KeyRing.generate(), clock=SetClock(EVENING))
    work = HostileWork(staffed(found_bank(store)), [])
    work.customers = list(populate(work.bank).values())
    with no_rules() if past else ExitStack():
        _fill(work, texts)
    if past:
        _drafts(work.bank)
        _rename(work.bank)
    return work


def _fill(work: HostileWork, texts: Sequence[str]) -> None:
    bank = work.bank
    month = bank.office("lina").diaries.month(date(2026, 2, 1))
    days = [one.day for one in month if one.working]
    for place, text in enumerate(texts):
        bank.clock.advance(minutes=1)
        username = ("lina", "wangqiang")[place % 2]
        _diary(work, username, days[-1 - place // 2], place % 3, text)
        log(bank, "lina", work.customers[place % 4], text, direction=text[:200])
        _case(work, text, 2)
    _diary(work, "wangqiang", TODAY, RETURNED, texts[0] + texts[2])
    # All of them in each step; one case has ended, one waits to be told, one to be triaged.
    every = "\n".join(text for text in texts if len(text) < 1_000)
    for steps in (len(_COURSE), 6, -1):
        _case(work, every, steps)


def _case(work: HostileWork, text: str, steps: int) -> None:
    bank = work.bank
    case = register(bank, content=f"{text}\n{text}", name=text.split("\n", maxsplit=1)[0][:200],
                    phone="02866120000", promise="+1", accused="lina")  # fmt: skip
    if steps >= 0:
        triage(bank, case)
    for person, step, more in _COURSE[: max(steps, 0)]:
        take(bank, case, person, step, StepForm(text, **more))
    work.cases.append((case, text))


def _diary(work: HostileWork, username: str, day: date, fate: int, text: str) -> None:
    mine, theirs = work.bank.office(username).diaries, work.bank.office("zhaomin").diaries
    mine.submit(day, 0, DiaryForm(f"{text}\n电话 P000001 {text}", text, text, text))
    diary = mine.entry(day).diary_id
    assert diary is not None
    if fate == RETURNED:
        theirs.give_back(diary, 1, text)
    elif fate == READ:
        theirs.review(diary, 1, text, exemplary=True)
        mine.add(diary, text, f"{username} {day}")
    work.diaries.setdefault(fate, []).append((username, day, text))


def _drafts(bank: Bank) -> None:
    """What somebody was typing when the line broke."""
    for username, key in (
        ("lina", DraftKey("diary", f"{TODAY:%Y%m%d}")),
        ("lina", DraftKey("complaint", "new")),
        ("wangqiang", DraftKey("complaint", "new")),
    ):
        names = (*PARTS, TITLE, "name", "phone", "promise", "accused", "demand", "people")
        values = dict.fromkeys(names, TEXTS[2] + TEXTS[3] + TEXTS[0])
        Drafts(bank.store, bank.dead_session(username)).save(key, values)


def _rename(bank: Bank) -> None:
    """People and branches, one of them in two lines."""
    with bank.store.write(OPERATOR) as tx:
        for model, column, code, name in (
            (Staff, Staff.username, "lina", TEXTS[2]), (Staff, Staff.username, "zhaomin", TEXTS[5]),
            (Staff, Staff.username, "wangqiang", TEXTS[0] + TEXTS[3]),
            (Branch, Branch.code, "B001", TEXTS[1]), (Branch, Branch.code, "TECH", TEXTS[5]),
        ):  # fmt: skip
            tx.session.execute(update(model).where(col(column) == code).values(name=name))
        tx.audit("test.poison")
