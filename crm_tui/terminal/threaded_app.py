"""An application that works in threads and tells errors by kind, never by traceback."""

from __future__ import annotations

import asyncio
import inspect
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from crm_tui.errors import CrmError
from crm_tui.i18n import _
from crm_tui.terminal import incident
from crm_tui.terminal.safe_app import SafeApp

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class ThreadedApp(SafeApp[T], Generic[T]):
    """Runs work off the loop and hands its result, or the words of its error, back on it."""

    def in_thread(
        self, work: Callable[[], Any], done: Callable[[Any], object],
        failed: Callable[[str], object],
    ) -> None:  # fmt: skip
        """`work` in a thread; then `done` with its result, or `failed` with what to say."""

        async def run() -> None:
            try:
                result = await asyncio.to_thread(work)
            except CrmError as error:
                failed(error.message)
            except Exception as error:  # noqa: BLE001 (a number, never a traceback)
                number = incident.report(error)
                failed(_("that did not work; tell support incident {number}").format(number=number))
            else:
                answer = done(result)
                if inspect.isawaitable(answer):
                    await answer

        self.run_worker(run(), exclusive=False, exit_on_error=False, description="app")

    def say(self, message: str) -> None:
        """An error in the status line of the screen on top."""
        screen: Any = self.screen
        if hasattr(screen, "say"):
            screen.say(message, "error")
