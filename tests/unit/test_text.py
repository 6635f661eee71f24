from __future__ import annotations

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from crm_tui import i18n
from crm_tui.text import (
    cell_width,
    clip,
    days_ago,
    format_date,
    missing_amount,
    one_line,
    pad,
    safe,
    short_amount,
)

shown = st.text(
    alphabet=st.one_of(
        st.sampled_from("张伟明abc 1-，。…é𠮷ｖ"), st.characters(categories=("L", "N", "P", "S"))
    ),
    max_size=40,
)


@pytest.fixture(autouse=True)
def english():
    before = i18n.language()
    i18n.use("en")
    yield
    i18n.use(before)


@given(shown, st.integers(0, 30), st.sampled_from(["left", "right", "center"]), st.booleans())
def test_a_padded_text_is_exactly_as_wide_as_its_column(
    text: str, width: int, align, ascii_only: bool
) -> None:
    padded = pad(text, width, align, ascii_only=ascii_only)
    assert cell_len(padded) == width
    if cell_len(text) <= width:
        assert padded.strip() == text.strip()


@given(shown, st.integers(1, 30))
def test_a_clipped_text_is_its_front_and_a_mark(text: str, width: int) -> None:
    clipped = clip(text, width)
    assert cell_len(clipped) <= width
    assert clipped == text or text.startswith(clipped[:-1])
    assert cell_width(text) == cell_len(text)


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [("张伟明", 6, "张伟明"), ("张伟明", 5, "张伟…"), ("张伟明", 4, "张…"), ("张伟明", 1, "…"),
     ("张伟明", 0, ""), ("abcdef", 4, "abc…"), ("", 0, "")],
)  # fmt: skip
def test_clip(text: str, width: int, expected: str) -> None:
    assert clip(text, width) == expected
    assert clip(text, width, ascii_only=True) == expected.replace("…", "~")


def test_pad() -> None:
    assert pad("张伟", 6) == "张伟  "
    assert pad("0.04", 8, "right") == "    0.04"
    assert pad("张", 5, "center") == " 张  "
    assert pad("张伟明", 4) == "张… "


@given(st.text(alphabet=st.characters(), max_size=60))
def test_nothing_that_commands_a_terminal_is_left(text: str) -> None:
    for cleaned in (safe(text), one_line(text)):
        assert not {unicodedata.category(c) for c in cleaned} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert not {c for c in safe(text, lines=True) if unicodedata.category(c) == "Cc"} - {"\n"}


def test_safe_keeps_the_rest() -> None:
    assert safe("张\x1b[2J\u202e伟\n") == "张[2J伟"
    assert safe("a\nb\x00", lines=True) == "a\nb"
    assert one_line("一\n 二\t三  四\n") == "一 二 三 四"
    assert safe("𠮷 [/] é") == "𠮷 [/] é"


def test_dates() -> None:
    assert format_date(date(2026, 11, 20), "zh_CN") == "11-20 周五"
    assert format_date(date(2026, 11, 20), "en") == "Fri 11-20"
    assert format_date(date(2026, 11, 20)) == "Fri 11-20"
    today = date(2026, 11, 23)
    assert days_ago(date(2026, 11, 20), today) == "3d"
    assert days_ago(date(2025, 11, 23), today) == "365d"
    assert days_ago(today, today) == "today"
    assert days_ago(None, today) == "-"


@pytest.mark.parametrize(
    ("fen", "expected"),
    [(3_170_000, "31,700"), (6_898_460, "68,985"), (4, "0.04"), (0, "0.00"), (99, "0.99"),
     (100, "1"), (101, "2"), (-150, "-1")],
)  # fmt: skip
def test_short_amounts_round_up(fen: int, expected: str) -> None:
    assert short_amount(fen) == expected


def test_what_is_missing() -> None:
    assert missing_amount(3_170_000) == "-31,700"
