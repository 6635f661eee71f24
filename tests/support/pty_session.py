"""The real program in a pseudo terminal, 80×24 unless told."""

from __future__ import annotations

import os
import signal
import termios
import time
import tty
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import pexpect
import pytest

from tests.support.terminal_emulator import Emulator

READ_SIZE: Final = 65_536
ROOT: Final = Path(__file__).resolve().parents[2]
KEPT_NAMES: Final = ("PATH", "HOME", "LANG", "TZDIR", "LD_LIBRARY_PATH", "SSL_CERT_FILE")
SEQUENCES: Final[dict[str, str]] = {
    "enter": "\r",
    "tab": "\t",
    "shift+tab": "\x1b[Z",
    "escape": "\x1b",
    "space": " ",
    "backspace": "\x7f",
    "insert": "\x1b[2~",
    "delete": "\x1b[3~",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    "f1": "\x1bOP",
    "f2": "\x1bOQ",
    "f3": "\x1bOR",
    "f4": "\x1bOS",
    "f5": "\x1b[15~",
    "f6": "\x1b[17~",
    "f7": "\x1b[18~",
    "f8": "\x1b[19~",
    "f9": "\x1b[20~",
    "f10": "\x1b[21~",
    "f11": "\x1b[23~",
    "f12": "\x1b[24~",
    **{f"ctrl+{chr(code + 96)}": chr(code) for code in range(1, 27)},
}


def key_sequence(name: str) -> str:
    """What a terminal sends for the key `name`: a name of `SEQUENCES`, or one character."""
    if name in SEQUENCES:
        return SEQUENCES[name]
    if name.startswith("alt+") and len(name) == 5:
        return f"\x1b{name[-1]}"
    if len(name) == 1:
        return name
    raise ValueError(f"no such key: {name!r}; text goes through type()")


