"""Registering a customer (n), and editing one (e)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, ClassVar, cast

from textual.content import Content
from textual.widgets import Static

from crm_tui.domain.drafts import NEW, TITLE, DraftKey
from crm_tui.domain.identifiers import parse_resident_id
from crm_tui.domain.kinds import CustomerKind, IdType
from crm_tui.errors import Conflict, InvalidInput, LooksAlike, StoreError
from crm_tui.i18n import _
from crm_tui.screens.customer_fields import (
    FORM,
    PERSONAL,
    BirthField,
    FormStart,
    NumberField,
    defaults,
    facts,
    id_type_of,
    rows,
    said_by,
    typed_form,
)
from crm_tui.screens.form_base import FormScreen
from crm_tui.screens.form_keeping import keeping
from crm_tui.screens.lookalikes import LookalikeDialog
from crm_tui.text import one_line
from crm_tui.widgets.wishes import Open

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from textual.widget import Widget

    from crm_tui.domain.customers import Lookalike
    from crm_tui.office import Office
    from crm_tui.widgets.context import Context
    from crm_tui.widgets.form import FormView
    from crm_tui.widgets.form_work import Submission


def load(office: Office, customer_id: int = 0, *, record: str = NEW) -> FormStart:
    """In a thread: the customer to edit, or what a new one begins with; and the draft, that of
    `record` for a new one.

    Raises Refused, StoreError.
    """
    if not customer_id:
        draft = office.drafts.load(DraftKey(FORM, record))
        return FormStart(0, 0, defaults(office.person), "", "", draft, record)
    shown = office.registration.editable(customer_id)
    draft = office.drafts.load(DraftKey(FORM, str(customer_id)))
    return FormStart(
        customer_id, shown.version, shown.values, shown.mobile_mask, shown.id_no_mask, draft
    )


def build(
    context: Context, office: Office, start: FormStart, draft: Mapping[str, str] | None = None,
    sought: str = "",
) -> CustomerFormScreen:  # fmt: skip
    """On the loop: the form. `draft` is one that was just discarded and is wanted back, `sought`
    the search that did not find who is registered now."""
    start = replace(start, values=start.values | said_by(sought))
    return CustomerFormScreen(context, office, start, draft)


class CustomerFormScreen(FormScreen, inherit_bindings=False):
    """Kind, name, numbers, state; branch and manager where there is a choice."""

    WHERE = "customer_form"
    SECRETS = frozenset({"mobile", "id_no"})
    DEFAULT_CSS: ClassVar[str] = """
    CustomerFormScreen #facts { height: auto; width: 1fr; padding: 0 1; }
    """

    def __init__(
        self,
        context: Context,
        office: Office,
        start: FormStart,
        wanted_back: Mapping[str, str] | None = None,
    ) -> None:
        kept = start.draft
        self._office = office
        self._start = start
        self._knowing = False
        self._masks = {"mobile": start.mobile_mask, "id_no": start.id_no_mask}
        self._kind = ""
        self._told: dict[str, str] = {}
        self._filled: dict[str, str] = {}
        super().__init__(
            context,
            _title(start),
            rows(office, start),
            keeping(office, start.key, self._store, kept),
            original=start.values,
            version=start.version,
            draft=wanted_back or (kept.values if kept else None),
            read_only=bool(kept and kept.elsewhere and wanted_back is None),
        )
        self._fit_kind(start.values["kind"])
        # What was discarded is nowhere any more: it is stored again at once.
        self._unsaved = wanted_back is not None

    def compose_facts(self) -> Iterable[Widget]:
        """What follows from saving."""
        yield Static(Content("\n".join(facts(self._office.person, self._start))), id="facts",
                     markup=False)  # fmt: skip

    def on_mount(self) -> None:
        """Say that a draft goes on; the base shows the record and the draft over it."""
        if self._unsaved:
            self._arm()
        self.say_goes_on(self._start.draft)

    def focus_start(self) -> None:
        """A new customer is a person most of the time: on to the name."""
        name = self.form.row("name")
        if self._start.customer_id or name is None:
            super().focus_start()
        else:
            name.control.focus()

    def _load_draft(self, draft: Mapping[str, str]) -> None:
        super()._load_draft(draft)
        values = self.form.values()
        self._fit_kind(values["kind"])
        self._hear(self._told_by_id(values))
        self._filled = {key: text for key, text in self._told.items() if values[key] == text}

    # --- what follows from what is typed ----------------------------------------------------

    def on_form_view_edited(self, message: FormView.Edited) -> None:
        """Kind decides the ID type; a resident ID tells gender and birth date.

        The base's own handler of this message saves the draft.
        """
        values = message.values
        if values["kind"] != self._kind:
            if values["id_type"] in ("", id_type_of(self._kind)):
                self._fill("id_type", id_type_of(values["kind"]))
            self._fit_kind(values["kind"])
        self._fill_from_id(self.form.values())

    def _fit_kind(self, kind: str) -> None:
        """A company has no gender and no birth date."""
        self._kind = kind
        for key in PERSONAL:
            row = self.form.row(key)
            if row is not None:
                row.display = kind != CustomerKind.CORPORATE

    def _told_by_id(self, values: Mapping[str, str]) -> dict[str, str]:
        """Gender and birth date of a valid resident ID, else nothing."""
        if values["id_type"] != IdType.RESIDENT_ID or self._kind == CustomerKind.CORPORATE:
            return {}
        try:
            read = parse_resident_id(values["id_no"], field="id_no", today=self._office.today())
        except InvalidInput:
            return {}
        return {"gender": read.gender, "birth_date": read.birth_date.isoformat()}

    def _fill_from_id(self, values: Mapping[str, str]) -> None:
        """Fill in what an ID tells where nothing else was typed. What the first 15 places told
        goes when more follow: they were no ID of 15."""
        told = self._told_by_id(values)
        if told == self._told:
            return
        self._hear(told)
        for key in PERSONAL:
            if values[key] == self._filled.get(key, ""):
                self._filled[key] = told.get(key, "")
                self._fill(key, self._filled[key])

    def _hear(self, told: dict[str, str]) -> None:
        """What the ID tells now; a birth date may not contradict it."""
        self._told = told
        row = self.form.row("birth_date")
        if row is not None and isinstance(row.control, BirthField):
            by_id = told.get("birth_date")
            row.control.told_by_id = date.fromisoformat(by_id) if by_id else None

    def _fill(self, key: str, text: str) -> None:
        row = self.form.row(key)
        if row is not None:
            row.control.load_field(text)
            row.show_note()
            row.show_problem("")

    # --- saving -----------------------------------------------------------------------------

    def draft_values(self) -> dict[str, str]:
        """With what the list of drafts calls it."""
        name = self.form.values()["name"].strip() or self._start.values.get("name", "")
        return {**super().draft_values(), TITLE: name}

    def _store(self, submission: Submission) -> object:
        """In a thread: register or edit; the customer's id."""
        # The mask in place of a number keeps what is stored, as an empty field does.
        kept = {key: "" for key, mask in self._masks.items() if submission.values[key] == mask}
        form = typed_form({**submission.values, **kept})
        start = self._start
        if start.customer_id:
            self._office.registration.edit(start.customer_id, submission.version, form, start.key)
            return start.customer_id
        return self._office.registration.register(
            form,
            submission.request_key,
            knowing=self._knowing,
            draft=start.key,
            shown=submission.version,
        )

    def _submit_failed(self, error: Exception) -> None:
        """Somebody may be there already: show whom. Only a repeat of the same save stays
        `knowing`; changed text is compared again."""
        if not isinstance(error, StoreError):
            self._knowing = False
        super()._submit_failed(error)
        if isinstance(error, LooksAlike):
            found = cast("tuple[Lookalike, ...]", error.found)
            elsewhere = error.message if error.elsewhere else ""
            dialog = LookalikeDialog(self.context, found, elsewhere)
            self.app.push_screen(dialog, self._decided)

    def _settle(self, conflict: Conflict) -> None:
        """A phone or ID that somebody else has changed too is shown by its mask."""
        mine, stored = self.form.values(), dict(conflict.stored)
        shown = {"mobile": self._start.mobile_mask, "id_no": self._start.id_no_mask}
        for key, mask in shown.items():
            self._masks[key] = str(stored.get(f"{key}_mask", mask))
            row = self.form.row(key)
            if row is not None and isinstance(row.control, NumberField):
                row.control.mask = self._masks[key]
            if mine[key] and self._masks[key] != mask:
                stored[key] = self._masks[key]
        super()._settle(Conflict(conflict.message, stored, conflict.version, conflict.by))

    def _decided(self, customer_id: int | None) -> None:
        """A customer to open, 0 to register all the same, None to go on typing."""
        self.status.clear()
        if customer_id is None:
            return
        if customer_id:
            self.post_message(Open("card", customer_id))
        else:
            self._knowing = True
            self._start_submit()


def _title(start: FormStart) -> str:
    if not start.customer_id:
        return _("Register a customer")
    return _("Edit > {name}").format(name=one_line(start.values.get("name", "")))
