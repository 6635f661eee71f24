"""The demo bank's rows: valid, invented the same way each time, and in themselves true."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime

import pytest

from crm_tui.demo import money, naming, people, touches
from crm_tui.demo.staffing import BRANCHES, MANAGERS, STAFF
from crm_tui.domain.identifiers import parse_mobile, resident_id_problem, uscc_problem
from crm_tui.domain.kinds import CustomerKind, Method
from crm_tui.domain.staff import Role
from crm_tui.domain.text_rules import NAME_LIMIT, clean_line

TODAY = date(2026, 11, 23)
START = datetime.max.replace(tzinfo=UTC)
SEED = 7


@pytest.fixture(scope="module")
def customers() -> list[people.Customer]:
    """The first five thousand of a bank."""
    return [people.customer(SEED, number, TODAY) for number in range(1, 5_001)]


def test_numbers_are_valid_and_belong_to_one_customer_each(
    customers: list[people.Customer],
) -> None:
    for one in customers:
        if one.kind is CustomerKind.INDIVIDUAL:
            assert resident_id_problem(one.id_no, TODAY) is None
            assert one.id_no[4:6] == "00", "a county that exists may be somebody's"
            assert f"{one.birth_date:%Y%m%d}" == one.id_no[6:14]
            assert int(one.id_no[16]) % 2 == (one.gender == "M")
        else:
            assert uscc_problem(one.id_no) is None
        assert not one.mobile or parse_mobile(one.mobile, field="") == one.mobile
    assert len({one.id_no for one in customers}) == len(customers)
    mobiles = [one.mobile for one in customers if one.mobile]
    assert len(set(mobiles)) == len(mobiles)


def test_numbers_stay_apart_across_a_million() -> None:
    # Customers 50,000 apart have the same region and sequence: the birthday must differ.
    same = [people.customer(SEED, number, TODAY) for number in range(17, 1_000_000, 50_000)]
    assert len({one.id_no for one in same}) == len(same)


def test_names_pass_the_rules_of_input_and_hold_what_is_difficult(
    customers: list[people.Customer],
) -> None:
    names = [one.name for one in customers]
    assert all(clean_line(name, field="", limit=NAME_LIMIT) == name for name in names)
    first = {name[0] for name in names} | {name[:2] for name in names}
    assert set("单仇解曾区查翟缪覃盖朴") <= first
    assert {"欧阳", "尉迟", "万俟"} <= first
    assert any("\U00020000" <= ch <= "\U0002a6df" for name in names for ch in name)
    assert [one.name for one in customers[:200:10]] == [name for name, _sex in naming.KNOWN]


def test_families_are_small_and_live_at_one_branch(customers: list[people.Customer]) -> None:
    families: dict[str, list[people.Customer]] = {}
    for one in customers:
        if one.household_no:
            families.setdefault(one.household_no, []).append(one)
    sizes = Counter(len(members) for members in families.values())
    assert set(sizes) == {2, 3, 4}
    for members in families.values():
        assert len({(one.branch, one.manager) for one in members}) == 1
        assert all(one.kind is CustomerKind.INDIVIDUAL for one in members)


def test_every_customer_comes_from_its_number_alone(customers: list[people.Customer]) -> None:
    assert people.customer(SEED, 4_321, TODAY) == customers[4_320]
    assert people.customer(SEED + 1, 4_321, TODAY) != customers[4_320]


def test_every_balance_is_the_sum_of_its_movements(customers: list[people.Customer]) -> None:
    months = money.months_until(TODAY)
    assert (months[0].start, months[-1].end) == (date(2025, 10, 1), date(2026, 10, 31))
    seen = Counter[str]()
    for account in (one for each in customers[:400] for one in money.accounts(SEED, each)):
        seen[account.category] += 1
        balance, before = 0, date.min
        for movement in money.movements(SEED, account, months):
            balance += movement.amount
            assert movement.balance == balance
            assert before < movement.day <= months[-1].end
            assert movement.day >= account.opened_on
            before = movement.day
    assert set(seen) == {"deposit", "wealth", "bond", "fund", "loan"}


def test_contacts_use_every_method_and_lie_in_the_past(customers: list[people.Customer]) -> None:
    days = [date(2026, 9, day) for day in range(1, 31)]
    mass = list(touches.mass(SEED, customers[:1_000], days))
    assert {touch.talk.method for touch in mass} == set(Method)
    assert all(touch.started_at.date() in days for touch in mass)
    personal = touches.personal(SEED, customers[:1_000], days, date(2026, 10, 1), 60)
    assert len(personal) == 60
    assert all(touch.next_days and touch.talk.content for touch in personal)
    away = [(date(2026, 10, 1) - one.started_at.date()).days for one in personal]
    asked = [(one.next_days or 0) - ago for one, ago in zip(personal, away, strict=True)]
    assert {-1, 0, 1} <= {(n > 0) - (n < 0) for n in asked}
    kept = touches.without_later(mass, personal)
    since = {one.customer.number: one.started_at for one in personal}
    assert not [one for one in kept if one.started_at > since.get(one.customer.number, START)]
    assert len(kept) > len(mass) / 2


def test_fourteen_people_hold_every_role() -> None:
    assert len(STAFF) == 14
    assert {one.role for one in STAFF} == set(Role)
    assert all(MANAGERS[place.code] for place in BRANCHES)
