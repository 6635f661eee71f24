"""What a day proposes for its diary (domain.md 8): each touch once, whatever becomes of it."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from crm_tui.domain.kinds import Method
from crm_tui.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from enum import Enum

    from crm_tui.domain.diary import DayTouch

    Word = Callable[[Enum], str]
    """Names a method, event or tier in the person's language."""

# From so many messages of one method on they share a line.
GROUPED_FROM: Final = 3
_MESSAGES: Final = (Method.EMAIL, Method.SMS, Method.SOCIAL)
_METHOD: Final = "method"
_WORDS: Final = 48


@dataclass(frozen=True, slots=True)
class Proposed:
    """What was proposed for an entry: touches by their keys, and the texts that sum up several of
    them, by what they sum up. Those are brought up to date until somebody edits them."""

    touches: frozenset[str] = frozenset()
    texts: Mapping[str, str] = field(default_factory=dict, repr=False)

    def joined(self, later: Proposed) -> Proposed:
        """What was proposed by either."""
        return Proposed(self.touches | later.touches, {**self.texts, **later.texts})

    def as_text(self) -> str:
        """To be stored."""
        stored = {"touches": sorted(self.touches), "texts": dict(self.texts)}
        return json.dumps(stored, ensure_ascii=False)

    @classmethod
    def of(cls, text: str | None) -> Proposed | None:
        """As stored; None when nothing was."""
        if not text:
            return None
        stored = json.loads(text)
        return cls(frozenset(stored["touches"]), stored["texts"])


@dataclass(frozen=True, slots=True)
class Day:
    """Content and method with what is new of the day, and all that was proposed by now."""

    content: str = field(repr=False)
    method: str = field(repr=False)
    proposed: Proposed


def up_to_date(
    content: str, method: str, touches: Sequence[DayTouch], known: Proposed, word: Word
) -> Day:
    """With the touches that are not known yet: a line for each, at the end, and the method
    counted anew unless it was edited. A line holds the number of its customer, by which `Ctrl+O`
    finds them; many new messages of one method share one."""
    new = [one for one in touches if one.key not in known.touches]
    if not new:
        return Day(content, method, known)
    texts, lines = dict(known.texts), content.splitlines()
    shared = [_share(kind, lines, touches, new, texts, word) for kind in _MESSAGES]
    grouped = {key for keys, _line in shared for key in keys}
    lines += [_line(one, word) for one in new if one.key not in grouped]
    lines += [line for _keys, line in shared if line]
    if method == texts.get(_METHOD, ""):
        method = texts[_METHOD] = proposed_method(touches, word)
    seen = known.touches | {one.key for one in touches}
    return Day("\n".join(lines), method, Proposed(seen, texts))


def _share(
    kind: Method, lines: list[str], touches: Sequence[DayTouch], new: Sequence[DayTouch],
    texts: dict[str, str], word: Word,
) -> tuple[set[str], str]:  # fmt: skip
    """Which of the `new` messages of a `kind` share a line, and that line if it is another one.

    A line for all of them is changed in its place; one that was edited or deleted stays so.
    """
    fresh = [one for one in new if one.kind == kind]
    every = [one for one in touches if one.kind == kind]
    keys = {one.key for one in fresh}
    if fresh and texts.get(kind.value) in lines:
        place = lines.index(texts[kind.value])
        lines[place] = texts[kind.value] = _people(kind, every, word)
        return keys, ""
    if len(fresh) < GROUPED_FROM:
        return set(), ""
    line = _people(kind, fresh, word)
    if len(fresh) == len(every):
        texts[kind.value] = line
    return keys, line


def _people(kind: Method, touches: Sequence[DayTouch], word: Word) -> str:
    people = {one.name for one in touches}
    return _("{method} {n} people").format(method=word(kind), n=len(people))


def _line(one: DayTouch, word: Word) -> str:
    words = _begin(" ".join(one.text.split()))
    also = one.customer_no if one.complaint_no else ""
    tier = word(one.tier) if one.tier else ""
    parts = (word(one.kind), one.name, one.number, also, tier, words)
    return " ".join(part for part in parts if part)


def _begin(words: str) -> str:
    """The beginning of what was said, to the end of a word where there are blanks."""
    if len(words) <= _WORDS:
        return words
    cut = words[:_WORDS]
    whole = cut if words[_WORDS] == " " else cut.rpartition(" ")[0]
    # Han text has no blanks, or one far in front.
    return (whole if len(whole) > _WORDS // 2 else cut).rstrip() + "…"


def proposed_method(touches: Sequence[DayTouch], word: Word) -> str:
    """How people were reached: each method with its count, the most used first."""
    counts = Counter(one.kind for one in touches if isinstance(one.kind, Method))
    parts = [
        _("{method} {n}x").format(method=word(kind), n=count)
        for kind, count in counts.most_common()
    ]
    return _(", ").join(parts)


def assumed(
    content: str, touches: Sequence[DayTouch], handed_in_at: datetime | None, word: Word
) -> Proposed:
    """What was proposed for an entry or a draft that does not remember it: whom it names in
    whatever language, messages, and all that was done before it was handed in."""
    named = set(content.split())
    known = [
        one
        for one in touches
        if one.number in named
        or one.kind in _MESSAGES
        or (handed_in_at is not None and one.at <= handed_in_at)
    ]
    texts = {_METHOD: proposed_method(known, word)}
    return Proposed(frozenset(one.key for one in known), texts)
