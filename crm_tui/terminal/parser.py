"""Bytes from a keyboard become events, whatever the bytes are (safety.md 8).

Stock parsing dies of `ESC[99999999;1u` and of a window of 0 pixels, keeps an unended paste for
ever, and types the characters of a sequence that it does not know: `u` would undo.
"""

from __future__ import annotations

import re
import time
from codecs import getincrementaldecoder
from typing import TYPE_CHECKING, Final

from textual import events
from textual._parser import ParseError
from textual._xterm_parser import XTermParser
from textual.keys import Keys

from crm_tui.terminal.output import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from textual.message import Message

PASTE_START: Final = "\x1b[200~"
PASTE_END: Final = "\x1b[201~"
MOST_PASTED: Final = 100_000
"""Characters of a paste; what comes after them is let go."""
PASTE_SILENCE: Final = 2.0
"""Seconds without a byte after which an unended paste is taken as ended."""

_COMPLETE: Final = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1bO[0-~]")
_MOUSE_OR_REPORT: Final = re.compile(r"\x1b\[(<[-\d;]*[mM]|M.{0,3}|\?[\d;]*\$y)", re.DOTALL)
_STRING: Final = re.compile("\x1b[\\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\\\)")

# The stock parser gives a longer one up and types its characters.
_LONGEST: Final = 28
_LONG: Final = re.compile(rf"\x1b\[[ -?]{{{_LONGEST},}}[@-~]")
_UNENDED: Final = re.compile(r"\x1b\[[ -?]*\Z")
_REST_OF_LONG: Final = re.compile(r"[ -?]*([@-~]|\Z)")


def clean_paste(text: str) -> str:
    """A paste as text of lines: LF only, no control characters but tab."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join("\t".join(clean(part) for part in line.split("\t")) for line in lines)


class HardenedParser(XTermParser):
    """The stock parser without the kitty protocol and without its ways to die."""

    @property
    def mouse_pixels(self) -> bool:
        """Pixel positions are never asked for: a window of 0 pixels divides by zero."""
        return False

    @mouse_pixels.setter
    def mouse_pixels(self, value: bool) -> None:
        pass

    def _parse_extended_key(  # type: ignore[override]
        self, sequence: str
    ) -> list[events.Key] | None:
        return None

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[events.Key]:
        known = list(super()._sequence_to_key_events(sequence, alt))
        if known:
            return known
        if _COMPLETE.fullmatch(sequence) and not _MOUSE_OR_REPORT.fullmatch(sequence):
            return [events.Key(Keys.Ignore, sequence)]
        return []


class KeyboardReader:
    """Feeds bytes to the parser, takes pastes out, and starts afresh after an error."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._decode = getincrementaldecoder("utf-8")("replace").decode
        self._parser = HardenedParser()
        self._held = ""
        self._escape_read = False
        self._in_long = False
        self._paste: list[str] | None = None
        self._paste_size = 0
        self._last_byte = 0.0
        self.failures = 0
        """How many times the parser had to be replaced."""

    def feed(self, data: bytes) -> list[Message]:
        """The events of `data`; an incomplete character or paste waits for more."""
        self._last_byte = self._clock()
        text, self._held = self._held + self._decode(data), ""
        found: list[Message] = []
        while text:
            text = self._feed_paste(text, found) if self._pasting else self._feed_keys(text, found)
        return found

    def tick(self) -> list[Message]:
        """What is due because nothing more came: a lone Escape, the end of an unended paste."""
        found: list[Message] = []
        if self._pasting:
            if self._clock() - self._last_byte >= PASTE_SILENCE:
                self._end_paste(found)
        elif self._held:
            held, self._held = self._held, ""
            self._guarded(self._parser.feed, held, found)
        self._guarded(lambda _text: self._parser.tick(), "", found)
        return found

    @property
    def _pasting(self) -> bool:
        return self._paste is not None

    def _feed_keys(self, text: str, found: list[Message]) -> str:
        if self._escape_read and text.startswith("["):
            # The sequence was cut after its Escape, which the parser has: it gets it anew, whole.
            self._parser = HardenedParser()
            text = "\x1b" + text
        if self._in_long:
            ended = _REST_OF_LONG.match(text)
            self._in_long = ended is not None and not ended[1]
            text = text[ended.end() :] if ended else text
        keys, start, rest = text.partition(PASTE_START)
        self._escape_read = keys.endswith("\x1b") and not start
        if not start:
            keys = self._hold(keys)
        else:
            self._paste, self._paste_size = [], 0
        keys = _LONG.sub("", _STRING.sub("", keys))
        if keys:
            self._guarded(self._parser.feed, keys, found)
        return rest

    def _hold(self, text: str) -> str:
        """`text` without a sequence that has not ended, which waits for its rest."""
        unended = _UNENDED.search(text)
        if unended is None:
            return text
        self._in_long = len(unended[0]) > _LONGEST
        self._held = "" if self._in_long else unended[0]
        return text[: unended.start()]

    def _feed_paste(self, text: str, found: list[Message]) -> str:
        assert self._paste is not None
        # The end mark may have been cut in two: look for it in the last piece and this one.
        tail = self._paste.pop() if self._paste else ""
        pasted, end, rest = (tail + text).partition(PASTE_END)
        keep = len(PASTE_END) - 1
        pieces = [pasted] if end else [pasted[:-keep], pasted[-keep:]]
        room = max(0, MOST_PASTED - self._paste_size)
        self._paste.append(pieces[0][:room])
        self._paste_size += len(self._paste[-1])
        self._paste.extend(pieces[1:])
        if end:
            self._end_paste(found)
        return rest

    def _end_paste(self, found: list[Message]) -> None:
        text = clean_paste("".join(self._paste or ()))
        self._paste = None
        if text:
            found.append(events.Paste(text))

    def _guarded(
        self, read: Callable[[str], Iterable[Message]], text: str, found: list[Message]
    ) -> None:
        try:
            found.extend(event for event in read(text) if not isinstance(event, events.Resize))
        except (ArithmeticError, LookupError, ValueError, TypeError, RuntimeError, ParseError):
            self.failures += 1
            self._parser = HardenedParser()
