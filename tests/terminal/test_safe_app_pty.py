"""The safe application in a real terminal: signals, crashes, hostile bytes, idle lock."""

from __future__ import annotations

import json
import os
import re
import signal
import statistics
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.pty_session import PtySession
from tests.terminal.program import SECRET

Start = Callable[..., PtySession]
INCIDENT = re.compile(r"Incident ([0-9A-F]{8})")


@pytest.fixture
def run(start_session: Start, tmp_path: Path) -> Callable[[str], PtySession]:
    def start(mode: str) -> PtySession:
        session = start_session(
            [sys.executable, "-m", "tests.terminal.program", mode, str(tmp_path)]
        )
        session.wait_for("READY" if mode != "table" else "C0000000")
        return session

    return start


def all_output(session: PtySession) -> str:
    return session.since_key.decode("utf-8", "replace")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGINT])
def test_a_signal_saves_restores_the_terminal_and_ends(
    run: Callable[[str], PtySession], tmp_path: Path, number: signal.Signals
) -> None:
    session = run("plain")
    session.type("草稿")
    session.wait_for("草稿")
    started = time.monotonic()
    session.kill(number)
    assert session.wait_exit() == 128 + number
    assert time.monotonic() - started < 4
    assert (tmp_path / "saved").read_text(encoding="utf-8") == f"{number.name.lower()}:草稿"
    assert "\x1b[?1049l" in all_output(session)
    assert "\x1b[?25h" in all_output(session)


@pytest.mark.parametrize("mode", ["slow", "hang"])
def test_what_hangs_is_not_waited_for(run: Callable[[str], PtySession], mode: str) -> None:
    session = run(mode)
    if mode == "hang":
        session.type("x")
        session.wait_for("HANGING")
    session.kill(signal.SIGTERM)
    assert session.wait_exit(timeout=6) == 128 + signal.SIGTERM
    assert "\x1b[?1049l" in all_output(session)


def test_a_dropped_line_saves(run: Callable[[str], PtySession], tmp_path: Path) -> None:
    session = run("plain")
    session.type("note")
    session.wait_for("note")
    session.hang_up()
    session.wait_exit()
    assert (tmp_path / "saved").read_text(encoding="utf-8").endswith(":note")


def test_stop_is_ignored(run: Callable[[str], PtySession]) -> None:
    session = run("plain")
    session.kill(signal.SIGTSTP)
    session.type("\x1aabc")
    session.wait_for("abc")


def test_a_stopped_program_draws_itself_again(run: Callable[[str], PtySession]) -> None:
    session = run("plain")
    session.kill(signal.SIGSTOP)
    session.send_bytes(b"")
    session.kill(signal.SIGCONT)
    session.wait_for(lambda _shown: b"READY" in session.since_key)


@pytest.mark.parametrize("mode", ["crash", "worker"])
def test_a_crash_shows_a_number_and_no_value(
    run: Callable[[str], PtySession], tmp_path: Path, mode: str
) -> None:
    session = run(mode)
    session.type("x")
    assert session.wait_exit() == 1
    output, log = all_output(session), (tmp_path / "log").read_text(encoding="utf-8")
    found = INCIDENT.search(output)
    assert found
    entry = json.loads(log.splitlines()[-1])
    assert entry["incident"] == found[1]
    assert any("program.py" in frame for frame in entry["frames"])
    assert ("builtins.ValueError" if mode == "crash" else "builtins.KeyError") in entry["errors"]
    for text in (output, log):
        assert SECRET not in text
        assert "Traceback" not in text
        assert "cannot show" not in text


def test_a_dead_thread_leaves_the_screen_alone(
    run: Callable[[str], PtySession], tmp_path: Path
) -> None:
    session = run("thread")
    session.type("x")
    session.wait_for("THREAD DIED")
    session.wait_idle()
    assert "Traceback" not in session.text()
    assert "incident" in (tmp_path / "log").read_text(encoding="utf-8")


HOSTILE = [
    b"\xff\xfe\xe4",
    b"\x1b[99999999;1u\x1b[97:65;1u",
    b"\x1b[48;0;0;0;0t\x1b[<0;3;3M",
    b"\x1b[<0;9999999999;1M",
    b"\x1b]52;c;AAAA\x07\x1b]0;t\x07",
    os.urandom(300).replace(b"\x11", b"").replace(b"\x03", b""),
]


