from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc as oracle_uscc

from crm_tui.domain.identifiers import (
    Problem,
    luhn_ok,
    organisation_check,
    parse_bank_card,
    parse_mobile,
    parse_resident_id,
    parse_uscc,
    resident_id_check,
    resident_id_problem,
    typed_mobile,
    uscc_check,
    uscc_problem,
)
from crm_tui.errors import InvalidInput

TODAY = date(2026, 11, 23)


def test_the_worked_examples(vectors) -> None:
    for number in vectors["resident_id"]["valid"]:
        assert parse_resident_id(number, field="id_no", today=TODAY).number == number
    for number, reason in vectors["resident_id"]["invalid"]:
        assert resident_id_problem(number, TODAY) == reason
    for code in vectors["uscc"]["valid"]:
        assert parse_uscc(code, field="id_no") == code
    for code, reason in vectors["uscc"]["invalid"]:
        assert uscc_problem(code) == reason
    for number in vectors["bank_card"]["valid"]:
        assert parse_bank_card(number, field="card_no").luhn_ok
    for number in vectors["bank_card"]["invalid"]:
        assert not parse_bank_card(number, field="card_no").luhn_ok


def test_facts_of_a_resident_id() -> None:
    found = parse_resident_id(" 11010519491231002ｘ ", field="id_no", today=TODAY)
    assert found.number == "11010519491231002X"
    assert (found.birth_date, found.gender, found.region_known) == (date(1949, 12, 31), "F", True)
    assert "1949" not in repr(found)


def test_fifteen_places_become_eighteen() -> None:
    found = parse_resident_id("110105491231002", field="id_no", today=TODAY)
    assert found.number == "11010519491231002X"


@pytest.mark.parametrize(
    ("first17", "known"),
    [
        ("81000019900101001", True),
        ("83000019900101001", True),
        ("91101019900101001", True),
        ("99999919900101001", True),
        ("77000019900101001", False),
    ],
)
def test_an_unknown_region_is_no_error(first17: str, known: bool) -> None:
    number = first17 + resident_id_check(first17)
    assert parse_resident_id(number, field="id_no", today=TODAY).region_known is known


@pytest.mark.parametrize(
    ("number", "problem"),
    [
        ("", Problem.FORM),
        ("1101051949123100", Problem.FORM),
        ("11010519491231002Y", Problem.FORM),
        ("110105194912310O2X", Problem.FORM),
        ("110105194902300024", Problem.BIRTH_DATE),
        ("110105202612310024", Problem.BIRTH_DATE),
        ("110105490230002", Problem.BIRTH_DATE),
    ],
)
def test_wrong_resident_ids(number: str, problem: Problem) -> None:
    assert resident_id_problem(number, TODAY) is problem
    with pytest.raises(InvalidInput) as caught:
        parse_resident_id(number, field="id_no", today=TODAY)
    assert caught.value.field == "id_no"
    assert not number or number not in caught.value.message


@given(st.dates(date(1900, 1, 1), TODAY), st.integers(0, 999), st.integers(110000, 659999))
def test_every_single_wrong_digit_is_found(born: date, serial: int, region: int) -> None:
    first17 = f"{region}{born:%Y%m%d}{serial:03d}"
    number = first17 + resident_id_check(first17)
    assert resident_id_problem(number, TODAY) is None
    for place in (0, 5, 15, 16):
        wrong = number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]
        assert resident_id_problem(wrong, TODAY) is Problem.CHECK


@given(
    st.sampled_from(["9135", "9111", "1144", "5251"]),
    st.integers(0, 9999),
    st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=8, max_size=8),
)
def test_uscc_agrees_with_a_second_implementation(head: str, county: int, org: str) -> None:
    first17 = f"{head}{county:04d}{org}{organisation_check(org)}"
    code = first17 + uscc_check(first17)
    assert uscc_problem(code) is None
    assert oracle_uscc.is_valid(code)
    assert uscc_check(first17) == oracle_uscc.calc_check_digit(code)
    other = "1" if first17[16] != "1" else "2"
    wrong_org = first17[:16] + other
    assert uscc_problem(wrong_org + uscc_check(wrong_org)) is Problem.ORGANISATION


@pytest.mark.parametrize(
    "code", ["", "9135010OMA2XTE0T4H", "91350100MA2XTE0T4", "ABCDEFGHABCDEFGHAB"]
)
def test_wrong_form_of_uscc(code: str) -> None:
    assert uscc_problem(code) is Problem.FORM


def test_card_groups_are_joined_and_other_forms_refused() -> None:
    assert parse_bank_card("6222 0200 0000 0000 018", field="card_no").luhn_ok
    assert "6222" not in repr(parse_bank_card("6222020000000000018", field="card_no"))
    for bad in ("622202000000", "62220200000000000180", "6222-0200-0000-0018", ""):
        with pytest.raises(InvalidInput):
            parse_bank_card(bad, field="card_no")


@given(st.integers(0, 10**18 - 1))
def test_luhn_finds_every_single_wrong_digit(number: int) -> None:
    digits = f"{number:018d}"
    valid = [digits + str(last) for last in range(10) if luhn_ok(digits + str(last))]
    assert len(valid) == 1


@pytest.mark.parametrize("number", ["13800138000", " １３８００１３８０００ ", "19912345678"])
def test_mobiles(number: str) -> None:
    assert len(parse_mobile(number, field="mobile")) == 11


@pytest.mark.parametrize(
    "number", ["12800138000", "1380013800", "138001380000", "+8613800138000", "138 0013 8000", ""]
)
def test_no_mobiles(number: str) -> None:
    with pytest.raises(InvalidInput):
        parse_mobile(number, field="mobile")


@pytest.mark.parametrize(
    "typed",
    [
        "13800138000",
        "+86 138-0013-8000",
        "8613800138000",
        "0086 (138) 0013 8000",
        "＋８６13800138000",
    ],
)
def test_a_mobile_is_taken_as_people_write_it(typed: str) -> None:
    assert typed_mobile(typed, field="mobile") == "13800138000"


@pytest.mark.parametrize("typed", ["1381234567", "+8613812345", "+1 13800138000", "8686", "86"])
def test_what_is_no_mobile_is_told_what_one_looks_like(typed: str) -> None:
    with pytest.raises(InvalidInput, match="11 digits"):
        typed_mobile(typed, field="mobile")
