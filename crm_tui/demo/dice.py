"""Chance that falls the same way on every machine."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")
_MASK = (1 << 64) - 1


def mixed(*numbers: int) -> int:
    """64 well-mixed bits of whole numbers (splitmix64), for a seed of each row's own."""
    state = 0
    for number in numbers:
        state = (state ^ number) + 0x9E3779B97F4A7C15 & _MASK
        state = (state ^ state >> 30) * 0xBF58476D1CE4E5B9 & _MASK
        state = (state ^ state >> 27) * 0x94D049BB133111EB & _MASK
        state ^= state >> 31
    return state


class Dice:
    """A seeded source of chance; `numbers` are the seed and what the chance is for."""

    def __init__(self, *numbers: int) -> None:
        self._random = random.Random(mixed(*numbers))  # noqa: S311 (nothing secret hangs on it)

    def one(self, choices: Sequence[T]) -> T:
        """One of the choices, all alike."""
        return choices[int(self._random.random() * len(choices))]

    def whole(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return low + int(self._random.random() * (high - low + 1))

    def chance(self, part: float) -> bool:
        """True in `part` of all cases (0 to 1)."""
        return self._random.random() < part

    def part(self) -> float:
        """From 0 up to 1."""
        return self._random.random()

    def log_normal(self, median: float, spread: float) -> float:
        """As wealth is spread: few have most."""
        return median * float(self._random.lognormvariate(0.0, spread))

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """The items in another order."""
        copy = list(items)
        self._random.shuffle(copy)
        return copy
