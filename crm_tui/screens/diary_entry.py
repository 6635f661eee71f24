"""A diary entry as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from crm_tui.clock import SHANGHAI
from crm_tui.domain.diary import PARTS
from crm_tui.i18n import _
from crm_tui.keys import label, shown
from crm_tui.screens import diary_lines
from crm_tui.screens.base import RecordScreen
from crm_tui.text import clip, format_date, one_line, safe
from crm_tui.widgets.form_work import FormOutcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from textual.widget import Widget

    from crm_tui.domain.diary import DiaryEntry
    from crm_tui.office import Office
    from crm_tui.widgets.context import Context


class EntryScreen(RecordScreen[FormOutcome], inherit_bindings=False):
    """The four parts in full, what the reviewer said, corrections. Up and down scroll."""

    WHERE = "diary_read"
    DEFAULT_CSS: ClassVar[str] = """
    EntryScreen #state { height: 1; width: 1fr; text-style: bold; }
    EntryScreen #text { height: 1fr; width: 1fr; padding: 0 1; }
    EntryScreen #text > Static { height: auto; width: 1fr; }
    """

    def __init__(self, context: Context, office: Office, entry: DiaryEntry) -> None:
        super().__init__(context, title(context, entry))
        self._office = office
        self._entry = entry

    def compose_body(self) -> Iterable[Widget]:
        """How it stands, then all of it."""
        yield Static(Content(""), id="state", markup=False)
        with VerticalScroll(id="text"):
            yield Static(Content(""), id="whole", markup=False)

    def on_mount(self) -> None:
        """The text has the keys."""
        self.query_one("#text").focus()
        self._draw()

    def on_resize(self) -> None:
        """Lines are cut to the width."""
        self._draw()

    def _draw(self) -> None:
        width, plain = max(0, self.app.size.width - 2), self.context.plain
        self.show_title(title(self.context, self._entry))
        line = clip(diary_lines.state_line(self._entry), width, ascii_only=plain)
        self.query_one("#state", Static).update(Content(f" {line}"))
        self.query_one("#whole", Static).update(self.whole_text())
        self.query_one("#text", VerticalScroll).scroll_home(animate=False)
        self.refresh_keys()

    def whole_text(self) -> Content:
        """The entry."""
        return whole(self._entry)

    def lead_on(self, command_id: str) -> None:
        """Into the form of a command at once; what is typed from now on is meant for that."""
        reason = self.why_not(command_id)
        if reason is not None:
            self.say(reason, "warning")
            return
        app: Any = self.app
        let_go = app.hold_keys()
        getattr(self, f"do_{command_id}")()
        self.call_later(let_go)  # the app, which has heard of the form by then, holds on

    def _scroll(self, by: int) -> None:
        self.query_one("#text", VerticalScroll).scroll_relative(y=by, animate=False)

    def do_up(self) -> None:
        """One line up."""
        self._scroll(-1)

    def do_down(self) -> None:
        """One line down."""
        self._scroll(1)

    def do_page_up(self) -> None:
        """One page up."""
        self._scroll(-max(1, self.app.size.height - 8))

    def do_page_down(self) -> None:
        """One page down."""
        self._scroll(max(1, self.app.size.height - 8))

    def do_first(self) -> None:
        """To the beginning."""
        self.query_one("#text", VerticalScroll).scroll_home(animate=False)

    def do_last(self) -> None:
        """To the end."""
        self.query_one("#text", VerticalScroll).scroll_end(animate=False)

    def why_not(self, command_id: str) -> str | None:
        """There is nothing behind the text to open."""
        if command_id == "open":
            return _("all of it is shown here")
        return super().why_not(command_id)


def title(context: Context, entry: DiaryEntry) -> str:
    """The area, whose entry it is, and of which day."""
    area = context.keymap.get("area_diary")
    day = format_date(entry.day)
    return f"{label(area)} {shown(area.keys[0])} > {one_line(entry.author)}  {day}"


def whole(entry: DiaryEntry) -> Content:
    """Headings and text; data is never markup."""
    parts: list[str | tuple[str, str]] = []
    if entry.comment:
        said = _("{name} says: ").format(name=one_line(entry.reviewer))
        parts += [(said, "bold"), safe(entry.comment, lines=True), "\n\n"]
    for part in PARTS:
        text = getattr(entry.form, part)
        parts += [(diary_lines.part_label(part), "bold"), "\n"]
        parts += [safe(text, lines=True) if text.strip() else _("(nothing)"), "\n\n"]
    for one in entry.addenda:
        local = one.at.astimezone(SHANGHAI)
        head = _("Correction of {time}").format(time=f"{local:%Y-%m-%d %H:%M}")
        parts += [(head, "bold"), "\n", safe(one.text, lines=True), "\n\n"]
    return Content.assemble(*parts)


def with_draft(left: Mapping[str, str], entry: Content) -> Content:
    """What only a draft says, by part, above its entry."""
    if not left:
        return entry
    parts: list[str | Content | tuple[str, str]] = [(_("Your draft says besides:"), "bold"), "\n"]
    for part, text in left.items():
        parts += [f"{diary_lines.part_label(part)}: ", safe(text, lines=True), "\n"]
    return Content.assemble(*parts, "\n", entry)
