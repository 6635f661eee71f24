"""A customer as the form has it: typed texts into column values, and stored values into texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crm_tui.domain.dates import parse_past
from crm_tui.domain.identifiers import parse_resident_id
from crm_tui.domain.kinds import CustomerKind, CustomerState, Gender, IdType
from crm_tui.domain.plausible import check_age, check_births, check_name
from crm_tui.domain.text_rules import NAME_LIMIT, clean_line
from crm_tui.errors import InvalidInput
from crm_tui.i18n import _
from crm_tui.services.personal import checked_id, checked_mobile

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from crm_tui.domain.customers import CustomerForm

PERSONAL = ("mobile", "id_no")
PLAIN = ("name", "kind", "id_type", "gender", "birth_date", "state")


def checked(
    form: CustomerForm, today: date, stored: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The typed form as column values; of one that edits `stored`, what it has in common with
    that may be untrue. Raises InvalidInput at the first broken rule."""
    kind = _choice("kind", form.kind, CustomerKind)
    default_type = IdType.RESIDENT_ID if kind == CustomerKind.INDIVIDUAL else IdType.USCC
    id_type = _choice("id_type", form.id_type or default_type, IdType)
    values = {
        "name": clean_line(form.name, field="name", limit=NAME_LIMIT, required=True),
        "kind": kind,
        "mobile": checked_mobile(form.mobile),
        "id_type": id_type,
        "id_no": checked_id(form.id_no, id_type, today),
        "gender": _choice("gender", form.gender, Gender) if form.gender else None,
        "birth_date": parse_past(form.birth_date, today, field="birth_date"),
        "state": _choice("state", form.state, CustomerState),
    }
    _check_truth(values, today, stored or {})
    return values


def _check_truth(values: Mapping[str, Any], today: date, stored: Mapping[str, Any]) -> None:
    """Raises InvalidInput at what is new and cannot be true."""
    if values["name"] != stored.get("name"):
        check_name(values["name"], field="name")
    born = values["birth_date"]
    if born is not None and born != stored.get("birth_date"):
        check_age(born, today, field="birth_date")
    if values["id_type"] == IdType.RESIDENT_ID and values["id_no"]:
        told = parse_resident_id(values["id_no"], field="id_no", today=today).birth_date
        check_age(told, today, field="id_no")
        if born is not None:
            check_births(born, told, field="birth_date")


def _choice(field: str, value: str, allowed: Any) -> str:
    if value not in {item.value for item in allowed}:
        raise InvalidInput(field, _("Choose one of those shown."))
    return str(value)


def texts(values: dict[str, Any]) -> dict[str, str]:
    """Stored values as the form's texts; phone and ID stay out."""
    shown = {name: str(values.get(name) or "") for name in PLAIN}
    shown["branch_code"] = str(values.get("branch_code") or "")
    shown["manager"] = str(values.get("manager_username") or "")
    return shown


def image(values: dict[str, Any]) -> dict[str, Any]:
    """What the encrypted image of an audit row holds of a customer."""
    return {name: str(values[name] or "") for name in (*PLAIN, *PERSONAL) if name in values}
