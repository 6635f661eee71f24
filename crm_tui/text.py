"""Text for output: safe, as wide as its column, with dates and amounts (safety.md 1).

Widths are in terminal cells. Plain ASCII, most of a list, takes the short way everywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from rich.cells import cell_len, set_cell_size

from crm_tui import i18n
from crm_tui.domain.money import format_fen
from crm_tui.domain.text_rules import without_forbidden
from crm_tui.i18n import _

if TYPE_CHECKING:
    from datetime import date

Align = Literal["left", "right", "center"]
ELLIPSIS: Final = "…"
ASCII_ELLIPSIS: Final = "~"
NONE: Final = "-"

_WEEKDAYS: Final = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "zh_CN": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
}


def safe(text: str, *, lines: bool = False) -> str:
    """`text` without control, invisible and bidi characters; LF stays when `lines`."""
    return without_forbidden(text, lines=lines)


def one_line(text: str) -> str:
    """Long text in one line for a list: every run of blanks and line ends is one space."""
    return safe(" ".join(text.split()))


def cell_width(text: str) -> int:
    """How many cells `text` takes."""
    return len(text) if text.isascii() and text.isprintable() else cell_len(text)


def clip(text: str, width: int, *, ascii_only: bool = False) -> str:
    """`text` in at most `width` cells; a cut one ends in `…`, or `~` when `ascii_only`."""
    text = beginning(text, width)
    if cell_width(text) <= width:
        return text
    if width <= 0:
        return ""
    mark = ASCII_ELLIPSIS if ascii_only else ELLIPSIS
    return _front(text, width - 1) + mark


def beginning(text: str, width: int) -> str:
    """So much of `text` as takes more than `width` cells, or all: a long one is not measured."""
    taken = 2 * max(width, 1)
    while taken < len(text) and cell_width(text[:taken]) <= width:
        taken *= 2  # marks that take no room
    return text[:taken]


def _front(text: str, width: int) -> str:
    """As much of `text` as fits, never half of a wide character."""
    if text.isascii() and text.isprintable():
        return text[:width]
    cut = set_cell_size(text, width)
    # Rich puts a space where half of a wide character would stand.
    return cut if text.startswith(cut) else cut[:-1]


def pad(text: str, width: int, align: Align = "left", *, ascii_only: bool = False) -> str:
    """`text` in exactly `width` cells, clipped or filled with spaces."""
    shown = clip(text, width, ascii_only=ascii_only)
    room = max(0, width - cell_width(shown))
    if align == "right":
        return " " * room + shown
    if align == "center":
        return " " * (room // 2) + shown + " " * (room - room // 2)
    return shown + " " * room


def format_date(day: date, language: str | None = None) -> str:
    """`11-20 周五` or `Fri 11-20`, in the language in use unless one is named."""
    chinese = (language or i18n.language()).startswith("zh")
    weekday = _WEEKDAYS["zh_CN" if chinese else "en"][day.weekday()]
    return f"{day:%m-%d} {weekday}" if chinese else f"{weekday} {day:%m-%d}"


def days_ago(day: date | None, today: date) -> str:
    """`3天`, `3d`; `-` for never, and today by name."""
    if day is None:
        return NONE
    days = (today - day).days
    return _("{n}d").format(n=days) if days > 0 else _("today")


def short_amount(fen: int) -> str:
    """An amount without its fen: `31,700`, rounded up; below one yuan `0.04`.

    Up, because it says how much is still missing: less would not do.
    """
    if abs(fen) < 100:
        return format_fen(fen)
    return f"{-(-fen // 100):,}"


def missing_amount(fen: int) -> str:
    """`差 31,700`: what is missing to the next tier."""
    return _("-{amount}").format(amount=short_amount(fen))
