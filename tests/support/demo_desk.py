"""The application on a demo bank, and keys as the README writes them."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from textual.pilot import Pilot

from crm_tui import config
from crm_tui.app import CrmApp
from crm_tui.clock import SHANGHAI
from crm_tui.demo import Watch
from crm_tui.demo.place import Order, Place, make
from crm_tui.domain.audit import Actor
from crm_tui.office import open_door
from tests.support.screen_text import screen_text, settle, wait_until
from tests.support.spoken import spoken

NOW: Final = datetime(2026, 11, 23, 9, 14, tzinfo=SHANGHAI)
NAMED: Final = {
    "Enter": "enter", "Tab": "tab", "Esc": "escape", "Space": "space", "空格": "space",
    "↑": "up", "↓": "down", "PgUp": "pageup", "PgDn": "pagedown", "Home": "home", "End": "end",
}  # fmt: skip
_CHORD: Final = re.compile(r"(Ctrl|Shift)\+(\w+)|F\d{1,2}")


def make_bank(place: Place, customers: int, watch: Watch = lambda _what, _part: None) -> None:
    """A demo bank at `NOW`."""
    settings = config.Config()
    order = Order(
        customers, NOW, settings.tier_mapping(), config.policy(settings), Actor("operator:test")
    )
    make(place, order, watch)


def copied(bank: Place, directory: Path) -> Place:
    """A copy, so that what is done in one shows in no other."""
    directory.mkdir()
    for file in bank.directory.glob("demo.*"):
        shutil.copy2(file, directory)
    return Place(directory)


def pressed(written: str) -> list[str]:
    """What is pressed for `Ctrl+S`, `F3`, `Esc`, or for text, character by character."""
    if written in NAMED:
        return [NAMED[written]]
    if _CHORD.fullmatch(written):
        return [written.lower()]
    return [{" ": "space", "/": "slash"}.get(one, one) for one in written]


async def drop_line(pilot: Pilot[Any]) -> None:
    """What a SIGHUP does: drafts are saved, the session has lost its line."""
    app = pilot.app
    assert isinstance(app, CrmApp)
    await app.save_and_leave("sighup")


async def press(pilot: Pilot[Any], written: Iterable[str]) -> None:
    """Press keys, each when the one before has acted."""
    for one in written:
        for key in pressed(one):
            await pilot.press(key)
            await settle(pilot)


@asynccontextmanager
async def demo_desk(
    place: Place, user: str | None, language: str, *, shows: str = ""
) -> AsyncIterator[Pilot[Any]]:
    """The application, signed in as `user`; ready when the screen has `shows`."""
    with spoken(language):
        settings = replace(config.load(), database_url=place.database_url, key_file=place.key_file)
        app = CrmApp(
            settings,
            open_door=partial(open_door, settings, lambda: NOW),
            clock=lambda: NOW,
            demo_user=user,
        )
        async with app.run_test(size=(80, 24)) as pilot:
            await wait_until(pilot, lambda: shows in screen_text(app), what=shows)
            await settle(pilot)
            yield pilot