def plain_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a login over ssh, without what pytest and make have set."""
    kept = {name: os.environ[name] for name in KEPT_NAMES if name in os.environ}
    return kept | {"TERM": "xterm-256color"} | dict(extra or {})


class PtySession:
    """One program, its terminal and its keyboard.

    `since_key` holds the bytes received since the last key, `received` counts all. After the end
    `shows_what_is_typed` tells whether the terminal is as a shell wants it.
    """

    def __init__(
        self,
        command: Sequence[str],
        env: Mapping[str, str] | None = None,
        *,
        columns: int = 80,
        lines: int = 24,
        cwd: Path = ROOT,
    ) -> None:
        self.columns, self.lines = columns, lines
        self.since_key = b""
        self.received = 0
        self.shows_what_is_typed = False
        self._child: Any = pexpect.spawn(
            command[0],
            list(command[1:]),
            env=plain_environment(env),
            dimensions=(lines, columns),
            cwd=str(cwd),
            timeout=None,
        )
        self._child.delaybeforesend = None
        self._emulator = Emulator(columns, lines, self._send)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """The program's process id."""
        return int(self._child.pid)

    @property
    def cursor(self) -> tuple[int, int]:
        """Column and line of the cursor, from 0."""
        cursor = self._emulator.screen.cursor
        return cursor.x, cursor.y

    def keys(self, *names: str) -> None:
        """Press keys by their names, one after the other, as fast as a paste."""
        self._press("".join(map(key_sequence, names)))

    def type(self, text: str) -> None:
        """Type `text` as it is."""
        self._press(text)

    def send_bytes(self, data: bytes) -> None:
        """Send what no keyboard sends."""
        self.since_key = b""
        self._child.send(data)

    def screen(self) -> list[str]:
        """The lines now on the screen, without trailing blanks."""
        self._read_what_is_there()
        return [line.rstrip() for line in self._emulator.screen.text_lines()]

    def text(self) -> str:
        """The screen as one text."""
        return "\n".join(self.screen())

    def wait_for(self, wanted: str | Callable[[str], object], timeout: float = 20) -> str:
        """Read until `wanted` is on the screen, or true of its text; gives the screen."""
        true = wanted if callable(wanted) else lambda shown: wanted in shown
        deadline = time.monotonic() + timeout
        while not true(shown := self.text()):
            left = deadline - time.monotonic()
            if left <= 0 or (not self._read(min(left, 0.5)) and self._gone()):
                if true(shown := self.text()):
                    return shown
                why = "the program ended" if self._gone() else f"not in {timeout} s"
                pytest.fail(f"{wanted!r}: {why}; the screen shows\n{shown}")
        return shown

    def wait_gone(self, text: str, timeout: float = 20) -> str:
        """Read until `text` has left the screen."""
        return self.wait_for(lambda shown: text not in shown, timeout)

    def wait_idle(self, quiet: float = 0.15, timeout: float = 20) -> str:
        """Read until nothing has come for `quiet` seconds; gives the screen."""
        deadline = time.monotonic() + timeout
        while self._read(quiet):
            if time.monotonic() > deadline:
                pytest.fail(f"the program writes without end; the screen shows\n{self.text()}")
        return self.text()

    def wait_exit(self, timeout: float = 20) -> int:
        """Read until the program has ended; its exit code, or minus the signal that ended it."""
        deadline = time.monotonic() + timeout
        while not self._gone():
            if time.monotonic() > deadline:
                pytest.fail(f"the program does not end; the screen shows\n{self.text()}")
            self._read(0.1)
        self._read_what_is_there()
        if not self._child.closed:
            self._look_at_mode()
            self._child.close()
        ended_by = self._child.signalstatus
        return int(self._child.exitstatus) if ended_by is None else -int(ended_by)

    def resize(self, columns: int, lines: int) -> None:
        """Change the window."""
        self.columns, self.lines = columns, lines
        self._emulator.screen.resize(lines, columns)
        self._child.setwinsize(lines, columns)

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Send a signal to the program."""
        os.kill(self.pid, number)

    def hang_up(self) -> None:
        """Drop the line: close the terminal's side, so that the kernel sends SIGHUP."""
        self._child.ptyproc.fileobj.close()
        self._child.closed = True

    def close(self) -> None:
        """End the program, whatever it does."""
        if not self._gone():
            self.kill(signal.SIGKILL)
        if not self._child.closed:
            self._child.close(force=True)

    def _press(self, text: str) -> None:
        self._read_what_is_there()
        self.since_key = b""
        self._send(text)

    def _send(self, text: str) -> None:
        self._child.send(text.encode("utf-8"))

    def _look_at_mode(self) -> None:
        wanted = termios.ECHO | termios.ICANON | termios.ISIG
        self.shows_what_is_typed = (
            termios.tcgetattr(self._child.fileno())[tty.LFLAG] & wanted == wanted
        )

    def _gone(self) -> bool:
        try:
            return not self._child.isalive()
        except pexpect.ExceptionPexpect:
            return True

    def _read_what_is_there(self) -> None:
        while self._read(0):
            pass

    def _read(self, timeout: float) -> bool:
        """Take what comes within `timeout` seconds; whether anything came."""
        if self._child.closed:
            return False
        try:
            data = self._child.read_nonblocking(READ_SIZE, timeout)
        except (pexpect.TIMEOUT, pexpect.EOF):
            return False
        self.since_key += data
        self.received += len(data)
        self._emulator.feed(data)
        return True


@pytest.fixture
def start_session() -> Iterator[Callable[..., PtySession]]:
    """A factory of sessions, with the arguments of `PtySession`; all end with the test."""
    sessions: list[PtySession] = []

    def start(
        command: Sequence[str], env: Mapping[str, str] | None = None, **kw: Any
    ) -> PtySession:
        sessions.append(PtySession(command, env, **kw))
        return sessions[-1]

    yield start
    for session in sessions:
        session.close()
