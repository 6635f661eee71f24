"""The forms of what is said of a diary that was handed in: a comment, why it comes back, a
correction. Each keeps a draft; the entry stands below."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from crm_tui.domain.drafts import TITLE, DraftKey
from crm_tui.domain.kinds import DiaryState
from crm_tui.domain.text_rules import NOTE_LIMIT
from crm_tui.errors import Refused, UsageError
from crm_tui.i18n import N_, _
from crm_tui.keys import label
from crm_tui.screens import diary_entry, diary_lines, draft_lines
from crm_tui.screens.dialogs import ConfirmDialog
from crm_tui.screens.diary_start import number_day
from crm_tui.screens.form_base import FormScreen
from crm_tui.screens.form_keeping import keeping
from crm_tui.text import clip, format_date, one_line
from crm_tui.widgets.fields import LineField
from crm_tui.widgets.form import FieldRow
from crm_tui.widgets.form_work import FormOutcome, FormWork, Submission
from crm_tui.widgets.option_field import OptionField
from crm_tui.widgets.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from textual.widget import Widget

    from crm_tui.domain.diary import DiaryEntry
    from crm_tui.domain.drafts import Draft
    from crm_tui.errors import Conflict
    from crm_tui.office import Office
    from crm_tui.widgets.context import Context

# The targets, which also name the forms of the drafts. The first two are of a diary by its id,
# the last of one's own diary of a day.
REVIEW, RETURN, CORRECT = "diary_review", "diary_return", "diary_correct"
_YES: Final = "yes"
_QUESTIONS: Final = {
    REVIEW: N_("Mark it as read. A comment if there is something to say; Enter takes it."),
    RETURN: N_("Return it to be completed. What is missing?"),
    CORRECT: N_("Reviewed text stays as it is; this is added below it."),
}
_DONE: Final = {REVIEW: N_("Read."), RETURN: N_("Returned."), CORRECT: N_("Saved.")}
# Lines of the screen that are not the entry below the form.
_AROUND: Final = 10


@dataclass(frozen=True, slots=True)
class Start:
    """What is said of which entry. `obstacle` says why it cannot be said any more; `entry` is
    None when it is out of reach by now, and only the draft can be read."""

    what: str
    record: int
    entry: DiaryEntry | None
    draft: Draft | None
    obstacle: str

    @property
    def key(self) -> DraftKey:
        """Where the draft is kept."""
        return DraftKey(self.what, str(self.record))

    @property
    def title(self) -> str:
        """What the draft is called: whose entry it is, and of which day, in no language."""
        if self.entry is None:
            return self.draft.values.get(TITLE, "") if self.draft else ""
        return f"{one_line(self.entry.author)} {self.entry.day.isoformat()}"

    @property
    def about(self) -> str:
        """Whose entry of which day it is."""
        if self.entry is None:
            return draft_lines.title_of(self.draft) if self.draft else ""
        day = format_date(self.entry.day)
        return day if self.what == CORRECT else f"{one_line(self.entry.author)} {day}"


def load(office: Office, what: str, record: int, *, wanted: bool = False) -> Start:
    """In a thread. Raises UsageError when it cannot be said; a draft of it opens all the same, so
    that what was typed can be read, and so does one that is `wanted` back after a discard."""
    draft = office.drafts.load(DraftKey(what, str(record)))
    try:
        entry = _read(office, what, record)
    except Refused as refused:
        if draft is None:
            raise
        return Start(what, record, None, draft, refused.message)
    obstacle = why_not(what, entry)
    if obstacle and draft is None and not wanted:
        raise UsageError(obstacle)
    return Start(what, record, entry, draft, obstacle)


def _read(office: Office, what: str, record: int) -> DiaryEntry:
    if what == CORRECT:
        return office.diaries.entry(number_day(record, office.today()))
    return office.diaries.read(record)


def why_not(what: str, entry: DiaryEntry) -> str:
    """Why it cannot be said of the entry as it stands now; empty when it can."""
    if what == CORRECT:
        corrigible = entry.state is DiaryState.REVIEWED
        return "" if corrigible else _("not read yet: your superior can return it")
    if entry.may_review:
        return ""
    who = one_line(entry.reviewer)
    if entry.state is DiaryState.RETURNED:
        return _("{name} has returned it already").format(name=who)
    return _("{name} has read it already").format(name=who)


def build(
    context: Context, office: Office, start: Start, draft: Mapping[str, str] | None = None
) -> SaidScreen:
    """On the loop: the form. `draft` is one that was just discarded and is wanted back."""
    return SaidScreen(context, office, start, draft)


class SaidScreen(FormScreen, inherit_bindings=False):
    """One line to say, as Enter or Ctrl+S sends it; the entry can be paged through below."""

    WHERE = "diary_said"
    DEFAULT_CSS: ClassVar[str] = """
    SaidScreen #question, SaidScreen #state { height: 1; width: 1fr; padding: 0 1; }
    SaidScreen FormView { height: auto; max-height: 50%; }
    SaidScreen #text { height: 1fr; width: 1fr; padding: 0 1; }
    SaidScreen #text > Static { height: auto; width: 1fr; }
    """

    def __init__(
        self, context: Context, office: Office, start: Start, draft: Mapping[str, str] | None
    ) -> None:
        rows, kept = _rows(start.what), start.draft
        super().__init__(
            context,
            _title(context, start),
            rows,
            _work(office, start),
            original={row.key: "" for row in rows},
            version=start.entry.version if start.entry else 0,
            draft=draft or (kept.values if kept else None),
            read_only=bool(kept and kept.elsewhere and draft is None),
            draft_stored=draft is None,
        )
        self._office = office
        self._start = start
        self._entry, self._obstacle = start.entry, start.obstacle

    def compose_body(self) -> Iterable[Widget]:
        """The question, its fields, the entry."""
        yield Static(Content(_(_QUESTIONS[self._start.what])), id="question", markup=False)
        yield self.form
        yield Rule(plain=self.context.plain)
        yield Static(Content(""), id="state", markup=False)
        with VerticalScroll(id="text", can_focus=False):
            yield Static(Content(""), id="whole", markup=False)

    def on_mount(self) -> None:
        """Say that a draft goes on, or why it can only be read."""
        self._draw_entry()
        if self._obstacle:
            self._say_obstacle()
        else:
            self.say_goes_on(self._start.draft)

    def on_resize(self) -> None:
        """Lines are cut to the width."""
        self._draw_entry()

    def _draw_entry(self) -> None:
        if self._entry is None:
            return
        width, plain = max(0, self.app.size.width - 2), self.context.plain
        state = clip(diary_lines.state_line(self._entry), width, ascii_only=plain)
        self.query_one("#state", Static).update(Content(state))
        self.query_one("#whole", Static).update(diary_entry.whole(self._entry))

    def _say_obstacle(self) -> None:
        text = _("{why}; what you typed stays a draft").format(why=self._obstacle)
        self.say(text, "warning")

    # --- commands ---------------------------------------------------------------------------

    def do_confirm(self) -> None:
        """Enter saves too."""
        self.do_save()

    def do_page_up(self) -> None:
        """The entry, a page up."""
        self._page(-1)

    def do_page_down(self) -> None:
        """The entry, a page down."""
        self._page(1)

    def _page(self, by: int) -> None:
        lines = max(1, self.app.size.height - _AROUND)
        self.query_one("#text", VerticalScroll).scroll_relative(y=by * lines, animate=False)

    def why_not(self, command_id: str) -> str | None:
        """What cannot be said any more can only be read; what may be stored is sent again all the
        same: perhaps it was what made itself impossible."""
        if command_id == "confirm":
            return self.why_not("save")
        if command_id == "save" and self._obstacle and not self._frozen:
            return self._obstacle
        return super().why_not(command_id)

    # --- saving -----------------------------------------------------------------------------

    def _submitted(self, result: object, submission: Submission) -> None:
        """The screen below says what was done."""
        said = _(_DONE[self._start.what])
        self.end(FormOutcome("saved", result, submission.values, said))

    def _settle(self, conflict: Conflict) -> None:
        """Somebody was faster, the author or another reviewer: show what they did."""
        read = partial(_read, self._office, self._start.what, self._start.record)
        self.run_read("meanwhile", read, self._show_meanwhile)

    def _show_meanwhile(self, now: DiaryEntry) -> None:
        self._entry, self._obstacle = now, why_not(self._start.what, now)
        self._draw_entry()
        self.refresh_keys()
        if self._obstacle:
            self._say_obstacle()
            return

        def decided(go_on: bool | None) -> None:
            if go_on:
                self._version = now.version
                self._start_submit()

        question = _("{name} has handed it in again meanwhile.").format(name=one_line(now.author))
        advice = _("Enter says it of the new text, Esc goes back to read that first.")
        self.app.push_screen(ConfirmDialog(self.context, question, advice), decided)


def _title(context: Context, start: Start) -> str:
    if start.entry is None:
        return f"{label(context.keymap.get('area_diary'))} > {one_line(start.about)}"
    return diary_entry.title(context, start.entry)


def _rows(what: str) -> list[FieldRow]:
    if what == REVIEW:
        options = OptionField([(_YES, _("to be shared"))])
        return [
            FieldRow("comment", _("Comment"), LineField(limit=NOTE_LIMIT)),
            FieldRow("exemplary", _("Exemplary"), options),
        ]
    field = LineField(limit=NOTE_LIMIT, required=True)
    if what == RETURN:
        return [FieldRow("comment", _("Reason"), field)]
    return [FieldRow("text", _("Correction"), field)]


def _work(office: Office, start: Start) -> FormWork:
    return keeping(office, start.key, partial(_send, office, start), start.draft, start.title)


def _send(office: Office, start: Start, said: Submission) -> None:
    """In a thread."""
    diaries, values = office.diaries, said.values
    if start.what == CORRECT:
        if start.entry is None or start.entry.diary_id is None:
            raise Refused(start.obstacle)
        diaries.add(start.entry.diary_id, values["text"], said.request_key, start.key)
    elif start.what == RETURN:
        diaries.give_back(start.record, said.version, values["comment"], start.key)
    else:
        exemplary = values["exemplary"] == _YES
        diaries.review(
            start.record, said.version, values["comment"], start.key, exemplary=exemplary
        )
