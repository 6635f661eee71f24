"""SQLModel loaded and one line on a Textual screen: `python -m benchmarks.floor`.

No program on these libraries starts sooner.
"""

from __future__ import annotations

import sqlmodel  # noqa: F401 (to have it loaded is the point)
from textual.app import App, ComposeResult
from textual.widgets import Static

SAID = "nothing below this"


class Floor(App[None]):
    """One line."""

    def compose(self) -> ComposeResult:
        """The line that is waited for."""
        yield Static(SAID)


if __name__ == "__main__":
    Floor().run()
