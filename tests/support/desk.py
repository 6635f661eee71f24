"""The application on the small bank, at 80×24, for tests of screens."""

from __future__ import annotations

import uuid
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import insert

from crm_tui import i18n
from crm_tui.app import CrmApp
from crm_tui.config import Config, Settings
from crm_tui.db.tables import Account, Household, HouseholdMember, balance
from crm_tui.domain.contacts import ContactForm
from crm_tui.domain.customers import CustomerForm
from crm_tui.domain.policy import Policy
from crm_tui.office import Door
from crm_tui.services.contacts import Contacts
from crm_tui.services.recompute import recompute
from crm_tui.services.registration import Registration
from tests.support.people import FOUNDED, OPERATOR, Bank
from tests.support.screen_text import screen_text, settle, wait_until
from tests.support.spoken import spoken
from tests.support.stores import Filling

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from textual.pilot import Pilot

# Name, owner, average of February 2026 in yuan (None: no account).
CUSTOMERS = (
    ("张伟明", "lina", 412_006.51),
    ("单雪梅", "lina", 268_300),
    ("欧阳志远", "wangqiang", 305_442.18),
    ("仇英", "lina", 231_015.40),
    ("解珍", "lina", 171_260.77),
    ("查良镛", "wangqiang", 99_999.96),
    ("覃辉", "lina", 84_120),
    ("缪荃孙", "wangqiang", 61_004.12),
    ("曾国藩", "lina", 12_500),
    ("朴淑慧", "lina", 7_310.55),
    ("𠮷田茂", "lina", None),
    ("Anna Schmidt", "wangqiang", 0.5),
)
FIRST_DAY = date(2026, 2, 1)
OPENED = datetime(2020, 1, 2, 2, tzinfo=UTC)


def populate(bank: Bank) -> dict[str, int]:
    """Customers with accounts and a household, February assessed; ids by name."""
    made: dict[str, int] | None = bank.take(POPULATED)
    return _populate(bank) if made is None else made


def _populate(bank: Bank) -> dict[str, int]:
    ids = {}
    # Opened years ago, so that February counts them.
    bank.clock.at, now = OPENED, bank.clock.at
    services = {
        owner: Registration(bank.store, bank.person(owner), bank.policy)
        for owner in {owner for _name, owner, _amount in CUSTOMERS}
    }
    for place, (name, owner, amount) in enumerate(CUSTOMERS):
        service = services[owner]
        form = CustomerForm(name=name, mobile=f"1380013{place:04d}", state="active")
        ids[name] = service.register(form, uuid.uuid4().hex, knowing=True)
        if amount is not None:
            _account(bank, ids[name], f"A{place:06d}", round(amount * 100))
    bank.clock.at = now
    _household(bank, "H000001", [ids["仇英"], ids["解珍"]])
    recompute(bank.store, OPERATOR, FIRST_DAY, policy=bank.policy)
    return ids


POPULATED: Final = Filling("populated", lambda store: _populate(Bank(store, Policy())), FOUNDED)


def log(bank: Bank, username: str, customer: int, content: str, **more: str) -> int:
    """Log a contact by phone."""
    service = Contacts(bank.store, bank.person(username), bank.policy)
    form = ContactForm(method=more.pop("method", "phone"), content=content, **more)
    return service.log(customer, form, uuid.uuid4().hex)


def _account(bank: Bank, customer: int, number: str, fen: int) -> None:
    with bank.store.write(OPERATOR) as tx:
        row = Account(account_no=number, customer_id=customer, category="deposit",
                      opened_on=date(2020, 1, 1))  # fmt: skip
        tx.session.add(row)
        tx.session.flush()
        tx.session.execute(
            insert(balance).values(
                account_id=row.id, day=FIRST_DAY - timedelta(days=1), revision=1, amount=fen
            )
        )
        tx.audit("test.account")


def _household(bank: Bank, number: str, members: list[int]) -> None:
    with bank.store.write(OPERATOR) as tx:
        row = Household(household_no=number)
        tx.session.add(row)
        tx.session.flush()
        for member in members:
            tx.session.add(
                HouseholdMember(household_id=row.id, customer_id=member, from_on=date(2020, 1, 1))
            )
        tx.audit("test.household")


@dataclass(slots=True)
class Desk:
    """A running application: `press` waits until nothing moves any more."""

    app: CrmApp
    pilot: Pilot[Any]

    async def press(self, *keys: str) -> None:
        """Press keys, then wait for idle."""
        await self.pilot.press(*keys)
        await settle(self.pilot)

    async def type(self, text: str) -> None:
        """Type characters, as an input method would send them."""
        await self.press(*[_NAMES.get(char, char) for char in text])

    async def until(self, shown: str) -> None:
        """Wait until the screen shows a text."""
        await wait_until(self.pilot, lambda: shown in screen_text(self.app), what=shown)
        await settle(self.pilot)

    async def gone(self, shown: str) -> None:
        """Wait until the screen no longer shows a text."""
        await wait_until(self.pilot, lambda: shown not in screen_text(self.app), what=f"no {shown}")
        await settle(self.pilot)

    @property
    def text(self) -> str:
        """The screen."""
        return screen_text(self.app)


_NAMES = {" ": "space", "/": "slash", "+": "plus", "-": "minus", "@": "at", ".": "full_stop"}


@asynccontextmanager
async def desk(
    bank: Bank,
    username: str | None = None,
    *,
    language: str = "en",
    size: tuple[int, int] = (80, 24),
    config: Config | None = None,
    area: str = "customers",
) -> AsyncIterator[Desk]:
    """The application; signed in as `username` in an `area`, else at the sign-in."""
    config = config or Config()
    ui = config.ui.model_copy(update={"first_area": area})
    settings = Settings(config.model_copy(update={"ui": ui}), "test", "sqlite:///unused", None)
    with spoken(language):
        app = CrmApp(
            settings,
            lambda: Door(bank.store, bank.policy),
            clock=bank.store.clock,
            demo_user=username,
        )
        async with app.run_test(size=size) as pilot:
            one = Desk(app, pilot)
            await settle(pilot)
            # Who is signed in may have a language of their own.
            assert username or i18n.language() == language
            yield one


@asynccontextmanager
async def two_desks(bank: Bank, username: str, shown: str) -> AsyncIterator[tuple[Desk, Desk]]:
    """Two sessions of one person, once both show a text."""
    async with desk(bank, username) as first, desk(bank, username) as second:
        for one in (first, second):
            await one.until(shown)
        yield first, second
