"""A list of any length made of numbers, for tests and measurements of the record table."""

from __future__ import annotations

from dataclasses import dataclass, field

from crm_tui.widgets.record_table import Column, Page, PageRequest, Want

TIERS = ("黑金", "白金", "金", "银")
NAMES = ("张伟明", "单雪梅", "欧阳志远", "仇英", "解珍", "查良镛", "覃辉", "川西茶业")


@dataclass(frozen=True, slots=True)
class FakeRow:
    """A customer as the roster shows it."""

    number: int
    name: str = field(repr=False)
    note: str = ""


@dataclass
class FakeSource:
    """`count()` rows by keyset, as a database would give them; `gone` rows are not there."""

    size: int
    gone: set[int] = field(default_factory=set)
    hostile: str = ""
    know_start: bool = True

    def count(self) -> int:
        return self.size - len(self.gone)

    def make(self, number: int) -> FakeRow:
        return FakeRow(number, NAMES[number % len(NAMES)] + self.hostile)

    def span(self, first: int, step: int, size: int) -> list[FakeRow]:
        found: list[FakeRow] = []
        number = first
        while 0 <= number < self.size and len(found) < size:
            if number not in self.gone:
                found.append(self.make(number))
            number += step
        return found if step > 0 else found[::-1]

    def page(self, request: PageRequest[FakeRow]) -> Page[FakeRow]:
        rows = self._rows(request)
        if not rows:
            return Page((), None, False, False, request.generation)
        before = bool(self.span(rows[0].number - 1, -1, 1))
        after = bool(self.span(rows[-1].number + 1, 1, 1))
        start = rows[0].number - sum(n < rows[0].number for n in self.gone)
        known = self.know_start or not before
        return Page(tuple(rows), start if known else None, before, after, request.generation)

    def _rows(self, request: PageRequest[FakeRow]) -> list[FakeRow]:
        size, row = request.size, request.row
        match request.want:
            case Want.FIRST:
                return self.span(0, 1, size)
            case Want.LAST:
                return self.span(self.size - 1, -1, size)
            case Want.AFTER:
                assert row is not None
                return self.span(row.number + 1, 1, size)
            case Want.BEFORE:
                assert row is not None
                return self.span(row.number - 1, -1, size)
            case Want.NEAR:
                middle = min(request.position or 0, self.size - 1)
            case Want.AROUND:
                assert isinstance(request.key, int)
                middle = request.key
        before = self.span(middle - 1, -1, size // 2)
        return before + self.span(middle, 1, size - len(before))


def columns() -> list[Column[FakeRow]]:
    """About the roster's columns at 80 cells."""
    return [
        Column("tier", "等级", 4, lambda row: TIERS[row.number % 4]),
        Column("number", "客户号", 8, lambda row: f"C{row.number:07d}", priority=3),
        Column("name", "姓名", 9, lambda row: row.name, flex=1),
        Column("phone", "手机", 12, lambda row: f"138****{row.number % 10000:04d}", priority=4),
        Column(
            "assets", "日均资产", 13, lambda row: f"{row.number:,}.51", align="right", priority=1
        ),
        Column("owner", "经理", 6, lambda row: "李娜" if row.number % 3 else "王强", priority=5),
        Column("note", "提示", 8, lambda row: row.note or "联", flex=1, priority=2),
    ]
