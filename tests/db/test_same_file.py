"""A SQLite file that is deleted, moved or replaced while the program has it open."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert, select

from crm_tui.db.bulk import BulkStore
from crm_tui.db.store import Store
from crm_tui.db.tables import Branch
from crm_tui.domain.audit import Actor
from crm_tui.errors import StoreError, StoreUnavailable

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ACTOR = Actor("operator:test")


def put(store: Store, code: str) -> None:
    with store.write(ACTOR) as tx:
        tx.session.execute(insert(Branch).values(code=code, name=code, kind="branch", version=1))
        tx.audit("test")


def codes(store: Store) -> list[str]:
    with store.read() as session:
        return sorted(session.execute(select(Branch.code)).scalars())


def path_of(store: Store) -> Path:
    assert store.path is not None
    return store.path


def test_what_is_written_into_a_deleted_file_is_not_said_to_be_saved(
    store: Store, tmp_path: Path
) -> None:
    put(store, "A")
    store.engine.dispose()
    path, kept = path_of(store), tmp_path / "kept"
    shutil.copy(path, kept)
    assert codes(store) == ["A"]
    bulk = BulkStore(store)
    with bulk.step():
        pass
    for one in path.parent.glob(f"{path.name}*"):
        one.unlink()
    for _again in range(2):
        with pytest.raises(StoreUnavailable):
            put(store, "B")
        with pytest.raises(StoreUnavailable):
            codes(store)
        with pytest.raises(StoreUnavailable), bulk.step():
            pass
        assert not path.exists()
    shutil.copy(kept, path)
    put(store, "C")
    assert codes(store) == ["A", "C"]


def test_a_file_that_was_moved_and_comes_back_goes_on(store: Store) -> None:
    put(store, "A")
    path = path_of(store)
    moved = path.rename(path.with_name("moved"))
    with pytest.raises(StoreUnavailable):
        put(store, "B")
    assert not path.exists()
    moved.rename(path)
    put(store, "C")
    assert codes(store) == ["A", "C"]


def test_a_damaged_file_is_told_as_one(store: Store) -> None:
    put(store, "A")
    path = path_of(store)
    path.unlink()
    path.write_bytes(b"no database" * 1000)
    with pytest.raises(StoreError, match="damaged"):
        put(store, "B")
