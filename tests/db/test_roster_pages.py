"""Pages, searches and counts of the roster against a plain list in Python, on both databases."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, update
from sqlmodel import col

from crm_tui.db import find, roster, search, walk
from crm_tui.db.store import Store
from crm_tui.db.tables import CustomerSearch, RosterCurrent, assessment, roster_a
from crm_tui.domain.kinds import CustomerState, Tier
from crm_tui.domain.names import NAME_DOTS
from crm_tui.domain.policy import Policy
from crm_tui.domain.roster import Move, RosterCriteria, RosterRow, Sort, View
from crm_tui.domain.search import query_tokens
from crm_tui.domain.staff import Scope
from tests.support.bank import OPERATOR, Bank
from tests.support.stores import TABLES, Filling, Templates

TODAY = date(2026, 3, 2)
PERIOD = date(2026, 2, 1)
SURNAMES = "张王李赵单仇解曾区查翟缪覃盖朴金吕"
GIVEN = ("伟明", "伟", "雪梅", "志远", "明", "英", "国藩", "一", "荃孙", "志刚金")
DOTTED = ("阿依古丽·买买提", "艾力•买买提·吐尔逊", "艾山．江", "阿依古丽")
STATES = ("active",) * 8 + ("lost", "prospect")
ROWS: Final = 160
LISTED_ROWS: Final = ROWS + len(DOTTED)


@dataclass(slots=True)
class Listed:
    """A bank, and what its roster holds, as plain rows."""

    bank: Bank
    rows: list[Any] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)
    mobiles: dict[int, str] = field(default_factory=dict)


@pytest.fixture
def listed(store: Store, templates: Templates) -> Listed:
    branches, staff, names, mobiles = templates.put(LISTED, store)
    made = Listed(Bank(store, branches, staff), names=names, mobiles=mobiles)
    with store.read() as session:
        made.rows = session.execute(select(roster_a)).all()
        assert len(session.execute(select(col(CustomerSearch.doc))).all()) == LISTED_ROWS
    return made


def _list(store: Store) -> tuple[dict[Any, Any], ...]:
    bank = Bank(store).open(branches=tuple(f"B{n:03d}" for n in range(1, 6)))
    rng, made = random.Random(7), Listed(bank)
    with store.write(OPERATOR) as tx:
        tx.session.execute(update(RosterCurrent).values(period=PERIOD))
        for n in range(1, LISTED_ROWS + 1):
            dotted = DOTTED[n - ROWS - 1] if n > ROWS else ""
            _add(tx.session, store, made, rng, n, dotted)
        roster.refresh(tx.session, list(made.names), policy=Policy())
        tx.audit("test")
    return bank.branches, bank.staff, made.names, made.mobiles


LISTED: Final = Filling("listed", _list, TABLES)


def _add(session, store: Store, made: Listed, rng: random.Random, n: int, name: str) -> None:
    tier = Tier(rng.choice([0, 1, 1, 1, 2, 2, 3, 4]))
    branch = f"B00{rng.randint(1, 5)}"
    name = name or rng.choice(SURNAMES) + rng.choice(GIVEN)
    mobile = f"138{rng.randint(0, 99_999_999):08d}"
    made_id = made.bank.customer(
        session, n, name, branch=branch, tier=tier, state=rng.choice(STATES),
        manager=rng.choice(["m001", "m002", "m003", "nobody"]),
        mobile_mask="138****", mobile_tail=mobile[-4:],
        mobile_hash=store.keys.blind(mobile, search.MOBILE_CONTEXT),
    )  # fmt: skip
    made.names[made_id], made.mobiles[made_id] = name, mobile
    if tier:
        sums = 28 * rng.choice([0, -5_00, 9_000_00, 99_000_00, 290_000_00, 400_000_00])
        session.execute(
            insert(assessment).values(
                customer_id=made_id, period=PERIOD, own_sum=sums, days=28,
                qualifying_rank=int(tier), rule_set_id=1,
            )
        )  # fmt: skip
    if rng.random() < 0.5:
        made.bank.contact(
            session, made_id, TODAY - timedelta(days=rng.randint(1, 400)),
            next_on=rng.choice([None, TODAY, TODAY - timedelta(days=1)]),
        )  # fmt: skip


@pytest.fixture(params=["usual", "small"])
def limits(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The second time with limits so small that every way of searching is taken."""
    if request.param == "small":
        monkeypatch.setattr(find, "WALK", 7)
        monkeypatch.setattr(find, "SHORT", 3)
        monkeypatch.setattr(find, "MOST_IDS", 4)
        monkeypatch.setattr(find, "WALK_BARE", 5)
        monkeypatch.setattr(find, "MOST_IDS_BARE", 6)
        monkeypatch.setattr(walk, "MOST_PARTS", 2)
    return str(request.param)


