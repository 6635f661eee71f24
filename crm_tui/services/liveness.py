"""Whether the process of a session still runs: a killed one cannot say that it ended."""

from __future__ import annotations

import os
import socket
from pathlib import Path

_PROC = Path("/proc")


def own() -> str:
    """This process: host, number and start time, as a session records it."""
    return f"{socket.gethostname()[:100]} {os.getpid()} {_started(os.getpid())}"


def is_alive(process: str) -> bool | None:
    """Whether that process runs; None when it is on another host and nobody here can tell."""
    host, _space, rest = process.rpartition(" ")[0].partition(" ")
    started = process.rpartition(" ")[2]
    if host != socket.gethostname()[:100]:
        return None
    return rest.isdigit() and _started(int(rest)) == started != ""


def _started(pid: int) -> str:
    """Start time in clock ticks, so that a reused number is another process; empty if gone."""
    try:
        stat = (_PROC / str(pid) / "stat").read_text("utf-8", "replace")
    except OSError:
        return ""
    # The name in parentheses may hold spaces and parentheses of its own.
    fields = stat.rpartition(")")[2].split()
    return fields[19] if fields[0] not in ("Z", "X") else ""
