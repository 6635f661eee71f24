"""Frames go out in a thread that a stuck or dropped line cannot block the program with."""

from __future__ import annotations

import contextlib
import os
import select
import threading
from collections import deque
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_WAITING: Final = 2_000_000
"""Characters kept for a line that does not take them; then frames are dropped, and the screen
is drawn afresh when the line moves again."""
STOP_WAIT: Final = 0.5
"""Seconds that the end of the program waits for a line that does not move."""


class FrameWriter(threading.Thread):
    """Writes text to a file descriptor; `write` never blocks and never fails."""

    def __init__(self, fileno: int, redraw: Callable[[], None]) -> None:
        super().__init__(daemon=True, name="crm-tui-output")
        self._fileno = fileno
        self._redraw = redraw
        self._frames: deque[str] = deque()
        self._waiting = 0
        self._lost = False
        self._ended = False
        self._broken = False
        self._turn = threading.Condition()

    def write(self, text: str) -> None:
        """Queue `text`."""
        with self._turn:
            # A frame in which nothing has changed is empty, and must not end the thread.
            if self._broken or self._ended or not text:
                return
            if self._waiting + len(text) > MOST_WAITING:
                self._lost = True
                return
            self._frames.append(text)
            self._waiting += len(text)
            self._turn.notify()

    def run(self) -> None:
        """Write frames until told to stop; a dropped line ends it quietly."""
        while (text := self._next()) is not None:
            try:
                self._write_all(text.encode("utf-8", "replace"))
            except OSError:
                with self._turn:
                    self._broken = True
                    self._frames.clear()
                return
            if self._lost and not self._frames:
                self._lost = False
                self._redraw()

    def _next(self) -> str | None:
        with self._turn:
            while not self._frames and not self._ended:
                self._turn.wait()
            text = "".join(self._frames)
            self._frames.clear()
            self._waiting = 0
            return text or None

    def _write_all(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            try:
                view = view[os.write(self._fileno, view) :]
            except BlockingIOError:  # another program has left the terminal like that
                select.select([], [self._fileno], [])

    def stop(self) -> None:
        """Let what is queued go out, but wait for a stuck line only so long."""
        with self._turn:
            self._ended = True
            self._turn.notify()
        with contextlib.suppress(RuntimeError):
            self.join(STOP_WAIT)
