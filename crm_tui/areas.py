"""The screens of the areas: made when they are first wanted, then left as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crm_tui import i18n, routes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.app import App

    from crm_tui.office import Office
    from crm_tui.widgets.context import Context


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
