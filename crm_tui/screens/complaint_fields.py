"""The fields of a registration, and what it begins with, read off the loop."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from crm_tui import labels
from crm_tui.domain.complaint_kinds import Business, Channel, ComplaintClass, Demand, Reason
from crm_tui.domain.complaints import ComplaintCriteria, QueueView
from crm_tui.domain.drafts import NEW, DraftKey
from crm_tui.domain.roster import Move, RosterCriteria
from crm_tui.domain.staff import Permission
from crm_tui.domain.text_rules import COMPLAINT_LIMIT, fold_syntax
from crm_tui.errors import Refused
from crm_tui.i18n import _
from crm_tui.labels_complaints import short
from crm_tui.screens import complaint_lines
from crm_tui.screens.promise_field import PromiseField
from crm_tui.text import one_line
from crm_tui.widgets.fields import CodeField, LineField
from crm_tui.widgets.form import FieldRow
from crm_tui.widgets.found_field import MOST_FOUND, FoundField
from crm_tui.widgets.note_field import NoteField
from crm_tui.widgets.option_field import OptionField
from crm_tui.widgets.pick_field import PickField

if TYPE_CHECKING:
    from crm_tui.domain.drafts import Draft
    from crm_tui.domain.roster import RosterRow
    from crm_tui.domain.workdays import Calendar
    from crm_tui.office import Office

FORM: Final = "complaint"
CUSTOMER: Final = "customer"
STRANGER: Final = ("name", "phone")
OPEN_SHOWN: Final = 2
OPEN_READ: Final = 50
_LONG_NUMBER: Final = 15
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class OpenCases:
    """What is open of a customer: the newest, a line each, and how many more there are."""

    lines: tuple[str, ...] = field(default=(), repr=False)
    more: int = 0


@dataclass(frozen=True, slots=True)
class Start:
    """Of whom it is, whom a customer may have asked first, what is open already."""

    customer_id: int
    customer: tuple[str, str] | None = field(repr=False)
    colleagues: Pairs
    open_cases: OpenCases
    content: str = field(repr=False)
    draft: Draft | None
    working: Calendar
    record: str = NEW

    @property
    def key(self) -> DraftKey:
        """Where the draft of this form is kept."""
        return DraftKey(FORM, str(self.customer_id) if self.customer_id else self.record)


def load(office: Office, customer_id: int = 0, content: str = "", *, record: str = NEW) -> Start:
    """In a thread: of a customer, or (0) of one who is searched for in the form.

    `content` is what a note said, `record` that of the draft of a new one.

    Raises Refused, StoreError.
    """
    draft = office.drafts.load(DraftKey(FORM, str(customer_id) if customer_id else record))
    known = customer_id
    if not known and draft is not None and draft.values.get(CUSTOMER, "").isdigit():
        known = int(draft.values[CUSTOMER])
    me = office.person
    others = [one for one in office.complaints.colleagues() if one[0] != me.username]
    return Start(
        customer_id,
        _customer(office, known) if known else None,
        ((me.username, me.name), *others),
        open_cases(office, known) if known else OpenCases(),
        content,
        draft,
        office.complaints.working_days(),
        record,
    )


def _customer(office: Office, customer_id: int) -> tuple[str, str]:
    """Id and name; one of another branch, found by number and ID, is not read."""
    try:
        card = office.customers.reload(customer_id)
    except Refused:
        return str(customer_id), _("customer of another branch")
    parts = (card.name, labels.tier(card.tier), card.customer_no, card.mobile_mask)
    return str(customer_id), "  ".join(one_line(part) for part in parts if part)


def name_in(label: str) -> str:
    """The name of a customer as `_customer` and `_found` begin with it."""
    return label.split("  ", 1)[0]


def open_cases(office: Office, customer_id: int, *, but: int = 0) -> OpenCases:
    """In a thread: what is open of the customer already, so that nobody registers it twice, or
    what a case may be merged into: all `but` itself.

    Raises Refused, StoreError.
    """
    criteria = ComplaintCriteria(QueueView.OPEN, customer_id=customer_id)
    page = office.complaints.page(criteria, Move.FIRST, None, OPEN_READ)
    others = [row for row in page.rows if row.complaint_id != but]
    newest = sorted(others, key=lambda row: row.received_at, reverse=True)[:OPEN_SHOWN]
    found = office.complaints.count(criteria) - bool(but) if page.has_after else len(others)
    lines = [
        f"{row.complaint_no} {complaint_lines.reason_text(row)} "
        f"{labels.label(row.state)}  {one_line(row.summary)}"
        for row in newest
    ]
    return OpenCases(tuple(lines), found - len(lines))


def search(office: Office, text: str) -> Pairs:
    """In a thread: customers in reach, by number, name, phone as in the roster."""
    if not text.strip() or not office.person.may(Permission.SEE_CUSTOMERS):
        return ()
    found = office.roster.page(RosterCriteria(search=text), Move.FIRST, None, MOST_FOUND).rows
    return tuple((str(row.customer_id), _found(row)) for row in found)


def _found(row: RosterRow) -> str:
    parts = (row.name, labels.tier(row.tier), row.customer_no, row.mobile_mask, row.manager_name)
    return "  ".join(one_line(part) for part in parts if part)


def is_name(text: str) -> bool:
    """Whether what was searched for can be a name as people write it, not pinyin or a number."""
    named = any(char.isalpha() and not char.islower() for char in text)
    return named and all(char.isalpha() or char in " .·-'" for char in text.strip())


def elsewhere(text: str) -> tuple[str, str] | None:
    """Number and ID, when both are typed in full: the way to a customer of another branch."""
    words = fold_syntax(text).split()
    if len(words) != 2 or len(words[1]) < _LONG_NUMBER:
        return None
    return words[0], words[1]


def rows(office: Office, start: Start) -> list[FieldRow]:
    """The fields, the common path first."""
    asked = FoundField(hint=_("number, name, phone; none: a stranger. Elsewhere: number and ID"))
    if start.customer is not None:
        asked.offer([start.customer])
    who = [] if start.customer_id else [
        FieldRow(CUSTOMER, _("Customer"), asked),
        FieldRow("name", _("Stranger"), LineField(hint=_("name, may be withheld"))),
        FieldRow("phone", _("Telephone"), CodeField(limit=30)),
    ]  # fmt: skip
    classes = [(one.value, short(one)) for one in ComplaintClass]
    demands = [(one.value, labels.label(one)) for one in Demand]
    return [
        *who,
        FieldRow("content", _("Content"),
                 NoteField(limit=COMPLAINT_LIMIT, required=True, lines=4)),
        FieldRow("channel", _("Came by"),
                 PickField([(one.value, short(one)) for one in Channel], required=True)),
        FieldRow("business", _("Business"),
                 PickField([(one.value, short(one)) for one in Business], required=True)),
        FieldRow("reason", _("Why"),
                 PickField([(one.value, short(one)) for one in Reason], required=True)),
        FieldRow("demand", _("Wants"), PickField(demands)),
        FieldRow("complaint_class", _("Class"), OptionField(classes)),
        FieldRow("promise", _("Promise"),
                 PromiseField(office.now, start.working, hint=_("17:00, +1, +1 9:30"))),
        FieldRow("first_responder", _("First asked"), PickField(start.colleagues)),
        FieldRow("accused", _("Complains of"),
                 PickField(start.colleagues, free=True, hint=_("whom; nobody"))),
        FieldRow("people", _("People"), CodeField(limit=6, hint="1")),
    ]  # fmt: skip
