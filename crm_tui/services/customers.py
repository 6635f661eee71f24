"""The card of a customer: facts, household, accounts, tiers, timeline; reveals."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlmodel import col

from crm_tui.clock import SHANGHAI
from crm_tui.db import complaint_of_customer, roster
from crm_tui.db import contacts as contact_rows
from crm_tui.db import customers as queries
from crm_tui.db.rules import rules_on
from crm_tui.db.tables import Customer
from crm_tui.db.tiers import assessed
from crm_tui.domain.contacts import NEEDS
from crm_tui.domain.customers import UNDONE, Card, TimelinePage, Touch, TouchKind
from crm_tui.domain.kinds import (
    CustomerKind,
    CustomerState,
    Gender,
    IdType,
    RevealField,
    RevealReason,
    Tier,
)
from crm_tui.domain.roster import Move
from crm_tui.domain.staff import Permission, Scope
from crm_tui.domain.text_rules import NAME_LIMIT, clean_line
from crm_tui.services import reveals
from crm_tui.services.base import NotThere, Service
from crm_tui.services.tiers import periods_below

if TYPE_CHECKING:
    from sqlmodel import Session

    from crm_tui.domain.complaints import ComplaintRow
    from crm_tui.domain.roster import RosterRow

REVEAL = reveals.OF_CUSTOMER
OPEN = "customer.open"


class Customers(Service):
    """Reading one customer in this person's reach."""

    def card(self, customer_id: int) -> Card:
        """The card; opening it is audited. Raises Refused."""
        scope = self._scope(Permission.SEE_CUSTOMERS, OPEN)
        with self._writing(OPEN, "customer", customer_id) as tx:
            found = queries.facts(tx.session, scope, customer_id)
            if found is None:
                raise NotThere
            tx.audit(OPEN, "customer", customer_id, branch_id=found.branch_id)
        return self._read_card(scope, customer_id)

    def by_number(self, customer_no: str) -> int:
        """The id of the customer of that number in reach. Raises Refused."""
        scope = self._scope(Permission.SEE_CUSTOMERS, OPEN)
        with self._store.read() as session:
            found = session.execute(
                select(col(Customer.id), col(Customer.branch_id), col(Customer.manager_id)).where(
                    col(Customer.customer_no) == customer_no
                )
            ).one_or_none()
        if found is None or not scope.covers(found[1], found[2]):
            raise self._store.refuse(self._actor, OPEN, "customer", reason="number")
        return int(found[0])

    def reload(self, customer_id: int) -> Card:
        """The card again, without another audit row of opening it. Raises Refused."""
        return self._read_card(self._scope(Permission.SEE_CUSTOMERS, OPEN), customer_id)

    def timeline(
        self, customer_id: int, move: Move, key: tuple[str, int] | None, limit: int
    ) -> TimelinePage:
        """Every touch, newest first. Raises Refused."""
        scope = self._scope(Permission.SEE_CUSTOMERS, OPEN)
        with self._store.read() as session:
            if queries.facts(session, scope, customer_id) is not None:
                cases = self._person.scope(Permission.SEE_COMPLAINTS)
                return _timeline(session, customer_id, cases, move, key, limit)
        raise self._store.refuse(self._actor, OPEN, "customer", customer_id)

    def reveal(
        self, customer_id: int, field: RevealField, reason: RevealReason, text: str = ""
    ) -> str:
        """The phone or ID in clear, once its audit row is stored.

        Raises Refused out of reach, InvalidInput over the day's limit or without a reason.
        """
        scope = self._scope(Permission.REVEAL, REVEAL)
        said = clean_line(
            text, field="reason", limit=NAME_LIMIT, required=reason is RevealReason.OTHER
        )
        with self._writing(REVEAL, "customer", customer_id) as tx:
            found = queries.facts(tx.session, scope, customer_id)
            if found is None:
                raise NotThere
            reveals.check_limit(tx.session, self._person, self._policy, tx.now)
            column = {
                RevealField.MOBILE: Customer.mobile_enc,
                RevealField.ID_NO: Customer.id_no_enc,
            }
            blob = tx.session.execute(
                select(col(column[field])).where(col(Customer.id) == customer_id)
            ).scalar()
            tx.audit(
                REVEAL,
                "customer",
                customer_id,
                branch_id=found.branch_id,
                fields={"field": field.value, "reason": reason.value},
                image={"text": said} if said else None,
            )
        return self._store.keys.decrypt(blob, f"customer.{field.value}") if blob else ""

    def _read_card(self, scope: Scope, customer_id: int) -> Card:
        with self._store.read() as session:
            found = queries.facts(session, scope, customer_id)
            row = roster.row_of(session, customer_id, today=self._today) if found else None
            if found is not None:
                return self._card(session, scope, found, row)
        raise self._store.refuse(self._actor, OPEN, "customer", customer_id)

    def _card(self, session: Session, scope: Scope, found: Any, row: RosterRow | None) -> Card:
        number, members = queries.household(session, scope, found.id)
        history = assessed(session, found.id)
        latest = history[0] if history else None
        held = row.tier if row else Tier.NONE
        below = periods_below(history, held)
        rules = rules_on(session, self._today).rules
        return Card(
            customer_id=found.id,
            version=found.version,
            customer_no=found.customer_no,
            name=found.name,
            kind=CustomerKind(found.kind),
            state=CustomerState(found.state),
            id_type=IdType(found.id_type) if found.id_type else None,
            id_no_mask=found.id_no_mask or "",
            mobile_mask=found.mobile_mask or "",
            gender=Gender(found.gender) if found.gender else None,
            birth_date=found.birth_date,
            branch_id=found.branch_id,
            branch_name=found.branch_name,
            manager_id=found.manager_id,
            manager_name=found.manager_name or "",
            opened_on=found.opened_on,
            tier=held,
            qualifying=latest.qualifying if latest else Tier.NONE,
            period=latest.period if latest else None,
            average=latest.own if latest else None,
            household_average=latest.household if latest else None,
            gap=row.gap if row else None,
            household_no=number,
            household=members,
            accounts=queries.accounts(session, found.id),
            tiers=queries.tier_history(session, found.id),
            monthly_averages=tuple((one.period, one.own) for one in reversed(history)),
            last_contact_on=row.last_contact_on if row else None,
            contact_due_on=row.contact_due_on if row else None,
            periods_below=below,
            demotion_due=bool(held) and below >= rules.demote_after,
            may_edit=self._may(Permission.EDIT_CUSTOMER, found),
            may_reveal=self._may(Permission.REVEAL, found),
            may_grant=self._may(Permission.GRANT_TIER, found),
            open_complaints=self._open_complaints(session, found.id),
        )

    def _open_complaints(self, session: Session, customer_id: int) -> tuple[ComplaintRow, ...]:
        scope = self._person.scope(Permission.SEE_COMPLAINTS)
        if scope is None:
            return ()
        return complaint_of_customer.open_cases(session, scope, customer_id, self._today)

    def _may(self, permission: Permission, found: Any) -> bool:
        scope = self._person.scope(permission)
        return scope is not None and scope.covers(found.branch_id, found.manager_id)


