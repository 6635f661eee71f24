"""What an application that holds personal data does not do (safety.md 6)."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from crm_tui.terminal.actions import ALLOWED
from crm_tui.terminal.driver import HardenedDriver
from crm_tui.terminal.frame_app import FrameApp

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.dom import DOMNode
    from textual.widget import Widget

Result = TypeVar("Result")


class ClosedApp(FrameApp[Result], Generic[Result]):
    """An `App` with a list of actions and no way out to clipboard, browser, files or a shell."""

    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[Any]] = []
    ALLOWED_ACTIONS: ClassVar[frozenset[str]] = ALLOWED

    def __init__(self) -> None:
        super().__init__(driver_class=HardenedDriver)
        self.features = frozenset()
        self.devtools = None
        self.animation_level = "none"
        self._extra_actions: set[str] = set()

    # Actions

    def allow_actions(self, names: Iterable[str]) -> None:
        """List further actions, from the key table."""
        self._extra_actions.update(names)

    def is_allowed(self, action: str) -> bool:
        """Whether `action` may run at all, on any widget."""
        return action in self.ALLOWED_ACTIONS or action in self._extra_actions

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Actions of the application itself."""
        return self.is_allowed(action)

    def _check_action_state(self, action: str, default_namespace: DOMNode) -> bool | None:
        name = self._parse_action(action, default_namespace)[1]
        return self.is_allowed(name) and super()._check_action_state(action, default_namespace)

    async def _dispatch_action(self, namespace: DOMNode, action_name: str, params: Any) -> bool:
        if not self.is_allowed(action_name):
            return False
        return await super()._dispatch_action(namespace, action_name, params)

    # What reaches out of the terminal

    def copy_to_clipboard(self, text: str) -> None:
        """Nothing goes to a clipboard."""

    def open_url(self, url: str, *, new_tab: bool = True) -> None:
        """Nothing is opened in a browser."""

    def deliver_text(self, *args: Any, **kwargs: Any) -> str | None:
        """Nothing is delivered past the export directory."""
        return None

    def deliver_binary(self, *args: Any, **kwargs: Any) -> str | None:
        """Nothing is delivered past the export directory."""
        return None

    def deliver_screenshot(self, *args: Any, **kwargs: Any) -> str | None:
        """No picture of personal data leaves the terminal."""
        return None

    def save_screenshot(self, *args: Any, **kwargs: Any) -> str:
        """No picture of personal data is written."""
        return ""

    def _set_pointer_shape(self, shape: str) -> None:
        """Terminals without this sequence would show it."""

    def suspend(self) -> contextlib.AbstractContextManager[None]:  # type: ignore[override]
        """The session is not left for a shell."""
        return contextlib.nullcontext()

    def _register(self, parent: DOMNode, *widgets: Widget, **kwargs: Any) -> list[Widget]:
        """A blinking cursor sends bytes twice a second: no field has one."""
        for widget in widgets:
            if hasattr(type(widget), "cursor_blink"):
                widget.set_reactive(type(widget).cursor_blink, False)  # type: ignore[attr-defined]
        return super()._register(parent, *widgets, **kwargs)
