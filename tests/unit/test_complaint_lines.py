"""The lines of the queue of complaints, at the width that they are made for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from crm_tui import i18n
from crm_tui.domain.complaint_kinds import Band, Business, ComplaintState, Reason, Urgency
from crm_tui.domain.complaints import Clocks, ComplaintRow, QueueStrip
from crm_tui.domain.kinds import Tier
from crm_tui.screens.complaint_lines import columns, strip_text, times
from crm_tui.text import cell_width

if TYPE_CHECKING:
    from collections.abc import Iterator

TODAY = date(2026, 11, 23)
WIDTH = 78
"""What a line of 80 cells has room for."""
STRIP = QueueStrip(
    open=12, overdue=3, due_today=2, untriaged=5, promised_today=4,
    ended_this_month=5, on_time_this_month=5,
)  # fmt: skip
CLOCKS = Clocks(
    warn_on=date(2026, 12, 4), due_on=date(2026, 12, 4), estimated=False,
    internal_on=date(2026, 11, 27), paused=True, promise_at=datetime(2027, 1, 2, 9, tzinfo=UTC),
    promise_broken_on=None, first_on=date(2026, 12, 4), days_left=9, band=Band.GREEN,
)  # fmt: skip
ENDED = ComplaintRow(
    key=("", 1), complaint_id=1, complaint_no="CP-2026-000001", customer_id=None,
    customer_name="", tier=Tier.NONE, state=ComplaintState.CLOSED, business=Business.DEBIT_CARD,
    reason=Reason.PRICING, reason_text="", summary="", first_responder="", handler="",
    department="", urgency=Urgency.NORMAL, received_at=datetime(2026, 11, 2, tzinfo=UTC),
    ended_at=datetime(2026, 11, 18, 2, tzinfo=UTC), clocks=None, imported=False,
)  # fmt: skip


@pytest.fixture(params=["en", "zh_CN"])
def tongue(request: pytest.FixtureRequest) -> Iterator[str]:
    i18n.use(request.param)
    yield request.param
    i18n.use("en")


def test_the_counts_fit_at_80_columns(tongue: str) -> None:
    text = strip_text(STRIP, WIDTH, plain=False)
    assert cell_width(text) == WIDTH
    assert text.endswith("100%(5/5)")
    many = replace(STRIP, open=1_234, overdue=123, untriaged=123, ended_this_month=123,
                   on_time_this_month=120)  # fmt: skip
    text = strip_text(many, WIDTH, plain=False)
    assert cell_width(text) == WIDTH
    assert "98%" in text
    assert strip_text(many, 140, plain=False).endswith("98%(120/123)")


@pytest.mark.parametrize("left", [9, -12])
def test_the_promised_time_is_not_cut_at_80_columns(tongue: str, left: int) -> None:
    band = Band.OVERDUE if left < 0 else Band.GREEN
    rolled = replace(CLOCKS, warn_on=date(2026, 12, 5), due_on=date(2026, 12, 7))
    for clocks in (CLOCKS, rolled):
        text = times(replace(clocks, days_left=left, band=band), TODAY, WIDTH, plain=False)
        assert cell_width(text) <= WIDTH
        assert text.endswith("2027-01-02 17:00")


def test_the_day_on_which_a_case_ended_is_not_cut(tongue: str) -> None:
    column = columns(plain=False)[0]
    text = str(column.render(ENDED))
    assert text == "26-11-18"
    assert cell_width(text) <= column.width
