"""The record table's cursor against a plain list, whatever the order of keys and answers."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from crm_tui.widgets.record_cursor import FIRST_ROWS, RowCursor
from crm_tui.widgets.record_window import Page, PageRequest, Want
from tests.support.fake_rows import FakeRow, FakeSource

LINES = 7
STEPS = ("down", "up", "next page", "previous page", "first", "last", "reload", "answer")


class Model:
    """Where the cursor must be when every answer has come: an index into a plain list."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.index = 0

    def step(self, name: str) -> None:
        by = {"down": 1, "up": -1, "next page": LINES, "previous page": -LINES}.get(name, 0)
        self.index = max(0, min(self.index + by, self.size - 1))
        if name in {"first", "last"}:
            self.index = 0 if name == "first" else self.size - 1


@settings(deadline=None, max_examples=150)
@given(
    size=st.integers(1, 300),
    know_start=st.booleans(),
    steps=st.lists(st.sampled_from(STEPS), max_size=60),
)
def test_keys_mean_the_same_however_slow_the_database(
    size: int, know_start: bool, steps: list[str]
) -> None:
    source = FakeSource(size, know_start=know_start)
    asked: list[PageRequest[FakeRow]] = []
    cursor: RowCursor[FakeRow] = RowCursor(
        lambda row: row.number, asked.append, page_size=16, limit=48
    )
    cursor.resize(LINES)
    model = Model(size)
    moves = {
        "down": lambda: cursor.move(1),
        "up": lambda: cursor.move(-1),
        "next page": lambda: cursor.turn(1),
        "previous page": lambda: cursor.turn(-1),
        "first": cursor.first,
        "last": cursor.last,
    }

    def answer_all() -> None:
        while asked:
            cursor.take_page(source.page(asked.pop(0)))

    cursor.jump_first()
    answer_all()
    pressed = 0
    for name in steps:
        if name == "answer" or pressed > 40:
            answer_all()
            pressed = 0
        elif name == "reload":
            if cursor.settled:
                cursor.reload(None)
        else:
            cursor.act(moves[name])
            model.step(name)
            pressed += 1
        assert len(cursor.window) <= 48 + 16
        if cursor.window.rows:
            assert cursor.top <= cursor.index < cursor.top + LINES
    answer_all()
    assert cursor.settled
    assert cursor.row is not None
    assert cursor.row.number == model.index
    if cursor.position is not None:
        assert cursor.position == model.index


def test_a_list_is_begun_with_few_rows_and_goes_on_in_pages() -> None:
    asked: list[PageRequest[Any]] = []
    cursor: RowCursor[Any] = RowCursor(lambda row: row, asked.append, page_size=100, limit=400)
    cursor.resize(14)
    cursor.jump_first()
    assert (asked[-1].want, asked[-1].size) == (Want.FIRST, FIRST_ROWS)
    rows = tuple(range(FIRST_ROWS))
    cursor.take_page(Page(rows, 0, has_before=False, has_after=True, generation=1))
    assert len(asked) == 1
    cursor.turn(1)
    cursor.turn(1)
    assert (asked[-1].want, asked[-1].size) == (Want.AFTER, 100)


def test_what_waits_for_rows_is_told_when_they_cannot_be_fetched() -> None:
    asked: list[PageRequest[FakeRow]] = []
    cursor: RowCursor[FakeRow] = RowCursor(
        lambda row: row.number, asked.append, page_size=16, limit=48
    )
    cursor.jump_first()
    done: list[str] = []
    cursor.act(lambda: done.append("acted"), lambda: done.append("dropped"))
    assert done == []
    cursor.take_failure(asked[0].generation)
    assert done == ["dropped"]
    cursor.act(lambda: done.append("acted"), lambda: done.append("dropped"))
    assert done == ["dropped", "acted"]
