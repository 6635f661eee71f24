"""A screen that reads and writes off the loop, and says what went wrong."""

from __future__ import annotations

import asyncio
import inspect
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final, Generic, TypeVar

from textual.message import Message
from textual.worker import Worker, WorkerState, get_current_worker

from crm_tui.errors import CrmError, StoreError
from crm_tui.i18n import _
from crm_tui.keys import shown
from crm_tui.reading import Reading
from crm_tui.widgets.commanding import Commanding
from crm_tui.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from collections.abc import Callable

    from crm_tui.widgets.context import Context

T = TypeVar("T")
R = TypeVar("R")

LOADING_AFTER: Final = 0.2
"""Seconds before a screen says that it is loading."""


class Working(Commanding[T], Generic[T], inherit_bindings=False):
    """Reads run in threads, one per group, and stale answers are dropped. Writes run in threads
    and are never cancelled. Whatever they raise ends in the status line, never in a crash.
    """

    RETRY_COMMAND: ClassVar[str] = "reload"

    class Loaded(Message):
        """A read of `group` has answered; `serial` tells whether it is still wanted."""

        def __init__(self, group: str, serial: int, deliver: Callable[[], object]) -> None:
            super().__init__()
            self.group = group
            self.serial = serial
            self.deliver = deliver

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._serials: dict[str, int] = {}
        self._readings: dict[str, Reading] = {}
        self._waiting: set[tuple[str, int]] = set()
        self._retry: Callable[[], object] | None = None

    @property
    def status(self) -> StatusLine:
        """The line that talks."""
        return self.query_one(StatusLine)

    # --- reading and writing ----------------------------------------------------------------

    def run_read(
        self,
        group: str,
        read: Callable[[], R],
        done: Callable[[R], object],
        failed: Callable[[Exception], object] | None = None,
    ) -> None:
        """Run `read` in a thread and `done` with its answer on the screen.

        A later read of the same `group` makes this one's answer stale; it is broken off then.
        """
        serial = self._serials[group] = self._serials.get(group, 0) + 1
        if group in self._readings:
            self._readings[group].abandon()
        reading = self._readings[group] = Reading()
        again = partial(self.run_read, group, read, done, failed)
        self._waiting.add((group, serial))
        self.set_timer(LOADING_AFTER, partial(self._say_loading, group, serial))
        failed = failed or partial(self.read_failed, again)
        work = partial(self._read, group, serial, reading, read, done, failed)
        self.run_worker(
            work, thread=True, exclusive=True, group=group, exit_on_error=False,
            name=group, description=f"read {group}",
        )  # fmt: skip

    def _read(
        self,
        group: str,
        serial: int,
        reading: Reading,
        read: Callable[[], R],
        done: Callable[[R], object],
        failed: Callable[[Exception], object],
    ) -> None:
        """In the thread: compute and post, touch nothing."""
        try:
            with reading.begun():
                deliver: Callable[[], object] = partial(done, read())
        except Exception as error:  # noqa: BLE001 (routed to the screen, told by kind there)
            deliver = partial(failed, error)
        if not get_current_worker().is_cancelled:
            self.post_message(self.Loaded(group, serial, deliver))

    def _say_loading(self, group: str, serial: int) -> None:
        """Unless there is more to say: that something was saved, and how to undo it."""
        wanted = (group, serial) in self._waiting and self._serials[group] == serial
        if wanted and not self.status.message:
            self.say(_("loading ..."))

    async def on_working_loaded(self, message: Working.Loaded) -> None:
        """Deliver an answer that is still wanted."""
        message.stop()
        self._waiting.discard((message.group, message.serial))
        if self._serials.get(message.group) != message.serial or not self.is_attached:
            return
        if self.status.message == _("loading ..."):
            self.status.clear()
        answer = message.deliver()
        if inspect.isawaitable(answer):
            await answer

    def read_failed(self, again: Callable[[], object], error: Exception) -> None:
        """Say why a read failed; what may succeed later can be asked `again`."""
        self._retry = again if isinstance(error, StoreError) else None
        self.show_error(error)

    def run_write(
        self,
        write: Callable[[], R],
        done: Callable[[R], object] | None = None,
        failed: Callable[[Exception], object] | None = None,
    ) -> None:
        """Run `write` in a thread to its end; `done` or `failed` run on the screen."""
        self.run_worker(
            self._write(write, done, failed), exclusive=False, group="write",
            exit_on_error=False, description="write",
        )  # fmt: skip

    async def _write(
        self,
        write: Callable[[], R],
        done: Callable[[R], object] | None,
        failed: Callable[[Exception], object] | None,
    ) -> None:
        try:
            result = await asyncio.to_thread(write)
        except Exception as error:  # noqa: BLE001 (routed to the screen, told by kind there)
            answer = (failed or self.show_error)(error)
        else:
            answer = done(result) if done else None
        if inspect.isawaitable(answer):
            await answer

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A worker of this screen died of something that nobody foresaw: never silently."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            self.show_error(event.worker.error)

    def show_error(self, error: BaseException) -> None:
        """Say what went wrong; an unexpected error only by its incident number."""
        if isinstance(error, StoreError):
            key = shown(self.context.keymap.get(self.RETRY_COMMAND).all_keys[0])
            self.say(_("{message} {key} tries again").format(message=error.message, key=key),
                     "error")  # fmt: skip
        elif isinstance(error, CrmError):
            self.say(error.message, "error")
        else:
            number = self.context.incident(error)
            self.say(_("that did not work; tell support incident {number}").format(number=number),
                     "error")  # fmt: skip
