"""A crash names itself by a number: on the screen, on stderr and in the log (safety.md 9).

The log also says which exception and where in the code, never its words or any value.
"""

from __future__ import annotations

import contextlib
import json
import logging
import secrets
import sys
import threading
import traceback
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from crm_tui.i18n import _

if TYPE_CHECKING:
    import asyncio
    from types import TracebackType
    from typing import Any

LOG: Final = logging.getLogger("crm_tui.incident")
_EXTRAS: Final = ("incident", "errors", "frames")
_MOST_FRAMES: Final = 30

# Without a handler logging would print on stderr, over the screen.
logging.getLogger("crm_tui").addHandler(logging.NullHandler())


class JsonFormatter(logging.Formatter):
    """One JSON object per line. Tracebacks and arguments of exceptions are left out."""

    def format(self, record: logging.LogRecord) -> str:
        """`record` as JSON."""
        entry: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        for name in _EXTRAS:
            if hasattr(record, name):
                entry[name] = getattr(record, name)
        return json.dumps(entry, ensure_ascii=False)


def _chain(error: BaseException) -> list[BaseException]:
    """`error` and what caused it, outermost first."""
    found: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in found:
        found.append(current)
        inner = getattr(current, "error", None)
        cause = current.__cause__ or current.__context__
        current = inner if isinstance(inner, BaseException) else cause
    return found


def _frames(error: BaseException) -> list[str]:
    places = traceback.extract_tb(error.__traceback__)[-_MOST_FRAMES:]
    return [f"{place.filename}:{place.lineno} {place.name}" for place in places]


def report(error: BaseException | None) -> str:
    """Write `error` to the log; the incident's number."""
    number = secrets.token_hex(4).upper()
    errors = _chain(error) if error is not None else []
    LOG.error(
        "incident",
        extra={
            "incident": number,
            "errors": [f"{type(e).__module__}.{type(e).__qualname__}" for e in errors],
            "frames": [frame for e in reversed(errors) for frame in _frames(e)],
        },
    )
    return number


def words(number: str) -> str:
    """What the person is told."""
    return _(
        "The program has stopped because of an error. Incident {number}: "
        "tell this number to your administrator."
    ).format(number=number)


def print_words(error: BaseException | None) -> None:
    """Report `error` and print its number on stderr, if that is still there."""
    number = report(error)
    with contextlib.suppress(OSError, AttributeError):
        print(words(number), file=sys.__stderr__, flush=True)


def _on_error(
    kind: type[BaseException], error: BaseException, _trace: TracebackType | None
) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        print_words(error)


def _on_thread_error(args: threading.ExceptHookArgs) -> None:
    if args.exc_type is not SystemExit:
        report(args.exc_value)


def _on_unraisable(args: sys.UnraisableHookArgs) -> None:
    report(args.exc_value)


def on_loop_error(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Exception handler of the event loop: tasks that fail unseen."""
    error = context.get("exception")
    report(error if isinstance(error, BaseException) else None)


def install_hooks() -> None:
    """No way of dying prints values: neither of the main thread, nor of others."""
    sys.excepthook = _on_error
    threading.excepthook = _on_thread_error
    sys.unraisablehook = _on_unraisable
    logging.raiseExceptions = False
