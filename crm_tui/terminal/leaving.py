"""Ways out of the program that never wait: a watchdog, and a fresh process in its place."""

from __future__ import annotations

import os
import signal
import threading
from typing import TYPE_CHECKING, Final, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

LEAVE_WITHIN: Final = 2.0
"""Seconds from the wish to leave until the process has ended, come what may."""
SAVE_WITHIN: Final = 1.2
"""Seconds of those for saving."""

KEPT_NAMES: Final = frozenset(
    {"PATH", "HOME", "USER", "LOGNAME", "SHELL", "TERM", "LANG", "LANGUAGE", "TZ", "TMPDIR"}
    | {"CRM_TUI_DATABASE_URL", "XDG_DATA_HOME"}
    | {"NO_COLOR", "COLORTERM", "SSH_CONNECTION", "SSH_TTY"}
)
_RESET: Final = (signal.SIGTSTP, signal.SIGTTOU, signal.SIGINT, signal.SIGHUP, signal.SIGTERM)


class Watchdog:
    """Ends the process by force when it has not ended by itself in time."""

    def __init__(self, restore: Callable[[], None], seconds: float = LEAVE_WITHIN) -> None:
        self._restore = restore
        self._seconds = seconds
        self._called_off = threading.Event()
        self._code = 1
        self._thread: threading.Thread | None = None

    def start(self, code: int) -> None:
        """From now on the process has its seconds; only the first call counts."""
        if self._thread is None:
            self._code = code
            self._thread = threading.Thread(target=self._wait, daemon=True, name="crm-tui-leave")
            self._thread.start()

    def call_off(self) -> None:
        """The process ends by itself."""
        self._called_off.set()

    def _wait(self) -> None:
        if not self._called_off.wait(self._seconds):
            self._restore()
            os._exit(self._code)


def fresh_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """What a fresh sign-in may know: settings of the login, nothing that a session added."""
    return {
        name: value
        for name, value in environ.items()
        if name in KEPT_NAMES or name.startswith("LC_")
    }


def exec_fresh(argv: Sequence[str]) -> NoReturn:
    """Replace this process by `argv`, whose first word is the program's path.

    Memory, open files and threads are gone; the terminal stays as the caller left it.
    OSError when the program cannot be run.
    """
    for number in _RESET:
        signal.signal(number, signal.SIG_DFL)
    os.execve(argv[0], list(argv), fresh_environment(os.environ))  # noqa: S606
