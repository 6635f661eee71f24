"""What is typed reaches its draft, whatever happens to one save of it."""

from __future__ import annotations

import sys
import threading
import time
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import textual.timer

from crm_tui.screens.dialogs import TextDialog
from crm_tui.screens.form_drafts import DraftingScreen
from tests.screens.test_form_screen import Desk, Store, saved, told
from tests.support.screen_text import screen_text, wait_until

if TYPE_CHECKING:
    import pytest
    from textual.pilot import Pilot


@dataclass
class Troubled(Store):
    """A store whose next saves of a draft wait, or fail."""

    gate: threading.Event | None = None
    faults: list[Exception] = field(default_factory=list)
    begun: int = 0

    def save_draft(self, values: dict[str, str]) -> None:
        self.begun += 1
        gate, self.gate = self.gate, None
        if gate is not None:
            gate.wait(10)
        if self.faults:
            raise self.faults.pop(0)
        super().save_draft(values)


async def stored(pilot: Pilot[Any], store: Store, note: str) -> None:
    await wait_until(
        pilot, lambda: bool(store.drafts) and store.drafts[-1]["note"] == note, what=note
    )


async def test_what_is_typed_while_a_save_is_in_flight_is_saved_after_it() -> None:
    store = Troubled(gate=(gate := threading.Event()))
    app = Desk(store)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("tab", *"one")
        await wait_until(pilot, lambda: store.begun == 1, what="a save in flight")
        await pilot.press(*"two")
        gate.set()
        await stored(pilot, store, "onetwo")
        assert len(store.drafts) >= 2


async def test_a_save_that_takes_long_shows_as_not_saved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DraftingScreen, "SLOW_AFTER", 0.05)
    store = Troubled(gate=(gate := threading.Event()))
    app = Desk(store)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("tab", "a")
        await told(pilot, app, "NOT SAVED")
        gate.set()
        await told(pilot, app, "draft saved")
        assert "NOT SAVED" not in screen_text(app)


async def test_a_save_that_fails_once_is_told_and_tried_again_without_a_key() -> None:
    store = Troubled(faults=[RuntimeError("unforeseen")])
    app = Desk(store)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("tab", *"abc")
        await stored(pilot, store, "abc")
        assert [str(error) for error in app.incidents] == ["unforeseen"]
        await told(pilot, app, "draft saved")


async def test_a_fault_before_the_store_is_told_and_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app, faults = Desk(Store()), [LookupError("no field")]
    whole = DraftingScreen.draft_values

    def draft_values(form: DraftingScreen) -> dict[str, str]:
        if faults:
            raise faults.pop()
        return whole(form)

    monkeypatch.setattr(DraftingScreen, "draft_values", draft_values)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("tab", "a")
        await stored(pilot, app.store, "a")
        assert len(app.incidents) == 1


async def test_a_timer_that_comes_too_late_saves_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app, late = Desk(Store()), [0.0]

    def slow_clock() -> float:
        # Every look of the autosave's timer is a second later, as where the process hardly runs.
        if sys._getframe(1).f_locals["self"]._interval == app.form_screen.AUTOSAVE_AFTER:
            late[0] = min(late[0] + 1, 40)
        return time.monotonic() + late[0]

    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("tab")
        monkeypatch.setattr(textual.timer, "_time", SimpleNamespace(get_time=slow_clock))
        await pilot.press("a")
        await stored(pilot, app.store, "a")


async def test_a_form_that_was_saved_under_a_dialog_closes_behind_it() -> None:
    store = Store(hold=threading.Event())
    app = Desk(store)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("1", "x", "ctrl+s")
        dialog = TextDialog(app.context(), ["heading"], "text")
        await app.push_screen(dialog)
        assert store.hold is not None
        store.hold.set()
        await wait_until(pilot, lambda: app.form_screen._ended, what="saved")
        await pilot.pause(0.05)
        assert app.screen is dialog
        await pilot.press("enter")
        await saved(pilot, app)
        await wait_until(pilot, lambda: app.form_screen not in app.screen_stack, what="closed")


async def test_a_form_is_not_left_from_under_a_dialog() -> None:
    app = Desk(Store())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("tab", "x")
        dialog = TextDialog(app.context(), ["heading"], "text")
        await app.push_screen(dialog)
        await app.form_screen._leave()
        assert app.screen is dialog
        await pilot.press("enter", "y")
        await stored(pilot, app.store, "xy")
        assert app.outcomes == []
