from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.domain.kinds import Tier
from crm_tui.domain.names import NAME_DOTS, is_han, search_tokens
from crm_tui.domain.search import MAX_TOKENS, SearchQuery, query_tokens
from crm_tui.services.pinyin import char_readings

COMMON = "王李张刘陈杨黄赵吴周单仇解曾区查翟缪覃盖朴吕伟明雪梅志远英辉国藩蒙淑慧女绿行重庆"
CARD = "6222020000000000018"
names = st.text(alphabet=COMMON, min_size=1, max_size=6)


def _finds(typed: str, name: str, number: str = "C0004127", branch: str = "B018") -> bool:
    """Whether the tokens of a search find a customer, as the databases do."""
    query = query_tokens(typed)
    doc = search_tokens(name, number, branch, char_readings)
    undotted = name.translate(dict.fromkeys(map(ord, NAME_DOTS)))
    return (
        all(f" {token}" in doc for token in query.tokens)
        and all(f" {one} " in doc for one in query.characters)
        and all(run in undotted for run in query.name_contains)
    )


@pytest.mark.parametrize(
    "typed",
    ["z", "zw", "zwm", "zhangwei", "zhangweiming", "ZWM", "ｚｗｍ", "zhang weiming", "张", "伟",
     "张伟", "伟明", "张伟明", "张 明", "weiming", "c0004127", "C0004127", "4127", "0004127",
     "004", "b018", "张 b018", "张伟明 zwm", "zhang'weiming", ""],
)  # fmt: skip
def test_ways_to_find_one_customer(typed: str) -> None:
    assert _finds(typed, "张伟明")


@pytest.mark.parametrize(
    "typed", ["zwx", "伟张", "明伟", "李", "hangwei", "128", "b19", "张伟明明"]
)
def test_what_does_not_find_it(typed: str) -> None:
    assert not _finds(typed, "张伟明")


@pytest.mark.parametrize(
    ("typed", "name"),
    [("shanxuemei", "单雪梅"), ("danxuemei", "单雪梅"), ("sxm", "单雪梅"), ("lv", "吕蒙"),
     ("lu", "吕蒙"), ("lü", "吕蒙"), ("oyzy", "欧阳志远"), ("qiuying", "仇英"),
     ("chouying", "仇英"), ("muller", "Müller"), ("Müller", "Müller"),
     ("obrien", "O'Brien"), ("o'b", "O'Brien")],
)  # fmt: skip
def test_readings_find(typed: str, name: str) -> None:
    assert _finds(typed, name)


@given(names, st.data())
def test_every_part_of_a_name_and_every_prefix_of_its_tokens_finds_it(name: str, data) -> None:
    start = data.draw(st.integers(0, len(name) - 1))
    part = name[start : data.draw(st.integers(start + 1, len(name)))]
    assert _finds(part, name)
    token = data.draw(
        st.sampled_from(search_tokens(name, "C0004127", "B018", char_readings).split())
    )
    assert _finds(token[: data.draw(st.integers(1, len(token)))], name)


@given(names, names, st.sampled_from(NAME_DOTS), st.data())
def test_a_name_is_found_with_its_dots_and_without(
    first: str, second: str, dot: str, data: st.DataObject
) -> None:
    name, whole = f"{first}{dot}{second}", first + second
    assert _finds(name, name)
    start = data.draw(st.integers(0, max(0, len(whole) - 3)))
    end = data.draw(st.integers(min(start + 3, len(whole)), len(whole)))
    part = whole[start:end]
    assert len(part) < 3 or _finds(part, name)


@given(names, st.text(alphabet=COMMON, min_size=3, max_size=6))
def test_a_run_finds_only_whom_it_stands_in(name: str, run: str) -> None:
    assert _finds(run, name) == (run in name)
    half = len(name) // 2
    assert _finds(run, f"{name[:half]}·{name[half:]}") == (run in name)


