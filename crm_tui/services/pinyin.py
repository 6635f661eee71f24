"""Readings of one Han character, from pypinyin's table (loaded at the first question)."""

from __future__ import annotations

import os
import unicodedata
from functools import lru_cache


@lru_cache(maxsize=16_384)
def char_readings(ch: str) -> tuple[str, ...]:
    """Tone-less readings of `ch`, the usual one first, ü as v; empty when it has none."""
    found: dict[str, None] = {}
    for reading in _table().get(ord(ch), "").split(","):
        plain = _without_tone(reading)
        if plain:
            found[plain] = None
    return tuple(found)


@lru_cache(maxsize=1)
def _table() -> dict[int, str]:
    # The phrases would add 45 MB and most of the loading time; only characters are asked for.
    known = os.environ.get("PYPINYIN_NO_PHRASES")
    os.environ["PYPINYIN_NO_PHRASES"] = "1"
    try:
        from pypinyin.pinyin_dict import pinyin_dict
    finally:
        if known is None:
            del os.environ["PYPINYIN_NO_PHRASES"]
        else:
            os.environ["PYPINYIN_NO_PHRASES"] = known
    return dict(pinyin_dict)


def _without_tone(reading: str) -> str:
    """`lǜ` → `lv`, `ếr` → `er`."""
    spread = unicodedata.normalize("NFD", reading).replace("u\u0308", "v")
    return "".join(ch for ch in spread if "a" <= ch <= "z")
