"""What a person typed under `/`, taken apart (ux.md Grammar, decisions.md Keys).

Only letters, digits and Han reach a token, so that no full-text syntax can come through; the
query needs no pinyin dictionary, since every reading is in the index.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from crm_tui.domain.kinds import Tier
from crm_tui.domain.names import MAX_TOKEN, is_han, words_of
from crm_tui.domain.text_rules import fold_syntax

MAX_TOKENS: Final = 16
MAX_QUERY: Final = 400

# As the list shows them, and in full. 金 alone is a frequent surname, so it is no tier word;
# the rare surname 银 is found by its pinyin, or with a given name.
TIER_WORDS: Final = MappingProxyType(
    {
        "银": Tier.SILVER,
        "银卡": Tier.SILVER,
        "silver": Tier.SILVER,
        "金卡": Tier.GOLD,
        "gold": Tier.GOLD,
        "白金": Tier.PLATINUM,
        "白金卡": Tier.PLATINUM,
        "platinum": Tier.PLATINUM,
        "plat": Tier.PLATINUM,
        "plat.": Tier.PLATINUM,
        "黑金": Tier.BLACK_GOLD,
        "黑金卡": Tier.BLACK_GOLD,
        "black": Tier.BLACK_GOLD,
        "black_gold": Tier.BLACK_GOLD,
        "blackgold": Tier.BLACK_GOLD,
        "未评": Tier.NONE,
        "ungraded": Tier.NONE,
    }
)
_TAIL: Final = re.compile(r"[0-9]{3}[0-9X]")
_MOBILE: Final = re.compile(r"1[3-9][0-9]{9}")
_CARD: Final = re.compile(r"[0-9]{13,19}")
# Any document: a resident ID, a company code, a passport; at least six digits among them.
_DOCUMENT: Final = re.compile(r"(?=(?:[A-Z]*[0-9]){6})[0-9A-Z]{8,20}")
# As a telephone shows who is calling; without + or 00 it may be a card.
_COUNTRY: Final = re.compile(r"(?:\+|00)86(1[3-9][0-9]{9})")
_GROUPED: Final = re.compile(r"[0-9]+(?:[ -][0-9]+)*[ -]?[0-9]*[0-9Xx]")


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """One search; every field narrows it.

    A row matches when it has a token that starts with each of `tokens`, each of `characters` as a
    token, and a name that contains, without NAME_DOTS, each of `name_contains`. Where a word is
    also a whole number or a tail, that number or tail in its own column does instead of its token:
    the others are `tokens_beside_number`.
    """

    tokens: tuple[str, ...] = field(default=(), repr=False)
    characters: tuple[str, ...] = field(default=(), repr=False)
    name_contains: tuple[str, ...] = field(default=(), repr=False)
    number_token: str = field(default="", repr=False)
    full_mobile: str | None = field(default=None, repr=False)
    full_id: str | None = field(default=None, repr=False)
    full_card: str | None = field(default=None, repr=False)
    tail4: str | None = field(default=None, repr=False)
    manager: str | None = field(default=None, repr=False)
    tiers: frozenset[Tier] = frozenset()

    @property
    def empty(self) -> bool:
        """Whether it asks for nothing: the whole list."""
        return not (self.has_words or self.manager or self.tiers)

    @property
    def has_words(self) -> bool:
        """Whether the token text is asked."""
        return bool(self.tokens or self.characters)

    @property
    def has_number(self) -> bool:
        """Whether a number column is to be asked too."""
        return bool(self.full_mobile or self.full_id or self.full_card or self.tail4)

    @property
    def tokens_beside_number(self) -> tuple[str, ...]:
        """The tokens of the other words."""
        return tuple(token for token in self.tokens if token != self.number_token)


def query_tokens(text: str) -> SearchQuery:
    """Take a search text apart; it never fails, whatever was typed or pasted."""
    folded = fold_syntax(unicodedata.normalize("NFC", text[:MAX_QUERY])).strip()
    tokens: dict[str, None] = {}
    runs: dict[str, None] = {}
    tiers: set[Tier] = set()
    manager: str | None = None
    number = ""
    for word in _typed_words(folded):
        tier = TIER_WORDS.get(word.lower())
        if word.startswith("@"):
            manager = _manager(word) or manager
        elif tier is not None:
            tiers.add(tier)
        else:
            if not number and _is_number(word.upper()):
                number = word.upper()
            for part in words_of(word):
                _collect(part, tokens, runs)
    return SearchQuery(
        tokens=tuple(tokens)[:MAX_TOKENS],
        characters=tuple(dict.fromkeys("".join(runs)))[:MAX_TOKENS],
        name_contains=tuple(runs)[:MAX_TOKENS],
        number_token=_unpadded(number.lower()),
        full_mobile=number if _MOBILE.fullmatch(number) else None,
        full_id=number if _DOCUMENT.fullmatch(number) and not _MOBILE.fullmatch(number) else None,
        full_card=number if _CARD.fullmatch(number) else None,
        tail4=number if _TAIL.fullmatch(number) else None,
        manager=manager,
        tiers=frozenset(tiers),
    )


def _typed_words(text: str) -> list[str]:
    """Words between blanks; a phone, ID or card typed in groups is one word."""
    joined = text.replace(" ", "").replace("-", "")
    calling = _COUNTRY.fullmatch(joined)
    if calling:
        return [calling[1]]
    if 11 <= len(joined) <= 19 and _GROUPED.fullmatch(text):
        return [joined]
    return text.split()


def _is_number(word: str) -> bool:
    return any(form.fullmatch(word) for form in (_TAIL, _MOBILE, _CARD, _DOCUMENT))


def _collect(part: str, tokens: dict[str, None], runs: dict[str, None]) -> None:
    """A Han run of three or more is looked for in the name as a whole, among those who have all of
    its characters: a pair of them is no token where a dot of the name stands between.
    """
    if not is_han(part[0]):
        tokens[_unpadded(part)[:MAX_TOKEN]] = None
    elif len(part) < 3:
        tokens[part] = None
    else:
        runs[part[:MAX_TOKEN]] = None


def _unpadded(word: str) -> str:
    """Numbers are indexed without leading zeros."""
    return (word.lstrip("0") or "0") if word.isdecimal() else word


def _manager(word: str) -> str:
    """A username, name or pinyin after `@`."""
    return "".join(ch for ch in word[1:].lower() if ch.isalnum() or ch in "._-")[:MAX_TOKEN]
