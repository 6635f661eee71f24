"""Dialogs of a case: the other steps, one line of the trail in full, what happened meanwhile."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from crm_tui.i18n import _
from crm_tui.screens import case_lines, case_steps
from crm_tui.text import clip, one_line, safe
from crm_tui.widgets.bindings import typed
from crm_tui.widgets.commanding import CommandDialog
from crm_tui.widgets.footer import KeyFooter
from crm_tui.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.app import ComposeResult

    from crm_tui.domain.complaints import ComplaintDetail, TrailLine
    from crm_tui.widgets.context import Context

_CSS: Final = Path(__file__).with_name("base.tcss")
WIDTH: Final = 72
MOST_LINES: Final = 8


class StepsDialog(CommandDialog["dict[str, str]"]):
    """Dismisses with `step` and `reached` for the form; what cannot be taken says why."""

    WHERE = "choice"
    CSS_PATH = _CSS

    def __init__(self, context: Context, detail: ComplaintDetail) -> None:
        super().__init__(context)
        self._title = f"{detail.row.complaint_no}  {one_line(detail.row.customer_name)}"
        self._choices = case_steps.choices(detail)
        self._at = next((at for at, one in enumerate(self._choices) if not one.reason), 0)

    def compose(self) -> ComposeResult:
        """A line for each step."""
        with Vertical(id="frame"):
            yield Static(Content(clip(safe(self._title), WIDTH, ascii_only=True)), markup=False)
            yield Static(Content(""), id="lines", markup=False)
            yield StatusLine()
            yield KeyFooter(self.context, self.WHERE, self.reason_against)

    def on_mount(self) -> None:
        """The first that can be taken is highlighted."""
        self._draw()

    def _draw(self) -> None:
        mark = ">" if self.context.plain else "▸"
        lines: list[str | tuple[str, str]] = []
        for place, one in enumerate(self._choices):
            text = f"{mark if place == self._at else ' '} {one.digit} {one.text}"
            if one.reason:
                text = f"{text}  ({one.reason})"
            shown = clip(text, WIDTH, ascii_only=self.context.plain)
            lines += ["\n"] if lines else []
            lines.append((shown, "dim" if one.reason else ""))
        self.query_one("#lines", Static).update(Content.assemble(*lines))

    def do_up(self) -> None:
        """The step above."""
        self._at = max(0, self._at - 1)
        self._draw()

    def do_down(self) -> None:
        """The step below."""
        self._at = min(len(self._choices) - 1, self._at + 1)
        self._draw()

    def do_confirm(self) -> None:
        """Take the highlighted one."""
        one = self._choices[self._at]
        if one.reason:
            self.say(f"{one.text}: {one.reason}", "warning")
        else:
            self.dismiss({"step": one.step.value, "reached": one.reached})

    def on_key(self, event: events.Key) -> None:
        """A digit takes its step."""
        digit = typed(event)
        for place, one in enumerate(self._choices):
            if digit and one.digit == digit:
                event.stop()
                self._at = place
                self._draw()
                self.do_confirm()

    def why_not(self, command_id: str) -> str | None:
        """There is no draft here."""
        return _("press Enter or Esc") if command_id == "discard" else None


class MeanwhileDialog(CommandDialog[bool]):
    """What was done while a step was typed: Enter takes the step all the same."""

    WHERE = "notice"
    CSS_PATH = _CSS

    def __init__(
        self,
        context: Context,
        lines: Sequence[TrailLine],
        obstacle: str,
        *,
        me: int,
        heading: str = "",
    ) -> None:
        """`obstacle`: why the step cannot be taken any more, empty when it can; `me` is who
        typed: a form that was kept may have been overtaken by one's own steps."""
        super().__init__(context)
        others = _("Somebody else has worked on this case meanwhile:")
        own = lines and all(line.by_id == me for line in lines)
        said = _("You have worked on this case meanwhile:") if own else others
        self._heading = heading or said
        self._lines = tuple(lines)[-MOST_LINES:]
        self._obstacle = obstacle

    def compose(self) -> ComposeResult:
        """What was added to the trail, and what can be done now."""
        with Vertical(id="frame"):
            yield Static(Content(self._heading), markup=False)
            for line in self._lines:
                text = case_lines.trail_text(line)
                shown = clip(safe(text), WIDTH, ascii_only=self.context.plain)
                yield Static(Content(shown), markup=False)
            yield Static(Content(self._advice()), markup=False)
            yield KeyFooter(self.context, self.WHERE, self.reason_against)

    def _advice(self) -> str:
        if self._obstacle:
            text = _("Your step is not possible any more: {why}. What you typed stays a draft.")
            return text.format(why=self._obstacle)
        return _("Enter takes your step all the same, Esc goes back to what you typed.")

    def why_not(self, command_id: str) -> str | None:
        """A step that is not possible is not taken."""
        return self._obstacle or None if command_id == "confirm" else None

    def do_confirm(self) -> None:
        """Take it."""
        self.dismiss(True)