def test_characters_alone_are_not_enough() -> None:
    query = query_tokens("张伟张 zw")
    assert query.tokens == ("zw",)
    assert query.characters == ("张", "伟")
    assert query.name_contains == ("张伟张",)
    assert not query.empty
    short = query_tokens("张伟")
    assert (short.tokens, short.characters, short.name_contains) == (("张伟",), (), ())


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("8000", {"tail4": "8000"}),
        ("002x", {"tail4": "002X"}),
        ("800", {}),
        ("80001", {}),
        ("13800138000", {"full_mobile": "13800138000"}),
        ("138 0013 8000", {"full_mobile": "13800138000"}),
        ("138-0013-8000", {"full_mobile": "13800138000"}),
        ("１３８００１３８０００", {"full_mobile": "13800138000"}),
        ("+86 138 0013 8000", {"full_mobile": "13800138000"}),
        ("＋8613800138000", {"full_mobile": "13800138000"}),
        ("008613800138000", {"full_mobile": "13800138000"}),
        ("11010519491231002x", {"full_id": "11010519491231002X"}),
        ("110105 19491231 002x", {"full_id": "11010519491231002X"}),
        ("91350100MA2XTE0T4H", {"full_id": "91350100MA2XTE0T4H"}),
        ("E12345678", {"full_id": "E12345678"}),
        (CARD, {"full_id": CARD, "full_card": CARD}),
        ("zhangweiming", {}),
        ("张8000", {}),
    ],
)  # fmt: skip
def test_numbers(typed: str, expected: dict[str, str]) -> None:
    query = query_tokens(typed)
    found = {k: getattr(query, k) for k in ("tail4", "full_mobile", "full_id", "full_card")}
    assert {k: v for k, v in found.items() if v} == expected
    assert query.has_number == bool(expected)


def test_a_tail_beside_a_name() -> None:
    query = query_tokens("张 0012")
    assert query.tokens == ("张", "12")
    assert query.tail4 == "0012"
    assert query.tokens_beside_number == ("张",)


@pytest.mark.parametrize(
    ("typed", "tiers"),
    [("金卡", {Tier.GOLD}), ("白金", {Tier.PLATINUM}), ("白金卡", {Tier.PLATINUM}),
     ("黑金", {Tier.BLACK_GOLD}), ("黑金卡", {Tier.BLACK_GOLD}), ("银卡", {Tier.SILVER}),
     ("GOLD", {Tier.GOLD}), ("black_gold", {Tier.BLACK_GOLD}), ("blackgold", {Tier.BLACK_GOLD}),
     ("gold silver", {Tier.GOLD, Tier.SILVER}), ("银", {Tier.SILVER}),
     ("black", {Tier.BLACK_GOLD}),
     ("Plat.", {Tier.PLATINUM}), ("未评", {Tier.NONE}), ("金刚", set()), ("gol", set())],
)  # fmt: skip
def test_tier_words(typed: str, tiers: set[Tier]) -> None:
    query = query_tokens(typed)
    assert query.tiers == tiers
    assert bool(query.tokens) == (not tiers)


def test_manager_beside_other_words() -> None:
    query = query_tokens("@李娜 金卡 zwm")
    assert (query.manager, query.tiers, query.tokens) == ("李娜", {Tier.GOLD}, ("zwm",))
    assert query_tokens("＠M001a").manager == "m001a"
    assert query_tokens("@").empty
    assert query_tokens("@'\"*").manager is None


@given(st.text(max_size=500))
def test_no_syntax_comes_through_and_nothing_fails(text: str) -> None:
    query = query_tokens(text)
    assert len(query.tokens) <= MAX_TOKENS
    for token in (*query.tokens, *query.characters, *query.name_contains):
        assert 0 < len(token) <= 100
        assert all(ch.isalnum() or is_han(ch) for ch in token)
    assert set(query.manager or "") <= {
        c for c in (query.manager or "") if c.isalnum() or c in "._-"
    }


def test_nothing_personal_in_repr() -> None:
    assert repr(query_tokens("张伟明 13800138000 @李娜")) == "SearchQuery(tiers=frozenset())"
    assert SearchQuery().empty
