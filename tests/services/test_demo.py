"""The demo bank as it is made: whole on both databases, the same each time, opened at once."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlmodel import Session, col

from crm_tui import cli, config
from crm_tui.commands.demo import Meter
from crm_tui.db import audit, facts, roster
from crm_tui.db.crypto import load_key_file
from crm_tui.db.roster_source import current
from crm_tui.db.store import Store
from crm_tui.db.tables import (
    Account,
    Complaint,
    ComplaintEvent,
    Contact,
    Customer,
    Diary,
    HouseholdMember,
    ImportBatch,
    Staff,
    TierHeld,
    Transaction,
    assessment,
    balance,
)
from crm_tui.demo.place import Order, Place, is_there, make
from crm_tui.demo.staffing import PASSWORD, STAFF
from crm_tui.domain.audit import Actor
from crm_tui.domain.complaint_kinds import ComplaintState
from crm_tui.domain.kinds import Method, Tier, TierReason
from crm_tui.domain.staff import Permission, Scope
from crm_tui.errors import ConfigError, UsageError
from crm_tui.office import open_door

NOW = datetime(2026, 11, 23, 1, 14, tzinfo=UTC)
ACTOR = Actor("operator:test")
CONFIG = config.Config()
EVERYWHERE = Scope(None, 0)
NewPlace = Callable[[], Place]


def order(customers: int) -> Order:
    return Order(customers, NOW, CONFIG.tier_mapping(), config.policy(CONFIG), ACTOR)


def quietly(what: str, part: float) -> None:
    assert what
    assert 0.0 <= part <= 1.0


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def new_place(request: pytest.FixtureRequest, tmp_path: Path) -> NewPlace:
    """Places for demo banks, on each of the two databases."""
    numbers = iter(range(9))

    def new() -> Place:
        directory = tmp_path / f"demo-{next(numbers)}"
        if request.param == "sqlite":
            return Place(directory)
        return Place(directory, request.getfixturevalue("new_pg_database")(empty=True))

    return new


def opened(place: Place) -> Store:
    return Store(place.database_url, load_key_file(place.key_file), clock=lambda: NOW)


def test_a_bank_of_300_has_all_that_a_real_one_would(new_place: NewPlace) -> None:
    place = new_place()
    assert not is_there(place)
    make(place, order(300), quietly)
    assert is_there(place)
    store = opened(place)
    try:
        assert facts.is_demo(store)
        with store.read() as session:
            _check_chain(session)
            _check_rows(session)
            _check_tiers(session)
            _check_contacts(session)
            _check_complaints(session)
            _check_diaries(session)
            _check_search(session, store)
    finally:
        store.close()
    _check_people(place)


def _check_complaints(session: Session) -> None:
    """Some in every state, of open ones some past their limit, made by their events."""
    rows = session.execute(select(col(Complaint.state), col(Complaint.sort_on))).all()
    assert {row[0] for row in rows} == {state.value for state in ComplaintState}
    today = date(2026, 11, 23)
    open_states = {state.value for state in ComplaintState if state.is_open}
    assert any(row[0] in open_states and row[1] < today for row in rows)
    assert any(row[0] in open_states and row[1] >= today for row in rows)
    kinds = set(session.execute(select(col(ComplaintEvent.kind)).distinct()).scalars())
    assert {"registered", "triage", "decide", "notify", "close", "reopen"} <= kinds


def _check_diaries(session: Session) -> None:
    """Over three months, read but for the last days, with gaps and some that came back."""
    rows = session.execute(select(col(Diary.day), col(Diary.state), col(Diary.late))).all()
    assert {row[1] for row in rows} == {"submitted", "reviewed", "returned"}
    assert any(row[2] for row in rows)
    days = {row[0] for row in rows}
    assert (max(days) - min(days)).days > 80
    assert len(rows) < 4 * len(days)


def _check_chain(session: Session) -> None:
    verdict = audit.verify(session)
    assert verdict.bad_seq is None
    assert verdict.rows > 60


def _count(session: Session, table: Any) -> int:
    return session.execute(select(func.count()).select_from(table)).scalar_one()


def _check_rows(session: Session) -> None:
    assert _count(session, Customer) == 300
    assert _count(session, Staff) == 14
    kinds = dict(session.execute(select(col(Customer.kind), func.count()).group_by("kind")).all())
    assert set(kinds) == {"individual", "corporate"}
    assert _count(session, HouseholdMember) > 30
    categories = set(session.execute(select(col(Account.category)).distinct()).scalars())
    assert {"deposit", "wealth", "loan"} <= categories
    first, last = session.execute(select(func.min(balance.c.day), func.max(balance.c.day))).one()
    assert (first, last.month) == (date(2025, 10, 1), 10)
    assert _count(session, Transaction) == _count(session, balance)
    assert _count(session, current(session).table) == 300
    states = session.execute(select(col(ImportBatch.state)).distinct()).scalars()
    assert set(states) == {"done"}


def _check_tiers(session: Session) -> None:
    held = dict(
        session.execute(
            select(col(TierHeld.tier_rank), func.count())
            .where(col(TierHeld.until_on).is_(None))
            .group_by(col(TierHeld.tier_rank))
        ).all()
    )
    assert set(held) == {Tier.SILVER, Tier.GOLD, Tier.PLATINUM}
    assert held[Tier.SILVER] > held[Tier.GOLD] > held[Tier.PLATINUM]
    reasons = set(session.execute(select(col(TierHeld.reason)).distinct()).scalars())
    assert {TierReason.INITIAL, TierReason.RECOMPUTE, TierReason.GRANTED} <= reasons
    periods = session.execute(select(assessment.c.period).distinct()).scalars().all()
    assert len(periods) == 13
    table = current(session).table
    assert session.execute(select(func.count()).where(table.c.near)).scalar_one() >= 3


def _check_contacts(session: Session) -> None:
    methods = set(session.execute(select(col(Contact.method)).distinct()).scalars())
    assert methods == set(Method)
    first, last = session.execute(
        select(func.min(Contact.started_at), func.max(Contact.started_at))
    ).one()
    assert (NOW - first).days in range(80, 93)
    assert last < NOW
    table = current(session).table
    due = select(func.count()).select_from(table).where(table.c.contact_due_on < date(2026, 11, 23))
    assert 3 <= session.execute(due).scalar_one() < 150
    ahead = select(func.count()).where(col(Contact.next_on) >= date(2026, 11, 23))
    assert session.execute(ahead).scalar_one() >= 3


def _check_search(session: Session, store: Store) -> None:
    for typed, name in (
        ("shanxuemei", "单雪梅"), ("qiuying", "仇英"), ("xiezhen", "解珍"), ("zgl", "曾国梁"),
        ("oujiahao", "区家豪"), ("zhaliangcai", "查良才"), ("zhaizhiming", "翟志明"),
        ("miaowenxuan", "缪文轩"), ("qinhui", "覃辉"), ("geyulan", "盖玉兰"),
        ("piaoshuhui", "朴淑慧"), ("oyzy", "欧阳志远"), ("yuchi", "尉迟敬安"), ("moqi", "万俟晓东"),
        ("lvmengqi", "吕梦琪"), ("lumengqi", "吕梦琪"), ("𠮷", "吴𠮷安"),
    ):  # fmt: skip
        ids = roster.ids(session, store.keys, EVERYWHERE, typed, 50)
        names = session.execute(select(col(Customer.name)).where(col(Customer.id).in_(ids)))
        assert name in set(names.scalars()), typed


def _check_people(place: Place) -> None:
    settings = config.Settings(CONFIG, "test", place.database_url, place.key_file)
    door = open_door(settings, lambda: NOW)
    try:
        for one in STAFF:
            office = door.enter_demo(one.username)
            assert office.person.role is one.role
            office.leave("sign_out")
        office = door.sign_in("lina", PASSWORD)
        assert office.person.may(Permission.LOG_CONTACT)
        office.leave("sign_out")
        deputy = door.enter_demo("liuyang")
        assert len(deputy.person.roles) == 2
    finally:
        door.close()


def test_the_same_seed_and_time_make_the_same_rows(new_place: NewPlace) -> None:
    digests = set()
    for _time in range(2):
        place = new_place()
        make(place, order(60), quietly)
        digests.add(_digest(place))
    assert len(digests) == 1


# What is random by design: keys, what they encrypt or blind, password salts.
_SECRET = ("_enc", "hash", "import_base", "digest", "owner")
_TABLES = (
    "branch", "staff", "staff_role", "customer", "customer_search", "household",
    "household_member", "account", "balance", "transactions", "contact", "tier_held", "assessment",
    "roster_a", "roster_b", "sign_in", "import_batch", "audit",
)  # fmt: skip


def _digest(place: Place) -> str:
    store = opened(place)
    found = hashlib.sha256()
    try:
        with store.read() as session:
            for table in _TABLES:
                rows = session.execute(text(f"SELECT * FROM {table}")).mappings()
                kept = sorted(
                    str({k: v for k, v in row.items() if not k.endswith(_SECRET)}) for row in rows
                )
                found.update(f"{table} {len(kept)}\n{kept}\n".encode())
    finally:
        store.close()
    return found.hexdigest()


def test_a_bank_that_was_interrupted_leaves_nothing_to_open(
    tmp_path: Path,
) -> None:
    def stop(what: str, part: float) -> None:
        if part > 0.2:
            raise KeyboardInterrupt

    place = Place(tmp_path / "demo")
    with pytest.raises(KeyboardInterrupt):
        make(place, order(20), stop)
    assert not is_there(place)
    assert [path.name for path in place.directory.iterdir()] == [".making"]


@pytest.mark.postgres
def test_half_a_bank_in_postgresql_is_refused(
    tmp_path: Path, new_pg_database: Callable[..., str]
) -> None:
    def stop(what: str, part: float) -> None:
        if part > 0.2:
            raise KeyboardInterrupt

    place = Place(tmp_path / "demo", new_pg_database(empty=True))
    with pytest.raises(KeyboardInterrupt):
        make(place, order(20), stop)
    with pytest.raises(ConfigError):
        is_there(place)
    with pytest.raises(UsageError):
        place.clear()


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """How the application was called, instead of running it."""
    import crm_tui.start

    calls: list[dict[str, Any]] = []

    def run(settings: config.Settings, **more: Any) -> int:
        calls.append({"settings": settings, **more})
        return 0

    monkeypatch.setattr(crm_tui.start, "run", run)
    return calls


def test_the_command_makes_a_bank_once_and_opens_it(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    started: list[dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    command = ["demo", "--customers", "40", "--directory", str(tmp_path / "bank")]
    assert cli.main([*command, "--now", "2026-11-23T09:14", "--make-only"]) == 0
    said = capsys.readouterr()
    assert "40" in said.out
    assert str(tmp_path / "bank") in said.out
    assert PASSWORD in said.out
    assert all(one.username in said.out for one in STAFF)
    assert "2026-10" in said.err
    assert "\x1b" not in said.err
    assert not started

    def never(*_args: object) -> None:
        raise AssertionError("made a second time")

    monkeypatch.setattr("crm_tui.demo.place.make", never)
    assert cli.main([*command, "--as", "zhaomin", "--now", "2026-11-24"]) == 0
    (call,) = started
    assert call["demo_user"] == "zhaomin"
    assert call["settings"].database_url == f"sqlite:///{tmp_path / 'bank' / 'demo.db'}"
    assert call["settings"].key_file == tmp_path / "bank" / "demo.key"
    assert 0 <= (call["clock"]() - datetime(2026, 11, 24, 1, 0, tzinfo=UTC)).total_seconds() < 60


def test_a_bank_that_is_there_is_found_without_loading_the_database(tmp_path: Path) -> None:
    (tmp_path / "demo.db").touch()
    program = (
        "import sys; from pathlib import Path; from crm_tui import cli; cli.parser()\n"
        "from crm_tui.demo.place import Place, is_there\n"
        "assert is_there(Place(Path(sys.argv[1])))\n"
        "assert not {'sqlmodel', 'sqlalchemy', 'textual'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=True)


def test_fresh_never_removes_a_real_bank(tmp_path: Path) -> None:
    from crm_tui.services.setup import Founding, found

    place = Place(tmp_path / "bank")
    found(place.database_url, place.key_file, ACTOR, Founding(CONFIG.tier_mapping())).close()
    with pytest.raises(UsageError):
        place.clear()
    assert place.database.exists()


@pytest.mark.parametrize("wrong", [["--customers", "3"], ["--customers", "x"], ["--now", "soon"]])
def test_a_wrong_option_ends_with_2(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["demo", *wrong])
    assert ended.value.code == 2
    assert wrong[0] in capsys.readouterr().err


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_bar_is_redrawn_on_a_terminal_and_a_line_elsewhere() -> None:
    terminal, plain = _Terminal(), io.StringIO()
    for stream in (terminal, plain):
        meter = Meter(stream)
        for part in (0.1, 0.2, 0.3):
            meter.show("customers", part)
        meter.end()
    assert terminal.getvalue().count("\r") == 4
    assert "\n" not in terminal.getvalue()
    assert plain.getvalue() == " 10% customers\n"