@pytest.mark.parametrize("data", HOSTILE)
def test_hostile_bytes_are_survived(run: Callable[[str], PtySession], data: bytes) -> None:
    session = run("plain")
    session.send_bytes(data)
    session.wait_idle(quiet=0.3)
    session.send_bytes(b"\x1b[201~")
    session.wait_idle(quiet=0.3)
    session.send_bytes(b"\x05\x15alive")
    session.wait_for("alive")


def test_a_huge_window_is_clamped(run: Callable[[str], PtySession]) -> None:
    session = run("plain")
    session._child.setwinsize(65535, 65535)
    session.wait_for(lambda _shown: b"SIZE 400x150" in session.since_key)
    assert len(session.since_key) < 200_000
    session._child.setwinsize(24, 80)
    session.wait_for(lambda _shown: b"SIZE 80x24" in session.since_key)
    session._child.setwinsize(0, 0)
    session.type("abc")
    session.wait_for("abc")


def test_a_window_that_is_huge_from_the_start_is_clamped(
    start_session: Start, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "tests.terminal.program", "plain", str(tmp_path)]
    session = start_session(command, columns=5000, lines=1000)
    session.wait_for(lambda _shown: b"READY" in session.since_key)
    session.wait_idle()
    assert session.received < 400_000


def test_an_idle_session_saves_and_becomes_a_fresh_sign_in(
    run: Callable[[str], PtySession], tmp_path: Path
) -> None:
    session = run("idle")
    pid = session.pid
    session.type("half a note")
    session.wait_for("FRESH SIGN-IN")
    assert (tmp_path / "saved").read_text(encoding="utf-8") == "idle:half a note"
    command = Path(f"/proc/{pid}/cmdline").read_bytes()
    assert b"fresh" in command
    assert b"CRM_TUI_SESSION" not in Path(f"/proc/{pid}/environ").read_bytes()
    session.wait_for(lambda shown: "half a note" not in shown)
    session.keys("ctrl+q")
    assert session.wait_exit() == 0


def test_the_password_is_never_sent(run: Callable[[str], PtySession]) -> None:
    session = run("password")
    session.type("geheim-1234\x03\x18")
    session.wait_for("•" * 11)
    for keys in ("\x01\x1b[1;2F\x03", "\x18"):
        session.type(keys)
        session.wait_idle()
        assert b"\x1b]52" not in session.since_key
        assert b"geheim" not in session.since_key
    assert "•" * 11 in session.text()


def test_no_optional_terminal_feature_is_switched_on(run: Callable[[str], PtySession]) -> None:
    session = run("plain")
    start = session.since_key
    for sequence in (b"\x1b[>", b"?1000h", b"?1003h", b"?1004h", b"?2026", b"?2048", b"\x1b]"):
        assert sequence not in start


def test_the_terminal_is_as_it_was_after_the_end(run: Callable[[str], PtySession]) -> None:
    session = run("plain")
    child = session._child.child_fd
    assert not termios.tcgetattr(child)[3] & termios.ECHO
    session.keys("ctrl+q")
    session.wait_for(lambda _shown: b"\x1b[?25h" in session.since_key)
    assert session.wait_exit() == 0


def test_bytes_of_the_record_table_at_80_by_24(run: Callable[[str], PtySession]) -> None:
    session = run("table")
    session.wait_idle()

    def sizes(key: str, times: int) -> list[int]:
        result = []
        for _ in range(times):
            session.keys(key)
            session.wait_idle(quiet=0.05)
            result.append(len(session.since_key))
        return result

    assert statistics.median(sizes("down", 30)) <= 250
    assert max(sizes("pagedown", 8)) <= 3000


def test_an_ended_program_says_its_number_on_stderr_without_a_terminal(tmp_path: Path) -> None:
    code = (
        "from crm_tui.terminal import incident\n"
        "incident.install_hooks()\n"
        f"secret = {SECRET!r}\n"
        "raise ValueError(secret)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert INCIDENT.search(done.stderr)
    assert SECRET not in done.stderr
    assert "Traceback" not in done.stderr
