"""Where imported rows go: tables with their public key, and the marks of imported values."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from crm_tui.db.crypto import KeyRing

MARK_BYTES: Final = 6
# Marks kept per field: states, branches and dates come again and again.
_MARKS_KNOWN: Final = 2_000
_NOTHING: Final = b"\0nothing"

Values = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """A column of the file and the columns that hold it; `by` is the one that is compared.

    `kept` is the SQL of a value that lies in another table; the caller writes it.
    """

    name: str
    columns: tuple[str, ...]
    by: int = 0
    kept: str = ""


class Target:
    """A table that files are imported into, by the public key `keys`."""

    def __init__(
        self,
        table: str,
        keys: Sequence[tuple[str, str]],
        fields: Sequence[Field],
        *,
        row_id: str = "id",
        three_way: bool = True,
        derived: Sequence[str] = (),
        fixed: Sequence[str] = (),
    ) -> None:
        """`keys` are columns with PostgreSQL's types; `derived` follow from the fields and
        `fixed` are set on insertion only: they are staged in this order behind the fields'."""
        self.table, self.row_id, self.three_way = table, row_id, three_way
        self.keys = tuple(name for name, _kind in keys)
        self.key_types = tuple(kind for _name, kind in keys)
        self.fields, self.derived, self.fixed = tuple(fields), tuple(derived), tuple(fixed)
        self.places: list[int] = []
        self.stored: list[tuple[int, str]] = []
        place = 0
        for one in self.fields:
            self.places.append(place + one.by)
            if not one.kept:
                self.stored += [(place + n, column) for n, column in enumerate(one.columns)]
            place += len(one.columns)
        self.width = place
        self.columns = [column for _place, column in self.stored]
        self.selected = ", ".join(
            one.kept or ", ".join(f"t.{column}" for column in one.columns) for one in self.fields
        )

    def split(self, staged: Values) -> tuple[Values, int, Values]:
        """Key, line and values of a staged row."""
        count = len(self.keys)
        return staged[:count], staged[count], staged[count + 1 :]


@dataclass(slots=True)
class Batch:
    """The import under way, as its writes need it."""

    id: int
    today: date
    now: datetime
    keys: KeyRing
    _markers: dict[str, Marker] = field(default_factory=dict)

    def marker(self, target: Target) -> Marker | None:
        """What marks imported values of `target`, None when nothing is marked."""
        if target.three_way and target.table not in self._markers:
            self._markers[target.table] = Marker(self.keys, target)
        return self._markers.get(target.table)


@dataclass(slots=True)
class Written:
    """A row that was made or changed; `before` is None for a new one, `beside` what was staged
    of a new one for other tables."""

    row_id: int
    line: int
    key: Values
    values: Values
    before: Values | None
    changed: frozenset[str]
    beside: Values = ()


@dataclass(slots=True)
class Result:
    """What a step did."""

    written: list[Written] = field(default_factory=list)
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    conflicts: list[tuple[int, str]] = field(default_factory=list)


class Marker:
    """Keyed marks of imported values."""

    def __init__(self, keys: KeyRing, target: Target) -> None:
        self._places = target.places
        self._known: list[dict[Any, bytes]] = [{} for _field in target.fields]
        self._hashes = [
            hashlib.blake2b(
                f"{target.table}.{one.name}\0".encode(),
                digest_size=MARK_BYTES,
                key=keys.index_key,
            )
            for one in target.fields
        ]

    def all(self, values: Values) -> bytes:
        """The marks of every field, one behind the other."""
        parts = []
        for known, start, place in zip(self._known, self._hashes, self._places, strict=True):
            value = values[place]
            mark = known.get(value)
            if mark is None:
                one = start.copy()
                one.update(canonical_value(value))
                mark = one.digest()
                if len(known) < _MARKS_KNOWN:
                    known[value] = mark
            parts.append(mark)
        return b"".join(parts)


def canonical_value(value: object) -> bytes:
    """The bytes that are marked and compared; a date and its ISO text are alike."""
    if value is None:
        return _NOTHING
    return value if isinstance(value, bytes) else str(value).encode()
