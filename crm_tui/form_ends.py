"""What follows when a form or a dialog is left: told below, undone, opened again, led on."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from crm_tui.i18n import _
from crm_tui.screens import taking_back
from crm_tui.widgets.wishes import Open

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import App

    from crm_tui.areas import Areas
    from crm_tui.office import Office
    from crm_tui.screens.base import RecordScreen
    from crm_tui.widgets.form_work import FormOutcome

# Which of several forms of a record it was: its draft is of use in no other.
_WHICH: Final = ("record", "step", "reached")


class FormEnds:
    """Speaks to the screen below what was left."""

    def __init__(self, app: App[None], areas: Areas, office: Office) -> None:
        self._app = app
        self._areas = areas
        self._office = office

    def left(self, asked: Open, outcome: FormOutcome | Open | None) -> None:
        """Go where a dialog leads; tell the screen below how a form was left, which was opened
        as `asked`."""
        below: Any = self._app.screen
        if isinstance(outcome, Open):
            below.post_message(outcome)
            return
        below.came_back(saved=outcome is not None and outcome.how == "saved")
        if outcome is None:
            return
        if outcome.how != "left":
            self._forget_undos()
        if isinstance(outcome.result, Open):
            below.post_message(outcome.result)  # another in its place
        elif asked.target == "contact_form" and outcome.how == "saved":
            undo = partial(taking_back.take_back, below, self._office, int(outcome.result))
            below.offer_undo(_("Contact saved."), undo, seconds=None)
        else:
            below.after_form(outcome, partial(_reopen, asked, below))
            if (asked.target, asked.record_id, outcome.how) == ("customer_form", 0, "saved"):
                # Which says its new number.
                below.post_message(Open("card", int(outcome.result), registered=True))

    def _forget_undos(self) -> None:
        """What could be taken back on any screen is no longer the last thing done."""
        for screen in (*self._areas, *self._app.screen_stack):
            forget = getattr(screen, "forget_undo", None)
            if forget is not None:
                forget()


def _reopen(asked: Open, below: RecordScreen[Any], values: Mapping[str, str]) -> None:
    same = {name: asked.details[name] for name in _WHICH if name in asked.details}
    below.post_message(Open(asked.target, asked.record_id, **same, draft=values))
