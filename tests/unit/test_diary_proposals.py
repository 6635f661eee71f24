"""What a day proposes for its diary: each touch once, whatever its author makes of the lines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.domain import diary_proposals
from crm_tui.domain.complaint_kinds import EventKind
from crm_tui.domain.diary import DayTouch
from crm_tui.domain.diary_proposals import Day, Proposed, assumed, proposed_method, up_to_date
from crm_tui.domain.kinds import Method, Tier

AT = datetime(2026, 3, 2, 2, tzinfo=UTC)
_NUMBERS = count(1)


def word(code: object) -> str:
    return str(getattr(code, "value", code)) if not isinstance(code, Tier) else code.code


def wort(code: object) -> str:
    return f"<{word(code)}>"


def touch(kind: Method | EventKind, name: str = "张伟明", **more: object) -> DayTouch:
    values: dict[str, object] = {
        "key": f"contact {next(_NUMBERS)}", "at": AT, "kind": kind, "name": name,
        "customer_no": "C0000001", "complaint_no": "", "tier": Tier.GOLD, "text": "问理财\n到期",
        "minutes": 3,
    }  # fmt: skip
    return DayTouch(**(values | more))  # type: ignore[arg-type]


def begun(touches: list[DayTouch]) -> Day:
    return up_to_date("", "", touches, Proposed(), word)


def texts(touches: list[DayTouch]) -> list[str]:
    return begun(touches).content.splitlines()


def later(content: str, before: Day, touches: list[DayTouch]) -> list[str]:
    """The lines when `content` was made of `before` and the day goes on."""
    return up_to_date(content, "", touches, before.proposed, word).content.splitlines()


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


def test_what_was_deleted_or_written_anew_stays_so_and_only_new_touches_come() -> None:
    one, other, new = touch(Method.PHONE), touch(Method.HOME_VISIT), touch(Method.PHONE)
    before = begun([one, other])
    for typed in ("", "自己的一行", texts([one])[0] + " 说好周二回电"):
        assert later(typed, before, [one, other]) == typed.splitlines()
        assert later(typed, before, [one, other, new]) == [*typed.splitlines(), *texts([new])]


def test_another_language_proposes_nothing_twice() -> None:
    day = [touch(Method.PHONE), *(touch(Method.SMS, name) for name in "甲乙丙")]
    before = begun(day)
    again = up_to_date(before.content, before.method, day, before.proposed, wort)
    assert (again.content, again.method) == (before.content, before.method)


def test_another_step_with_a_case_is_proposed_and_the_same_one_is_not() -> None:
    note = touch(EventKind.NOTE, key="note 1", complaint_no="CP-2026-000001")
    again = touch(EventKind.NOTE, key="note 1", complaint_no="CP-2026-000001")
    close = touch(EventKind.CLOSE, key="close 1", complaint_no="CP-2026-000001")
    before = begun([note])
    assert later(before.content, before, [again]) == texts([note])
    assert later(before.content, before, [close]) == texts([note]) + texts([close])


def test_a_line_for_many_people_is_brought_up_to_date_unless_it_was_edited() -> None:
    day = [touch(Method.SMS, name) for name in ("甲", "乙", "丙", "丁")]
    before = begun(day[:3])
    typed = "phone x\n" + before.content
    assert later(typed, before, day) == ["phone x", "sms 4 people"]
    edited = typed + " 生日"
    assert later(edited, before, day) == [*edited.splitlines(), *texts(day[3:])]
    assert later("", before, day) == texts(day[3:])


def test_messages_with_lines_of_their_own_are_not_counted_in_a_shared_one() -> None:
    day = [touch(Method.SMS, name) for name in ("甲", "乙", "丙", "丁", "戊", "己")]
    two = begun(day[:2])
    five = up_to_date(two.content, "", day[:5], two.proposed, word)
    assert five.content.splitlines() == [*texts(day[:2]), "sms 3 people"]
    assert later(five.content, five, day) == [*texts(day[:2]), "sms 3 people", *texts(day[5:])]


def test_the_method_is_counted_anew_unless_it_was_edited_or_emptied() -> None:
    day = [touch(Method.PHONE), touch(Method.HOME_VISIT)]
    before = begun(day[:1])
    for typed, now in (("phone 1x", "phone 1x, home_visit 1x"), ("", ""), ("mine", "mine")):
        assert up_to_date("", typed, day, before.proposed, word).method == now


def test_a_method_counted_in_another_language_is_counted_anew() -> None:
    day = [touch(Method.PHONE), touch(Method.PHONE)]
    before = begun(day[:1])
    assert up_to_date("", before.method, day, before.proposed, wort).method == "<phone> 2x"


def test_what_does_not_remember_is_taken_to_hold_whom_it_names_in_any_language() -> None:
    named, other = touch(Method.PHONE), touch(Method.PHONE, customer_no="C0000002")
    known = assumed("电话 张伟明 C0000001", [named, other], None, word)
    assert known.touches == {named.key}
    assert up_to_date("x", "phone 1x", [named, other], known, word).method == "phone 2x"
    handed_in = assumed("", [named, touch(Method.PHONE, at=AT + timedelta(hours=1))], AT, word)
    assert handed_in.touches == {named.key}


def test_it_is_stored_as_it_is() -> None:
    known = begun([touch(Method.PHONE), *(touch(Method.SMS, name) for name in "甲乙丙")]).proposed
    assert Proposed.of(known.as_text()) == known
    assert Proposed.of("") is Proposed.of(None) is None


TOUCHES = st.lists(
    st.builds(
        lambda kind, number, text: touch(kind, customer_no=number, text=text),
        st.sampled_from([Method.PHONE, Method.HOME_VISIT]),
        st.sampled_from(["C0000001", "C0000002"]),
        st.sampled_from(["一", "二"]),
    ),
    max_size=6,
)


@given(st.text(), TOUCHES, st.integers(0, 6))
def test_nothing_typed_is_ever_lost_and_each_touch_comes_once(
    typed: str, day: list[DayTouch], seen: int
) -> None:
    before = begun(day[:seen])
    once = up_to_date(typed, "", day, before.proposed, word)
    if not day[seen:]:
        assert once.content == typed
    else:
        assert once.content.splitlines() == typed.splitlines() + texts(day[seen:])
    assert up_to_date(once.content, once.method, day, once.proposed, word) == once


@pytest.mark.parametrize(
    ("said", "proposed"),
    [
        ("short", "short"),
        ("x" * 48, "x" * 48),
        ("问" * 49, "问" * 48 + "…"),
        ("Called about the pension; she was cross that nobody rang",
         "Called about the pension; she was cross that…"),
        ("Called about the pension; she was cross that it is",
         "Called about the pension; she was cross that it…"),
        ("a " + "问" * 60, "a " + "问" * 46 + "…"),
    ],
)  # fmt: skip
def test_a_long_note_is_cut_where_a_word_ends_and_says_so(said: str, proposed: str) -> None:
    assert diary_proposals._begin(said) == proposed
