"""A field for a password: what is typed leaves it only by submitting (safety.md 7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.widgets import Input

if TYPE_CHECKING:
    import rich.repr

MAX_PASSWORD: Final = 128


class PasswordInput(Input, inherit_css=True):
    """An `Input` that shows dots, and neither copies nor cuts nor tells its value."""

    def __init__(self, *, id: str | None = None, placeholder: str = "") -> None:  # noqa: A002
        super().__init__(
            id=id, placeholder=placeholder, password=True, max_length=MAX_PASSWORD, suggester=None
        )

    @property
    def selected_text(self) -> str:
        """Never the password: what copies a selection gets nothing."""
        return ""

    def action_copy(self) -> None:
        """A password is not copied."""

    def action_cut(self) -> None:
        """A password is not cut."""

    def take(self) -> str:
        """The password; the field is empty afterwards."""
        value = self.value
        self.clear()
        return value

    def __rich_repr__(self) -> rich.repr.Result:
        yield "id", self.id, None
