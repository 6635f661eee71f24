"""Saving the diary of a day and handing it in: never without what was done while it was open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crm_tui.domain.diary import PARTS, DiaryForm
from crm_tui.errors import InvalidInput
from crm_tui.i18n import _
from crm_tui.keys import shown
from crm_tui.screens.diary_start import gone_on
from crm_tui.screens.form_base import FormScreen
from crm_tui.text import format_date
from crm_tui.widgets.form_work import FormOutcome, Submission

if TYPE_CHECKING:
    from crm_tui.domain.diary import DiaryEntry
    from crm_tui.domain.diary_proposals import Proposed
    from crm_tui.office import Office
    from crm_tui.screens.diary_start import Start


@dataclass(frozen=True, slots=True)
class _WentOn:
    """Nothing was handed in: the day proposes more than the form holds."""

    entry: DiaryEntry


class HandingInScreen(FormScreen, inherit_bindings=False):
    """Saves at the first key, hands in at the second."""

    _office: Office
    _start: Start
    _proposed: Proposed
    _armed = _handing_in = _looking = False

    def _send(self, said: Submission) -> object:
        """In a thread. What was done meanwhile is looked for before it is handed in; a handing in
        that may have happened already is only sent again."""
        day = self._start.entry.day
        if self._looking:
            now = self._office.diaries.entry(day)
            new = any(one.key not in self._proposed.touches for one in now.touches)
            # What was written elsewhere meanwhile is the service's to refuse.
            if new and now.may_write and now.version == said.version:
                return _WentOn(now)
        parts = {part: said.values[part] for part in PARTS}
        form = DiaryForm(**parts, proposed=self._proposed)
        write = self._office.diaries.submit if self._handing_in else self._office.diaries.save
        return write(day, said.version, form, self._start.key)

    def do_save(self) -> None:
        """Save; and when nothing was typed since, hand in."""
        self._handing_in = self._armed
        self._looking = self._armed and not self._frozen
        super().do_save()

    def on_form_view_edited(self, message: object) -> None:
        """What was typed after a save is saved before it is handed in."""
        self._armed = False

    def _submitted(self, result: object, submission: Submission) -> None:
        if isinstance(result, _WentOn):
            self._add_new(result.entry)
            return
        if self._handing_in:
            day = format_date(self._start.entry.day)
            said = _("Diary of {day} handed in.").format(day=day)
            self.end(FormOutcome("saved", result, submission.values, said))
            return
        assert isinstance(result, int)
        self.stay_saved(result, submission)
        self._armed = True
        key = shown(self.context.keymap.get("save").all_keys[0])
        self.say(_("Saved. {key} once more hands it in.").format(key=key))

    def _add_new(self, now: DiaryEntry) -> None:
        """As on opening it again; the next key hands it in, and what is typed now is kept."""
        known = self._proposed
        values, self._proposed = gone_on(self.form.values(), now, known)
        self._ended = self._submitting = False
        self.form.load(values, clean=False)
        self.status.settled()
        self._unsaved = True
        self._arm()
        self.refresh_keys()
        n = len({one.key for one in now.touches} - known.touches)
        key = shown(self.context.keymap.get("save").all_keys[0])
        text = _("Added what was done since: {n}. {key} hands it in.")
        self.say(text.format(n=n, key=key), "warning")

    def _submit_failed(self, error: Exception) -> None:
        """Who handed the entry in took the draft with it: what is here becomes one again."""
        if isinstance(error, InvalidInput) and error.field == "day":
            self._unsaved = True
        super()._submit_failed(error)
