"""Contacts: reading, editing one's own, taking back. How they are logged stands in contact_log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select
from sqlmodel import col

from crm_tui.clock import business_date
from crm_tui.db import contacts as queries
from crm_tui.db import roster
from crm_tui.db.tables import Contact, Diary, Staff, StaffRole
from crm_tui.domain.contact_rules import Stays, is_handed_in, stays_because
from crm_tui.domain.kinds import DiaryState
from crm_tui.domain.staff import Permission
from crm_tui.errors import InvalidInput
from crm_tui.i18n import _
from crm_tui.services.base import NotThere
from crm_tui.services.contact_log import Logging

if TYPE_CHECKING:
    from crm_tui.db.store import Transaction
    from crm_tui.domain.contacts import (
        ContactCriteria,
        ContactDetail,
        ContactForm,
        ContactPage,
        ContactRow,
    )
    from crm_tui.domain.drafts import DraftKey
    from crm_tui.domain.roster import Move


class Contacts(Logging):
    """Contacts with customers in this person's reach."""

    def edit(
        self, contact_id: int, shown: int, form: ContactForm, draft: DraftKey | None = None
    ) -> None:
        """Change one's own contact. Raises Conflict, InvalidInput, Refused, StoreError."""
        scope = self._scope(Permission.LOG_CONTACT, "contact.edit")
        with self._writing("contact.edit", "contact", contact_id) as tx:
            stored = queries.detail(tx.session, scope, contact_id, self._person.staff_id)
            if stored is None or not stored.may_edit:
                raise NotThere
            self._apply(tx, stored, shown, form)
            self._drop(tx, draft)

    def withdraw(self, contact_id: int) -> None:
        """Take one's own contact that was logged today back; it stays, and says so.

        Raises InvalidInput when that day has passed or its diary was handed in with it, Conflict,
        Refused, StoreError.
        """
        self._mark(contact_id, "contact.withdraw", withdrawn=True)

    def restore(self, contact_id: int) -> None:
        """Undo a withdrawal, as long as one may withdraw. Raises as `withdraw`."""
        self._mark(contact_id, "contact.restore", withdrawn=False)

    def get(self, contact_id: int) -> ContactDetail:
        """A contact in scope. Raises Refused."""
        scope = self._scope(Permission.SEE_CUSTOMERS, "contact.open")
        with self._store.read() as session:
            found = queries.detail(session, scope, contact_id, self._person.staff_id)
        if found is None:
            raise self._store.refuse(self._actor, "contact.open", "contact", contact_id)
        return found

    def page(
        self, criteria: ContactCriteria, move: Move, key: tuple[str, int] | None, limit: int
    ) -> ContactPage:
        """One page of contacts with customers in scope, newest first. Raises Refused."""
        scope = self._scope(Permission.SEE_CUSTOMERS, "contact.list")
        with self._store.read() as session:
            found = None
            if criteria.search.strip():
                who: Any = col(Contact.customer_id)
                found = roster.finds(session, self._store.keys, scope, criteria.search, who)
            return queries.page(session, scope, criteria, move, key, limit, found)

    def author(self, text: str) -> tuple[int, str]:
        """Who is meant by a user name or a name in reach: id and name.

        Raises InvalidInput, Refused.
        """
        scope = self._scope(Permission.SEE_CUSTOMERS, "contact.list")
        wanted = text.strip()
        query = (
            select(col(Staff.id), col(Staff.name), col(Staff.username) == wanted.lower())
            .join(StaffRole, col(StaffRole.staff_id) == col(Staff.id))
            .where(or_(col(Staff.username) == wanted.lower(), col(Staff.name) == wanted))
            .distinct()
        )
        if scope.branch_ids is not None:
            query = query.where(col(StaffRole.branch_id).in_(sorted(scope.branch_ids)))
        with self._store.read() as session:
            found = session.execute(query).all()
        exact = [row for row in found if row[2]] or found
        if not exact:
            raise InvalidInput("person", _("There is nobody of that name here."))
        if len(exact) > 1:
            raise InvalidInput("person", _("Several people have that name: type the user name."))
        return int(exact[0][0]), str(exact[0][1])

    def _mark(self, contact_id: int, action: str, *, withdrawn: bool) -> None:
        scope = self._scope(Permission.LOG_CONTACT, action)
        with self._writing(action, "contact", contact_id) as tx:
            stored = queries.detail(tx.session, scope, contact_id, self._person.staff_id)
            if stored is None or stored.row.staff_id != self._person.staff_id:
                raise NotThere
            if stored.row.withdrawn is withdrawn:
                tx.unaudited("done before: nothing changes")
                return
            self._check_open(tx, stored.row)
            at = tx.now if withdrawn else None
            self._write(tx, stored, stored.version, {"withdrawn_at": at})
            roster.refresh(tx.session, [stored.row.customer_id], policy=self._policy)
            tx.audit(action, "contact", contact_id)

    def _check_open(self, tx: Transaction, row: ContactRow) -> None:
        """Raises InvalidInput when this person's contact stands as it is.

        The diary is locked where rows are: it is not handed in before this is committed.
        """
        day, logged = business_date(row.started_at), row.logged_at or row.started_at
        diary = tx.session.execute(
            select(col(Diary.state), col(Diary.submitted_at))
            .where(col(Diary.staff_id) == self._person.staff_id, col(Diary.day) == day)
            .with_for_update(read=True)
        ).one_or_none()
        handed_in = diary is not None and is_handed_in(logged, DiaryState(diary[0]), diary[1])
        stays = stays_because(
            mine=True,
            logged_on=business_date(logged),
            today=business_date(tx.now),
            handed_in=handed_in,
        )
        if stays is Stays.HANDED_IN:
            raise InvalidInput("day", _("The diary of this day is handed in: its contacts stand."))
        if stays is not None:
            raise InvalidInput(
                "day", _("A contact can be taken back only on the day it is logged.")
            )
