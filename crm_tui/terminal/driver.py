"""The terminal driver: nothing that a terminal or a line does ends or bloats the program.

It sends less than the stock driver too: no kitty protocol, no focus reports, no synchronised
updates, no in-band resize.
"""

from __future__ import annotations

import contextlib
import os
import re
import selectors
import signal
import sys
import termios
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, Final

from textual import events
from textual.driver import Driver
from textual.geometry import Size

from crm_tui.terminal import mode
from crm_tui.terminal.mode import LEAVE
from crm_tui.terminal.parser import KeyboardReader
from crm_tui.terminal.writer import FrameWriter

if TYPE_CHECKING:
    from textual.app import App
    from textual.message import Message

MAX_COLUMNS: Final = 400
MAX_LINES: Final = 150
DEFAULT_SIZE: Final = (80, 24)
READ_SIZE: Final = 4096
TICK: Final = 0.05
"""Seconds between looks at the clock while an escape sequence is unfinished."""

ENTER: Final = "\x1b[?1049h\x1b[?25l\x1b[?2004h\x1b[?7l"
"""Alternate screen, no cursor, bracketed paste, no line wrap."""
CLEAR: Final = "\x1b[0m\x1b[2J\x1b[H\x1b[?25l"
MOUSE_ON: Final = "\x1b[?1000h\x1b[?1002h\x1b[?1006h"
MOUSE_OFF: Final = "\x1b[?1006l\x1b[?1002l\x1b[?1000l"

_STRING: Final = re.compile("\x1b[\\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\\\)?")
"""Title, clipboard, links: the program sends none of them."""


class Hangup(events.Event):
    """The terminal is gone."""


def clamp(columns: int, lines: int) -> tuple[int, int]:
    """A window size that can be drawn; a terminal that does not know its size has 80×24."""
    if columns <= 0 or lines <= 0:
        columns, lines = columns or DEFAULT_SIZE[0], lines or DEFAULT_SIZE[1]
    return max(1, min(columns, MAX_COLUMNS)), max(1, min(lines, MAX_LINES))


class HardenedDriver(Driver):
    """Input and output of the program on a POSIX terminal (its stdin and stdout)."""

    def __init__(
        self,
        app: App[Any],
        *,
        debug: bool = False,
        mouse: bool = False,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=False, mouse=mouse, size=size)
        self._in = sys.__stdin__.fileno() if sys.__stdin__ else 0
        self._out = sys.__stdout__.fileno() if sys.__stdout__ else 1
        # The application takes this for its first layout.
        self._size = clamp(*size) if size else self._get_terminal_size()
        self._saved: list[Any] | None = None
        self._stopping = Event()
        self._reader: Thread | None = None
        self._writer: FrameWriter | None = None
        self._handlers: dict[signal.Signals, Any] = {}

    # Output

    def write(self, data: str) -> None:
        """Queue `data`; strings that set title, clipboard or links are dropped."""
        if self._writer is not None:
            if "\x1b]" in data or "\x1bP" in data:
                data = _STRING.sub("", data)
            self._writer.write(data)

    def _redraw(self) -> None:
        """Draw the whole screen, from any thread."""
        redraw = getattr(self._app, "redraw", self._app.refresh)
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(redraw)

    # Start and end

    def start_application_mode(self) -> None:
        """Take the terminal."""
        self._writer = FrameWriter(self._out, self._redraw)
        self._writer.start()
        self._set_signal(signal.SIGTSTP, signal.SIG_IGN)
        self._set_signal(signal.SIGTTOU, signal.SIG_IGN)
        self._set_signal(signal.SIGWINCH, lambda *_: self._send_size())
        self._set_signal(signal.SIGCONT, lambda *_: self._come_back())
        self._saved = mode.read(self._in)
        mode.mute(self._in)
        self.write(ENTER + (MOUSE_ON if self._mouse else ""))
        self._send_size()
        self._stopping.clear()
        self._reader = Thread(target=self._read_keys, name="crm-tui-input", daemon=True)
        self._reader.start()

    def _set_signal(self, number: signal.Signals, handler: Any) -> None:
        self._handlers.setdefault(number, signal.signal(number, handler))

    def _come_back(self) -> None:
        """Stopped and continued from outside: the shell may have changed the terminal."""
        mode.mute(self._in)
        self.write(ENTER)
        self._redraw()

    def hold_input(self) -> None:
        """Read no more keys: the terminal keeps them."""
        self._stopping.set()

    def disable_input(self) -> None:
        """Read no more keys and forget those not read."""
        if self._end_reader():
            with contextlib.suppress(termios.error):
                termios.tcflush(self._in, termios.TCIFLUSH)

    def _end_reader(self) -> bool:
        self._stopping.set()
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.join(1.0)
        return reader is not None

    def hand_over(self) -> None:
        """Leave the terminal to the program that takes this one's place: empty and mute, so that
        what is typed meanwhile, a password perhaps, is neither shown nor lost."""
        self._end_reader()
        self.write((MOUSE_OFF if self._mouse else "") + CLEAR)
        self.close()

    def stop_application_mode(self) -> None:
        """Give the terminal back as it was."""
        self.disable_input()
        self.write((MOUSE_OFF if self._mouse else "") + LEAVE)
        mode.give_back(self._in, self._saved)
        self._saved = None
        while self._handlers:
            number, handler = self._handlers.popitem()
            signal.signal(number, handler)

    def close(self) -> None:
        """Let the last output go out."""
        if self._writer is not None:
            self._writer.stop()
            self._writer = None

    def restore_now(self) -> None:
        """Give the terminal back at once, from any thread, without waiting for anything."""
        mode.give_back(self._in, self._saved)
        with contextlib.suppress(OSError):
            os.set_blocking(self._out, False)
            try:
                os.write(self._out, ((MOUSE_OFF if self._mouse else "") + LEAVE).encode())
            finally:
                os.set_blocking(self._out, True)

    # Size

    def _get_terminal_size(self) -> tuple[int, int]:
        try:
            columns, lines = os.get_terminal_size(self._out)
        except OSError:
            columns, lines = DEFAULT_SIZE
        return clamp(columns, lines)

    def _send_size(self) -> None:
        size = Size(*self._get_terminal_size())
        self.send_message(events.Resize(size, size))

    # Input

    def _read_keys(self) -> None:
        """The input thread."""
        keyboard = KeyboardReader()
        with selectors.DefaultSelector() as selector:
            selector.register(self._in, selectors.EVENT_READ)
            while not self._stopping.is_set():
                try:
                    ready = selector.select(TICK)
                    if self._stopping.is_set():
                        return
                    found = self._read_once(keyboard) if ready else keyboard.tick()
                except OSError:
                    found = None
                if found is None:
                    self._tell(Hangup())
                    return
                for message in found:
                    self._tell(message)

    def _read_once(self, keyboard: KeyboardReader) -> list[Message] | None:
        """Events of what is there; None when the line is gone."""
        data = os.read(self._in, READ_SIZE)
        return keyboard.feed(data) if data else None

    def _tell(self, message: Message) -> None:
        if isinstance(message, events.MouseEvent) and not self._mouse:
            return  # forged: a click nobody made would take the focus away
        with contextlib.suppress(RuntimeError):
            self.process_message(message)
