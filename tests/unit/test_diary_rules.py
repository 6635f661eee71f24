"""The rules of the diary: lateness, missing days, what a day proposes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.domain.complaint_kinds import EventKind
from crm_tui.domain.diary import DayTouch
from crm_tui.domain.diary_rules import (
    is_late,
    missing_days,
    proposed_content,
    proposed_method,
    wanted_days,
    with_new_lines,
)
from crm_tui.domain.kinds import Method, Tier
from crm_tui.domain.workdays import Calendar
from crm_tui.services.setup import published_days

CALENDAR = Calendar.of({row["day"]: row["kind"] for row in published_days()})
NOON = time(12, 0)
AT = datetime(2026, 3, 2, 2, tzinfo=UTC)


def word(code: object) -> str:
    return str(getattr(code, "value", code)) if not isinstance(code, Tier) else code.code


def touch(kind: Method | EventKind, name: str = "张伟明", **more: object) -> DayTouch:
    values: dict[str, object] = {
        "at": AT, "kind": kind, "name": name, "customer_no": "C0000001", "complaint_no": "",
        "tier": Tier.GOLD, "text": "问理财\n到期", "minutes": 3,
    }  # fmt: skip
    return DayTouch(**(values | more))  # type: ignore[arg-type]


def texts(touches: list[DayTouch]) -> list[str]:
    return [one.text for one in proposed_content(touches, word)]


@pytest.mark.parametrize(
    ("submitted", "late"),
    [
        (datetime(2026, 3, 2, 9, tzinfo=UTC), False),
        (datetime(2026, 3, 3, 3, 59, 59, tzinfo=UTC), False),
        (datetime(2026, 3, 3, 4, 0, tzinfo=UTC), False),
        (datetime(2026, 3, 3, 4, 0, 1, tzinfo=UTC), True),
    ],
)
def test_late_is_after_noon_of_the_next_day_in_shanghai(submitted: datetime, late: bool) -> None:
    assert is_late(date(2026, 3, 2), submitted, NOON) is late


def test_make_up_weekends_are_wanted_and_holidays_are_not() -> None:
    days = wanted_days(date(2026, 2, 13), date(2026, 2, 28), CALENDAR)
    assert days == [
        date(2026, 2, 13), date(2026, 2, 14), date(2026, 2, 24), date(2026, 2, 25),
        date(2026, 2, 26), date(2026, 2, 27), date(2026, 2, 28),
    ]  # fmt: skip


@given(
    st.dates(date(2025, 1, 1), date(2026, 6, 1)),
    st.integers(0, 60),
    st.sets(st.integers(0, 60), max_size=40),
)
def test_missing_and_written_make_up_the_wanted_days(
    begin: date, length: int, written: set[int]
) -> None:
    upto = begin + timedelta(days=length)
    there = {begin + timedelta(days=n) for n in written}
    missing = missing_days(begin, upto, CALENDAR, there)
    wanted = wanted_days(begin, upto, CALENDAR)
    assert set(missing) == set(wanted) - there
    assert list(missing) == sorted(missing)


def test_nothing_is_missing_before_it_begins() -> None:
    assert missing_days(date(2026, 3, 3), date(2026, 3, 2), CALENDAR, ()) == ()


def test_each_touch_is_a_line_with_the_number_of_its_customer() -> None:
    lines = texts(
        [
            touch(Method.PHONE),
            touch(EventKind.NOTE, complaint_no="CP-2026-000001", text="年费"),
            touch(EventKind.REGISTERED, "过路人", customer_no="", complaint_no="CP-2026-000002",
                  tier=Tier.NONE, text=""),
        ]
    )  # fmt: skip
    assert lines == [
        "phone 张伟明 C0000001 gold 问理财 到期",
        "note 张伟明 CP-2026-000001 C0000001 gold 年费",
        "registered 过路人 CP-2026-000002",
    ]


def test_many_messages_share_a_line_and_name_how_many_people() -> None:
    few = [touch(Method.SMS, name) for name in ("甲", "乙")]
    assert len(texts(few)) == 2
    many = [touch(Method.SMS, name) for name in ("甲", "乙", "乙", "丙")]
    assert texts(many) == ["sms 3 people"]


def test_methods_are_counted_the_most_used_first() -> None:
    day = [touch(Method.SMS), touch(Method.PHONE), touch(Method.SMS), touch(EventKind.NOTE)]
    assert proposed_method(day, word) == "sms 2x, phone 1x"
    assert proposed_method([], word) == ""


def test_what_was_typed_stays_and_only_new_lines_come() -> None:
    typed = "phone 张伟明 C0000001 gold 说好周二回电\n自己的一行"
    day = [touch(Method.PHONE), touch(Method.HOME_VISIT),
           touch(Method.PHONE, "单雪梅", customer_no="C0000002")]  # fmt: skip
    assert with_new_lines(typed, proposed_content(day, word)).splitlines() == [
        *typed.splitlines(), *texts(day)[1:]
    ]  # fmt: skip


def test_a_second_contact_with_the_same_customer_is_offered() -> None:
    first, second = touch(Method.PHONE), touch(Method.PHONE, text="下午再谈定期")
    typed = with_new_lines("", proposed_content([first], word)) + " 已改"
    both = with_new_lines(typed, proposed_content([first, second], word))
    assert both.splitlines() == [typed, texts([second])[0]]


def test_an_amount_in_a_line_is_no_customers_number() -> None:
    one = touch(Method.PHONE, text="转入 500000 元")
    other = touch(Method.PHONE, "单雪梅", customer_no="C0000002", text="转出 500000 元")
    typed = texts([one])[0]
    assert with_new_lines(typed, proposed_content([one, other], word)).splitlines() == texts(
        [one, other]
    )


def test_a_line_for_many_people_is_brought_up_to_date_unless_it_was_edited() -> None:
    day = [touch(Method.SMS, name) for name in ("甲", "乙", "丙", "丁")]
    before, now = proposed_content(day[:3], word), proposed_content(day, word)
    typed = "phone x\n" + with_new_lines("", before)
    assert with_new_lines(typed, now).splitlines() == ["phone x", "sms 4 people"]
    edited = typed + " 生日"
    assert with_new_lines(edited, now).splitlines() == [*edited.splitlines(), "sms 4 people"]


PROPOSALS = st.lists(
    st.builds(
        lambda kind, number, text: touch(kind, customer_no=number, text=text),
        st.sampled_from([Method.PHONE, Method.HOME_VISIT]),
        st.sampled_from(["C0000001", "C0000002"]),
        st.sampled_from(["一", "二"]),
    ),
    max_size=6,
)


@given(st.text(), PROPOSALS)
def test_nothing_typed_is_ever_lost_and_twice_is_once(typed: str, day: list[DayTouch]) -> None:
    lines = proposed_content(day, word)
    once = with_new_lines(typed, lines)
    assert once == typed or once.splitlines()[: len(typed.splitlines())] == typed.splitlines()
    assert with_new_lines(once, lines) == once


@given(PROPOSALS)
def test_each_touch_of_a_day_has_its_line(day: list[DayTouch]) -> None:
    lines = with_new_lines("", proposed_content(day, word)).splitlines()
    assert sorted(lines) == sorted(texts(day))
