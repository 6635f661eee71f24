"""A quick start: nothing that is imported is garbage, so none is looked for meanwhile."""

from __future__ import annotations

import gc
import threading
from typing import Final

SETTLED: Final = 3.0
"""Seconds after which a session has shown its first list."""


def begin() -> None:
    """Collect no garbage until `settle` or `end`: that is a tenth of a start."""
    gc.disable()


def settle() -> None:
    """Collect again, a while from now."""
    timer = threading.Timer(SETTLED, end)
    timer.daemon = True
    timer.start()


def end() -> None:
    """Collect from now on; what is there by now is not gone through each time."""
    gc.freeze()
    gc.enable()
