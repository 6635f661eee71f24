"""The fields of a customer's form, what a new one begins with, and how they become a form."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final

from crm_tui import labels
from crm_tui.domain.customers import CustomerForm
from crm_tui.domain.drafts import NEW, DraftKey
from crm_tui.domain.identifiers import check_number, typed_mobile
from crm_tui.domain.kinds import CustomerKind, CustomerState, Gender, IdType
from crm_tui.domain.names import is_han
from crm_tui.domain.plausible import check_births, check_name, parse_birth
from crm_tui.domain.search import TIER_WORDS, query_tokens
from crm_tui.domain.staff import Permission
from crm_tui.domain.text_rules import fold_syntax
from crm_tui.i18n import _
from crm_tui.text import one_line
from crm_tui.widgets.field_base import told
from crm_tui.widgets.fields import CodeField, DateField, LineField
from crm_tui.widgets.form import FieldRow
from crm_tui.widgets.option_field import OptionField

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from crm_tui.domain.drafts import Draft
    from crm_tui.domain.staff import Person
    from crm_tui.office import Office

FORM: Final = "customer"
NUMBER_LIMIT: Final = 32
CODE_LIMIT: Final = 64
# What only a person has; hidden and not stored for a company.
PERSONAL: Final = ("gender", "birth_date")
_STATES: Final = (
    CustomerState.PROSPECT,
    CustomerState.TARGET,
    CustomerState.ACTIVE,
    CustomerState.LOST,
    CustomerState.NON_CUSTOMER,
)


@dataclass(frozen=True, slots=True)
class FormStart:
    """What the form begins with, read off the loop. `customer_id` 0 registers."""

    customer_id: int
    version: int
    values: dict[str, str] = field(repr=False)
    mobile_mask: str
    id_no_mask: str
    draft: Draft | None
    record: str = NEW

    @property
    def key(self) -> DraftKey:
        """Where the draft of this form is kept."""
        return DraftKey(FORM, str(self.customer_id) if self.customer_id else self.record)


class NameField(LineField):
    """A name; one that is stored is shown as it is, whatever it lacks."""

    _loaded = ""

    def load_field(self, text: str) -> None:
        """Show `text`."""
        self._loaded = text
        super().load_field(text)

    def problem(self) -> str:
        """What every line may lack, and a name without a letter."""
        if wrong := super().problem():
            return wrong
        new = self.value != self._loaded
        return told(lambda: check_name(self.value, field="")) if new else ""


class NumberField(CodeField):
    """A phone or ID number; the `mask` in its place stands for the one that is stored."""

    def __init__(self, check: Callable[[str], object], mask: str) -> None:
        hint = _("{mask}  empty keeps it").format(mask=one_line(mask)) if mask else ""
        super().__init__(limit=NUMBER_LIMIT, hint=hint)
        self._check = check
        self.mask = mask

    def problem(self) -> str:
        """What every line may lack, and what makes it no such number."""
        if (wrong := super().problem()) or not self.value.strip() or self.value == self.mask:
            return wrong
        return told(lambda: self._check(self.value))


class BirthField(DateField):
    """A birth date, which the ID number may not contradict."""

    def __init__(self, today: Callable[[], date]) -> None:
        super().__init__(today, parse=parse_birth, hint=_("from the ID, or 1980-05-01"))
        self.told_by_id: date | None = None

    def problem(self) -> str:
        """No day on which a customer can be born, or another than the ID's."""
        born, by_id = (None if super().problem() else self.day()), self.told_by_id
        if born is None or by_id is None:
            return super().problem()
        return told(lambda: check_births(born, by_id, field=""))


def typed_form(values: Mapping[str, str]) -> CustomerForm:
    """The form as the service takes it."""
    fields = {name: values.get(name, "") for name in CustomerForm.__slots__}
    if fields["kind"] == CustomerKind.CORPORATE:
        fields |= dict.fromkeys(PERSONAL, "")
    fields["manager"] = fold_syntax(fields["manager"]).strip().removeprefix("@")
    fields["branch_code"] = fold_syntax(fields["branch_code"]).strip()
    return CustomerForm(**fields)


