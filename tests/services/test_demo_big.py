"""The large demo bank: rows in bulk that look as if they had come in one by one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, inspect, select
from sqlmodel import Session, col

from crm_tui import config
from crm_tui.db import audit, complaint_events, roster
from crm_tui.db.crypto import load_key_file
from crm_tui.db.roster_source import current
from crm_tui.db.store import Store
from crm_tui.db.tables import (
    Account,
    Complaint,
    Contact,
    Customer,
    CustomerSearch,
    ImportBatch,
    TierHeld,
    Transaction,
    assessment,
    balance,
    metadata,
)
from crm_tui.demo import people
from crm_tui.demo.bank import SEED
from crm_tui.demo.big_rows import BUSY
from crm_tui.demo.place import Order, Place, make
from crm_tui.demo.sums import scattered
from crm_tui.domain.audit import Actor
from crm_tui.domain.kinds import Method
from crm_tui.domain.names import search_tokens
from crm_tui.domain.staff import Scope
from crm_tui.services.personal import CONTEXTS
from crm_tui.services.pinyin import char_readings

NOW = datetime(2026, 11, 23, 1, 14, tzinfo=UTC)
TODAY = date(2026, 11, 23)
COUNT = 25_000
EVERYWHERE = Scope(None, 0)
SAMPLE = (1, 2, 10, 11, 777, 9_999, 10_001, 25_000)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Where the bank goes, on each of the two databases."""
    if request.param == "sqlite":
        return Place(tmp_path / "big")
    new_database: Callable[..., str] = request.getfixturevalue("new_pg_database")
    return Place(tmp_path / "big", new_database(empty=True))


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
def test_a_bank_of_25000_is_whole(place: Place) -> None:
    heard: list[float] = []
    settings = config.Config()
    order = Order(
        COUNT, NOW, settings.tier_mapping(), config.policy(settings), Actor("operator:test")
    )
    make(place, order, lambda _what, part: heard.append(part))
    assert heard == sorted(heard)
    store = Store(place.database_url, load_key_file(place.key_file), clock=lambda: NOW)
    try:
        with store.read() as session:
            _check_schema(store)
            _check_audit(session)
            _check_counts(session)
            _check_text(session, store)
            _check_money(session)
        _check_complaints(store)
    finally:
        store.close()


def _check_complaints(store: Store) -> None:
    """One for every fifth customer, one of twenty open; each row is what its trail says."""
    with store.read() as session:
        ids = list(session.execute(select(col(Complaint.id))).scalars())
        query = select(func.count()).where(col(Complaint.is_open))
        still = session.execute(query).scalar_one()
    assert len(ids) == COUNT // 5
    assert still == COUNT // 100
    with store.write(Actor("operator:test")) as tx:
        tx.unaudited("nothing is to change")
        assert complaint_events.rebuild(tx.session, ids[:1_000]) == []


def _check_schema(store: Store) -> None:
    """Every index is back."""
    found = inspect(store.engine)
    for table in metadata.sorted_tables:
        names = {one["name"] for one in found.get_indexes(table.name)}
        assert {index.name for index in table.indexes} <= names, table.name


def _check_audit(session: Session) -> None:
    verdict = audit.verify(session)
    assert verdict.bad_seq is None
    # Founding, two files, a deputy, fourteen passwords, one batch, two of tiers, the end.
    assert verdict.rows == 22
    batch = session.execute(select(ImportBatch).where(col(ImportBatch.kind) == "demo")).scalar_one()
    assert batch.state == "done"


def _count(session: Session, table: object) -> int:
    query = select(func.count()).select_from(table)  # type: ignore[arg-type]
    return session.execute(query).scalar_one()


def _check_counts(session: Session) -> None:
    assert _count(session, Customer) == COUNT
    assert _count(session, CustomerSearch) == COUNT
    assert _count(session, current(session).table) == COUNT
    assert _count(session, balance) / COUNT == pytest.approx(5, rel=0.03)
    assert _count(session, Transaction) == _count(session, balance)
    assert (_count(session, Contact) - BUSY) / COUNT == pytest.approx(0.4, rel=0.03)
    held = dict(
        session.execute(
            select(col(TierHeld.tier_rank), func.count()).group_by(col(TierHeld.tier_rank))
        ).all()
    )
    assert set(held) == {1, 2, 3}
    assert held[1] > 10 * held[2] > 10 * held[3] > 0
    assert _count(session, assessment) == sum(held.values())
    methods = set(session.execute(select(col(Contact.method)).distinct()).scalars())
    assert methods == set(Method)


def _check_text(session: Session, store: Store) -> None:
    """What was written in bulk is what the customer's number says, and is found."""
    for number in SAMPLE:
        wanted = people.customer(SEED, number, TODAY)
        row = session.execute(
            select(Customer).where(col(Customer.customer_no) == wanted.customer_no)
        ).scalar_one()
        assert row.name == wanted.name
        assert row.id_no_enc is not None
        assert store.keys.decrypt(row.id_no_enc, CONTEXTS["id_no"]) == wanted.id_no
        doc = session.execute(
            select(col(CustomerSearch.doc)).where(col(CustomerSearch.customer_id) == row.id)
        ).scalar_one()
        person = row.kind == "individual"
        assert doc == search_tokens(
            wanted.name, wanted.customer_no, wanted.branch, char_readings, person=person
        )
    for typed, wanted_name in (("shanxuemei", "单雪梅"), ("zwm", "张伟明"), ("25000", "")):
        ids = roster.ids(session, store.keys, EVERYWHERE, typed, 500)
        names = set(
            session.execute(select(col(Customer.name)).where(col(Customer.id).in_(ids))).scalars()
        )
        assert names
        assert wanted_name in names or not wanted_name


def _check_money(session: Session) -> None:
    """Movements add up to the balance; nothing happened before an account was opened."""
    sums = (
        select(col(Transaction.account_id), func.sum(Transaction.amount).label("total"))
        .group_by(col(Transaction.account_id))
        .subquery()
    )
    latest = (
        select(balance.c.account_id, func.max(balance.c.day).label("day"))
        .group_by(balance.c.account_id)
        .subquery()
    )
    wrong = (
        select(func.count())
        .select_from(balance)
        .join(latest, latest.c.account_id == balance.c.account_id)
        .join(sums, sums.c.account_id == balance.c.account_id)
        .where(balance.c.day == latest.c.day, balance.c.amount != sums.c.total)
    )
    assert session.execute(wrong).scalar_one() == 0
    early = (
        select(func.count())
        .select_from(balance)
        .join(Account, col(Account.id) == balance.c.account_id)
        .where(balance.c.day < col(Account.opened_on))
    )
    assert session.execute(early).scalar_one() == 0
    last = session.execute(select(func.max(balance.c.day))).scalar_one()
    assert date(2026, 10, 1) < last <= date(2026, 10, 31)


def test_scattered_numbers_stay_within_64_bits_for_any_id() -> None:
    for key in (1, 2**31, 10**12):
        mixed = (key * 48_271 + 53) % 2_147_483_647
        assert key * 48_271 + 53 < 2**63
        assert mixed * mixed < 2**63
        assert str(48_271) in scattered("x", 53)
