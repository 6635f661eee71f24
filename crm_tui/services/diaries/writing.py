"""Writing one's own diary: from the day's contacts and cases to what was handed in."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from crm_tui.db import diaries as queries
from crm_tui.db.complaint_rules import working_days
from crm_tui.db.tables import Diary, DiaryAddendum
from crm_tui.db.writes import update_shown
from crm_tui.domain.diary import PARTS, DiaryDay, DiaryEntry, DiaryForm
from crm_tui.domain.diary_proposals import Proposed
from crm_tui.domain.diary_rules import OPEN, is_late
from crm_tui.domain.kinds import DiaryState
from crm_tui.domain.staff import Permission, Role
from crm_tui.domain.text_rules import NOTE_LIMIT, clean_text
from crm_tui.errors import InvalidInput
from crm_tui.i18n import _
from crm_tui.services.base import NotThere
from crm_tui.services.diaries.base import LOOK_BACK, OBJECT, DiaryService, conflict
from crm_tui.services.drafts import kept_drafts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlmodel import Session

    from crm_tui.db.store import Transaction
    from crm_tui.domain.diary import ReturnedDay
    from crm_tui.domain.drafts import Draft, DraftKey
    from crm_tui.domain.workdays import Calendar


class Writing(DiaryService):
    """One's own entries."""

    def entry(self, day: date) -> DiaryEntry:
        """One's own entry of `day` with what the day proposes. Raises Refused, InvalidInput."""
        self._scope(Permission.WRITE_DIARY, "diary.open")
        self._check_day(day)
        with self._store.read() as session:
            return self._of_day(session, day, working_days(session, day, day))

    def opened(
        self, day: date, draft: DraftKey
    ) -> tuple[DiaryEntry, tuple[DiaryDay, ...], Draft | None]:
        """The entry of `day`, the month around it, what was typed and not saved: in one session,
        since each one more costs a server three round trips. Raises Refused, InvalidInput."""
        self._scope(Permission.WRITE_DIARY, "diary.open")
        self._check_day(day)
        first, last = _month_of(day)
        with self._store.read() as session:
            calendar = working_days(session, first, last)
            entry = self._of_day(session, day, calendar)
            month = self._month(session, first, last, calendar)
            typed = kept_drafts(self._store, session, self._person, draft)
        return entry, month, typed[0] if typed else None

    def _of_day(self, session: Session, day: date, calendar: Calendar) -> DiaryEntry:
        working = calendar.is_working(day)
        found = queries.entry(session, where=self._own(day))
        touches = queries.touches(session, self._person.staff_id, day)
        if found is not None:
            return self._entry(session, found, touches, working=working)
        return DiaryEntry(
            diary_id=None, version=0, staff_id=self._person.staff_id, author=self._person.name,
            day=day, state=None, form=DiaryForm(), touches=touches, submitted_at=None, late=False,
            reviewer="", reviewed_at=None, comment="", exemplary=False, addenda=(),
            working=working, may_write=working or bool(touches), may_review=False,
        )  # fmt: skip

    def save(self, day: date, shown: int, form: DiaryForm, draft: DraftKey | None = None) -> int:
        """Store what is written so far; the new version.

        Raises Conflict, InvalidInput, Refused, StoreError.
        """
        return self._write(day, shown, form, draft, submit=False)

    def submit(self, day: date, shown: int, form: DiaryForm, draft: DraftKey | None = None) -> int:
        """Hand it in; the new version. Raises Conflict, InvalidInput, Refused, StoreError."""
        return self._write(day, shown, form, draft, submit=True)

    def add(
        self, diary_id: int, text: str, request_key: str, draft: DraftKey | None = None
    ) -> None:
        """Correct one's own reviewed entry, whose text stays. The same key again adds nothing.

        Raises InvalidInput when that key stored other words, Refused, StoreError.
        """
        self._scope(Permission.WRITE_DIARY, "diary.add")
        with self._writing("diary.add", OBJECT, diary_id) as tx:
            found = queries.entry(
                tx.session,
                where=and_(col(Diary.id) == diary_id, col(Diary.staff_id) == self._person.staff_id),
            )
            if found is None or found.state != DiaryState.REVIEWED:
                raise NotThere
            self._drop(tx, draft)
            said = clean_text(text, field="text", limit=NOTE_LIMIT, required=True)
            if self._added_before(tx, diary_id, said, request_key):
                return
            tx.session.add(DiaryAddendum(
                diary_id=diary_id, staff_id=self._person.staff_id, at=tx.now, text=said,
                request_key=request_key,
            ))  # fmt: skip
            tx.audit("diary.add", OBJECT, diary_id, branch_id=found.branch_id, image={"text": said})

    def _added_before(self, tx: Transaction, diary_id: int, said: str, request_key: str) -> bool:
        """Whether this correction is stored, unknown to its author. Raises InvalidInput."""
        stored = queries.addendum_of(tx.session, request_key)
        if stored is None:
            return False
        if stored != (diary_id, self._person.staff_id, said):
            # What is added is not changed any more, and other words must not be lost silently.
            raise InvalidInput(
                "text", _("A correction in other words was stored already; add this one again.")
            )
        tx.unaudited("a repeated correction: nothing changes")
        return True

    def month(self, first: date) -> tuple[DiaryDay, ...]:
        """The days of the month that begins at `first`. Raises Refused."""
        self._scope(Permission.WRITE_DIARY, "diary.open")
        first, last = _month_of(first)
        with self._store.read() as session:
            return self._month(session, first, last, working_days(session, first, last))

    def _month(
        self, session: Session, first: date, last: date, calendar: Calendar
    ) -> tuple[DiaryDay, ...]:
        found = queries.states(session, self._person.staff_id, first, last)
        wanted = self._wanted_since(session)
        missing = self._gaps(max(wanted, first), calendar, _handed_in(found)) if wanted else ()
        return tuple(
            DiaryDay(day, found.get(day), day in missing, calendar.is_working(day))
            for day in (first + timedelta(days=n) for n in range(last.day))
        )

    def missing_mine(self) -> tuple[date, ...]:
        """One's own working days of the last month without an entry. Raises Refused."""
        self._scope(Permission.WRITE_DIARY, "diary.open")
        with self._store.read() as session:
            wanted = self._wanted_since(session)
            if wanted is None:
                return ()
            found = queries.states(session, self._person.staff_id, wanted, self._today)
            calendar = working_days(session, wanted, self._today)
        return self._gaps(wanted, calendar, _handed_in(found))

    def returned_mine(self) -> tuple[ReturnedDay, ...]:
        """One's own entries that came back to be completed. Raises Refused."""
        self._scope(Permission.WRITE_DIARY, "diary.open")
        with self._store.read() as session:
            return queries.returned(session, self._person.staff_id)

    def _check_day(self, day: date) -> None:
        if day > self._today:
            raise InvalidInput("day", _("That day is still to come."))

    def _own(self, day: date) -> ColumnElement[bool]:
        return and_(col(Diary.staff_id) == self._person.staff_id, col(Diary.day) == day)

    def _write(
        self, day: date, shown: int, form: DiaryForm, draft: DraftKey | None, *, submit: bool
    ) -> int:
        action = "diary.submit" if submit else "diary.save"
        self._scope(Permission.WRITE_DIARY, action)
        self._check_day(day)
        values = _checked(form, submit=submit)
        with self._writing(action, OBJECT, day.isoformat()) as tx:
            found = queries.entry(tx.session, where=self._own(day))
            self._drop(tx, draft)
            if _written_so(found, shown + 1, values, submit=submit):
                tx.unaudited("a repeated save: nothing changes")
                return shown + 1
            if found is not None and found.state not in OPEN:
                raise InvalidInput("day", _closed(found.state))
            values |= _remembered(form, found)
            before = {part: getattr(found, part) for part in PARTS} if found else {}
            if submit:
                values |= {
                    "state": DiaryState.SUBMITTED.value,
                    "submitted_at": tx.now,
                    "late": self._late(found, day, tx.now),
                    # Who moved meanwhile is read where they are now.
                    "branch_id": self._person.branch_id,
                }
            diary_id = self._store_entry(tx, found, day, shown, values)
            changed = sorted(part for part in PARTS if values[part] != before.get(part, ""))
            tx.audit(
                action, OBJECT, diary_id, branch_id=self._person.branch_id,
                fields={"day": day.isoformat(), "changed": changed},
                image={"before": before, "after": {part: values[part] for part in PARTS}},
            )  # fmt: skip
            return shown + 1

    def _late(self, found: Any, day: date, now: datetime) -> bool:
        """By the first time that it was handed in: what was returned is not late for that."""
        if found is not None and found.submitted_at is not None:
            return bool(found.late)
        return is_late(day, now, self._policy.diary_late_after)

    def _store_entry(
        self, tx: Transaction, found: Any, day: date, shown: int, values: dict[str, Any]
    ) -> int:
        """Insert or update the row; its id. Raises Conflict, NotThere."""
        if found is not None:
            if not update_shown(tx.session, Diary, found.id, shown, values):
                raise conflict(found, own=True)
            return int(found.id)
        if not self._may_begin(tx.session, day):
            raise InvalidInput("day", _("Nobody worked that day: no entry is needed."))
        if day < self._today - LOOK_BACK:
            raise InvalidInput("day", _("That day is too long ago to begin an entry."))
        values = {"branch_id": self._person.branch_id} | values
        row = Diary(staff_id=self._person.staff_id, day=day, **values)
        try:
            with tx.session.begin_nested():
                tx.session.add(row)
        except IntegrityError:
            # Another session of this person was first.
            raise conflict(queries.entry(tx.session, where=self._own(day)), own=True) from None
        assert row.id is not None
        return row.id

    def _may_begin(self, session: Session, day: date) -> bool:
        if working_days(session, day, day).is_working(day):
            return True
        return bool(queries.touches(session, self._person.staff_id, day))

    def _wanted_since(self, session: Session) -> date | None:
        """The first day whose entry can be missing; only account managers have to keep one."""
        if not self._person.holds(Role.ACCOUNT_MANAGER):
            return None
        since, in_use = queries.kept_since(session, self._person.staff_id)
        return None if since is None else self._first_wanted(since, in_use)


