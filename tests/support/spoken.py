"""Speak a language from its `.po`, whether or not it has been compiled."""

from __future__ import annotations

import gettext
import io
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from crm_tui import i18n

if TYPE_CHECKING:
    from collections.abc import Iterator


@lru_cache
def _catalog(language: str) -> gettext.GNUTranslations:
    source = i18n.LOCALE_DIR / language / "LC_MESSAGES" / f"{i18n.DOMAIN}.po"
    compiled = io.BytesIO()
    with source.open("rb") as lines:
        write_mo(compiled, read_po(lines))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


@contextmanager
def spoken(language: str) -> Iterator[None]:
    """`en` or `zh_CN` for the time of the block, English after it."""
    i18n.use(language)
    if language != "en":
        i18n._active = _catalog(language)
    try:
        yield
    finally:
        i18n.use("en")
