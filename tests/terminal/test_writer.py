"""The thread that frames go out in."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from crm_tui.terminal.writer import FrameWriter


@pytest.fixture
def line() -> Iterator[tuple[int, FrameWriter]]:
    """Where the frames arrive, and their writer."""
    out, into = os.pipe()
    writer = FrameWriter(into, lambda: None)
    writer.start()
    yield out, writer
    writer.stop()
    os.close(out)
    os.close(into)


def arrived(out: int, size: int) -> bytes:
    data = b""
    while len(data) < size:
        data += os.read(out, size - len(data))
    return data


def test_a_frame_in_which_nothing_changed_stops_nothing(line: tuple[int, FrameWriter]) -> None:
    out, writer = line
    for text in ("a", "", "b"):
        writer.write(text)
        if text:
            assert arrived(out, 1) == text.encode()
    assert writer.is_alive()


def test_a_terminal_that_does_not_block_gets_every_byte(line: tuple[int, FrameWriter]) -> None:
    out, writer = line
    os.set_blocking(writer._fileno, False)
    text = "字" * 300_000
    writer.write(text)
    assert arrived(out, 900_000).decode() == text
