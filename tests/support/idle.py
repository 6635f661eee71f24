"""When an application under test is idle: its loop says so, no clock.

Textual's pilot takes a program for idle once 20 ms have passed in which the process used no
processor time: twice for each key, and up to a second where anything else keeps the process busy.
Here the event loop itself is asked. It is idle when no callback is ready, none is due within the
time that Textual would have waited, and no thread works for it.
"""

from __future__ import annotations

import asyncio
from asyncio.base_events import BaseEventLoop
from time import monotonic, process_time
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

import textual.app
import textual.pilot

if TYPE_CHECKING:
    from collections.abc import Callable

# What is due sooner is waited for: screens are drawn by timers.
SOON: Final = 0.04
# A thread that computes uses more than this of `SOON`; one that waits for a lock does not.
_RESTING: Final = 0.001
_MOST: Final = 1.0

_threads: WeakKeyDictionary[BaseEventLoop, set[asyncio.Future[Any]]] = WeakKeyDictionary()
_run_in_executor = BaseEventLoop.run_in_executor


def _watched_run(
    loop: BaseEventLoop, executor: Any, func: Callable[..., Any], *args: Any
) -> asyncio.Future[Any]:
    """`run_in_executor`, which remembers what has not come back."""
    future: asyncio.Future[Any] = _run_in_executor(loop, executor, func, *args)
    running = _threads.setdefault(loop, set())
    running.add(future)
    future.add_done_callback(running.discard)
    return future


async def wait_for_idle(min_sleep: float = 0, max_sleep: float = _MOST) -> None:
    """Return once the loop has nothing to do, at the latest after `max_sleep`.

    A thread that a test holds up would keep it from being idle: then the processor is asked, as
    Textual does.
    """
    loop = asyncio.get_running_loop()
    assert isinstance(loop, BaseEventLoop)
    latest = monotonic() + max_sleep
    await asyncio.sleep(min_sleep)
    while monotonic() < latest:
        if await _has_ready(loop):
            continue
        if _threads.get(loop):
            if await _rests():
                return
        elif (due := _next_due(loop)) is not None and due <= SOON:
            await asyncio.sleep(max(0, due))
        else:
            return


async def _has_ready(loop: Any) -> bool:
    """Whether anything ran or is ready; the second look has seen sockets and other threads too."""
    for _ in range(2):
        await asyncio.sleep(0)
        if loop._ready:
            return True
    return False


def _next_due(loop: Any) -> float | None:
    """In how many seconds the next timer is due."""
    waiting = [timer.when() for timer in loop._scheduled if not timer.cancelled()]
    return min(waiting) - loop.time() if waiting else None


async def _rests() -> bool:
    """Whether nothing of this process computes, loop and threads."""
    used = process_time()
    await asyncio.sleep(SOON)
    return process_time() - used < _RESTING


def install() -> None:
    """Let the pilot of Textual wait like this."""
    BaseEventLoop.run_in_executor = _watched_run  # type: ignore[assignment,method-assign]
    textual.app.wait_for_idle = wait_for_idle  # type: ignore[attr-defined]
    textual.pilot.wait_for_idle = wait_for_idle  # type: ignore[attr-defined]