def _month_of(day: date) -> tuple[date, date]:
    """Its first and its last day."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _handed_in(states: Mapping[date, DiaryState]) -> set[date]:
    """The days of which something was handed in, whatever became of it."""
    return {day for day, state in states.items() if state is not DiaryState.DRAFT}


def _closed(state: str) -> str:
    """Why an entry is not written any more, and what becomes of the text that was to be."""
    if state == DiaryState.REVIEWED:
        return _("Handed in and read meanwhile: your draft stays, a correction can take it.")
    return _("Handed in elsewhere meanwhile: your draft stays, once returned it goes on.")


def _written_so(found: Any, version: int, values: dict[str, Any], *, submit: bool) -> bool:
    """Whether the same text is stored as this version: saved before, unknown to the author."""
    if found is None or found.version != version:
        return False
    as_wanted = found.state == DiaryState.SUBMITTED if submit else found.state in OPEN
    return as_wanted and all(getattr(found, part) == values[part] for part in PARTS)


def _remembered(form: DiaryForm, found: Any) -> dict[str, Any]:
    """What was proposed, here or in another session of the author, is not proposed again."""
    if form.proposed is None:
        return {}
    stored = Proposed.of(found.proposed) if found is not None else None
    proposed = stored.joined(form.proposed) if stored else form.proposed
    return {"proposed": proposed.as_text()}


def _checked(form: DiaryForm, *, submit: bool) -> dict[str, Any]:
    """The four parts as columns. Raises InvalidInput."""
    return {
        part: clean_text(
            getattr(form, part), field=part, limit=NOTE_LIMIT,
            required=submit and part == "content",
        )
        for part in PARTS
    }  # fmt: skip
