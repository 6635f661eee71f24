from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.domain.masking import mask_card, mask_email, mask_id, mask_mobile, mask_name, tail4


@pytest.mark.parametrize(
    ("masked", "expected"),
    [
        (mask_id("11010519491231002X"), "1****************X"),
        (mask_mobile("13800138000"), "138****8000"),
        (mask_mobile("02812346612"), "028****6612"),
        (mask_mobile("12345678"), "****5678"),
        (mask_mobile("12345"), "*****"),
        (mask_card("6222021234567890012"), "622202*********0012"),
        (mask_name("张三"), "张*"),
        (mask_name("王小明"), "王**"),
        (mask_name("张"), "*"),
        (mask_name("𠮷野家"), "𠮷**"),
        (mask_name(""), ""),
        (mask_email("zhangwm@example.com"), "z***@example.com"),
        (mask_email("z@example.com"), "***@example.com"),
        (mask_email("no address"), "**********"),
        (tail4("13800138000"), "8000"),
        (tail4("1234"), ""),
    ],
)
def test_patterns(masked: str, expected: str) -> None:
    assert masked == expected


@given(st.text(alphabet="0123456789X", max_size=30))
def test_at_least_three_places_are_always_hidden(number: str) -> None:
    for mask in (mask_id, mask_mobile, mask_card):
        masked = mask(number)
        assert len(masked) == len(number)
        assert masked.count("*") >= min(3, len(number)) or (
            mask is mask_id and len(number) in (3, 4)
        )


@given(st.text(alphabet="0123456789", min_size=18, max_size=18))
def test_no_birth_digit_of_an_id_is_shown(number: str) -> None:
    assert set(mask_id(number)[6:14]) == {"*"}
