"""What is shown of personal data in place of the whole (domain.md 6), by code point.

The eight birth digits of an ID never appear. A value too short for its pattern is hidden whole.
"""

from __future__ import annotations

from typing import Final

_STAR: Final = "*"


def mask_id(number: str) -> str:
    """`1****************X`: first and last place of any identity document."""
    if len(number) < 3:
        return _STAR * len(number)
    return number[0] + _STAR * (len(number) - 2) + number[-1]


def mask_mobile(number: str) -> str:
    """`138****8000`; a number that is no mobile keeps its last four places at most."""
    if len(number) == 11:
        return f"{number[:3]}{_STAR * 4}{number[7:]}"
    return _keep_ends(number, 3, 4)


def mask_card(number: str) -> str:
    """`622202*********0012`: six in front and four behind."""
    return _keep_ends(number, 6, 4)


def mask_email(address: str) -> str:
    """`z***@example.com`: the first character and the domain, whatever the length between."""
    local, at, domain = address.rpartition("@")
    if not at or not local:
        return _STAR * len(address)
    return f"{local[0]}***@{domain}" if len(local) > 1 else f"***@{domain}"


def mask_name(name: str) -> str:
    """`张*`, `王**`; a name of one character is `*`."""
    if len(name) < 2:
        return _STAR * len(name)
    return name[0] + _STAR * (len(name) - 1)


def tail4(number: str) -> str:
    """The last four places, empty when that would be nearly all of the value."""
    return number[-4:] if len(number) >= 8 else ""


def _keep_ends(value: str, front: int, back: int) -> str:
    if len(value) >= front + back + 3:
        return value[:front] + _STAR * (len(value) - front - back) + value[-back:]
    if len(value) >= back + 4:
        return _STAR * (len(value) - back) + value[-back:]
    return _STAR * len(value)
