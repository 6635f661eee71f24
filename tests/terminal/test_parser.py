"""What bytes from a terminal become."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual.message import Message

from crm_tui.terminal import parser
from crm_tui.terminal.driver import clamp
from crm_tui.terminal.parser import MOST_PASTED, KeyboardReader, clean_paste


class Clock:
    """Time that passes when told."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr("textual._parser.get_time", made)
    return made


def keys(found: list[Message]) -> list[str]:
    return [message.key for message in found if isinstance(message, events.Key)]


def pastes(found: list[Message]) -> list[str]:
    return [message.text for message in found if isinstance(message, events.Paste)]


def later(reader: KeyboardReader, clock: Clock) -> list[Message]:
    """What comes when the keyboard is silent for a while."""
    found: list[Message] = []
    for _ in range(3):
        clock.now += 3
        found += reader.tick()
    return found


DEADLY = [
    b"\x1b[99999999;1u",
    b"\x1b[97:65;1u",
    b"\x1b[48;0;0;0;0t",
    b"\x1b[48;24;80;0;0t\x1b[<0;5;5M",
    b"\xff\xfe\x80",
    b"\xe4\xbd",
    b"\x1b[<0;99999999999999999;1M",
    b"\x1b[999999999999;999999999999R",
    b"\x1b]52;c;" + b"A" * 200 + b"\x07",
    b"\x1bP" + b"q" * 100 + b"\x1b\\",
    b"\x1b[" + b"1;" * 200 + b"u",
    b"\x1b[200~never ended",
]


@pytest.mark.parametrize("data", DEADLY)
def test_deadly_bytes_are_survived_and_the_next_key_counts(data: bytes, clock: Clock) -> None:
    reader = KeyboardReader(clock)
    found = reader.feed(data) + later(reader, clock)
    assert not any(isinstance(message, events.Resize) for message in found)
    assert keys(reader.feed(b"j"))[-1:] == ["j"]


def test_an_unknown_sequence_types_no_command(clock: Clock) -> None:
    reader = KeyboardReader(clock)
    assert keys(reader.feed(b"\x1b[97;5u\x1b[?1;2c\x1b[1;9Z")) == []
    assert keys(reader.feed(b"\x1b[B\x1b[5~\x1bOQ\x13z")) == ["down", "pageup", "f2", "ctrl+s", "z"]


def test_a_lone_escape_is_a_key(clock: Clock) -> None:
    reader = KeyboardReader(clock)
    assert keys(reader.feed(b"\x1b")) == []
    assert keys(later(reader, clock)) == ["escape"]


def test_a_character_cut_in_two_is_one_key(clock: Clock) -> None:
    reader = KeyboardReader(clock)
    assert keys(reader.feed("王".encode()[:1])) == []
    assert keys(reader.feed("王".encode()[1:])) == ["王"]


PASTE = b"\x1b[200~" + "第一行\r\n二\x1b]0;x\x07\t三\r四\x00".encode() + b"\x1b[201~"


@pytest.mark.parametrize("cut", range(len(PASTE) + 1))
def test_a_paste_is_cleaned_wherever_it_is_cut(cut: int, clock: Clock) -> None:
    reader = KeyboardReader(clock)
    found = reader.feed(PASTE[:cut]) + reader.feed(PASTE[cut:] + b"k")
    assert pastes(found) == ["第一行\n二]0;x\t三\n四"]
    assert keys(found) == ["k"]


def test_a_paste_without_end_ends_in_silence_and_is_bounded(clock: Clock) -> None:
    reader = KeyboardReader(clock)
    found = reader.feed(b"\x1b[200~")
    for _ in range(30):
        found += reader.feed(b"x" * 10_000)
    assert found == []
    (text,) = pastes(later(reader, clock))
    assert MOST_PASTED <= len(text) <= MOST_PASTED + len(parser.PASTE_END)
    assert keys(reader.feed(b"j")) == ["j"]


@given(st.lists(st.binary(max_size=40), max_size=8))
def test_any_bytes_leave_a_working_keyboard(chunks: list[bytes]) -> None:
    reader = KeyboardReader(lambda: now[0])
    now = [0.0]
    for chunk in chunks:
        reader.feed(chunk)
    now[0] += 10
    reader.tick()
    later_keys: list[str] = []
    for _ in range(40):
        later_keys += keys(reader.feed(b"j"))
    assert later_keys[-1:] == ["j"]


@given(st.text(alphabet=st.characters(), max_size=200))
def test_a_clean_paste_has_no_control_characters(text: str) -> None:
    cleaned = clean_paste(text)
    assert "\r" not in cleaned
    assert not any(ord(char) < 32 and char not in "\n\t" for char in cleaned)
    assert clean_paste(cleaned) == cleaned


def test_window_sizes_are_clamped() -> None:
    assert clamp(65535, 65535) == (400, 150)
    assert clamp(0, 0) == (80, 24)
    assert clamp(-1, 3) == (1, 3)
    assert clamp(80, 24) == (80, 24)


@pytest.mark.parametrize("size", [1, 7, 4096, 100_000])
def test_a_sequence_of_any_length_types_nothing(size: int) -> None:
    reader = KeyboardReader()
    data = b"\x1b[" + b"9;" * 5_000 + b"u" + b"a"
    found = [
        event.key
        for at in range(0, len(data), size)
        for event in reader.feed(data[at : at + size])
        if isinstance(event, events.Key)
    ]
    assert found == ["a"]
