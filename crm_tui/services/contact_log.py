"""Logging a contact: the form, its checks, one transaction; the same save again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from crm_tui.clock import business_date
from crm_tui.db import contacts as queries
from crm_tui.db import roster
from crm_tui.db.tables import Contact, Customer
from crm_tui.db.writes import update_shown
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
    from crm_tui.domain.contacts import ContactDetail, ContactForm
    from crm_tui.domain.drafts import DraftKey

# Beyond it a later contact is not of this moment: the clock was put back.
_SAME_MOMENT: Final = timedelta(minutes=1)


class Logging(Service):
    """New contacts, and what is typed on after a save whose outcome was unknown."""

    def log(
        self, customer_id: int, form: ContactForm, request_key: str, draft: DraftKey | None = None
    ) -> int:
        """Store a contact of now, or of before (`form.begun`), and delete its draft; its id.

        The same `request_key` again gives the contact it made the first time, so a save
        whose outcome was unknown can be repeated. Raises InvalidInput, Refused, StoreError.
        """
        try:
            return self._log(customer_id, form, request_key, draft)
        except IntegrityError:
            # Another session of this person has just stored the same, or one of the same moment.
            return self._log(customer_id, form, request_key, draft)

    def _log(
        self, customer_id: int, form: ContactForm, request_key: str, draft: DraftKey | None
    ) -> int:
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

    def _done_before(self, tx: Transaction, request_key: str) -> int | None:
        return tx.session.execute(
            select(col(Contact.id)).where(
                col(Contact.request_key) == request_key,
                col(Contact.staff_id) == self._person.staff_id,
            )
        ).scalar()

    def _repeat(self, tx: Transaction, scope: Scope, contact_id: int, form: ContactForm) -> None:
        """Saved before, unknown to the person, who may have typed on in the draft since.

        As it is stored it is done, wherever the customer is by now. Raises InvalidInput, NotThere.
        """
        tx.unaudited("a repeated save: nothing changes")
        mine = Scope(branch_ids=None, staff_id=self._person.staff_id)
        stored = queries.detail(tx.session, mine, contact_id, self._person.staff_id)
        assert stored is not None
        begun = parse_begun(form.begun, tx.now, field="begun")
        made_on = business_date(stored.row.started_at)
        if begun is not None and business_date(begun) != made_on:
            text = _("It was saved already, for {day}: take it back there and log it anew.")
            raise InvalidInput("begun", text.format(day=made_on.isoformat()))
        if checked(form, _logged_on(stored)) == stored_values(stored):
            return
        if stored.row.withdrawn:
            raise InvalidInput(
                "content",
                _("It was saved, and taken back since. Copy the note, discard this, log it anew."),
            )
        if queries.detail(tx.session, scope, contact_id, self._person.staff_id) is None:
            raise NotThere
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
        values = checked(form, _logged_on(stored))
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


def _logged_on(stored: ContactDetail) -> date:
    """The day from which its next contact was counted."""
    return business_date(stored.row.logged_at or stored.row.started_at)


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
