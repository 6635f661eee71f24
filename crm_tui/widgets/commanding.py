"""A screen whose keys come from the key table and nowhere else."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, ClassVar, Final, Generic, TypeVar

from textual.binding import BindingsMap
from textual.content import Content
from textual.screen import ModalScreen, Screen

from crm_tui.i18n import _
from crm_tui.key_table import MOVES, RECORDS
from crm_tui.keys import is_bare, label, shown
from crm_tui.widgets.bindings import bindings_for, is_han, typed
from crm_tui.widgets.footer import KeyFooter
from crm_tui.widgets.goto import GoTo
from crm_tui.widgets.help import HelpScreen
from crm_tui.widgets.palette import Palette
from crm_tui.widgets.status_line import StatusLine, signed
from crm_tui.widgets.wishes import Go, Session

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual import events
    from textual.geometry import Size

    from crm_tui.widgets.context import Context

T = TypeVar("T")

# What ends other programs in a terminal.
_ENDS: Final = frozenset({"q", "ctrl+c"})


class Commanding(Screen[T], Generic[T], inherit_bindings=False):
    """Runs `do_<command id>` for each command of the table that acts at `WHERE`.

    A command without such a method, without permission, or with a reason in `why_not` does
    nothing but say why. Subclasses never bind keys themselves.
    """

    WHERE: ClassVar[str] = ""
    ALLOWED_ACTIONS: ClassVar[frozenset[str]] = frozenset({"command"})

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self._bindings = BindingsMap(bindings_for(context.keymap, self.WHERE))
        self._told_ime = False

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what is listed may run, whatever data or a library asks for."""
        return action in self.ALLOWED_ACTIONS

    def _on_screen_resume(self, event: events.ScreenResume) -> None:
        """Runs before Textual's own handler, which would style every widget once more: whatever
        changes is styled as it changes, and the theme is chosen at the start."""
        event.refresh_styles = False

    def _screen_resized(self, size: Size) -> None:
        """Textual lays a screen out, tells it its size, and lays it out for that size again."""
        if size != self.outer_size:
            super()._screen_resized(size)

    # --- what subclasses answer -------------------------------------------------------------

    def why_not(self, command_id: str) -> str | None:
        """Why a command cannot act now, in words; None when it can."""
        return None

    def refused(self, command_id: str) -> None:
        """A command could not act."""

    # --- running commands -------------------------------------------------------------------

    def reason_against(self, command_id: str) -> str | None:
        """The words to show instead of running `command_id`; None when it can run."""
        command = self.context.keymap.get(command_id)
        if not self.context.may(command):
            return _("your role may not do this: {what}").format(what=label(command))
        if not hasattr(self, f"do_{command_id}"):
            return _("not available here: {what}").format(what=label(command))
        return self.why_not(command_id)

    async def action_command(self, command_id: str) -> None:
        """Run the command, or say why not."""
        await self.run_command(command_id)

    async def run_command(self, command_id: str) -> None:
        """Run `command_id` as if its key had been pressed."""
        reason = self.reason_against(command_id)
        if reason is not None:
            self.say(reason, "warning")
            self.refused(command_id)
            return
        if self.WHERE in RECORDS:
            self._take_back_said(command_id)
        answer = getattr(self, f"do_{command_id}")()
        if inspect.isawaitable(answer):
            await answer

    def _take_back_said(self, command_id: str) -> None:
        for line in self.query(StatusLine):
            if self.outlived(line.kind, command_id):
                line.clear()

    def outlived(self, kind: str, command_id: str) -> bool:
        """Whether what is said is of no use once `command_id` acts: a warning says why an earlier
        key could not."""
        return kind == "warning"

    def say(self, text: str, kind: str = "info") -> None:
        """Show a message in the status line; `kind` is info, warning or error."""
        for line in self.query(StatusLine):
            line.say(text, kind)

    def refresh_keys(self) -> None:
        """Draw the footer anew after what can act has changed."""
        for footer in self.query(KeyFooter):
            footer.look_again()

    # --- commands of every screen -----------------------------------------------------------

    def do_help(self) -> None:
        """The keys of this screen."""
        help_screen = HelpScreen(self.context, self.WHERE, self.reason_against, self.legend())
        self.app.push_screen(help_screen)

    def legend(self) -> Mapping[str, str]:
        """What the marks of this screen mean, for its help."""
        return {}

    def do_palette(self) -> None:
        """This screen's actions by number, or by name in either language."""
        palette = Palette(self.context, self.WHERE, self.reason_against)
        self.app.push_screen(palette, self._run_chosen)

    def do_go(self) -> None:
        """The overlay that takes one letter."""
        self.app.push_screen(GoTo(self.context), self._run_chosen)

    async def _run_chosen(self, command_id: str | None) -> None:
        if command_id is not None:
            await self.run_command(command_id)

    def do_area_today(self) -> None:
        """To what waits."""
        self.post_message(Go("area_today"))

    def do_area_customers(self) -> None:
        """To the customers."""
        self.post_message(Go("area_customers"))

    def do_area_visits(self) -> None:
        """To the contacts."""
        self.post_message(Go("area_visits"))

    def do_area_complaints(self) -> None:
        """To the queue of complaints."""
        self.post_message(Go("area_complaints"))

    def do_area_diary(self) -> None:
        """To the diary, or to the diaries to review."""
        self.post_message(Go("area_diary"))

    def do_quit(self) -> None:
        """Leave the program before signing in."""
        self.post_message(Session("quit"))

    def do_language(self) -> None:
        """From Chinese to English, or back, from now on."""
        self.post_message(Session("language"))

    def do_lock(self) -> None:
        """Lock the session."""
        self.post_message(Session("lock"))

    def do_sign_out(self) -> None:
        """End the session."""
        self.post_message(Session("sign_out"))

    def do_next_field(self) -> None:
        """To the next field."""
        self.focus_next()

    def do_previous_field(self) -> None:
        """To the field before."""
        self.focus_previous()

    # --- handlers ---------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """What neither a field nor a command took: the IME is on, said once; or a key that acts
        on other screens only."""
        if is_han(event) and not self._told_ime:
            self._told_ime = True
            self.say(_("the input method is in its Chinese state"), "warning")
            return
        key = typed(event) or event.key
        if self.WHERE in RECORDS or not is_bare(key):
            self._tell_elsewhere(key)

    def _tell_elsewhere(self, key: str) -> None:
        """What a key does on other screens; which one of several things, nobody can say. That of
        an area leads there once the form or the dialog above is left. One that moves has scrolled,
        or is at the end of what there is to see."""
        keys = self.context.keymap
        elsewhere = [one for one in keys.commands if key in one.all_keys and one.id not in MOVES]
        leaves = [one for one in keys.at(self.WHERE) if one.id in ("back", "leave")]
        if self.WHERE not in RECORDS and leaves and any(one.go for one in elsewhere):
            leave = shown(leaves[0].keys[0], plain=self.context.plain)
            self.say(_("first leave this with {key}").format(key=leave), "warning")
        elif len(elsewhere) == 1 and not key.isdigit():  # A digit's view is another in each list.
            self.say(_("not available here: {what}").format(what=label(elsewhere[0])), "warning")
        elif elsewhere:
            told = shown(key, plain=self.context.plain)
            self.say(_("{key} does nothing here").format(key=told), "warning")
        elif key in _ENDS:
            self._tell_end()

    def _tell_end(self) -> None:
        """Which key ends the program here."""
        for one in self.context.keymap.at(self.WHERE):
            if one.id in ("sign_out", "quit"):
                key = shown(one.keys[0], plain=self.context.plain)
                self.say(_("{key} leaves the program").format(key=key), "warning")


class CommandDialog(Commanding[T], ModalScreen[T], Generic[T], inherit_bindings=False):
    """A dialog over a screen; Esc leaves it with None."""

    WHERE = "dialog"

    def say(self, text: str, kind: str = "info") -> None:
        """In the lower edge of the frame where no line of the dialog talks."""
        super().say(text, kind)
        if not self.query(StatusLine):
            for frame in self.query("#frame"):
                frame.border_subtitle = Content(f" {signed(text, kind)} " if text else "")

    def do_back(self) -> None:
        """Leave without a result."""
        self.dismiss(None)
