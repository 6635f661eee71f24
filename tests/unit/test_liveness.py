"""Whether a session's process still runs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from crm_tui.services.liveness import is_alive, own


def test_this_process_is_alive() -> None:
    assert is_alive(own()) is True


def test_a_killed_process_is_not() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        host = own().split(" ")[0]
        stat = Path(f"/proc/{child.pid}/stat").read_text().rpartition(")")[2].split()
        process = f"{host} {child.pid} {stat[19]}"
        assert is_alive(process) is True
        child.kill()
    assert is_alive(process) is False


def test_a_reused_number_is_another_process() -> None:
    host, pid, started = own().split(" ")
    assert is_alive(f"{host} {pid} {int(started) - 1}") is False


def test_another_host_cannot_be_told() -> None:
    assert is_alive(f"elsewhere {os.getpid()} 1") is None


def test_nonsense_is_not_alive() -> None:
    assert not is_alive("")
    assert not is_alive(f"{own().split(' ')[0]} x y")
