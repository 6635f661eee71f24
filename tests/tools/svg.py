"""A screen as SVG: each run of text in the cells that it takes on a terminal.

Rich's own export gives a wide character one cell, so that Chinese is squeezed; and it asks a
font from a server, which a page about a bank's program should not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import groupby
from typing import Final

from rich.cells import cell_len
from rich.color import Color, blend_rgb
from rich.color_triplet import ColorTriplet
from rich.segment import Segment
from rich.style import Style
from rich.terminal_theme import TerminalTheme

CELL, LINE, FONT = 10, 20, 16
EDGE: Final = 14
FONTS: Final = (
    "'DejaVu Sans Mono','Menlo','Consolas','Noto Sans Mono CJK SC','Noto Sans CJK SC',"
    "'PingFang SC','Microsoft YaHei','WenQuanYi Zen Hei',monospace"
)
# Calm colours of a dark terminal, the sixteen and the two defaults.
PALETTE: Final = TerminalTheme(
    (24, 26, 31),
    (208, 211, 217),
    [
        (40, 44, 52), (224, 108, 117), (130, 185, 110), (215, 175, 95),
        (97, 160, 225), (190, 130, 210), (80, 175, 190), (171, 178, 191),
    ],
    [
        (110, 117, 130), (240, 128, 137), (155, 205, 135), (235, 200, 120),
        (120, 185, 245), (210, 155, 230), (110, 200, 215), (240, 242, 246),
    ],
)  # fmt: skip

Run = tuple[int, str, Style]


def svg(lines: Sequence[Iterable[Segment]], width: int, title: str) -> str:
    """The picture of a screen of `width` cells."""
    high, wide = len(lines) * LINE, width * CELL
    box = f"0 0 {wide + 2 * EDGE} {high + 2 * EDGE}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" xml:space="preserve">',
        f"<title>{escape(title)}</title>",
        f"<style>text{{font:{FONT}px {FONTS};white-space:pre}}</style>",
        f'<rect width="100%" height="100%" rx="8" fill="{PALETTE.background_color.hex}"/>',
        f'<g transform="translate({EDGE},{EDGE})">',
    ]
    for row, line in enumerate(lines):
        for place, text, style in _runs(line):
            parts += _draw(place * CELL, row * LINE, text, style)
    return "\n".join([*parts, "</g>", "</svg>", ""])


def _runs(line: Iterable[Segment]) -> Iterator[Run]:
    """Runs of one style and of one width of characters, each with its first cell."""
    place = 0
    for segment in line:
        for _wide, characters in groupby(segment.text, key=cell_len):
            text = "".join(characters)
            yield place, text, segment.style or Style.null()
            place += cell_len(text)


def _draw(x: int, y: int, text: str, style: Style) -> Iterator[str]:
    ink, ground = _colours(style)
    width = cell_len(text) * CELL
    if ground != PALETTE.background_color:
        yield f'<rect x="{x}" y="{y}" width="{width}" height="{LINE}" fill="{ground.hex}"/>'
    if style.underline:
        yield f'<rect x="{x}" y="{y + LINE - 2}" width="{width}" height="1" fill="{ink.hex}"/>'
    bare = text.strip()
    if not bare:
        return
    x += (len(text) - len(text.lstrip())) * CELL
    weight = ' font-weight="bold"' if style.bold else ""
    slant = ' font-style="italic"' if style.italic else ""
    yield (
        f'<text x="{x}" y="{y + FONT - 1}" textLength="{cell_len(bare) * CELL}" '
        f'lengthAdjust="spacingAndGlyphs" fill="{ink.hex}"{weight}{slant}>{escape(bare)}</text>'
    )


def _colours(style: Style) -> tuple[ColorTriplet, ColorTriplet]:
    ink = _colour(style.color, PALETTE.foreground_color, front=True)
    ground = _colour(style.bgcolor, PALETTE.background_color, front=False)
    if style.reverse:
        ink, ground = ground, ink
    return (blend_rgb(ink, ground, 0.45) if style.dim else ink), ground


def _colour(colour: Color | None, default: ColorTriplet, *, front: bool) -> ColorTriplet:
    if colour is None or colour.is_default:
        return default
    return colour.get_truecolor(PALETTE, foreground=front)
