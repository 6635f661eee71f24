"""The demo bank: invented people and money, made through the services of a real one."""

from __future__ import annotations

from collections.abc import Callable

# Hears what is being done, and how much of all is over (0 to 1).
Watch = Callable[[str, float], None]
