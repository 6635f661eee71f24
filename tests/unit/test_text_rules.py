from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.domain.text_rules import (
    COMPLAINT_LIMIT,
    NAME_LIMIT,
    NOTE_LIMIT,
    clean_line,
    clean_text,
    fold_keys,
    fold_syntax,
)
from crm_tui.errors import InvalidInput

# Allowed though of category Cf? None: every format character is refused.
REFUSED = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def test_limits_are_those_of_the_rules() -> None:
    assert (NAME_LIMIT, NOTE_LIMIT, COMPLAINT_LIMIT) == (200, 10_000, 20_000)


def test_every_control_and_format_character_is_refused_inside_a_line() -> None:
    passed = []
    for code in range(sys.maxunicode + 1):
        if unicodedata.category(chr(code)) in REFUSED:
            try:
                clean_line(f"a{chr(code)}b", field="name", limit=200)
            except InvalidInput:
                continue
            passed.append(hex(code))
    assert passed == []


@pytest.mark.parametrize(
    "bad",
    [
        "\x1b[2J", "\x00", "\x9b31m", "\x7f", "\u202e", "\u2066", "\u200b", "\u200d", "\ufeff",
        "\u2060", "\u00ad", "\U000e0041", "\ud800", "\u2028", "\u3164", "\ufffe",
        "\U0001ffff", "\u034f",
    ],
)  # fmt: skip
@pytest.mark.parametrize("clean", [clean_line, clean_text])
def test_hostile_characters_are_named_by_number_never_echoed(clean, bad: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        clean(f"张{bad}伟", field="name", limit=200)
    assert caught.value.field == "name"
    assert f"U+{ord(bad[0]):04X}" in caught.value.message
    assert bad[0] not in caught.value.message
    assert "张" not in caught.value.message


@pytest.mark.parametrize(
    "good",
    [
        "张伟明",
        "𠮷野",
        "𪚥",
        "\U00030edd",
        "O'Brien",
        "José",
        "[/]",
        "Ольга",
        "葛󠄀",
        "김철수",
        "\ue000",
    ],
)
def test_real_names_are_kept_as_they_are(good: str) -> None:
    assert clean_line(good, field="name", limit=200) == unicodedata.normalize("NFC", good)


def test_outer_blanks_go_and_inner_ones_stay() -> None:
    assert clean_line("\u3000 张　伟 \xa0", field="name", limit=200) == "张　伟"


def test_a_line_refuses_line_ends_and_tabs() -> None:
    for bad in ("a\nb", "a\tb", "a\n", "\ra"):
        with pytest.raises(InvalidInput):
            clean_line(bad, field="name", limit=200)


def test_long_text_unifies_line_ends_and_tabs() -> None:
    assert clean_text("a\r\nb\rc\n\td\r\n", field="note", limit=100) == "a\nb\nc\n d"


def test_length_counts_code_points_after_nfc() -> None:
    assert clean_line("e\u0301" * 200, field="name", limit=200) == "é" * 200
    with pytest.raises(InvalidInput, match="201"):
        clean_line("𠮷" * 201, field="name", limit=200)


def test_marks_are_limited() -> None:
    assert clean_line("x\u0316\u0317\u0318", field="name", limit=200)
    with pytest.raises(InvalidInput, match="U\\+0319"):
        clean_line("x\u0316\u0317\u0318\u0319", field="name", limit=200)


def test_required() -> None:
    with pytest.raises(InvalidInput):
        clean_line(" \u3000", field="name", limit=200, required=True)
    assert clean_text("", field="note", limit=10) == ""


@given(st.text(alphabet=st.characters(), max_size=60))
def test_cleaning_is_stable_and_what_passes_is_harmless(text: str) -> None:
    for clean, allowed in ((clean_line, ""), (clean_text, "\n")):
        try:
            once = clean(text, field="f", limit=60)
        except InvalidInput:
            continue
        assert clean(once, field="f", limit=60) == once
        assert unicodedata.is_normalized("NFC", once)
        assert not [c for c in once if unicodedata.category(c) in REFUSED and c not in allowed]
        once.encode("utf-8")


@given(st.text(alphabet=st.characters(categories=("Lo", "Lu", "Ll", "Nd")), max_size=60))
def test_letters_are_never_changed_but_for_nfc(text: str) -> None:
    try:
        assert clean_line(text, field="f", limit=600) == unicodedata.normalize("NFC", text)
    except InvalidInput:
        assert set(text) & set("\u3164\u115f\u1160\uffa0")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("、", "/"), ("？", "?"), ("：", ":"), ("ｖ", "v"), ("【", "["), ("】", "]"), ("\u3000", " "),
     ("１", "1"), ("～", "~"), ("a", "a"), ("张", "张"), ("。", "。"), ("ctrl+s", "ctrl+s")],
)  # fmt: skip
def test_ime_keys_fold(typed: str, meant: str) -> None:
    assert fold_keys(typed) == meant


def test_syntax_folds() -> None:
    assert fold_syntax("＋１４　２０２６－１２－０７") == "+14 2026-12-07"


@given(st.text())
def test_folding_is_stable_and_keeps_the_length(text: str) -> None:
    folded = fold_syntax(text)
    assert fold_syntax(folded) == folded
    assert len(folded) == len(text)
