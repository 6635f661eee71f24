"""The `store` of a test is migrated, its own, and the same on both databases."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import text

from crm_tui.db import schema
from crm_tui.db.store import Store
from tests.support.once import once_per_run
from tests.support.stores import START, SetClock


def test_a_store_is_at_the_newest_revision(store: Store) -> None:
    schema.require_head(store.engine)


@pytest.mark.parametrize("turn", [1, 2])
def test_a_store_is_empty_whatever_ran_before(store: Store, turn: int) -> None:
    with store.engine.begin() as connection:
        found = connection.execute(text("SELECT count(*) FROM branch")).scalar()
        connection.execute(text("CREATE TABLE left_behind (id integer)"))
    assert found == 0


def test_the_clock_of_a_store_moves_when_told(store: Store, clock: SetClock) -> None:
    assert store.clock() == START
    clock.advance(days=1, minutes=1)
    assert (store.clock() - START).total_seconds() == 86_460


def test_what_is_made_once_per_run_is_made_anew_only_where_it_was_not_finished(
    tmp_path: Path,
) -> None:
    name, made = tmp_path.name, []

    def make(directory: Path) -> None:
        made.append(directory)
        directory.mkdir()
        if len(made) == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        once_per_run(name, make)
    found = [once_per_run(name, make) for _ in range(2)]
    assert found == [made[0]] * 2
    assert len(made) == 2
    shutil.rmtree(made[0].parent)
