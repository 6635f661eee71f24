"""Dialogs that more than one screen asks: to confirm, and to settle a conflict."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from crm_tui.i18n import N_, _
from crm_tui.text import one_line, safe
from crm_tui.widgets.bindings import typed
from crm_tui.widgets.commanding import CommandDialog
from crm_tui.widgets.footer import KeyFooter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.app import ComposeResult

    from crm_tui.widgets.context import Context

_CSS: Final = Path(__file__).with_name("base.tcss")
_VERSIONS: Final = (N_("mine"), N_("now"), N_("original"))
_MOST_CELLS: Final = 600


class ConfirmDialog(CommandDialog[bool]):
    """Asks before what cannot be undone. Enter does it, Esc does not."""

    WHERE = "notice"
    CSS_PATH = _CSS

    def __init__(self, context: Context, question: str, consequence: str = "") -> None:
        super().__init__(context)
        self._question = question
        self._consequence = consequence

    def compose(self) -> ComposeResult:
        """Question, consequence, keys."""
        with Vertical(id="frame"):
            yield Static(Content(self._question), markup=False)
            if self._consequence:
                yield Static(Content(self._consequence), markup=False)
            yield KeyFooter(self.context, self.WHERE, self.reason_against)

    def do_confirm(self) -> None:
        """Yes."""
        self.dismiss(True)


class TextDialog(CommandDialog[None]):
    """A text in full between its heading and its end; up and down scroll, Enter and Esc close."""

    WHERE = "reading"
    CSS_PATH = _CSS

    def __init__(self, context: Context, heading: Sequence[str], text: str, end: str = "") -> None:
        super().__init__(context)
        self._heading = heading
        self._text = text
        self._end = end

    def compose(self) -> ComposeResult:
        """Heading, text, end."""
        with Vertical(id="frame"):
            for line in self._heading:
                yield Static(Content(safe(line)), markup=False)
            with VerticalScroll(id="text"):
                yield Static(Content(safe(self._text, lines=True)), markup=False)
            if self._end:
                yield Static(Content(safe(self._end)), markup=False)
            yield KeyFooter(self.context, self.WHERE, self.reason_against)

    def on_mount(self) -> None:
        """Keys scroll the text."""
        text = self.query_one("#text")
        text.styles.height = "auto"
        around = 5 + len(self._heading) + bool(self._end)
        text.styles.max_height = max(3, self.app.size.height - around)
        text.focus()

    def do_close(self) -> None:
        """Read."""
        self.dismiss(None)


@dataclass(frozen=True, slots=True)
class Clash:
    """A field that two people changed. The texts are as they are shown; `original` is None
    where it is not known."""

    key: str
    label: str
    mine: str = field(repr=False)
    now: str = field(repr=False)
    original: str | None = field(repr=False)

    @property
    def versions(self) -> tuple[str, ...]:
        """What can be picked."""
        known = () if self.original is None else (self.original,)
        return (self.mine, self.now, *known)


class ClashView(Widget, can_focus=True):
    """One field in its three versions; a digit picks one and moves on."""

    DEFAULT_CSS: ClassVar[str] = """
    ClashView { height: auto; width: 1fr; margin: 0 0 1 0; }
    ClashView:focus { text-style: underline; }
    """

    picked: reactive[int] = reactive(0)
    """0 mine, 1 now, 2 original."""

    def __init__(self, clash: Clash) -> None:
        super().__init__()
        self.clash = clash

    def render(self) -> Content:
        """Label, then the versions, the one picked in brackets."""
        parts: list[str | tuple[str, str]] = [(self.clash.label, "bold")]
        for index, (name, text) in enumerate(zip(_VERSIONS, self.clash.versions, strict=False)):
            title = f"{index + 1} {_(name)}"
            title = f"[{title}]" if index == self.picked else f" {title} "
            shown = text[:_MOST_CELLS] or _("(empty)")
            parts += ["\n", (title, "bold" if index == self.picked else ""), f" {shown}"]
        return Content.assemble(*parts)

    def check_consume_key(self, key: str, character: str | None = None) -> bool:
        """The digits of the versions are its own."""
        return (character or "") in self._digits

    @property
    def _digits(self) -> tuple[str, ...]:
        return ("1", "2", "3")[: len(self.clash.versions)]

    def on_key(self, event: events.Key) -> None:
        """A digit picks and moves on."""
        digit = typed(event)
        if digit in self._digits:
            event.stop()
            self.picked = int(digit) - 1
            views = list(self.screen.query(ClashView))
            following = views[views.index(self) + 1 :]
            if following:
                following[0].focus()


class ConflictDialog(CommandDialog["dict[str, int]"]):
    """Dismisses with the version picked for each field: 0 mine, 1 now, 2 original."""

    CSS_PATH = _CSS

    def __init__(
        self, context: Context, clashes: Sequence[Clash], by: str = "", *, own: bool = False
    ) -> None:
        """`by` is who changed the record last, where that is known; `own`: who is asked did, in
        another session."""
        super().__init__(context)
        self._own = own
        self._by = one_line(by)
        self._views = [ClashView(clash) for clash in clashes]

    def compose(self) -> ComposeResult:
        """Every field that both changed."""
        with VerticalScroll(id="frame", can_focus=False):
            text = _("Somebody else changed this record. Choose for each field by digit.")
            if self._own:
                text = _("You changed this in another session. Choose for each field by digit.")
            elif self._by:
                text = _("Somebody else changed this record, {name} last. Choose by digit.")
            yield Static(Content(text.format(name=self._by)), markup=False)
            yield from self._views
            yield KeyFooter(self.context, self.WHERE, self.reason_against)

    def on_mount(self) -> None:
        """To the first field."""
        self._views[0].focus()

    def do_save(self) -> None:
        """Save with what was picked."""
        self.dismiss({view.clash.key: view.picked for view in self._views})

    def do_confirm(self) -> None:
        """Enter saves too."""
        self.do_save()