def expected(listed: Listed, scope: Scope, criteria: RosterCriteria) -> list[int]:
    """The ids in order, by the words of the specification."""
    query = query_tokens(criteria.search)
    if criteria.search.strip() and query.empty:
        return []
    rows = [row for row in listed.rows if scope.covers(row.branch_id, row.manager_id)]
    if criteria.view in (View.MINE, View.DUE):
        rows = [row for row in rows if row.manager_id == scope.staff_id]
    if criteria.view is View.NEAR:
        rows = [row for row in rows if row.near]
    if criteria.view is View.DUE:
        rows = [row for row in rows if row.contact_due_on == TODAY]
    if criteria.view is View.OVERDUE:
        rows = [row for row in rows if row.contact_due_on < TODAY]
    if criteria.tier is not None:
        rows = [row for row in rows if row.tier_rank == criteria.tier]
    if criteria.manager_id is not None:
        rows = [row for row in rows if row.manager_id == criteria.manager_id]
    if criteria.state is not None:
        rows = [row for row in rows if row.state == criteria.state]
    if query.tiers:
        rows = [row for row in rows if row.tier_rank in query.tiers]
    if query.manager:
        staff = listed.bank.staff
        alike = any(form.startswith(query.manager) for form in ("李娜", "lina", "ln"))
        exact = {staff[query.manager]} if query.manager in staff else set()
        heads = exact or (set(staff.values()) if alike else set())
        rows = [row for row in rows if row.manager_id in heads]
    rows = [row for row in rows if _matches(listed, row, query)]
    sort = Sort.DUE if criteria.view is View.OVERDUE else criteria.sort
    if sort is Sort.TIER:
        rows.sort(key=lambda row: (row.tier_rank, row.assets, row.tie), reverse=True)
    else:
        by = "name_key" if sort is Sort.NAME else "contact_due_on"
        rows.sort(key=lambda row: (getattr(row, by), row.tie))
    return [row.customer_id for row in rows]


def _matches(listed: Listed, row: Any, query: Any) -> bool:
    words = row.doc.split()

    def starts(tokens: tuple[str, ...]) -> bool:
        return all(any(word.startswith(token) for word in words) for token in tokens)

    mobile = listed.mobiles[row.customer_id]
    by_number = (query.tail4 and mobile.endswith(query.tail4)) or mobile == query.full_mobile
    name = listed.names[row.customer_id].translate(dict.fromkeys(map(ord, NAME_DOTS)))
    named = all(part in name for part in query.name_contains)
    return named and (
        starts(query.tokens) or bool(by_number and starts(query.tokens_beside_number))
    )


def pages(store: Store, scope: Scope, criteria: RosterCriteria, limit: int, *, back: bool):
    """Every page, from the front or from the end."""
    move, key = (Move.LAST if back else Move.FIRST), None
    while True:
        with store.read() as session:
            page = roster.page(session, store.keys, scope, criteria, move, key, limit, TODAY)
        yield page
        if not (page.has_before if back else page.has_after):
            return
        move = Move.BEFORE if back else Move.AFTER
        key = page.rows[0 if back else -1].key


def everything(store: Store, scope: Scope, criteria: RosterCriteria, limit: int) -> list[int]:
    """All ids, paged forwards; paging backwards must give the same."""
    forward = list(pages(store, scope, criteria, limit, back=False))
    found = [row.customer_id for page in forward for row in page.rows]
    backward = list(pages(store, scope, criteria, limit, back=True))[::-1]
    assert found == [row.customer_id for page in backward for row in page.rows]
    assert not forward[0].has_before
    assert not backward[-1].has_after
    return found


def scopes(listed: Listed) -> dict[str, Scope]:
    branches, me = listed.bank.branches, listed.bank.staff["m001"]
    return {
        "all": Scope(None, me),
        "one": Scope(frozenset({branches["B001"]}), me),
        "three": Scope(frozenset(branches[f"B00{n}"] for n in (1, 2, 4)), me),
        "own": Scope(frozenset({branches["B001"], branches["B002"]}), me, own_only=True),
        "none": Scope(frozenset(), me),
        "every": Scope(frozenset(branches.values()), me),
    }


