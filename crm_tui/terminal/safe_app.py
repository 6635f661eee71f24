"""The base of the application: a terminal that holds personal data (safety.md 6 to 11)."""

# Textual is pinned exactly: its private names are overridden here on purpose.

from __future__ import annotations

import asyncio
import contextlib
import signal
from typing import TYPE_CHECKING, Any, Final, Generic, NoReturn, TypeVar

from rich.text import Text

from crm_tui.terminal import incident
from crm_tui.terminal.driver import Hangup, HardenedDriver
from crm_tui.terminal.idle import IdleWatch, is_activity
from crm_tui.terminal.keys_in_turn import KeysInTurnApp
from crm_tui.terminal.leaving import SAVE_WITHIN, Watchdog, exec_fresh
from crm_tui.terminal.output import CleanOutput
from crm_tui.terminal.themes import DEFAULT, MONOCHROME, monochrome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType
    from textual import events
    from textual.driver import Driver

Result = TypeVar("Result")

LEAVING_SIGNALS: Final = (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGINT)
LOCKED: Final = 75
"""Exit code of a session that was locked and has no fresh sign-in to go to."""


class SafeApp(KeysInTurnApp[Result], Generic[Result]):
    """An `App` that installs the hardened driver and the output filter, and can be left safely.

    Override `save_and_leave` to save drafts and record the end of the session, and set
    `fresh_argv` to what a lock replaces the process by.
    """

    def __init__(
        self,
        *,
        mouse: bool = False,
        idle_seconds: float | None = None,
        theme: str = DEFAULT,
        fresh_argv: Sequence[str] = (),
    ) -> None:
        super().__init__()
        self.register_theme(monochrome())
        self.theme = theme
        self._filters.append(CleanOutput(monochrome=theme == MONOCHROME or self.no_color))
        self.fresh_argv = tuple(fresh_argv)
        self._mouse_wanted = mouse
        self._idle = None if idle_seconds is None else IdleWatch(idle_seconds)
        self._leaving = False
        self._leave_task: asyncio.Task[None] | None = None
        self._watchdog = Watchdog(self._restore_now)

    # What the application overrides

    async def save_and_leave(self, reason: str) -> None:
        """Save drafts and record the end of the session, in at most `SAVE_WITHIN` seconds.

        `reason` is `sigterm`, `sighup`, `sigquit`, `sigint`, `hangup`, `lock` or
        `idle`.
        """

    async def lock(self, reason: str) -> None:
        """Save, then let a fresh sign-in take the place of this process."""
        await self._save(reason)
        if self.fresh_argv and not self.is_headless:
            self.exec_fresh(self.fresh_command(reason))
        self.exit(return_code=LOCKED)

    def fresh_command(self, reason: str) -> Sequence[str]:
        """The command of the fresh sign-in after a lock for `reason`."""
        return self.fresh_argv

    # Leaving

    @property
    def leaving(self) -> bool:
        """Whether the program is on its way out; input is no longer taken."""
        return self._leaving

    def leave(self, reason: str, return_code: int) -> None:
        """Save and end, within `LEAVE_WITHIN` seconds. Only the first call counts."""
        if not self._leaving:
            self._leaving = True
            self._arm(return_code)
            self._leave_task = asyncio.get_running_loop().create_task(
                self._save_and_exit(reason, return_code)
            )

    def lock_now(self, reason: str = "lock") -> None:
        """Lock: input is refused from now on. `reason` is `lock` or `idle`."""
        if not self._leaving:
            self._leaving = True
            if isinstance(self._driver, HardenedDriver):
                self._driver.hold_input()
            self._arm(LOCKED)
            self._leave_task = asyncio.get_running_loop().create_task(self._lock(reason))

    def exec_fresh(self, argv: Sequence[str]) -> NoReturn:
        """Become the program `argv`, with nothing of this one but its terminal."""
        if isinstance(self._driver, HardenedDriver):
            self._driver.hand_over()
        try:
            exec_fresh(argv)
        except OSError:
            self._restore_now()
            raise

    def exit(
        self,
        result: Result | None = None,
        return_code: int = 0,
        message: RenderableType | None = None,
    ) -> None:
        """End the program; a worker that hangs is not waited for. `message` must hold no data."""
        self._arm(return_code)
        super().exit(result, return_code, message)

    def run(self, **kwargs: Any) -> Result | None:
        """Run to the end; nothing that goes wrong prints values."""
        incident.install_hooks()
        try:
            return super().run(**kwargs)
        except Exception as error:  # noqa: BLE001 (the last wall: a number, not a traceback)
            incident.print_words(error)
            self._return_code = 1
            return None
        finally:
            self._watchdog.call_off()

    def _arm(self, code: int) -> None:
        if self._driver is not None and not self.is_headless:
            self._watchdog.start(code)

    def _restore_now(self) -> None:
        if isinstance(self._driver, HardenedDriver):
            self._driver.restore_now()

    async def _save(self, reason: str) -> None:
        """Save within the time there is; a failure becomes an incident, and leaving goes on."""
        try:
            await asyncio.wait_for(self.save_and_leave(reason), SAVE_WITHIN)
        except Exception as error:  # noqa: BLE001
            incident.report(error)

    async def _save_and_exit(self, reason: str, return_code: int) -> None:
        with self._context():
            await self._save(reason)
            self.exit(return_code=return_code)

    async def _lock(self, reason: str) -> None:
        with self._context():
            try:
                await self.lock(reason)
            except Exception as error:  # noqa: BLE001
                incident.report(error)
                self.exit(return_code=LOCKED)

    def _build_driver(
        self, headless: bool, inline: bool, mouse: bool, size: tuple[int, int] | None
    ) -> Driver:
        driver = super()._build_driver(headless, False, mouse and self._mouse_wanted, size)
        if not headless:
            loop = asyncio.get_running_loop()
            loop.set_exception_handler(incident.on_loop_error)
            for number in LEAVING_SIGNALS:
                loop.add_signal_handler(number, self.leave, number.name.lower(), 128 + number.value)
        return driver

    # Input

    async def on_event(self, event: events.Event) -> None:
        """All input passes here: the idle lock counts it, and leaving refuses it."""
        if isinstance(event, Hangup):
            self.leave("hangup", 128 + signal.SIGHUP.value)
            return
        activity = is_activity(event) and not event.is_forwarded
        if self._check_idle() or (self._leaving and is_activity(event)):
            if is_activity(event):
                return
        elif activity and self._idle is not None:
            self._idle.touch()
        await super().on_event(event)

    def _check_idle(self) -> bool:
        """Lock when the session has been idle for too long."""
        if self._idle is None or self._leaving or not self._idle.is_over():
            return False
        self.lock_now("idle")
        return True

    async def _ready(self) -> None:
        if self._idle is not None:
            self._idle.touch()
            self.set_interval(self._idle.check_every, self._check_idle)

    # Errors

    def _handle_exception(self, error: Exception) -> None:
        self._return_code = 1
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        self._end_with(error)

    def _fatal_error(self) -> None:
        self._end_with(None)

    def panic(self, *renderables: RenderableType) -> None:
        """End with an incident number; what was to be shown may hold values."""
        self._end_with(None)

    def _end_with(self, error: BaseException | None) -> None:
        self._arm(1)
        number = incident.report(error)
        if not self._exit_renderables:
            self._exit_renderables.append(Text(incident.words(number)))
        self._close_messages_no_wait()

    def _print_error_renderables(self) -> None:
        """The number goes to stderr, if that is still there."""
        with contextlib.suppress(OSError):
            super()._print_error_renderables()
        self._exit_renderables.clear()

    def _log(self, *args: Any, **kwargs: Any) -> None:
        """Textual's own log would hold keys and values."""
