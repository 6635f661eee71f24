"""pyte, mended where its screen would differ from a real terminal's."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from typing import Any, ClassVar

import pyte
from wcwidth import wcwidth

# What pyte would print as text: CSI with a private mark other than `?`, and DCS, SOS, PM, APC.
_UNKNOWN = re.compile(r"\x1b\[[<=>][0-9;:]*[@-~]|\x1b[PX^_].*?(?:\x1b\\|\x07)", re.DOTALL)
_UNFINISHED = re.compile(r"\x1b(?:\[[^@-~\x1b]*|[PX^_](?:(?!\x1b\\|\x07).)*)?\Z", re.DOTALL)


class Screen(pyte.Screen):
    """Adds scrolling by command and repetition, which pyte leaves out."""

    def __init__(self, columns: int, lines: int, answer: Callable[[str], None]) -> None:
        self.answer = answer
        self.last_drawn = ""
        super().__init__(columns, lines)

    def write_process_input(self, data: str) -> None:
        """The terminal's answer to a question of the program, as of the cursor's position."""
        self.answer(data)

    def draw(self, data: str) -> None:
        """Remember the last character, for `repeat`."""
        self.last_drawn = data[-1:]
        super().draw(data)

    def scroll_up(self, count: int = 1) -> None:
        """SU: move the lines between the margins up."""
        self._at_margin(lambda top, bottom: (bottom, self.index), count)

    def scroll_down(self, count: int = 1) -> None:
        """SD: move the lines between the margins down."""
        self._at_margin(lambda top, bottom: (top, self.reverse_index), count)

    def repeat(self, count: int = 1) -> None:
        """REP: draw the last character again."""
        super().draw(self.last_drawn * (count or 1))

    def _at_margin(
        self, choose: Callable[[int, int], tuple[int, Callable[[], None]]], n: int
    ) -> None:
        top, bottom = self.margins or (0, self.lines - 1)
        before = self.cursor.y
        self.cursor.y, move = choose(top, bottom)
        for _ in range(n or 1):
            move()
        self.cursor.y = before

    def text_lines(self) -> list[str]:
        """What a person sees: half of a wide character that was written over is a blank."""
        return [self._line(y) for y in range(self.lines)]

    def _line(self, y: int) -> str:
        cells = [self.buffer[y][x].data for x in range(self.columns)]
        shown = []
        x = 0
        while x < self.columns:
            text = cells[x]
            wide = bool(text) and wcwidth(text[0]) == 2
            whole = wide and x + 1 < self.columns and cells[x + 1] == ""
            shown.append(text if whole or (text and not wide) else " ")
            x += 2 if whole else 1
        return "".join(shown)


class Stream(pyte.Stream):
    """Knows the commands of `Screen`."""

    csi: ClassVar[dict[str, str]] = {
        **pyte.Stream.csi,
        "S": "scroll_up",
        "T": "scroll_down",
        "b": "repeat",
    }


class Emulator:
    """Takes a program's bytes in any pieces; keeps the screen they draw."""

    def __init__(self, columns: int, lines: int, answer: Callable[[str], None]) -> None:
        self.screen = Screen(columns, lines, answer)
        self._stream: Any = Stream(self.screen)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._held = ""

    def feed(self, data: bytes) -> None:
        """Draw `data`; an escape sequence cut in two waits for its rest."""
        text = self._held + self._decoder.decode(data)
        text = _UNKNOWN.sub("", text)
        unfinished = _UNFINISHED.search(text)
        cut = unfinished.start() if unfinished else len(text)
        self._held = text[cut:]
        self._stream.feed(text[:cut])
