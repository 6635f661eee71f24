"""Drafts in words, in the language that is spoken when they are shown."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crm_tui.domain.drafts import TITLE, Draft, DraftKey
from crm_tui.screens.draft_lines import line, title_of
from tests.support.spoken import spoken


@pytest.mark.parametrize(
    ("form", "record", "stored", "english", "chinese"),
    [
        ("diary", "20261123", "", "Mon 11-23", "11-23 周一"),
        # As they were stored before, in the words of another session.
        ("diary", "20261123", "11-23 周一", "Mon 11-23", "11-23 周一"),
        ("diary_correct", "20261123", "Mon 11-23", "Mon 11-23", "11-23 周一"),
        ("diary_review", "7", "李娜 2026-11-23", "李娜 Mon 11-23", "李娜 11-23 周一"),
        ("diary_return", "7", "李娜 11-23 周一", "李娜 11-23 周一", "李娜 11-23 周一"),
        ("customer", "new", "", "new customer", "新建"),
        ("customer", "new-1", "王芳", "王芳", "王芳"),
        ("contact", "3", "Anna Schmidt", "Anna Schmidt", "Anna Schmidt"),
    ],
)
def test_titles_are_in_the_language_that_is_spoken(
    form: str, record: str, stored: str, english: str, chinese: str
) -> None:
    draft = Draft(DraftKey(form, record), {TITLE: stored}, datetime.now(UTC), elsewhere=False)
    for language, title in (("en", english), ("zh_CN", chinese)):
        with spoken(language):
            assert title_of(draft) == title


@pytest.mark.parametrize(
    ("day", "shown"),
    [("20260302", "diary  Mon 03-02  09:00"), ("20260227", "diary  Fri 02-27  Mon 03-02 09:00")],
)
def test_the_draft_of_the_days_diary_names_the_day_once(day: str, shown: str) -> None:
    saved = datetime(2026, 3, 2, 1, tzinfo=UTC)
    assert line(Draft(DraftKey("diary", day), {}, saved, elsewhere=False), plain=True) == shown


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ({TITLE: "Bob Miller", "content": "no chair"}, "Bob Miller  "),
        ({TITLE: "", "content": " no chair in\n the  hall"}, "no chair in the hall  "),
        ({"content": "柜台排队太久,等了一个多小时还没有办完"}, "柜台排队太久,等了一个多…  "),
        ({TITLE: "", "content": ""}, ""),
        ({TITLE: "", "content": " \n"}, ""),
    ],
)
def test_a_complaint_of_somebody_without_a_name_is_known_by_its_words(
    values: dict[str, str], shown: str
) -> None:
    draft = Draft(DraftKey("complaint", "new"), values, datetime(2026, 3, 2, 1, tzinfo=UTC), False)
    assert line(draft, plain=False) == f"register a complaint  {shown}Mon 03-02 09:00"
    assert "…" not in line(draft, plain=True)
