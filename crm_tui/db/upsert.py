"""Insert or change rows by their public key, comparing three sides (decisions.md, Import).

A field changes only where the file differs from what was last imported; where it was edited in
the program too, the program's value stays and the row is a conflict. What was last imported is
kept as keyed marks beside the row, so that no value stands there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crm_tui.db.import_images import IMAGE_COLUMNS, image_row
from crm_tui.db.targets import MARK_BYTES, Marker, Result, Target, Values, Written, canonical_value

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crm_tui.db.bulk import Bulk
    from crm_tui.db.targets import Batch


@dataclass(slots=True)
class _Merge:
    """One existing row against its line of the file."""

    values: Values
    marks: bytes
    changed: set[str]
    conflicts: list[str]


def upsert(
    bulk: Bulk,
    target: Target,
    staged: Sequence[Values],
    batch: Batch,
    derive: Callable[[Values, Values], Values] | None = None,
) -> Result:
    """Bring the rows in; `derive` gives the derived columns of a changed row, from its key and
    values; a new row's are staged."""
    marker = batch.marker(target)
    known = _existing(bulk, target, staged)
    result = Result()
    new: list[tuple[Values, int, Values]] = []
    updates: list[Values] = []
    images: list[Values] = []
    for place, row in enumerate(staged):
        key, line, values = target.split(row)
        found = known.get(place)
        if found is None:
            new.append((key, line, values))
            continue
        merge = _merge(target, marker, values, found)
        result.conflicts += [(line, name) for name in merge.conflicts]
        if not merge.changed:
            result.unchanged += 1
            if merge.marks == found.marks:
                continue
        images.append(_image(target, batch, found, bool(merge.changed)))
        derived = derive(key, merge.values) if derive else ()
        updates.append(_update_row(target, merge, derived, found))
        if merge.changed:
            result.changed += 1
            result.written.append(
                Written(
                    found.row_id, line, key, merge.values, found.values, frozenset(merge.changed)
                )
            )
    bulk.insert("import_image", IMAGE_COLUMNS, images)
    bulk.run_many(_update_sql(target), updates)
    _insert(bulk, target, new, batch, marker, result)
    return result


@dataclass(slots=True)
class _Found:
    row_id: Any
    version: int
    marks: bytes
    values: Values
    derived: Values


def _existing(bulk: Bulk, target: Target, staged: Sequence[Values]) -> dict[int, _Found]:
    """Rows that are there already, by their place in `staged`; locked on PostgreSQL."""
    count = len(target.keys)
    source, values = bulk.key_list("k", target.key_types, [row[:count] for row in staged])
    own = "t.version, t.import_base" if target.three_way else "0, NULL"
    derived = "".join(f", t.{column}" for column in target.derived)
    same = " AND ".join(f"t.{column} = k.k{n}" for n, column in enumerate(target.keys))
    sql = (
        f"SELECT k.i, t.{target.row_id}, {own}, {target.selected}{derived} "  # noqa: S608
        f"FROM {source} CROSS JOIN {target.table} AS t WHERE {same}"
    )
    if not bulk.is_sqlite:
        sql += " FOR NO KEY UPDATE OF t"
    found = {}
    for row in bulk.rows(sql, *values):
        stored = tuple(row[4 : 4 + target.width])
        derived_values = tuple(row[4 + target.width :])
        found[row[0] - bulk.first_place] = _Found(
            row[1], row[2], row[3] or b"", stored, derived_values
        )
    return found


def _merge(target: Target, marker: Marker | None, values: Values, found: _Found) -> _Merge:
    given = values[: target.width]
    merge = _Merge(found.values, b"", set(), [])
    marks = before = b""
    if marker is not None:
        merge.marks = marks = marker.all(given)
        if marks == found.marks:
            return merge
        before = found.marks
        stored_marks = marker.all(found.values)
    kept = list(found.values)
    start = 0
    for number, one in enumerate(target.fields):
        end = start + len(one.columns)
        place, part = start + one.by, slice(number * MARK_BYTES, (number + 1) * MARK_BYTES)
        if not same_value(given[place], found.values[place]):
            if marker is None or before[part] == stored_marks[part]:
                merge.changed.add(one.name)
                kept[start:end] = given[start:end]
            elif before[part] != marks[part]:
                merge.conflicts.append(one.name)
        start = end
    merge.values = tuple(kept)
    return merge


def same_value(one: object, other: object) -> bool:
    """Whether two values are stored alike; dates may be text."""
    return one == other or canonical_value(one) == canonical_value(other)


def _image(target: Target, batch: Batch, found: _Found, counted: bool) -> Values:
    before = {column: found.values[place] for place, column in target.stored}
    before.update(zip(target.derived, found.derived, strict=True))
    if target.three_way:
        before["import_base"] = found.marks or None
    version = found.version + int(counted) if target.three_way else None
    return image_row(batch, target.table, found.row_id, before, version)


def _update_sql(target: Target) -> str:
    columns = [*target.columns, *target.derived]
    more = ", import_base = ?, version = version + ?" if target.three_way else ""
    named = ", ".join(f"{column} = ?" for column in columns)
    return f"UPDATE {target.table} SET {named}{more} WHERE {target.row_id} = ?"  # noqa: S608


def _update_row(target: Target, merge: _Merge, derived: Values, found: _Found) -> Values:
    values = [merge.values[place] for place, _column in target.stored]
    more = (merge.marks, int(bool(merge.changed))) if target.three_way else ()
    return (*values, *derived, *more, found.row_id)


def _insert(
    bulk: Bulk,
    target: Target,
    new: Sequence[tuple[Values, int, Values]],
    batch: Batch,
    marker: Marker | None,
    result: Result,
) -> None:
    if not new:
        return
    own = ("import_base", "version") if target.three_way else ()
    numbered = ("id",) if target.row_id == "id" else ()
    columns = (
        *numbered, *target.keys, *target.columns, *target.derived, *target.fixed, *own, "batch_id",
    )  # fmt: skip
    ids: Sequence[Any] = (
        bulk.reserve_ids(target.table, len(new)) if numbered else [key[0] for key, *_rest in new]
    )
    names = frozenset(one.name for one in target.fields)
    stored = [place for place, _column in target.stored]
    behind = target.width + len(target.derived) + len(target.fixed)
    rows = []
    for row_id, (key, line, values) in zip(ids, new, strict=True):
        given = values[: target.width]
        rows.append(
            (
                *((row_id,) if numbered else ()),
                *key,
                *[given[place] for place in stored],
                *values[target.width : behind],
                *((marker.all(given), 1) if marker else ()),
                batch.id,
            )
        )
        result.written.append(Written(row_id, line, key, given, None, names, values[behind:]))
    bulk.insert(target.table, columns, rows)
    result.added += len(new)
