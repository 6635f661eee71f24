"""What the choke point lets through."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.strip import Strip

from crm_tui.terminal.output import CleanOutput, clean

BLACK = Color(0, 0, 0)
ATTACKS = [
    "\x1b]0;owned\x07",
    "\x1b]52;c;b3duZWQ=\x07",
    "\x9b31m",
    "\x90q\x9c",
    "a\rb",
    "\u202eabc",
    "\u200b",
    "\U000e0041",
    "\ud800",
    "tab\there",
]


def rendered(segments: list[Segment], monochrome: bool = False) -> str:
    strip = Strip(CleanOutput(monochrome).apply(segments, BLACK))
    return "".join(
        text if style is None else Strip.render_style(style, text, 3)  # type: ignore[arg-type]
        for text, style, _ in strip
    )


@pytest.mark.parametrize("attack", ATTACKS)
def test_commands_in_data_do_not_reach_the_terminal(attack: str) -> None:
    out = rendered([Segment("王" + attack + "x")])
    assert out.startswith("王")
    assert out.isprintable()
    out.encode("utf-8")


def test_hyperlinks_and_handlers_are_dropped() -> None:
    style = Style(bold=True, link="http://evil/", meta={"@click": "app.quit", "offset": (1, 2)})
    (segment,) = CleanOutput().apply([Segment("x", style)], BLACK)
    assert segment.style is not None
    assert segment.style.link is None
    assert segment.style.meta == {"offset": (1, 2)}
    assert segment.style.bold
    assert "http" not in rendered([Segment("x", style)])


def test_a_scroll_bar_can_still_be_dragged_but_runs_no_other_action() -> None:
    good = Style(meta={"@mouse.down": "grab"})
    bad = Style(meta={"@mouse.down": "app.quit", "@mouse.up": ["quit"]})
    first, second = CleanOutput().apply([Segment(" ", good), Segment(" ", bad)], BLACK)
    assert first.style is not None
    assert first.style.meta == {"@mouse.down": "grab"}
    assert second.style is None


def test_control_segments_are_dropped() -> None:
    assert CleanOutput().apply([Segment("\x1bc", None, [(1,)])], BLACK) == []  # type: ignore[list-item]


def test_default_colours_cost_no_bytes_and_neighbours_are_joined() -> None:
    style = Style(color="default", bgcolor="default")
    assert rendered([Segment("a", style), Segment("b"), Segment("c", style)]) == "abc"


def test_monochrome_keeps_attributes_and_sends_no_colour() -> None:
    out = rendered([Segment("a", Style(color="red", bold=True))], True)
    assert out == "\x1b[1ma\x1b[0m"
    for style in (Style(color="red", bgcolor="blue"), Style(reverse=True)):
        assert rendered([Segment("a", style)], True) == "\x1b[7ma\x1b[0m"


@given(st.text(alphabet=st.characters(), max_size=60))
def test_every_text_is_harmless_and_keeps_its_width(text: str) -> None:
    segments = CleanOutput().apply([Segment(text)], BLACK)
    out = "".join(segment.text for segment in segments)
    assert cell_len(out) == cell_len(text)
    assert clean(out) == out
    assert not any(ord(char) < 32 or 0x7F <= ord(char) < 0xA0 for char in out)


def test_rare_han_and_full_width_space_stay() -> None:
    assert clean("𠀀㐂\u3000龘") == "𠀀㐂\u3000龘"


def test_a_heart_takes_its_two_cells_on_every_terminal() -> None:
    out = rendered([Segment("❤\ufe0fx")])
    assert out == "❤ x"
    assert cell_len(out) == cell_len("❤\ufe0fx")
