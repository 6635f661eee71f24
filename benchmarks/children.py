"""A child process that is measured: what it says, its peak memory, its processor seconds."""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.report import ROOT

_LOOK_EVERY: Final = 0.05


@dataclass(frozen=True, slots=True)
class Ended:
    """What a child has left."""

    said: str
    peak_mb: float
    cpu_seconds: float


def run(command: list[str], env: dict[str, str] | None = None) -> Ended:
    """Run a program to its end. Raises RuntimeError when it fails."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        child = subprocess.Popen(command, stdout=out, stderr=err, cwd=ROOT, env=env)
        ended = threading.Event()
        peak = [0]
        looking = threading.Thread(target=_look, args=(child.pid, ended, peak))
        looking.start()
        _pid, status, usage = os.wait4(child.pid, 0)
        ended.set()
        looking.join()
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        said = out.read()
        if child.returncode:
            why = err.read()[-500:]
            raise RuntimeError(f"{command[-1]} ended with {child.returncode}: {said}{why}")
    return Ended(said, peak[0] * 1024 / 1e6, usage.ru_utime + usage.ru_stime)


def _look(pid: int, ended: threading.Event, peak: list[int]) -> None:
    """Follow the peak, in KiB, of a process and what its own children do not share with it.

    What `wait4` says of it counts the parent's memory too.
    """
    process = Path(f"/proc/{pid}")
    while not ended.wait(_LOOK_EVERY):
        try:
            helpers = (process / f"task/{pid}/children").read_text().split()
            own = (
                _kib(process / "status", "VmRSS:")
                if helpers
                else _kib(process / "status", "VmHWM:")
            )
        except OSError:
            return
        peak[0] = max(peak[0], own + sum(map(_not_shared, helpers)))


def _not_shared(helper: str) -> int:
    try:
        return _kib(Path(f"/proc/{helper}/smaps_rollup"), "Private_Clean:", "Private_Dirty:")
    except OSError:
        return 0


def _kib(file: Path, *names: str) -> int:
    return sum(
        int(line.split()[1]) for line in file.read_text().splitlines() if line.startswith(names)
    )
