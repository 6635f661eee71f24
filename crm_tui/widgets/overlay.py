"""Base of help, palette and go-to: a modal that closes by Esc and still locks by Ctrl+L."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from textual.binding import BindingsMap
from textual.screen import ModalScreen

from crm_tui.widgets.bindings import bindings_for
from crm_tui.widgets.wishes import Session

if TYPE_CHECKING:
    from crm_tui.widgets.context import Context

T = TypeVar("T")


class Overlay(ModalScreen[T], Generic[T], inherit_bindings=False):
    """Of the key table it knows back, lock and sign-out; the rest it reads itself."""

    DEFAULT_CSS: ClassVar[str] = """
    Overlay { align: center bottom; background: transparent; }
    """
    KNOWN: ClassVar[frozenset[str]] = frozenset({"back", "lock", "sign_out"})

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self._bindings = BindingsMap(bindings_for(context.keymap, "dialog", self.KNOWN))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only the command action may run."""
        return action == "command"

    def action_command(self, command_id: str) -> None:
        """Esc closes; the others are the app's."""
        if command_id == "back":
            self.dismiss(None)
        else:
            self.post_message(Session(command_id))
