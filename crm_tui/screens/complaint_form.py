"""Registering a complaint (n in the queue, Ctrl+K elsewhere): content first, digits after."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from crm_tui.domain.complaints import ComplaintForm
from crm_tui.domain.drafts import TITLE
from crm_tui.errors import StoreError
from crm_tui.i18n import _
from crm_tui.screens import complaint_fields
from crm_tui.screens.complaint_fields import CUSTOMER, STRANGER, OpenCases, Start, load
from crm_tui.screens.form_base import FormScreen
from crm_tui.screens.form_keeping import keeping
from crm_tui.text import clip, one_line, safe
from crm_tui.widgets.fields import LineField
from crm_tui.widgets.form_work import FormOutcome, FormWork, Submission
from crm_tui.widgets.found_field import FoundField
from crm_tui.widgets.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from textual.widget import Widget

    from crm_tui.office import Office
    from crm_tui.widgets.context import Context
    from crm_tui.widgets.form import FormView
    from crm_tui.widgets.pick_field import PickField

__all__ = ["build", "load"]


class Made(NamedTuple):
    """What was registered."""

    complaint_id: int
    number: str


def build(
    context: Context,
    office: Office,
    start: Start,
    draft: Mapping[str, str] | None = None,
) -> ComplaintFormScreen:
    """On the loop: the form. `draft` is one that was just discarded and is wanted back."""
    return ComplaintFormScreen(context, office, start, draft)


class ComplaintFormScreen(FormScreen, inherit_bindings=False):
    """Of whom, content, channel, business, reason, demand; what is open already stands below."""

    WHERE = "complaint_form"
    DEFAULT_CSS: ClassVar[str] = """
    ComplaintFormScreen #open, ComplaintFormScreen #known { height: auto; width: 1fr; }
    ComplaintFormScreen FieldRow .note { max-width: 70%; }
    """

    def __init__(
        self, context: Context, office: Office, start: Start, draft: Mapping[str, str] | None
    ) -> None:
        kept = start.draft
        super().__init__(
            context,
            _title(start),
            complaint_fields.rows(office, start),
            _work(office, start),
            original={"first_responder": office.person.username},
            draft=draft or (kept.values if kept else None),
            read_only=bool(kept and kept.elsewhere and draft is None),
            draft_stored=draft is None,
        )
        self._office = office
        self._start = start
        self._open_of = start.customer[0] if start.customer else ""
        self._let_go: Callable[[], object] = _nothing_held

    def on_mount(self) -> None:
        """A note becomes the content; say that a draft goes on. The base shows both."""
        self._show_open(self._start.open_cases)
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        content = self.form.row("content")
        assert content is not None
        if self._start.content and not content.control.field_text():
            content.control.load_field(self._start.content)
            self._unsaved = True
            self._arm()
        self._fit_customer()
        self.say_goes_on(self._start.draft)

    def compose_facts(self) -> Iterable[Widget]:
        """What is open of the customer already."""
        with Vertical(id="open"):
            yield Rule(plain=self.context.plain)
            yield Static(Content(""), id="known", markup=False)

    def _show_open(self, cases: OpenCases) -> None:
        plain, width = self.context.plain, max(20, self.app.size.width - 2)
        caption = _("open already, and {n} more") if cases.more else _("open already")
        text = "\n".join(" " + clip(safe(line), width, ascii_only=plain) for line in cases.lines)
        place = self.query_one("#open")
        place.display = bool(cases.lines)
        place.query_one(Rule).caption(caption.format(n=cases.more))
        place.query_one("#known", Static).update(Content(text))

    def draft_values(self) -> dict[str, str]:
        """With what the list of drafts calls it."""
        return {**super().draft_values(), TITLE: one_line(self._whom())}

    def _whom(self) -> str:
        """The name of the customer or stranger, or else who is searched for; no number."""
        row, start = self.form.row(CUSTOMER), self._start
        if row is None or not isinstance(row.control, FoundField):
            return complaint_fields.name_in(start.customer[1]) if start.customer else ""
        picking = row.control.picking
        if picking.chosen:
            return complaint_fields.name_in(picking.label)
        searched = "" if any(map(str.isdigit, picking.typed)) else picking.typed
        return self.form.values()["name"].strip() or searched

    def _submitted(self, result: object, submission: Submission) -> None:
        """Registered: the screen below says under which number."""
        assert isinstance(result, Made)
        said = _("{number} registered.").format(number=result.number) if result.number else ""
        self.end(FormOutcome("saved", result.complaint_id, submission.values, said))

    # --- the customer -----------------------------------------------------------------------

    def on_form_view_edited(self, message: FormView.Edited) -> None:
        """A customer needs no name and phone. The base's own handler saves the draft."""
        self._fit_customer()

    def _fit_customer(self) -> None:
        chosen = self.form.values().get(CUSTOMER, "")
        for name in STRANGER:
            row = self.form.row(name)
            if row is not None:
                row.display = not chosen
        if not self._start.customer_id and chosen != self._open_of:
            self._read_open(chosen)

    def _read_open(self, chosen: str) -> None:
        """Another customer, or none: what is open of the one before is no concern of theirs."""
        self._open_of = chosen
        self._show_open(OpenCases())
        if chosen:
            read = partial(complaint_fields.open_cases, self._office, int(chosen))
            self.run_read("open", read, partial(self._show_open_of, chosen), _without_hint)

    def _show_open_of(self, chosen: str, cases: OpenCases) -> None:
        if chosen == self._open_of:
            self._show_open(cases)

    def on_found_field_taken(self, message: FoundField.Taken) -> None:
        """A customer has name and phone: on to the content."""
        message.stop()
        self._to_content()

    def _to_content(self) -> None:
        self._fit_customer()
        content = self.form.row("content")
        if content is not None:
            self.set_focus(content.control)
        self._release()

    def on_pick_field_sought(self, message: PickField.Sought) -> None:
        """Search for customers with every key; with number and ID also in other branches."""
        message.stop()
        if isinstance(message.field, FoundField):
            field, text = message.field, message.text
            read = partial(complaint_fields.search, self._office, text)
            failed = partial(self._not_found, field, text)
            self.run_read("customers", read, partial(field.found, text), failed)

    def _not_found(self, field: FoundField, text: str, error: Exception) -> None:
        field.found(text, ())
        self.show_error(error)

    def _release(self) -> None:
        let_go, self._let_go = self._let_go, _nothing_held
        let_go()

    def on_found_field_waits(self, message: FoundField.Waits) -> None:
        """What is typed meanwhile is meant for the fields that follow."""
        message.stop()
        app: Any = self.app
        self._let_go = app.hold_keys()

    def on_found_field_wanted(self, message: FoundField.Wanted) -> None:
        """Enter where nothing was found: perhaps a customer of another branch."""
        message.stop()
        pair = complaint_fields.elsewhere(message.text)
        if pair is None and self._take_for_stranger(message.field, message.text):
            self._release()
            return
        if pair is None:
            self.say(_("nobody found; leave it empty for a stranger"), "warning")
            self._release()
            return
        find = partial(self._office.complaints.find_elsewhere, *pair)
        self.run_write(find, partial(self._found_elsewhere, message.field, pair[0]), self._nowhere)

    def _take_for_stranger(self, field: FoundField, text: str) -> bool:
        """Whether a name that nobody bears is now the stranger's, whose phone comes next."""
        rows = [self.form.row(name) for name in STRANGER]
        if not complaint_fields.is_name(text) or self.form.values().get("name"):
            return False
        field.picking.clear()
        field.refresh(layout=True)
        for row in rows:
            if row is not None and isinstance(row.control, LineField):
                if row.key == "name":
                    row.control.write(text.strip())
                self.set_focus(row.control)
        name = one_line(text.strip())
        self.say(_("nobody found: {name} is the stranger's name now").format(name=name))
        return True

    def _nowhere(self, error: Exception) -> None:
        self.show_error(error)
        self._release()

    def _found_elsewhere(self, field: FoundField, number: str, customer_id: int) -> None:
        field.offer([(str(customer_id), _("{number}, of another branch").format(number=number))])
        field.picking.pick(str(customer_id))
        field.refresh(layout=True)
        self._to_content()


def _nothing_held() -> None:
    """No key waits."""


def _without_hint(_error: Exception) -> None:
    """A form without the hint is a form all the same."""


def _title(start: Start) -> str:
    if start.customer_id and start.customer is not None:
        return _("Complaint > {name}").format(name=start.customer[1])
    return _("New complaint")


def _work(office: Office, start: Start) -> FormWork:
    key = start.key

    def submit(said: Submission) -> object:
        values = {name: text for name, text in said.values.items() if name != CUSTOMER}
        chosen = start.customer_id or int(said.values.get(CUSTOMER) or 0)
        if chosen:
            values |= dict.fromkeys(STRANGER, "")
        form = ComplaintForm(**values)
        made = office.complaints.register(chosen or None, form, said.request_key, key)
        number = ""
        # It is registered, whether its number can be read or not.
        with suppress(StoreError):
            number = office.complaints.number_made(said.request_key)
        return Made(made, number)

    return keeping(office, key, submit, start.draft)
