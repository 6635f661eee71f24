"""Diary entries to read: one's own once it was handed in, or one of one's people's to review."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from crm_tui.domain.diary import PARTS
from crm_tui.domain.diary_rules import left_over
from crm_tui.domain.drafts import Draft, DraftKey
from crm_tui.domain.kinds import DiaryState
from crm_tui.domain.roster import Move
from crm_tui.i18n import _
from crm_tui.keys import shown
from crm_tui.screens import diary_entry, diary_lines, diary_start
from crm_tui.screens.diary_entry import EntryScreen
from crm_tui.screens.diary_start import day_number
from crm_tui.text import one_line
from crm_tui.widgets.form_work import FormOutcome
from crm_tui.widgets.wishes import Open

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textual.content import Content

    from crm_tui.domain.diary import DiaryEntry, DiaryPage, DiaryRow, DiaryWalk
    from crm_tui.office import Office
    from crm_tui.screens.diary_start import Start
    from crm_tui.widgets.context import Context


class OwnEntryScreen(EntryScreen, inherit_bindings=False):
    """One's own entry after it was handed in; once reviewed it takes corrections.

    What a draft of it holds besides, typed while another session handed it in, stands above it.
    """

    def __init__(
        self,
        context: Context,
        office: Office,
        start: Start,
        *,
        draft: Mapping[str, str] | None = None,
    ) -> None:
        """`draft` is one that was just discarded and is wanted back."""
        super().__init__(context, office, start.entry)
        self._start = start
        self._wanted_back = False
        if draft is not None:
            self._want_back(draft)

    def anew(self, context: Context) -> OwnEntryScreen:
        """The same entry, and the draft where there still is one."""
        back = self._typed if self._wanted_back else None
        return OwnEntryScreen(context, self._office, self._start, draft=back)

    @property
    def _typed(self) -> Mapping[str, str] | None:
        """What the draft holds, where there is one."""
        return self._start.draft.values if self._start.draft else None

    def on_mount(self) -> None:
        """Say what can be done with a draft; keep one that is wanted back."""
        if self._wanted_back:
            self.reload()
        self._say_draft()

    def _want_back(self, values: Mapping[str, str]) -> None:
        """The draft again, which the next reload stores."""
        draft = Draft(self._start.key, values, self.context.clock(), elsewhere=False)
        self._start = replace(self._start, draft=draft)
        self._wanted_back = True

    def _keep(self, values: Mapping[str, str]) -> None:
        def kept(_none: object) -> None:
            self._wanted_back = False
            self.reload()

        self.run_write(partial(self._office.drafts.save, self._start.key, values), kept)

    def _say_draft(self) -> None:
        """What can be done with the draft; not over what was just done."""
        if self._start.draft is None or self.status.message:
            return
        keys = self.context.keymap
        correct, discard = (shown(keys.get(one).keys[0]) for one in ("addendum", "discard_own"))
        text = _("your draft holds nothing else; {discard} discards it")
        if self._left_over():
            text = _("your draft is not in this entry; once returned it goes on; "
                "{discard} discards it")  # fmt: skip
            if self._entry.state is DiaryState.REVIEWED:
                text = _("your draft is not in this entry: {correct} corrects with it, "
                         "{discard} discards it")  # fmt: skip
        self.say(text.format(correct=correct, discard=discard), "warning")

    def _left_over(self) -> dict[str, str]:
        """What only the draft says, by part: neither the entry nor a correction of it."""
        typed, entry = self._typed or {}, self._entry.form
        left = left_over(
            {part: typed.get(part, "") for part in PARTS},
            {part: getattr(entry, part) for part in PARTS},
        )
        # As `do_addendum` fills it in; before the colon stands the part, in any language.
        corrected = [one_line(one.text) for one in self._entry.addenda]
        return {
            part: text
            for part, text in left.items()
            if not any(f": {one_line(text)}" in said for said in corrected)
        }

    def whole_text(self) -> Content:
        """What only the draft says, then the entry."""
        return diary_entry.with_draft(self._left_over(), super().whole_text())

    def do_addendum(self) -> None:
        """Write what was wrong; the text itself stays. What only the draft says is filled in,
        but never over a correction that was begun."""
        number = day_number(self._entry.day)
        said = "  ".join(
            f"{diary_lines.part_label(part)}: {one_line(text)}"
            for part, text in self._left_over().items()
        )
        if not said:
            self.post_message(Open("diary_correct", number))
            return

        def correct(begun: Draft | None) -> None:
            more = {} if begun is not None else {"draft": {"text": said}}
            self.post_message(Open("diary_correct", number, **more))

        begun = partial(self._office.drafts.load, DraftKey("diary_correct", str(number)))
        self.run_read("correction", begun, correct)

    def do_discard_own(self) -> None:
        """Throw the draft away; undo brings it back for a while."""
        values, seen = dict(self._typed or {}), self._start.draft

        def discarded(_none: object) -> None:
            self._wanted_back = False
            self._show(replace(self._start, draft=None))
            self.offer_undo(_("Draft discarded."), undo)

        def undo() -> None:
            self.status.clear()
            self._want_back(values)
            self.reload()

        self.run_write(partial(self._office.drafts.discard, self._start.key, seen), discarded)

    def reload(self) -> None:
        """Read it and its draft anew: another session may have written on. What is wanted back
        is stored first, and tried again until it is."""
        if self._wanted_back and self._typed is not None:
            self._keep(self._typed)
            return
        read = partial(diary_start.load, self._office, day_number(self._entry.day))
        self.run_read("entry", read, self._show)

    def _show(self, start: Start) -> None:
        self._start, self._entry = start, start.entry
        self._draw()
        self._say_draft()

    def do_previous_item(self) -> None:
        """The day before."""
        self._turn(-1)

    def do_next_item(self) -> None:
        """The day after."""
        self._turn(1)

    def _turn(self, by: int) -> None:
        day = diary_lines.neighbour(self._start.month, self._entry.day, by)
        self.dismiss(FormOutcome("left", Open("diary", day_number(day))))

    def why_not(self, command_id: str) -> str | None:
        """Nobody reviews their own; only what was reviewed is corrected."""
        if command_id in ("review", "return_diary"):
            return _("nobody reviews their own diary")
        if command_id == "addendum" and self._entry.state is not DiaryState.REVIEWED:
            return _("not read yet: your superior can return it")
        if command_id == "discard_own" and self._start.draft is None:
            return _("there is no draft of this entry")
        if command_id == "next_item" and self._entry.day >= self._office.today():
            return _("That day is still to come.")
        return super().why_not(command_id)


class ReviewScreen(EntryScreen, inherit_bindings=False):
    """An entry of one's people: read, comment, return, on to the next; `judge` begins at once."""

    def __init__(
        self, context: Context, office: Office, entry: DiaryEntry, walk: DiaryWalk, judge: str = ""
    ) -> None:
        super().__init__(context, office, entry)
        self._walk, self._judge = walk, judge

    def anew(self, context: Context) -> ReviewScreen:
        """The same entry, at the same place of its list."""
        return ReviewScreen(context, self._office, self._entry, self._walk)

    def on_mount(self) -> None:
        """On to the form that was asked for."""
        if self._judge:
            self.lead_on(self._judge)

    def do_review(self) -> None:
        """Mark as read; Enter takes it, a comment is optional."""
        self.post_message(Open("diary_review", self._diary_id))

    def do_return_diary(self) -> None:
        """Return it with a reason."""
        self.post_message(Open("diary_return", self._diary_id))

    def came_back(self, *, saved: bool = False) -> None:
        """What was not judged may have been by somebody else; what was leads on."""
        if not saved:
            self.reload()

    def after_form(
        self, outcome: FormOutcome | None, reopen: Callable[[Mapping[str, str]], object]
    ) -> None:
        """To the next one; after the last, back to the list."""
        if outcome is None or outcome.how != "saved":
            super().after_form(outcome, reopen)
            return
        self.say(outcome.said)
        self._step(Move.AFTER, outcome.said)

    @property
    def _diary_id(self) -> int:
        assert self._entry.diary_id is not None
        return self._entry.diary_id

    def do_next_item(self) -> None:
        """The next entry of the list."""
        self._step(Move.AFTER, "")

    def do_previous_item(self) -> None:
        """The entry before."""
        self._step(Move.BEFORE, "")

    def _step(self, move: Move, said: str) -> None:
        def read() -> tuple[DiaryRow, DiaryEntry] | None:
            page: DiaryPage = self._office.diaries.page(
                self._walk.view, move, self._walk.row.key, 1
            )
            if not page.rows:
                return None
            return page.rows[0], self._office.diaries.read(page.rows[0].diary_id)

        self.run_read("walk", read, partial(self._walked, said))

    def _walked(self, said: str, found: tuple[DiaryRow, DiaryEntry] | None) -> None:
        if found is not None:
            row, self._entry = found
            self._walk = replace(self._walk, row=row)
            self._draw()
        elif said:
            self.leave()
        else:
            self.say(_("There is none further in this list."), "warning")

    def reload(self) -> None:
        """Read it anew."""
        self.run_read("entry", partial(self._office.diaries.read, self._diary_id), self._show)

    def _show(self, entry: DiaryEntry) -> None:
        self._entry = entry
        self._draw()

    def why_not(self, command_id: str) -> str | None:
        """Only what waits is judged."""
        if command_id in ("review", "return_diary") and not self._entry.may_review:
            return _("this entry does not wait for a review")
        if command_id == "addendum":
            return _("only the author corrects an entry")
        return super().why_not(command_id)


def load(office: Office, diary_id: int) -> DiaryEntry:
    """In a thread: the entry of one of one's people."""
    return office.diaries.read(diary_id)


def build_own(
    context: Context, office: Office, start: Start, draft: Mapping[str, str] | None = None
) -> OwnEntryScreen:
    """On the loop: one's own entry."""
    return OwnEntryScreen(context, office, start, draft=draft)


def build(
    context: Context, office: Office, entry: DiaryEntry, walk: DiaryWalk, judge: str = ""
) -> ReviewScreen:
    """On the loop: an entry of one of one's people."""
    return ReviewScreen(context, office, entry, walk, judge)
