from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.domain.names import MAX_DOC_BYTES, is_han, name_key, search_tokens
from crm_tui.domain.surnames import COMPOUND_SURNAMES, SURNAMES
from crm_tui.services.pinyin import char_readings

COMMON = "王李张刘陈杨黄赵吴周单仇解曾区查翟缪覃盖朴吕伟明雪梅志远英辉国藩蒙淑慧女绿行重庆"
names = st.text(alphabet=COMMON, min_size=1, max_size=6)
any_name = st.text(
    alphabet=st.characters(categories=("L", "N", "P", "Z", "M"), max_codepoint=0x2FFFF), max_size=80
)


def _tokens(name: str, number: str = "C0004127", branch: str = "B018", *, person=True) -> list[str]:
    text = search_tokens(name, number, branch, char_readings, person=person)
    assert text.startswith(" ")
    assert text.endswith(" ")
    tokens = text.split()
    assert len(tokens) == len(set(tokens))
    return tokens


def _key(name: str, *, person: bool = True) -> str:
    return name_key(name, char_readings, person=person)


@pytest.mark.parametrize(
    ("name", "pinyin"),
    [("单雪梅", "shan"), ("仇英", "qiu"), ("解珍", "xie"), ("曾国藩", "zeng"), ("区志远", "ou"),
     ("查良镛", "zha"), ("翟志刚", "zhai"), ("缪荃孙", "miao"), ("覃辉", "qin"), ("盖叫天", "ge"),
     ("朴淑慧", "piao"), ("欧阳志远", "ou"), ("尉迟恭", "yu"), ("万俟卨", "mo"),
     ("长孙无忌", "zhang"), ("单于夫", "chan"), ("司马光", "si"), ("任盈盈", "ren"),
     ("吕蒙", "lv")],
)  # fmt: skip
def test_surnames_are_read_as_surnames(name: str, pinyin: str) -> None:
    assert _key(name).startswith(f"{pinyin}0")
    assert any(token.startswith(pinyin) for token in _tokens(name))


def test_tables_are_whole() -> None:
    assert len(SURNAMES) >= 95
    assert all(len(s) == 1 and r.isascii() and r.isalpha() for s, r in SURNAMES.items())
    assert all(
        len(s) == 2 and all(r.isascii() and r.isalpha() for r in both)
        for s, both in COMPOUND_SURNAMES.items()
    )


def test_what_a_customer_is_found_by() -> None:
    tokens = _tokens("张伟明")
    assert {"张", "伟", "明", "张伟", "伟明", "zhangweiming", "weiming", "zwm"} <= set(tokens)
    assert {"c0004127", "4127", "b018"} <= set(tokens)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("单雪梅", {"shanxuemei", "danxuemei", "chanxuemei", "sxm", "dxm", "cxm"}),
        ("吕蒙", {"lvmeng", "lumeng", "lm"}),
        ("欧阳志远", {"ouyangzhiyuan", "oyzy", "zhiyuan", "欧阳"}),
        ("O'Brien José", {"obrien", "jose"}),
        ("Ａｎｎａ Müller", {"anna", "muller"}),
        ("上海ABC贸易（集团）有限公司", {"shanghai", "abc", "maoyi", "贸易", "公司"}),
        ("007贸易", {"007", "7"}),
        ("𠮷野家", {"𠮷野", "野家"}),
    ],
)
def test_tokens(name: str, found: set[str]) -> None:
    assert found <= set(_tokens(name))


def test_a_firm_is_read_by_the_dictionary_and_in_other_readings() -> None:
    tokens = _tokens("重庆科技发展有限责任公司成都分公司", person=False)
    assert any(token.startswith("chongqingkeji") for token in tokens)
    assert any(token.startswith("zhongqingkeji") for token in tokens)
    assert "成都" in tokens


def test_numbers_without_their_zeros() -> None:
    tokens = _tokens("张", "0004127", "0012")
    assert {"0004127", "4127", "0012", "12"} <= set(tokens)
    assert "0" in _tokens("张", "C0000", "B1")


@given(any_name, st.booleans())
def test_tokens_are_safe_and_bounded_whatever_the_name(name: str, person: bool) -> None:
    text = search_tokens(name, "C0004127", "B018", char_readings, person=person)
    assert len(text.encode()) <= MAX_DOC_BYTES
    for token in text.split(" ")[1:-1]:
        assert token
        assert all(ch.isalnum() or is_han(ch) for ch in token)
        assert token == token.lower() or not token.isascii()


def test_the_longest_name_stays_small_enough_for_an_index_row() -> None:
    for name in ("单重行长乐" * 40, "𠮷" * 200, "é" * 200, "ab " * 66):
        for person in (True, False):
            text = search_tokens(name, "C0004127", "B018", char_readings, person=person)
            assert " c0004127 4127 b018 " in text
            assert len(text.encode()) <= MAX_DOC_BYTES
            assert len(_key(name, person=person)) <= 400


@given(any_name)
def test_keys_are_ascii_letters_and_digits(name: str) -> None:
    key = _key(name)
    assert all(ch in "0123456789abcdefghijklmnopqrstuvwxyz" for ch in key)


@given(names, names)
def test_keys_order_by_pinyin_and_differ_for_different_names(a: str, b: str) -> None:
    assert (_key(a) == _key(b)) == (a == b)
    first, second = (char_readings(n[0])[0] for n in (a, b))
    if a[0] not in SURNAMES and b[0] not in SURNAMES and first != second:
        assert (_key(a) < _key(b)) == (first < second)


def test_order_of_a_list() -> None:
    ordered = [
        "阿宝",
        "Anna",
        "单雪梅",
        "上官云",
        "沈从文",
        "张三",
        "张伟",
        "张伟明",
        "章伟",
        "祝枝山",
    ]
    ordered.sort(key=_key)
    assert ordered == [
        "阿宝", "Anna", "单雪梅", "上官云", "沈从文", "张三", "张伟", "张伟明", "章伟", "祝枝山",
    ]  # fmt: skip


def test_readings() -> None:
    assert char_readings("单")[0] == "dan"
    assert set(char_readings("单")) == {"dan", "chan", "shan"}
    assert char_readings("吕") == ("lv",)
    assert char_readings("a") == ()
    assert char_readings("\U0002fffd") == ()


def test_every_reading_is_plain_letters() -> None:
    for code in range(0x4E00, 0xA000):
        for reading in char_readings(chr(code)):
            assert reading.isascii()
            assert reading.islower()


def test_the_domain_does_not_load_the_dictionary_and_asking_loads_no_phrases() -> None:
    script = (
        "import sys; import crm_tui.domain.search; import crm_tui.services.pinyin as p;"
        "assert not [m for m in sys.modules if m.startswith('pypinyin')];"
        "assert p.char_readings('张') == ('zhang',);"
        "assert 'pypinyin.phrases_dict' not in sys.modules;"
        "import os; assert 'PYPINYIN_NO_PHRASES' not in os.environ"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_han() -> None:
    assert all(is_han(ch) for ch in "张𠮷〇㐀\U00030edd")
    assert not any(is_han(ch) for ch in "aあ1，·")
