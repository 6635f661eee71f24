"""Logging contacts: the form, checks, one transaction; reading, editing, taking back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select
from sqlmodel import col

from crm_tui.clock import business_date
from crm_tui.db import contacts as queries
from crm_tui.db import roster, search
from crm_tui.db.tables import Contact, Customer, Diary, Staff, StaffRole
from crm_tui.db.writes import update_shown
from crm_tui.domain.contact_rules import Stays, is_handed_in, stays_because
from crm_tui.domain.dates import parse_coming
from crm_tui.domain.kinds import DiaryState, Method, Result
from crm_tui.domain.staff import Permission, Scope
from crm_tui.domain.text_rules import NAME_LIMIT, NOTE_LIMIT, clean_line, clean_text
from crm_tui.errors import Conflict, InvalidInput
from crm_tui.i18n import _
from crm_tui.services.base import NotThere, Service

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlmodel import Session

    from crm_tui.db.store import Transaction
    from crm_tui.domain.contacts import ContactCriteria, ContactDetail, ContactForm, ContactPage
    from crm_tui.domain.drafts import DraftKey
    from crm_tui.domain.roster import Move

_NEEDS = ("direction", "expected_return", "risk_control", "risk_appetite")
EDITED = ("method", "content", *_NEEDS, "result", "next_on")
SEARCH_LIMIT = 500
# Beyond it a later contact is not of this moment: the clock was put back.
_SAME_MOMENT = timedelta(minutes=1)


class Contacts(Service):
    """Contacts with customers in this person's reach."""

    def log(
        self, customer_id: int, form: ContactForm, request_key: str, draft: DraftKey | None = None
    ) -> int:
        """Store a contact of now and delete its draft; the contact's id.

        The same `request_key` again gives the contact it made the first time, so a save
        whose outcome was unknown can be repeated. Raises InvalidInput, Refused, StoreError.
        """
        scope = self._scope(Permission.LOG_CONTACT, "contact.log")
        with self._writing("contact.log", "customer", customer_id) as tx:
            contact_id = self._done_before(tx, request_key)
            if contact_id is not None:
                self._repeat(tx, scope, contact_id, form)
            else:
                branch_id = _customer_branch(tx.session, scope, customer_id)
                values = _checked(form, business_date(tx.now))
                contact_id = self._insert(tx, customer_id, branch_id, values, request_key)
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
        """Take one's own contact of today back; it stays, and says so.

        Raises InvalidInput when its day has passed or its diary was handed in with it, Conflict,
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
        if _checked(form, business_date(stored.row.started_at)) != stored_values(stored):
            self._apply(tx, stored, stored.version, form)

    def _insert(
        self,
        tx: Transaction,
        customer_id: int,
        branch_id: int,
        values: dict[str, Any],
        request_key: str,
    ) -> int:
        row = Contact(
            customer_id=customer_id,
            staff_id=self._person.staff_id,
            branch_id=branch_id,
            started_at=self._free_moment(tx, customer_id),
            request_key=request_key,
            **values,
        )
        tx.session.add(row)
        tx.session.flush()
        assert row.id is not None
        roster.refresh(tx.session, [customer_id], policy=self._policy)
        tx.audit(
            "contact.log",
            "contact",
            row.id,
            branch_id=branch_id,
            fields={"customer": customer_id, "method": values["method"]},
            image=_image(values),
        )
        return row.id

    def _free_moment(self, tx: Transaction, customer_id: int) -> datetime:
        """Now, or after this person's contact with the customer of just now: by person and
        moment an imported contact is known, so no two share one."""
        newest = tx.session.execute(
            select(func.max(col(Contact.started_at))).where(
                col(Contact.customer_id) == customer_id,
                col(Contact.staff_id) == self._person.staff_id,
                col(Contact.started_at).between(tx.now, tx.now + _SAME_MOMENT),
            )
        ).scalar()
        return tx.now if newest is None else newest + timedelta(seconds=1)

    def _apply(self, tx: Transaction, stored: ContactDetail, shown: int, form: ContactForm) -> None:
        before = stored_values(stored)
        values = _checked(form, business_date(stored.row.started_at))
        self._write(tx, stored, shown, values)
        roster.refresh(tx.session, [stored.row.customer_id], policy=self._policy)
        changed = sorted(name for name in EDITED if values[name] != before[name])
        tx.audit(
            "contact.edit",
            "contact",
            stored.contact_id,
            fields={"changed": changed},
            image={"before": _image(before), "after": _image(values)},
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
            self._check_open(tx, stored.row.started_at)
            at = tx.now if withdrawn else None
            self._write(tx, stored, stored.version, {"withdrawn_at": at})
            roster.refresh(tx.session, [stored.row.customer_id], policy=self._policy)
            tx.audit(action, "contact", contact_id)

    def _check_open(self, tx: Transaction, begun: datetime) -> None:
        """Raises InvalidInput when this person's contact begun then stands as it is.

        The diary is locked where rows are: it is not handed in before this is committed.
        """
        day = business_date(begun)
        diary = tx.session.execute(
            select(col(Diary.state), col(Diary.submitted_at))
            .where(col(Diary.staff_id) == self._person.staff_id, col(Diary.day) == day)
            .with_for_update(read=True)
        ).one_or_none()
        handed_in = diary is not None and is_handed_in(begun, DiaryState(diary[0]), diary[1])
        today = business_date(tx.now)
        stays = stays_because(mine=True, day=day, today=today, handed_in=handed_in)
        if stays is Stays.HANDED_IN:
            raise InvalidInput("day", _("The diary of this day is handed in: its contacts stand."))
        if stays is not None:
            raise InvalidInput("day", _("A contact can be taken back on its day only."))


def _customer_branch(session: Session, scope: Scope, customer_id: int) -> int:
    """The branch of a customer in scope. Raises NotThere."""
    found = session.execute(
        select(col(Customer.branch_id), col(Customer.manager_id)).where(
            col(Customer.id) == customer_id
        )
    ).one_or_none()
    if found is None or not scope.covers(found[0], found[1]):
        raise NotThere
    return int(found[0])


def stored_values(detail: ContactDetail) -> dict[str, Any]:
    """The fields that the form edits, as stored."""
    row = detail.row
    return {
        "method": row.method.value, "content": row.content, "direction": detail.direction,
        "expected_return": detail.expected_return, "risk_control": detail.risk_control,
        "risk_appetite": detail.risk_appetite, "result": row.result, "next_on": row.next_on,
    }  # fmt: skip


def _checked(form: ContactForm, today: date) -> dict[str, Any]:
    """The columns of a form. Raises InvalidInput at the first field that breaks a rule."""
    if form.method not in {method.value for method in Method}:
        raise InvalidInput("method", _("Choose how: 1 to 8."))
    values: dict[str, Any] = {
        "method": form.method,
        "content": clean_text(form.content, field="content", limit=NOTE_LIMIT),
        "next_on": parse_coming(form.next_on, today, field="next_on"),
        "result": clean_line(form.result, field="result", limit=NAME_LIMIT),
    }
    for name in _NEEDS:
        values[name] = clean_line(getattr(form, name), field=name, limit=NAME_LIMIT)
    if not values["content"] and values["result"] != Result.NO_ANSWER.value:
        raise InvalidInput("content", _("Write what was said, or choose the result: no answer."))
    return values


def _image(values: dict[str, Any]) -> dict[str, Any]:
    return {name: str(values[name] or "") for name in EDITED}
