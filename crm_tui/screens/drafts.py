"""Drafts of a dropped line, offered right after signing in: Enter goes on with the first."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from crm_tui.i18n import _
from crm_tui.screens.draft_lines import known, line, wish
from crm_tui.text import clip
from crm_tui.widgets.commanding import CommandDialog
from crm_tui.widgets.footer import KeyFooter
from crm_tui.widgets.status_line import StatusLine
from crm_tui.widgets.wishes import Open

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.screen import Screen

    from crm_tui.domain.drafts import Draft
    from crm_tui.office import Office
    from crm_tui.widgets.context import Context

MOST_SHOWN: Final = 12
WIDTH: Final = 70


def unfinished(office: Office, target: str) -> list[Draft]:
    """In a thread: the drafts of something new that `target` would go on with. StoreError."""
    found = [draft for draft in office.drafts.all() if known(draft)]
    return [one for one in found if not one.key.record.isdigit() and wish(one).target == target]


def offer(drafts: Sequence[Draft], below: Screen[Any], context: Context, office: Office) -> None:
    """Ask which of `drafts` to go on with; `below` asks for the form of the one that is chosen."""

    def go_on(wish: Open | None) -> None:
        if wish is not None:
            below.post_message(wish)

    below.app.push_screen(DraftsDialog(context, office, drafts), go_on)


class DraftsDialog(CommandDialog[Open]):
    """Dismisses with where to go on, or None for later."""

    WHERE = "choice"
    CSS_PATH = Path(__file__).with_name("base.tcss")

    def __init__(self, context: Context, office: Office, drafts: Sequence[Draft]) -> None:
        super().__init__(context)
        self._office = office
        self._drafts = [draft for draft in drafts if known(draft)]
        self._at = 0

    def compose(self) -> ComposeResult:
        """One line a draft."""
        with Vertical(id="frame"):
            yield Static(Content(self.heading()), markup=False)
            yield Static(Content(""), id="lines", markup=False)
            yield StatusLine()
            yield KeyFooter(self.context, self.WHERE, self.reason_against)

    def heading(self) -> str:
        """What is offered."""
        return _("Not finished yet. Enter goes on, Esc leaves it for later.")

    def end(self) -> None:
        """All were thrown away."""
        self.dismiss(None)

    def on_mount(self) -> None:
        """The newest is highlighted."""
        self._draw()

    def _draw(self) -> None:
        first = max(0, self._at - MOST_SHOWN + 1)
        shown = self._drafts[first : first + MOST_SHOWN]
        plain = self.context.plain
        mark = ">" if plain else "▸"
        lines = [
            clip(
                f"{mark if first + place == self._at else ' '} {line(draft, plain=plain)}",
                WIDTH,
                ascii_only=plain,
            )
            for place, draft in enumerate(shown)
        ]
        self.query_one("#lines", Static).update(Content("\n".join(lines)))
        self.refresh_keys()

    def do_up(self) -> None:
        """The draft above."""
        self._at = max(0, self._at - 1)
        self._draw()

    def do_down(self) -> None:
        """The draft below."""
        self._at = min(len(self._drafts) - 1, self._at + 1)
        self._draw()

    def why_not(self, command_id: str) -> str | None:
        """What another session is writing is thrown away there."""
        if command_id == "discard" and self._drafts and self._drafts[self._at].elsewhere:
            return _("another session of yours is writing this")
        return super().why_not(command_id)

    def do_confirm(self) -> None:
        """Go on with the highlighted one."""
        self.dismiss(wish(self._drafts[self._at]))

    def do_discard(self) -> None:
        """Throw the highlighted one away."""
        seen = self._drafts[self._at]
        self.run_worker(
            partial(self._office.drafts.discard, seen.key, seen),
            thread=True, exclusive=False, exit_on_error=False, description="discard a draft",
        )  # fmt: skip
        del self._drafts[self._at]
        if not self._drafts:
            self.end()
            return
        self._at = min(self._at, len(self._drafts) - 1)
        self._draw()


class UnfinishedDialog(DraftsDialog):
    """Before something new is begun: what was begun and not finished, that of another perhaps."""

    WHERE = "unfinished"

    def __init__(
        self, context: Context, office: Office, drafts: Sequence[Draft], another: Open
    ) -> None:
        """`another` begins a new one, beside these."""
        super().__init__(context, office, drafts)
        self._another = another

    def heading(self) -> str:
        """What is offered."""
        return _("Not finished yet. Enter goes on with it, n begins a new one.")

    def end(self) -> None:
        """Nothing is unfinished any more: the new one is begun."""
        self.do_new_one()

    def do_new_one(self) -> None:
        """One more, beside these."""
        self.dismiss(self._another)
