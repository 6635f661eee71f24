"""The first screen: it paints before the database layer is imported."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from crm_tui.i18n import _
from crm_tui.widgets.commanding import Commanding
from crm_tui.widgets.fields import LineField
from crm_tui.widgets.footer import KeyFooter
from crm_tui.widgets.header import HeaderLine
from crm_tui.widgets.password_input import PasswordInput
from crm_tui.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from crm_tui.widgets.context import Context
    from crm_tui.widgets.field_base import FieldEdited

NAME_LIMIT = 64


class Locked(NamedTuple):
    """A session that was locked: `lock` or `idle`, and its user name."""

    why: str
    who: str


class SignInScreen(Commanding[None], inherit_bindings=False):
    """Name and password. What is wrong is said in one way, whatever the cause."""

    WHERE = "sign_in"
    DEFAULT_CSS: ClassVar[str] = """
    SignInScreen #box { width: 50; max-width: 100%; height: 1fr; padding: 5 0 0 0; }
    SignInScreen #middle { align: center top; height: 1fr; }
    SignInScreen #box Static { height: 1; margin: 1 0 0 0; }
    SignInScreen #box Input {
        width: 1fr; height: 1; border: none; padding: 0; text-style: underline;
        background: transparent;
    }
    """

    class Wanted(Message):
        """Somebody wants to sign in."""

        def __init__(self, username: str, password: str) -> None:
            super().__init__()
            self.username = username
            self.password = password

    def __init__(self, context: Context, locked: Locked | None = None) -> None:
        """`locked` is the session whose place this sign-in takes."""
        super().__init__(context)
        self._locked = locked
        self._busy = False
        self._ready = False
        self._pending: tuple[str, str] | None = None

    def compose(self) -> ComposeResult:
        """Two fields in the middle."""
        yield HeaderLine(self.context, _("Customer relations"))
        with Vertical(id="middle"), Vertical(id="box"):
            yield Static(Content(_("User name")), markup=False)
            yield LineField(limit=NAME_LIMIT, required=True)
            yield Static(Content(_("Password")), markup=False)
            yield PasswordInput(id="password")
        yield StatusLine()
        yield KeyFooter(self.context, self.WHERE, self.reason_against)

    def on_mount(self) -> None:
        """To the name; after a lock the name is known, and why one is asked again."""
        name = self.query_one(LineField)
        if self._locked is None or not self._locked.who:
            self.set_focus(name)
            return
        name.load_field(self._locked.who[:NAME_LIMIT])
        # At once: `focus()` would wait its turn, behind a key that is there already.
        self.set_focus(self.query_one(PasswordInput))
        said = {
            "idle": _("Locked: no key was pressed for a while. What you typed is kept."),
            "lock": _("Locked. What you typed is kept."),
        }
        self.say(said.get(self._locked.why, ""))

    def do_sign_in(self) -> None:
        """From the name to the password; from the password on."""
        name = self.query_one(LineField)
        field = self.query_one(PasswordInput)
        if not name.value.strip():
            name.focus()
        elif self.focused is not field or not field.value:
            field.focus()
        elif not self._busy:
            self._busy = True
            self.say(_("signing in ..."))
            self._pending = (name.value, field.take())
            self._send()

    def ready(self) -> None:
        """The database is open: whoever typed faster than that is signed in now."""
        self._ready = True
        self._send()

    def failed(self, message: str) -> None:
        """Say what is wrong; the password is asked for again."""
        self.say(message, "error")
        if self._busy:
            self._busy = False
            self._pending = None
            self.query_one(PasswordInput).focus()

    def on_field_edited(self, message: FieldEdited) -> None:
        """What was wrong with the last attempt says nothing of the next."""
        message.stop()
        self._forget_failure()

    def on_input_changed(self, message: Input.Changed) -> None:
        """The same for the password."""
        message.stop()
        self._forget_failure()

    def _forget_failure(self) -> None:
        status = self.query_one(StatusLine)
        if status.kind == "error" and self._ready and not self._busy:
            status.clear()

    def _send(self) -> None:
        if self._ready and self._pending is not None:
            username, password = self._pending
            self._pending = None
            self.post_message(self.Wanted(username, password))


class NoAreaScreen(Commanding[None], inherit_bindings=False):
    """A role without an area yet sees who they are and how people get one."""

    WHERE = "notice"
    DEFAULT_CSS: ClassVar[str] = """
    NoAreaScreen #text { height: 1fr; width: 1fr; padding: 2 4; }
    """

    def __init__(self, context: Context, username: str) -> None:
        super().__init__(context)
        self._username = username

    def compose(self) -> ComposeResult:
        """Who it is, that no area is theirs, and the command."""
        lines = (
            _("You are {name} ({user}), {role}, {branch}.").format(
                name=self.context.person,
                user=self._username,
                role=self.context.role or _("without a role"),
                branch=self.context.branch or "-",
            ),
            "",
            _("No area of this program is yours yet: customer data is not shown to this role."),
            _("The operator of the host adds people who serve customers by"),
            "",
            "  crm-tui staff add USER --name NAME --role clerk --branch CODE --password-stdin",
        )
        yield HeaderLine(self.context, _("Customer relations"))
        yield Static(Content("\n".join(lines)), id="text", markup=False)
        yield StatusLine()
        yield KeyFooter(self.context, self.WHERE, self.reason_against)

    def why_not(self, command_id: str) -> str | None:
        """Only signing out and locking make sense."""
        if command_id in ("save", "confirm", "back"):
            return _("there is nothing to do here")
        return None
