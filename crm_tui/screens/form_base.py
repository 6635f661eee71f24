"""The base of every form: saving that loses nothing, leaving, discarding, conflicts."""

from __future__ import annotations

import asyncio
import uuid
from typing import TYPE_CHECKING, Any

from crm_tui.errors import Conflict, DraftTaken, InvalidInput, OutcomeUnknown, StoreError
from crm_tui.i18n import _
from crm_tui.keys import shown
from crm_tui.screens.form_merge import settle
from crm_tui.screens.form_taking import TakingOverScreen
from crm_tui.widgets.form_work import FormOutcome, Submission, stored_text

if TYPE_CHECKING:
    from collections.abc import Coroutine


class FormScreen(TakingOverScreen, inherit_bindings=False):
    """Fields, status line, footer. Subclasses set `WHERE` and may add facts below the form."""

    RETRY_COMMAND = "save"

    # --- saving -----------------------------------------------------------------------------

    def do_save(self) -> None:
        """Check, then save; on failure everything stays. What may be stored already was checked,
        and cannot be mended: it is only sent again."""
        if not self._frozen and not self.form.check():
            self.say(_("mend what is marked with !"), "error")
            return
        self._start_submit()

    def _start_submit(self) -> None:
        self._submitting = True
        self.refresh_keys()
        self.say(_("saving ..."))
        self._run_ahead(self._submit(), "save")

    async def _submit(self) -> None:
        submission = Submission(self.form.values(), self._request_key, self._version)
        try:
            async with self._storing:
                result = await asyncio.to_thread(self._work.submit, submission)
                self._ended = True
        except Exception as error:  # noqa: BLE001 (told by kind; the text stays)
            self._submit_failed(error)
            asks = isinstance(error, Conflict) or self.app.screen is not self
            if asks and not self._submitting:
                self._drop_ahead()
        else:
            self._submitted(result, submission)

    def _run_ahead(self, work: Coroutine[Any, Any, None], command_id: str) -> None:
        """Do `work`, which leaves the form. What is typed meanwhile is meant for the screen that
        comes next, and for the form again where it stays; the same key once more for neither."""
        app: Any = self.app
        let_go = app.hold_keys()

        async def held() -> None:
            try:
                await work
            finally:
                app.drop_keys(self.context.keymap.get(command_id).all_keys)
                let_go()

        self.run_worker(
            held(), exclusive=False, group=command_id, exit_on_error=False, description=command_id
        )

    def _drop_ahead(self) -> None:
        """What waits would answer a question that nobody has read yet."""
        app: Any = self.app
        app.drop_keys()

    def _submitted(self, result: object, submission: Submission) -> None:
        """Saved: back to the screen below, which says so."""
        self.end(FormOutcome("saved", result, submission.values))

    def end(self, outcome: FormOutcome) -> None:
        """Back to the screen below. A dialog that lies over the form is answered first: it would
        be closed instead, and the form stay, ended, and keep nothing of what is typed on."""
        self._ended = True
        if self.app.screen is self:
            self.dismiss(outcome)
        else:
            self._outcome = outcome

    def on_screen_resume(self) -> None:
        """The dialog over the form was answered."""
        outcome, self._outcome = self._outcome, None
        if outcome is not None:
            self.dismiss(outcome)

    def stay_saved(self, version: int, submission: Submission) -> None:
        """Saved, and the person goes on typing: the next save is another one."""
        self._ended = self._submitting = False
        self._version, self._request_key = version, uuid.uuid4().hex
        self._original |= submission.values
        typed_on = self.form.values() != submission.values
        self._unsaved, self._has_draft = typed_on, False
        self.status.settled()
        if self._frozen:
            self._frozen = self.form.disabled = False
            self.focus_start()
        if typed_on:
            self._arm()
        self.refresh_keys()

    def _submit_failed(self, error: Exception) -> None:
        self._submitting = False
        # Changed text under the old key would be taken for the save that may have happened, and a
        # database that is away does not say whether it has.
        unknown = isinstance(error, OutcomeUnknown)
        self._frozen = unknown or (self._frozen and isinstance(error, StoreError))
        self.form.disabled = self._frozen
        self.status.clear()
        if isinstance(error, StoreError):
            self.status.unsaved()
        else:
            self._request_key = uuid.uuid4().hex
        if isinstance(error, DraftTaken):
            self._lose_draft()
        elif isinstance(error, Conflict):
            self._settle(error)
        elif isinstance(error, InvalidInput) and self.form.show_error(error.field, error.message):
            self.say(_("mend what is marked with !"), "error")
        else:
            self.show_error(error)
            self._passing = self.status.message if isinstance(error, StoreError) else ""
        if self._unsaved:
            self._arm()
        self.refresh_keys()

    def do_leave(self) -> None:
        """Leave; what was typed is kept as a draft."""
        self._run_ahead(self._leave(), "leave")

    async def _leave(self) -> None:
        # A save that may have been done has taken the draft with it.
        self._unsaved = self._unsaved or (self._frozen and not self._submitting)
        if not await self.flush_draft() or not self._may_leave():
            return
        if self._lost and self._unsaved and not self._warned:
            self._warn_of_loss()
            self._drop_ahead()
        else:
            self._ended = True
            await self.give_up()
            values = self.draft_values() if self._has_draft else {}
            self.end(FormOutcome("left", values=values, said=self._not_known()))

    def _may_leave(self) -> bool:
        """Not while it is being saved, nor from under a dialog: its answer may change the text."""
        return self.app.screen is self and not self._submitting and not self._ended

    def _warn_of_loss(self) -> None:
        """Another session writes the draft, without what was typed here."""
        self._warned = True
        keys = self.context.keymap
        key, leave = (shown(keys.get(one).all_keys[0]) for one in ("take_over", "leave"))
        text = _("in no draft: {key} merges what you typed here, {leave} leaves without it")
        self.say(text.format(key=key, leave=leave), "warning")

    def _not_known(self) -> str:
        """What to say below of a save whose answer was lost; nothing of any other form."""
        if not self._frozen or self._read_only:
            return ""
        if self._has_draft:
            return _("Whether it was saved is not known yet. The draft is kept: save it again.")
        return _("Whether it was saved is not known yet.")

    def do_discard(self) -> None:
        """Throw away what was typed; the screen below offers to undo it."""
        self._run_ahead(self._discard(), "discard")

    async def _discard(self) -> None:
        values = self.draft_values()
        try:
            async with self._storing:
                if self._ended:
                    return
                await asyncio.to_thread(self._work.discard_draft)
                self._ended = True
        except Exception as error:  # noqa: BLE001 (told by kind; the text stays)
            self.show_error(error)
        else:
            self.end(FormOutcome("discarded", values=values))

    def _settle(self, conflict: Conflict) -> None:
        """Take what only the other changed; ask for what both changed."""
        now = {key: stored_text(conflict.stored[key]) for key in conflict.stored}

        def settled(merged: dict[str, str] | None) -> None:
            if merged is None:
                self.say(conflict.message, "warning")
                return
            stored = {key: now.get(key, text) for key, text in self.form.values().items()}
            self._original, self._version = stored, conflict.version
            self.form.load(merged, clean=False)
            self._unsaved = True
            self._start_submit()

        settle(
            self.app, self.context, self.form, now, self._original, settled,
            unknown=self.SECRETS, by=conflict.by, own=conflict.own,
        )  # fmt: skip
