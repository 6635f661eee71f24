"""What is left out of an update is on the screen already."""

from __future__ import annotations

import io
import re

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from crm_tui.terminal.frame import Frame, cells_of
from tests.support.terminal_emulator import Emulator

WIDTH, HEIGHT = 20, 4
CONSOLE = Console(file=io.StringIO(), force_terminal=True, color_system="standard", width=WIDTH)
STYLES = (None, Style(reverse=True), Style(bold=True))
# The last is of a width that terminals do not agree on.
TEXTS = st.text(st.sampled_from("ab 王强 …─\u0e33"), max_size=WIDTH)


@st.composite
def strips(draw: st.DrawFn) -> Strip:
    """A line of one or two styles, as wide as the screen."""
    first = draw(TEXTS)
    rest = max(0, WIDTH - cell_len(first))
    second = set_cell_size(draw(TEXTS), rest)
    parts = [
        Segment(first, draw(st.sampled_from(STYLES))),
        Segment(second, draw(st.sampled_from(STYLES))),
    ]
    return Strip([part for part in parts if part.text]).adjust_cell_length(WIDTH)


SCREENS = st.lists(strips(), min_size=HEIGHT, max_size=HEIGHT)


def whole(frame: Frame, screen: list[Strip]) -> str:
    """A full update."""
    frame.size(WIDTH, HEIGHT)
    update = LayoutUpdate([[line] for line in screen], Region(0, 0, WIDTH, HEIGHT))
    return frame.whole(update, CONSOLE)


def part(frame: Frame, screen: list[Strip], x1: int = 0, x2: int = WIDTH) -> str:
    """A part update of every line."""
    frame.size(WIDTH, HEIGHT)
    spans = [(y, x1, x2) for y in range(HEIGHT)]
    update = ChopsUpdate([{0: line} for line in screen], spans, [[WIDTH]] * HEIGHT)
    return frame.changes(update, CONSOLE)


def shown(*frames: str) -> list[list[tuple[str, bool, bool]]]:
    """Every cell of the screen that draws these frames: text, reverse, bold."""
    emulator = Emulator(WIDTH, HEIGHT, lambda _answer: None)
    for frame in frames:
        emulator.feed(frame.encode())
    buffer = emulator.screen.buffer
    return [
        [(buffer[y][x].data, buffer[y][x].reverse, buffer[y][x].bold) for x in range(WIDTH)]
        for y in range(HEIGHT)
    ]


def sure(screen: list[Strip]) -> bool:
    """Whether every terminal draws it alike."""
    return all(cells_of(line) is not None for line in screen)


@given(st.lists(SCREENS, min_size=1, max_size=5), SCREENS)
def test_part_updates_end_where_a_full_one_does(
    before: list[list[Strip]], last: list[Strip]
) -> None:
    frame = Frame()
    first, *others = [screen for screen in before if sure(screen)] or [
        [Strip.blank(WIDTH)] * HEIGHT
    ]
    last = [line if cells_of(line) is not None else Strip.blank(WIDTH) for line in last]
    sent = [whole(frame, first), *(part(frame, screen) for screen in (*others, last))]
    assert shown(*sent) == shown(whole(Frame(), last))
    assert part(frame, last) == ""


@given(SCREENS, SCREENS)
def test_an_unsure_line_is_sent_whole_and_so_is_what_follows_it(
    first: list[Strip], last: list[Strip]
) -> None:
    frame = Frame()
    whole(frame, first)
    sent = part(frame, last)
    for old, new in zip(first, last, strict=True):
        if cells_of(new) is None:
            assert new.render(CONSOLE) in sent
        elif cells_of(old) is None:
            assert new.text.rstrip() in re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", sent)


def test_one_changed_word_sends_that_word() -> None:
    frame = Frame()
    blank = [Strip.blank(WIDTH)] * (HEIGHT - 1)
    whole(frame, [Strip([Segment("last contact 11-13  ")]), *blank])
    assert part(frame, [Strip([Segment("last contact 11-14  ")]), *blank]) == "\x1b[1;18H4"
    assert part(frame, [Strip([Segment("nobody".ljust(WIDTH))]), *blank]) == "\x1b[1Hnobody\x1b[K"


def test_a_reversed_blank_is_no_blank() -> None:
    frame = Frame()
    whole(frame, [Strip.blank(WIDTH)] * HEIGHT)
    line = Strip([Segment("王强".ljust(WIDTH - 2), Style(reverse=True))])
    sent = part(frame, [line, *[Strip.blank(WIDTH)] * (HEIGHT - 1)])
    assert "\x1b[K" not in sent
    assert sum(cell[1] for cell in shown(sent)[0]) == WIDTH


@given(st.lists(SCREENS, min_size=1, max_size=5), SCREENS)
def test_full_updates_end_where_the_first_one_does(
    before: list[list[Strip]], last: list[Strip]
) -> None:
    frame = Frame()
    sent = [whole(frame, screen) for screen in (*before, last)]
    assert shown(*sent) == shown(whole(Frame(), last))
    if sure(last):
        assert whole(frame, last) == ""
        frame.forget()
        assert shown("garbage\r\n" * HEIGHT, whole(frame, last)) == shown(whole(Frame(), last))


def test_another_size_forgets_what_was_shown() -> None:
    frame = Frame()
    screen = [Strip([Segment("x" * WIDTH)])] * HEIGHT
    whole(frame, screen)
    assert part(frame, screen) == ""
    frame.size(WIDTH + 1, HEIGHT)
    assert part(frame, screen).count("x") == WIDTH * HEIGHT
