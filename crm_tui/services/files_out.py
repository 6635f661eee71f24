"""Files that the program writes: new, private, and harmless in a spreadsheet (safety.md 21, 22)."""

from __future__ import annotations

import os
import unicodedata
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Final

from crm_tui.errors import CrmError, why_failed
from crm_tui.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LONGEST_CELL: Final = 32_767
_ACTIVE: Final = frozenset("=+-@|%\t\r")


def new_private_file(path: Path) -> IO[str]:
    """A text file that did not exist and that nobody else may read. Raises OSError.

    UTF-8 with the mark by which spreadsheets know it.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(path, flags, 0o600)
    return open(descriptor, "w", encoding="utf-8-sig", newline="")  # noqa: PTH123 (a descriptor)


@contextmanager
def whole_or_none(path: Path) -> Iterator[None]:
    """What could not be written to its end is taken away. Raises CrmError on a full disk."""
    try:
        yield
    except OSError as error:
        path.unlink(missing_ok=True)
        raise cannot_write(path, error) from None
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def cannot_write(path: Path, error: OSError) -> CrmError:
    """Why a file of ours has no end."""
    text = _("{file}: cannot be written: {why}").format(file=path, why=why_failed(error))
    return CrmError(text)


def safe_cell(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe goes before an active sign.

    The first visible character counts, full-width ones as their ASCII twins. One more goes before
    apostrophes that somebody typed there, which would be taken for ours when the file comes back.
    """
    return f"'{text}" if _is_active(text.lstrip("'")) else text


def _is_active(text: str) -> bool:
    if not text or (text[0].isascii() and text[0].isalnum()):
        return False
    for character in text:
        folded = unicodedata.normalize("NFKC", character)
        if folded[:1] in _ACTIVE:
            return True
        if not _invisible(character):
            return False
    return False


def plain_cell(text: str) -> str:
    """What `safe_cell` made the text of: a file of ours comes in again as it was."""
    return text[1:] if text[:1] == "'" and safe_cell(text[1:]) == text else text


def _invisible(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) in ("Cc", "Cf", "Zs", "Mn")


class CellTooLong(CrmError):
    """A cell that a spreadsheet would cut."""


def check_length(text: str, row: int) -> str:
    """`text`, or CellTooLong that names the row."""
    if len(text) > LONGEST_CELL:
        raise CellTooLong(
            _("row {row}: a text of {n} characters is too long for a spreadsheet").format(
                row=row, n=len(text)
            )
        )
    return text
