"""Registering a complaint, of a customer or a stranger."""

from __future__ import annotations

from base64 import b64decode, b64encode
from datetime import UTC
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select
from sqlmodel import col

from crm_tui.clock import business_date
from crm_tui.db import complaint_events, complaint_people
from crm_tui.db.complaint_numbers import number_of, own_number
from crm_tui.db.complaint_rules import complaint_rules_on
from crm_tui.db.contacts import day_bounds
from crm_tui.db.search import ID_NO_CONTEXT
from crm_tui.db.tables import Audit, Complaint, Customer
from crm_tui.domain.complaint_events import Registered
from crm_tui.domain.complaint_fold import Event, begin
from crm_tui.domain.complaint_kinds import (
    Business,
    Channel,
    ComplaintClass,
    Demand,
    EventKind,
    Reason,
)
from crm_tui.domain.identifiers import normalize
from crm_tui.domain.masking import mask_mobile
from crm_tui.domain.moments import parse_promise
from crm_tui.domain.staff import Permission
from crm_tui.domain.text_rules import NAME_LIMIT, clean_line
from crm_tui.errors import InvalidInput
from crm_tui.i18n import _
from crm_tui.services.base import NotThere
from crm_tui.services.complaints import fields
from crm_tui.services.complaints.base import OBJECT, CaseService, image_of

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlmodel import Session

    from crm_tui.db.store import Transaction
    from crm_tui.domain.complaints import ComplaintForm
    from crm_tui.domain.drafts import DraftKey
    from crm_tui.domain.staff import Scope

PHONE_CONTEXT: Final = "complaint.phone"
_TYPED: Final = (
    "customer_id", "name", "content", "channel", "business", "reason", "demand",
    "complaint_class", "people", "promise_at", "first_responder_id", "accused_id",
)  # fmt: skip
REGISTER, ELSEWHERE = "complaint.register", "complaint.find_elsewhere"


