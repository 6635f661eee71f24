"""What is dear to make and only copied: made once per run, whichever worker asks first."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from tests.support.postgres import RUN_DIR_VARIABLE


def once_per_run(name: str, make: Callable[[Path], object]) -> Path:
    """The directory that `make` has made, for every worker of this run; nobody may write there."""
    root = Path(os.environ[RUN_DIR_VARIABLE]) / "once" / name
    root.mkdir(parents=True, exist_ok=True)
    made, whole = root / "made", root / "whole"
    with (root / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not whole.exists():
            # Of one who was stopped half-way.
            shutil.rmtree(made, ignore_errors=True)
            make(made)
            whole.touch()
    return made
