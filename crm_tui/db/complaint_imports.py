"""Cases of a file: new ones with their first event, known ones corrected by a further event."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from crm_tui.db import complaint_events
from crm_tui.db.complaint_homes import homes
from crm_tui.db.complaint_rules import complaint_rules_by_id, working_days
from crm_tui.db.import_images import IMAGE_COLUMNS, image_row
from crm_tui.db.targets import MARK_BYTES, Result
from crm_tui.domain.complaint_clocks import columns
from crm_tui.domain.complaint_events import SCHEMA, Imported, dump
from crm_tui.domain.complaint_files import COLUMNS, merge
from crm_tui.domain.complaint_fold import Event, after, begin, fold
from crm_tui.domain.complaint_kinds import EventKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crm_tui.db.bulk import Bulk
    from crm_tui.db.targets import Batch, Values
    from crm_tui.domain.complaint_fold import Case
    from crm_tui.domain.complaint_settings import ComplaintRules
    from crm_tui.domain.workdays import Calendar

TABLE: Final = "complaint"
_EVENT_COLUMNS: Final = (
    "complaint_id", "seq", "at", "actor", "kind", "payload", "payload_schema", "batch_id",
)  # fmt: skip


class FileCase(NamedTuple):
    """A line of the file; `marks` are those of its cells."""

    complaint_no: str
    line: int
    said: Imported
    marks: bytes


class _Known(NamedTuple):
    id: int
    version: int
    marks: bytes


class CaseWriter:
    """Writes the cases of one step."""

    def __init__(self, bulk: Bulk, batch: Batch, actor: str) -> None:
        self._bulk, self._batch, self._actor = bulk, batch, actor
        self._rules: dict[int, ComplaintRules] = complaint_rules_by_id(bulk.session)
        self._calendar: Calendar = working_days(bulk.session)
        self._result = Result()
        self._images: list[Values] = []
        self._events: list[Values] = []

    def bring_in(self, cases: Sequence[FileCase]) -> Result:
        """Make or correct these cases. A file that says the same again changes nothing."""
        known = self._known(cases)
        self._make([one for place, one in enumerate(cases) if place not in known])
        differing = []
        for place, found in known.items():
            if found.marks == cases[place].marks:
                self._result.unchanged += 1
            else:
                differing.append((found, cases[place]))
        self._correct(differing)
        self._bulk.insert("complaint_event", _EVENT_COLUMNS, self._events)
        self._bulk.insert("import_image", IMAGE_COLUMNS, self._images)
        return self._result

    def _known(self, cases: Sequence[FileCase]) -> dict[int, _Known]:
        """Those that are there already, by their place; locked on PostgreSQL."""
        source, values = self._bulk.key_list("k", ["text"], [(one.complaint_no,) for one in cases])
        sql = (
            f"SELECT k.i, t.id, t.version, t.import_base FROM {source} "  # noqa: S608
            "CROSS JOIN complaint AS t WHERE t.complaint_no = k.k0"
        )
        if not self._bulk.is_sqlite:
            sql += " FOR NO KEY UPDATE OF t"
        first = self._bulk.first_place
        rows = self._bulk.rows(sql, *values)
        return {row[0] - first: _Known(row[1], row[2], row[3] or b"") for row in rows}

    def _make(self, cases: Sequence[FileCase]) -> None:
        if not cases:
            return
        rows: list[dict[str, Any]] = []
        ids = self._bulk.reserve_ids(TABLE, len(cases))
        events = [self._event(1, one.said) for one in cases]
        stored = self._stored([begin(event) for event in events])
        for row_id, one, event, row in zip(ids, cases, events, stored, strict=True):
            rows.append(
                {
                    "id": row_id,
                    "complaint_no": one.complaint_no,
                    **row,
                    "version": 1,
                    "import_base": one.marks,
                    "batch_id": self._batch.id,
                }
            )
            self._keep(row_id, event)
        self._bulk.insert(
            TABLE, tuple(rows[0]), [tuple(map(self._bound, row.values())) for row in rows]
        )
        self._result.added += len(cases)

    def _correct(self, pairs: Sequence[tuple[_Known, FileCase]]) -> None:
        trails = complaint_events.trails(self._bulk.session, [known.id for known, _one in pairs])
        marked: list[Values] = []
        rewritten: dict[int, Case] = {}
        for known, one in pairs:
            case = fold(trails[known.id])
            changed = _changed(known.marks, one.marks)
            merged = merge(case, self._row(case), one.said, changed, self._rules)
            self._result.conflicts += [(one.line, name) for name in merged.conflicts]
            version = known.version
            if merged.payload is None:
                self._result.unchanged += 1
            else:
                self._result.changed += 1
                event = self._event(case.last_seq + 1, merged.payload)
                version += 1
                rewritten[known.id] = after(case, event)
                self._keep(known.id, event)
            before = {"import_base": known.marks or None}
            self._images.append(image_row(self._batch, TABLE, known.id, before, version))
            marked.append((one.marks, version, known.id))
        self._bulk.run_many(
            "UPDATE complaint SET import_base = ?, version = ? WHERE id = ?", marked
        )
        self._rewrite(rewritten)

    def _rewrite(self, cases: Mapping[int, Case]) -> None:
        if not cases:
            return
        rows = self._stored(list(cases.values()))
        named = ", ".join(f"{column} = ?" for column in rows[0])
        self._bulk.run_many(
            f"UPDATE complaint SET {named} WHERE id = ?",  # noqa: S608
            [
                (*map(self._bound, row.values()), row_id)
                for row_id, row in zip(cases, rows, strict=True)
            ],
        )

    def _stored(self, cases: Sequence[Case]) -> list[dict[str, Any]]:
        """The columns of these cases, with where their customers are now."""
        places = homes(self._bulk.session, cases)
        return [
            {**self._row(case), "customer_branch_id": places.get(case.begun.customer_id)}
            for case in cases
        ]

    def _row(self, case: Case) -> dict[str, Any]:
        return columns(case, self._rules[case.begun.rule_set_id], self._calendar)

    def _event(self, seq: int, said: Imported) -> Event:
        return Event(seq, self._batch.now, EventKind.IMPORTED, said, actor=self._actor)

    def _keep(self, complaint_id: int, event: Event) -> None:
        self._events.append(
            (
                complaint_id,
                event.seq,
                self._bulk.instant(event.at),
                event.actor,
                event.kind.value,
                dump(event.payload),
                SCHEMA,
                self._batch.id,
            )
        )

    def _bound(self, value: Any) -> Any:
        """A value as `Bulk.insert` takes it."""
        if isinstance(value, datetime):
            return self._bulk.instant(value.astimezone(UTC))
        return value.isoformat() if isinstance(value, date) else value


def take_back(bulk: Bulk, batch_id: int, ids: Sequence[int]) -> None:
    """Cases that nobody has touched since the batch corrected them are as before it."""
    bulk.run(
        "DELETE FROM complaint_event WHERE batch_id = ? AND complaint_id {ids}",
        batch_id,
        bulk.keys(ids),
    )
    complaint_events.rebuild(bulk.session, ids)


def _changed(before: bytes, now: bytes) -> list[str]:
    """The columns whose cells are not what the last file said."""
    found = []
    for number, name in enumerate(COLUMNS):
        part = slice(number * MARK_BYTES, (number + 1) * MARK_BYTES)
        if before[part] != now[part]:
            found.append(name)
    return found
