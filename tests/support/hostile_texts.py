"""Hostile texts by what becomes of them on the way in: taken, turned into another, or refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from crm_tui.db.tables import Complaint, ComplaintEvent, Diary, DiaryAddendum
from tests.support.hostile import TEXTS

if TYPE_CHECKING:
    from tests.support.people import Bank

# Harmless as long as nobody takes it for markup, a formula, a format, a path or a query.
TAKEN: Final = (
    TEXTS[0],
    TEXTS[1],
    TEXTS[7],
    TEXTS[9],
    "[bold red on blue]styled[/] [@screen.focus('x')]act[/]",
    '=HYPERLINK("http://evil.test","x")',
    "＝1+1",
    "'=1+1",
    "''",
    "{0} {x!r} %(x)s %n $PATH ${HOME} `id` $(id)",
    "'; DROP TABLE diary; -- \" \\",
    "\\x1b[2J \\u202e &#27; %1b _x001B_ _x000D_",
    "﷽﷽﷽",
    "❤\ufe0f☎\ufe0f",
    "\ue000\U000f0000",
    "<script>alert(1)</script> ../../etc/passwd",
)
# What is stored of the second where lines may end, and what of the first.
TURNED: Final = (
    ("one\r\ntwo\tthree\rfour", "one\ntwo three\nfour"),
    ("  cafe\u0301 \u3000", "caf\u00e9"),
)
# The text and what the refusal says of it.
REFUSED: Final = (
    (TEXTS[2], "U+001B"),
    (TEXTS[3], "U+202E"),
    (TEXTS[4], "U+200B"),
    ("a\x0bb", "U+000B"),
    ("a\u2028b", "U+2028"),
    (TEXTS[8], "U+0304"),
    (TEXTS[10], "U+200D"),
    ("a\x00b", "U+0000"),
    ("a\x9b2J", "U+009B"),
    ("a\ud800b", "U+D800"),
    # What a name of bytes that are no UTF-8 becomes in a command line.
    (b"a\x9b31m".decode("utf-8", "surrogateescape"), "U+DC9B"),
    ("a\U000e0041b", "U+E0041"),
    ("很长" * 10_001, "characters are too many"),
)


_TABLES: Final[tuple[Any, ...]] = (Diary, DiaryAddendum, Complaint, ComplaintEvent)


def everything(bank: Bank) -> list[tuple[object, ...]]:
    """What is stored of diaries and complaints."""
    found: list[tuple[object, ...]] = []
    with bank.store.read() as session:
        for model in _TABLES:
            table = model.__table__
            query = select(*table.c).order_by(*table.primary_key)
            found += [tuple(row) for row in session.execute(query)]
    return found
