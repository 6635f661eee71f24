"""What a customer wants stands on the card: below the timeline, and in the contact read in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crm_tui.domain.roster import Move
from tests.support.desk import desk, log, populate
from tests.support.screen_text import assert_golden

if TYPE_CHECKING:
    from tests.support.people import Bank

NEEDS = {
    "direction": "固定收益 一年期", "expected_return": "3% 左右",
    "risk_control": "不接受净值大幅波动", "risk_appetite": "C3 稳健",
}  # fmt: skip
LONG = "问理财到期续作, 想看一年期, 要求季度付息, 儿子明年出国, 关心外汇额度。" * 6


def test_the_timeline_has_the_needs_that_were_said(bank: Bank) -> None:
    ids = populate(bank)
    log(bank, "lina", ids["张伟明"], "nothing wanted")
    log(bank, "lina", ids["张伟明"], "hello", direction="基金", risk_appetite="C3")
    rows = bank.office("lina").customers.timeline(ids["张伟明"], Move.FIRST, None, 3).rows
    assert [dict(row.needs) for row in rows] == [
        {"direction": "基金", "risk_appetite": "C3"}, {}, {},
    ]  # fmt: skip
    assert "基金" not in repr(rows)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("language", ["en", "zh_CN"])
async def test_the_needs_as_they_look(bank: Bank, language: str) -> None:
    ids = populate(bank)
    log(bank, "lina", ids["张伟明"], LONG, next_on="+14", **NEEDS)
    async with desk(bank, "lina", language=language) as one:
        await one.until("张伟明")
        await one.press("enter")
        await one.until("固定收益")
        assert_golden(f"card_needs_80x24_{language}", one.text)
        await one.press("enter")
        await one.until("C3 稳健")
        assert_golden(f"card_needs_open_80x24_{language}", one.text)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_needs_without_a_word_said(bank: Bank) -> None:
    ids = populate(bank)
    log(bank, "lina", ids["张伟明"], "", result="no_answer", direction="基金")
    async with desk(bank, "lina") as one:
        await one.until("张伟明")
        await one.press("enter")
        await one.until("invest in: 基金")