def id_type_of(kind: str) -> str:
    """What identifies a customer of that kind, unless something else is chosen."""
    return IdType.USCC.value if kind == CustomerKind.CORPORATE else IdType.RESIDENT_ID.value


def defaults(person: Person) -> dict[str, str]:
    """What a new customer begins with: one's own branch, and oneself as the manager of one's
    own customers."""
    scope = person.scope(Permission.EDIT_CUSTOMER)
    own = scope is not None and scope.own_only
    return {
        "kind": CustomerKind.INDIVIDUAL.value,
        "id_type": IdType.RESIDENT_ID.value,
        "state": CustomerState.PROSPECT.value,
        "branch_code": person.branch_code,
        "manager": person.username if own else "",
    }


def said_by(search: str) -> dict[str, str]:
    """What a search tells of the customer it was for: a name in Han, or a mobile number."""
    text = fold_syntax(search).strip()
    mobile = query_tokens(text).full_mobile
    if mobile:
        return {"mobile": mobile}
    in_han = bool(text) and all(is_han(char) or char == "·" for char in text)
    return {"name": text} if in_han and text not in TIER_WORDS else {}


def rows(office: Office, start: FormStart) -> list[FieldRow]:
    """The fields in the order of Tab."""
    kinds = [(kind.value, labels.label(kind)) for kind in CustomerKind]
    id_types = [(one.value, labels.label(one)) for one in IdType]
    genders = [(one.value, labels.label(one)) for one in Gender]
    paper = OptionField(id_types)
    check_mobile = partial(typed_mobile, field="")

    def check_id(text: str) -> None:
        check_number(text, paper.field_text(), field="", today=office.today())

    return [
        FieldRow("kind", _("Kind"), OptionField(kinds, required=True)),
        FieldRow("name", _("Name"), NameField(required=True)),
        FieldRow("mobile", _("Mobile"), NumberField(check_mobile, start.mobile_mask)),
        FieldRow("id_type", _("Paper"), paper),
        FieldRow("id_no", _("ID number"), NumberField(check_id, start.id_no_mask)),
        FieldRow("gender", _("Gender"), OptionField(genders)),
        FieldRow("birth_date", _("Birth date"), BirthField(office.today)),
        FieldRow("state", _("State"), OptionField(_states(start), required=True)),
        *([] if start.customer_id else _places(office.person)),
    ]


def _states(start: FormStart) -> list[tuple[str, str]]:
    """Who is lost for good stays so here: that is a supervisor's decision."""
    stored = start.values.get("state", "")
    states = [*_STATES, *(one for one in CustomerState if one == stored and one not in _STATES)]
    return [(one.value, labels.label(one)) for one in states]


def _places(person: Person) -> list[FieldRow]:
    """Branch and manager of a new customer, where this person may choose them."""
    scope = person.scope(Permission.EDIT_CUSTOMER)
    places = []
    if scope is not None and (scope.branch_ids is None or len(scope.branch_ids) > 1):
        places.append(FieldRow("branch_code", _("Branch code"), CodeField(limit=CODE_LIMIT)))
    if scope is not None and not scope.own_only:
        hint = _("@user name; empty: nobody yet")
        places.append(FieldRow("manager", _("Manager"), CodeField(limit=CODE_LIMIT, hint=hint)))
    return places


def facts(person: Person, start: FormStart) -> list[str]:
    """What saving does beside what is typed."""
    if start.customer_id:
        return [_("Branch and manager change by handing over, not here.")]
    scope = person.scope(Permission.EDIT_CUSTOMER)
    lines = [_("Saving looks for the ID in the whole bank, for other likeness in reach only.")]
    if scope is not None and scope.own_only:
        lines.append(_("Account manager: {name}").format(name=one_line(person.name)))
    return lines
