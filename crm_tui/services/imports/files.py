"""Opening a file of rows: CSV (also .gz) in UTF-8 or GB18030, XLSX, XLS. Nothing is loaded whole.

The first pass reads a CSV from end to end: it takes the hash and decides the encoding over the
whole file (BOM → UTF-8 → GB18030), because a late byte may be the first that tells.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import hashlib
import os
import stat
import zlib
from itertools import chain
from typing import IO, TYPE_CHECKING, Final, NamedTuple, Protocol, Self, cast

from crm_tui.errors import ImportRejected, why_failed
from crm_tui.i18n import N_, _
from crm_tui.services.imports.sheets import SheetFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_BLOCK: Final = 1 << 18
# A physical line, in bytes; the longest text of a row is 20,000 characters.
_LONGEST_LINE: Final = 1 << 20
_LONGEST_CELL: Final = 100_000
# What spreadsheets and other programs put between columns instead of commas, and how to call it.
_SEPARATORS: Final = {";": "';'", "\t": N_("tabs"), "|": "'|'"}


class Line(NamedTuple):
    """A row of the file; `problem` is set instead of cells when it cannot be read.

    `errors` are the places of cells that a spreadsheet could not work out, such as #N/A.
    """

    number: int
    cells: list[str]
    problem: str = ""
    errors: frozenset[int] = frozenset()


class RowFile(Protocol):
    """A file of rows, read as often as wanted."""

    sha256: str

    def rows(self) -> Iterator[Line]:
        """Header and rows, empty ones left out. Raises ImportRejected."""

    def fraction(self) -> float:
        """How much of the file `rows` has read, 0 to 1."""


def open_rows(path: Path, watch: Callable[[float], None]) -> RowFile:
    """The rows of a file by its ending; `watch` hears how much of the first pass is done.

    Raises ImportRejected.
    """
    check_regular(path)
    name = path.name.lower()
    if name.endswith((".csv", ".csv.gz")):
        return CsvFile(path, watch)
    if name.endswith((".xlsx", ".xls")):
        return SheetFile(path)
    raise ImportRejected(
        _("{file}: the ending says the kind; allowed are .csv, .csv.gz, .xlsx, .xls").format(
            file=path
        )
    )


def check_regular(path: Path) -> None:
    """Raises ImportRejected for anything but a readable regular file."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise ImportRejected(
            _("{file}: cannot be read: {why}").format(file=path, why=why_failed(error))
        ) from None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ImportRejected(_("{file}: not a regular file").format(file=path))
    finally:
        os.close(descriptor)