@pytest.mark.parametrize("sort", list(Sort))
def test_every_view_in_every_scope_and_order(
    store: Store, listed: Listed, limits: str, sort: Sort
) -> None:
    for name, scope in scopes(listed).items():
        for view in (View.MINE, View.BRANCH, View.NEAR, View.OVERDUE, View.DUE):
            criteria = RosterCriteria(view=view, sort=sort)
            wanted = expected(listed, scope, criteria)
            assert everything(store, scope, criteria, 23) == wanted, (view, name)
            with store.read() as session:
                assert roster.count(session, store.keys, scope, criteria, TODAY) == len(wanted)


FILTERS = [
    {"tier": Tier.GOLD},
    {"tier": Tier.NONE},
    {"state": CustomerState.LOST},
    {"state": CustomerState.ACTIVE},
    {"state": CustomerState.TARGET},
    {"tier": Tier.SILVER, "state": CustomerState.PROSPECT},
    {"manager": "m002"},
    {"manager": "m002", "tier": Tier.PLATINUM},
    {"manager": "m002", "view": View.MINE},
]


def test_filters(store: Store, listed: Listed, limits: str) -> None:
    for chosen in FILTERS:
        values: dict[str, Any] = dict(chosen)
        if "manager" in values:
            values["manager_id"] = listed.bank.staff[values.pop("manager")]
        for scope in scopes(listed).values():
            for sort in Sort:
                criteria = RosterCriteria(sort=sort, **values)
                wanted = expected(listed, scope, criteria)
                assert everything(store, scope, criteria, 19) == wanted, chosen


SEARCHES = [
    "z", "zw", "zwm", "zhangweiming", "shan", "san", "张", "张伟", "张伟明", "伟明", "志刚金",
    "c0000012", "12", "0012", "b001", "b001 z", "@m002", "@m002 z", "@李", "@li", "@nobody",
    "金卡", "金", "白金 z", "gold", "银卡 金卡", "zzzzzz", "%", "_", '"', "z*", "' OR 1=1", "z\\",
    "ａ", "Ｚ", "z z z", "@m002 @m003", "阿依古丽买买提", "古丽买", "买提吐", "艾山江",
    "力买买提吐 mm", "阿依古丽·买买提", "丽买", "买买提阿依",
]  # fmt: skip


@pytest.mark.parametrize("sort", list(Sort))
def test_searches(store: Store, listed: Listed, limits: str, sort: Sort) -> None:
    for text in SEARCHES:
        for name, scope in scopes(listed).items():
            criteria = RosterCriteria(search=text, sort=sort)
            wanted = expected(listed, scope, criteria)
            assert everything(store, scope, criteria, 29) == wanted, (text, name)
            with store.read() as session:
                assert roster.count(session, store.keys, scope, criteria, TODAY) == len(wanted)


def test_a_search_finds_something(store: Store, listed: Listed) -> None:
    everyone = scopes(listed)["all"]
    for text in ("z", "zwm", "张", "金卡", "@m002", "12", "b001 z", "shan", "ou",
                 "阿依古丽买买提", "艾山江", "力买买提吐"):  # fmt: skip
        assert expected(listed, everyone, RosterCriteria(search=text)), text


def test_phones_by_all_digits_or_the_last_four_only(
    store: Store, listed: Listed, limits: str
) -> None:
    scope = scopes(listed)["all"]
    for customer_id, mobile in list(listed.mobiles.items())[:20]:
        for text in (mobile, f"{mobile[:3]} {mobile[3:7]} {mobile[7:]}", mobile[-4:]):
            criteria = RosterCriteria(search=text)
            found = everything(store, scope, criteria, 50)
            assert found == expected(listed, scope, criteria)
            assert customer_id in found
        for text in (mobile[:7], mobile[:10], mobile[3:]):
            criteria = RosterCriteria(search=text)
            assert customer_id not in everything(store, scope, criteria, 50)


def test_a_search_within_a_view_and_a_filter(store: Store, listed: Listed, limits: str) -> None:
    for view in (View.MINE, View.NEAR, View.OVERDUE, View.DUE):
        for text in ("z", "li", "张", "0012"):
            criteria = RosterCriteria(view=view, search=text, state=CustomerState.ACTIVE)
            for scope in scopes(listed).values():
                assert everything(store, scope, criteria, 7) == expected(listed, scope, criteria)


@settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    text=st.text(st.sampled_from("zhangwlimkb0123张伟明金 @%'\"*\\_"), max_size=6),
    sort=st.sampled_from(list(Sort)),
    scope=st.sampled_from(["all", "one", "three", "own"]),
    limit=st.integers(1, 60),
)
def test_any_text_is_found_as_a_plain_reading_would(
    store: Store, listed: Listed, text: str, sort: Sort, scope: str, limit: int
) -> None:
    chosen = scopes(listed)[scope]
    criteria = RosterCriteria(search=text, sort=sort)
    with store.read() as session:
        page = roster.page(session, store.keys, chosen, criteria, Move.FIRST, None, limit, TODAY)
    wanted = expected(listed, chosen, criteria)
    assert [row.customer_id for row in page.rows] == wanted[:limit]
    assert page.has_after == (len(wanted) > limit)


