"""Scroll bars for terminals that have only ASCII: plain blanks, no parts of a block."""

from __future__ import annotations

from textual.scrollbar import ScrollBar, ScrollBarRender


class PlainScrollBar(ScrollBarRender):
    """Whole cells only."""

    VERTICAL_BARS = [" "] * 8
    HORIZONTAL_BARS = [" "] * 8


def use_scroll_bars(*, plain: bool) -> None:
    """How every scroll bar of this process is drawn from now on."""
    ScrollBar.renderer = PlainScrollBar if plain else ScrollBarRender
