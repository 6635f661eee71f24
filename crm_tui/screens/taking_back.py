"""Taking back a contact that was logged today, from whichever list shows it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from crm_tui.clock import business_date
from crm_tui.domain.contact_rules import Stays, stays_because
from crm_tui.domain.customers import TouchKind
from crm_tui.i18n import N_, _
from crm_tui.screens import acting
from crm_tui.text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from crm_tui.domain.contacts import ContactRow
    from crm_tui.domain.customers import Touch
    from crm_tui.office import Office
    from crm_tui.screens.base import RecordScreen

_SAID: Final = {
    Stays.OTHERS: N_("only {name} may take back this contact"),
    Stays.DAY_PASSED: N_("A contact can be taken back only on the day it is logged."),
}


def row_stays(row: ContactRow, office: Office) -> str | None:
    """Why a line of the contacts cannot be taken back, as far as the list knows."""
    return _stays(
        office,
        row.staff_id,
        row.staff_name,
        row.logged_at or row.started_at,
        withdrawn=row.withdrawn,
    )


def contact_of(touch: Touch | None) -> int | None:
    """The contact that a line of the timeline is; the other lines have numbers of their own."""
    return touch.object_id if touch and touch.kind is TouchKind.CONTACT else None


def touch_stays(touch: Touch | None, office: Office) -> str | None:
    """Why a line of the timeline cannot be taken back, as far as the card knows."""
    if touch is None or contact_of(touch) is None:
        return _("no contact is highlighted")
    return _stays(
        office, touch.staff_id, touch.by, touch.logged_at or touch.at, withdrawn=touch.withdrawn
    )


def _stays(
    office: Office, staff_id: int | None, author: str, logged: datetime, *, withdrawn: bool
) -> str | None:
    """The service knows one reason more: the diary."""
    if withdrawn:
        return _("this contact was taken back")
    mine = staff_id == office.person.staff_id
    stays = stays_because(mine=mine, logged_on=business_date(logged), today=office.today())
    return _(_SAID[stays]).format(name=one_line(author)) if stays else None


def ask(screen: RecordScreen[Any], office: Office, contact: Callable[[], int | None]) -> None:
    """Take back the contact that earlier keys lead to; `contact` names it then."""

    def act() -> None:
        contact_id = contact()
        if contact_id is not None:
            take_back(screen, office, contact_id)

    screen.when_settled("take_back", act)


def take_back(screen: RecordScreen[Any], office: Office, contact_id: int) -> None:
    """At once: undo brings it back."""
    acting.act(
        screen,
        partial(office.contacts.withdraw, contact_id),
        lambda _none: _("Contact taken back."),
        lambda _none: _bring_back(screen, office, contact_id),
    )


def _bring_back(screen: RecordScreen[Any], office: Office, contact_id: int) -> None:
    acting.act(
        screen,
        partial(office.contacts.restore, contact_id),
        lambda _none: _("The contact stands again."),
    )