def _timeline(
    session: Session,
    customer_id: int,
    cases: Scope | None,
    move: Move,
    key: tuple[str, int] | None,
    limit: int,
) -> TimelinePage:
    """Contacts, complaints and tier steps in one order; all of the few steps are read."""
    older = move in (Move.FIRST, Move.AFTER)
    edge = (datetime.fromisoformat(key[0]), key[1]) if key else None
    rows = queries.contact_touches(session, customer_id, edge, limit + 1, older=older)
    touches = [_contact_touch(row) for row in rows]
    if cases is not None:
        touches += complaint_of_customer.touches(
            session, cases, customer_id, edge, limit + 1, older=older
        )
    for place, step in enumerate(queries.tier_history(session, customer_id)):
        touch = _tier_touch(step, place)
        if key is None or (touch.key < key if older else touch.key > key):
            touches.append(touch)
    touches.sort(key=lambda touch: touch.key, reverse=older)
    more, shown = len(touches) > limit, touches[:limit]
    if not older:
        shown.reverse()
        return TimelinePage(tuple(shown), has_before=more, has_after=move is Move.BEFORE)
    return TimelinePage(tuple(shown), has_before=move is Move.AFTER, has_after=more)


def _contact_touch(row: Any) -> Touch:
    (
        contact_id, at, method, content, result, next_on, before_opening, withdrawn_at,
        logged_at, by, staff_id, *needs,
    ) = row  # fmt: skip
    return Touch(
        key=(contact_rows.instant_key(at), contact_id), kind=TouchKind.CONTACT,
        object_id=contact_id, at=at, label=method, by=by, text=content, result=result,
        next_on=next_on, before_opening=before_opening, withdrawn=withdrawn_at is not None,
        staff_id=staff_id, logged_at=logged_at,
        needs=tuple((name, text) for name, text in zip(NEEDS, needs, strict=True) if text),
    )  # fmt: skip


def _tier_touch(step: Any, place: int) -> Touch:
    at = datetime.combine(step.from_on, time(), SHANGHAI)
    tier, text = (step.undone, UNDONE) if step.undone else (step.tier, step.reason.value)
    return Touch(
        key=(contact_rows.instant_key(at), -place - 1), kind=TouchKind.TIER, object_id=-place - 1,
        at=at, label=tier.code, by=step.by, text=text,
        result="", next_on=None, before_opening=False, withdrawn=False,
    )  # fmt: skip