class CsvFile:
    """A comma-separated file. Quoted cells may hold commas, quotes and line ends."""

    def __init__(self, path: Path, watch: Callable[[float], None]) -> None:
        self._path = path
        self._size = max(1, path.stat().st_size)
        self._raw: IO[bytes] | None = None
        self.sha256, self.encoding = self._first_pass(watch)

    def rows(self) -> Iterator[Line]:
        """Header and rows, empty ones left out. Raises ImportRejected."""
        csv.field_size_limit(_LONGEST_CELL)
        with self._open() as lines:
            text = self._decoded(lines)
            header = next(text, "")
            self._check_separator(header)
            reader = csv.reader(chain([header], text), strict=True)
            while True:
                start = reader.line_num + 1
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    yield self._broken(start, reader.line_num, error)
                    continue
                if cells and any(cells):
                    yield Line(start, cells)

    def fraction(self) -> float:
        """How much of the file `rows` has read, 0 to 1."""
        if self._raw is None or self._raw.closed:
            return 1.0
        return min(1.0, self._raw.tell() / self._size)

    def _check_separator(self, header: str) -> None:
        """Every kind of file has several columns, and so a comma in its header."""
        for sign, name in _SEPARATORS.items():
            if sign in header.strip() and "," not in header:
                text = _(
                    "{file}: line 1: the columns are separated by {sign}; separate them by commas"
                )
                raise ImportRejected(text.format(file=self._path, sign=_(name)))

    def _broken(self, start: int, end: int, error: csv.Error) -> Line:
        said = str(error)
        if "limit" in said or "unexpected end" in said:
            raise self._open_quote(start) from None
        if "expected after" in said:
            return Line(end, [], _("the quotation marks of this row do not pair"))
        return Line(end, [], _("a stray line end stands in this row"))

    def _open_quote(self, start: int) -> ImportRejected:
        return ImportRejected(
            _("{file}: line {line}: a quotation mark opens here and is not closed").format(
                file=self._path, line=start
            )
        )

    def _first_pass(self, watch: Callable[[float], None]) -> tuple[str, str]:
        hashed = hashlib.sha256()
        candidates = [(name, codecs.getincrementaldecoder(name)()) for name in ("utf-8", "gb18030")]
        first = True
        with self._open() as file:
            while True:
                block = file.read(_BLOCK)
                hashed.update(block)
                if first:
                    candidates = self._by_mark(block, candidates)
                    first = False
                candidates = [c for c in candidates if _fits(c[1], block)]
                if not candidates:
                    raise ImportRejected(
                        _("{file}: neither UTF-8 nor GB18030").format(file=self._path)
                    )
                watch(self.fraction())
                if not block:
                    break
        chosen = candidates[0][0]
        return hashed.hexdigest(), chosen

    def _by_mark(
        self, block: bytes, candidates: list[tuple[str, codecs.IncrementalDecoder]]
    ) -> list[tuple[str, codecs.IncrementalDecoder]]:
        if block.startswith(codecs.BOM_UTF8):
            return [("utf-8-sig", codecs.getincrementaldecoder("utf-8-sig")())]
        if block.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise ImportRejected(_("{file}: neither UTF-8 nor GB18030").format(file=self._path))
        return candidates

    def _open(self) -> _Lines:
        self._raw = self._path.open("rb")
        packed = self._path.name.lower().endswith(".gz")
        return _Lines(self._path, self._raw, packed=packed)

    def _decoded(self, lines: _Lines) -> Iterator[str]:
        decode = codecs.getdecoder("utf-8" if self.encoding == "utf-8-sig" else self.encoding)
        first = True
        for line in lines.each():
            raw = line
            if first:
                first = False
                if self.encoding == "utf-8-sig":
                    raw = raw.removeprefix(codecs.BOM_UTF8)
            yield decode(raw)[0]


def _fits(decoder: codecs.IncrementalDecoder, block: bytes) -> bool:
    try:
        decoder.decode(block, final=not block)
    except UnicodeDecodeError:
        return False
    return True


_DAMAGED = N_("{file}: damaged: {why}")


class _Lines:
    """The bytes of a file, unpacked if need be; damage is an ImportRejected."""

    def __init__(self, path: Path, raw: IO[bytes], *, packed: bool) -> None:
        self._path = path
        self._raw = raw
        self._file = cast("IO[bytes]", gzip.GzipFile(fileobj=raw)) if packed else raw

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._file.close()
        self._raw.close()

    def read(self, size: int) -> bytes:
        """The next bytes. Raises ImportRejected."""
        try:
            return self._file.read(size)
        except (OSError, EOFError, zlib.error) as error:
            raise self._damaged(error) from None

    def each(self) -> Iterator[bytes]:
        """Line by line, each with its end. Raises ImportRejected."""
        number = 0
        while True:
            number += 1
            try:
                line = self._file.readline(_LONGEST_LINE)
            except (OSError, EOFError, zlib.error) as error:
                raise self._damaged(error) from None
            if not line:
                return
            if len(line) == _LONGEST_LINE:
                raise ImportRejected(
                    _("{file}: line {line}: longer than {n} bytes").format(
                        file=self._path, line=number, n=_LONGEST_LINE
                    )
                )
            yield line

    def _damaged(self, error: Exception) -> ImportRejected:
        why = why_failed(error) if isinstance(error, OSError) else str(error)
        return ImportRejected(_(_DAMAGED).format(file=self._path, why=why))
