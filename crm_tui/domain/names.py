"""Names as sort keys and search tokens (design.md Search, ux.md N1).

`readings` is passed in (a character's tone-less readings, ü as v, the usual one first) because
the dictionary behind it is dear to load. A query never needs it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final

from crm_tui.domain.surnames import surname_readings
from crm_tui.domain.text_rules import fold_syntax

Readings = Callable[[str], Sequence[str]]

MAX_VARIANTS: Final = 16
MAX_TOKEN: Final = 100
# A token text lies in an index whose rows must stay below 2,700 bytes on PostgreSQL.
MAX_DOC_BYTES: Final = 1_500
# Han characters of one name that are indexed; all of a person's, the front of a long firm's.
MAX_HAN: Final = 60
# Characters of a run whose pinyin is one token; a longer one is a firm's, typed from its front.
_READ: Final = 16
# A run of more characters than this varies in its front only, and with fewer variants.
_SHORT: Final = 6
_FRONT: Final = 3
_FEW_VARIANTS: Final = 6
_KEY_CHARS: Final = 32

HAN: Final = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
# Between the parts of a name of another language, in the forms that input methods give.
NAME_DOTS: Final = "\u00b7\u2022\u2027\u2219\u22c5\u30fb\uff0e\uff65."
_HAN_RUN: Final = re.compile(f"[{HAN}]+")
_HAN_OR_WORD: Final = re.compile(f"[{HAN}]+|[^{HAN}]+")
_DIGITS: Final = re.compile(r"[0-9]+")
_ALPHABET: Final = "0123456789abcdefghijklmnopqrstuvwxyz"


def name_key(name: str, readings: Readings, *, person: bool = True) -> str:
    """A sort key of `0-9a-z` alone: pinyin with the surname's correct reading, then the character.

    Bytes, and every collation of letters and digits, order it alike; names with the same
    characters stand together. A firm's first character is read as the dictionary reads it.
    """
    folded = _plain(name)[:_KEY_CHARS]
    certain = surname_readings(folded) if person else ()
    parts = []
    for place, ch in enumerate(folded):
        if ch.isascii():
            parts.append(ch if ch.isalnum() else "0")
            continue
        known = certain[place] if place < len(certain) else next(iter(readings(ch)), "")
        # Without a reading it goes behind every pinyin.
        parts.append(f"{known or 'zz'}0{_base36(ord(ch))}")
    return "".join(parts)


def search_tokens(
    name: str, customer_no: str, branch_code: str, readings: Readings, *, person: bool = True
) -> str:
    """The token text of one customer: space-separated, a space at both ends, no token twice.

    Number (also its digits without leading zeros), branch, each Han run's pinyin in every
    reading and initials, a person's given name in pinyin, each Han character and pair, Latin
    words in lower case.
    """
    tokens: dict[str, None] = {}
    _add(tokens, _code_words(_plain(customer_no)))
    _add(tokens, (digits.lstrip("0") or "0" for digits in _DIGITS.findall(customer_no)[:1]))
    _add(tokens, _branch_tokens(branch_code))
    runs, words = _split(_plain(name))
    for place, run in enumerate(runs):
        if place:
            _add(tokens, _pinyin(run, (), readings, most=1))
        elif person:
            _add(tokens, _pinyin(run, surname_readings(run), readings, given=True))
        else:
            _add(tokens, _pinyin(run, (), readings, most=_FEW_VARIANTS))
    for word in words:
        _add(tokens, _unpadded(word))
    for run in runs:
        _add(tokens, run[:MAX_HAN])
        _add(tokens, (run[i : i + 2] for i in range(min(len(run), MAX_HAN) - 1)))
    return _joined(tokens)


def words_of(text: str) -> list[str]:
    """Lower-case words of letters and digits without accents and apostrophes, Han apart."""
    runs, words = _split(_plain(text))
    return [*runs, *words]


def is_han(ch: str) -> bool:
    """Whether a character is a Han character, rare ones too."""
    return _HAN_RUN.fullmatch(ch) is not None


def _add(tokens: dict[str, None], more: Iterable[str]) -> None:
    for token in more:
        tokens[token[:MAX_TOKEN]] = None


def _joined(tokens: Iterable[str]) -> str:
    """Tokens in order until MAX_DOC_BYTES; the first ones are those that identify."""
    text = f" {' '.join(tokens)} "
    if len(text) * 4 <= MAX_DOC_BYTES or len(text.encode()) <= MAX_DOC_BYTES:
        return text
    kept, size = [], 1
    for token in tokens:
        size += len(token.encode()) + 1
        if size > MAX_DOC_BYTES:
            break
        kept.append(token)
    return f" {' '.join(kept)} "


@lru_cache(maxsize=4_096)
def _branch_tokens(code: str) -> tuple[str, ...]:
    return tuple(_code_words(_plain(code)))


def _code_words(plain: str) -> Iterator[str]:
    for word in _words(plain):
        yield from _unpadded(word)


def _unpadded(word: str) -> tuple[str, ...]:
    """A number also without its leading zeros, as queries ask for it."""
    if word[0] == "0" and word.isdecimal():
        return (word, word.lstrip("0") or "0")
    return (word,)


def _plain(text: str) -> str:
    """Folded, lower case, without accents; Han as it is."""
    if not text.isascii():
        if _HAN_RUN.fullmatch(text):
            return text
        spread = unicodedata.normalize("NFKD", fold_syntax(text).casefold())
        bare = "".join(ch for ch in spread if not unicodedata.combining(ch))
        text = unicodedata.normalize("NFC", bare)
    return text.lower()


def _split(plain: str) -> tuple[list[str], list[str]]:
    """Han runs and the words between them."""
    runs: list[str] = []
    words: list[str] = []
    for piece in _HAN_OR_WORD.findall(plain):
        if _HAN_RUN.match(piece):
            runs.append(piece)
        else:
            words.extend(_words(piece))
    return runs, words


def _words(plain: str) -> list[str]:
    joined = plain.replace("'", "").replace("\u2019", "")
    return "".join(ch if ch.isalnum() else " " for ch in joined).split()


def _pinyin(
    run: str,
    certain: Sequence[str],
    readings: Readings,
    *,
    given: bool = False,
    most: int = MAX_VARIANTS,
) -> Iterator[str]:
    """Full pinyin of a run in its readings, its initials, and the given name's pinyin."""
    spelled = _spellings(run[:_READ], certain, readings, most)
    for syllables in spelled:
        yield from _umlauts("".join(syllables))
        yield "".join(s[0] for s in syllables)
    surname = len(certain) or 1
    if given and surname < len(run) <= _SHORT:
        for syllables in spelled:
            yield from _umlauts("".join(syllables[surname:]))


