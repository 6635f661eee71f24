"""From lines of a file to staged rows; those of a large file in several processes at once.

Checking a row, encrypting it and spelling its name is work of the processor alone. The helpers
see lines and give back rows and issues: none of them touches a database or a file.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections import deque
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, Final, Self

from crm_tui.errors import ImportRejected
from crm_tui.i18n import _
from crm_tui.services.imports.fields import parse_row
from crm_tui.services.imports.report import Issue

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence
    from multiprocessing.connection import Connection

    from crm_tui.services.imports.base import Importer, Staged
    from crm_tui.services.imports.fields import Column
    from crm_tui.services.imports.files import Line

CHUNK: Final = 1_000
# Chunks of a file that are shaped before it is worth having helpers.
ALONE: Final = 10
_MOST_HELPERS: Final = 4
# Whoever works at a screen comes first.
_NICE: Final = 10


@dataclass(frozen=True, slots=True)
class Part:
    """What became of a chunk of lines, in their order."""

    lines: int
    rows: list[Staged]
    issues: list[Issue]


class Shaping:
    """Shapes lines by one importer; `places` say where its columns stand in a line."""

    def __init__(self, importer: Importer, places: Sequence[int | None], width: int) -> None:
        self._importer = importer
        self._places = places
        self._width = width
        self._line = 0

    def __call__(self, lines: Sequence[Line]) -> Part:
        """The rows that are good, and what is to be said of the others."""
        shaped = [self._row(line) for line in lines]
        rows = [row for row in shaped if row is not None]
        return Part(len(lines), rows, self._importer.take_noted())

    def _row(self, line: Line) -> Staged | None:
        importer = self._importer
        if line.problem or len(line.cells) != self._width:
            reason = line.problem or _("{n} cells where the header has {width}").format(
                n=len(line.cells), width=self._width
            )
            importer.noted.append(Issue(line.number, "", "", reason))
            return None
        self._line = line.number
        if line.errors and self._has_errors(line):
            return None
        cells = ["" if place is None else line.cells[place] for place in self._places]
        values = parse_row(importer.columns, cells, self._bad)
        return None if values is None else importer.shape(line.number, values)

    def _has_errors(self, line: Line) -> bool:
        wrong = [
            column.name
            for column, place in zip(self._importer.columns, self._places, strict=True)
            if place in line.errors
        ]
        for name in wrong:
            self._importer.noted.append(Issue(line.number, name, "", _("error value in the cell")))
        return bool(wrong)

    def _bad(self, column: Column, text: str, reason: str) -> None:
        self._importer.noted.append(Issue(self._line, column.name, column.mask(text), reason))


def shaped(shaping: Shaping, lines: Iterator[Line], *, helped: bool) -> Generator[Part]:
    """Every part of a file in its order; close it when you stop before the end.

    A large file is `helped` by as many processes as there are processors. Raises ImportRejected
    when one of them is killed, and what `lines` raises.
    """
    chunks = iter(lambda: list(islice(lines, CHUNK)), [])
    yield from map(shaping, islice(chunks, ALONE))
    count = min(_processors(), _MOST_HELPERS) if helped else 1
    first = next(chunks, None)
    if first is None:
        return
    if count < 2:
        yield from map(shaping, chain([first], chunks))
    else:
        yield from _helped(shaping, chain([first], chunks), count)


def _processors() -> int:
    """Those that this process may use; one where forking is no way to use more."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1


def _helped(shaping: Shaping, chunks: Iterator[list[Line]], count: int) -> Generator[Part]:
    helpers: list[_Helper] = []
    try:
        with _no_ctrl_c():
            helpers += (_Helper(shaping) for _ in range(count))
        busy = deque(helper.begin(chunk) for helper, chunk in zip(helpers, chunks, strict=False))
        while busy:
            helper = busy.popleft()
            part = helper.end()
            chunk = next(chunks, None)
            if chunk is not None:
                # It is at work again before this part is stored.
                busy.append(helper.begin(chunk))
            yield part
    finally:
        for helper in helpers:
            helper.connection.close()
        for helper in helpers:
            helper.process.join()


class _Helper:
    """A process that shapes one chunk at a time. It ends when nobody holds the other end of its
    pipe any more: also when the import is killed.

    No pool of the standard library: that of Python 3.11.2 hangs when one of it is killed.
    """

    def __init__(self, shaping: Shaping) -> None:
        # Forked: the importer, with what it has read of the database, need not be sent.
        context = multiprocessing.get_context("fork")
        self.connection, other = context.Pipe()
        self.process = context.Process(
            target=_help, args=(shaping, other, self.connection), daemon=True
        )
        self.process.start()
        other.close()

    def begin(self, chunk: list[Line]) -> Self:
        """Give it a chunk. Raises ImportRejected when it was killed."""
        with _told_when_killed():
            self.connection.send(chunk)
        return self

    def end(self) -> Part:
        """Wait for what became of the chunk. Raises ImportRejected when it was killed."""
        with _told_when_killed():
            answer: Part | Exception = self.connection.recv()
        if isinstance(answer, Exception):
            raise answer
        return answer


@contextmanager
def _told_when_killed() -> Iterator[None]:
    try:
        yield
    except (EOFError, BrokenPipeError, ConnectionResetError):
        raise ImportRejected(
            _("A process that checked rows was killed, perhaps for want of memory. Try again.")
        ) from None


@contextmanager
def _no_ctrl_c() -> Iterator[None]:
    """Ctrl+C waits in this process, and never comes to those that are forked meanwhile."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _help(shaping: Shaping, connection: Connection, parents: Connection) -> None:
    """The whole life of a helper."""
    parents.close()
    os.nice(_NICE)
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            connection.send(_answer(shaping, connection.recv()))


def _answer(shaping: Shaping, lines: Sequence[Line]) -> Part | Exception:
    try:
        return shaping(lines)
    except Exception as error:  # noqa: BLE001 (what it says may hold values of rows)
        return RuntimeError(f"{type(error).__name__} in a helper")
