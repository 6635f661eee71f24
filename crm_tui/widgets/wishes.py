"""What a screen asks of the app; screens never reach up."""

from __future__ import annotations

from textual.message import Message


class Go(Message):
    """The person wants another area; `area` is a command id such as `area_visits`. With `search`
    into its search box."""

    def __init__(self, area: str, *, search: bool = False) -> None:
        super().__init__()
        self.area = area
        self.search = search


class Session(Message):
    """The person wants to `lock`, `sign_out` or `quit`, or the other `language`."""

    def __init__(self, wish: str) -> None:
        super().__init__()
        self.wish = wish


class Open(Message):
    """The person wants to see or do something elsewhere, such as `card` of customer 17."""

    def __init__(self, target: str, record_id: int, **details: object) -> None:
        super().__init__()
        self.target = target
        self.record_id = record_id
        self.details = details