def _umlauts(pinyin: str) -> tuple[str, ...]:
    """ü is typed as v or as u."""
    if not pinyin:
        return ()
    return (pinyin, pinyin.replace("v", "u")) if "v" in pinyin else (pinyin,)


def _spellings(
    run: str, certain: Sequence[str], readings: Readings, most: int
) -> list[tuple[str, ...]]:
    """Readings of a run, the usual one first, then by how many characters differ from it."""
    options: list[Sequence[str]] = []
    for place, ch in enumerate(run):
        known = readings(ch)
        if place < len(certain):
            known = (certain[place], *(r for r in known if r != certain[place]))
        if known:
            options.append(known)
    usual = tuple(option[0] for option in options)
    if not usual:
        return []
    if len(options) > _SHORT:
        most = min(most, _FEW_VARIANTS)
        options = options[:_FRONT]
    if most == 1 or all(len(option) == 1 for option in options):
        return [usual]
    return _variants(usual, options, most)


def _variants(
    usual: tuple[str, ...], options: list[Sequence[str]], most: int
) -> list[tuple[str, ...]]:
    found = {usual: None}
    frontier = [usual]
    while frontier:
        wider = []
        for base in frontier:
            for place, option in enumerate(options):
                for reading in option:
                    other = (*base[:place], reading, *base[place + 1 :])
                    if other in found:
                        continue
                    if len(found) == most:
                        return list(found)
                    found[other] = None
                    wider.append(other)
        frontier = wider
    return list(found)


@lru_cache(maxsize=16_384)
def _base36(code: int) -> str:
    """Four places of `0-9a-z`, in the order of the numbers."""
    out = ""
    for _place in range(4):
        code, rest = divmod(code, 36)
        out = _ALPHABET[rest] + out
    return out
