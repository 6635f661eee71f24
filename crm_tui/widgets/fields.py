"""One-line fields: text, dates, amounts. `Control` is any field of a form."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from textual.widgets.input import Selection

from crm_tui.domain.dates import parse_coming
from crm_tui.domain.money import format_plain, parse_amount
from crm_tui.domain.text_rules import NAME_LIMIT, clean_line
from crm_tui.errors import InvalidInput
from crm_tui.widgets.field_base import FieldDone, FieldEdited, told
from crm_tui.widgets.header import weekday
from crm_tui.widgets.line_input import LineInput
from crm_tui.widgets.note_field import NoteField
from crm_tui.widgets.option_field import OptionField
from crm_tui.widgets.pick_field import PickField

if TYPE_CHECKING:
    from textual import events

DateParser: TypeAlias = Callable[..., date | None]


class LineField(LineInput):
    """One line of text with a limit, counted in characters."""

    IN_WORDS: ClassVar[bool] = True
    """Whether it holds what people say, not a number, a code or a day."""
    DEFAULT_CSS: ClassVar[str] = """
    LineField { width: 1fr; }
    """

    def __init__(
        self, *, limit: int = NAME_LIMIT, required: bool = False, hint: str = "",
        password: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(hint=hint, password=password)
        self.limit = limit
        self._required = required

    def field_text(self) -> str:
        """As typed."""
        return self.value

    def load_field(self, text: str) -> None:
        """Show `text`."""
        self.load(text)

    def problem(self) -> str:
        """Too long, forbidden characters, or missing."""
        return told(lambda: clean_line(
            self.value, field="", limit=self.limit, required=self._required
        ))  # fmt: skip

    def note(self) -> str:
        """Nothing beside it."""
        return ""

    def write(self, text: str) -> None:
        """Type `text` at the cursor, its lines one after the other."""
        self.insert_text_at_cursor(" ".join(text.splitlines()))

    def on_line_input_edited(self, message: LineInput.Edited) -> None:
        """The field's own message instead of the line's."""
        message.stop()
        self.post_message(FieldEdited(self))

    def on_key(self, event: events.Key) -> None:
        """Enter goes on to the next field."""
        if event.key in ("enter", "down"):
            event.stop()
            self.post_message(FieldDone())


class CodeField(LineField):
    """One line for a number or a code."""

    IN_WORDS = False


class DateField(LineField):
    """`+14`, `14`, `12-07` or a full date, full-width too; shows what day that is."""

    IN_WORDS = False

    def __init__(
        self,
        today: Callable[[], date],
        *,
        parse: DateParser = parse_coming,
        required: bool = False,
        hint: str = "",
        proposed: str = "",
    ) -> None:
        """`proposed` is a date that the form begins with: what is typed instead replaces it."""
        super().__init__(limit=20, required=required, hint=hint)
        self._today = today
        self._parse = parse
        self._loaded = ""
        self._proposed = proposed

    def load_field(self, text: str) -> None:
        """Show a stored date, which may have passed since."""
        self._loaded = text
        super().load_field(text)

    def on_focus(self, event: events.Focus) -> None:
        """A date that is only proposed is selected: the first key replaces or clears it."""
        if self._proposed and self.value == self._proposed and not event.from_app_focus:
            self.selection = Selection(0, len(self.value))

    def day(self) -> date | None:
        """The day typed. Raises InvalidInput when it is none."""
        if self.value == self._loaded and self.value:
            try:
                return date.fromisoformat(self.value)
            except ValueError:
                pass
        return self._parse(self.value, self._today(), field="")

    def field_text(self) -> str:
        """The date in full, so that a draft of `+14` means the same day tomorrow."""
        try:
            day = self.day()
        except InvalidInput:
            return self.value
        return day.isoformat() if day else ""

    def problem(self) -> str:
        """Not a date, out of range, or missing."""
        return told(self.day) or super().problem()

    def note(self) -> str:
        """`→ 12-07 周一`, with the year when it is another."""
        try:
            day = self.day()
        except InvalidInput:
            return ""
        if day is None:
            return ""
        shown = f"{day:%m-%d}" if day.year == self._today().year else day.isoformat()
        return f"-> {shown} {weekday(day)}"


class AmountField(LineField):
    """An amount in yuan."""

    IN_WORDS = False

    def __init__(self, *, required: bool = False, hint: str = "") -> None:
        super().__init__(limit=30, required=required, hint=hint)

    def fen(self) -> int | None:
        """The amount in fen. Raises InvalidInput when it is none."""
        return parse_amount(self.value, field="") if self.value.strip() else None

    def field_text(self) -> str:
        """Plain yuan where it can be read."""
        try:
            fen = self.fen()
        except InvalidInput:
            return self.value
        return "" if fen is None else format_plain(fen)

    def problem(self) -> str:
        """Not an amount, or missing."""
        return told(self.fen) or super().problem()


Control: TypeAlias = OptionField | PickField | LineField | NoteField


def in_words(control: Control) -> LineField | NoteField | None:
    """The control when it holds what people say."""
    if isinstance(control, NoteField) or (isinstance(control, LineField) and control.IN_WORDS):
        return control
    return None
