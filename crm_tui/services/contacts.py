"""Logging contacts: the form, checks, one transaction; reading, editing, taking back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import func, or_, select
from sqlmodel import col

from crm_tui.clock import business_date
from crm_tui.db import contacts as queries
from crm_tui.db import roster, search
from crm_tui.db.tables import Contact, Customer, Diary, Staff, StaffRole
from crm_tui.db.writes import update_shown
from crm_tui.domain.contact_rules import Stays, is_handed_in, stays_because
from crm_tui.domain.kinds import DiaryState
from crm_tui.domain.moments import parse_begun
from crm_tui.domain.staff import Permission, Scope
from crm_tui.errors import Conflict, InvalidInput
from crm_tui.i18n import _
from crm_tui.services.base import NotThere, Service
from crm_tui.services.contact_values import EDITED, check_followed, checked, image_of, stored_values

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlmodel import Session

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

SEARCH_LIMIT = 500
# Beyond it a later contact is not of this moment: the clock was put back.
_SAME_MOMENT = timedelta(minutes=1)


class Contacts(Service):
    """Contacts with customers in this person's reach."""

    def log(
        self, customer_id: int, form: ContactForm, request_key: str, draft: DraftKey | None = None
    ) -> int:
        """Store a contact of now, or of before (`form.begun`), and delete its draft; its id.

        The same `request_key` again gives the contact it made the first time, so a save
        whose outcome was unknown can be repeated. Raises InvalidInput, Refused, StoreError.
        """
        scope = self._scope(Permission.LOG_CONTACT, "contact.log")
        with self._writing("contact.log", "customer", customer_id) as tx:
            contact_id = self._done_before(tx, request_key)
            if contact_id is not None:
                self._repeat(tx, scope, contact_id, form)
            else:
                customer = _customer(tx.session, scope, customer_id)
                values = checked(form, business_date(tx.now))
                values |= self._moment(tx, customer, form, values["next_on"])
                contact_id = self._insert(tx, customer, values, request_key)
            self._drop(tx, draft)
            return contact_id

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
            found: list[int] | None = None
            if criteria.search.strip():
                found = search.customer_ids(
                    session, self._store.keys, scope, criteria.search, SEARCH_LIMIT
                )
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

    def _done_before(self, tx: Transaction, request_key: str) -> int | None:
        return tx.session.execute(
            select(col(Contact.id)).where(
                col(Contact.request_key) == request_key,
                col(Contact.staff_id) == self._person.staff_id,
            )
        ).scalar()

    def _repeat(self, tx: Transaction, scope: Scope, contact_id: int, form: ContactForm) -> None:
        """Saved before, unknown to the person, who may have typed on in the draft since."""
        tx.unaudited("a repeated save: nothing changes")
        stored = queries.detail(tx.session, scope, contact_id, self._person.staff_id)
        if stored is None:
            raise NotThere
        begun = parse_begun(form.begun, tx.now, field="begun")
        if begun is not None and business_date(begun) != business_date(stored.row.started_at):
            text = _("It was saved already, for {day}: take it back there and log it anew.")
            day = business_date(stored.row.started_at).isoformat()
            raise InvalidInput("begun", text.format(day=day))
        if checked(form, business_date(stored.row.started_at)) != stored_values(stored):
            self._apply(tx, stored, stored.version, form)

    def _insert(
        self,
        tx: Transaction,
        customer: _Customer,
        values: dict[str, Any],
        request_key: str,
    ) -> int:
        row = Contact(
            customer_id=customer.customer_id,
            staff_id=self._person.staff_id,
            branch_id=customer.branch_id,
            request_key=request_key,
            **values,
        )
        tx.session.add(row)
        tx.session.flush()
        assert row.id is not None
        roster.refresh(tx.session, [customer.customer_id], policy=self._policy)
        tx.audit(
            "contact.log",
            "contact",
            row.id,
            branch_id=customer.branch_id,
            fields={"customer": customer.customer_id, "method": values["method"]},
            image=image_of(values) | {"begun": row.started_at.isoformat()},
        )
        return row.id

    def _moment(
        self, tx: Transaction, customer: _Customer, form: ContactForm, next_on: date | None
    ) -> dict[str, Any]:
        """When it was made, when it was logged if that is later, and whether there was an account
        then. Raises InvalidInput."""
        begun = parse_begun(form.begun, tx.now, field="begun")
        started_at = self._free_moment(tx, customer.customer_id, begun or tx.now)
        if begun is None:
            return {"started_at": started_at}
        check_followed(tx.session, customer.customer_id, started_at, next_on)
        opened = customer.opened_on
        early = opened is not None and business_date(started_at) < opened
        return {"started_at": started_at, "logged_at": tx.now, "before_opening": early}

    def _free_moment(self, tx: Transaction, customer_id: int, wanted: datetime) -> datetime:
        """`wanted`, or after this person's contact with the customer of that moment: by person
        and moment an imported contact is known, so no two share one."""
        newest = tx.session.execute(
            select(func.max(col(Contact.started_at))).where(
                col(Contact.customer_id) == customer_id,
                col(Contact.staff_id) == self._person.staff_id,
                col(Contact.started_at).between(wanted, wanted + _SAME_MOMENT),
            )
        ).scalar()
        return wanted if newest is None else newest + timedelta(seconds=1)

    def _apply(self, tx: Transaction, stored: ContactDetail, shown: int, form: ContactForm) -> None:
        before = stored_values(stored)
        values = checked(form, business_date(stored.row.started_at))
        self._write(tx, stored, shown, values)
        roster.refresh(tx.session, [stored.row.customer_id], policy=self._policy)
        changed = sorted(name for name in EDITED if values[name] != before[name])
        tx.audit(
            "contact.edit",
            "contact",
            stored.contact_id,
            fields={"changed": changed},
            image={"before": image_of(before), "after": image_of(values)},
        )

    @staticmethod
    def _write(tx: Transaction, stored: ContactDetail, shown: int, values: dict[str, Any]) -> None:
        """Write over the contact that was shown at version `shown`. Raises Conflict."""
        if not update_shown(tx.session, Contact, stored.contact_id, shown, values):
            # Nobody changes another's contact.
            text = _("You have changed this in another session meanwhile.")
            raise Conflict(text, stored_values(stored), stored.version, own=True)

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


class _Customer(NamedTuple):
    """What a new contact asks of its customer."""

    customer_id: int
    branch_id: int
    opened_on: date | None


def _customer(session: Session, scope: Scope, customer_id: int) -> _Customer:
    """A customer in scope. Raises NotThere."""
    found = session.execute(
        select(col(Customer.branch_id), col(Customer.manager_id), col(Customer.opened_on)).where(
            col(Customer.id) == customer_id
        )
    ).one_or_none()
    if found is None or not scope.covers(found[0], found[1]):
        raise NotThere
    return _Customer(customer_id, int(found[0]), found[2])
