"""Logging a contact (v), and editing one's own: one digit, the note, `+14`, Ctrl+S."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.widgets import Static

from crm_tui import labels
from crm_tui.clock import business_date
from crm_tui.domain.contacts import ContactCriteria, ContactForm
from crm_tui.domain.drafts import DraftKey
from crm_tui.domain.kinds import Method, Result
from crm_tui.domain.roster import Move
from crm_tui.i18n import _
from crm_tui.screens.form_base import FormScreen
from crm_tui.screens.form_keeping import keeping
from crm_tui.screens.promise_field import BegunField
from crm_tui.screens.roster_columns import dated, gap_text
from crm_tui.text import clip, format_date, one_line
from crm_tui.widgets.fields import DateField, LineField
from crm_tui.widgets.form import FieldRow
from crm_tui.widgets.form_work import stored_text
from crm_tui.widgets.note_field import NoteField
from crm_tui.widgets.option_field import OptionField
from crm_tui.widgets.rule import Rule
from crm_tui.widgets.wishes import Open

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from textual.widget import Widget

    from crm_tui.domain.contacts import ContactDetail
    from crm_tui.domain.customers import Card
    from crm_tui.domain.drafts import Draft
    from crm_tui.office import Office
    from crm_tui.widgets.context import Context
    from crm_tui.widgets.form_work import FormWork, Submission

LOG, EDIT = "contact", "contact_edit"
_FIELDS = ("method", "content", "next_on", "direction", "expected_return", "risk_control",
           "risk_appetite", "result", "begun")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Start:
    """What the form begins with, read off the loop."""

    card: Card
    contact: ContactDetail | None
    draft: Draft | None
    last_words: str = field(default="", repr=False)
    agreed_on: date | None = None
    """The day still to come on which the next contact was agreed before this one."""

    @property
    def key(self) -> DraftKey:
        """Where the draft of this form is kept."""
        if self.contact is None:
            return DraftKey(LOG, str(self.card.customer_id))
        return DraftKey(EDIT, str(self.contact.contact_id))


def load(office: Office, target: str, record_id: int) -> Start:
    """In a thread: the customer of a new contact, or the contact to edit; and the draft."""
    contact = office.contacts.get(record_id) if target == "edit_contact" else None
    customer_id = contact.row.customer_id if contact else record_id
    card = office.customers.reload(customer_id)
    start = Start(card, contact, None)
    criteria = ContactCriteria(customer_id=customer_id, standing=True)
    words, agreed_on = "", None
    for last in office.contacts.page(criteria, Move.FIRST, None, 1).rows:
        # When to call is what the latest contact says: one without a day would drop this one.
        if contact is None and last.next_on is not None and last.next_on > office.today():
            agreed_on = last.next_on
        day = dated(business_date(last.started_at), office.today())
        said = one_line(last.content) or labels.result(last.result)
        words = f"{day} {labels.label(last.method)} {said}"
    return Start(card, contact, office.drafts.load(start.key), words, agreed_on)


def build(
    context: Context, office: Office, start: Start, draft: Mapping[str, str] | None = None
) -> ContactFormScreen:
    """On the loop: the form. `draft` is one that was just discarded and is wanted back."""
    return ContactFormScreen(context, office, start, draft)


class ContactFormScreen(FormScreen, inherit_bindings=False):
    """Method, note, next contact, needs, result, when; what is known stands below."""

    WHERE = "contact_form"
    DEFAULT_CSS: ClassVar[str] = """
    ContactFormScreen #known { height: 2; width: 1fr; }
    """

    def __init__(
        self, context: Context, office: Office, start: Start, draft: Mapping[str, str] | None
    ) -> None:
        kept = start.draft
        super().__init__(
            context,
            _title(start),
            _rows(context, office, start),
            _work(office, start),
            original=_stored(start.contact) or {"next_on": stored_text(start.agreed_on)},
            version=start.contact.version if start.contact else 0,
            draft=draft or (kept.values if kept else None),
            read_only=bool(kept and kept.elsewhere and draft is None),
            draft_stored=draft is None,
        )
        self._start = start

    def on_mount(self) -> None:
        """Say that a draft goes on; the base shows it."""
        self.say_goes_on(self._start.draft)

    def do_complain(self) -> None:
        """What the customer complains of becomes a complaint; the note stays here too."""
        content = self.form.values()["content"]
        self.post_message(Open("complaint_form", self._start.card.customer_id, content=content))

    def compose_facts(self) -> Iterable[Widget]:
        """What the system knows about the customer."""
        width = max(20, self.app.size.width - 2)
        yield Rule(plain=self.context.plain)
        lines = _known(self._start, business_date(self.context.clock()))
        text = "\n".join(" " + clip(line, width, ascii_only=self.context.plain) for line in lines)
        yield Static(Content(text), id="known", markup=False)


def _title(start: Start) -> str:
    name = one_line(start.card.name)
    tier = labels.tier(start.card.tier)
    if start.contact is None:
        return _("Log a contact > {name} {tier}").format(name=name, tier=tier)
    day = format_date(business_date(start.contact.row.started_at))
    return _("Edit the contact of {day} > {name}").format(day=day, name=name)


def _rows(context: Context, office: Office, start: Start) -> list[FieldRow]:
    methods = [(method.value, labels.label(method)) for method in Method]
    results = [(result.value, labels.label(result)) for result in Result]
    stored = start.contact.row.result if start.contact else ""
    if stored and stored not in dict(results):
        results.append((stored, one_line(stored)))
    next_on = DateField(office.today, hint=_("+14 or 12-07"), proposed=stored_text(start.agreed_on))
    begun = BegunField(context.clock, hint=_("now; else 15:30, -1 or 11-24 15:30"))
    # Of one that is stored its title says the day, and it stays.
    when = [] if start.contact else [FieldRow("begun", _("When"), begun)]
    return [
        FieldRow("method", _("How"), OptionField(methods, required=True)),
        FieldRow("content", _("Note"), NoteField(lines=5)),
        FieldRow("next_on", _("Next"), next_on),
        FieldRow("direction", _("Invest in"), LineField()),
        FieldRow("expected_return", _("Return"), LineField()),
        FieldRow("risk_control", _("Risk limit"), LineField()),
        FieldRow("risk_appetite", _("Appetite"), LineField()),
        FieldRow("result", _("Result"), OptionField(results)),
        *when,
    ]


def _stored(contact: ContactDetail | None) -> dict[str, str]:
    if contact is None:
        return {}
    row = contact.row
    return {
        "method": row.method.value,
        "content": row.content,
        "next_on": row.next_on.isoformat() if row.next_on else "",
        "direction": contact.direction,
        "expected_return": contact.expected_return,
        "risk_control": contact.risk_control,
        "risk_appetite": contact.risk_appetite,
        "result": row.result,
    }


def _work(office: Office, start: Start) -> FormWork:
    key, title = start.key, start.card.name

    def submit(said: Submission) -> object:
        form = ContactForm(**{name: said.values[name] for name in _FIELDS if name in said.values})
        if start.contact is None:
            return office.contacts.log(start.card.customer_id, form, said.request_key, key)
        office.contacts.edit(start.contact.contact_id, said.version, form, key)
        return start.contact.contact_id

    return keeping(office, key, submit, start.draft, title)


def _known(start: Start, today: date) -> tuple[str, str]:
    card = start.card
    parts = [card.mobile_mask or "-"]
    if card.qualifying > card.tier:
        tier = labels.tier_card(card.qualifying)
        parts.append(_("qualifies for {tier}").format(tier=tier))
    elif card.gap is not None and (card.gap.own is not None or card.gap.household is not None):
        gap = gap_text(card.gap)
        parts.append(_("to {tier}: {gap}").format(tier=labels.tier_card(card.gap.tier), gap=gap))
    if card.contact_due_on is not None:
        parts.append(_("next by {day}").format(day=dated(card.contact_due_on, today)))
    last = start.last_words or _("no contact yet")
    return "  ".join(parts), _("last: {words}").format(words=last)
