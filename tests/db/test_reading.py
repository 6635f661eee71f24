"""A read that nobody waits for is broken off, and its connection serves the next one."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event, text

from crm_tui.errors import StoreError
from crm_tui.reading import Abandoned, Reading

if TYPE_CHECKING:
    from crm_tui.db.store import Store

ENDLESS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
    "SELECT count(*) FROM n",
    "postgresql": "SELECT pg_sleep(14)",
}


def test_an_endless_read_ends_when_it_is_abandoned(store: Store) -> None:
    reading = Reading()
    began = threading.Event()
    raised: list[StoreError] = []
    endless = ENDLESS[store.url.get_backend_name()]

    @event.listens_for(store.engine, "before_cursor_execute")
    def note(*call: Any) -> None:
        if call[2] == endless:
            began.set()

    def read() -> None:
        try:
            with reading.begun(), store.read() as session:
                session.execute(text(endless))
        except StoreError as error:
            raised.append(error)

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    assert began.wait(10)
    # Just before a statement there is nothing to stop yet, so it is asked for until it is heard.
    for _attempt in range(100):
        reading.abandon()
        thread.join(0.1)
        if not thread.is_alive():
            break
    assert not thread.is_alive()
    assert len(raised) == 1
    with store.read() as session:
        assert session.execute(text("SELECT 1")).scalar_one() == 1


def test_a_read_abandoned_before_it_begins_does_not_begin(store: Store) -> None:
    reading = Reading()
    reading.abandon()
    with pytest.raises(Abandoned), reading.begun(), store.read():
        raise AssertionError("it began")


def test_a_read_that_has_ended_cannot_be_stopped(store: Store) -> None:
    reading = Reading()
    with reading.begun(), store.read() as session:
        session.execute(text("SELECT 1"))
    reading.abandon()
    with store.read() as session:
        assert session.execute(text("SELECT 2")).scalar_one() == 2
