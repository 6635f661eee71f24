"""Today (F2): what waits, without a key; Enter goes to it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Region
from textual.widgets import Static

from crm_tui.domain.diary import DiaryRow, DiaryView, DiaryWalk
from crm_tui.domain.today import Part
from crm_tui.i18n import _
from crm_tui.keys import label, shown
from crm_tui.screens import draft_lines, today_lines
from crm_tui.screens.base import RecordScreen
from crm_tui.text import clip, safe
from crm_tui.widgets.wishes import Open

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

    from crm_tui.domain.drafts import Draft
    from crm_tui.domain.today import Line, Today
    from crm_tui.office import Office
    from crm_tui.widgets.context import Context

EVERY: Final = 60.0
"""Seconds between two looks at what waits, while the screen is shown."""
PAGE: Final = 8


class TodayScreen(RecordScreen[None], inherit_bindings=False):
    """Headings and lines; the cursor stands on lines only and stays with its line."""

    WHERE = "today"
    DEFAULT_CSS: ClassVar[str] = """
    TodayScreen #sofar { height: auto; width: 1fr; }
    TodayScreen #list { height: 1fr; width: 1fr; scrollbar-size-vertical: 1; }
    TodayScreen #lines { height: auto; width: 1fr; }
    """

    def __init__(self, context: Context, office: Office) -> None:
        area = context.keymap.get("area_today")
        super().__init__(context, f"{label(area)} {shown(area.keys[0])}")
        self._office = office
        self._today: Today | None = None
        self._lines: list[Line] = []
        self._at = 0

    def compose_body(self) -> Iterable[Widget]:
        """What the branch did, then what waits."""
        yield Static(Content(""), id="sofar", markup=False)
        with VerticalScroll(id="list", can_focus=False):
            yield Static(Content(""), id="lines", markup=False)

    def on_mount(self) -> None:
        """Look at once, and again every minute."""
        self.reload()
        self.set_interval(EVERY, self._look_again)

    def on_screen_resume(self) -> None:
        """Back from elsewhere: something may be done."""
        if self._today is not None:
            self.reload()

    def on_resize(self) -> None:
        """Lines are cut to the width."""
        self._draw()

    def _look_again(self) -> None:
        if self.is_current:
            self.reload()

    # --- reading ----------------------------------------------------------------------------

    def reload(self) -> None:
        """Read what waits."""
        self.run_read("today", self._office.waiting.today, self._show)

    def _show(self, found: Today) -> None:
        """What waits now, with the cursor where it belongs."""
        lines = [line for section in found.sections for line in section.lines]
        self._today, self._at = found, self._place_in(lines)
        self._lines = lines
        self._draw()

    def _place_in(self, lines: list[Line]) -> int:
        """The cursor stays on its line; when that is done, on the one that took its place: behind
        the nearest line before it that is left, since its draft may be gone with it."""
        places = {line.identity: place for place, line in enumerate(lines)}
        place = self._at
        for back, line in enumerate(reversed(self._lines[: self._at + 1])):
            place = 0
            if line.identity in places:
                place = places[line.identity] + min(back, 1)
                break
        return max(0, min(place, len(lines) - 1))

    def list_like(self, other: TodayScreen) -> None:
        """The lines, until they are read, and the cursor's."""
        self._today, self._lines, self._at = other._today, other._lines, other._at

    @property
    def _line(self) -> Line | None:
        return self._lines[self._at] if self._at < len(self._lines) else None

    # --- drawing ----------------------------------------------------------------------------

    def _draw(self) -> None:
        if self._today is None:
            return
        width, plain = max(0, self.app.size.width - 2), self.context.plain
        today = self._office.today()
        so_far = self._today.so_far
        head = clip(today_lines.so_far(so_far), width, ascii_only=plain) if so_far else ""
        top_line = self.query_one("#sofar", Static)
        top_line.display = bool(head)
        top_line.update(Content(f" {head}"))
        parts: list[str | tuple[str, str]] = []
        top = row = place = 0
        mark = ">" if plain else "▸"
        for section in self._today.sections:
            parts += [(f" {today_lines.heading(section, self.context.keymap)}", "bold"), "\n"]
            row += 1
            for line in section.lines:
                text = today_lines.words(line, today, plain=plain)
                here = place == self._at
                shown_text = clip(safe(text), width - 2, ascii_only=plain)
                parts += [
                    (f" {mark if here else ' '} {shown_text}", "reverse" if here else ""),
                    "\n",
                ]
                top = row if here else top
                row, place = row + 1, place + 1
        content = Content.assemble(*parts) if parts else Content(self._nothing())
        self.query_one("#lines", Static).update(content)
        self.query_one("#list", VerticalScroll).scroll_to_region(
            Region(0, max(0, top - 1), 1, 2), animate=False
        )
        self.refresh_keys()

    def _nothing(self) -> str:
        """Nothing waits: which key is useful next."""
        keys = self.context.keymap
        hints = [
            f"{shown(command.keys[0])} {label(command)}"
            for command in map(keys.get, ("area_customers", "area_complaints", "area_diary"))
            if self.context.may(command)
        ]
        search = shown(keys.get("search").keys[0])
        return "\n".join(
            (
                "",
                " " + _("Nothing waits for you."),
                "",
                " " + _("{key} finds a customer.  {areas}").format(
                    key=search, areas="  ".join(hints)
                ),
            )
        )  # fmt: skip

    # --- commands ---------------------------------------------------------------------------

    def _move(self, by: int) -> None:
        if self._lines:
            self._at = max(0, min(self._at + by, len(self._lines) - 1))
            self._draw()

    def do_up(self) -> None:
        """One line up, past headings."""
        self._move(-1)

    def do_down(self) -> None:
        """One line down, past headings."""
        self._move(1)

    def do_page_up(self) -> None:
        """Some lines up."""
        self._move(-PAGE)

    def do_page_down(self) -> None:
        """Some lines down."""
        self._move(PAGE)

    def do_first(self) -> None:
        """To the first line."""
        self._move(-len(self._lines))

    def do_last(self) -> None:
        """To the last line."""
        self._move(len(self._lines))

    def do_open(self) -> None:
        """Go and do it."""
        line = self._line
        if line is None:
            return
        if line.target == "draft":
            self.post_message(draft_lines.wish(self._draft(line)))
        elif isinstance(line.about, DiaryRow):
            walk = DiaryWalk(DiaryView.UNREAD, line.about)
            self.post_message(Open(line.target, line.about.diary_id, walk=walk))
        else:
            self.post_message(Open(line.target, int(line.record_id)))

    def do_log_contact(self) -> None:
        """A contact with the line's customer."""
        if self._line is not None and self._line.customer_id is not None:
            self.post_message(Open("contact_form", self._line.customer_id))

    def do_discard_draft(self) -> None:
        """Throw the draft away; undo brings it back for a while."""
        line = self._line
        if line is None:
            return
        draft = self._draft(line)
        drafts = self._office.drafts

        def done(_result: object) -> None:
            back = partial(drafts.save, draft.key, dict(draft.values))
            self.offer_undo(
                _("Draft discarded."), lambda: self.run_write(back, lambda _saved: self.reload())
            )
            self.reload()

        self.run_write(partial(drafts.discard, draft.key, draft), done)

    @staticmethod
    def _draft(line: Line) -> Draft:
        draft: Draft = line.about  # type: ignore[assignment]
        return draft

    def why_not(self, command_id: str) -> str | None:
        """What needs a line, a customer or a draft."""
        line = self._line
        if command_id in ("open", "log_contact", "discard_draft") and line is None:
            return _("nothing is highlighted")
        if command_id == "log_contact" and line is not None and line.customer_id is None:
            return _("this line has no customer")
        if command_id == "discard_draft" and line is not None and line.part is not Part.DRAFTS:
            return _("only drafts are discarded here")
        return super().why_not(command_id)
