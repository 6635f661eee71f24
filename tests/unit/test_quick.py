"""Garbage is collected again whatever a command does."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from crm_tui import cli, quick


@pytest.fixture(autouse=True)
def collecting() -> Iterator[None]:
    gc.enable()
    yield
    gc.unfreeze()
    gc.enable()


def test_a_command_works_with_the_collector_on(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []

    def run(_args: Any, _context: Any) -> int:
        seen.append(gc.isenabled())
        return 0

    monkeypatch.setattr("crm_tui.commands.keys.run", run)
    assert cli.main(["keys"]) == 0
    assert seen == [True]
    assert gc.isenabled()


def test_a_wrong_argument_leaves_it_on(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["keys", "--no-such"])
    assert gc.isenabled()


def test_the_session_settles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quick, "SETTLED", 0.0)
    quick.begin()
    assert not gc.isenabled()
    before = {thread.ident for thread in threading.enumerate()}
    quick.settle()
    for thread in threading.enumerate():
        if thread.ident not in before:
            thread.join(20)
    assert gc.isenabled()
