"""What text may enter the database, and the folding of keys and syntax (safety.md 4).

Nothing is repaired silently: apart from NFC, line ends and outer blanks the text is kept as it
came or rejected. Rare Han (extension B and on) and private-use characters pass.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from crm_tui.errors import InvalidInput
from crm_tui.i18n import _

NAME_LIMIT: Final = 200
NOTE_LIMIT: Final = 10_000
COMPLAINT_LIMIT: Final = 20_000
MAX_MARKS: Final = 3

# Controls, invisible format characters, bidi controls, fillers, tags, surrogates, noncharacters.
# The test compares it with unicodedata's categories Cc, Cf, Cs, Zl and Zp.
_FORBIDDEN_RANGES: Final = (
    r"\x00-\x1f\x7f-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2"
    r"\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164"
    r"\ud800-\udfff\ufdd0-\ufdef\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    r"\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    r"\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
    + "".join(
        f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000)
    )
)
_LINE_FORBIDDEN: Final = re.compile(f"[{_FORBIDDEN_RANGES}]")
_TEXT_FORBIDDEN: Final = re.compile(f"(?!\n)[{_FORBIDDEN_RANGES}]")
# Text of these characters only needs no further look: nothing combines, NFC leaves it as it is.
_PLAIN: Final = re.compile("[\n -~\u3000-\u3029\u4e00-\u9fff\uff01-\uff5e\u2018-\u201d\u2026]*")
_BLANKS: Final = " \xa0\u1680\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))

_FOLD: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    0x3000: ord(" "),
    ord("、"): ord("/"),
    ord("【"): ord("["),
    ord("】"): ord("]"),
}


def clean_line(text: str, *, field: str, limit: int, required: bool = False) -> str:
    """One line in NFC without outer blanks; `limit` counts code points.

    Raises InvalidInput that names `field` and the code point, never the text itself.
    """
    return _clean(text, field, limit, required, _LINE_FORBIDDEN, _BLANKS)


def clean_text(text: str, *, field: str, limit: int, required: bool = False) -> str:
    """Long text: as `clean_line`, but LF is allowed, CRLF and CR become LF, TAB a space.

    A TAB is a blank that people paste from tables; kept, it would be a control character.
    """
    unified = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return _clean(unified, field, limit, required, _TEXT_FORBIDDEN, _BLANKS + "\n")


def without_forbidden(text: str, *, lines: bool = False) -> str:
    """`text` without what input refuses, for output; LF stays when `lines`."""
    if text.isascii() and text.isprintable():
        return text
    return (_TEXT_FORBIDDEN if lines else _LINE_FORBIDDEN).sub("", text)


def _clean(
    text: str, field: str, limit: int, required: bool, forbidden: re.Pattern[str], outer: str
) -> str:
    stripped = text.strip(outer)
    # Before normalising, which takes quadratic time on a long run of marks.
    if len(stripped) > 4 * limit:
        raise _too_long(field, len(stripped), limit)
    found = forbidden.search(stripped)
    if found:
        place = found.start() + 1
        raise InvalidInput(
            field,
            _("character {code} at place {place} is not allowed").format(
                code=code_point(found.group()), place=place
            ),
        )
    if not _PLAIN.fullmatch(stripped):
        _check_marks(stripped, field)
        stripped = unicodedata.normalize("NFC", stripped)
        _check_marks(stripped, field)
    if len(stripped) > limit:
        raise _too_long(field, len(stripped), limit)
    if required and not stripped:
        raise InvalidInput(field, _("must not be empty"))
    return stripped


def _check_marks(text: str, field: str) -> None:
    """At most MAX_MARKS combining marks follow one another."""
    run = 0
    for place, ch in enumerate(text, 1):
        if ch >= "\u0300" and unicodedata.category(ch) in ("Mn", "Me"):
            run += 1
            if run > MAX_MARKS:
                message = _("more than {n} combining marks at place {place} ({code})")
                raise InvalidInput(
                    field, message.format(n=MAX_MARKS, place=place, code=code_point(ch))
                )
        else:
            run = 0


def _too_long(field: str, length: int, limit: int) -> InvalidInput:
    message = _("{length} characters are too many: at most {limit}")
    return InvalidInput(field, message.format(length=length, limit=limit))


def code_point(ch: str) -> str:
    """`U+202E` for a character that must not be shown itself."""
    return f"U+{ord(ch):04X}"


def fold_keys(ch: str) -> str:
    """The ASCII twin of one key pressed under a Chinese IME; other keys as they are."""
    return ch.translate(_FOLD)


def fold_syntax(text: str) -> str:
    """Full-width digits, letters and signs as ASCII, for dates, amounts, `+14` and search."""
    return text.translate(_FOLD)
