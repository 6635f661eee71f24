"""The dialog of the card: why a number is shown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from crm_tui import labels
from crm_tui.domain.kinds import RevealField, RevealReason
from crm_tui.i18n import _
from crm_tui.widgets.commanding import CommandDialog
from crm_tui.widgets.fields import LineField
from crm_tui.widgets.footer import KeyFooter
from crm_tui.widgets.form import FieldRow, FormView
from crm_tui.widgets.option_field import OptionField

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from crm_tui.widgets.context import Context

_CSS: Final = Path(__file__).with_name("base.tcss")


class RevealDialog(CommandDialog[tuple[RevealField, RevealReason, str]]):
    """Which number, and why; two digits and Enter, or one where there is one number."""

    CSS_PATH = _CSS

    def __init__(self, context: Context, *, only_mobile: bool = False) -> None:
        super().__init__(context)
        fields = [(RevealField.MOBILE.value, _("mobile")), (RevealField.ID_NO.value, _("ID"))]
        which = OptionField(fields, required=True, chosen=fields[0][0] if only_mobile else "")
        self._only_mobile = only_mobile
        reasons = [(reason.value, labels.label(reason)) for reason in RevealReason]
        self.form = FormView(
            [
                FieldRow("field", _("Show"), which),
                FieldRow("reason", _("Reason"), OptionField(reasons, required=True)),
                FieldRow("text", _("Remark"), LineField(limit=200)),
            ]
        )

    def compose(self) -> ComposeResult:
        """The two choices, and what happens."""
        with Vertical(id="frame"):
            yield Static(Content(_("Who looks, at what and why, is noted.")), markup=False)
            yield self.form
            yield KeyFooter(self.context, self.WHERE, self.reason_against)

    def on_mount(self) -> None:
        """To the first choice."""
        self.form.styles.height = "auto"
        self.form.rows[0].display = not self._only_mobile
        self.form.rows[1 if self._only_mobile else 0].control.focus()

    def do_save(self) -> None:
        """Ctrl+S too."""
        self.do_confirm()

    def do_confirm(self) -> None:
        """Give the choice back."""
        values = self.form.values()
        if not self.form.check():
            return
        if values["reason"] == RevealReason.OTHER and not values["text"].strip():
            self.form.show_error("text", _("say why"))
            return
        self.dismiss((RevealField(values["field"]), RevealReason(values["reason"]), values["text"]))
