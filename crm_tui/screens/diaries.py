"""The diaries of one's people (F6 of who reviews them): unread first, all, and missing days."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.widgets import Static

from crm_tui import labels
from crm_tui.clock import SHANGHAI
from crm_tui.domain.diary import DiaryView, DiaryWalk
from crm_tui.i18n import _
from crm_tui.keys import label, shown
from crm_tui.screens import paging
from crm_tui.screens.base import RecordScreen
from crm_tui.text import clip, format_date, one_line
from crm_tui.widgets.record_table import Column, RecordTable
from crm_tui.widgets.wishes import Open

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

    from crm_tui.domain.diary import DiaryRow, MissingDays
    from crm_tui.office import Office
    from crm_tui.widgets.context import Context
    from crm_tui.widgets.record_messages import Highlighted, Opened, Wanted

_VIEWS = ((DiaryView.UNREAD, "view_unread"), (DiaryView.ALL, "view_2"), (None, "view_missing"))


class DiariesScreen(RecordScreen[None], inherit_bindings=False):
    """A list, or who lacks which days."""

    WHERE = "diaries"
    DEFAULT_CSS: ClassVar[str] = """
    DiariesScreen #views { height: 1; width: 1fr; }
    DiariesScreen RecordTable { height: 1fr; width: 1fr; }
    DiariesScreen #missing { height: 1fr; width: 1fr; padding: 0 1; display: none; }
    DiariesScreen.-missing #missing { display: block; }
    DiariesScreen.-missing RecordTable { display: none; }
    """

    def __init__(self, context: Context, office: Office) -> None:
        area = context.keymap.get("area_diary")
        super().__init__(context, f"{label(area)} {shown(area.keys[0])}")
        self._office = office
        self._view: DiaryView | None = DiaryView.UNREAD
        self._missing: tuple[MissingDays, ...] = ()

    def compose_body(self) -> Iterable[Widget]:
        """Views, the list, the missing days."""
        yield Static(Content(""), id="views", markup=False)
        yield RecordTable(
            _columns(), lambda row: row.diary_id, empty=self._empty(),
            ascii_glyphs=self.context.plain,
        )  # fmt: skip
        yield Static(Content(""), id="missing", markup=False)

    def on_mount(self) -> None:
        """The list has the keys, and asks for its first rows."""
        self._list.focus()
        self._list.reset()
        self._draw()

    def on_resize(self) -> None:
        """Lines are cut to the width."""
        self._draw()

    @property
    def _list(self) -> RecordTable[DiaryRow]:
        return self.query_one(RecordTable)

    # --- reading ----------------------------------------------------------------------------

    def on_record_table_wanted(self, message: Wanted) -> None:
        """Fetch the rows that the table asks for."""
        fetch = partial(self._office.diaries.page, self._view or DiaryView.UNREAD)
        paging.read_page(self, message, fetch)

    def on_record_table_highlighted(self, message: Highlighted) -> None:
        """What can be done depends on the row."""
        message.stop()
        self.refresh_keys()

    def reload(self) -> None:
        """The list, or the missing days."""
        if self._view is None:
            self.run_read("missing", self._office.diaries.missing, self._show_missing)
        else:
            super().reload()

    def _show_missing(self, found: tuple[MissingDays, ...]) -> None:
        self._missing = found
        self._draw()

    def _draw(self) -> None:
        width, plain = max(0, self.app.size.width - 2), self.context.plain
        parts = []
        for view, command_id in _VIEWS:
            command = self.context.keymap.get(command_id)
            text = f"{shown(command.keys[0])}{label(command)}"
            parts.append(f"[{text}]" if view is self._view else f" {text} ")
        self.query_one("#views", Static).update(
            Content(" " + clip("".join(parts), width, ascii_only=plain))
        )
        lines = [_missing_line(one) for one in self._missing] or [_("No day is missing.")]
        text = "\n".join(clip(line, width, ascii_only=plain) for line in lines)
        self.query_one("#missing", Static).update(Content(text))

    # --- commands ---------------------------------------------------------------------------

    def list_like(self, other: DiariesScreen) -> None:
        """The view."""
        self._show(other._view)

    def do_view_unread(self) -> None:
        """What waits to be read, the oldest first."""
        self._show(DiaryView.UNREAD)

    def do_view_2(self) -> None:
        """Everything that was handed in, the newest first."""
        self._show(DiaryView.ALL)

    def do_view_missing(self) -> None:
        """Who lacks which days."""
        self._show(None)

    def _show(self, view: DiaryView | None) -> None:
        self._view = view
        self.set_class(view is None, "-missing")
        self._draw()
        if view is None:
            self.reload()
        else:
            self._list.reset(empty=self._empty())
            self._list.focus()
        self.refresh_keys()

    def _empty(self) -> str:
        if self._view is DiaryView.UNREAD:
            key = shown(self.context.keymap.get("view_missing").keys[0])
            return _("Everything is read. {key} shows missing days.").format(key=key)
        return _("Nobody has handed in a diary yet.")

    def on_record_table_opened(self, message: Opened) -> None:
        """Read it; the next one is a key away."""
        message.stop()
        self._open(message.row)

    def _open(self, row: DiaryRow, **judging: str) -> None:
        walk = DiaryWalk(self._view or DiaryView.ALL, row)
        self.post_message(Open("diary_read", row.diary_id, walk=walk, **judging))

    def _judge(self, command_id: str) -> None:
        if self._list.row is not None:
            self._open(self._list.row, judge=command_id)

    def do_review(self) -> None:
        """Into the form that marks it as read, below which it stands to be read."""
        self.when_settled("review", partial(self._judge, "review"))

    def do_return_diary(self) -> None:
        """Into the form that returns it."""
        self.when_settled("return_diary", partial(self._judge, "return_diary"))

    def do_new_diary(self) -> None:
        """One's own entry of today."""
        self.post_message(Open("diary", 0))

    def why_not(self, command_id: str) -> str | None:
        """What needs an entry needs one."""
        needs_row = command_id in ("open", "review", "return_diary") and self.settled
        if needs_row and (self._view is None or self._list.row is None):
            return _("no entry is highlighted")
        return super().why_not(command_id)


def _columns() -> list[Column[DiaryRow]]:
    return [
        Column("day", _("Day"), 15, lambda row: format_date(row.day)),
        Column("author", _("By"), 8, lambda row: one_line(row.author)),
        Column("state", _("State"), 10, lambda row: labels.label(row.state)),
        Column("late", _("Late"), 4, lambda row: _("late") if row.late else "", priority=2),
        Column("at", _("Handed in"), 11, _handed_in, priority=1),
        Column("begins", _("Content"), 16, lambda row: one_line(row.begins), flex=1),
    ]


def _handed_in(row: DiaryRow) -> str:
    if row.submitted_at is None:
        return ""
    return f"{row.submitted_at.astimezone(SHANGHAI):%m-%d %H:%M}"


def _missing_line(one: MissingDays) -> str:
    days = " ".join(f"{day:%m-%d}" for day in one.days)
    return _("{name}  {n} missing: {days}").format(
        name=one_line(one.author), n=len(one.days), days=days
    )
