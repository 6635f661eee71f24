"""A draft in words, and where it is finished."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from crm_tui.clock import SHANGHAI
from crm_tui.domain.complaint_kinds import Step
from crm_tui.domain.drafts import TITLE
from crm_tui.i18n import N_, _
from crm_tui.labels import label
from crm_tui.text import clip, format_date, one_line
from crm_tui.widgets.wishes import Open

if TYPE_CHECKING:
    from crm_tui.domain.drafts import Draft, DraftKey

FORMS: Final = {
    "contact": (N_("log a contact"), "contact_form"),
    "contact_edit": (N_("edit a contact"), "edit_contact"),
    "customer": (N_("register a customer"), "customer_form"),
    "complaint": (N_("register a complaint"), "complaint_form"),
    "diary": (N_("diary"), "diary"),
    "diary_review": (N_("comment on a diary"), "diary_review"),
    "diary_return": (N_("return a diary"), "diary_return"),
    "diary_correct": (N_("correct a diary"), "diary_correct"),
}
# Their record is the day itself.
_OF_A_DAY: Final = ("diary", "diary_correct")
_DAY: Final = re.compile(r"[0-9]{8}")
# Cells of the words of a complaint of somebody who has no name.
_WORDS: Final = 24
# The form of a step of a case is named by it: `case_close`.
STEP: Final = "case_"


def known(draft: Draft) -> bool:
    """Whether this program can finish it."""
    form = draft.key.form
    return form in FORMS or form in {f"{STEP}{step.value}" for step in Step}


def wish(draft: Draft) -> Open:
    """Where it goes on."""
    key = draft.key
    if not key.record.isdigit():
        return Open(FORMS[key.form][1], 0, record=key.record)
    record = int(key.record)
    if key.form.startswith(STEP):
        return Open("case_form", record, step=key.form.removeprefix(STEP))
    return Open(FORMS[key.form][1], record)


def _form_text(key: DraftKey) -> str:
    form = key.form
    if form == "customer" and key.record.isdigit():
        return _("edit a customer")
    if form in FORMS:
        return _(FORMS[form][0])
    return label(Step(form.removeprefix(STEP)))


def title_of(draft: Draft) -> str:
    """What the draft is about, in the language that is spoken: what is stored holds no words of
    the program, and a date as numbers."""
    key, title = draft.key, one_line(draft.values.get(TITLE, ""))
    if key.form in _OF_A_DAY and _DAY.fullmatch(key.record):
        return format_date(datetime.strptime(key.record, "%Y%m%d").date())  # noqa: DTZ007
    if key.form == "customer":
        return title or _("new customer")
    name, _blank, day = title.rpartition(" ")
    with suppress(ValueError):
        return f"{name} {format_date(date.fromisoformat(day))}"
    return title


def line(draft: Draft, *, plain: bool) -> str:
    """What, about whom, and when it was typed; of somebody without a name, the first words."""
    local = draft.saved_at.astimezone(SHANGHAI)
    form = _form_text(draft.key)
    title = title_of(draft)
    if draft.key.form == "complaint" and not title:
        title = clip(one_line(draft.values.get("content", "")), _WORDS, ascii_only=plain)
    # The day of a diary once: twice in a row it reads as a mistake.
    same = draft.key.form in _OF_A_DAY and draft.key.record == f"{local:%Y%m%d}"
    when = f"{local:%H:%M}" if same else f"{format_date(local.date())} {local:%H:%M}"
    elsewhere = _(" (open in another session)") if draft.elsewhere else ""
    return "  ".join(filter(None, (form, title, when))) + elsewhere
