"""Today: what waits for a person, each part only for who has the permission for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from crm_tui.db import complaint_pages, complaint_rows, roster_read
from crm_tui.db import diaries as diary_rows
from crm_tui.db import today as queries
from crm_tui.db.roster_source import current
from crm_tui.domain.complaints import ComplaintCriteria, QueueView
from crm_tui.domain.diary import DiaryView
from crm_tui.domain.roster import Move, RosterCriteria, View
from crm_tui.domain.staff import Permission, Role
from crm_tui.domain.today import MOST, MOST_NEAR, SHOWN, Line, Part, Section, Today
from crm_tui.services.base import Service
from crm_tui.services.diaries import Diaries
from crm_tui.services.drafts import Drafts
from crm_tui.services.roster import RosterService

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from sqlalchemy import Select
    from sqlmodel import Session

    from crm_tui.domain.diary import ReturnedDay
    from crm_tui.domain.staff import Scope

_CASES: Final = {
    Part.UNTRIAGED: QueueView.UNTRIAGED,
    Part.OVERDUE_CASES: QueueView.OVERDUE,
    Part.CASES: QueueView.MINE,
}


class TodayService(Service):
    """Reading; what is done about it is the other services'."""

    def parts(self) -> tuple[Part, ...]:
        """What may wait for this person, in the order of the screen."""
        may, holds = self._person.may, self._person.holds
        leads = may(Permission.REVIEW_DIARY) or may(Permission.TRIAGE_COMPLAINT)
        manages = holds(Role.ACCOUNT_MANAGER)
        wanted = {
            Part.DRAFTS: bool(self._person.roles),
            Part.PROMISES: may(Permission.WORK_COMPLAINT),
            Part.UNTRIAGED: may(Permission.TRIAGE_COMPLAINT),
            Part.OVERDUE_CASES: may(Permission.TRIAGE_COMPLAINT),
            Part.CASES: may(Permission.SEE_COMPLAINTS) and not leads,
            Part.DUE: manages,
            Part.OVERDUE: manages,
            Part.QUALIFIES: may(Permission.GRANT_TIER),
            Part.UNREAD: may(Permission.REVIEW_DIARY),
            Part.RETURNED: may(Permission.WRITE_DIARY),
            Part.MISSING: manages and may(Permission.WRITE_DIARY),
            Part.NEAR: manages,
            Part.BIRTHDAYS: may(Permission.SEE_CUSTOMERS) and not leads,
        }
        return tuple(part for part in Part if wanted[part])

    def today(self) -> Today:
        """Every part with its first lines. Raises Refused without any permission, StoreError."""
        parts = self.parts()
        if not parts or parts == (Part.DRAFTS,):
            raise self._store.refuse(self._actor, "today.open", reason="permission")
        sections = tuple(self._section(part) for part in parts)
        return Today(tuple(one for one in sections if one.lines), self._so_far())

    def _section(self, part: Part) -> Section:
        read: dict[Part, Callable[[Part], Section]] = {
            Part.DRAFTS: self._drafts,
            Part.PROMISES: self._promises,
            Part.UNTRIAGED: self._cases,
            Part.OVERDUE_CASES: self._cases,
            Part.CASES: self._cases,
            Part.DUE: self._due,
            Part.OVERDUE: self._due,
            Part.QUALIFIES: self._qualifies,
            Part.UNREAD: self._unread,
            Part.RETURNED: self._returned,
            Part.MISSING: self._missing,
            Part.NEAR: self._near,
            Part.BIRTHDAYS: self._birthdays,
        }
        return read[part](part)

    # --- what waits -------------------------------------------------------------------------

    def _drafts(self, part: Part) -> Section:
        found = Drafts(self._store, self._person).all()
        lines = tuple(
            Line(part, "draft", f"{one.key.form} {one.key.record}", one) for one in found[:SHOWN]
        )
        return Section(part, lines, len(found))

    def _promises(self, part: Part) -> Section:
        scope = self._scope(Permission.SEE_COMPLAINTS, "today.open")
        query = queries.promised(scope, self._today)
        with self._store.read() as session:
            ids = list(session.execute(query.limit(MOST)).scalars())
            keys = [("", one) for one in ids[:SHOWN]]
            found = complaint_rows.rows(session, keys, self._today)
        return Section(part, tuple(_case(part, one) for one in found), len(ids))

    def _cases(self, part: Part) -> Section:
        scope = self._scope(Permission.SEE_COMPLAINTS, "today.open")
        # What waits for triage has a part of its own, overdue or not.
        criteria = ComplaintCriteria(_CASES[part], triaged=part is Part.OVERDUE_CASES)
        asked = complaint_pages.Asked(scope, self._store.keys, self._today)
        with self._store.read() as session:
            page = complaint_pages.page(session, asked, criteria, Move.FIRST, None, SHOWN)
            total = len(page.rows)
            if page.has_after:
                total = complaint_pages.count(session, asked, criteria)
        return Section(part, tuple(_case(part, one) for one in page.rows), total)

    def _due(self, part: Part) -> Section:
        scope = self._scope(Permission.SEE_CUSTOMERS, "today.open")
        with self._store.read() as session:
            table = current(session).table
            earlier = part is Part.OVERDUE
            query = queries.due(table, scope, on=self._today, earlier=earlier)
            return self._customers(session, part, query)

    def _qualifies(self, part: Part) -> Section:
        scope = self._scope(Permission.GRANT_TIER, "today.open")
        with self._store.read() as session:
            query = queries.qualifying(current(session).table, scope)
            return self._customers(session, part, query)

    def _customers(self, session: Session, part: Part, query: Select[Any]) -> Section:
        ids = [int(one) for one in session.execute(query.limit(SHOWN)).scalars()]
        rows = roster_read.rows(
            session, current(session), [(one,) for one in ids], ids, self._today
        )
        lines = tuple(
            Line(part, "card", one.customer_id, one, customer_id=one.customer_id) for one in rows
        )
        total = queries.up_to_most(session, query)
        return Section(part, lines, total, more=total >= MOST)

    def _near(self, part: Part) -> Section:
        roster = RosterService(self._store, self._person, self._policy)
        mine = RosterCriteria(View.NEAR, manager_id=self._person.staff_id)
        page = roster.page(mine, Move.FIRST, None, MOST_NEAR)
        lines = tuple(
            Line(part, "card", one.customer_id, one, customer_id=one.customer_id)
            for one in page.rows[:SHOWN]
        )
        return Section(part, lines, len(page.rows), more=page.has_after)

    def _unread(self, part: Part) -> Section:
        scope = self._scope(Permission.REVIEW_DIARY, "today.open")
        with self._store.read() as session:
            page = diary_rows.page(session, scope, DiaryView.UNREAD, Move.FIRST, None, 1)
            total = diary_rows.count(session, scope, DiaryView.UNREAD)
        lines = tuple(Line(part, "diary_read", row.diary_id, row) for row in page.rows)
        return Section(part, lines, total)

    def _returned(self, part: Part) -> Section:
        found = Diaries(self._store, self._person, self._policy).returned_mine()
        lines = tuple(_diary(part, one.day, one) for one in found[:SHOWN])
        return Section(part, lines, len(found))

    def _missing(self, part: Part) -> Section:
        days = Diaries(self._store, self._person, self._policy).missing_mine()
        lines = tuple(_diary(part, day, day) for day in days[:SHOWN])
        return Section(part, lines, len(days))

    def _birthdays(self, part: Part) -> Section:
        scope: Scope = self._scope(Permission.SEE_CUSTOMERS, "today.open")
        if self._person.holds(Role.ACCOUNT_MANAGER):
            scope = type(scope)(scope.branch_ids, scope.staff_id, own_only=True)
        with self._store.read() as session:
            query = queries.birthdays(session, scope, self._today)
            found = [queries.birthday(row) for row in session.execute(query.limit(SHOWN))]
            total = queries.up_to_most(session, query)
        lines = tuple(
            Line(part, "card", one.customer_id, one, customer_id=one.customer_id) for one in found
        )
        return Section(part, lines, total)

    def _so_far(self) -> Any:
        """For who leads others: what the branch has done since midnight."""
        scope = self._person.scope(Permission.REVIEW_DIARY)
        if scope is None:
            return None
        with self._store.read() as session:
            return queries.so_far(session, scope, self._today)


def _diary(part: Part, day: date, about: date | ReturnedDay) -> Line:
    return Line(part, "diary", int(f"{day:%Y%m%d}"), about)


def _case(part: Part, row: Any) -> Line:
    return Line(part, "case", row.complaint_id, row, customer_id=row.customer_id)
