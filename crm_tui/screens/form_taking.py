"""One draft and two sessions of one person: which of them writes it, and what becomes of the text
of the other."""

from __future__ import annotations

import asyncio
import uuid
from contextlib import suppress
from typing import TYPE_CHECKING

from crm_tui.domain.drafts import FOCUS
from crm_tui.errors import CrmError, DraftGone, DraftTaken
from crm_tui.i18n import _
from crm_tui.screens.form_drafts import DraftingScreen
from crm_tui.screens.form_merge import settle
from crm_tui.widgets.bindings import written

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual import events


class TakingOverScreen(DraftingScreen, inherit_bindings=False):
    """A form whose draft may be taken over, by it or from it."""

    def on_mount(self) -> None:
        """From now on the draft is written here. Where it was written on meanwhile, it is not."""
        claim = self._work.claim
        if self._has_draft and not self._read_only and not self._unsaved and claim is not None:
            self.run_write(claim, failed=self._not_claimed)

    def on_key(self, event: events.Key) -> None:
        """Nothing is typed here: say why again, not that the input method is on."""
        if self.form.disabled and written(event).strip():
            event.prevent_default()
            self._apply_read_only()

    def _not_claimed(self, error: Exception) -> None:
        # Whatever else it is, the next save of the draft meets it, and says so.
        if isinstance(error, DraftTaken) and not self._ended:
            self._lose_draft()

    async def give_up(self) -> None:
        """The form is left: another session may go on with the draft without taking it over."""
        give_up = self._work.give_up
        if self._has_draft and not self._read_only and give_up is not None:
            with suppress(CrmError):
                await asyncio.to_thread(give_up)

    def do_take_over(self) -> None:
        """Write here what another session was writing."""
        take_over = self._work.take_over
        if take_over is not None:
            self.run_write(take_over, self._taken_over, self._not_taken_over)

    def _taken_over(self, values: Mapping[str, str]) -> None:
        if not self._lost:
            self._go_on_writing(values)
            return

        def settled(merged: dict[str, str] | None) -> None:
            # Not decided: the draft is ours all the same, and what is on the screen goes into it.
            self._go_on_writing({**values, **(merged or self.form.values())})
            self._unsaved = True
            self._arm()

        settle(
            self.app, self.context, self.form, values, self._original, settled,
            unknown=self.SECRETS, own=True,
        )  # fmt: skip

    def _go_on_writing(self, values: Mapping[str, str]) -> None:
        self._read_only = self._lost = False
        self._load_draft(values)
        self._own_key()
        self._has_draft = True
        self.status.clear()
        self._apply_read_only()
        self._focus_where_left(values)

    def _own_key(self) -> None:
        """Two sessions that save under one key would be taken for one that saves twice, and write
        over each other. What may be stored already is sent again as it was."""
        if not self._frozen:
            self._request_key = uuid.uuid4().hex

    def _not_taken_over(self, error: Exception) -> None:
        if not isinstance(error, DraftGone):
            self.show_error(error)
            return
        self._has_draft = False
        if self._lost:
            self._go_on_alone()
        else:
            # Nothing was typed here: what is shown is saved or discarded.
            self.show_error(error)

    def _go_on_alone(self) -> None:
        """Nobody writes the draft any more, and it does not hold what was typed here: that is a
        new draft, and saved it is something new, or a conflict with the record."""
        self._read_only = self._lost = False
        self._own_key()
        self._apply_read_only()
        if not self._frozen:
            self.say(_("saved or discarded elsewhere; what you typed goes on as a new draft"),
                     "warning")  # fmt: skip
        self._focus_where_left({FOCUS: self._left_at})
        self._unsaved = True
        self._arm()
