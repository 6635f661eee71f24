"""Dialogs of the diary: what a reviewer says, why an entry comes back, what is corrected."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from crm_tui.domain.text_rules import NOTE_LIMIT
from crm_tui.i18n import _
from crm_tui.widgets.commanding import CommandDialog
from crm_tui.widgets.fields import LineField
from crm_tui.widgets.footer import KeyFooter
from crm_tui.widgets.form import FieldRow, FormView
from crm_tui.widgets.option_field import OptionField

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textual.app import ComposeResult

    from crm_tui.widgets.context import Context

T = TypeVar("T")
_CSS: Final = Path(__file__).with_name("base.tcss")
YES: Final = "yes"


class _Asking(CommandDialog[T], Generic[T], inherit_bindings=False):
    """A question, its fields, and the keys."""

    CSS_PATH = _CSS

    def __init__(
        self, context: Context, question: str, rows: list[FieldRow],
        answer: Callable[[dict[str, str]], T], typed: Mapping[str, str],
    ) -> None:  # fmt: skip
        """`answer` makes the dialog's result of the values; `typed` is what was in it when it
        could not be stored."""
        super().__init__(context)
        self._typed = typed
        self._question = question
        self._answer = answer
        self.form = FormView(rows)

    def compose(self) -> ComposeResult:
        """Question and fields."""
        with Vertical(id="frame"):
            yield Static(Content(self._question), markup=False)
            yield self.form
            yield KeyFooter(self.context, self.WHERE, self.reason_against)

    def on_mount(self) -> None:
        """To the first field."""
        self.form.styles.height = "auto"
        self.form.load(self._typed)
        self.form.focus_first()

    def do_save(self) -> None:
        """Ctrl+S too."""
        self.do_confirm()

    def do_confirm(self) -> None:
        """Give the answer back, unless a field is wrong."""
        if self.form.check():
            self.dismiss(self._answer(self.form.values()))


class ReviewDialog(_Asking[tuple[str, bool]]):
    """Enter marks the entry as read; a comment and a star are optional."""

    def __init__(self, context: Context, typed: Mapping[str, str]) -> None:
        super().__init__(
            context,
            _("Read. A comment if there is something to say; Enter takes it."),
            [
                FieldRow("comment", _("Comment"), LineField(limit=NOTE_LIMIT)),
                FieldRow("exemplary", _("Exemplary"), OptionField([(YES, _("to be shared"))])),
            ],
            lambda values: (values["comment"], values["exemplary"] == YES),
            typed,
        )


class ReturnDialog(_Asking[str]):
    """Why it comes back; without a reason it does not."""

    def __init__(self, context: Context, typed: Mapping[str, str]) -> None:
        field = LineField(limit=NOTE_LIMIT, required=True)
        super().__init__(
            context, _("Return it to be completed. What is missing?"),
            [FieldRow("comment", _("Reason"), field)], lambda values: values["comment"], typed,
        )  # fmt: skip


class CorrectionDialog(_Asking[str]):
    """What was wrong in a reviewed entry."""

    def __init__(self, context: Context, typed: Mapping[str, str]) -> None:
        field = LineField(limit=NOTE_LIMIT, required=True)
        super().__init__(
            context, _("Reviewed text stays as it is; this is added below it."),
            [FieldRow("text", _("Correction"), field)], lambda values: values["text"], typed,
        )  # fmt: skip