class Registering(CaseService):
    """How cases begin."""

    def register(
        self,
        customer_id: int | None,
        form: ComplaintForm,
        request_key: str,
        draft: DraftKey | None = None,
    ) -> int:
        """Store a complaint of now and delete its draft; the case's id.

        None for a stranger. The same `request_key` again gives the case it made the first
        time. Raises InvalidInput, also when that case is in other words, Refused, StoreError.
        """
        scope = self._scope(Permission.REGISTER_COMPLAINT, REGISTER)
        with self._writing(REGISTER, "customer", customer_id or "") as tx:
            complaint_id = self._made_before(tx, request_key)
            if complaint_id is not None:
                self._check_repeated(tx, complaint_id, form, customer_id)
            else:
                if customer_id is not None:
                    self._check_reach(tx.session, scope, customer_id)
                begun = self._begun(tx.session, tx.now, form, customer_id)
                complaint_id = self._insert(tx, begun, request_key)
            self._drop(tx, draft)
            return complaint_id

    def number_made(self, request_key: str) -> str:
        """The number of the case that this person's save of that key made, empty when it made
        none. Raises StoreError."""
        query = select(col(Complaint.complaint_no)).where(*self._made_by(request_key))
        with self._store.read() as session:
            return session.execute(query).scalar() or ""

    def find_elsewhere(self, customer_no: str, id_no: str) -> int:
        """A customer of any branch by the full number and the full ID, only to register.

        Audited, found or not: for the rest of the day it opens the registration of this one.
        Raises Refused, InvalidInput, StoreError.
        """
        self._scope(Permission.REGISTER_COMPLAINT, ELSEWHERE)
        number = clean_line(customer_no, field="customer_no", limit=NAME_LIMIT, required=True)
        identity = clean_line(normalize(id_no), field="id_no", limit=NAME_LIMIT, required=True)
        with self._writing(ELSEWHERE, "customer") as tx:
            found = tx.session.execute(
                select(col(Customer.id), col(Customer.branch_id))
                .where(
                    func.upper(col(Customer.customer_no)) == number.upper(),
                    col(Customer.id_no_hash) == self._store.keys.blind(identity, ID_NO_CONTEXT),
                )
                .order_by(col(Customer.customer_no) != number, col(Customer.id))
            ).first()
            if found is None:
                raise NotThere
            tx.audit(ELSEWHERE, "customer", found[0], branch_id=found[1])
            return int(found[0])

    def _made_before(self, tx: Transaction, request_key: str) -> int | None:
        query = select(col(Complaint.id)).where(*self._made_by(request_key))
        return tx.session.execute(query).scalar()

    def _made_by(self, request_key: str) -> tuple[ColumnElement[bool], ...]:
        return (
            col(Complaint.request_key) == request_key,
            col(Complaint.registrar_id) == self._person.staff_id,
        )

    def _check_repeated(
        self, tx: Transaction, complaint_id: int, form: ComplaintForm, customer_id: int | None
    ) -> None:
        """Stored before, unknown to the person, who may have typed on in the draft since.

        What was registered is not changed any more, and other words must not be lost silently.
        Raises InvalidInput.
        """
        tx.unaudited("a repeated registration: nothing changes")
        stored = complaint_events.trail(tx.session, complaint_id)[0].payload
        assert isinstance(stored, Registered)
        try:
            again = self._begun(tx.session, stored.received_at, form, customer_id)
            same = self._typed(again) == self._typed(stored)
        except InvalidInput:
            same = False
        if not same:
            number = number_of(tx.session, complaint_id)
            text = _(
                "Stored already as {number}, in other words. Note there what is new; "
                "saving again registers another complaint."
            )
            raise InvalidInput("content", text.format(number=number))

    def _typed(self, begun: Registered) -> list[Any]:
        """What of a registration was typed, a stranger's phone in clear."""
        sealed = b64decode(begun.phone)
        phone = self._store.keys.decrypt(sealed, PHONE_CONTEXT) if sealed else ""
        return [phone, *(getattr(begun, name) for name in _TYPED)]

    def _check_reach(self, session: Session, scope: Scope, customer_id: int) -> None:
        """Raises NotThere unless the customer is in reach, or was found elsewhere today.

        Locked where rows are: an import that moves the customer meanwhile would miss the case.
        """
        found = session.execute(
            select(col(Customer.branch_id), col(Customer.manager_id))
            .where(col(Customer.id) == customer_id)
            .with_for_update(read=True)
        ).one_or_none()
        if found is None:
            raise NotThere
        if not scope.covers(found[0], found[1]) and not self._found_today(session, customer_id):
            raise NotThere

    def _found_today(self, session: Session, customer_id: int) -> bool:
        query = select(col(Audit.seq)).where(
            col(Audit.actor_id) == self._person.staff_id,
            col(Audit.action) == ELSEWHERE,
            col(Audit.outcome) == "done",
            col(Audit.object_id) == str(customer_id),
            col(Audit.at) >= day_bounds(self._today)[0].astimezone(UTC),
        )
        return session.execute(query.limit(1)).first() is not None

    def _begun(
        self, session: Session, at: datetime, form: ComplaintForm, customer_id: int | None
    ) -> Registered:
        """The first payload of what was typed at `at`. Raises InvalidInput at the first broken
        rule."""
        content = fields.long_text("content", form.content)
        business = fields.code("business", form.business, Business)
        day = business_date(at)
        stored = complaint_rules_on(session, day)
        return Registered(
            branch_id=self._person.branch_id,
            received_at=at,
            registrar_id=self._person.staff_id,
            customer_id=customer_id,
            regime=stored.rules.regime_for(business, day).code,
            rule_set_id=stored.id,
            content=content,
            channel=fields.code("channel", form.channel, Channel),
            business=business,
            reason=fields.code("reason", form.reason, Reason),
            demand=fields.code_or("demand", form.demand, Demand.OTHER),
            complaint_class=(
                fields.code("complaint_class", form.complaint_class, ComplaintClass)
                if form.complaint_class
                else None
            ),
            people=fields.how_many("people", form.people),
            promise_at=parse_promise(form.promise, at, field="promise"),
            first_responder_id=self._first_responder(session, form.first_responder),
            accused_id=self._accused(session, form.accused),
            **(self._stranger(form) if customer_id is None else {}),
        )

    def _first_responder(self, session: Session, typed: str) -> int:
        """Whom the customer asked first: oneself unless a colleague is named."""
        if not typed.strip():
            return self._person.staff_id
        among = complaint_people.colleagues(session, self._person.branch_id, self._today)
        return fields.chosen("first_responder", typed, among).id

    def _accused(self, session: Session, typed: str) -> int | None:
        found = fields.somebody(session, "accused", typed)
        return found.id if found else None

    def _stranger(self, form: ComplaintForm) -> dict[str, Any]:
        """Name and phone of somebody who is no customer; both may be withheld."""
        number = fields.phone("phone", form.phone)
        sealed = self._store.keys.encrypt(number, PHONE_CONTEXT) if number else b""
        return {
            "name": clean_line(form.name, field="name", limit=NAME_LIMIT),
            "phone": b64encode(sealed).decode("ascii"),
            "phone_mask": mask_mobile(number),
        }

    def _insert(self, tx: Transaction, begun: Registered, request_key: str) -> int:
        first = Event(
            1, tx.now, EventKind.REGISTERED, begun, self._person.staff_id, self._person.username
        )
        values = complaint_events.projected(tx.session, begin(first))
        row = Complaint(complaint_no=request_key[:32], request_key=request_key, **values)
        tx.session.add(row)
        tx.session.flush()
        assert row.id is not None
        row.complaint_no = own_number(tx.session, row.id, business_date(begun.received_at).year)
        tx.session.flush()
        complaint_events.add(tx.session, row.id, first, request_key=request_key)
        tx.audit(
            REGISTER,
            OBJECT,
            row.id,
            branch_id=begun.branch_id,
            fields={"customer": begun.customer_id, "business": begun.business.value},
            image=image_of(begun),
        )
        return row.id
