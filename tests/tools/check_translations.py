"""Says what the Chinese texts lack: `python -m tests.tools.check_translations` (exit 1 if any)."""

from __future__ import annotations

import string
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import PoFileError, read_po

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "crm_tui"
TRANSLATIONS = PACKAGE / "locale" / "zh_CN" / "LC_MESSAGES" / "crm_tui.po"
KEYWORDS: Mapping[str, tuple[int, ...] | None] = {"_": None, "N_": None, "ngettext": (1, 2)}

MessageId = str | tuple[str, str]


def used_texts(package: Path) -> dict[MessageId, str]:
    """Each text that the sources mark, with the first place that does."""
    found: dict[MessageId, str] = {}
    marked = extract_from_dir(
        package, [("**.py", "python")], keywords=KEYWORDS, comment_tags=(), strip_comment_tags=True
    )
    for name, line, message, _comments, _context in marked:
        key: MessageId = message if isinstance(message, str) else (message[0], message[1])
        found.setdefault(key, f"{package.name}/{name}:{line}")
    return found


def read_translations(path: Path) -> Catalog:
    """The catalogue; PoFileError where the file is broken."""
    with path.open("rb") as lines:
        return read_po(lines, abort_invalid=True)


def faults(used: Mapping[MessageId, str], path: Path) -> Iterator[str]:
    """One line per fault of the translations at `path` against the texts in use."""
    try:
        catalogue = read_translations(path)
    except PoFileError as error:
        yield f"{path.name}: {error}"
        return
    yield from _duplicates(path)
    entries = {_key(entry): entry for entry in catalogue if entry.id}
    for key, place in used.items():
        entry = entries.get(key)
        if entry is None or entry.fuzzy or not all(_forms(entry.string)):
            yield f"{place}: no Chinese for {_first(key)!r}"
        elif difference := _other_placeholders(entry):
            yield f"{path.name}:{entry.lineno}: {difference} in {_first(key)!r}"
    for key, entry in entries.items():
        if key not in used:
            yield f"{path.name}:{entry.lineno}: nothing shows {_first(key)!r} any more"


def _duplicates(path: Path) -> Iterator[str]:
    """Entries with the same msgid; babel merges them silently, the last one winning."""
    seen: dict[str, list[int]] = defaultdict(list)
    block: list[str] = []
    start = 0
    for number, line in enumerate([*path.read_text(encoding="utf-8").splitlines(), "msgid"], 1):
        if line.startswith(("msgid_plural", "msgstr", "msgid")) and block:
            seen["".join(block)].append(start)
            block = []
        if line.startswith("msgid ") and not line.startswith("msgid_plural"):
            start = number
            block = [line.removeprefix("msgid ").strip().strip('"')]
        elif block and line.startswith('"'):
            block.append(line.strip().strip('"'))
    for text, places in seen.items():
        if len(places) > 1 and text:
            lines = ", ".join(map(str, places))
            yield f"{path.name}: {text!r} is there more than once, in lines {lines}"


def _key(entry: Message) -> MessageId:
    return entry.id if isinstance(entry.id, str) else (entry.id[0], entry.id[1])


def _first(key: MessageId) -> str:
    return key if isinstance(key, str) else key[0]


def _forms(text: str | Iterable[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text) or ("",)


def _placeholders(text: str) -> set[str]:
    return {
        name
        for _text, name, _spec, _conversion in string.Formatter().parse(text)
        if name is not None
    }


def _other_placeholders(entry: Message) -> str:
    """What is wrong with the placeholders of the translation, or nothing."""
    try:
        wanted = set().union(*map(_placeholders, _forms(entry.id)))
        got = [_placeholders(form) for form in _forms(entry.string)]
    except ValueError as error:
        return str(error)
    for names in got:
        if names != wanted:
            return f"placeholders {sorted(names)} instead of {sorted(wanted)}"
    return ""


def main() -> int:
    """Print the faults; 1 if there are any."""
    found = list(faults(used_texts(PACKAGE), TRANSLATIONS))
    for fault in found:
        print(fault, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
