"""Picking one of any number of options with digits, or by typing a part of one. No UI here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from crm_tui.domain.text_rules import fold_syntax

if TYPE_CHECKING:
    from collections.abc import Sequence

DIGITS: Final = "123456789"
MORE: Final = "9"
"""Turns the page where there are more than nine options: each page has eight."""
MOST_TYPED: Final = 40


class Picking:
    """Options in pages, what is typed to narrow them, and the value picked.

    With `free` the typed text itself is a value where it narrows to nothing.
    """

    def __init__(self, options: Sequence[tuple[str, str]] = (), *, free: bool = False) -> None:
        """`options` are (value, label), the likeliest first."""
        self.free = free
        self.typed = ""
        self.chosen = ""
        self._page = 0
        self.options = tuple(options)

    def offer(self, options: Sequence[tuple[str, str]]) -> None:
        """Other options; what was picked stays picked."""
        self.options, self._page = tuple(options), 0

    @property
    def label(self) -> str:
        """The label of the value picked, the value itself where none is known."""
        return dict(self.options).get(self.chosen, self.chosen)

    def matching(self) -> list[tuple[str, str]]:
        """The options that contain what is typed."""
        wanted = fold_syntax(self.typed).strip().casefold()
        if not wanted:
            return list(self.options)
        return [
            (value, label)
            for value, label in self.options
            if wanted in label.casefold() or value.casefold().startswith(wanted)
        ]

    @property
    def has_more(self) -> bool:
        """Whether `MORE` turns the page."""
        return len(self.matching()) > len(DIGITS)

    def shown(self) -> list[tuple[str, str, str]]:
        """Digit, value and label of the options on this page."""
        found = self.matching()
        if self.has_more:
            size = len(DIGITS) - 1
            found = found[self._page * size : (self._page + 1) * size]
        return [(digit, *option) for digit, option in zip(DIGITS, found, strict=False)]

    def digit(self, digit: str) -> bool:
        """Take a digit; whether it has picked something. Letters that nothing contains would
        leave it no option: they go."""
        if self.typed and not self.matching():
            self.clear()
        if self.has_more and digit == MORE:
            pages = -(-len(self.matching()) // (len(DIGITS) - 1))
            self._page = (self._page + 1) % pages
            return False
        found = next((value for one, value, _label in self.shown() if one == digit), None)
        if found is None:
            return False
        self.pick(found)
        return True

    def type(self, text: str) -> None:
        """Narrow the options."""
        self.typed = (self.typed + text)[:MOST_TYPED]
        self._page = 0

    def rub_out(self) -> None:
        """The last character typed, else what was picked."""
        if self.typed:
            self.typed, self._page = self.typed[:-1], 0
        else:
            self.chosen = ""

    def clear(self) -> None:
        """Take away what is typed; what was picked stays picked."""
        self.typed, self._page = "", 0

    def pick(self, value: str) -> None:
        """Choose a value."""
        self.chosen, self.typed, self._page = value, "", 0

    def meant(self) -> str | None:
        """The value that what is typed stands for, None when that is not clear."""
        found = self.matching()
        if len(found) == 1:
            return found[0][0]
        return self.typed.strip() if self.free and not found else None

    def settle(self) -> bool:
        """Choose what is typed; False when it is not clear what is meant."""
        if not self.typed.strip():
            self.typed = ""
            return True
        value = self.meant()
        if value is not None:
            self.pick(value)
        return not self.typed
