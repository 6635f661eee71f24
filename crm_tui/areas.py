"""The screens of the areas: made when they are first wanted, then left as they are."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from crm_tui import i18n, routes
from crm_tui.widgets.wishes import Open

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textual.app import App

    from crm_tui.office import Office
    from crm_tui.widgets.context import Context
    from crm_tui.widgets.wishes import Go


class Areas:
    """One screen for each area and language: what is drawn once stays in its language."""

    def __init__(self, app: App[None]) -> None:
        self._app = app
        self._screens: dict[str, Any] = {}
        self._last_shown: dict[str, Any] = {}
        self.current = ""

    def __iter__(self) -> Iterator[Any]:
        """Every screen that was made."""
        return iter(self._screens.values())

    async def show(self, area: str, frame: Context, office: Office) -> bool:
        """Show the screen of `area`; whether it was there, perhaps with rows of an hour ago."""
        name = f"{area} {i18n.language()}"
        was_there = name in self._screens
        if not was_there:
            self._screens[name] = routes.area(area, frame, office)
            self._app.install_screen(self._screens[name], name)
        screen = self._screens[name]
        while len(self._app.screen_stack) > 2:
            self._app.pop_screen()
        if self._app.screen is not screen:
            await self._app.switch_screen(name)
        last = self._last_shown.get(area, screen)
        self.current, self._last_shown[area] = area, screen
        if last is not screen:
            screen.go_on_from(last)
        return was_there or last is not screen

    async def go(
        self, asked: Go, frame: Context, office: Office, let_go: Callable[[], object]
    ) -> None:
        """Show what `asked` wants, and its whole list when it is searched in; then `let_go`."""
        try:
            was_there = await self.show(asked.area, frame, office)
            screen: Any = self._app.screen
            if was_there:
                screen.to_list()
            if asked.search:
                screen.widen()
                await screen.run_command("search")
        finally:
            let_go()

    async def draw_anew(
        self, frame: Context, office: Office, left: Callable[[Open, Any], None]
    ) -> None:
        """The area and what is open above it in the language that is spoken now. What cannot be
        drawn anew, a form that was opened meanwhile, stays as it is until it is left."""
        open_now: list[Any] = list(self._app.screen_stack[2:])
        if any(not hasattr(screen, "anew") for screen in open_now):
            return
        await self.show(self.current, frame, office)
        for screen in open_now:
            same = screen.anew(frame)
            await self._app.push_screen(same, partial(left, Open(same.WHERE, 0)))
