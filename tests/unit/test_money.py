from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.domain.money import (
    MAX_FEN,
    average_fen,
    fen_of,
    format_fen,
    format_plain,
    meets,
    missing_fen,
    parse_amount,
)
from crm_tui.errors import InvalidInput

fens = st.integers(-MAX_FEN, MAX_FEN)


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("412,006.51", 41_200_651),
        ("412006.5", 41_200_650),
        ("0", 0),
        ("-0.01", -1),
        ("+14", 1400),
        (" １，２３４．５６ ", 123_456),
        ("10,000,000,000,000.00", MAX_FEN),
        ("007", 700),
    ],
)
def test_amounts(text: str, fen: int) -> None:
    assert parse_amount(text) == fen


@pytest.mark.parametrize(
    "text",
    ["", "1.234", "1,23", "12,34.5", "1,2345", "1.", ".5", "--1", "1e3", "NaN", "1 000", "¥1", "٣",
     "10,000,000,000,000.01", "9" * 21, "1_000", "-", "1,234,56"],
)  # fmt: skip
def test_no_amounts(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_amount(text, field="balance")
    assert caught.value.field == "balance"


@given(fens)
def test_what_is_written_is_read_again(fen: int) -> None:
    assert parse_amount(format_fen(fen)) == fen
    assert parse_amount(format_plain(fen)) == fen
    assert fen_of(Decimal(format_plain(fen))) == fen


@given(fens, st.integers(1, 366))
def test_the_shown_average_is_decimal_half_up(total: int, days: int) -> None:
    exact = Decimal(total) / days
    assert average_fen(total, days) == int(exact.quantize(Decimal(1), ROUND_HALF_UP))


@given(fens, st.integers(1, 366), st.integers(0, 10**11))
def test_missing_is_zero_exactly_when_met(total: int, days: int, threshold: int) -> None:
    missing = missing_fen(total, days, threshold)
    assert (missing == 0) == meets(total, days, threshold)
    assert meets(total + missing * days, days, threshold)
    assert missing == 0 or not meets(total + (missing - 1) * days, days, threshold)


def test_comparison_is_unrounded_and_inclusive() -> None:
    assert meets(100_000_00 * 28, 28, 100_000_00)
    assert not meets(100_000_00 * 28 - 1, 28, 100_000_00)
    assert average_fen(100_000_00 * 28 - 1, 28) == 100_000_00


def test_yuan_of_settings() -> None:
    assert fen_of(100_000) == 10_000_000
    for bad in (Decimal("0.001"), Decimal("NaN"), Decimal("Infinity")):
        with pytest.raises(ValueError, match=r".*"):
            fen_of(bad)
