"""A whole day of a branch over a real line that is cut twice, once without warning."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.pty_session import ROOT, plain_environment
from tests.support.real_bank import CRM, RealBank, copied, run, sign_in
from tests.support.ssh_line import SshLine, needs_sshd

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support.pty_session import PtySession

pytestmark = [pytest.mark.terminal, pytest.mark.timeout(300), needs_sshd]


@pytest.fixture
def bank(
    tmp_path_factory: pytest.TempPathFactory, start_session: Callable[..., PtySession]
) -> RealBank:
    found = copied(tmp_path_factory.mktemp("day") / "bank", start_session)
    found.area = "today"
    return found


@pytest.fixture
def line(bank: RealBank, tmp_path: Path) -> Iterator[SshLine]:
    command = [*CRM, "--config", str(bank.config())]
    environment = plain_environment({"LANG": "C.UTF-8"})
    environment.pop("TERM")
    with SshLine(tmp_path / "line", command, environment, cwd=ROOT) as one:
        yield one


class Day:
    """People who dial in, one after the other."""

    def __init__(self, bank: RealBank, line: SshLine) -> None:
        self.bank, self.line = bank, line

    def dial(self, username: str, shown: str = "Today F2") -> PtySession:
        """Over the line, signed in."""
        session = self.bank.start(self.line.command())
        session.wait_for("User name", timeout=40)
        return sign_in(session, username, shown=shown)

    def leave(self, session: PtySession) -> None:
        """Sign out."""
        session.keys("ctrl+q")
        assert session.wait_exit() == 0


def program_of(bank: RealBank) -> int:
    """The process of the last session, as the database has it."""
    (process,) = bank.ask("SELECT process FROM sign_in ORDER BY id DESC LIMIT 1")[0]
    return int(process.split(" ")[1])


def find(session: PtySession, name: str) -> None:
    session.keys("/")
    session.type(name)
    session.wait_for("1/1")
    session.keys("enter")
    session.wait_for("timeline")


def test_a_day_of_a_branch(bank: RealBank, line: SshLine) -> None:
    day = Day(bank, line)
    name = bank.customers()[0][2]
    content = "charged twice for a year"

    # The clerk registers; the program is killed in the middle, without a chance to save.
    clerk = day.dial("zhoutao")
    find(clerk, name)
    clerk.keys("ctrl+k")
    clerk.wait_for("Came by")
    clerk.type(content)
    clerk.wait_for("draft saved")
    os.kill(program_of(bank), signal.SIGKILL)
    clerk.wait_exit()
    clerk = day.dial("zhoutao", "Not finished")
    clerk.keys("enter")
    clerk.wait_for(content)
    clerk.type("\t2471")
    clerk.keys("ctrl+s")
    clerk.wait_for("registered.")
    day.leave(clerk)
    query = "SELECT id, complaint_no, state FROM complaint WHERE content = ?"
    ((case, number, state),) = bank.ask(query, content)
    assert state == "registered"

    # The supervisor triages it.
    supervisor = day.dial("zhaomin")
    supervisor.keys("f5")
    supervisor.wait_for("untriaged")
    supervisor.keys("/")
    supervisor.type(number)
    supervisor.wait_for("1/1")
    # Esc alone: with a key right behind it, a terminal means Alt.
    supervisor.keys("escape")
    supervisor.wait_idle()
    supervisor.keys("t")
    supervisor.wait_for("Class")
    supervisor.keys("1", "tab")
    supervisor.keys("enter")
    supervisor.wait_for(lambda _shown: bank.ask(query, content)[0][2] == "triaged")
    supervisor.keys("escape")
    day.leave(supervisor)

    # The account manager visits; the line drops in the middle of the diary.
    manager = day.dial("lina")
    find(manager, name)
    manager.type("v1said sorry first")
    manager.wait_for("said sorry first")
    manager.keys("ctrl+s")
    manager.wait_for("Contact saved")
    manager.keys("f6")
    manager.wait_for("Insight")
    manager.wait_for("said sorry first")
    manager.type("listen before")
    manager.wait_for("listen before")
    manager.hang_up()
    manager.wait_exit()
    manager = day.dial("lina", "Not finished")
    manager.keys("enter")
    manager.wait_for("listen before")
    manager.type(" selling\tcame too late")
    manager.wait_for("came too late")
    manager.keys("ctrl+s")
    manager.wait_for("once more hands it in")
    manager.keys("ctrl+s")
    manager.wait_for("handed in.")
    day.leave(manager)

    # The supervisor reads it.
    supervisor = day.dial("zhaomin")
    supervisor.keys("f6")
    supervisor.wait_for("unread")
    supervisor.keys("2")
    supervisor.wait_for(f"Visit {name}")
    supervisor.keys("home", "enter")
    supervisor.wait_for("listen before selling")
    supervisor.keys("y")
    supervisor.wait_for("Enter takes it")
    supervisor.keys("enter")
    state_of = "SELECT state FROM diary WHERE insight = 'listen before selling'"
    supervisor.wait_for(lambda _shown: bank.ask(state_of) == [("reviewed",)])
    day.leave(supervisor)

    assert bank.ask("SELECT count(*) FROM draft") == [(0,)]
    assert bank.ask("SELECT count(*) FROM contact WHERE content = 'said sorry first'") == [(1,)]
    assert bank.ask("SELECT count(*) FROM complaint_event WHERE complaint_id = ?", case) == [(2,)]
    said = run("--config", str(bank.config()), "audit", "verify").stdout
    assert "whole" in said
