"""A program in a pseudo terminal of 80×24, every piece of its output with the time it came.

Nothing is drawn while a time is being taken: pieces are gathered first and drawn afterwards.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import pexpect

from tests.support.pty_session import key_sequence, plain_environment
from tests.support.terminal_emulator import Emulator

COLUMNS: Final = 80
LINES: Final = 24
READ_SIZE: Final = 65_536


class Stuck(Exception):
    """A program did not show what was waited for."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes, and seconds from the key (or the start) to their arrival."""

    at: float
    data: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What came after one key."""

    pieces: tuple[Piece, ...]

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(len(piece.data) for piece in self.pieces)

    @property
    def last(self) -> float:
        """Seconds to the last byte; 0 when nothing came."""
        return self.pieces[-1].at if self.pieces else 0.0


class Terminal:
    """One program; use as a context, which ends it."""

    def __init__(
        self, command: Sequence[str], env: Mapping[str, str] | None = None, *, cwd: Path
    ) -> None:
        self._began = time.perf_counter()
        self._child: Any = pexpect.spawn(
            command[0], list(command[1:]), env=plain_environment(env), cwd=str(cwd),
            dimensions=(LINES, COLUMNS), timeout=None,
        )  # fmt: skip
        self._child.delaybeforesend = None
        self._fd: int = self._child.child_fd
        self._emulator = Emulator(COLUMNS, LINES, self._write)
        self._ended = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with contextlib.suppress(OSError, pexpect.ExceptionPexpect):
            if self._child.isalive():
                os.kill(self._child.pid, signal.SIGKILL)
            self._child.close(force=True)

    @property
    def pid(self) -> int:
        """Of the program."""
        return int(self._child.pid)

    def lines(self) -> list[str]:
        """The screen as drawn so far."""
        return [line.rstrip() for line in self._emulator.screen.text_lines()]

    def until(self, shown: Callable[[list[str]], bool], timeout: float = 60) -> float:
        """Seconds from the start or the last key until `shown` is true of the screen."""
        deadline = time.perf_counter() + timeout
        while True:
            for piece in self._gather(0.5, first_only=True):
                self._emulator.feed(piece.data)
                if shown(self.lines()):
                    return piece.at
            if self._ended or time.perf_counter() > deadline:
                text = "\n".join(self.lines())
                why = "the program ended" if self._ended else f"not in {timeout} s"
                raise Stuck(f"{why}; the screen shows\n{text}")

    def press(self, *names: str, text: str = "") -> None:
        """Keys by name, then `text` as it is."""
        self._began = time.perf_counter()
        self._write("".join(map(key_sequence, names)) + text)

    def answer(self, quiet: float = 0.12, most: float = 10) -> Answer:
        """What comes until nothing has come for `quiet` seconds; not drawn yet, see `draw`."""
        found: list[Piece] = []
        deadline = time.perf_counter() + most
        while time.perf_counter() < deadline:
            more = self._gather(quiet, first_only=True)
            if not more:
                break
            found += more
        return Answer(tuple(found))

    def settle(self, quiet: float = 0.3, most: float = 60) -> None:
        """Draw what comes until it is quiet."""
        self.draw(self.answer(quiet, most))

    def draw(self, answer: Answer) -> None:
        """Show an answer on the screen."""
        for piece in answer.pieces:
            self._emulator.feed(piece.data)

    def rows_shown(self, answer: Answer, top: int, bottom: int) -> float | None:
        """Draw; seconds until lines `top` to `bottom` were as they stayed. None: unchanged."""
        before = self.lines()[top:bottom]
        states = []
        for piece in answer.pieces:
            self._emulator.feed(piece.data)
            states.append((piece.at, self.lines()[top:bottom]))
        final = self.lines()[top:bottom]
        if all(state == before for _at, state in states):
            return None
        shown = 0.0
        for at, state in reversed(states):
            if state != final:
                break
            shown = at
        return shown

    def _gather(self, wait: float, *, first_only: bool) -> list[Piece]:
        """What comes at once after the first byte, for which `wait` seconds are waited."""
        found: list[Piece] = []
        while select.select([self._fd], [], [], wait)[0]:
            try:
                data = os.read(self._fd, READ_SIZE)
            except OSError:
                data = b""
            if not data:
                self._ended = True
                break
            found.append(Piece(time.perf_counter() - self._began, data))
            wait = 0 if first_only else wait
        return found

    def _write(self, text: str) -> None:
        os.write(self._fd, text.encode("utf-8"))


def resident_mb(pid: int) -> float:
    """Resident memory of a process and those it started, in MB (10^6 bytes)."""
    page = os.sysconf("SC_PAGE_SIZE")
    found = 0
    for one in [pid, *_below(pid)]:
        with contextlib.suppress(OSError):
            found += int(Path(f"/proc/{one}/statm").read_text("ascii").split()[1]) * page
    return found / 1e6


def _below(pid: int) -> list[int]:
    found = []
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text("ascii").split():
                found += [int(child), *_below(int(child))]
    return found


def p95(values: Sequence[float]) -> float:
    """The 95th percentile; of few values the largest."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]


median = statistics.median
