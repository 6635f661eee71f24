"""A form: fields in order with labels, what each means or lacks, and what has been typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from crm_tui.widgets.bindings import written
from crm_tui.widgets.fields import LineField, in_words
from crm_tui.widgets.note_field import NoteField
from crm_tui.widgets.option_field import OptionField
from crm_tui.widgets.pick_field import PickField

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult

    from crm_tui.widgets.field_base import FieldDone, FieldEdited, FieldRefused
    from crm_tui.widgets.fields import Control


class FieldRow(Vertical):
    """One field: label, control, note beside it; what is wrong stands below it.

    The label is drawn by the row, and a note mounted when there is one: every widget costs the
    opening of a form a millisecond or two.
    """

    DEFAULT_CSS: ClassVar[str] = """
    FieldRow { height: auto; width: 1fr; }
    FieldRow > .note { dock: right; height: 1; width: auto; max-width: 40%; text-style: bold; }
    FieldRow > .problem { height: auto; text-style: bold; color: $error; }
    """

    def __init__(self, key: str, label: str, control: Control) -> None:
        """`key` names the field in values and errors; `label` is a text to show."""
        super().__init__()
        self.key = key
        self.label = label
        self.control = control
        self.wrong = ""
        self.indent(cell_len(label) + 1)

    def compose(self) -> ComposeResult:
        """The control; a note will stand beside it, a problem below."""
        yield self.control

    def render(self) -> Content:
        """The label, left of the control."""
        return Content(self.label)

    def indent(self, cells: int) -> None:
        """Begin the control `cells` from the left; called before it is mounted."""
        self._label_cells = cells
        self.control.styles.margin = (0, 0, 0, cells)

    def on_mount(self) -> None:
        """The note of what was loaded."""
        self.show_note()

    def show_note(self) -> None:
        """Draw the note anew."""
        text = self.control.note()
        said = Content(f" {text}" if text else "")
        found = next(iter(self.query(".note").results(Static)), None)
        if found is not None:
            found.update(said)
        elif text:
            self.mount(Static(said, classes="note", markup=False))

    def on_descendant_focus(self) -> None:
        """What is wrong with a choice is said by its digits once they are shown."""
        if self.wrong and isinstance(self.control, PickField) and not self.control.picking.typed:
            self.show_problem(self.control.problem() or self.wrong)

    def on_descendant_blur(self) -> None:
        """How a choice is made is of no use any more."""
        if isinstance(self.control, OptionField) and self.wrong == self.control.by_digit():
            self.show_problem(self.control.problem())

    def show_problem(self, text: str) -> None:
        """Say what is wrong with the field; empty takes it away."""
        self.wrong = text
        said = Content(f"! {text}")
        found = next(iter(self.query(".problem").results(Static)), None)
        if found is not None:
            found.display = bool(text)
            found.update(said)
        elif text:
            problem = Static(said, classes="problem", markup=False)
            problem.styles.padding = (0, 0, 0, self._label_cells)
            self.mount(problem)


class FormView(VerticalScroll, can_focus=False):
    """The fields of one record. Values are texts by field key; `load` is not an edit."""

    DEFAULT_CSS: ClassVar[str] = """
    FormView { height: 1fr; width: 1fr; padding: 0 1; }
    """

    class Edited(Message):
        """The person changed something; `values` is all that is in the form."""

        def __init__(self, form: FormView, values: dict[str, str]) -> None:
            super().__init__()
            self.form = form
            self.values = values

        @property
        def control(self) -> FormView:
            """The form it came from."""
            return self.form

    def __init__(self, rows: Sequence[FieldRow]) -> None:
        super().__init__()
        self.rows = tuple(rows)
        self._by_key = {row.key: row for row in self.rows}
        self._clean = self.values()
        cells = max((cell_len(row.label) for row in self.rows), default=0) + 1
        for row in self.rows:
            row.indent(cells)

    def compose(self) -> ComposeResult:
        """The rows in order, which is the order of Tab."""
        yield from self.rows

    def values(self) -> dict[str, str]:
        """The text of every field."""
        return {row.key: row.control.field_text() for row in self.rows}

    def load(self, values: Mapping[str, str], *, clean: bool = True) -> None:
        """Show `values`; keys that are no field are passed over. With `clean` they are what
        the form counts as untouched; a draft is loaded without it."""
        for key, text in values.items():
            if key in self._by_key:
                self._by_key[key].control.load_field(text)
        if clean:
            self._clean = self.values()
        for row in self.rows:
            row.show_problem("")
            row.show_note()

    def searches(self) -> dict[str, str]:
        """What is typed where one of several is picked, and nothing was taken from."""
        typed = {
            row.key: row.control.picking.typed
            for row in self.rows
            if isinstance(row.control, PickField)
        }
        return {key: text for key, text in typed.items() if text.strip()}

    def load_searches(self, searches: Mapping[str, str]) -> None:
        """Show such texts again; a field without one shows what is picked."""
        for row in self.rows:
            if isinstance(row.control, PickField):
                row.control.search_for(searches.get(row.key, ""))

    @property
    def dirty(self) -> bool:
        """Whether anything differs from what was loaded."""
        return self.values() != self._clean or bool(self.searches())

    def row(self, key: str) -> FieldRow | None:
        """The row of a field."""
        return self._by_key.get(key)

    def label_of(self, key: str) -> str:
        """The label of a field, or its key."""
        row = self._by_key.get(key)
        return row.label if row else key

    def check(self) -> bool:
        """Take what is typed where one is picked, show what is wrong at each field and go to
        the first; whether all is well.

        A field that is not displayed is not looked at.
        """
        first: FieldRow | None = None
        for row in self.rows:
            if isinstance(row.control, PickField):
                row.control.settle()
            row.show_problem(row.control.problem() if row.display else "")
            if row.wrong and first is None:
                first = row
        if first is not None:
            first.control.focus()
        return first is None

    def show_error(self, key: str, text: str) -> bool:
        """Say at a field what the service found wrong; whether there is such a field."""
        row = self._by_key.get(key)
        if row is None:
            return False
        row.show_problem(text)
        row.control.focus()
        return True

    def focused_key(self) -> str:
        """The key of the field that has the keys, empty when none has."""
        focused = self.screen.focused
        return next((row.key for row in self.rows if row.control is focused), "")

    def last_typed(self) -> str:
        """The key of the last field with a text that was not loaded as clean, or empty."""
        typed = [
            row.key for row in self.rows
            if row.display and isinstance(row.control, LineField | NoteField)
            and row.control.field_text() not in ("", self._clean[row.key])
        ]  # fmt: skip
        return typed[-1] if typed else ""

    def is_choice(self, key: str) -> bool:
        """Whether a field takes digits, and no text."""
        row = self._by_key.get(key)
        return row is not None and isinstance(row.control, OptionField)

    def focus_at(self, key: str) -> bool:
        """To a field, the cursor at the end of its text; whether it is there."""
        row = self._by_key.get(key)
        if row is None or not row.display:
            return False
        row.control.focus()
        return True

    def focus_first(self) -> None:
        """To the first field."""
        if self.rows:
            self.rows[0].control.focus()

    def on_field_edited(self, message: FieldEdited) -> None:
        """Draw the note, forget an old problem, tell the owner."""
        message.stop()
        for row in self.rows:
            if row.control is message.field:
                row.show_note()
                if row.wrong:
                    row.show_problem(row.control.problem())
        self.post_message(self.Edited(self, self.values()))

    def on_field_refused(self, message: FieldRefused) -> None:
        """Say at the field why nothing was taken."""
        message.stop()
        for row in self.rows:
            if row.control is message.field:
                row.show_problem(row.control.problem())

    def on_field_done(self, message: FieldDone) -> None:
        """On to the next field; from the last one nowhere."""
        message.stop()
        following = self._following()
        if following:
            following[0].focus()

    def _following(self) -> list[Control]:
        """The fields after the one that has the keys."""
        controls = [row.control for row in self.rows if row.display]
        focused = self.screen.focused
        return controls[controls.index(focused) + 1 :] if focused in controls else []

    def on_key(self, event: events.Key) -> None:
        """What no option answers to begins a text."""
        text = written(event)
        if text.strip() and self._write_on(text):
            event.stop()

    def on_paste(self, event: events.Paste) -> None:
        """A paste as well."""
        if event.text.strip() and self._write_on(event.text):
            event.stop()

    def _write_on(self, text: str) -> bool:
        """Write `text`, which the choice that has the keys has no use for, into the next field
        in words, so that the rest of the sentence goes there too; whether there is one.

        A line with something in it would become another one unseen: a name, a number.
        """
        choice = self.screen.focused
        if not isinstance(choice, OptionField):
            return False
        for control in self._following():
            words = in_words(control)
            if words is not None:
                if isinstance(words, NoteField) or not words.field_text():
                    # Not `focus`, which acts later than the next key may come.
                    self.screen.set_focus(words)
                    words.write(text)
                else:
                    self._row_of(choice).show_problem(choice.by_digit())
                return True
        return False

    def _row_of(self, control: Control) -> FieldRow:
        return next(row for row in self.rows if row.control is control)
