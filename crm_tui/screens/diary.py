"""The diary of one day (F6): already written from what was logged; insight and reflection are
left to think about."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from textual.content import Content
from textual.widgets import Static

from crm_tui.domain.diary import PARTS
from crm_tui.domain.diary_proposals import Proposed
from crm_tui.domain.kinds import DiaryState
from crm_tui.i18n import _
from crm_tui.keys import label, shown
from crm_tui.screens import diary_lines
from crm_tui.screens.diary_saving import HandingInScreen
from crm_tui.screens.diary_start import PROPOSED, day_number, drafted, prefilled
from crm_tui.screens.form_keeping import keeping
from crm_tui.text import cell_width, clip, format_date, one_line
from crm_tui.widgets.form import FieldRow
from crm_tui.widgets.form_work import FormOutcome
from crm_tui.widgets.note_field import NoteField
from crm_tui.widgets.rule import Rule
from crm_tui.widgets.wishes import Go, Open

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from textual.widget import Widget

    from crm_tui.domain.diary import DiaryEntry
    from crm_tui.office import Office
    from crm_tui.screens.diary_start import Start
    from crm_tui.widgets.context import Context

# Lines of each part at 24 lines; taller terminals give the more to the first and the third.
_LINES: Final = {"content": 4, "method": 1, "insight": 3, "reflection": 2}
_FIXED: Final = 24
# Lines that the reviewer's words may take, and which part gives up how many for them.
_MOST_SAID: Final = 5
_LENT: Final = {"content": 2, "insight": 2}
_FRAME: Final = 2


def build(
    context: Context, office: Office, start: Start, draft: Mapping[str, str] | None = None
) -> DiaryScreen:
    """On the loop: the form."""
    return DiaryScreen(context, office, start, draft)


class DiaryScreen(HandingInScreen, inherit_bindings=False):
    """Four parts. Ctrl+S saves, and once more hands in."""

    WHERE = "diary"
    DEFAULT_CSS: ClassVar[str] = """
    DiaryScreen #strip, DiaryScreen #day { height: 1; width: 1fr; }
    DiaryScreen #day { padding: 0 1; }
    """

    def __init__(
        self, context: Context, office: Office, start: Start, draft: Mapping[str, str] | None
    ) -> None:
        kept, entry = start.draft, start.entry
        original, self._proposed = prefilled(entry)
        super().__init__(
            context,
            _title(context, entry),
            [FieldRow(part, diary_lines.part_label(part), NoteField(lines=1)) for part in PARTS],
            keeping(office, start.key, self._send, kept),
            original=original,
            version=entry.version,
            draft=draft or (kept.values if kept else None),
            read_only=bool(kept and kept.elsewhere and draft is None),
            draft_stored=draft is None,
        )
        self._office = office
        self._start = start

    def _load_draft(self, draft: Mapping[str, str]) -> None:
        """With what the day proposes since it was typed."""
        typed, self._proposed = drafted(self._start.entry, draft)
        super()._load_draft(typed)

    def _taken_over(self, values: Mapping[str, str]) -> None:
        """What either session has proposed is not proposed again when their texts are merged."""
        if self._lost:
            both = self._proposed.joined(Proposed.of(values.get(PROPOSED)) or Proposed())
            values = {**values, PROPOSED: both.as_text()}
        super()._taken_over(values)

    def draft_values(self) -> dict[str, str]:
        """Also what the day has proposed for it."""
        return {**super().draft_values(), PROPOSED: self._proposed.as_text()}

    def compose_body(self) -> Iterable[Widget]:
        """The month, the day, the four parts."""
        yield Static(Content(""), id="strip", markup=False)
        yield Static(Content(""), id="day", markup=False)
        yield self.form
        yield Rule(plain=self.context.plain)

    def on_mount(self) -> None:
        """Draw what no field shows."""
        self._draw()

    def focus_start(self) -> None:
        """To the first part that nothing proposes; what is proposed is read from its beginning."""
        content, insight = self.form.row("content"), self.form.row("insight")
        assert content is not None
        assert insight is not None
        if not self.form.values()["content"].strip():
            content.control.focus()
            return
        insight.control.focus()
        self.call_after_refresh(content.control.scroll_home, animate=False)

    def on_resize(self) -> None:
        """Lines are cut to the width, and the parts share the height."""
        self._draw()

    def _draw(self) -> None:
        width, plain = max(0, self.app.size.width - 2), self.context.plain
        entry = self._start.entry
        strip = diary_lines.strip(self._start.month, entry.day, self._office.today(), width, plain)
        self.query_one("#strip", Static).update(Content(f" {strip}"))
        more = self._draw_day(width)
        spare = max(0, self.app.size.height - _FIXED)
        for part, lines in _LINES.items():
            row = self.form.row(part)
            share = spare // 2 if part == "content" else spare // 4 if part == "insight" else 0
            # What the day's words need beyond their line is taken from the parts in turn.
            lent = min(more, lines + share - 1, _LENT.get(part, 0))
            more -= lent
            if row is not None:
                row.control.styles.height = lines + share - lent + _FRAME

    def _draw_day(self, width: int) -> int:
        """The line of the day. What was said of a returned entry takes the lines it needs, up to
        `_MOST_SAID`; how many beyond the first."""
        text, plain = diary_lines.day_line(self._start.entry), self.context.plain
        lines = [clip(text, width, ascii_only=plain)]
        if self._start.entry.state is DiaryState.RETURNED:
            lines = [line.plain for line in Content(text).wrap(max(1, width))]
        if len(lines) > _MOST_SAID:
            key = shown(self.context.keymap.get("read_said").keys[0], plain=plain)
            more = _("  {key} reads all of it").format(key=key)
            last = clip(
                "".join(lines[_MOST_SAID - 1 :]), width - cell_width(more), ascii_only=plain
            )
            lines[_MOST_SAID - 1 :] = [last + more]
        day = self.query_one("#day", Static)
        day.styles.height = len(lines)
        day.update(Content("\n".join(lines)))
        return len(lines) - 1

    # --- elsewhere --------------------------------------------------------------------------

    def do_previous_day(self) -> None:
        """The day before that had to be worked."""
        self._turn(-1)

    def do_next_day(self) -> None:
        """The day after."""
        self._turn(1)

    def _turn(self, by: int) -> None:
        self._to_day(diary_lines.neighbour(self._start.month, self._start.entry.day, by))

    def _to_day(self, day: date) -> None:
        self.run_worker(self._leave_for_day(day), exclusive=False, group="leave",
                        exit_on_error=False)  # fmt: skip

    async def _leave_for_day(self, day: date) -> None:
        """The screen below opens the other day in this one's place."""
        if await self.flush_draft() and self._may_leave():
            self._ended = True
            await self.give_up()
            self.end(FormOutcome("left", Open("diary", day_number(day))))

    def do_read_said(self) -> None:
        """All that was said of an entry that came back."""
        from crm_tui.screens.dialogs import TextDialog

        entry = self._start.entry
        heading = [_("returned by {name}: {text}").format(name=one_line(entry.reviewer), text="")]
        self.app.push_screen(TextDialog(self.context, heading, entry.comment))

    def do_open_line(self) -> None:
        """The customer whose number stands in the cursor's line."""
        number = diary_lines.customer_in(self._line(), self._start.entry.touches)
        if not number:
            self.say(_("no customer number stands in this line"), "warning")
            return
        find = partial(self._office.customers.by_number, number)
        self.run_read(
            "line", find, lambda customer_id: self.post_message(Open("card", customer_id))
        )

    def _line(self) -> str:
        field = self.focused
        if not isinstance(field, NoteField):
            return ""
        lines = field.text.split("\n")
        return lines[min(field.cursor_location[0], len(lines) - 1)]

    async def _leave_for_area(self, area: str) -> None:
        """Save what was typed, then go."""
        if await self.flush_draft():
            await self.give_up()
            self.post_message(Go(area))

    def _to_area(self, area: str) -> None:
        self.run_worker(self._leave_for_area(area), exclusive=False, group="leave",
                        exit_on_error=False)  # fmt: skip

    def do_area_today(self) -> None:
        """To what waits, the draft saved."""
        self._to_area("area_today")

    def do_area_customers(self) -> None:
        """To the customers."""
        self._to_area("area_customers")

    def do_area_visits(self) -> None:
        """To the contacts."""
        self._to_area("area_visits")

    def do_area_complaints(self) -> None:
        """To the complaints."""
        self._to_area("area_complaints")

    def do_area_diary(self) -> None:
        """To the list of diaries, for who reviews them; else to today's entry."""
        if "review_diary" in self.context.permissions:
            self._to_area("area_diary")
        elif self._start.entry.day != self._office.today():
            self._to_day(self._office.today())

    def legend(self) -> dict[str, str]:
        """The signs of the month."""
        return diary_lines.legend(plain=self.context.plain)

    def why_not(self, command_id: str) -> str | None:
        """There are no days to come; nothing is handed in on a day off without work."""
        if command_id == "next_day" and self._start.entry.day >= self._office.today():
            return _("That day is still to come.")
        if command_id == "read_said" and self._start.entry.state is not DiaryState.RETURNED:
            return _("this entry was not returned")
        if command_id == "save" and not self._start.entry.may_write:
            return _("Nobody worked that day: no entry is needed.")
        return super().why_not(command_id)


def _title(context: Context, entry: DiaryEntry) -> str:
    area = context.keymap.get("area_diary")
    return f"{label(area)} {shown(area.keys[0])}  {format_date(entry.day)}"
