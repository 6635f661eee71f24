"""Two sessions that do the same at the same moment: neither overlooks the other."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select
from sqlmodel import Session, col

from crm_tui.db import drafts as rows
from crm_tui.db.tables import Audit, Staff
from crm_tui.domain.customers import CustomerForm
from crm_tui.domain.drafts import DraftKey
from crm_tui.domain.kinds import RevealField, RevealReason
from crm_tui.domain.policy import Policy
from crm_tui.errors import InvalidInput, SignInFailed
from crm_tui.services import reveals, sign_in
from crm_tui.services.comparing import ELSEWHERE
from crm_tui.services.customers import Customers
from crm_tui.services.registration import Registration
from tests.support.customers import ID_NO, register

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


def test_two_sessions_share_the_limit_of_reveals(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = register(bank, "lina")
    policy = Policy(reveals_per_day=1)
    one, two = (Customers(bank.store, bank.person("lina"), policy) for _ in range(2))

    monkeypatch.setattr(reveals, "done_today", _met(reveals.done_today))
    ended = _both(
        lambda: one.reveal(number, RevealField.MOBILE, RevealReason.CALL),
        lambda: two.reveal(number, RevealField.MOBILE, RevealReason.CALL),
    )

    assert sorted(type(each).__name__ for each in ended) == [InvalidInput.__name__, "str"]


def test_two_sessions_share_the_limit_of_looks_elsewhere(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = Policy(reveals_per_day=1)
    one, two = (Registration(bank.store, bank.person("lina"), policy) for _ in range(2))
    first = CustomerForm(name="张伟明", id_no=ID_NO, state="active")
    second = CustomerForm(name="单雪梅", id_no="110105199003070025", state="active")

    monkeypatch.setattr(reveals, "done_today", _met(reveals.done_today))
    ended = _both(lambda: one.register(first, "a" * 32), lambda: two.register(second, "b" * 32))

    assert [type(each) for each in ended] == [int, int]
    with bank.store.read() as session:
        looks = select(func.count()).select_from(Audit).where(col(Audit.action) == ELSEWHERE)
        assert session.execute(looks).scalar() == 1


def test_a_draft_that_two_sessions_begin_is_kept_once(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = bank.office("lina").drafts, bank.office("lina").drafts
    key = DraftKey("contact", "1")

    monkeypatch.setattr(rows, "writer", _met(rows.writer))
    ended = _both(lambda: one.save(key, {"content": "a"}), lambda: two.save(key, {"content": "b"}))

    assert sorted(type(each).__name__ for each in ended) == ["DraftTaken", "NoneType"]
