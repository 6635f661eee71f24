"""A cheaper wait of Textual's pilot: widgets that rest already are not asked whether they rest.

Before and after each key the pilot sends every widget of the screen a callback, and waits until all
have come back. That costs more than what most keys do: each callback is a message of its own, and
an idle event after it. A widget that waits for its next message has handled all before it, with the
idle event that followed; only the others need be asked. What comes after it stays as it is: the
pilot waits until the process uses no more processor time.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from textual.pilot import Pilot, WaitForScreenTimeout

if TYPE_CHECKING:
    from textual.message_pump import MessagePump


def rests(pump: MessagePump) -> bool:
    """Whether it has handled everything sent to it, and waits for the next message."""
    queue = pump._message_queue
    return queue.empty() and any(not one.done() for one in queue.ready_event._waiters)


async def wait_for_screen(pilot: Pilot[Any], timeout: float = 30.0) -> bool:  # noqa: ASYNC109 — its signature
    """`Pilot._wait_for_screen`; the application itself is asked in any case."""
    app = pilot.app
    try:
        widgets = app.screen.walk_children(with_self=True)
    except Exception:  # noqa: BLE001 — as Textual does: there is no screen yet, or no more
        return False
    handled, asked = asyncio.Event(), 0

    def answer() -> None:
        nonlocal asked
        asked -= 1
        if not asked:
            handled.set()

    for pump in (app, *(widget for widget in widgets if not rests(widget))):
        asked += pump.call_later(answer)
    if not asked:
        return True
    ends = [asyncio.create_task(one.wait()) for one in (handled, app._exception_event)]
    done, waiting = await asyncio.wait(ends, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()
    if not done:
        raise WaitForScreenTimeout("Widgets did not handle what they had been sent.")
    return handled.is_set()


def install() -> None:
    """Let every pilot wait like this."""
    Pilot._wait_for_screen = wait_for_screen  # type: ignore[method-assign,assignment]