def test_the_position_counts_from_one(store: Store, listed: Listed) -> None:
    scope = scopes(listed)["three"]
    for criteria in (
        RosterCriteria(), RosterCriteria(sort=Sort.NAME), RosterCriteria(search="z"),
        RosterCriteria(view=View.OVERDUE),
    ):  # fmt: skip
        rows = [row for page in pages(store, scope, criteria, 50, back=False) for row in page.rows]
        with store.read() as session:
            for place in (0, len(rows) // 2, len(rows) - 1):
                key = rows[place].key
                found = roster.position(session, store.keys, scope, criteria, key, TODAY)
                assert found == place + 1


def test_recent_lists_whom_this_person_opened_newest_first(store: Store, listed: Listed) -> None:
    me = listed.bank.person(username="m001")
    mine, others = list(listed.names)[:30], list(listed.names)[30:]
    from crm_tui.services.sign_in import actor_of

    opened = [mine[5], mine[1], mine[9], mine[5], mine[20]]
    for person, ids in ((me, opened), (listed.bank.person(username="m002"), others[:2])):
        for customer_id in ids:
            with store.write(actor_of(person)) as tx:
                tx.audit("customer.open", "customer", customer_id)
    with store.write(actor_of(me)) as tx:
        tx.audit("customer.edit", "customer", others[0])
    scope, criteria = scopes(listed)["all"], RosterCriteria(view=View.RECENT)
    assert everything(store, scope, criteria, 3) == [mine[20], mine[5], mine[9], mine[1]]
    with store.read() as session:
        assert roster.count(session, store.keys, scope, criteria, TODAY) == 4
        assert roster.count(session, store.keys, scopes(listed)["none"], criteria, TODAY) == 0


def test_a_row_says_what_the_customer_lacks(store: Store, listed: Listed) -> None:
    scope, criteria = scopes(listed)["all"], RosterCriteria(tier=Tier.SILVER)
    found: list[RosterRow] = [
        row for page in pages(store, scope, criteria, 50, back=False) for row in page.rows
    ]
    by_assets = {row.assets: row.gap for row in found if row.assets is not None}
    assert by_assets[99_000_00].own == 1_000_00
    assert by_assets[99_000_00].tier is Tier.GOLD
    assert by_assets[99_000_00].household is None
    assert by_assets[-5_00].own == 100_005_00
    assert by_assets[400_000_00].own == 0
    ungraded = everything_rows(store, scope, RosterCriteria(tier=Tier.NONE))
    assert all(row.assets is None and row.gap is None for row in ungraded)


def everything_rows(store: Store, scope: Scope, criteria: RosterCriteria) -> list[RosterRow]:
    return [row for page in pages(store, scope, criteria, 50, back=False) for row in page.rows]


def test_ids_of_a_search_for_other_lists(store: Store, listed: Listed) -> None:
    scope = scopes(listed)["one"]
    with store.read() as session:
        found = roster.ids(session, store.keys, scope, "z", 500)
        assert found == expected(listed, scope, RosterCriteria(search="z"))
        assert roster.ids(session, store.keys, scope, "%", 500) == []
        assert roster.ids(session, store.keys, scope, "z", 2) == found[:2]


def _plan(store: Store, sql: Any) -> Iterator[str]:
    with store.read() as session:
        compiled = sql.compile(store.engine, compile_kwargs={"literal_binds": True})
        raw = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}")
        yield from (row[3] for row in raw)


def test_sqlite_walks_an_index_and_sorts_nothing(store: Store, listed: Listed) -> None:
    if not store.is_sqlite:
        pytest.skip("the plans of SQLite")
    key = (2, 5, 17)
    for scope, part in (("all", None), ("one", "branch_id"), ("three", "branch_id")):
        listing = walk.Listing(roster_a, walk.ORDERS[Sort.TIER], scopes(listed)[scope].branch_ids)
        assert {one.column for one in listing.parts()} == {part}
        plan = list(_plan(store, walk.Step(listing, key).all_parts(50)))
        # Several walks are merged: only their first fifty rows are sorted.
        assert scope == "three" or not any("TEMP B-TREE" in line for line in plan), plan
        assert all("COVERING INDEX" in line for line in plan if "roster_a" in line), plan
