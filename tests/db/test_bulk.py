"""The fast paths of imports, on both databases."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import event, insert, select

from crm_tui.db import batches
from crm_tui.db import bulk as bulk_module
from crm_tui.db.bulk import BulkStore
from crm_tui.db.store import Store
from crm_tui.db.tables import Branch
from tests.support.import_files import Desk, customer, desk

__all__ = ["desk"]


def test_every_connection_of_an_import_is_prepared(store: Store) -> None:
    """The one that holds the import lock is none of those that write."""
    with closing(BulkStore(store)) as bulk:
        bulk.prepare(by_key=True)
        with batches.only_importer(bulk), bulk.step() as step:
            if step.is_sqlite:
                assert step.rows("PRAGMA wal_autocheckpoint")[0][0] == 0
            else:
                assert step.rows("SHOW enable_seqscan")[0][0] == "off"


def test_rows_written_as_one_are_those_written_one_by_one(desk: Desk) -> None:
    """With the characters that a text in JSON might not survive."""
    texts = [" 张 \U00020bb7 ", ' "a" \\ ', " O'Hara\u2028 ", ""]
    desk.open_bank().load("customers", *(customer(n) for n in range(1, len(texts) + 1)))
    ids = [row[0] for row in desk.rows("SELECT id FROM customer ORDER BY id")]
    docs = list(zip(ids, texts, strict=True))
    turned = list(zip(texts[::-1], ids, strict=True))
    stored = "SELECT doc, customer_id FROM customer_search ORDER BY 2"
    with closing(BulkStore(desk.store)) as bulk:
        with bulk.step() as step:
            step.run("DELETE FROM customer_search")
            step.insert_as_one("customer_search", ("customer_id", "doc"), docs)
            step.insert_as_one("customer_search", ("customer_id", "doc"), [])
        assert desk.rows(stored) == list(zip(texts, ids, strict=True))
        with bulk.step() as again:
            again.update_as_one("customer_search", "doc", "customer_id", turned[1:])
    assert desk.rows(stored) == [(texts[0], ids[0]), *turned[1:]]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_log_that_cannot_be_copied_fails_no_step(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The step is committed: an error would have it done again, or told as what nobody foresaw."""
    monkeypatch.setattr(bulk_module, "_STEPS_LOGGED", 1)
    bulk = BulkStore(store)
    asked = []

    def deny(action: int, name: str | None, *_more: object) -> int:
        denied = (action, name) == (sqlite3.SQLITE_PRAGMA, "wal_checkpoint")
        asked.extend([name] * denied)
        return sqlite3.SQLITE_DENY if denied else sqlite3.SQLITE_OK

    @event.listens_for(bulk.engine, "connect")
    def guard(connection: sqlite3.Connection, _record: object) -> None:
        connection.set_authorizer(deny)

    with bulk.step() as step:
        step.session.execute(insert(Branch).values(code="HQ", name="x", kind="branch", version=1))
    assert asked
    with store.read() as session:
        assert session.execute(select(Branch.code)).scalars().all() == ["HQ"]
