"""The lines above the roster, and what an empty list says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crm_tui import i18n
from crm_tui.domain.kinds import CustomerState, Tier
from crm_tui.domain.roster import RosterCriteria, Strip, TierShare, View
from crm_tui.screens.roster_head import empty, strip_text, views_text
from crm_tui.text import cell_width

STRIP = Strip(
    tuple(
        TierShare(tier, customers, share)
        for tier, customers, share in (
            (Tier.BLACK_GOLD, 0, 0.0),
            (Tier.PLATINUM, 25, 0.31),
            (Tier.GOLD, 71, 0.27),
            (Tier.SILVER, 889, 0.42),
            (Tier.NONE, 125, None),
        )
    ),
    1110,
    0.8,
)


@pytest.fixture(params=["en", "zh_CN"])
def tongue(request: pytest.FixtureRequest) -> str:
    i18n.use(request.param)
    return str(request.param)


@pytest.mark.parametrize("width", [78, 98, 118])
def test_the_top_fifth_is_never_cut(tongue: str, width: int) -> None:
    text = strip_text(STRIP, width)
    assert cell_width(text) <= width
    assert text.endswith("80%")


def test_nobody_has_no_share(tongue: str) -> None:
    assert " 0 0%" not in strip_text(STRIP, 200)


def test_a_view_keeps_its_cells_and_the_line_its_width(tongue: str) -> None:
    lines = [views_text(RosterCriteria(view=view), "", "1/1,110", 78) for view in View]
    assert {cell_width(line) for line in lines} == {78}
    assert len({line.replace("[", " ").replace("]", " ") for line in lines[:3]}) == 1


def test_the_filter_stands_in_words() -> None:
    i18n.use("zh_CN")
    criteria = RosterCriteria(tier=Tier.GOLD, state=CustomerState.ACTIVE, manager_id=3)
    assert "只看 金卡, 现有, 客户经理 李娜" in views_text(criteria, "李娜", "1/7", 78)


@pytest.mark.parametrize("view", [View.BRANCH, View.MINE])
def test_in_the_search_box_no_hint_calls_a_digit_a_key(view: View) -> None:
    i18n.use("en")
    criteria = RosterCriteria(view=view, search="zwm")
    typing, listed = (empty(criteria, "", "", typing=typing) for typing in (True, False))
    assert "2 searches" not in typing.replace("Esc, then 2", "")
    assert "Esc ends the search" in listed
    assert ("2" in listed) == (view is View.MINE)
    gold = replace(criteria, search="", tier=Tier.GOLD)
    assert "Esc ends it" in empty(gold, "", "", typing=False)


@pytest.mark.parametrize("view", [View.BRANCH, View.NEAR])
def test_a_search_names_the_filter_that_hides_before_it_offers_to_register(view: View) -> None:
    i18n.use("en")
    criteria = RosterCriteria(view=view, search="zwm", tier=Tier.GOLD, manager_id=3)
    for typing in (True, False):
        said = empty(criteria, "李娜", "成都支行", typing=typing)
        assert "only gold card, owner 李娜" in said.lower().replace("李娜".lower(), "李娜")
        assert "ends this filter" in said
        assert "register" not in said


def test_a_search_says_where_it_looked() -> None:
    i18n.use("en")
    criteria = RosterCriteria(view=View.BRANCH, search="zwm")
    for typing in (True, False):
        said = empty(criteria, "", "成都支行", typing=typing)
        assert "Nobody found in 成都支行." in said
        assert cell_width(said) <= 78
        assert "Nobody found." in empty(criteria, "", "", typing=typing)


@pytest.mark.parametrize("text", ["@", " ＠ "])
def test_a_lone_at_sign_says_what_comes_behind_it(text: str) -> None:
    said = empty(RosterCriteria(view=View.BRANCH, search=text), "", "", typing=True)
    assert said == "After @ comes an owner: user name, name or pinyin."


@pytest.mark.parametrize("tongue", ["en", "zh_CN"])
def test_whose_contacts_of_today_are_listed_is_said_when_there_are_none(tongue: str) -> None:
    i18n.use(tongue)
    said = empty(RosterCriteria(view=View.DUE), "", "", typing=False)
    assert ("your own" in said) or ("您名下" in said)
    assert cell_width(said) <= 78
