"""What a contact may hold: the checks of its form, and its fields as stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select
from sqlmodel import col

from crm_tui.clock import business_date
from crm_tui.db.tables import Contact
from crm_tui.domain.dates import parse_coming
from crm_tui.domain.kinds import Method, Result
from crm_tui.domain.text_rules import NAME_LIMIT, NOTE_LIMIT, clean_line, clean_text
from crm_tui.errors import InvalidInput
from crm_tui.i18n import _

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlmodel import Session

    from crm_tui.domain.contacts import ContactDetail, ContactForm

_NEEDS: Final = ("direction", "expected_return", "risk_control", "risk_appetite")
EDITED: Final = ("method", "content", *_NEEDS, "result", "next_on")


def stored_values(detail: ContactDetail) -> dict[str, Any]:
    """The fields that the form edits, as stored."""
    row = detail.row
    return {
        "method": row.method.value, "content": row.content, "direction": detail.direction,
        "expected_return": detail.expected_return, "risk_control": detail.risk_control,
        "risk_appetite": detail.risk_appetite, "result": row.result, "next_on": row.next_on,
    }  # fmt: skip


def checked(form: ContactForm, today: date) -> dict[str, Any]:
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


def image_of(values: dict[str, Any]) -> dict[str, Any]:
    """As the audit keeps it."""
    return {name: str(values[name] or "") for name in EDITED}


def check_followed(
    session: Session, customer_id: int, begun: datetime, next_on: date | None
) -> None:
    """When the next contact is due is what the latest contact says: raises InvalidInput when one
    logged afterwards says otherwise, and nobody would hear it."""
    if next_on is None:
        return
    latest = session.execute(
        select(col(Contact.started_at), col(Contact.next_on))
        .where(
            col(Contact.customer_id) == customer_id,
            col(Contact.withdrawn_at).is_(None),
            col(Contact.started_at) > begun,
        )
        .order_by(col(Contact.started_at).desc(), col(Contact.id).desc())
        .limit(1)
    ).one_or_none()
    if latest is not None and latest[1] != next_on:
        text = _("The contact of {day} came after it and says when the next is; leave this empty.")
        raise InvalidInput("next_on", text.format(day=business_date(latest[0]).isoformat()))
