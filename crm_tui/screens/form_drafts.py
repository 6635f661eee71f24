"""What is typed into a form is kept: drafts as one types, on leaving, and across sessions."""

from __future__ import annotations

import asyncio
import uuid
from typing import TYPE_CHECKING, ClassVar, Final

from crm_tui.clock import SHANGHAI
from crm_tui.domain.drafts import BASE_VERSION, FOCUS, REQUEST_KEY
from crm_tui.errors import DraftTaken
from crm_tui.i18n import _
from crm_tui.keys import shown
from crm_tui.screens.base import RecordScreen
from crm_tui.widgets.bindings import written
from crm_tui.widgets.form import FieldRow, FormView
from crm_tui.widgets.form_work import FormOutcome, FormWork
from crm_tui.widgets.option_field import OptionField

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from textual import events
    from textual.timer import Timer
    from textual.widget import Widget

    from crm_tui.domain.drafts import Draft
    from crm_tui.widgets.context import Context

# What a field held when the form was opened travels with the draft, for a conflict later.
_WAS: Final = "_was_"
# So does what was typed where one is picked and nothing was taken from.
_SEARCH: Final = "_search_"
# And whether the text may be stored under its request key already: then nothing is typed on it.
_UNKNOWN: Final = "_unknown"


class DraftingScreen(RecordScreen[FormOutcome], inherit_bindings=False):
    """The fields of a form and the draft of what is typed into them."""

    # Seconds from a key to its draft; at most two seconds of typing are ever lost.
    AUTOSAVE_AFTER: ClassVar[float] = 1.0
    # Seconds after which a draft that is still being saved shows as not saved.
    SLOW_AFTER: ClassVar[float] = 2.0
    SECRETS: ClassVar[frozenset[str]] = frozenset()
    """Fields whose stored text is never read into the form."""

    def __init__(
        self,
        context: Context,
        header: str,
        rows: Sequence[FieldRow],
        work: FormWork,
        *,
        original: Mapping[str, str] | None = None,
        version: int = 0,
        draft: Mapping[str, str] | None = None,
        read_only: bool = False,
        draft_stored: bool = True,
    ) -> None:
        """`original` is the record as shown, `draft` what was typed on top of it before; it is
        not `draft_stored` when it comes back by undo.

        `read_only`: another session of this person is writing the draft.
        """
        super().__init__(context, header)
        self.form = FormView(rows)
        self._work = work
        self._original = dict(original or {})
        self._draft, self._version = dict(draft or {}), version
        self._request_key = uuid.uuid4().hex
        self._read_only, self._lost = read_only, False
        self._has_draft = bool(draft)
        self._unsaved = bool(draft) and not draft_stored
        self._submitting = self._frozen = self._ended = False
        self._warned = False
        self._outcome: FormOutcome | None = None
        self._passing = self._left_at = ""
        self._timer: Timer | None = None
        self._storing = asyncio.Lock()

    def compose_body(self) -> Iterable[Widget]:
        """The form, and what is known beside it."""
        yield self.form
        yield from self.compose_facts()

    def compose_facts(self) -> Iterable[Widget]:
        """What the system knows, below the form."""
        return ()

    def on_mount(self) -> None:
        """Show the record, and the draft over it."""
        self.form.load(self._original)
        self._original = self.form.values() | self._original
        if self._draft:
            self._load_draft(self._draft)
        self._apply_read_only()
        if not self._read_only:
            self._focus_where_left(self._draft)
        if self._unsaved:
            self._arm()

    def on_resize(self) -> None:
        """What is typed stays in sight on a smaller screen."""
        self.call_after_refresh(self._show_focused)

    def _show_focused(self) -> None:
        focused = self.focused
        if focused is not None and self.form in focused.ancestors:
            focused.scroll_visible(animate=False, immediate=True)

    def _focus_where_left(self, draft: Mapping[str, str]) -> None:
        """To the field in which the person stopped; in a draft that does not know it, or was left
        at a choice, to the last text. The rest of a sentence would pick options, or be lost."""
        left = draft.get(FOCUS, "")
        if draft and (not left or self.form.is_choice(left)):
            left = self.form.last_typed() or left
        if not self.form.focus_at(left):
            self.focus_start()
        self._left_at = left

    def focus_start(self) -> None:
        """Where the cursor begins."""
        self.form.focus_first()

    def on_key(self, event: events.Key) -> None:
        """No option answers to the key, and no field in words follows: it is lost."""
        self._tell_lost(written(event))

    def on_paste(self, event: events.Paste) -> None:
        """A paste as well."""
        self._tell_lost(event.text)

    def _tell_lost(self, text: str) -> None:
        if isinstance(self.focused, OptionField) and text.strip():
            self.say(_("choose one by its digit"), "warning")

    def _load_draft(self, draft: Mapping[str, str]) -> None:
        self.form.load(draft, clean=False)
        kept = {key: draft.get(_SEARCH + key, "") for key in self.form.values()}
        self.form.load_searches(kept)
        self._request_key = draft.get(REQUEST_KEY) or self._request_key
        self._frozen = _UNKNOWN in draft
        if draft.get(BASE_VERSION, "").isdigit():
            self._version = int(draft[BASE_VERSION])
        if self._version:
            # The record may have changed since: what the draft left alone is no change of ours.
            for key in self.form.values().keys() & draft.keys():
                self._original[key] = draft.get(_WAS + key, draft[key])

    def say_goes_on(self, kept: Draft | None) -> None:
        """That what is shown was typed before, and when; what matters more is said instead."""
        if kept is not None and not kept.elsewhere and not self._frozen:
            at = kept.saved_at.astimezone(SHANGHAI)
            self.say(_("your draft of {time} goes on here").format(time=f"{at:%m-%d %H:%M}"))

    def _apply_read_only(self) -> None:
        self.form.disabled = self._read_only or self._frozen
        if self._read_only:
            key = shown(self.context.keymap.get("take_over").all_keys[0])
            text = _("another session of yours is writing this; {key} takes it over")
            self.say(text.format(key=key), "warning")
        elif self._frozen:
            self.say(_("whether it was saved is not known yet; save again"), "warning")
        self.refresh_keys()

    def why_not(self, command_id: str) -> str | None:
        """What cannot act in this state of the form."""
        if command_id == "take_over":
            may = self._read_only and self._work.take_over
            return None if may else _("this form is yours already")
        if self._read_only and command_id in ("save", "discard"):
            return _("another session of yours is writing this")
        if command_id == "save" and self._submitting:
            return _("saving ...")
        if command_id == "discard" and not (self.form.dirty or self._has_draft):
            return _("nothing has been typed")
        if command_id == "discard" and (self._submitting or self._frozen):
            return _("whether it was saved is not known yet; save again")
        return super().why_not(command_id)

    # --- drafts -----------------------------------------------------------------------------

    def draft_values(self) -> dict[str, str]:
        """What a draft keeps: the fields, and what a later save needs."""
        values = self.form.values()
        was = {
            _WAS + key: text
            for key, text in self._original.items()
            if self._version and values.get(key, text) != text
        }
        own = {
            REQUEST_KEY: self._request_key, BASE_VERSION: str(self._version),
            FOCUS: self.form.focused_key() or self._left_at,
        }  # fmt: skip
        searches = {_SEARCH + key: text for key, text in self.form.searches().items()}
        own |= {_UNKNOWN: "1"} if self._frozen else {}
        return {**values, **was, **searches, **own}

    def on_form_view_edited(self, message: FormView.Edited) -> None:
        """A key was typed: save the draft soon."""
        message.stop()
        if not self._unsaved:
            self._unsaved = True
            self.refresh_keys()
        self.marks_seen()
        self._arm()

    def marks_seen(self) -> None:
        """That something is marked is not said any more once nothing is."""
        if self.status.message == _("mend what is marked with !") and not any(
            row.wrong for row in self.form.rows if row.display
        ):
            self.status.clear()

    def _arm(self) -> None:
        if self._timer is None and not self._ended and self.is_attached:
            # One that repeats until it has acted: where a busy machine makes it late, a timer of
            # one shot is skipped, never acts, and would never be armed again.
            self._timer = self.set_interval(self.AUTOSAVE_AFTER, self._autosave)

    def _autosave(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        self.run_worker(
            self.flush_draft(), exclusive=False, group="draft", exit_on_error=False,
            description="save the draft",
        )  # fmt: skip

    async def flush_draft(self) -> bool:
        """Save what is not saved yet, now; whether all is saved. The app calls it on leaving.

        What is typed where another session has the draft becomes one of its own as soon as that
        session has saved or discarded it.
        """
        async with self._storing:
            keep = self._work.begin_draft if self._lost else self._work.save_draft
            wanted = self._unsaved or (self._moved_on() and not self._lost)
            if not wanted or self._ended or keep is None or (self._read_only and not self._lost):
                return True
            typed, self._unsaved = self._unsaved, False
            answered = False
            try:
                if self._has_draft or self._lost or not self._blank():
                    await self._keep(keep)
                answered = True
            except DraftTaken:
                self._unsaved, answered = typed, True
                self._lose_draft()
            except Exception as error:  # noqa: BLE001 (told by kind; the text stays)
                self.show_error(error)
                self._passing = self.status.message
            finally:
                # Also when it was cancelled: whether it was stored is not known then.
                if not answered:
                    self._not_stored()
            return answered

    async def _keep(self, keep: Callable[[dict[str, str]], object]) -> None:
        """Store the draft with `keep`; while that takes long, it says that nothing is saved."""
        values = self.draft_values()
        self._left_at = values[FOCUS]
        storing = asyncio.ensure_future(asyncio.to_thread(keep, values))
        done, _pending = await asyncio.wait({storing}, timeout=self.SLOW_AFTER)
        if not done and self.is_attached:
            self.status.unsaved()
        await storing
        self._stored()

    def _not_stored(self) -> None:
        """Try again soon, whatever it was."""
        self._unsaved = True
        self._arm()
        if self.is_attached:
            self.status.unsaved()

    def _stored(self) -> None:
        """The draft is there, and this session writes it."""
        if self._lost:
            self._read_only = self._lost = False
            self._apply_read_only()
        self._has_draft = True
        if self.is_attached and not self._unsaved:
            self.status.draft_saved(self.context.clock())
            if self.status.message == self._passing and not self._frozen:
                self.status.clear()

    def _moved_on(self) -> bool:
        """Whether a draft that is stored says that the person stopped elsewhere."""
        known = self._has_draft and self._left_at
        return bool(known) and self.form.focused_key() not in ("", self._left_at)

    def _blank(self) -> bool:
        """Whether nothing but blanks was typed: that is no work to keep."""
        return not self.form.searches() and all(
            text.strip() == self._original.get(key, "").strip()
            for key, text in self.form.values().items()
        )

    def _lose_draft(self) -> None:
        """Another session has taken the draft over: what is on the screen stays readable."""
        self._read_only = self._lost = True
        self._has_draft = False
        if self.is_attached:
            self.status.settled()
            self._apply_read_only()
