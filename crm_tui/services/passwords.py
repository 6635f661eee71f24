"""Passwords: argon2id over NFKC text, at most four at once."""

from __future__ import annotations

import threading
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from crm_tui.errors import InvalidInput
from crm_tui.i18n import _

SHORTEST, LONGEST = 10, 128
_at_once = threading.BoundedSemaphore(4)
_hasher = PasswordHasher()


def normalise(password: str) -> str:
    """The NFKC form, so that every input method gives the same password."""
    return unicodedata.normalize("NFKC", password)


def hash_new(password: str) -> str:
    """The hash to store. Raises InvalidInput when the length is not allowed."""
    text = normalise(password)
    if not SHORTEST <= len(text) <= LONGEST:
        raise InvalidInput(
            "password",
            _("A password has {low} to {high} characters.").format(low=SHORTEST, high=LONGEST),
        )
    with _at_once:
        return _hasher.hash(text)


def matches(stored: str | None, password: str) -> bool:
    """Whether `password` is the stored one; without a stored one it costs the same."""
    text = normalise(password)[:LONGEST]
    with _at_once:
        try:
            _hasher.verify(stored or _nobody(), text)
        except (VerificationError, InvalidHashError):
            return False
    return stored is not None


@cache
def _nobody() -> str:
    return _hasher.hash("a password that nobody has")
