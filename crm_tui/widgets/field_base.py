"""What the fields of a form have in common.

Each has `field_text()` (what a draft keeps: normal where it can be read, else as typed),
`load_field(text)` (no edit), `problem()` (what is wrong, in words) and `note()` (what the form
shows beside it).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

from crm_tui.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.widget import Widget


class FieldEdited(Message):
    """The person changed a field."""

    def __init__(self, field: Widget) -> None:
        super().__init__()
        self.field = field


class FieldRefused(Message):
    """What is typed in a field was not taken: say why beside it."""

    def __init__(self, field: Widget) -> None:
        super().__init__()
        self.field = field


class FieldDone(Message):
    """The field is complete: go on to the next."""


def told(check: Callable[[], object]) -> str:
    """The message of the InvalidInput that `check` raises, empty when it raises none."""
    try:
        check()
    except InvalidInput as error:
        return error.message
    return ""
