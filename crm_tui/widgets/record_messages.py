"""What a record table tells its owner; each is also a name of `RecordTable`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.message import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from crm_tui.widgets.record_table import RecordTable
    from crm_tui.widgets.record_window import PageRequest


class TableMessage(Message, namespace="record_table"):
    """Base of what a table tells its owner."""

    def __init__(self, table: RecordTable[Any]) -> None:
        super().__init__()
        self.table = table

    @property
    def control(self) -> RecordTable[Any]:
        """The table that speaks."""
        return self.table


class Wanted(TableMessage, namespace="record_table"):
    """The table wants rows; answer with `table.put_page` or `table.put_error`."""

    def __init__(self, table: RecordTable[Any], request: PageRequest[Any]) -> None:
        super().__init__(table)
        self.request = request


class Highlighted(TableMessage, namespace="record_table"):
    """The cursor came to `row`, or its row was reloaded. None: the list is empty."""

    def __init__(self, table: RecordTable[Any], row: Any) -> None:
        super().__init__(table)
        self.row = row


class Opened(TableMessage, namespace="record_table"):
    """`row` is to be opened."""

    def __init__(self, table: RecordTable[Any], row: Any) -> None:
        super().__init__(table)
        self.row = row


class MarksChanged(TableMessage, namespace="record_table"):
    """Rows were marked or unmarked; `keys` are the marked ones now."""

    def __init__(self, table: RecordTable[Any], keys: frozenset[Hashable]) -> None:
        super().__init__(table)
        self.keys = keys


class Answer(Message, bubble=False, namespace="record_table"):
    """Something arrived, perhaps from another thread: it is taken in the table's turn."""

    def __init__(self, take: Callable[[], None]) -> None:
        super().__init__()
        self.take = take
