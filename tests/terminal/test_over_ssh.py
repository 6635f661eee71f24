"""The real program through a real sshd: what a clerk's terminal gets, and a line that breaks."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from tests.support.pty_session import ROOT, plain_environment
from tests.support.real_bank import CRM, RealBank, copied, sign_in
from tests.support.ssh_line import SshLine, needs_sshd

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.support.pty_session import PtySession

pytestmark = [pytest.mark.terminal, pytest.mark.timeout(180), needs_sshd]


@pytest.fixture
def bank(tmp_path: Path, start_session: Callable[..., PtySession]) -> RealBank:
    return copied(tmp_path / "bank", start_session)


@pytest.fixture
def line(bank: RealBank, tmp_path: Path) -> Iterator[SshLine]:
    command = [*CRM, "--config", str(bank.config())]
    environment = plain_environment({"LANG": "C.UTF-8"})
    environment.pop("TERM")
    with SshLine(tmp_path / "line", command, environment, cwd=ROOT) as one:
        yield one


def dial(bank: RealBank, line: SshLine) -> PtySession:
    session = bank.start(line.command())
    session.wait_for("User name", timeout=40)
    return session


@pytest.mark.parametrize("cut", ["client", "line"])
def test_a_line_that_breaks_in_the_middle_of_a_note_keeps_it(
    bank: RealBank, line: SshLine, cut: str
) -> None:
    name = bank.customers()[0][2]
    session = sign_in(dial(bank, line), "lina")
    session.keys("/")
    session.type(name)
    session.wait_for("1/1")
    session.keys("enter")
    session.wait_for("timeline")
    session.type("v3half a note")
    session.wait_for("half a note")
    if cut == "client":
        session.kill(signal.SIGKILL)
    else:
        session.hang_up()
    session.wait_exit()
    again = sign_in(dial(bank, line), "lina", shown="Not finished")
    again.keys("enter")
    again.wait_for("half a note")
    again.keys("ctrl+s")
    again.wait_for("Contact saved")
    again.keys("ctrl+q")
    assert again.wait_exit() == 0
    assert bank.ask("SELECT ended_by FROM sign_in ORDER BY id")[-2:] == [
        ("line_lost",), ("sign_out",)
    ]  # fmt: skip


def test_the_line_gives_nothing_but_the_program(bank: RealBank, line: SshLine) -> None:
    session = bank.start([*line.command(), "/bin/sh", "-c", "id"])
    session.wait_for("User name", timeout=40)
    assert "uid=" not in session.text()
    session.keys("ctrl+q")
    assert session.wait_exit() == 0
