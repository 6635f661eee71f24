"""What a terminal does with what is typed: shown and taken by the line, or mute, key by key."""

from __future__ import annotations

import contextlib
import os
import sys
import termios
import tty
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

LEAVE: Final = "\x1b[0m\x1b[?7h\x1b[?2004l\x1b[?1049l\x1b[?25h"
"""Line wrap, no bracketed paste, the screen of before, its cursor."""

_OF_LINES: Final = termios.ECHO | termios.ICANON | termios.IEXTEN | termios.ISIG
_OF_INPUT: Final = termios.IXON | termios.ICRNL
# A line feed goes down and no further: `frame.py` sends both halves of a new line itself.
_OF_OUTPUT: Final = termios.OPOST
_NEVER: Final = termios.IXOFF | termios.INLCR | termios.IGNCR


def read(fileno: int) -> list[Any] | None:
    """The mode to give back in the end; None where there is none.

    A terminal that is mute was left so by a session that was locked: it gets back what lines need.
    """
    with contextlib.suppress(termios.error):
        mode = termios.tcgetattr(fileno)
        if not mode[tty.LFLAG] & (termios.ECHO | termios.ICANON):
            mode[tty.LFLAG] |= _OF_LINES
            mode[tty.IFLAG] |= _OF_INPUT
            mode[tty.OFLAG] |= _OF_OUTPUT
        return mode
    return None


def mute(fileno: int) -> None:
    """From now on keys are read one by one and not shown."""
    with contextlib.suppress(termios.error):
        mode = termios.tcgetattr(fileno)
        mode[tty.LFLAG] &= ~_OF_LINES
        mode[tty.IFLAG] &= ~(_OF_INPUT | _NEVER)
        mode[tty.OFLAG] &= ~_OF_OUTPUT
        mode[tty.CC][termios.VMIN] = 1
        mode[tty.CC][termios.VTIME] = 0
        termios.tcsetattr(fileno, termios.TCSANOW, mode)


def give_back(fileno: int, mode: list[Any] | None) -> None:
    """Set a mode that `read` told."""
    if mode is not None:
        with contextlib.suppress(termios.error):
            termios.tcsetattr(fileno, termios.TCSANOW, mode)


@contextlib.contextmanager
def given_back_on_failure(after_lock: str) -> Iterator[None]:
    """A program that takes the place of a locked session and cannot start says so on a terminal
    that shows it."""
    try:
        yield
    except BaseException:
        if after_lock and sys.stdin.isatty() and sys.stdout.isatty():
            give_back(sys.stdin.fileno(), read(sys.stdin.fileno()))
            os.write(sys.stdout.fileno(), LEAVE.encode())
        raise
