"""The composition root: sign-in, areas, targets, theme, keymap, lock."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from crm_tui import i18n, routes
from crm_tui.areas import Areas
from crm_tui.clock import Clock, utc_now
from crm_tui.form_ends import FormEnds
from crm_tui.fresh import after_lock
from crm_tui.i18n import _
from crm_tui.keys import Keymap
from crm_tui.screens.sign_in import Locked, NoAreaScreen, SignInScreen
from crm_tui.terminal import incident
from crm_tui.terminal.scroll_bars import use_scroll_bars
from crm_tui.terminal.threaded_app import ThreadedApp
from crm_tui.widgets.context import Context
from crm_tui.widgets.wishes import Go, Open, Session

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.screen import Screen

    from crm_tui.config import Settings
    from crm_tui.office import Door, Office
    from crm_tui.widgets.form_work import FormOutcome

MINUTE = 60.0
STILL_IN_EVERY = 30.0
"""Seconds between two looks at whether the operator has ended this session."""
AHEAD_AFTER = 1.0
"""Seconds after the first list until what is opened next is read ahead."""


class CrmApp(ThreadedApp[None]):
    """Screens speak to it by `Go`, `Open` and `Session`; it speaks to the office."""

    def __init__(
        self,
        settings: Settings,
        open_door: Callable[[], Door],
        *,
        clock: Clock = utc_now,
        demo_user: str | None = None,
        fresh_argv: Sequence[str] = (),
        locked: Locked | None = None,
    ) -> None:
        """`open_door` is called in a thread once the first screen has painted."""
        ui, security = settings.config.ui, settings.config.security
        super().__init__(
            mouse=ui.mouse,
            idle_seconds=security.idle_lock_minutes * MINUTE,
            theme=ui.theme,
            fresh_argv=fresh_argv,
        )
        self._demo_user = demo_user
        self._locked = locked
        self._open = open_door
        self._first_area = f"area_{ui.first_area}"
        keymap = Keymap.build(settings.config.keys, settings.source)
        self._door: Door | None = None
        self._office: Office | None = None
        self._areas = Areas(self)
        self._frame = Context(keymap, clock, ui.plain, incident=incident.report)
        use_scroll_bars(plain=ui.plain)
        self.allow_actions({"command"})

    # --- signing in -------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Paint, then open the database in a thread."""
        self._sign_in = SignInScreen(self._frame, self._locked)
        self.push_screen(self._sign_in)
        self.call_after_refresh(self._open_door)

    def _open_door(self) -> None:
        self.in_thread(self._enter, self._entered, self._sign_in.failed)

    def _enter(self) -> Office | None:
        """In a thread: an office in a demo, else nobody yet."""
        self._door = self._open()
        return self._door.enter_demo(self._demo_user) if self._demo_user else None

    async def _entered(self, office: Office | None) -> None:
        if office is not None:
            await self._signed_in(office)
        else:
            self._sign_in.ready()

    def on_sign_in_screen_wanted(self, message: SignInScreen.Wanted) -> None:
        """Check name and password in a thread."""
        message.stop()
        door = self._door
        if door is None:
            self._open_door()
            self._sign_in.failed(_("The database does not answer. Try again."))
            return
        work = partial(door.sign_in, message.username, message.password)
        self.in_thread(work, self._signed_in, self._sign_in.failed)

    async def _signed_in(self, office: Office) -> None:
        from crm_tui.domain.staff import Permission

        person = office.person
        if person.language:
            i18n.use(person.language)
        self._office = office
        self._ends = FormEnds(self, self._areas, office)
        self._frame = replace(
            self._frame,
            permissions=frozenset(one.value for one in Permission if person.may(one)),
            person=person.name,
            role=self._role(),
            branch=person.branch_name,
        )
        if not person.may(Permission.SEE_CUSTOMERS) and not person.may(Permission.SEE_COMPLAINTS):
            await self.switch_screen(NoAreaScreen(self._frame, person.username))
            return
        self.set_interval(STILL_IN_EVERY, self._ask_whether_in)
        first = self._frame.keymap.get(self._first_area)
        area = first.id if self._frame.may(first) else "area_today"
        await self._areas.show(area, self._frame, office)
        self.in_thread(office.drafts.all, self._offer_drafts, self.say)
        self.set_timer(AHEAD_AFTER, self._read_ahead)

    def _read_ahead(self) -> None:
        if self._office is not None:
            work = partial(routes.read_ahead, self._frame, self._office)
            self.in_thread(work, lambda _done: None, lambda _error: None)

    def _ask_whether_in(self) -> None:
        if self._office is not None:
            self.in_thread(self._office.still_in, self._lock_unless_in, lambda _error: None)

    def _lock_unless_in(self, still_in: bool) -> None:
        if not still_in:
            self.lock_now()

    def _offer_drafts(self, drafts: list[Any]) -> None:
        if drafts and self._office is not None:
            from crm_tui.screens.drafts import offer

            offer(drafts, self.screen, self._frame, self._office)

    # --- areas and targets ------------------------------------------------------------------

    def on_go(self, message: Go) -> None:
        """To an area; its list is where it was left. Who reviews nobody's diary writes theirs."""
        message.stop()
        if self._office is None:
            return
        if message.area == "area_diary" and "review_diary" not in self._frame.permissions:
            self.screen.post_message(Open("diary", 0))
        else:
            # What is typed from now on is meant for that area.
            let_go = self.hold_keys()
            going = self._areas.go(message, self._frame, self._office, let_go)
            self.run_worker(going, description="area")

    def on_open(self, message: Open) -> None:
        """Read off the loop what the target needs, then show it above the screen that asked."""
        message.stop()
        if self._office is None:
            return
        work = partial(
            routes.prepare, message.target, message.record_id, self._office, message.details
        )
        # What is typed from now on is meant for the screen that is asked for.
        let_go = self.hold_keys()
        left = partial(self._ends.left, message)

        def failed(text: str) -> None:
            self.drop_keys()
            let_go()
            self.say(text)

        self.in_thread(work, partial(self._show_target, self.screen, left, let_go), failed)

    async def _show_target(
        self, asked_from: Screen[Any], left: Callable[[FormOutcome | Open | None], None],
        let_go: Callable[[], object], build: Callable[[Context], Screen[Any]],
    ) -> None:  # fmt: skip
        try:
            if self.screen is asked_from:
                await self.push_screen(build(self._frame), left)
        finally:
            let_go()

    def fresh_command(self, reason: str) -> Sequence[str]:
        """Also a sign-in that nobody answered says whose session was locked before it."""
        locked = self._locked
        if self._office is not None:
            locked = Locked(reason, self._office.person.username)
        return after_lock(self.fresh_argv, locked)

    # --- leaving ----------------------------------------------------------------------------

    def on_session(self, message: Session) -> None:
        """Lock, sign out, quit, or speak the other language."""
        message.stop()
        if message.wish == "lock":
            self.lock_now()
        elif message.wish == "language":
            self._change_language()
        else:
            self.leave(message.wish, 0)

    def _change_language(self) -> None:
        if (office := self._office) is None:
            return
        other = "en" if i18n.language() == "zh_CN" else "zh_CN"
        # What is typed from now on is meant for the same screen, as it will be.
        let_go = self.hold_keys()

        async def spoken(_result: object) -> None:
            try:
                i18n.use(other)
                self._frame = replace(self._frame, role=self._role())
                await self._areas.draw_anew(self._frame, office, self._ends.left)
            finally:
                let_go()

        def failed(text: str) -> None:
            let_go()
            self.say(text)

        self.in_thread(partial(office.speak, other), spoken, failed)

    def _role(self) -> str:
        from crm_tui.labels import label

        person = self._office.person if self._office else None
        return label(person.role) if person and person.roles else ""

    async def save_and_leave(self, reason: str) -> None:
        """Save every form's draft, then record the end of the session."""
        for screen in reversed(self.screen_stack):
            flush = getattr(screen, "flush_draft", None)
            if flush is not None:
                await flush()
        if self._office is not None:
            await asyncio.to_thread(self._office.leave, _ENDINGS.get(reason, "line_lost"))


_ENDINGS = {"lock": "lock", "idle": "idle", "sign_out": "sign_out", "quit": "sign_out"}
