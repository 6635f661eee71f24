"""The one choke point of output: what reaches the terminal is text and colour, never a command.

safety.md 3: `Content`, `Text` and `markup=False` stop markup only; ESC, OSC and C1 in data would
reach the terminal raw. Every line of every widget passes through `CleanOutput`.
"""

# Rich tells only by private names whether a style has a link or meta.
# ruff: noqa: SLF001

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len, set_cell_size
from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual.filter import LineFilter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.color import Color

_HOSTILE: Final = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"  # C0, DEL, C1
    "\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # hidden, bidi
    "\ud800-\udfff"  # lone surrogates: no terminal encoding has them
    "\U000e0000-\U000e007f"  # tag characters
    "]"
)
_WIDENED: Final = re.compile("(.?)\ufe0f", re.DOTALL)
_SCROLL_BAR_META: Final[Mapping[str, frozenset[object]]] = {
    "@mouse.down": frozenset({"grab"}),
    "@mouse.up": frozenset({"scroll_up", "scroll_down"}),
}
_DEFAULT: Final = RichColor.default()


def clean(text: str) -> str:
    """`text` without characters that command a terminal, hide, or turn the writing direction."""
    return text if text.isprintable() else _HOSTILE.sub("", text)


def _with_blank(found: re.Match[str]) -> str:
    """The character alone, and blanks for the cells that U+FE0F gave it."""
    return found[1] + " " * (cell_len(found[0]) - cell_len(found[1]))


def clean_to_width(text: str) -> str:
    """`clean(text)`, as many cells wide as `text` was counted, so that columns stay in place.

    Without U+FE0F too: it makes the character before it wider on some terminals only, and a
    dialog that begins between the two would leave a line one cell short.
    """
    if text.isprintable() and "\ufe0f" not in text:
        return text
    cleaned = _WIDENED.sub(_with_blank, _HOSTILE.sub("", text))
    if cleaned == text:
        return text
    width = cell_len(text)
    return cleaned if cell_len(cleaned) == width else set_cell_size(cleaned, width)


def _harmless_meta(meta: Mapping[str, object]) -> dict[str, object]:
    """Meta without `@` handlers, but for those by which a scroll bar is dragged."""
    return {
        key: value
        for key, value in meta.items()
        if not key.startswith("@")
        or (isinstance(value, str) and value in _SCROLL_BAR_META.get(key, frozenset()))
    }


def _has_handler(style: Style) -> bool:
    return style._meta is not None and any(str(key).startswith("@") for key in style.meta)


def _without_handlers(style: Style) -> Style:
    """`style` without hyperlink and without `@` handlers from data."""
    meta = _harmless_meta({str(key): value for key, value in style.meta.items()})
    bare = style.clear_meta_and_links()
    return bare + Style(meta=meta) if meta else bare


@lru_cache(maxsize=4096)
def _shortest(style: Style, monochrome: bool) -> Style | None:
    """The cheapest style that looks the same; each run of text ends in a reset, so that
    the terminal's default colours need not be sent. None is plain text."""
    colour = None if style.color == _DEFAULT else style.color
    ground = None if style.bgcolor == _DEFAULT else style.bgcolor
    short = style.without_color
    if not monochrome:
        short += Style.from_color(colour, ground)
    elif ground is not None and not style.reverse:
        # A coloured ground marks a cursor or a choice: without colour it is shown by reverse.
        short += Style(reverse=True)
    plain = not short._attributes and short.color is None and short.bgcolor is None
    if style._meta:
        return short + Style(meta=style.meta)
    return None if plain else short


class CleanOutput(LineFilter):
    """Takes control characters, hyperlinks and `@` meta out of every segment.

    It also joins neighbours of one style and sends no default colours, which halves the bytes
    of a page. With `monochrome` no colour is sent at all, and a coloured ground becomes reverse.
    """

    def __init__(self, monochrome: bool = False) -> None:
        super().__init__(enabled=True)
        self.monochrome = monochrome

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """`segments` made harmless, as many cells wide as before."""
        result: list[Segment] = []
        last_text: list[str] = []
        last_style: Style | None = None
        for raw, raw_style, control in segments:
            if control:
                continue
            text = clean_to_width(raw)
            style = self._clean_style(raw_style)
            if last_text and style != last_style:
                result.append(Segment("".join(last_text), last_style))
                last_text = []
            last_text.append(text)
            last_style = style
        if last_text:
            result.append(Segment("".join(last_text), last_style))
        return result

    def _clean_style(self, style: Style | None) -> Style | None:
        if style is None:
            return None
        if style._link or _has_handler(style):
            style = _without_handlers(style)
        return _shortest(style, self.monochrome)
