"""What is opened next is imported while nobody waits for it."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from crm_tui import routes
from tests.support.desk import desk, populate

if TYPE_CHECKING:
    from crm_tui.office import Office
    from crm_tui.widgets.context import Context
    from tests.support.people import Bank

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SCRIPT = """
import sys
from types import SimpleNamespace
from crm_tui import routes
context = SimpleNamespace(permissions={permissions!r})
routes.read_ahead(context, SimpleNamespace(diaries=None))
print(*sorted(sys.modules))
"""


@ON_SQLITE
@pytest.mark.asyncio
async def test_it_is_done_off_the_loop_and_for_whoever_signed_in(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[tuple[threading.Thread, str]] = []

    def noted(context: Context, office: Office) -> None:
        done.append((threading.current_thread(), office.person.username))

    monkeypatch.setattr("crm_tui.app.AHEAD_AFTER", 0.01)
    monkeypatch.setattr(routes, "read_ahead", noted)
    populate(bank)
    async with desk(bank, "lina") as one:
        await one.until("Customers F3")
        while not done:
            await one.pilot.pause()
    ((thread, who),) = done
    assert thread is not threading.main_thread()
    assert who == "lina"


@pytest.mark.parametrize(("permissions", "writes"), [({"write_diary"}, True), (set(), False)])
def test_the_diary_is_read_ahead_for_whoever_writes_one(
    permissions: set[str], writes: bool
) -> None:
    script = SCRIPT.format(permissions=permissions)
    found = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    ).stdout.split()
    assert "crm_tui.screens.form_base" in found
    assert ("crm_tui.screens.diary" in found) is writes
