"""Chinese and English texts by gettext; msgids are the English texts."""

from __future__ import annotations

import gettext
import locale
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

DOMAIN: Final = "crm_tui"
LOCALE_DIR: Final = Path(__file__).parent / "locale"
LANGUAGES: Final = ("en", "zh_CN")

_active: gettext.NullTranslations = gettext.NullTranslations()
_language = "en"


def detect() -> str:
    """The language of the environment: `zh_CN` when it is Chinese, else `en`."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name)
        if value:
            return "zh_CN" if value.lower().startswith("zh") else "en"
    value = locale.getlocale()[0] or ""
    return "zh_CN" if value.lower().startswith(("zh", "chinese")) else "en"


def use(language: str) -> None:
    """Speak `language` (`auto`, `en` or `zh_CN`; `zh` is taken for `zh_CN`) from now on."""
    global _active, _language
    wanted = detect() if language == "auto" else language
    _language = "zh_CN" if wanted.lower().startswith("zh") else "en"
    _active = (
        gettext.translation(DOMAIN, LOCALE_DIR, [_language], fallback=True)
        if _language != "en"
        else gettext.NullTranslations()
    )


@contextmanager
def spoken(language: str) -> Iterator[None]:
    """Speak `language` for a while, such as while a Chinese bank is made."""
    before = _language
    use(language)
    try:
        yield
    finally:
        use(before)


def language() -> str:
    """The language in use, `en` or `zh_CN`."""
    return _language


def _(message: str) -> str:
    """`message` in the language in use."""
    return _active.gettext(message)


def N_(message: str) -> str:  # noqa: N802 (gettext's own name for "mark, do not translate yet")
    """Mark `message` for extraction; translate it with `_` where it is shown."""
    return message


def ngettext(one: str, many: str, n: int) -> str:
    """The form of `one` or `many` that fits `n`."""
    return _active.ngettext(one, many, n)
