"""What was done last, and the key that takes it back."""

from __future__ import annotations

import inspect
from functools import partial
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from crm_tui.i18n import _
from crm_tui.keys import shown
from crm_tui.widgets.working import Working

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from crm_tui.widgets.context import Context
    from crm_tui.widgets.form_work import FormOutcome

T = TypeVar("T")

UNDO_SECONDS: Final = 10.0


class Undoing(Working[T], Generic[T], inherit_bindings=False):
    """Offers to undo the last act, and says how a form above was left."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._undo: Callable[[], object] | None = None
        self._undo_serial = 0
        self._undo_ends = False
        self._done, self._offer = "", ""

    def offer_undo(
        self, done: str, undo: Callable[[], object], seconds: float | None = UNDO_SECONDS
    ) -> None:
        """Say what was `done` and let `u` take it back, for `seconds`, as what was typed and
        discarded, or until the next act."""
        self._undo, self._undo_serial = undo, self._undo_serial + 1
        self._undo_ends = seconds is not None
        key = shown(self.context.keymap.get("undo").all_keys[0])
        self._done, self._offer = done, _("{done}  {key} undoes it").format(done=done, key=key)
        self.say(self._offer)
        if seconds is not None:
            self.set_timer(seconds, partial(self._forget_undo, self._undo_serial))
        self.refresh_keys()

    def after_form(
        self, outcome: FormOutcome | None, reopen: Callable[[Mapping[str, str]], object]
    ) -> None:
        """Say how a form was left. After a discard, undo calls `reopen` with what was in it,
        to be opened as a draft that is not stored."""
        if outcome is None:
            return
        if outcome.how == "discarded":
            self.offer_undo(_("Draft discarded."), partial(reopen, outcome.values))
        elif outcome.how == "saved":
            self.say(outcome.said or _("Saved."))
        elif outcome.said:
            self.say(outcome.said, "warning")
        elif outcome.values:
            self.say(_("Draft kept."))

    def forget_undo(self) -> None:
        """Something else was done, or it was too long ago: what was done stays said."""
        self._undo = None
        self._withdraw_offer(self._done)
        self.refresh_keys()

    def _withdraw_offer(self, instead: str) -> None:
        """The line names no key that acts no more."""
        if self._offer and self.is_attached and self.status.message == self._offer:
            self.say(instead)
        self._offer = ""

    def _forget_undo(self, serial: int) -> None:
        if self._undo_serial == serial:
            self.forget_undo()

    async def do_undo(self) -> None:
        """Take back the last act."""
        undo, self._undo = self._undo, None
        self._withdraw_offer("")
        answer = undo() if undo else None
        self.refresh_keys()
        if inspect.isawaitable(answer):
            await answer

    def why_not(self, command_id: str) -> str | None:
        """Undo needs something done. The key that discards a form takes back a contact here:
        pressed twice, it would forget what was typed."""
        if command_id == "undo" and self._undo is None:
            return self._nothing_to_undo()
        if command_id == "take_back" and self._undo is not None and self._undo_ends:
            key = shown(self.context.keymap.get("undo").all_keys[0])
            return _("{key} still brings back what was discarded").format(key=key)
        return super().why_not(command_id)

    def _nothing_to_undo(self) -> str:
        """With the key for a contact that was saved before this screen was opened."""
        if not hasattr(self, "do_take_back") or self.reason_against("take_back") is not None:
            return _("there is nothing to undo")
        key = shown(self.context.keymap.get("take_back").all_keys[0])
        return _("there is nothing to undo; {key} takes back this contact").format(key=key)
