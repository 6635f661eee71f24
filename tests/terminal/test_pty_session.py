"""The tests' own terminal: what it shows is what a person would see."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable

import pytest

from tests.support.pty_session import PtySession, key_sequence
from tests.support.terminal_emulator import Emulator

pytestmark = pytest.mark.terminal
Start = Callable[..., PtySession]

ECHO = """
import sys, termios, tty
tty.setraw(0)
sys.stdout.write("ready")
sys.stdout.flush()
while (key := sys.stdin.buffer.raw.read(64)) != b"q":
    sys.stdout.write(f"\\r\\n{key!r}")
    sys.stdout.flush()
sys.exit(7)
"""


def shown(*pieces: bytes, columns: int = 12) -> list[str]:
    emulator = Emulator(columns, 3, lambda answer: None)
    for piece in pieces:
        emulator.feed(piece)
    return [line.rstrip() for line in emulator.screen.text_lines()]


def test_wide_characters_take_two_cells() -> None:
    assert shown("张三|\x1b[1;7H李四".encode())[0] == "张三| 李四"


def test_half_a_wide_character_written_over_is_a_blank() -> None:
    assert shown("张三\x1b[1;2Hx".encode())[0] == " x三"
    assert shown("张三\x1b[1;3Hx".encode())[0] == "张x"


def test_a_sequence_in_pieces_is_one_sequence() -> None:
    whole = "\x1b[>4;2m\x1b[<1u\x1bP+q544e\x1b\\\x1b[2;3H开户".encode()
    assert shown(*(whole[i : i + 1] for i in range(len(whole)))) == shown(whole)
    assert shown(whole) == ["", "  开户", ""]


def test_lines_scroll_by_command() -> None:
    assert shown(b"a\r\nb\r\nc\x1b[S") == ["b", "c", ""]
    assert shown(b"a\r\nb\r\nc\x1b[2;3r\x1b[T") == ["a", "", "b"]


def test_the_last_character_is_repeated() -> None:
    assert shown(b"-\x1b[4b|")[0] == "-----|"


def test_keys_arrive_and_what_came_since_is_counted(start_session: Start) -> None:
    session = start_session([sys.executable, "-c", ECHO])
    session.wait_for("ready")
    session.keys("ctrl+s")
    session.wait_for(r"b'\x13'")
    assert session.since_key == b"\r\nb'\\x13'"
    session.keys("f3")
    session.wait_for("OR")
    session.type("张")
    session.wait_for(r"\xe5\xbc\xa0")
    session.keys("q")
    assert session.wait_exit() == 7


def test_a_killed_program_tells_its_signal(start_session: Start) -> None:
    session = start_session([sys.executable, "-c", ECHO])
    session.wait_for("ready")
    session.kill(signal.SIGTERM)
    assert session.wait_exit() == -signal.SIGTERM


def test_a_dropped_line_hangs_up(start_session: Start) -> None:
    session = start_session([sys.executable, "-c", ECHO])
    session.wait_for("ready")
    session.hang_up()
    assert session.wait_exit() == -signal.SIGHUP


def test_a_program_that_ended_fails_the_wait_at_once(start_session: Start) -> None:
    session = start_session([sys.executable, "-c", "print('only this')"])
    with pytest.raises(pytest.fail.Exception, match="the program ended"):
        session.wait_for("something else", timeout=60)


def test_a_misspelt_key_is_refused() -> None:
    with pytest.raises(ValueError, match="entre"):
        key_sequence("entre")
