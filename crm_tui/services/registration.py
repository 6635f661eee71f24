"""Registering and editing a customer: checks, duplicates, conflicts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlmodel import col

from crm_tui.clock import business_date
from crm_tui.db import customers as queries
from crm_tui.db import roster, search, staff
from crm_tui.db.registered import REGISTER, REPEATED, registered
from crm_tui.db.tables import Branch, Customer
from crm_tui.db.tiers import start_at_lowest
from crm_tui.db.writes import update_shown
from crm_tui.domain.identifiers import parse_resident_id
from crm_tui.domain.kinds import CustomerKind, CustomerState, IdType, Outcome
from crm_tui.domain.names import name_key
from crm_tui.domain.plausible import check_births
from crm_tui.domain.staff import Permission, Scope
from crm_tui.errors import Conflict, InvalidInput
from crm_tui.i18n import _
from crm_tui.services import customer_values
from crm_tui.services.base import NotThere
from crm_tui.services.comparing import Comparing
from crm_tui.services.customer_values import PERSONAL, PLAIN
from crm_tui.services.personal import CONTEXTS, sealed
from crm_tui.services.pinyin import char_readings

if TYPE_CHECKING:
    from sqlmodel import Session

    from crm_tui.db.store import Transaction
    from crm_tui.domain.customers import CustomerForm
    from crm_tui.domain.drafts import DraftKey


@dataclass(frozen=True, slots=True)
class Editable:
    """A customer as the edit form shows it: phone and ID only masked, as hints."""

    customer_id: int
    version: int
    values: dict[str, str] = field(repr=False)
    mobile_mask: str
    id_no_mask: str


class Registration(Comparing):
    """Registering and editing customers in this person's reach."""

    def register(
        self,
        form: CustomerForm,
        request_key: str,
        *,
        knowing: bool = False,
        draft: DraftKey | None = None,
        shown: int = 0,
    ) -> int:
        """Register a customer; the new id, or the one that this `request_key` made before.
        `shown` is the version of a Conflict that was settled.

        Raises Conflict when saved before and edited since, InvalidInput, Refused, StoreError;
        LooksAlike unless `knowing` of candidates.
        """
        scope = self._scope(Permission.EDIT_CUSTOMER, REGISTER)
        with self._writing(REGISTER) as tx:
            done = tx.session.execute(
                select(col(Customer.id)).where(col(Customer.request_key) == request_key)
            ).scalar()
            if done is not None:
                self._repeat(tx, scope, done, form, shown)
            else:
                done = self._insert(tx, scope, form, request_key, knowing=knowing)
            self._drop(tx, draft)
            return done

    def editable(self, customer_id: int) -> Editable:
        """What the edit form starts from. Raises Refused."""
        scope = self._scope(Permission.EDIT_CUSTOMER, queries.EDIT)
        with self._store.read() as session:
            found = queries.facts(session, scope, customer_id)
        if found is None:
            raise self._store.refuse(self._actor, queries.EDIT, "customer", customer_id)
        return Editable(
            customer_id,
            found.version,
            customer_values.texts(found.values),
            found.mobile_mask or "",
            found.id_no_mask or "",
        )

    def edit(
        self, customer_id: int, shown: int, form: CustomerForm, draft: DraftKey | None = None
    ) -> None:
        """Change a customer; an empty phone or ID keeps the stored one.

        Raises Conflict, InvalidInput, Refused, StoreError.
        """
        scope = self._scope(Permission.EDIT_CUSTOMER, queries.EDIT)
        with self._writing(queries.EDIT, "customer", customer_id) as tx:
            found = queries.facts(tx.session, scope, customer_id)
            if found is None:
                raise NotThere
            self._change(tx, found, shown, self._checked_edit(tx, found, form))
            self._drop(tx, draft)

    def _repeat(
        self, tx: Transaction, scope: Scope, customer_id: int, form: CustomerForm, shown: int
    ) -> None:
        """Saved before, unknown to the person, who may have typed on in the draft since; others
        may have edited what was registered, which the person has not seen."""
        tx.unaudited("a repeated save: nothing changes")
        found = queries.facts(tx.session, scope, customer_id)
        if found is None:
            raise NotThere
        own = registered(tx.session, self._store.keys, found.id)
        if not shown and own.version != found.version:
            said = customer_values.checked(form, business_date(tx.now), found.values)
            if customer_values.image(said) == own.words:
                return
        checked = self._checked_edit(tx, found, form)
        if self._differs(tx.session, found, checked):
            self._change(tx, found, shown or own.version, checked, repeated=not shown)

    def _checked_edit(self, tx: Transaction, found: Any, form: CustomerForm) -> dict[str, Any]:
        """The form over the customer `found`; a new birth date is compared with the ID that is
        stored too, which a refusal tells something of: it is audited. Raises InvalidInput."""
        today = business_date(tx.now)
        checked = customer_values.checked(form, today, found.values)
        born = checked["birth_date"]
        kept_id = not checked["id_no"] and checked["id_type"] == found.id_type
        if kept_id and found.id_type == IdType.RESIDENT_ID and born not in (None, found.birth_date):
            blob = tx.session.execute(
                select(col(Customer.id_no_enc)).where(col(Customer.id) == found.id)
            ).scalar()
            if blob:
                number = self._store.keys.decrypt(blob, CONTEXTS["id_no"])
                read = parse_resident_id(number, field="id_no", today=today)
                try:
                    check_births(born, read.birth_date, field="birth_date")
                except InvalidInput:
                    tx.audit_anyway(
                        queries.EDIT, "customer", found.id, branch_id=found.branch_id,
                        outcome=Outcome.REFUSED, fields={"reason": "birth date"},
                    )  # fmt: skip
                    raise
        return checked

    def _differs(self, session: Session, found: Any, checked: dict[str, Any]) -> bool:
        """Whether saving `checked` would change the customer."""
        if any((checked[name] or None) != (found.values[name] or None) for name in PLAIN):
            return True
        given = [name for name in PERSONAL if checked[name]]
        hashes = {
            name: session.execute(
                select(getattr(Customer, f"{name}_hash")).where(col(Customer.id) == found.id)
            ).scalar()
            for name in given
        }
        return any(
            self._store.keys.blind(checked[name], f"customer.{name}") != hashes[name]
            for name in given
        )

    def _change(
        self,
        tx: Transaction,
        found: Any,
        shown: int,
        checked: dict[str, Any],
        *,
        repeated: bool = False,
    ) -> None:
        """Write `checked` over the customer that was shown at version `shown`."""
        self._check_giving_up(checked["state"], found.state)
        values = self._columns(checked, new=False)
        if checked["state"] == CustomerState.ACTIVE and found.opened_on is None:
            values["opened_on"] = business_date(tx.now)
        if not update_shown(tx.session, Customer, found.id, shown, values):
            raise Conflict(
                _("Somebody else has changed this meanwhile."),
                {**customer_values.texts(found.values), "mobile": "", "id_no": "",
                 "mobile_mask": found.mobile_mask or "", "id_no_mask": found.id_no_mask or ""},
                found.version,
                queries.last_editor(tx.session, found.id),
            )  # fmt: skip
        before = found.values
        start_at_lowest(tx.session, [found.id], tx.now)
        self._index(
            tx, found.id, values["name"], before["customer_no"], before["branch_code"],
            values["kind"],
        )  # fmt: skip
        changed = sorted(one for one in values if one in before and values[one] != before[one])
        tx.audit(
            queries.EDIT,
            "customer",
            found.id,
            branch_id=found.branch_id,
            fields={"changed": changed, **({REPEATED: True} if repeated else {})},
            image={"before": customer_values.image(before), "after": customer_values.image(values)},
        )

    def _insert(
        self,
        tx: Transaction,
        scope: Scope,
        form: CustomerForm,
        request_key: str,
        *,
        knowing: bool,
    ) -> int:
        checked = customer_values.checked(form, business_date(tx.now))
        self._check_giving_up(checked["state"], "")
        branch_id, branch_code = self._branch(tx.session, form.branch_code)
        manager_id = self._manager(tx, scope, form.manager)
        if not scope.covers(branch_id, manager_id):
            raise NotThere
        if not knowing:
            self._compare(tx, scope, checked)
        row = Customer(
            customer_no=request_key,
            branch_id=branch_id,
            manager_id=manager_id,
            request_key=request_key,
            opened_on=business_date(tx.now) if checked["state"] == CustomerState.ACTIVE else None,
            **self._columns(checked, new=True),
        )
        tx.session.add(row)
        tx.session.flush()
        assert row.id is not None
        row.customer_no = f"P{row.id:06d}"
        tx.session.flush()
        start_at_lowest(tx.session, [row.id], tx.now)
        self._index(tx, row.id, row.name, row.customer_no, branch_code, row.kind)
        tx.audit(
            REGISTER,
            "customer",
            row.id,
            branch_id=branch_id,
            image=customer_values.image(checked),
        )
        return row.id

    def _check_giving_up(self, state: str, before: str) -> None:
        """Only a supervisor gives a customer up for good (decisions.md). Raises InvalidInput."""
        given_up = state == CustomerState.PERMANENTLY_LOST != before
        if given_up and not self._person.may(Permission.GIVE_UP):
            raise InvalidInput("state", _("Only a supervisor may set this state."))

    def _columns(self, checked: dict[str, Any], *, new: bool) -> dict[str, Any]:
        values = {name: checked[name] for name in PLAIN}
        person = checked["kind"] == CustomerKind.INDIVIDUAL
        values["name_key"] = name_key(checked["name"], char_readings, person=person)
        for name in PERSONAL:
            if checked[name] or new:
                values |= sealed(self._store.keys, name, checked[name])
        return values

    def _index(
        self, tx: Transaction, customer_id: int, name: str, number: str, branch: str, kind: str
    ) -> None:
        search.index_customer(
            tx.session,
            customer_id,
            name=name,
            customer_no=number,
            branch_code=branch,
            person=kind == CustomerKind.INDIVIDUAL,
            readings=char_readings,
        )
        roster.refresh(tx.session, [customer_id], policy=self._policy)

    def _branch(self, session: Session, code: str) -> tuple[int, str]:
        wanted = code.strip() or self._person.branch_code
        found = session.execute(
            select(col(Branch.id), col(Branch.kind)).where(col(Branch.code) == wanted)
        ).one_or_none()
        if found is None or found[1] != "branch":
            raise InvalidInput("branch_code", _("There is no such branch."))
        return found[0], wanted

    def _manager(self, tx: Transaction, scope: Scope, typed: str) -> int | None:
        """Who is meant by a user name or a name, `@` in front or not. Raises InvalidInput."""
        if scope.own_only:
            return self._person.staff_id
        wanted = typed.strip().removeprefix("@")
        if not wanted:
            return None
        found = staff.managers_named(tx.session, scope, wanted, business_date(tx.now))
        if not found:
            raise InvalidInput("manager", _("There is no such account manager."))
        if len(found) > 1:
            raise InvalidInput("manager", _("Several people have that name: type the user name."))
        return found[0]
