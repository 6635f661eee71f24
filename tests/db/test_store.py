"""The store: transactions with their audit, refusals, clear errors, the chain."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError

from crm_tui.db import audit
from crm_tui.db.crypto import KeyRing, create_key_file, load_key_file
from crm_tui.db.store import Store, parse_url
from crm_tui.db.tables import Audit, Branch
from crm_tui.domain.audit import Actor
from crm_tui.errors import AuditBroken, ConfigError, StoreBusy, StoreError, StoreUnavailable

if TYPE_CHECKING:
    from pathlib import Path

ACTOR = Actor("operator:tester")


def rows(store: Store) -> int:
    """How many branches there are."""
    with store.read() as session:
        return len(session.execute(select(Branch.id)).all())


def test_a_write_and_its_audit_commit_together(store: Store) -> None:
    with store.write(ACTOR) as tx:
        tx.session.add(Branch(code="HQ", name="总部"))
        tx.audit("branch.add", "branch", "HQ", image={"name": "总部"})
    with store.read() as session:
        assert audit.verify(session).bad_seq is None
        assert audit.verify(session).rows == 1


def test_a_write_without_an_audit_row_fails(store: Store) -> None:
    with pytest.raises(RuntimeError), store.write(ACTOR) as tx:
        tx.session.add(Branch(code="HQ", name="总部"))
    assert rows(store) == 0


def test_what_is_raised_inside_rolls_everything_back(store: Store) -> None:
    with pytest.raises(KeyError), store.write(ACTOR) as tx:
        tx.session.add(Branch(code="HQ", name="总部"))
        tx.audit("branch.add")
        raise KeyError
    assert rows(store) == 0
    with store.read() as session:
        assert audit.verify(session).rows == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET action = 'x'",
        "DELETE FROM audit",
        "UPDATE audit_image SET payload = NULL",
        "DELETE FROM audit_image",
    ],
)
def test_the_audit_refuses_changes(store: Store, statement: str) -> None:
    with store.write(ACTOR) as tx:
        tx.audit("one", image={"a": 1})
    with pytest.raises(DBAPIError), store.engine.begin() as connection:
        connection.execute(text(statement))


def test_the_audit_refuses_replace(store: Store) -> None:
    if not store.is_sqlite:
        pytest.skip("REPLACE is SQLite's")
    with store.write(ACTOR) as tx:
        tx.audit("one")
    with pytest.raises(DBAPIError), store.engine.begin() as connection:
        connection.execute(text("INSERT OR REPLACE INTO audit SELECT * FROM audit"))


def _tamper(store: Store, statement: str) -> None:
    """Change the audit as somebody who owns the database file could."""
    with store.engine.begin() as connection:
        if store.is_sqlite:
            names = (
                connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
                .scalars()
                .all()
            )
            for name in names:
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
            connection.execute(text("ALTER TABLE audit_image DISABLE TRIGGER USER"))
        connection.execute(text(statement))


@pytest.mark.parametrize(
    ("statement", "seq", "problem"),
    [
        ("UPDATE audit SET actor = 'somebody' WHERE seq = 2", 2, "hash"),
        ("UPDATE audit SET fields = '{}' WHERE seq = 2", 2, "hash"),
        ("DELETE FROM audit WHERE seq = 2", 3, "gap"),
        ("DELETE FROM audit WHERE seq = 3", 3, "tail"),
        ("DELETE FROM audit_image WHERE seq = 2", 2, "image"),
        ("DELETE FROM audit_head", 4, "tail"),
    ],
)
def test_verify_names_the_first_bad_row(
    store: Store, statement: str, seq: int, problem: str
) -> None:
    for name in ("one", "two", "three"):
        with store.write(ACTOR) as tx:
            tx.audit(name, image={"n": name})
    _tamper(store, statement)
    with store.read() as session:
        verdict = audit.verify(session)
    assert (verdict.bad_seq, verdict.problem) == (seq, problem)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("instant", ["'garbage'", "17", "''"])
def test_verify_names_a_row_whose_instant_is_none(store: Store, instant: str) -> None:
    for name in ("one", "two", "three"):
        with store.write(ACTOR) as tx:
            tx.audit(name)
    _tamper(store, f"UPDATE audit SET at = {instant} WHERE seq = 2")
    with store.read() as session:
        verdict = audit.verify(session)
    assert (verdict.bad_seq, verdict.problem) == (2, "hash")


def test_a_chain_that_has_lost_its_end_is_told_and_not_gone_on_with(store: Store) -> None:
    with store.write(ACTOR) as tx:
        tx.audit("one")
    _tamper(store, "DELETE FROM audit_head")
    with pytest.raises(AuditBroken), store.write(ACTOR) as tx:
        tx.audit("two")
    with pytest.raises(AuditBroken), store.read() as session:
        audit.head(session)


def test_an_anchor_finds_a_tail_that_was_cut_with_its_head(store: Store) -> None:
    for name in ("one", "two"):
        with store.write(ACTOR) as tx:
            tx.audit(name)
    with store.read() as session:
        anchor = audit.head(session)
        first = session.execute(select(Audit.hash).where(Audit.seq == 1)).scalar_one()
    _tamper(store, "DELETE FROM audit WHERE seq = 2")
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE audit_head SET seq = 1, hash = :h"), {"h": first})
    with store.read() as session:
        assert audit.verify(session).bad_seq is None
        assert audit.verify(session, anchor).problem == "anchor"


def test_concurrent_writers_make_one_chain(store: Store) -> None:
    failures: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(10):
                with store.write(ACTOR) as tx:
                    tx.audit("race")
        except Exception as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    with store.read() as session:
        verdict = audit.verify(session)
    assert (verdict.rows, verdict.bad_seq) == (40, None)


def test_values_stay_out_of_database_errors(store: Store) -> None:
    with store.write(ACTOR) as tx:
        tx.session.execute(insert(Branch).values(code="HQ", name="总部", kind="branch", version=1))
        tx.audit("x")
    with pytest.raises(DBAPIError) as failed, store.write(ACTOR) as tx:
        tx.session.execute(
            insert(Branch).values(code="HQ", name="13800138000", kind="branch", version=1)
        )
    assert "13800138000" not in str(failed.value)


def test_a_busy_sqlite_file_says_so(tmp_path: Path, sqlite_template: Path) -> None:
    path = tmp_path / "crm.db"
    path.write_bytes(sqlite_template.read_bytes())
    store = Store(f"sqlite:///{path}", KeyRing.generate(), busy_timeout=1)
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy), store.write(ACTOR) as tx:
            tx.audit("x")
    with store.write(ACTOR) as tx:
        tx.audit("x")
    store.close()


def test_an_import_step_makes_writers_wait_at_the_gate(
    tmp_path: Path, sqlite_template: Path
) -> None:
    path = tmp_path / "crm.db"
    path.write_bytes(sqlite_template.read_bytes())
    store = Store(f"sqlite:///{path}", KeyRing.generate(), busy_timeout=1)
    other = Store(f"sqlite:///{path}", store.keys, busy_timeout=1)
    with store.gate.exclusive(), pytest.raises(StoreBusy), other.write(ACTOR) as tx:
        tx.audit("x")
    store.close()
    other.close()


def test_a_database_that_goes_away_says_so(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/gone/crm.db", KeyRing.generate())
    with pytest.raises(StoreUnavailable), store.read() as session:
        session.execute(text("SELECT 1"))
    with pytest.raises(StoreUnavailable), store.write(ACTOR):
        pass


def test_a_full_disk_says_so_and_loses_nothing(tmp_path: Path, sqlite_template: Path) -> None:
    path = tmp_path / "crm.db"
    path.write_bytes(sqlite_template.read_bytes())
    store = Store(f"sqlite:///{path}", KeyRing.generate())
    with store.write(ACTOR) as tx:
        tx.audit("before")
    # SQLite says SQLITE_FULL for its own page limit as for a full disk.
    with pytest.raises(StoreError, match="disk is full"), store.write(ACTOR) as tx:
        pages = tx.session.execute(text("PRAGMA page_count")).scalar_one()
        tx.session.execute(text(f"PRAGMA max_page_count = {pages}"))
        tx.audit("large", image={"text": "x" * 1_000_000})
    with store.read() as session:
        assert audit.verify(session).rows == 1
    store.close()


@pytest.mark.parametrize("url", ["mysql://host/db", "sqlite://", "sqlite:///:memory:", "what"])
def test_other_databases_are_refused_without_echo(url: str) -> None:
    with pytest.raises(ConfigError) as refused:
        parse_url(url)
    assert "host" not in refused.value.message


def test_key_files_are_private_and_recognised(tmp_path: Path) -> None:
    path = tmp_path / "crm.key"
    ring = create_key_file(path)
    assert path.stat().st_mode & 0o777 == 0o600
    again = load_key_file(path)
    assert again.decrypt(ring.encrypt("13800138000", "a"), "a") == "13800138000"
    assert again.fingerprint() == ring.fingerprint()
    with pytest.raises(ConfigError):
        create_key_file(path)
    path.chmod(0o640)
    with pytest.raises(ConfigError, match="others may read"):
        load_key_file(path)


def test_a_ciphertext_belongs_to_its_column_and_key() -> None:
    ring = KeyRing.generate()
    blob = ring.encrypt("x", "customer.mobile")
    for other, context in ((ring, "customer.id_no"), (KeyRing.generate(), "customer.mobile")):
        with pytest.raises(ConfigError):
            other.decrypt(blob, context)
    assert ring.encrypt("x", "a") != ring.encrypt("x", "a")
    assert ring.blind("x", "a") == ring.blind("x", "a") != ring.blind("x", "b")


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"active": 1, "keys": {"1": "short"}}'])
def test_a_file_that_is_no_key_file_says_so(tmp_path: Path, content: str) -> None:
    path = tmp_path / "crm.key"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(ConfigError, match="not a key file"):
        load_key_file(path)
