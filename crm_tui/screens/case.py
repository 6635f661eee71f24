"""One complaint in full: facts, three dates, content, trail; `[` `]` walk the queue."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from textual.content import Content
from textual.widgets import Static

from crm_tui.domain.complaint_kinds import ComplaintState, EventKind, Step
from crm_tui.domain.roster import Move
from crm_tui.errors import UsageError
from crm_tui.i18n import _
from crm_tui.screens import case_lines, case_steps
from crm_tui.screens.base import RecordScreen
from crm_tui.screens.card_dialogs import RevealDialog
from crm_tui.screens.card_walk import end
from crm_tui.screens.case_dialogs import StepsDialog
from crm_tui.screens.dialogs import TextDialog
from crm_tui.screens.visit_lines import Room
from crm_tui.text import clip, safe
from crm_tui.widgets.record_table import Page, RecordTable
from crm_tui.widgets.rule import Rule
from crm_tui.widgets.wishes import Open

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

    from crm_tui.domain.complaints import ComplaintDetail, TrailLine
    from crm_tui.domain.kinds import RevealField, RevealReason
    from crm_tui.office import Office
    from crm_tui.screens.complaint_pane import CaseWalk
    from crm_tui.widgets.context import Context
    from crm_tui.widgets.record_messages import Highlighted, Opened, Wanted

CONTENT_LINES: Final = 5
DETAIL_LINES: Final = 2


@dataclass(frozen=True, slots=True)
class Shown:
    """A case and, when it was opened from a list, its place there."""

    detail: ComplaintDetail
    walk: CaseWalk | None


def load(office: Office, complaint_id: int, walk: CaseWalk | None = None) -> Shown:
    """In a thread: the case with its trail."""
    return Shown(office.complaints.get(complaint_id), walk)


def build(context: Context, office: Office, shown: Shown) -> CaseScreen:
    """On the loop: the screen."""
    return CaseScreen(context, office, shown)


class CaseScreen(RecordScreen[None], inherit_bindings=False):
    """The keys move in the trail."""

    WHERE = "case"
    SEARCHED = ("area_complaints",)
    DEFAULT_CSS: ClassVar[str] = """
    CaseScreen #facts, CaseScreen #content { height: auto; width: 1fr; }
    CaseScreen #last { height: 2; width: 1fr; }
    CaseScreen RecordTable { height: 1fr; }
    """

    def __init__(self, context: Context, office: Office, shown: Shown) -> None:
        super().__init__(context)
        self._office = office
        self._shown = shown

    def anew(self, context: Context) -> CaseScreen:
        """The same case, at the same place of its list."""
        return build(context, self._office, self._shown)

    @property
    def _detail(self) -> ComplaintDetail:
        return self._shown.detail

    def compose_body(self) -> Iterable[Widget]:
        """Facts and dates, content, trail, the highlighted event."""
        plain = self.context.plain
        yield Static(Content(""), id="facts", markup=False)
        yield Rule(plain=plain, caption=_("content"))
        yield Static(Content(""), id="content", markup=False)
        yield Rule(plain=plain, caption=_("trail, the newest first"))
        yield RecordTable(case_lines.columns(), lambda line: line.seq, empty="", ascii_glyphs=plain)
        yield Static(Content(""), id="last", markup=False)

    def on_mount(self) -> None:
        """The trail has the keys."""
        self._trail.focus()
        self._trail.reset()
        self._draw()

    def on_resize(self) -> None:
        """Lines are cut to the width."""
        self._draw()

    @property
    def _trail(self) -> RecordTable[TrailLine]:
        return self.query_one(RecordTable)

    def _draw(self) -> None:
        detail, walk = self._detail, self._shown.walk
        place = None
        if walk and walk.position is not None and walk.total is not None:
            place = (walk.position + 1, walk.total)
        self.show_title(_("Complaints F5 > {number}").format(number=detail.row.complaint_no), place)
        plain, today = self.context.plain, self._office.today()
        width = max(0, self.app.size.width - 2)
        facts = case_lines.facts(detail, today, plain=plain)
        self._put("facts", [*facts, case_lines.times(detail, today, width, plain=plain)])
        self._draw_content()
        self.refresh_keys()

    def _draw_content(self) -> None:
        """How it begins, line by line; where it is longer, how to read all of it."""
        detail, room = self._detail, self._room(CONTENT_LINES)
        text = safe(detail.content[: case_lines.MOST_SHOWN], lines=True)
        lines = [
            line
            for part in text.split("\n")[: CONTENT_LINES + 1]
            for line in room.wrap(part) or [""]
        ]
        self._put("content", room.first(lines, CONTENT_LINES) or [""])
        caption = _("content")
        if len(lines) > CONTENT_LINES:
            caption = _("content, {n} characters; End Enter reads it whole").format(
                n=f"{len(detail.content):,}"
            )
        self.query(Rule).first().caption(caption)

    def _room(self, height: int) -> Room:
        return Room(max(0, self.app.size.width - 2), height, self.context.plain)

    def _put(self, name: str, lines: list[str]) -> None:
        width = max(0, self.app.size.width - 2)
        plain = self.context.plain
        text = "\n".join(" " + clip(safe(line), width, ascii_only=plain) for line in lines)
        self.query_one(f"#{name}", Static).update(Content(text))

    # --- the trail --------------------------------------------------------------------------

    def on_record_table_wanted(self, message: Wanted) -> None:
        """The trail is here already."""
        message.stop()
        rows = tuple(reversed(self._detail.trail))
        message.table.put_page(Page(rows, 0, False, False, message.request.generation))

    def on_record_table_highlighted(self, message: Highlighted) -> None:
        """The beginning of what the event says, in two lines."""
        message.stop()
        line: TrailLine | None = message.row
        room = self._room(DETAIL_LINES)
        text = case_lines.trail_text(line) if line is not None else ""
        self._put("last", room.first(room.wrap(text[: case_lines.MOST_SHOWN]), DETAIL_LINES))
        self.refresh_keys()

    def on_record_table_opened(self, message: Opened) -> None:
        """Read an event in full; the first is the complaint itself."""
        message.stop()
        line: TrailLine = message.row
        begun = line.kind in (EventKind.REGISTERED, EventKind.IMPORTED)
        parts = [self._detail.content, line.text] if begun else [line.text]
        text = "\n\n".join(filter(None, parts))
        heading = case_lines.trail_heading(line)
        self.app.push_screen(TextDialog(self.context, heading, text))

    # --- commands ---------------------------------------------------------------------------

    def reload(self) -> None:
        """The case as it stands now."""
        read = partial(self._office.complaints.get, self._detail.row.complaint_id)
        self.run_read("case", read, self._show_detail)

    def _show_detail(self, detail: ComplaintDetail) -> None:
        self._shown = replace(self._shown, detail=detail)
        self._draw()
        self._trail.reset()

    def do_next_item(self) -> None:
        """The next case of the list."""
        self._step(Move.AFTER, 1)

    def do_previous_item(self) -> None:
        """The one before."""
        self._step(Move.BEFORE, -1)

    def _step(self, move: Move, by: int) -> None:
        walk = self._shown.walk
        if walk is None:
            return

        def read() -> Shown:
            page = self._office.complaints.page(walk.criteria, move, walk.row.key, 1)
            if not page.rows:
                raise UsageError(end(by))
            row = page.rows[0]
            place = None if walk.position is None else walk.position + by
            return load(self._office, row.complaint_id, replace(walk, row=row, position=place))

        self.run_read("walk", read, self._walked)

    def _walked(self, shown: Shown) -> None:
        self._shown = shown
        self.status.clear()
        self._draw()
        self._trail.reset()

    def do_log_contact(self) -> None:
        """A contact with the customer of the case."""
        self.post_message(Open("contact_form", self._detail.row.customer_id or 0))

    def do_open_customer(self) -> None:
        """Who complained: number, phone and what else is known of them."""
        self.post_message(Open("card", self._detail.row.customer_id or 0))

    def do_reveal(self) -> None:
        """Show a stranger's phone, to call back; a customer's is on the card."""

        def chosen(answer: tuple[RevealField, RevealReason, str] | None) -> None:
            if answer is not None:
                _field, reason, text = answer
                case = self._detail.row.complaint_id
                work = partial(self._office.complaints.reveal, case, reason, text)
                self.run_write(work, partial(self._revealed, case))

        self.app.push_screen(RevealDialog(self.context, only_mobile=True), chosen)

    def _revealed(self, complaint_id: int, number: str) -> None:
        """In the line that talks, until it says something else or the time is over."""
        if complaint_id != self._detail.row.complaint_id:
            return
        shown = _("{number}, shown for {n} seconds; this was noted")
        seconds = self._office.policy.reveal_seconds
        text = shown.format(number=safe(number), n=seconds)
        self.say(text if number else _("nothing is stored there"))
        self.set_timer(seconds, partial(self._forget, text))

    def _forget(self, text: str) -> None:
        if self.status.message == text:
            self.status.clear()

    def do_triage(self) -> None:
        """Triage this case, or triage it anew."""
        self.post_message(Open("triage", self._detail.row.complaint_id))

    def do_next_step(self) -> None:
        """The form of what the case needs next."""
        if (
            self._detail.row.state is ComplaintState.REGISTERED
            and Step.TRIAGE in self._detail.steps
        ):
            self.do_triage()
        else:
            self.post_message(Open("case_form", self._detail.row.complaint_id))

    def do_other_step(self) -> None:
        """A choice of the other steps."""

        def chosen(choice: dict[str, str] | None) -> None:
            if choice is not None:
                wish = Open("case_form", self._detail.row.complaint_id, **choice)
                self.post_message(wish)

        self.app.push_screen(StepsDialog(self.context, self._detail), chosen)

    def why_not(self, command_id: str) -> str | None:
        """In words."""
        detail, walk = self._detail, self._shown.walk
        if command_id in ("next_item", "previous_item"):
            return self._no_step(walk, 1 if command_id == "next_item" else -1)
        if command_id in ("log_contact", "open_customer") and detail.row.customer_id is None:
            return _("it is a stranger's complaint")
        if command_id == "reveal" and not detail.phone_mask:
            return _("the number is on the customer's card: c")
        if command_id == "next_step" and not detail.row.state.is_open:
            return case_steps.ended(detail.row.state, triages=Step.REOPEN in detail.steps)
        if command_id == "triage":
            return case_steps.why_not(detail, Step.TRIAGE) or None
        return super().why_not(command_id)

    def _no_step(self, walk: CaseWalk | None, by: int) -> str | None:
        """Why there is none after or before, as far as is known without asking."""
        if walk is None:
            return _("this case was not opened from a list")
        last = -1 if walk.total is None else walk.total - 1
        ends = walk.position is not None and walk.position == (0 if by < 0 else last)
        return end(by) if ends else None
