"""A choice of up to nine options on one line."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from crm_tui.domain.text_rules import fold_keys
from crm_tui.i18n import _
from crm_tui.widgets.bindings import typed
from crm_tui.widgets.field_base import FieldDone, FieldEdited

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events


class OptionField(Widget, can_focus=True):
    """`1上门 2巡访 [3电话]`: a digit picks and moves on, arrows move, Delete clears."""

    DEFAULT_CSS: ClassVar[str] = """
    OptionField { height: auto; width: 1fr; }
    OptionField:focus { text-style: underline; }
    """

    chosen: reactive[str] = reactive("", layout=True)
    """The value picked, empty for none."""

    def __init__(
        self, options: Sequence[tuple[str, str]], *, required: bool = False, chosen: str = ""
    ) -> None:
        """`options` are (value, label to show), nine at most."""
        super().__init__()
        if len(options) > len("123456789"):
            raise ValueError(len(options))
        self.options = tuple(options)
        self._required = required
        self.set_reactive(OptionField.chosen, chosen)

    def field_text(self) -> str:
        """The value picked."""
        return self.chosen

    def load_field(self, text: str) -> None:
        """Show the option with that value; another value shows none."""
        self.chosen = text if text in [value for value, _label in self.options] else ""

    def problem(self) -> str:
        """A required choice must be made."""
        return self.by_digit() if self._required and not self.chosen else ""

    def by_digit(self) -> str:
        """How a choice is made."""
        return _("choose one by its digit")

    def note(self) -> str:
        """Nothing beside it."""
        return ""

    def check_consume_key(self, key: str, character: str | None = None) -> bool:
        """The digits of its options are its own, whatever they mean on the screen."""
        return self._picked(character or "") is not None

    def render(self) -> Content:
        """All options on a line, the one picked in brackets and bold."""
        parts: list[str | tuple[str, str]] = []
        gap = "  " if any(" " in label for _value, label in self.options) else " "
        for number, (value, label) in enumerate(self.options, 1):
            text = _("{digit} {label}").format(digit=number, label=label)
            text = text.replace(" ", "\xa0")
            parts += [gap] if parts else []
            parts.append((f"[{text}]", "bold") if value == self.chosen else text)
        return Content.assemble(*parts)

    def on_key(self, event: events.Key) -> None:
        """Digits pick and move on, arrows only move."""
        picked = self._picked(typed(event))
        if picked is not None:
            event.stop()
            self._choose(picked)
            self.post_message(FieldDone())
        elif event.key in ("left", "right"):
            event.stop()
            self._step(-1 if event.key == "left" else 1)
        elif event.key in ("delete", "backspace"):
            event.stop()
            self._choose("")
        elif event.key in ("enter", "down"):
            event.stop()
            self.post_message(FieldDone())

    def _picked(self, character: str) -> str | None:
        digit = fold_keys(character)
        if len(digit) != 1 or digit not in "123456789" or int(digit) > len(self.options):
            return None
        return self.options[int(digit) - 1][0]

    def _step(self, step: int) -> None:
        values = [value for value, _label in self.options]
        start = values.index(self.chosen) if self.chosen in values else (-1 if step > 0 else 0)
        self._choose(values[(start + step) % len(values)])

    def _choose(self, value: str) -> None:
        if value != self.chosen:
            self.chosen = value
            self.post_message(FieldEdited(self))
