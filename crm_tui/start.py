"""Starting the application on this terminal: the log, the way back in, the exit code."""

from __future__ import annotations

import logging
import os
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING

from crm_tui import quick
from crm_tui.app import CrmApp
from crm_tui.clock import utc_now
from crm_tui.config import data_directory
from crm_tui.errors import UsageError
from crm_tui.fresh import again
from crm_tui.i18n import _
from crm_tui.terminal.incident import JsonFormatter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crm_tui.clock import Clock
    from crm_tui.config import Settings
    from crm_tui.office import Door
    from crm_tui.screens.sign_in import Locked

LOG_BYTES, LOG_FILES = 1_000_000, 3


def run(
    settings: Settings,
    *,
    demo_user: str | None = None,
    clock: Clock = utc_now,
    fresh_argv: Sequence[str] | None = None,
    locked: Locked | None = None,
) -> int:
    """Run until somebody leaves; the exit code. `fresh_argv` is what a lock starts.

    Raises UsageError without a terminal, ConfigError for keys that clash.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(_("crm-tui needs a terminal; `crm-tui --help` lists the commands."))
    keep_log(settings.config.log.file)

    def open_door() -> Door:
        """In a thread: the database layer is imported here, after the first screen."""
        from crm_tui import office

        return office.open_door(settings, clock)

    app = CrmApp(
        settings,
        open_door,
        clock=clock,
        demo_user=demo_user,
        fresh_argv=fresh_argv or again(sys.argv[1:]),
        locked=locked,
    )
    quick.settle()
    app.run()
    return app.return_code or 0


def keep_log(file: str) -> None:
    """Write incidents, which hold no data, to a private file; where that fails, to none."""
    if file == "none":
        return
    path = Path(file) if file else data_directory() / "crm-tui.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600))
        handler = RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=LOG_FILES)
    except OSError:
        return
    handler.setFormatter(JsonFormatter())
    logging.getLogger("crm_tui").addHandler(handler)
