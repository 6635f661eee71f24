"""Themes of the terminal's own 16 colours: they send the fewest bytes and suit every palette."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from textual.theme import BUILTIN_THEMES

if TYPE_CHECKING:
    from textual.theme import Theme

DEFAULT: Final = "ansi-dark"
MONOCHROME: Final = "mono"


def monochrome() -> Theme:
    """No colour at all: the output filter sends a background as reverse and the rest plain."""
    return replace(BUILTIN_THEMES[DEFAULT], name=MONOCHROME)
