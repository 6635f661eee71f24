"""What cannot be true of a customer is refused, everything else is left alone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.domain.plausible import (
    OLDEST,
    age_on,
    check_age,
    check_births,
    check_name,
    parse_birth,
)
from crm_tui.errors import InvalidInput

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    "name",
    [
        "张",
        "〇",
        "欧阳志远",
        "𠮷",
        "\U00031350",
        "\ue000",
        "O'Neil",
        "Ａ",
        "é",
        "3M",
        "阿·依",
        "ア",
    ],
)
def test_a_name_with_a_letter_or_a_character_passes(name: str) -> None:
    check_name(name, field="name")


@pytest.mark.parametrize(
    "name", ["123", "１２３", "12 34", "...", "·", "-", "1/2", "★", "😀", "٣٤"]
)
def test_digits_and_signs_are_no_name(name: str) -> None:
    with pytest.raises(InvalidInput) as wrong:
        check_name(name, field="name")
    assert wrong.value.field == "name"
    assert name not in wrong.value.message


@given(st.text(alphabet="0123456789０９ .,-_/#*+()", max_size=20), st.sampled_from("张aЯ〇"))
def test_one_letter_anywhere_makes_a_name(rest: str, letter: str) -> None:
    check_name(letter + rest, field="name")
    check_name(rest + letter, field="name")
    with pytest.raises(InvalidInput):
        check_name(rest, field="name")


@pytest.mark.parametrize(
    ("born", "today", "age"),
    [
        (date(1980, 11, 23), TODAY, 46),
        (date(1980, 11, 24), TODAY, 45),
        (date(2000, 2, 29), date(2026, 2, 28), 25),
        (date(2000, 2, 29), date(2026, 3, 1), 26),
        (TODAY, TODAY, 0),
    ],
)
def test_years_are_completed_on_the_birthday(born: date, today: date, age: int) -> None:
    assert age_on(born, today) == age


@pytest.mark.parametrize(
    ("typed", "born"),
    [
        ("", None),
        ("1980-05-01", date(1980, 5, 1)),
        ("2026-11-23", TODAY),
        ("1905-11-24", date(1905, 11, 24)),
    ],
)
def test_birth_dates_of_the_living(typed: str, born: date | None) -> None:
    assert parse_birth(typed, TODAY, field="birth_date") == born


@pytest.mark.parametrize("typed", ["1853-05-01", "1905-11-23", "2026-11-24", "0001-01-01", "x"])
def test_birth_dates_of_nobody(typed: str) -> None:
    with pytest.raises(InvalidInput) as wrong:
        parse_birth(typed, TODAY, field="birth_date")
    assert wrong.value.field == "birth_date"


@given(st.dates(max_value=TODAY))
def test_only_the_age_decides(born: date) -> None:
    old = (TODAY - born) > timedelta(days=366 * (OLDEST + 1))
    young = (TODAY - born) < timedelta(days=365 * OLDEST)
    try:
        check_age(born, TODAY, field="x")
    except InvalidInput:
        assert not young
    else:
        assert not old


def test_two_birth_dates_are_one_too_many() -> None:
    born, other = date(1980, 5, 1), date(1980, 5, 2)
    check_births(born, born, field="x")
    with pytest.raises(InvalidInput) as wrong:
        check_births(born, other, field="birth_date")
    assert "1980" not in wrong.value.message
