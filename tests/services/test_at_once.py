"""Two sessions that do the same at the same moment: neither overlooks the other."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from crm_tui.db.tables import Staff
from crm_tui.errors import SignInFailed
from crm_tui.services import sign_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.people import Bank


def _met(seen: Callable[..., Any]) -> Callable[..., Any]:
    """`seen`, after which two threads wait for each other, unless one keeps the other out."""
    barrier = threading.Barrier(2, timeout=1)

    def wrapped(*args: Any, **more: Any) -> Any:
        found = seen(*args, **more)
        with suppress(threading.BrokenBarrierError):
            barrier.wait()
        return found

    return wrapped


def _both(first: Callable[[], object], second: Callable[[], object]) -> list[object]:
    """What the two came to, run at once: their result or their error."""
    ended: list[object] = []

    def run(one: Callable[[], object]) -> None:
        try:
            ended.append(one())
        except Exception as error:  # noqa: BLE001 - the test looks at it
            ended.append(error)

    threads = [threading.Thread(target=run, args=(one,)) for one in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ended


def test_failed_sign_ins_at_once_are_all_counted(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> object:
        return sign_in.sign_in(bank.store, "lina", "not the password", bank.policy)

    monkeypatch.setattr(Session, "get", _met(Session.get))
    ended = _both(fail, fail)

    assert [type(one) for one in ended] == [SignInFailed, SignInFailed]
    with bank.store.read() as session:
        query = select(col(Staff.failures)).where(col(Staff.username) == "lina")
        assert session.execute(query).scalar() == 2
