"""From lines of a file to staged rows; those of a large file in several processes at once.

Checking a row, encrypting it and spelling its name is work of the processor alone. The helpers
see lines and give back rows and issues: none of them touches a database or a file.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Final

from crm_tui.errors import ImportRejected
from crm_tui.i18n import _
from crm_tui.services.imports.fields import parse_row
from crm_tui.services.imports.report import Issue

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from crm_tui.services.imports.base import Importer, Staged
    from crm_tui.services.imports.fields import Column
    from crm_tui.services.imports.files import Line

CHUNK: Final = 1_000
# Chunks of a file that are shaped before it is worth having helpers.
ALONE: Final = 10
_MOST_HELPERS: Final = 4
# Chunks on their way per helper: it never waits for the next one, and few lie in memory.
_AHEAD: Final = 2
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
    # Forked: the importer, with what it has read of the database, is there without being sent.
    pool = ProcessPoolExecutor(
        count, multiprocessing.get_context("fork"), initializer=_help, initargs=(shaping,)
    )
    waiting: deque[Future[Part]] = deque()
    try:
        with _no_ctrl_c():
            # The first chunk starts them all.
            waiting.append(pool.submit(_shape, next(chunks)))
        for chunk in chunks:
            waiting.append(pool.submit(_shape, chunk))
            if len(waiting) > count * _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenProcessPool:
        raise ImportRejected(
            _("A process that checked rows was killed, perhaps for want of memory. Try again.")
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _no_ctrl_c() -> Iterator[None]:
    """Ctrl+C waits in this process, and never comes to those that are forked meanwhile."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_shaping: Any = None


def _help(shaping: Shaping) -> None:
    """Begin as a helper, which lives no longer than its import."""
    global _shaping  # noqa: PLW0603 (a helper has one thing to do, and no other way to be told)
    _shaping = shaping
    os.nice(_NICE)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _shape(lines: Sequence[Line]) -> Part:
    part: Part = _shaping(lines)
    return part
