"""An import that is killed after some steps: `python -m tests.support.killed_import …`.

Arguments: database URL, kind, file, steps. The key ring comes as JSON on standard input.
"""

from __future__ import annotations

import base64
import json
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crm_tui.db.crypto import KeyRing
from crm_tui.db.store import Store
from crm_tui.services.imports import ImportKind, apply, import_file
from tests.support.import_files import OPERATOR


def ring_to_json(ring: KeyRing) -> str:
    """The ring for `main`."""
    keys = {str(key_id): base64.b64encode(key).decode() for key_id, key in ring.keys.items()}
    index = base64.b64encode(ring.index_key).decode()
    return json.dumps({"active": ring.active, "keys": keys, "index": index})


def _ring(text: str) -> KeyRing:
    told = json.loads(text)
    keys = {int(key_id): base64.b64decode(key) for key_id, key in told["keys"].items()}
    return KeyRing(told["active"], keys, base64.b64decode(told["index"]))


def main(url: str, kind: str, path: str, steps: str) -> None:
    """Import until the process kills itself."""
    left = [int(steps)]

    def after_step(self: Any, result: Any) -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    apply.Applying._count = after_step  # type: ignore[method-assign]
    apply._FIRST_STEP = apply._SMALLEST_STEP = 2  # type: ignore[misc]
    apply._AIM = 0.0  # type: ignore[misc]
    apply.Pace.__init__.__defaults__ = (2,)  # type: ignore[misc]
    store = Store(url, _ring(sys.stdin.read()), clock=lambda: datetime(2026, 3, 3, tzinfo=UTC))
    import_file(store, ImportKind(kind), Path(path), actor=OPERATOR)


if __name__ == "__main__":
    main(*sys.argv[1:])
