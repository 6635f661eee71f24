"""A bank full of hostile text, written past every input rule, and how a screen is judged."""

from __future__ import annotations

import re
import shutil
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rich.cells import cell_len
from sqlalchemy import insert, select, update

from crm_tui.db.crypto import KeyRing
from crm_tui.db.store import Store
from crm_tui.db.tables import Account, Branch, Contact, Customer, Household, Staff
from crm_tui.domain.drafts import TITLE, DraftKey
from crm_tui.services.drafts import Drafts
from tests.support import hostile_cases
from tests.support.desk import populate
from tests.support.people import OPERATOR, Bank, found_bank
from tests.support.stores import SetClock

if TYPE_CHECKING:
    from textual.app import App

# Each begins with letters of its own, so that a test can tell which one it sees.
TEXTS: Final = (
    "[/]close[/b][/][b]",
    "[@click=app.quit]click[/] [link=https://evil.test]l[/link] $name {name} %s",
    "esc\x1b]52;c;QUJD\x07\x1b]0;owned\x07\x1b[31m\x1b[2J\x1bP+q\x1b\\\x9b2J\x90x\x9c\x85",
    "bidi\u202egnp.\u2066exe\u2069\u200f\u061c",
    "zero\u200b\u200d\ufeff\u2060\xad\U000e0041\U000e007f",
    "lines\r\nb\tc\x0bd\x0ce\u2028f\u2029g\x7f",
    "很长" * 8_500,
    "𠮷𰻝䶮㐂" * 30,
    "zalgo" + "e\u0301\u0302\u0303\u0304" * 60,
    "`rm -rf`:smile: <b>x</b> \\[x] ]] [[",
    "emoji👩‍👩‍👧🇨🇳❤️",
    " ",
)
CONTROL: Final = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\U000e0000-\U000e007f]"
)


@dataclass(slots=True)
class HostileBank:
    """The bank, its file, and the ids of its customers in the order of `TEXTS`."""

    bank: Bank
    customers: list[int]
    complaints: list[int]


def make(directory: Path, template: Path) -> HostileBank:
    """The small bank on SQLite with every text a person could read replaced."""
    path = directory / "hostile.db"
    shutil.copyfile(template, path)
    bank = found_bank(Store(f"sqlite:///{path}", KeyRing.generate(), clock=SetClock()))
    ids = list(populate(bank).values())
    complaints = hostile_cases.begin(bank, ids)
    with bank.store.write(OPERATOR) as tx:
        _poison(tx.session, ids, tx.now)
        tx.audit("test.poison")
    _drafts(bank, ids)
    hostile_cases.make(bank, complaints, TEXTS)
    return HostileBank(bank, ids, complaints)


def _poison(session: Any, ids: list[int], now: Any) -> None:
    staff = list(session.execute(select(Staff.id).order_by(Staff.id)).scalars())
    for place, one in enumerate(staff):
        text = TEXTS[place % len(TEXTS)]
        session.execute(update(Staff).where(Staff.id == one).values(name=text))
    for place, one in enumerate(session.execute(select(Branch.id)).scalars().all()):
        session.execute(update(Branch).where(Branch.id == one).values(name=TEXTS[place + 2]))
    for one in session.execute(select(Household.id)).scalars().all():
        session.execute(update(Household).where(Household.id == one).values(household_no=TEXTS[2]))
    for place, customer in enumerate(ids):
        text = TEXTS[place % len(TEXTS)]
        session.execute(
            update(Customer)
            .where(Customer.id == customer)
            # Unique, so each has its own beginning.
            .values(name=text, customer_no=f"{place}{text}", mobile_mask=text, id_no_mask=text)
        )
        session.execute(
            update(Account)
            .where(Account.customer_id == customer)
            .values(account_no=f"{place}{text}", category=text)
        )
        for other in range(3):
            said = TEXTS[(place + other) % len(TEXTS)]
            session.execute(
                insert(Contact).values(
                    customer_id=customer, staff_id=staff[other], branch_id=2, kind="visit",
                    method="phone", started_at=now - timedelta(hours=place + 24 * other),
                    purpose=said, content=f"{said}\n{said}", direction=said, expected_return=said,
                    risk_control=said, risk_appetite=said, result=said, version=1,
                    next_on=date(2026, 2, 20), before_opening=other == 1,
                    withdrawn_at=now if other == 2 else None,
                )
            )  # fmt: skip


def _drafts(bank: Bank, ids: list[int]) -> None:
    drafts = Drafts(bank.store, bank.dead_session("lina"))
    for customer, text in zip(ids, TEXTS, strict=True):
        values = {"method": text, "content": text, "next_on": text, "result": text, TITLE: text}
        drafts.save(DraftKey("contact", str(customer)), values)
    values = dict.fromkeys(("kind", "name", "mobile", "id_no", "state", TITLE), TEXTS[2])
    drafts.save(DraftKey("customer", "new"), values)


def judge(app: App[Any]) -> str:
    """The screen: lines of its width, no command, no handler and no link in it."""
    width, height = app.size
    strips = app.screen._compositor.render_strips()
    assert len(strips) == height
    for strip in strips:
        assert cell_len(strip.text) == width, f"{cell_len(strip.text)} cells: {strip.text!r}"
        found = CONTROL.search(strip.text)
        assert found is None, f"{found!r} in {strip.text!r}"
        for segment in strip:
            assert not segment.control
            style = segment.style
            if style is not None:
                assert not style.link
                handlers = {key for key in style.meta if key.startswith("@")}
                assert handlers <= {"@mouse.down", "@mouse.up"}, style.meta
    assert app.is_running
    return "\n".join(strip.text.rstrip() for strip in strips)


def bytes_that_command(data: bytes) -> list[str]:
    """What in a program's output is neither text nor a command that this program sends."""
    text = data.decode("utf-8", "replace")
    known = re.compile(
        r"\x1b\[[0-9;]*[mHJKABCDEFGXPLM@STrbd]|\x1b\[\?[0-9;]*[hl]"
        r"|\x1b\[[0-9]* q|\x1b[78=>]|[\r\n\x08]"
    )
    rest = known.sub("", text)
    return [f"U+{ord(char):04X} {unicodedata.name(char, '')} before {rest[at : at + 20]!r}"
            for at, char in enumerate(rest) if CONTROL.match(char)]  # fmt: skip
